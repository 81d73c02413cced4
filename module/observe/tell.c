// SPDX-License-Identifier: GPL-2.0
/*
 * tell.c - what happens seldom, as events.
 *
 * Context: see tell.h.
 * Does not: tell refusals (refusal.c), or know who traces.
 */
#include "tell.h"

#include <linux/kernel.h>
#include <linux/kobject.h>
#include <linux/string.h>
#include <net/ip.h>
#include <net/sock.h>

#include "attribution.h"
#include "counters.h"
#include "judge/sample.h"
#include "state.h"
#include "trace/events.h"
#include "traced.h"

void tcpa_tell_born(const struct tcpa_listener *l)
{
	struct tcpa_traced_listener t;

	if (!trace_listener_born_enabled())
		return;
	tcpa_traced_listener(l->sk, &t);
	trace_listener_born(&t, READ_ONCE(l->requested), l->inode);
}

void tcpa_tell_changed(const struct tcpa_listener *l, u32 was)
{
	struct tcpa_traced_listener t;

	if (!trace_listener_changed_enabled())
		return;
	tcpa_traced_listener(l->sk, &t);
	trace_listener_changed(&t, READ_ONCE(l->requested), was);
}

/* A socket that is closed has given its port back: only the directory has it. */
static u16 last_port(const struct tcpa_listener *l)
{
	const char *port = strrchr(kobject_name(&l->kobj), ':');
	unsigned int n;

	return port && sscanf(port, ":%u@", &n) == 1 ? n : 0;
}

void tcpa_tell_gone(const struct tcpa_listener *l)
{
	struct tcpa_traced_totals totals;
	struct tcpa_traced_listener t;
	u64 sum[TCPA_COUNTERS] = {};

	if (!trace_listener_gone_enabled())
		return;
	tcpa_traced_listener(l->sk, &t);
	t.port = last_port(l);
	tcpa_attribution_sum(l, sum);
	totals.syns = sum[TCPA_SYNS];
	totals.completions = sum[TCPA_COMPLETIONS];
	totals.overflows_syn = sum[TCPA_OVERFLOWS_SYN];
	totals.overflows_ack = sum[TCPA_OVERFLOWS_ACK];
	totals.synq_drops = sum[TCPA_SYNQ_DROPS];
	totals.other_drops = sum[TCPA_OTHER_DROPS];
	totals.aborted = l->aborted;
	trace_listener_gone(&t, &totals);
}

void tcpa_tell_verdict(const struct tcpa_listener *l, u32 was)
{
	struct tcpa_traced_listener t;

	if (!trace_verdict_changed_enabled() || l->verdict == was)
		return;
	tcpa_traced_listener(l->sk, &t);
	trace_verdict_changed(&t, TCPA_VERDICT_ON_LISTENER, tcpa_verdict_name(was),
			      tcpa_verdict_name(l->verdict), l->recommended);
}

static void tell_net_verdict(const struct tcpa_net *tn, unsigned int on, u32 was,
			     u32 is)
{
	struct tcpa_traced_listener none = {};

	if (!trace_verdict_changed_enabled() || is == was)
		return;
	tcpa_traced_net(tn->net, &none.net);
	trace_verdict_changed(&none, on, tcpa_verdict_name(was),
			      tcpa_verdict_name(is), 0);
}

void tcpa_tell_timewait_verdict(const struct tcpa_net *tn, u32 was)
{
	tell_net_verdict(tn, TCPA_VERDICT_ON_TIMEWAIT, was, tn->tw.verdict);
}

void tcpa_tell_ports_verdict(const struct tcpa_net *tn, u32 was)
{
	tell_net_verdict(tn, TCPA_VERDICT_ON_PORTS, was, tn->ports.verdict);
}

void tcpa_tell_timewait_refused(const struct tcpa_net *tn, u64 count)
{
	struct tcpa_traced_net t;

	if (!count || !trace_timewait_refused_enabled())
		return;
	tcpa_traced_net(tn->net, &t);
	trace_timewait_refused(&t, count, tcpa_tw_count(tn->net),
			       READ_ONCE(tcpa_death_row(tn->net)->sysctl_max_tw_buckets));
}

/*
 * Before 6.8 a reader of the range may wait for who writes it, with PREEMPT_RT for a
 * lock that sleeps. With that, on any version, it is told as when the namespace was sampled
 * last, and is 0 before that.
 */
static void port_range(struct net *net, int *low, int *high)
{
	const struct tcpa_net *tn = tcpa_net(net);

	if (IS_ENABLED(CONFIG_PREEMPT_RT) && tn) {
		*low = READ_ONCE(tn->ports.settings.low);
		*high = READ_ONCE(tn->ports.settings.high);
	} else {
		inet_get_local_port_range(net, low, high);
	}
}

void tcpa_tell_no_port(const struct sock *sk, const struct tcpa_dest_key *key)
{
	struct tcpa_traced_connect c = {};
	int low, high;

	if (!trace_port_exhausted_enabled())
		return;
	port_range(sock_net(sk), &low, &high);
	tcpa_traced_net(sock_net(sk), &c.net);
	c.saddr = key->saddr;
	c.daddr = key->daddr;
	c.dport = ntohs(key->dport);
	c.range_low = low;
	c.range_high = high;
	c.own_range = tcpa_own_port_range(sk);
	trace_port_exhausted(&c);
}
