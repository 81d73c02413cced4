// SPDX-License-Identifier: GPL-2.0
/*
 * advice.c - the judgement of a whole network namespace.
 *
 * Each listener is judged on its own (verdict.c); here the verdicts become
 * findings, and what concerns the whole namespace is added: a sysctl is one
 * for all listeners, so its proposal is the largest that any of them needs.
 *
 * Context: process; pure: no clock, no lock, no allocation, no printk. Linear in
 * the number of listeners, and gives way to others after each.
 * Does not: word anything (recommend.c).
 */
#include "advice.h"

#include "exhaustion.h"
#include "group.h"
#include "saturate.h"
#include "sizing.h"
#include "verdict.h"

/* What all listeners together say. */
struct totals {
	__u64 synq_drops;	/* SYN queue full, cookies off */
	__u64 flood_drops;	/* the reserve's, on listeners under a flood */
	__u64 reserve_drops;	/* the reserve's, on others */
	__u64 reserve_all;	/* the reserve's, on whichever */
	__u64 cookies;		/* sent */
	__u64 by_cookie;	/* connections made of one, on listeners not ok */
	__u64 acks;		/* final ACKs refused in bursts */
	__u32 reserve_backlog;	/* largest of listeners that the reserve hit */
	__u32 backlog;		/* largest recommended */
	bool flooded;		/* some listener is under a flood */
};

static const enum tcpa_rule rule_of[TCPA_VERDICTS] = {
	[TCPA_BACKLOG_CAPPED] = TCPA_RULE_SOMAXCONN_CAPS,
	[TCPA_BACKLOG_SMALL] = TCPA_RULE_BACKLOG_SMALL,
	[TCPA_APP_SLOW] = TCPA_RULE_APP_SLOW,
	[TCPA_APP_STALLED] = TCPA_RULE_APP_STALLED,
	[TCPA_SYN_FLOOD] = TCPA_RULE_SYN_FLOOD,
	[TCPA_RTT_BOUND] = TCPA_RULE_RTT_BOUND,
	[TCPA_DEFER_ACCEPT] = TCPA_RULE_DEFER_ACCEPT,
	[TCPA_REUSEPORT_SKEW] = TCPA_RULE_REUSEPORT_SKEW,
	[TCPA_UNDECIDED] = TCPA_RULE_UNDECIDED,
};

/* The queue empties again, so a refused final ACK is worth keeping. */
static bool bursty(enum tcpa_verdict v)
{
	return v == TCPA_BACKLOG_CAPPED || v == TCPA_BACKLOG_SMALL ||
	       v == TCPA_APP_STALLED || v == TCPA_REUSEPORT_SKEW;
}

static void add_totals(struct totals *t, const struct tcpa_sample *s,
		       const struct tcpa_listener_sample *l)
{
	__u64 reserve = tcpa_verdict_reserve_drops(s, l);

	t->synq_drops = tcpa_add(t->synq_drops, l->ev.sum.synq_drops);
	t->cookies = tcpa_add(t->cookies, l->ev.sum.cookies_sent);
	if (l->verdict != TCPA_OK)
		t->by_cookie = tcpa_add(t->by_cookie, l->ev.sum.cookies_valid);
	t->reserve_all = tcpa_add(t->reserve_all, reserve);
	t->backlog = max_t(__u32, t->backlog, l->backlog_recommended);
	if (bursty(l->verdict))
		t->acks = tcpa_add(t->acks, l->ev.sum.overflows_ack);
	if (l->verdict == TCPA_SYN_FLOOD) {
		t->flood_drops = tcpa_add(t->flood_drops, reserve);
		t->flooded = true;
	} else if (l->verdict == TCPA_RTT_BOUND && reserve) {
		t->reserve_drops = tcpa_add(t->reserve_drops, reserve);
		t->reserve_backlog = max_t(__u32, t->reserve_backlog, l->backlog);
	}
}

static void find_listener(const struct tcpa_sample *s, const struct totals *t,
			  const struct tcpa_listener_sample *l,
			  struct tcpa_findings *out)
{
	bool raise = l->backlog_recommended > s->somaxconn;
	struct tcpa_finding item = {
		.rule = rule_of[l->verdict],
		.key = raise ? TCPA_KEY_SOMAXCONN : TCPA_KEY_NONE,
		.value = raise ? s->somaxconn : l->backlog,
		.proposed = raise ? t->backlog : l->backlog_recommended,
		.weight = tcpa_verdict_weight(s, l),
		.listener = l,
	};

	tcpa_findings_add(out, &item);
}

/*
 * With SYN cookies off one of two things loses SYNs: the queue is full, or it
 * has reached the last quarter of tcp_max_syn_backlog. Cookies cure both, and
 * are the right cure unless all handshakes complete and only the second binds.
 */
static void find_syncookies(const struct tcpa_sample *s, const struct totals *t,
			    struct tcpa_findings *out)
{
	__u64 lost = tcpa_add(t->synq_drops, t->flood_drops);
	__u32 size = tcpa_size_max_syn_backlog(t->reserve_backlog);

	if (s->syncookies)
		return;
	if (lost)
		tcpa_findings_say(out, TCPA_RULE_SYNCOOKIES_OFF, 0, 1,
				  tcpa_add(lost, t->reserve_drops));
	else if (t->reserve_drops && size > s->max_syn_backlog)
		tcpa_findings_say(out, TCPA_RULE_SYN_RESERVE,
				  s->max_syn_backlog, size, t->reserve_drops);
}

static void find_abort(const struct tcpa_sample *s, const struct totals *t,
		       struct tcpa_findings *out)
{
	if (s->abort_on_overflow && t->acks)
		tcpa_findings_say(out, TCPA_RULE_ABORT_ON_OVERFLOW,
				  s->abort_on_overflow, 0, t->acks);
}

static void find_migrate(const struct tcpa_sample *s, struct tcpa_findings *out)
{
	if (!s->migrate_req && s->group_aborted)
		tcpa_findings_say(out, TCPA_RULE_MIGRATE_REQ, 0, 1,
				  s->group_aborted);
}

/* Without timestamps a cookie has no room for the options of the SYN. */
static void find_cookie_options(const struct tcpa_sample *s,
				const struct totals *t,
				struct tcpa_findings *out)
{
	if (!s->ports.timestamps && t->by_cookie)
		tcpa_findings_say(out, TCPA_RULE_COOKIE_OPTIONS, 0, 1,
				  t->by_cookie);
}

/* Fewer may be one client's bad luck; all of them got in by a handshake. */
#define FASTOPEN_MIN	8U

static void find_fastopen(const struct tcpa_sample *s, struct tcpa_findings *out)
{
	const struct tcpa_fastopen_sample *q = &s->fastopen;

	if (q->listeners && q->overflows >= FASTOPEN_MIN)
		tcpa_findings_say(out, TCPA_RULE_FASTOPEN_QUEUE, q->length,
				  tcpa_size_backlog(q->length, q->need,
						    tcpa_size_memory(s)),
				  q->overflows);
}

static bool has_key(const struct tcpa_findings *f, enum tcpa_key key)
{
	__u32 i;

	for (i = 0; i < f->nr; i++)
		if (f->item[i].key == key)
			return true;
	return false;
}

/* Some listener, or if @decided, one that was judged. */
static bool has_listener(const struct tcpa_findings *f, bool decided)
{
	__u32 i;

	for (i = 0; i < f->nr; i++)
		if (f->item[i].listener &&
		    (!decided || f->item[i].rule != TCPA_RULE_UNDECIDED))
			return true;
	return false;
}

static void find_not(struct tcpa_findings *out, enum tcpa_rule rule,
		     __u64 value)
{
	if (!has_key(out, tcpa_rule_key(rule)))
		tcpa_findings_say(out, rule, value, 0, 0);
}

/* What guides would have the operator try for what was found, in vain. */
static void find_negative(const struct tcpa_sample *s, const struct totals *t,
			  struct tcpa_findings *out)
{
	if (!out->nr)
		return;
	if (has_listener(out, true))
		find_not(out, t->backlog ? TCPA_RULE_NOT_SOMAXCONN :
					   TCPA_RULE_NOT_LONGER_QUEUES,
			 s->somaxconn);
	if (has_listener(out, false) && !t->reserve_all)
		find_not(out,
			 s->syncookies ? TCPA_RULE_NOT_MAX_SYN_BACKLOG : TCPA_RULE_NOT_SYN_RESERVE,
			 s->max_syn_backlog);
	if (t->flooded)
		find_not(out, TCPA_RULE_NOT_SYNACK_RETRIES, s->synack_retries);
	if (s->syncookies && t->cookies)
		find_not(out, TCPA_RULE_NOT_SYNCOOKIES_0, s->syncookies);
	tcpa_exhaustion_find_negative(s, out);
	find_not(out, TCPA_RULE_NOT_TW_RECYCLE, 0);
}

void tcpa_advise(struct tcpa_sample *s, struct tcpa_findings *out)
{
	struct totals t = {};
	__u32 i;

	out->nr = 0;
	out->omitted = 0;
	tcpa_groups_count(s);
	for (i = 0; i < s->nr_listeners; i++) {
		tcpa_verdict_give(s, &s->listeners[i]);
		add_totals(&t, s, &s->listeners[i]);
		cond_resched();
	}
	for (i = 0; i < s->nr_listeners; i++) {
		if (s->listeners[i].verdict != TCPA_OK)
			find_listener(s, &t, &s->listeners[i], out);
		cond_resched();
	}
	find_syncookies(s, &t, out);
	find_migrate(s, out);
	find_fastopen(s, out);
	find_abort(s, &t, out);
	find_cookie_options(s, &t, out);
	tcpa_exhaustion_find(s, out);
	tcpa_exhaustion_find_own_port(s, out);
	find_negative(s, &t, out);
}
