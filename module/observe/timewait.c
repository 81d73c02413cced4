// SPDX-License-Identifier: GPL-2.0
/*
 * timewait.c - TIME_WAIT of one network namespace.
 *
 * Every minisocket is asked for through inet_twsk_alloc(), in softirq or from
 * a socket's backlog in process context, so cells are incremented with
 * this_cpu operations. Refusals and reuse are the kernel's own counters, read,
 * not counted again: TCPTimeWaitOverflow, TWRecycled.
 * Does not: follow a minisocket through its life, or judge.
 */
#include "timewait.h"

#include <linux/gfp.h>
#include <linux/jiffies.h>
#include <linux/math64.h>
#include <linux/percpu.h>
#include <linux/rcupdate.h>
#include <net/inet_sock.h>
#include <net/ip.h>
#include <net/tcp_states.h>

#include "activity.h"
#include "attribution.h"
#include "counters.h"
#include "listened.h"
#include "tell.h"

int tcpa_timewait_init(struct tcpa_net *tn)
{
	struct tcpa_timewait *tw = &tn->tw;

	tw->cells = alloc_percpu_gfp(struct tcpa_tw_cells, GFP_KERNEL_ACCOUNT);
	if (!tw->cells)
		return -ENOMEM;
	tw->base_overflows = tcpa_mib_read(tn, LINUX_MIB_TCPTIMEWAITOVERFLOW);
	tw->base_reused = tcpa_mib_read(tn, LINUX_MIB_TIMEWAITRECYCLED);
	tw->prev_old = tcpa_mib_read(tn, TCPA_LINUX_MIB_OLD);
	return 0;
}

void tcpa_timewait_free(struct tcpa_net *tn)
{
	free_percpu(tn->tw.cells);
	tcpa_listened_free(tn);
}

static enum tcpa_tw_kind kind_of(const struct tcpa_net *tn,
				 const struct sock *sk, int state)
{
	return state == TCP_FIN_WAIT2 ? TCPA_TW_FIN_WAIT2 : tcpa_timewait_side(tn, sk);
}

void tcpa_timewait_asked(const struct sock *sk, int state)
{
	struct tcpa_net *tn;

	rcu_read_lock();
	tn = tcpa_net(sock_net(sk));
	if (tn) {
		this_cpu_inc(tn->tw.cells->asked[kind_of(tn, sk, state)]);
		tcpa_net_touch(tn);
	}
	rcu_read_unlock();
}

u64 tcpa_timewait_asked_sum(const struct tcpa_net *tn, enum tcpa_tw_kind kind)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu_ptr(tn->tw.cells, cpu)->asked[kind]);
	return sum;
}

u64 tcpa_timewait_overflows(const struct tcpa_net *tn)
{
	return tcpa_moved(tcpa_mib_read(tn, LINUX_MIB_TCPTIMEWAITOVERFLOW),
			  tn->tw.base_overflows);
}

u64 tcpa_timewait_reused(const struct tcpa_net *tn)
{
	return tcpa_moved(tcpa_mib_read(tn, LINUX_MIB_TIMEWAITRECYCLED),
			  tn->tw.base_reused);
}

static u64 asked_all(const struct tcpa_net *tn)
{
	u64 asked = 0;
	unsigned int i;

	for (i = 0; i < TCPA_TW_KINDS; i++)
		asked += tcpa_timewait_asked_sum(tn, i);
	return asked;
}

/*
 * Overflows are read before what was asked for, and a refusal is asked for
 * before it is counted, so that the difference is never negative.
 */
u64 tcpa_timewait_created(const struct tcpa_net *tn)
{
	u64 overflows = tcpa_timewait_overflows(tn);
	u64 asked = asked_all(tn);

	return asked > overflows ? asked - overflows : 0;
}

/* Refusals at another limit say nothing about this one. */
static void mind_limit(struct tcpa_net *tn)
{
	u32 limit = READ_ONCE(tcpa_death_row(tn->net)->sysctl_max_tw_buckets);

	if (tn->tw.limit == limit)
		return;
	tn->tw.limit = limit;
	tcpa_window_restart(&tn->tw.overflows);
}

/* An orphan lives for as long as the sysctl said when it became one. */
static void note_fin_timeout(struct tcpa_net *tn)
{
	unsigned long now = READ_ONCE(tn->net->ipv4.sysctl_tcp_fin_timeout);
	struct tcpa_timewait *tw = &tn->tw;

	if (tw->fin_timeout != now) {
		tw->fin_until = (jiffies + tw->fin_timeout) | 1;
		tw->fin_timeout = now;
	} else if (tw->fin_until && time_after(jiffies, tw->fin_until)) {
		tw->fin_until = 0;
	}
}

/* Segments refused as old, as the SYN of a client that shares its address may be. */
static void sample_old(struct tcpa_net *tn, unsigned long window)
{
	u64 now = tcpa_mib_read(tn, TCPA_LINUX_MIB_OLD);

	tcpa_window_add(&tn->tw.old, tcpa_moved(now, tn->tw.prev_old), window);
	tn->tw.prev_old = now;
}

bool tcpa_timewait_sample(struct tcpa_net *tn, u32 ms, unsigned long window)
{
	struct tcpa_timewait *tw = &tn->tw;
	u64 overflows = tcpa_timewait_overflows(tn);
	u64 asked = asked_all(tn);
	u64 refused = tcpa_moved(overflows, tw->prev_overflows);

	tcpa_listened_update(tn, window);
	mind_limit(tn);
	note_fin_timeout(tn);
	tcpa_window_add(&tw->overflows, refused, window);
	sample_old(tn, window);
	tcpa_tell_timewait_refused(tn, refused);
	tw->peak_rate = max(tw->peak_rate,
			    div_u64(tcpa_moved(asked, tw->prev_asked) * 1000, ms));
	tw->prev_overflows = overflows;
	tw->prev_asked = asked;
	return refused;
}
