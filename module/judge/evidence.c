// SPDX-License-Identifier: GPL-2.0
/*
 * evidence.c - from intervals to the evidence of a window.
 *
 * Refusals are events: a client whose SYN is refused sends it again after 1,
 * 3, 7, 15 ... seconds, and each of these may be refused too. What sizes a
 * queue is connections. Within a second they are the same (deficit); over a
 * longer run they are told apart by how often a client has tried by then,
 * see connections().
 *
 * Context: any; pure. All arithmetic saturates.
 * Does not: judge. The only thresholds here are half a backlog (a queue at or
 * below it has drained), the backlog below which depths are too coarse to say
 * so, and TCPA_STALL_MS.
 */
#include "evidence.h"

#include "saturate.h"

/* The depth of a smaller queue swings through half of it by mere chance. */
#define SMALL_QUEUE	32U

/* SYNs of one client are at least this far apart, in ms. */
#define RETRY_MS	1000U
#define LATE_MS		250U	/* and may be late by so much */

/*
 * A request whose final ACK was refused stays in the SYN queue until its
 * SYN-ACK is sent again: 1, 2, 4 s later.
 */
#define CLOG_MS		4000U

__u64 tcpa_interval_refusals(const struct tcpa_interval *iv)
{
	return tcpa_add(tcpa_add(iv->overflows_syn, iv->overflows_ack),
			iv->synq_drops);
}

/* What is worth remembering: refusals, and cookies, which stand for one. */
static __u64 trouble(const struct tcpa_interval *iv)
{
	return tcpa_add(tcpa_interval_refusals(iv), iv->cookies_sent);
}

bool tcpa_interval_active(const struct tcpa_interval *iv)
{
	return iv->syns || iv->completions || iv->accepts || iv->other_drops ||
	       iv->deficit || iv->accept_now || iv->syn_now || trouble(iv);
}

/*
 * Final ACKs that were refused. They are repeated within the second (data,
 * SYN-ACKs sent again), but each belongs to a request that was in the SYN
 * queue.
 */
static __u64 refused_acks(const struct tcpa_interval *iv)
{
	return min_t(__u64, iv->overflows_ack,
		     tcpa_add(iv->syn_hi, iv->queued));
}

/* Connections among the refusals of an interval. */
static __u64 refused(const struct tcpa_interval *iv)
{
	return tcpa_add(tcpa_add(iv->overflows_syn, iv->synq_drops),
			refused_acks(iv));
}

/*
 * How often a client has sent its SYN within @ms of the first: after 0, 1, 3,
 * 7 ... s.
 */
static __u32 tries_within(__u32 ms)
{
	__u64 next = RETRY_MS;
	__u32 tries;

	for (tries = 1; ms > next + LATE_MS && tries < 8; tries++)
		next = 2 * next + RETRY_MS;
	return tries;
}

/*
 * Connections behind @events refusals over @ms. Whoever is refused at the
 * start of the time tries n times until its end, whoever is refused at its
 * end once; so (n + 1) / 2 events each. Exact for a steady stream of new
 * clients; too much, by less than twice, if all came at the start.
 */
static __u64 connections(__u64 events, __u32 ms)
{
	return tcpa_div(tcpa_mul(events, 2), tries_within(ms) + 1);
}

static bool above_half(const struct tcpa_interval *iv, __u32 depth)
{
	return 2 * (__u64)depth > iv->backlog;
}

static void grow_burst(struct tcpa_evidence *ev, __u64 size)
{
	ev->burst = max_t(__u64, ev->burst, size);
}

/* The run goes on. */
static void run_on(struct tcpa_evidence *ev, const struct tcpa_interval *iv)
{
	ev->full_now_ms = tcpa_add32(ev->full_now_ms, iv->ms);
	ev->full_run_ms = max_t(__u32, ev->full_run_ms, ev->full_now_ms);
	if (iv->accepts) {
		ev->full_ms = tcpa_add32(ev->full_ms, iv->ms);
		ev->full_accepts = tcpa_add(ev->full_accepts, iv->accepts);
	}
	ev->run.ms = tcpa_add32(ev->run.ms, iv->ms);
	grow_burst(ev, connections(ev->run.refused, ev->run.ms));
}

/* It dips: over if that is more than it has been. True if so. */
static bool run_dips(struct tcpa_evidence *ev, const struct tcpa_interval *iv)
{
	ev->full_now_ms = tcpa_sub(ev->full_now_ms, 2 * (__u64)iv->ms);
	ev->run.ms = tcpa_add32(ev->run.ms, iv->ms);
	return !ev->full_now_ms;
}

/* It is over; @again refusals belong to the next one, which begins here. */
static void run_over(struct tcpa_evidence *ev, const struct tcpa_interval *iv,
		     __u64 again)
{
	ev->full_now_ms = 0;
	ev->run.refused = again;
	ev->run.ms = again ? iv->ms / 2 : 0;
}

static void drained(struct tcpa_evidence *ev)
{
	ev->drains = tcpa_add32(ev->drains, 1);
}

/* Below half and no refusals: drained, once a small queue has kept it up. */
static void add_calm(struct tcpa_evidence *ev, const struct tcpa_interval *iv)
{
	ev->run.calm_ms = tcpa_add32(ev->run.calm_ms, iv->ms);
	if (iv->backlog < SMALL_QUEUE && ev->run.calm_ms < RETRY_MS)
		return;
	run_over(ev, iv, 0);
	drained(ev);
}

/*
 * Below half at the end of the interval (@low_now) or before, but still with
 * @n refusals: a large queue has drained, a small one may have been caught at
 * a low moment.
 */
static void add_dip(struct tcpa_evidence *ev, const struct tcpa_interval *iv,
		    __u64 n, bool low_now)
{
	bool first = n && n == ev->run.refused;

	if (!run_dips(ev, iv))
		return;
	if (low_now ? iv->backlog >= SMALL_QUEUE : !first)
		drained(ev);
	run_over(ev, iv, low_now && iv->backlog >= SMALL_QUEUE ? 0 : n);
}

/*
 * A run longer than an interval is sized by its sum, a shorter one by the
 * second of most refusals.
 */
static void add_run(struct tcpa_evidence *ev, const struct tcpa_interval *iv)
{
	__u64 n = refused(iv);
	bool low_now = !above_half(iv, iv->accept_now);
	bool low = iv->backlog >= SMALL_QUEUE && !above_half(iv, iv->accept_lo);

	if (!n && !ev->run.refused)
		return;
	grow_burst(ev, iv->deficit ? iv->deficit : connections(n, iv->ms));
	ev->run.refused = tcpa_add(ev->run.refused, n);
	if (low_now && !n) {
		add_calm(ev, iv);
		return;
	}
	ev->run.calm_ms = 0;
	if (low_now || low)
		add_dip(ev, iv, n, low_now);
	else
		run_on(ev, iv);
}

/* Without an accept(2), who waited at the start of the interval still does. */
static void add_stall(struct tcpa_evidence *ev, const struct tcpa_interval *iv)
{
	bool stalled = !iv->accepts && iv->accept_now && ev->run.accept_now;

	if (!stalled && !ev->stall_now_ms)
		return;
	ev->run.stalled = tcpa_add(ev->run.stalled, tcpa_interval_refusals(iv));
	if (stalled)
		ev->stall_now_ms = tcpa_add32(ev->stall_now_ms, iv->ms);
	ev->stall_ms = max_t(__u32, ev->stall_ms, ev->stall_now_ms);
	if (ev->stall_now_ms >= TCPA_STALL_MS) {
		ev->stall_refusals = tcpa_add(ev->stall_refusals,
					      ev->run.stalled);
		ev->run.stalled = 0;
	}
	if (!stalled) {
		ev->stall_now_ms = 0;
		ev->run.stalled = 0;
	}
}

/*
 * A queue of depth d that lets n of n + m arrivals in holds each of them
 * d / n of the time; all of them need d (n + m) / n places (Little's law),
 * whatever the round trip, and whether it was full all the time or not. They
 * cannot need more than one each. Of dropped SYNs, those sent again are taken
 * off.
 */
static void settle_syn_need(struct tcpa_evidence *ev)
{
	__u64 drops = div64_u64(ev->syn.drops, tries_within(ev->syn.streak_ms));
	__u64 more = tcpa_add(drops, ev->syn.cookies);

	if (ev->syn.queued)
		more = min_t(__u64, more,
			     div64_u64(tcpa_mul(ev->syn.hi, more),
				       ev->syn.queued));
	ev->syn_need = max_t(__u64, ev->syn_need, tcpa_add(ev->syn.hi, more));
	ev->syn.ms = 0;
	ev->syn.hi = 0;
	ev->syn.queued = 0;
	ev->syn.drops = 0;
	ev->syn.cookies = 0;
}

/* The SYN queue was full, of its own, for the interval. In steps of a second. */
static void add_syn_short(struct tcpa_evidence *ev,
			  const struct tcpa_interval *iv)
{
	ev->syn_short = tcpa_add(ev->syn_short,
				 tcpa_add(iv->synq_drops, iv->cookies_sent));
	ev->syn.streak_ms = tcpa_add32(ev->syn.streak_ms, iv->ms);
	ev->syn.ms = tcpa_add32(ev->syn.ms, iv->ms);
	ev->syn.hi = max_t(__u32, ev->syn.hi, iv->syn_hi);
	ev->syn.queued = tcpa_add(ev->syn.queued, iv->queued);
	ev->syn.drops = tcpa_add(ev->syn.drops, iv->synq_drops);
	ev->syn.cookies = tcpa_add(ev->syn.cookies, iv->cookies_sent);
	if (ev->syn.ms >= RETRY_MS)
		settle_syn_need(ev);
}

static void add_syn_queue(struct tcpa_evidence *ev,
			  const struct tcpa_interval *iv)
{
	if (iv->overflows_ack)
		ev->syn.clogged_ms = tcpa_add32(CLOG_MS, iv->ms);
	if (!ev->syn.clogged_ms && (iv->synq_drops || iv->cookies_sent)) {
		add_syn_short(ev, iv);
	} else {
		if (ev->syn.ms)
			settle_syn_need(ev);
		ev->syn.streak_ms = 0;
	}
	ev->syn.clogged_ms = tcpa_sub(ev->syn.clogged_ms, iv->ms);
}

static void add_syn_busy(struct tcpa_evidence *ev,
			 const struct tcpa_interval *iv)
{
	if (!iv->synq_drops && !iv->cookies_sent && !iv->other_drops)
		return;
	ev->syn_busy_ms = tcpa_add32(ev->syn_busy_ms, iv->ms);
	ev->syn_answered = tcpa_add(ev->syn_answered,
				    tcpa_add(iv->queued, iv->cookies_sent));
	ev->syn_proven = tcpa_add(ev->syn_proven,
				  tcpa_add(iv->completions, refused_acks(iv)));
}

static void add_busy(struct tcpa_evidence *ev, const struct tcpa_interval *iv)
{
	if (!tcpa_interval_refusals(iv))
		return;
	ev->busy_ms = tcpa_add32(ev->busy_ms, iv->ms);
	ev->busy_accepts = tcpa_add(ev->busy_accepts, iv->accepts);
	ev->busy_accept_lo = min_t(__u32, ev->busy_accept_lo, iv->accept_lo);
}

static void add_counters(struct tcpa_interval *sum,
			 const struct tcpa_interval *iv)
{
	sum->syns = tcpa_add(sum->syns, iv->syns);
	sum->queued = tcpa_add(sum->queued, iv->queued);
	sum->completions = tcpa_add(sum->completions, iv->completions);
	sum->cookies_valid = tcpa_add(sum->cookies_valid, iv->cookies_valid);
	sum->overflows_syn = tcpa_add(sum->overflows_syn, iv->overflows_syn);
	sum->overflows_ack = tcpa_add(sum->overflows_ack, iv->overflows_ack);
	sum->synq_drops = tcpa_add(sum->synq_drops, iv->synq_drops);
	sum->cookies_wanted = tcpa_add(sum->cookies_wanted, iv->cookies_wanted);
	sum->cookies_sent = tcpa_add(sum->cookies_sent, iv->cookies_sent);
	sum->other_drops = tcpa_add(sum->other_drops, iv->other_drops);
	sum->accepts = tcpa_add(sum->accepts, iv->accepts);
}

static void add_sum(struct tcpa_interval *sum, const struct tcpa_interval *iv)
{
	add_counters(sum, iv);
	sum->ms = tcpa_add32(sum->ms, iv->ms);
	sum->backlog = iv->backlog;
	sum->deficit = max_t(__u64, sum->deficit, iv->deficit);
	sum->accept_lo = min_t(__u32, sum->accept_lo, iv->accept_lo);
	sum->accept_hi = max_t(__u32, sum->accept_hi, iv->accept_hi);
	sum->accept_now = iv->accept_now;
	sum->syn_hi = max_t(__u32, sum->syn_hi, iv->syn_hi);
	sum->syn_now = iv->syn_now;
}

__u64 tcpa_evidence_trouble(const struct tcpa_evidence *ev)
{
	return tcpa_add(trouble(&ev->sum), ev->sum.other_drops);
}

void tcpa_evidence_reset(struct tcpa_evidence *ev)
{
	memset(ev, 0, sizeof(*ev));
	ev->sum.accept_lo = U32_MAX;
	ev->busy_accept_lo = U32_MAX;
}

void tcpa_evidence_roll(struct tcpa_evidence *ev)
{
	struct tcpa_evidence old = *ev;

	tcpa_evidence_reset(ev);
	ev->window = old.window + 1;
	ev->sum.accept_now = old.sum.accept_now;
	ev->sum.syn_now = old.sum.syn_now;
	ev->stall_now_ms = old.stall_now_ms;
	ev->stall_ms = old.stall_now_ms;
	ev->full_now_ms = old.full_now_ms;
	ev->full_run_ms = old.full_now_ms;
	ev->run = old.run;
	ev->syn = old.syn;
}

void tcpa_evidence_add(struct tcpa_evidence *ev, const struct tcpa_interval *iv)
{
	add_sum(&ev->sum, iv);
	add_busy(ev, iv);
	add_run(ev, iv);
	add_stall(ev, iv);
	add_syn_busy(ev, iv);
	add_syn_queue(ev, iv);
	ev->run.accept_now = iv->accept_now;
}

/* -1, 0, 1: less, the same but for an eighth, more. */
static int compare(__u64 a, __u64 b)
{
	if (a > tcpa_add(b, b / 8))
		return 1;
	if (b > tcpa_add(a, a / 8))
		return -1;
	return 0;
}

bool tcpa_evidence_worse(const struct tcpa_evidence *a,
			 const struct tcpa_evidence *b)
{
	int more = compare(trouble(&a->sum), trouble(&b->sum));

	if (!more)
		more = compare(a->burst, b->burst);
	if (!more)
		more = compare(a->stall_ms, b->stall_ms);
	return more > 0;
}

static void keep_longest_run(struct tcpa_evidence *kept,
			     const struct tcpa_evidence *cur)
{
	if (cur->full_run_ms <= kept->full_run_ms)
		return;
	kept->full_run_ms = cur->full_run_ms;
	if (cur->full_ms) {
		kept->full_ms = cur->full_ms;
		kept->full_accepts = cur->full_accepts;
	}
}

static void keep_longest_stall(struct tcpa_evidence *kept,
			       const struct tcpa_evidence *cur)
{
	if (cur->stall_ms <= kept->stall_ms)
		return;
	kept->stall_ms = cur->stall_ms;
	kept->stall_refusals = max_t(__u64, kept->stall_refusals,
				     cur->stall_refusals);
}

void tcpa_evidence_keep(struct tcpa_evidence *kept,
			const struct tcpa_evidence *cur)
{
	struct tcpa_evidence other = *cur;

	if (cur->window == kept->window || tcpa_evidence_worse(cur, kept)) {
		other = *kept;
		*kept = *cur;
	}
	keep_longest_run(kept, &other);
	keep_longest_stall(kept, &other);
	kept->burst = max_t(__u64, kept->burst, other.burst);
	kept->syn_need = max_t(__u64, kept->syn_need, other.syn_need);
	kept->drains = max_t(__u32, kept->drains, other.drains);
	kept->sum.accept_now = cur->sum.accept_now;
	kept->sum.syn_now = cur->sum.syn_now;
	kept->stall_now_ms = cur->stall_now_ms;
	kept->full_now_ms = cur->full_now_ms;
	kept->run = cur->run;
	kept->syn = cur->syn;
}
