// SPDX-License-Identifier: GPL-2.0
/*
 * check.c - a proposed set as a whole.
 *
 * Limits stand in for each other: a client whose TIME_WAITs are cut short at
 * tcp_max_tw_buckets gets their ports back at once, so that a higher limit alone
 * takes the ports from it. What a destination needs is therefore computed from
 * the rate of its TIME_WAITs, not from how many of them a limit let live.
 *
 * Context: any; pure, saturating.
 * Does not: propose.
 */
#include "check.h"

#include "portlist.h"
#include "saturate.h"

#define TIMEWAIT_S	60U	/* TCP_TIMEWAIT_LEN, a compile-time constant */
#define REUSE_S		2U	/* a TIME_WAIT is taken over after 1 s, by then */

void tcpa_settings_after(const struct tcpa_sample *s,
			 const struct tcpa_findings *f,
			 struct tcpa_settings *set)
{
	__u32 i;

	set->max_tw_buckets = s->max_tw_buckets;
	set->reuse = s->ports.reuse;
	set->timestamps = s->ports.timestamps;
	set->range = 0;
	for (i = 0; f && i < f->nr; i++) {
		const struct tcpa_finding *item = &f->item[i];

		if (tcpa_rule_negative(item->rule))
			continue;
		if (item->key == TCPA_KEY_MAX_TW_BUCKETS)
			set->max_tw_buckets = item->proposed;
		else if (item->key == TCPA_KEY_TW_REUSE)
			set->reuse = item->proposed;
		else if (item->key == TCPA_KEY_TIMESTAMPS)
			set->timestamps = item->proposed;
		else if (item->key == TCPA_KEY_PORT_RANGE)
			set->range = item->proposed;
	}
}

/* Of all that count as TIME_WAITs, those of outgoing connections. */
static __u32 client_side(const struct tcpa_sample *s)
{
	return tcpa_sub(s->tw_count, tcpa_add(s->tw_server, s->tw_finwait2));
}

/*
 * TIME_WAITs towards @d a second: its part of all that were asked for, or what
 * was seen to be opened.
 */
static __u64 timewait_rate(const struct tcpa_sample *s,
			   const struct tcpa_dest_sample *d)
{
	__u32 part = min_t(__u32, d->timewait, client_side(s));
	__u64 rate = 0;

	if (s->tw_overflows && part)
		rate = tcpa_div(tcpa_mul(s->tw_peak_rate, part), s->tw_count);
	return max_t(__u64, rate, d->timewait ? d->most_wanted : 0);
}

static bool reused(const struct tcpa_settings *set,
		   const struct tcpa_dest_sample *d)
{
	return set->timestamps &&
	       (set->reuse == 1 || (set->reuse == 2 && d->loopback));
}

__u64 tcpa_ports_need(const struct tcpa_sample *s,
		      const struct tcpa_dest_sample *d,
		      const struct tcpa_settings *set)
{
	__u64 rate = timewait_rate(s, d);
	__u64 live = tcpa_add(tcpa_sub(d->used, d->timewait), s->ports.pinned);
	__u64 held = tcpa_mul(rate, reused(set, d) ? REUSE_S : TIMEWAIT_S);

	return tcpa_add(live, min_t(__u64, held, set->max_tw_buckets));
}

__u32 tcpa_ports_usable_after(const struct tcpa_ports_sample *p,
			      const struct tcpa_settings *set)
{
	return tcpa_add32(p->usable, tcpa_portlist_gained(p, set->range));
}

bool tcpa_ports_short(__u64 need, __u32 usable)
{
	return tcpa_mul(need, 4) > tcpa_mul(usable, 3);
}

bool tcpa_check(const struct tcpa_sample *s, const struct tcpa_findings *f)
{
	struct tcpa_settings now, after;
	__u32 usable, i;

	tcpa_settings_after(s, NULL, &now);
	tcpa_settings_after(s, f, &after);
	usable = tcpa_ports_usable_after(&s->ports, &after);
	for (i = 0; i < s->ports.nr_dests; i++) {
		const struct tcpa_dest_sample *d = &s->ports.dests[i];
		__u64 need = tcpa_ports_need(s, d, &after);

		if (tcpa_ports_short(need, usable) &&
		    need > tcpa_ports_need(s, d, &now))
			return false;
	}
	return true;
}
