#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Find out in which of the forms that kernels have had it this kernel has what
# the module uses, by compiling a few lines for each: distributions backport, so
# that a version says little. Run by Kbuild; compat.h uses the answers.
#
# usage: conftest.sh HEADER COMPILER [FLAG]...
#
# Makes HEADER and its directory, which holds nothing else: a #define for each test
# that compiles, and in TEST.log what the compiler had to say. Each test stands
# below, and names the kernel that needed it.

set -u

header=$1
shift
scratch=${header%/*}
rm -rf "$scratch"
mkdir "$scratch" || exit

# What all tests include.
cat >"$scratch/headers.h" <<-'END'
	#define KBUILD_BASENAME "conftest"
	#define KBUILD_MODFILE "conftest"
	#define KBUILD_MODNAME "conftest"
	#include <linux/ftrace.h>
	#include <linux/kobject.h>
	#include <linux/module.h>
	#include <linux/ptrace.h>
	#include <linux/stddef.h>
	#include <linux/timer.h>
	#include <net/inet_connection_sock.h>
	#include <net/inet_hashtables.h>
	#include <net/inet_sock.h>
	#include <net/inet_timewait_sock.h>
	#include <net/net_namespace.h>
	#define same(a, b) __builtin_types_compatible_p(a, b)
END

# write TEST: its lines are on standard input.
write()
{
	{ echo '#include "headers.h"' && cat; } >"$scratch/$1.c"
}

# compile TEST COMPILER [FLAG]...
compile()
{
	test=$1
	shift
	LC_ALL=C "$@" -Wno-error -Werror=implicit-function-declaration \
		-fsyntax-only "$scratch/$test.c" >"$scratch/$test.log" 2>&1
}

# The tests run side by side; TEST.yes says that it compiles.
have()
{
	write "$1"
	{ compile "$@" && : >"$scratch/$1.yes"; } &
}

# A compiler that takes nothing, or all, would give each test the same answer.
echo 'int nothing;' | write NOTHING
echo 'int test = no_such_thing;' | write IMPOSSIBLE
if ! compile NOTHING "$@"; then
	echo "tcpadvisor: the kernel's headers do not compile with $1;" \
		"use the compiler that built that kernel (for clang: LLVM=1):" >&2
	grep -i error "$scratch/NOTHING.log" >&2 || cat "$scratch/NOTHING.log" >&2
	exit 1
fi
if compile IMPOSSIBLE "$@"; then
	echo "tcpadvisor: $1 takes what is no C" >&2
	exit 1
fi

# 5.10 hands a ftrace callback its pt_regs, later kernels a struct ftrace_regs.
# RHEL 9 (5.14) and 5.15 define that one without having declared it before.
have FTRACE_REGS "$@" <<'END'
_Static_assert(same(ftrace_func_t,
		    void (*)(unsigned long, unsigned long, struct ftrace_ops *,
			     struct ftrace_regs *)), "");
END

# What that is: all pt_regs up to 6.1 and on most architectures, by another name
# from 6.13 on; some registers of its own on arm64 from 6.2 on and riscv from 6.9 on,
# where the accessor ftrace_regs_get_argument() is an inline function.
have FTRACE_REGS_AS_PT_REGS "$@" <<'END'
_Static_assert(same(typeof(((struct ftrace_regs *)0)->regs), struct pt_regs), "");
_Static_assert(!offsetof(struct ftrace_regs, regs), "");
END
have ARCH_FTRACE_REGS_AS_PT_REGS "$@" <<'END'
_Static_assert(same(typeof(((struct __arch_ftrace_regs *)0)->regs), struct pt_regs), "");
_Static_assert(!offsetof(struct __arch_ftrace_regs, regs), "");
END

# A pointer in 5.18 to 6.0, a struct before and after.
have DEATH_ROW_POINTER "$@" <<'END'
_Static_assert(same(typeof(((struct net *)0)->ipv4.tcp_death_row),
		    struct inet_timewait_death_row *), "");
END

# A count less one from 5.17 on, a plain one before, and in RHEL 9 (9.6, 5.14) still.
have TW_REFCOUNT "$@" <<'END'
_Static_assert(same(typeof(((struct inet_timewait_death_row *)0)->tw_refcount),
		    refcount_t), "");
END

# Segments that a TIME_WAIT refuses as old are counted apart from 6.14 on.
have PAWS_TW_REJECTED "$@" <<'END'
#include <linux/snmp.h>
int test = LINUX_MIB_PAWS_TW_REJECTED;
END

# Listeners hang in lhash2 by a node of their own until 5.18; not in RHEL 9.6 (5.14).
have LISTEN_NODE "$@" <<'END'
_Static_assert(same(typeof(((struct inet_connection_sock *)0)->icsk_listen_portaddr_node),
		    struct hlist_node), "");
END

# Connections move between members of a SO_REUSEPORT group from 5.14 on; 5.10.y has the
# sysctl, but nothing that reads it.
have REQUESTS_MIGRATE "$@" <<'END'
#include <net/sock_reuseport.h>
_Static_assert(sizeof(((struct sock_reuseport *)0)->num_closed_socks) &&
	       sizeof(((struct net *)0)->ipv4.sysctl_tcp_migrate_req), "");
END

# Flags became bits of one word in 6.6.
have INET_TEST_BIT "$@" <<'END'
bool test(const struct sock *sk);
bool test(const struct sock *sk)
{
	return inet_test_bit(BIND_ADDRESS_NO_PORT, sk);
}
END

# A socket may have a port range of its own from 6.3 on: two halves of four bytes, and
# one number from 6.8 on.
have OWN_PORT_RANGE "$@" <<'END'
_Static_assert(sizeof(((struct inet_sock *)0)->local_port_range) == 4, "");
END

# Callbacks of a kobj_type take a const kobject from 6.2 on, and in RHEL 9.6; what tags a
# directory is a struct ns_common from 7.x on. That of a bin_attribute takes a const one
# from 6.16 on.
have CONST_KOBJECT "$@" <<'END'
typedef typeof(((struct kobj_type *)0)->namespace) callback;
_Static_assert(same(callback, const void *(*)(const struct kobject *)) ||
	       same(callback, const struct ns_common *(*)(const struct kobject *)), "");
END
have CONST_BIN_ATTRIBUTE "$@" <<'END'
typedef typeof(((struct bin_attribute *)0)->read) callback;
_Static_assert(same(callback, ssize_t (*)(struct file *, struct kobject *,
					  const struct bin_attribute *, char *, loff_t,
					  size_t)), "");
END
have NS_COMMON_TAG "$@" <<'END'
typedef typeof(((struct kobj_type *)0)->namespace) callback;
_Static_assert(same(callback, const struct ns_common *(*)(const struct kobject *)), "");
END

# Until 5.12 a namespace got its cookie when somebody asked for it.
have NET_COOKIE "$@" <<'END'
_Static_assert(same(typeof(((struct net *)0)->net_cookie), u64), "");
END

# A timer is deleted by another name from 6.1.160 and 6.2 on, and by that alone later.
have TIMER_DELETE_SYNC "$@" <<'END'
int test(struct timer_list *t);
int test(struct timer_list *t)
{
	return timer_delete_sync(t);
}
END

wait
{
	echo "/* Made by conftest.sh. */"
	for yes in "$scratch"/*.yes; do
		test=${yes##*/}
		[ ! -e "$yes" ] || echo "#define TCPA_HAVE_${test%.yes}"
	done
} >"$header.new" && mv "$header.new" "$header"
