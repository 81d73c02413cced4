/* SPDX-License-Identifier: GPL-2.0 */
/*
 * compat.h - what differs between the kernels from 5.10 on; included before
 * everything else by Kbuild, so that the other files are written as if for the
 * newest kernel. TCPA_HAVE_* is what conftest.sh found out about this one.
 */
#ifndef _TCPA_COMPAT_H
#define _TCPA_COMPAT_H

/* Before anything can define it otherwise. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/ftrace.h>
#include <linux/kobject.h>
#include <linux/ptrace.h>
#include <linux/refcount.h>
#include <linux/sched.h>
#include <linux/version.h>
#include <net/inet_hashtables.h>
#include <net/inet_sock.h>
#include <net/net_namespace.h>

#include <conftest.d/conftest.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 10, 0)
#error "tcpadvisor needs Linux 5.10 or newer"
#endif

/*
 * How functions can be hooked (observe/hook.h). ftrace hands over the arguments
 * always, or only if it is asked to save all registers (5.10, i386, arm64 before
 * 6.2), or not at all.
 */
#if defined(CONFIG_DYNAMIC_FTRACE) && defined(TCPA_HAVE_FTRACE_REGS) && \
	defined(CONFIG_HAVE_DYNAMIC_FTRACE_WITH_ARGS)
#define TCPA_BY_FTRACE
#define TCPA_FTRACE_FLAGS 0
#elif defined(CONFIG_DYNAMIC_FTRACE_WITH_REGS) && defined(CONFIG_HAVE_FUNCTION_ARG_ACCESS_API)
#define TCPA_BY_FTRACE
#define TCPA_FTRACE_FLAGS FTRACE_OPS_FL_SAVE_REGS
#endif
#if defined(CONFIG_KPROBES) && defined(CONFIG_HAVE_FUNCTION_ARG_ACCESS_API)
#define TCPA_BY_KPROBES
#ifdef CONFIG_KPROBES_ON_FTRACE
#define TCPA_BY_KPROBES_BEHIND
/* Bytes from a function's entry to what follows ftrace's call: the second one there. */
#ifdef CONFIG_LOONGARCH
#define TCPA_FTRACE_CALL_END (2 * MCOUNT_INSN_SIZE)
#else
#define TCPA_FTRACE_CALL_END MCOUNT_INSN_SIZE
#endif
#endif
#endif
#if !defined(TCPA_BY_FTRACE) && !defined(TCPA_BY_KPROBES)
#error "tcpadvisor needs CONFIG_KPROBES, or ftrace with arguments, to hook functions" \
	"(neither on an architecture without CONFIG_HAVE_FUNCTION_ARG_ACCESS_API, as 32-bit Arm)"
#endif

/*
 * Where the arguments are. 5.10 hands its registers over as they are, 5.11 to 6.1
 * inside a struct ftrace_regs, later kernels behind an accessor. As long as all of
 * that is a struct pt_regs it is the same as a kprobe's.
 */
#ifndef TCPA_HAVE_FTRACE_REGS
#define ftrace_regs pt_regs
#elif defined(TCPA_BY_FTRACE) && !defined(TCPA_HAVE_FTRACE_REGS_AS_PT_REGS) && \
	!defined(TCPA_HAVE_ARCH_FTRACE_REGS_AS_PT_REGS)
#define TCPA_REGS_DIFFER
#define tcpa_ftrace_arg(fregs, n) ftrace_regs_get_argument(fregs, n)
#endif

/*
 * Argument @n of at most five, from 0 on. On s390 what regs_get_kernel_argument() calls
 * is not for modules; arguments are in r2 to r6 there.
 */
#ifdef CONFIG_S390
#define tcpa_regs_arg(regs, n) ((regs)->gprs[2 + (n)])
#else
#define tcpa_regs_arg(regs, n) regs_get_kernel_argument(regs, n)
#endif

/* io_uring's workers (5.12) carry the registers of another system call. */
#ifndef PF_IO_WORKER
#define PF_IO_WORKER 0
#endif

/*
 * Whether bottom halves of one CPU take turns. They do by nature, but on
 * PREEMPT_RT by a lock, which 6.18 made an option that is off; no header tells.
 */
#if defined(CONFIG_PREEMPT_RT) && !defined(CONFIG_PREEMPT_RT_NEEDS_BH_LOCK) && \
	LINUX_VERSION_CODE >= KERNEL_VERSION(6, 18, 0)
#define TCPA_BH_TAKE_TURNS false
#else
#define TCPA_BH_TAKE_TURNS true
#endif

/* A bucket of the listening hash became a nulls list in 5.19. */
#ifndef TCPA_HAVE_LISTEN_NODE
#define tcpa_for_each_listening_rcu(sk, node, bucket) \
	sk_nulls_for_each_rcu(sk, node, &(bucket)->nulls_head)
#else
#define tcpa_for_each_listening_rcu(sk, node, bucket) \
	for ((void)(node), \
	     (sk) = tcpa_listening_sk(rcu_dereference(hlist_first_rcu(&(bucket)->head))); \
	     (sk); \
	     (sk) = tcpa_listening_sk(rcu_dereference(hlist_next_rcu( \
			&inet_csk(sk)->icsk_listen_portaddr_node))))

static inline struct sock *tcpa_listening_sk(struct hlist_node *n)
{
	return n ? (struct sock *)hlist_entry(n, struct inet_connection_sock,
					      icsk_listen_portaddr_node) : NULL;
}
#endif

/*
 * Callbacks of a kobj_type take a const kobject from 6.2 on, and what tags a
 * directory with a namespace is its struct ns_common from 7.x on.
 */
#ifdef TCPA_HAVE_CONST_KOBJECT
typedef const struct kobject tcpa_const_kobject;
#define tcpa_ktype(t) (t)
#else
typedef struct kobject tcpa_const_kobject;
#define tcpa_ktype(t) ((struct kobj_type *)(t))
#endif

/* And the one of a bin_attribute takes a const bin_attribute from 6.16 on. */
#ifdef TCPA_HAVE_CONST_BIN_ATTRIBUTE
typedef const struct bin_attribute tcpa_const_bin_attribute;
#else
typedef struct bin_attribute tcpa_const_bin_attribute;
#endif

#ifdef TCPA_HAVE_NS_COMMON_TAG
typedef const struct ns_common *tcpa_ns_tag;
#define tcpa_net_tag(net) (&(net)->ns)
#else
typedef const void *tcpa_ns_tag;
#define tcpa_net_tag(net) ((const void *)(net))
#endif

/* The limit, number and hash of minisockets of @net. */
static inline const struct inet_timewait_death_row *
tcpa_death_row(const struct net *net)
{
#ifdef TCPA_HAVE_DEATH_ROW_POINTER
	return net->ipv4.tcp_death_row;
#else
	return &net->ipv4.tcp_death_row;
#endif
}

/* Minisockets alive in @net: a reference count less one, or a plain count. */
static inline unsigned int tcpa_tw_count(const struct net *net)
{
#ifdef TCPA_HAVE_TW_REFCOUNT
	return refcount_read(&tcpa_death_row(net)->tw_refcount) - 1;
#else
	return atomic_read(&tcpa_death_row(net)->tw_count);
#endif
}

/* What TIME_WAITs refuse as old is counted apart since 6.14. */
#ifdef TCPA_HAVE_PAWS_TW_REJECTED
#define TCPA_LINUX_MIB_OLD LINUX_MIB_PAWS_TW_REJECTED
#else
#define TCPA_LINUX_MIB_OLD LINUX_MIB_PAWSESTABREJECTED
#endif

/*
 * Sockets of @prot in @net. The kernel counts them for /proc only: without that,
 * it may be more than there are ports.
 */
static inline int tcpa_prot_inuse(struct net *net, struct proto *prot)
{
#ifdef CONFIG_PROC_FS
	return sock_prot_inuse_get(net, prot);
#else
	return U16_MAX + 1;
#endif
}

/* Ports that bind(2) and connect(2) leave out, a bit each; NULL if there are none. */
static inline const unsigned long *tcpa_reserved_ports(const struct net *net)
{
#ifdef CONFIG_SYSCTL
	return net->ipv4.sysctl_local_reserved_ports;
#else
	return NULL;
#endif
}

/* The lowest port that anybody may bind. */
static inline int tcpa_lowest_port(const struct net *net)
{
#ifdef CONFIG_SYSCTL
	return READ_ONCE(net->ipv4.sysctl_ip_prot_sock);
#else
	return PROT_SOCK;
#endif
}

/* The socket asked for no port at bind(2): a bit field until 6.5. */
static inline bool tcpa_bind_address_no_port(const struct sock *sk)
{
#ifdef TCPA_HAVE_INET_TEST_BIT
	return inet_test_bit(BIND_ADDRESS_NO_PORT, sk);
#else
	return inet_sk(sk)->bind_address_no_port;
#endif
}

/* A kernel that moves no connections counts as told to: there is nothing to advise. */
static inline u32 tcpa_migrate_req(const struct net *net)
{
#ifdef TCPA_HAVE_REQUESTS_MIGRATE
	return READ_ONCE(net->ipv4.sysctl_tcp_migrate_req);
#else
	return 1;
#endif
}

/* The socket has a port range of its own, IP_LOCAL_PORT_RANGE. */
static inline bool tcpa_own_port_range(const struct sock *sk)
{
#ifdef TCPA_HAVE_OWN_PORT_RANGE
	return memchr_inv(&inet_sk(sk)->local_port_range, 0,
			  sizeof(inet_sk(sk)->local_port_range));
#else
	return false;
#endif
}

/* The cookie of @net: 0 before 5.12 if nobody has asked for it yet. */
static inline u64 tcpa_net_cookie(const struct net *net)
{
#ifdef TCPA_HAVE_NET_COOKIE
	return net->net_cookie;
#else
	return atomic64_read(&net->net_cookie);
#endif
}

/* Called del_timer_sync() until 6.2. */
#ifndef TCPA_HAVE_TIMER_DELETE_SYNC
#define timer_delete_sync(t) del_timer_sync(t)
#endif

#endif /* _TCPA_COMPAT_H */
