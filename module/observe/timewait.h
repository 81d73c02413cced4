/* SPDX-License-Identifier: GPL-2.0 */
/*
 * timewait.h - TIME_WAIT of one network namespace.
 *
 * Job: count what is asked for, by kind; read the kernel's own numbers.
 * Context: see each function.
 * Does not: judge.
 */
#ifndef _TCPA_TIMEWAIT_H
#define _TCPA_TIMEWAIT_H

#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/types.h>
#include <net/inet_connection_sock.h>
#include <net/inet_hashtables.h>
#include <net/inet_sock.h>
#include <net/tcp_states.h>

#include "listened.h"
#include "state.h"

/* Returns 0, -ENOMEM. Process context. */
int tcpa_timewait_init(struct tcpa_net *tn);
void tcpa_timewait_free(struct tcpa_net *tn);

/*
 * The port of @sk, which is bound, was taken by connect(2), which marks its bucket,
 * and not by bind(2), so that no listener has given it to @sk.
 */
static __always_inline bool tcpa_timewait_port_connected(const struct sock *sk)
{
	const struct inet_bind_bucket *tb = inet_csk(sk)->icsk_bind_hash;

	return tb && READ_ONCE(tb->fastreuse) < 0;
}

/*
 * Whose TIME_WAIT it is that @sk asks for: a server's, whose port has a listener or
 * had one lately. RCU read side.
 */
static __always_inline enum tcpa_tw_kind tcpa_timewait_side(const struct tcpa_net *tn,
							    const struct sock *sk)
{
	return !tcpa_timewait_port_connected(sk) &&
	       tcpa_listened_lately(tn, inet_sk(sk)->inet_num) ?
	       TCPA_TW_SERVER : TCPA_TW_CLIENT;
}

/* @sk asks for a minisocket in @state (TCP_TIME_WAIT, TCP_FIN_WAIT2). Any. */
void tcpa_timewait_asked(const struct sock *sk, int state);

/*
 * The same for the common case, TIME_WAIT in a namespace that is looked at; false,
 * and nothing is done, in all others. Any context: with bottom halves off, as it
 * mostly is, an RCU read side section is begun.
 */
static __always_inline bool tcpa_timewait_try(const struct sock *sk, int state)
{
	const struct tcpa_net *tn;

	if (unlikely(!softirq_count() || state != TCP_TIME_WAIT))
		return false;
	tn = tcpa_net_rcu(sock_net(sk));
	/* As in activity.h. */
	if (unlikely(!tn || !data_race(tn->queued)))
		return false;
	this_cpu_inc(tn->tw.cells->asked[tcpa_timewait_side(tn, sk)]);
	return true;
}

/*
 * Take an interval of @ms milliseconds into the evidence; windows are @window
 * jiffies long. True if it moved any. tcpa_netns_lock held.
 */
bool tcpa_timewait_sample(struct tcpa_net *tn, u32 ms, unsigned long window);

/* Totals since load. Process context. */
u64 tcpa_timewait_asked_sum(const struct tcpa_net *tn, enum tcpa_tw_kind kind);
u64 tcpa_timewait_created(const struct tcpa_net *tn);
u64 tcpa_timewait_overflows(const struct tcpa_net *tn);
u64 tcpa_timewait_reused(const struct tcpa_net *tn);

#endif /* _TCPA_TIMEWAIT_H */
