#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Once ftrace has shut itself down, for an error in its own bookkeeping, it gives no
# function back, and whoever calls one calls our hook. So the module stays in memory,
# and whoever unloads it waits. Takes ftrace from the machine, and leaves the module
# and rmmod behind, until the next boot; so it is not run by default. HOOKS=kprobes
# leaves to ftrace what is hooked for histograms.

# Who unloads it is no part of the test's namespaces, which else would not end.
[ -n "${TCPADVISOR_TEST_PLACE-}" ] || exec 8> >(read -r && exec rmmod tcpadvisor)

. "$(dirname "$(readlink -f "$0")")/lib.sh"

build=/lib/modules/$(uname -r)/build

# A module whose load is all that it does.
killer()
{
	mkdir "$tmp/killer"
	echo "obj-m := killer.o" >"$tmp/killer/Makefile"
	cat >"$tmp/killer/killer.c" <<-END
		#include <linux/kprobes.h>
		#include <linux/module.h>

		static int __init killer_init(void)
		{
			struct kprobe kp = { .symbol_name = "ftrace_kill" };
			void (*kill)(void);

			if (register_kprobe(&kp))
				return -ENOENT;
			kill = (void *)kp.addr;
			unregister_kprobe(&kp);
			kill();
			pr_info("killer: ftrace is shut down\\n");
			return -ECANCELED;
		}

		module_init(killer_init);
		MODULE_DESCRIPTION("shuts ftrace down");
		MODULE_LICENSE("GPL");
	END
	make -s -C "$build" M="$tmp/killer" modules >"$tmp/killer/log" 2>&1
}

# It is not kept in memory, which insmod takes for a failure.
kill_ftrace()
{
	insmod "$tmp/killer/killer.ko" 2>"$tmp/killer/log"
	log | grep -q "killer: ftrace is shut down"
}

# Writing is refused while hooks are being taken back.
histograms()
{
	echo "$1" 2>/dev/null >"$dir/histograms"
}

stays()
{
	log | grep -q "not unloading until the next boot" && grep -q ^tcpadvisor /proc/modules
}

[ -e "$build/Makefile" ] || skip_all "needs the kernel's headers and a compiler"
plan 5
killer || bail_out "no module that shuts ftrace down: $(<"$tmp/killer/log")"
module_load hooks="${HOOKS-ftrace}"
agents
family 4
listener "$any" 8080 8
wire to "$server" 8080
histograms 1 || bail_out "no histograms"
handshakes 1000 3
check "ftrace shuts itself down" kill_ftrace
histograms 0
check "histograms end and begin" eval "await histograms 1 && histograms 0"
echo >&8
check "the module is not unloaded" await stays
handshakes 2000 3
check "whoever calls what it has hooked goes on" [ "${reply%% *}" = synack=3 ]
check "and so does accept(2)" try sock drain "$fd" 6
check "the kernel's log has no complaint" no_complaint
trap - EXIT
ktap_finished
