// SPDX-License-Identifier: GPL-2.0
/*
 * exhaustion.c - TIME_WAIT buckets and ephemeral ports of a namespace.
 *
 * What the kernel does, and the rules rest on: a port is lost to one pair of
 * addresses and port only, unless bind(2) took it; a TIME_WAIT keeps its port
 * for 60 s, a compile-time constant, unless tcp_tw_reuse and timestamps let the
 * next connection have it after a second; on the server's side it keeps
 * nothing but its memory; tcp_fin_timeout ends orphans in FIN_WAIT_2, which
 * share the counter, and nothing else.
 *
 * Every threshold has two values: one to come to a verdict and a laxer one to
 * stay with it.
 *
 * Context: any; pure. Thresholds are argued in Documentation/recommendations.rst.
 * Does not: judge listeners (verdict.c), or choose words (reason.c).
 */
#include "exhaustion.h"

#include "check.h"
#include "portlist.h"
#include "saturate.h"
#include "sizing.h"

/* Ports that will be gone within this time are tight: half a TIME_WAIT. */
#define TIGHT_S		30U

/* Destinations that are spoken of. */
#define DESTS_SAID	3U

/* TIME_WAITs are many from a quarter of the limit on. */
static bool many_timewaits(const struct tcpa_sample *s)
{
	__u32 part = s->tw_verdict == TCPA_OK ? 4 : 8;

	return s->tw_count >= s->max_tw_buckets / part && s->tw_count;
}

static bool finwait2_dominate(const struct tcpa_sample *s)
{
	__u32 num = s->tw_verdict == TCPA_FINWAIT2_HELD ? 3 : 2;

	return tcpa_mul(s->tw_finwait2, num) > s->tw_count;
}

static bool server_dominates(const struct tcpa_sample *s)
{
	__u32 num = s->tw_verdict == TCPA_SERVER_CLOSES ? 2 : 3;

	return tcpa_mul(s->tw_server, 4) >= tcpa_mul(s->tw_count, num);
}

static enum tcpa_verdict judge_timewait(const struct tcpa_sample *s)
{
	if (s->tw_overflows)
		return TCPA_BUCKETS_FULL;
	if (!many_timewaits(s))
		return TCPA_OK;
	if (finwait2_dominate(s))
		return TCPA_FINWAIT2_HELD;
	return server_dominates(s) ? TCPA_SERVER_CLOSES : TCPA_OK;
}

bool tcpa_ports_reuse(const struct tcpa_ports_sample *p,
		      const struct tcpa_dest_sample *d)
{
	return p->timestamps &&
	       (p->reuse == 1 || (p->reuse == 2 && d->loopback));
}

static __u32 in_use(const struct tcpa_ports_sample *p,
		    const struct tcpa_dest_sample *d)
{
	return tcpa_ports_reuse(p, d) ? tcpa_sub(d->used, d->timewait) : d->used;
}

__u32 tcpa_ports_taken(const struct tcpa_ports_sample *p,
		       const struct tcpa_dest_sample *d)
{
	return max_t(__u32, in_use(p, d), p->pinned);
}

/*
 * From half of the ports on connect(2) is slow: it tries those of one parity
 * first, and finds all of them taken. Before that they are tight if they go fast.
 */
static bool tight(const struct tcpa_sample *s, const struct tcpa_dest_sample *d)
{
	const struct tcpa_ports_sample *p = &s->ports;
	bool was = s->ports_verdict != TCPA_OK;
	__u32 taken = tcpa_ports_taken(p, d);
	__u32 free = tcpa_sub(p->usable, taken);

	if (tcpa_mul(taken, 8) >= tcpa_mul(p->usable, was ? 3 : 4))
		return true;
	return tcpa_mul(taken, 4) >= p->usable && !tcpa_ports_reuse(p, d) &&
	       tcpa_mul(d->growth, TIGHT_S) > free;
}

static bool short_of_ports(const struct tcpa_sample *s,
			   const struct tcpa_dest_sample *d)
{
	return (s->ports.failures && d->failures) || (d->used && tight(s, d));
}

/* What bind(2) takes before connect(2) is lost to all destinations. */
static bool pinned_dominate(const struct tcpa_sample *s)
{
	__u32 num = s->ports_verdict == TCPA_OK ? 3 : 2;

	return s->ports.pinned &&
	       tcpa_mul(s->ports.pinned, 4) >= tcpa_mul(s->ports.usable, num);
}

static enum tcpa_verdict judge_ports(const struct tcpa_sample *s)
{
	__u32 i;

	if (s->ports.failures)
		return TCPA_PORTS_EXHAUSTED;
	for (i = 0; i < s->ports.nr_dests; i++)
		if (short_of_ports(s, &s->ports.dests[i]))
			return TCPA_PORTS_TIGHT;
	return pinned_dominate(s) ? TCPA_PORTS_TIGHT : TCPA_OK;
}

/* What several findings want of ports together: one proposal each. */
struct wants {
	bool reuse;
	__u64 ports;		/* towards one destination; 0: no more than now */
	__u64 weight;
};

/*
 * A higher limit keeps more TIME_WAITs of outgoing connections, and with them
 * their ports. Where these would run out, reuse and a wider range have to come
 * with it.
 */
static void find_tw_buckets(const struct tcpa_sample *s, struct wants *w,
			    struct tcpa_findings *out)
{
	__u32 size = tcpa_size_tw_buckets(s), i;
	struct tcpa_settings set;

	tcpa_findings_say(out,
			  size ? TCPA_RULE_TW_BUCKETS_FULL : TCPA_RULE_NOT_TW_BUCKETS,
			  s->max_tw_buckets, size, s->tw_overflows);
	tcpa_settings_after(s, out, &set);
	for (i = 0; size && i < s->ports.nr_dests; i++) {
		const struct tcpa_dest_sample *d = &s->ports.dests[i];
		struct tcpa_settings reuse = set;

		if (!tcpa_ports_short(tcpa_ports_need(s, d, &set),
				      s->ports.usable))
			continue;
		reuse.reuse = 1;
		reuse.timestamps = 1;
		w->reuse |= !tcpa_ports_reuse(&s->ports, d);
		w->ports = max_t(__u64, w->ports,
				 tcpa_ports_need(s, d, &reuse));
		w->weight = max_t(__u64, w->weight, s->tw_overflows);
	}
}

static void find_timewait(const struct tcpa_sample *s, struct wants *w,
			  struct tcpa_findings *out)
{
	__u32 fin = tcpa_size_fin_timeout(s);

	if (s->tw_verdict == TCPA_BUCKETS_FULL)
		find_tw_buckets(s, w, out);
	if (s->tw_verdict == TCPA_SERVER_CLOSES)
		tcpa_findings_say(out, TCPA_RULE_SERVER_CLOSES, s->tw_count, 0,
				  0);
	if (s->tw_verdict != TCPA_OK && finwait2_dominate(s) &&
	    fin < s->fin_timeout)
		tcpa_findings_say(out, TCPA_RULE_FINWAIT2_HELD, s->fin_timeout,
				  fin, s->tw_finwait2);
}

/* Most of what holds its ports are TIME_WAITs that could give them back. */
static bool reuse_helps(const struct tcpa_ports_sample *p,
			const struct tcpa_dest_sample *d)
{
	return !tcpa_ports_reuse(p, d) && d->timewait &&
	       tcpa_mul(d->timewait, 2) >= tcpa_ports_taken(p, d);
}

/*
 * Ports that would have been enough. With reuse, a TIME_WAIT lasts one to two
 * seconds; without, all that failed in one life of a TIME_WAIT would have wanted
 * one too.
 */
static __u64 ports_need(const struct tcpa_sample *s,
			const struct tcpa_dest_sample *d, bool reuse)
{
	if (!reuse)
		return tcpa_add(tcpa_add(d->most_used, s->ports.pinned),
				min_t(__u64, d->failures,
				      s->ports.failures));
	return tcpa_add(tcpa_add(d->most_live, s->ports.pinned),
			tcpa_mul(2, d->most_wanted));
}

static void find_reuse(const struct tcpa_sample *s, __u64 weight,
		       struct tcpa_findings *out)
{
	if (s->ports.reuse != 1)
		tcpa_findings_say(out, TCPA_RULE_TW_REUSE, s->ports.reuse, 1,
				  weight);
	if (!s->ports.timestamps)
		tcpa_findings_say(out, TCPA_RULE_TIMESTAMPS, 0, 1, weight);
}

/* A wider range, and first of all what must not be taken out of it. */
static void find_range(struct tcpa_sample *s, __u64 need, __u64 weight,
		       struct tcpa_findings *out)
{
	struct tcpa_ports_sample *p = &s->ports;
	__u64 range = tcpa_size_port_range(p, need);

	if (!range)
		return;
	/* Whoever listens on many ports in turn must not be in the way. */
	if (tcpa_portlist_length(p, range) > TCPA_PORTLIST_MAX)
		p->listened = NULL;
	if (tcpa_portlist_length(p, range) > TCPA_PORTLIST_MAX)
		return;
	if (tcpa_portlist_count(p, range) > tcpa_portlist_count(p, 0))
		tcpa_findings_say(out, TCPA_RULE_RESERVED_PORTS, 0, range,
				  tcpa_add(weight, 1));
	tcpa_findings_say(out, TCPA_RULE_PORT_RANGE,
			  TCPA_PORT_RANGE(p->low, p->high), range, weight);
}

static void find_dest(const struct tcpa_dest_sample *d, __u64 weight,
		      struct tcpa_findings *out)
{
	struct tcpa_finding item = {
		.rule = TCPA_RULE_PORTS,
		.weight = weight,
		.dest = d,
	};

	tcpa_findings_add(out, &item);
}

static void find_ports(const struct tcpa_sample *s, struct wants *w,
		       struct tcpa_findings *out)
{
	const struct tcpa_ports_sample *p = &s->ports;
	__u64 weight = tcpa_add(p->failures, 1);
	__u32 i, said = 0;

	for (i = 0; i < p->nr_dests && said < DESTS_SAID; i++) {
		const struct tcpa_dest_sample *d = &p->dests[i];
		bool helps = reuse_helps(p, d);

		if (!short_of_ports(s, d))
			continue;
		said++;
		w->reuse |= helps;
		w->ports = max_t(__u64, w->ports,
				 ports_need(s, d, helps || tcpa_ports_reuse(p, d)));
		w->weight = max_t(__u64, w->weight, weight);
		find_dest(d, tcpa_add(weight, 2), out);
	}
	if (!said && pinned_dominate(s))
		tcpa_findings_say(out, TCPA_RULE_PINNED_PORTS, p->pinned, 0,
				  tcpa_add(weight, 2));
}

/* The limit stays where the ports could not be had. */
static void withdraw_tw_buckets(const struct tcpa_sample *s,
				struct tcpa_findings *out)
{
	tcpa_findings_drop(out, TCPA_RULE_TW_BUCKETS_FULL);
	tcpa_findings_say(out, TCPA_RULE_NOT_TW_BUCKETS_ALONE,
			  s->max_tw_buckets, 0, s->tw_overflows);
}

void tcpa_exhaustion_find(struct tcpa_sample *s, struct tcpa_findings *out)
{
	struct wants w = {};

	s->tw_verdict = judge_timewait(s);
	s->ports_verdict = judge_ports(s);
	find_timewait(s, &w, out);
	if (s->ports_verdict != TCPA_OK)
		find_ports(s, &w, out);
	if (w.reuse)
		find_reuse(s, w.weight, out);
	/* A range of which half is enough, see tight(). */
	if (w.ports && tcpa_mul(w.ports, 2) >= s->ports.usable)
		find_range(s, tcpa_add(w.ports, tcpa_mul(w.ports, 3) / 5),
			   w.weight, out);
	if (!tcpa_check(s, out))
		withdraw_tw_buckets(s, out);
}

static bool proposes(const struct tcpa_findings *f, enum tcpa_key key)
{
	__u32 i;

	for (i = 0; i < f->nr; i++)
		if (f->item[i].key == key && !tcpa_rule_negative(f->item[i].rule))
			return true;
	return false;
}

/* A port in use towards a destination stays that, however many others there are. */
void tcpa_exhaustion_find_own_port(const struct tcpa_sample *s,
				   struct tcpa_findings *out)
{
	if (s->ports.own_port && !proposes(out, TCPA_KEY_PORT_RANGE))
		tcpa_findings_say(out, TCPA_RULE_NOT_PORT_RANGE, 0, 0, 0);
}

void tcpa_exhaustion_find_negative(const struct tcpa_sample *s,
				   struct tcpa_findings *out)
{
	bool timewaits = s->tw_verdict != TCPA_OK;

	if (!timewaits && s->ports_verdict == TCPA_OK)
		return;
	if (timewaits && server_dominates(s) &&
	    !proposes(out, TCPA_KEY_TW_REUSE) && s->ports.reuse != 1)
		tcpa_findings_say(out, TCPA_RULE_NOT_TW_REUSE, s->ports.reuse,
				  0, 0);
	if (!proposes(out, TCPA_KEY_FIN_TIMEOUT))
		tcpa_findings_say(out, TCPA_RULE_NOT_FIN_TIMEOUT,
				  s->fin_timeout, 0, 0);
	if (!s->tw_overflows)
		tcpa_findings_say(out, TCPA_RULE_NOT_LESS_TW_BUCKETS,
				  s->max_tw_buckets, 0, 0);
}
