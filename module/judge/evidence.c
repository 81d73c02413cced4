// SPDX-License-Identifier: GPL-2.0
/*
 * evidence.c - from intervals to the evidence of a window.
 *
 * The model, its formulas and the states of a queue-full episode are stated in
 * Documentation/judgement.rst.
 *
 * Context: any; pure. All arithmetic saturates.
 * Does not: judge. The only thresholds here are half a backlog (a queue at or
 * below it has drained), the backlog below which depths are too coarse to say
 * so, and TCPA_STALL_MS.
 */
#include "evidence.h"

#include "saturate.h"

/* A smaller queue crosses half of its backlog between any two accept(2)s. */
#define SMALL_QUEUE	32U

/* SYNs of one client are at least this far apart, in ms. */
#define RETRY_MS	1000U

/* No client gives up sooner, in ms: not even TCP sends anything again before that. */
#define PATIENCE_MS	200U

/*
 * An interval adds no more than this to an episode or to the time in which the SYN
 * queue was full, in ms. Of a longer one too little is known: its lowest depth is
 * that which an event met, and its refusals may be of any part of it.
 */
#define INTERVAL_MAX_MS	2000U

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

__u64 tcpa_interval_unqueued(const struct tcpa_interval *iv)
{
	return tcpa_add(tcpa_interval_refusals(iv), iv->cookies_sent);
}

bool tcpa_interval_active(const struct tcpa_interval *iv)
{
	return iv->syns || iv->completions || iv->accepts || iv->other_drops ||
	       iv->deficit || iv->accept_now || iv->syn_now || tcpa_interval_unqueued(iv);
}

static bool in_spell(const struct tcpa_evidence *ev)
{
	return ev->spell.ms || ev->spell.refusals || ev->spell.accepts;
}

bool tcpa_evidence_open(const struct tcpa_evidence *ev)
{
	return ev->episode.refused || ev->episode.acks || ev->stall_now_ms ||
	       ev->syn.ms || ev->syn.streak_ms || ev->syn.clogged_ms ||
	       in_spell(ev) || ev->answered;
}

/*
 * Final ACKs that were refused. They are repeated within the second (data,
 * SYN-ACKs sent again), but each belongs to a request that was in the SYN
 * queue, or to a cookie.
 */
static __u64 refused_acks(const struct tcpa_interval *iv)
{
	return min_t(__u64, iv->overflows_ack,
		     tcpa_add(tcpa_add(iv->syn_hi, iv->queued),
			      iv->cookies_sent));
}

static __u64 refused_syns(const struct tcpa_interval *iv)
{
	return tcpa_add(iv->overflows_syn, iv->synq_drops);
}

static __u64 answered(const struct tcpa_interval *iv)
{
	return tcpa_add(iv->queued, iv->cookies_sent);
}

/*
 * The most clients who at one time in the interval had got a SYN-ACK and were
 * not in the accept queue. Those that found a free place there at the start of
 * the interval are taken off, those that came in later are not.
 */
static __u64 most_answered(const struct tcpa_evidence *ev,
			   const struct tcpa_interval *iv)
{
	__u64 places = tcpa_sub((__u64)iv->backlog + 1, ev->accept_before);
	__u64 all = max_t(__u64, tcpa_add(ev->answered, answered(iv)),
			  tcpa_add(iv->syn_hi, iv->cookies_sent));

	return tcpa_sub(all, min_t(__u64, places, iv->completions));
}

/*
 * Without a refused final ACK whoever was answered before is in the accept queue
 * by now, or is still in the SYN queue, or has a cookie of this interval.
 */
static void keep_answered(struct tcpa_evidence *ev,
			  const struct tcpa_interval *iv)
{
	if (iv->overflows_ack)
		ev->answered = tcpa_sub(tcpa_add(ev->answered, answered(iv)),
					iv->completions);
	else
		ev->answered = tcpa_add(iv->syn_now, iv->cookies_sent);
}

/*
 * When a client has sent its SYN at the latest, after the first time, in ms. Linux
 * before 6.5 and most others double the time from the start. Linux since then and
 * Apple's send the first ones a second apart (1, 2, 3, 4, 5, 7, 11 s), so never less
 * often.
 */
static const __u32 tries_at[] = { 0, 1000, 3000, 7000, 15000, 31000, 63000 };

/* How often a client has sent its SYN at least, @ms after the first. */
static __u32 tries_within(__u32 ms)
{
	__u32 tries = 1;

	while (tries < ARRAY_SIZE(tries_at) && ms > tries_at[tries])
		tries++;
	return tries;
}

/*
 * Connections behind @events refusals over @ms, at most. Whoever is refused at the
 * start of the time tries n times until its end, whoever is refused at its end once; so
 * (n + 1) / 2 events each, or more. By how much that may be wrong, for each kind of
 * client: Documentation/judgement.rst.
 */
static __u64 connections(__u64 events, __u32 ms)
{
	return tcpa_div(tcpa_mul(events, 2), tries_within(ms) + 1);
}

static __u32 known_ms(const struct tcpa_interval *iv)
{
	return min_t(__u32, iv->ms, INTERVAL_MAX_MS);
}

static bool above_half(const struct tcpa_interval *iv, __u32 depth)
{
	return 2 * (__u64)depth > iv->backlog;
}

static void grow_burst(struct tcpa_evidence *ev, __u64 size)
{
	ev->burst = max_t(__u64, ev->burst, size);
}

/* The queue was above half for all of the interval. */
static void extend_episode(struct tcpa_evidence *ev,
			   const struct tcpa_interval *iv)
{
	ev->episode_now_ms = tcpa_add32(ev->episode_now_ms, known_ms(iv));
	ev->episode_ms = max_t(__u32, ev->episode_ms, ev->episode_now_ms);
	if (iv->accepts) {
		ev->full_ms = tcpa_add32(ev->full_ms, iv->ms);
		ev->full_accepts = tcpa_add(ev->full_accepts, iv->accepts);
	}
	ev->episode.ms = tcpa_add32(ev->episode.ms, iv->ms);
	grow_burst(ev, tcpa_add(connections(ev->episode.refused, ev->episode.ms),
				min_t(__u64, ev->episode.acks,
				      most_answered(ev, iv))));
}

/*
 * The queue was at half or below for a part of the interval. Twice the interval
 * is taken off the episode. The episode is over when nothing is left of it,
 * that is, when the queue has been low for half as long as it was full. True if
 * it is over.
 */
static bool shorten_episode(struct tcpa_evidence *ev,
			    const struct tcpa_interval *iv)
{
	ev->episode_now_ms = tcpa_sub(ev->episode_now_ms, 2 * (__u64)iv->ms);
	ev->episode.ms = tcpa_add32(ev->episode.ms, iv->ms);
	return !ev->episode_now_ms;
}

/* The episode is over; if @again, the refusals begin the next one. */
static void end_episode(struct tcpa_evidence *ev,
			const struct tcpa_interval *iv, bool again)
{
	ev->episode_now_ms = 0;
	ev->episode.refused = again ? refused_syns(iv) : 0;
	ev->episode.acks = again ? iv->overflows_ack : 0;
	ev->episode.ms = again ? iv->ms / 2 : 0;
}

static void drained(struct tcpa_evidence *ev)
{
	ev->drains = tcpa_add32(ev->drains, 1);
}

/*
 * The interval refused nobody and ends at half or below: the queue has drained.
 * A small queue has drained only if that lasts for a second.
 */
static void add_quiet(struct tcpa_evidence *ev, const struct tcpa_interval *iv)
{
	ev->episode.quiet_ms = tcpa_add32(ev->episode.quiet_ms, iv->ms);
	if (iv->backlog < SMALL_QUEUE && ev->episode.quiet_ms < RETRY_MS)
		return;
	end_episode(ev, iv, false);
	drained(ev);
}

/*
 * The interval refused somebody (@refused), the first of the episode (@first), and
 * saw the queue at half or below: at its end (@low_now) or before. A large queue
 * got there because it drained. A small one gets there between any two
 * accept(2)s, so that its low depth proves nothing.
 */
static void add_short_drain(struct tcpa_evidence *ev,
			    const struct tcpa_interval *iv, bool refused,
			    bool first, bool low_now)
{
	bool large = iv->backlog >= SMALL_QUEUE;

	if (!shorten_episode(ev, iv))
		return;
	if (low_now ? large : !first)
		drained(ev);
	end_episode(ev, iv, refused && !(low_now && large));
}

/*
 * An episode longer than an interval is sized by the sum of its refusals, a
 * shorter one by the second of most refusals.
 */
static void add_episode(struct tcpa_evidence *ev, const struct tcpa_interval *iv)
{
	__u64 syns = refused_syns(iv);
	__u64 acks = min_t(__u64, iv->overflows_ack, most_answered(ev, iv));
	bool refused = syns || iv->overflows_ack;
	bool first = refused && !ev->episode.refused && !ev->episode.acks;
	bool low_now = !above_half(iv, iv->accept_now);
	bool low = iv->backlog >= SMALL_QUEUE && !above_half(iv, iv->accept_lo);

	if (!refused && !ev->episode.refused && !ev->episode.acks)
		return;
	grow_burst(ev, iv->deficit ?
		       min_t(__u64, iv->deficit, tcpa_add(syns, acks)) :
		       tcpa_add(connections(syns, iv->ms), acks));
	ev->episode.refused = tcpa_add(ev->episode.refused, syns);
	ev->episode.acks = tcpa_add(ev->episode.acks, iv->overflows_ack);
	if (low_now && !refused) {
		add_quiet(ev, iv);
		return;
	}
	ev->episode.quiet_ms = 0;
	if (low_now || low)
		add_short_drain(ev, iv, refused, first, low_now);
	else
		extend_episode(ev, iv);
}

/*
 * A spell tells an application that is starved of CPU from bursts: both drain their
 * queue in between, but the one refuses most of the time and the others in moments.
 */
static void add_spell(struct tcpa_evidence *ev, const struct tcpa_interval *iv)
{
	__u32 refusing;

	if (!iv->overflows_syn && !iv->overflows_ack) {
		if (!in_spell(ev))
			return;
		ev->spell.quiet_ms = tcpa_add32(ev->spell.quiet_ms, iv->ms);
		if (ev->spell.quiet_ms >= RETRY_MS)
			memset(&ev->spell, 0, sizeof(ev->spell));
		return;
	}
	refusing = min_t(__u32, iv->refusing_ms, known_ms(iv));
	/* It began somewhere within its first interval. */
	ev->spell.ms = tcpa_add32(ev->spell.ms,
				  ev->spell.ms ? known_ms(iv) : refusing);
	ev->spell.quiet_ms = 0;
	ev->spell.refusing_ms = tcpa_add32(ev->spell.refusing_ms, refusing);
	ev->spell.accepts = tcpa_add(ev->spell.accepts, iv->accepts);
	ev->spell.refusals = tcpa_add(ev->spell.refusals,
				      tcpa_add(iv->overflows_syn,
					       refused_acks(iv)));
	if (ev->spell.ms < ev->spell_ms)
		return;
	ev->spell_ms = ev->spell.ms;
	ev->spell_refusing_ms = ev->spell.refusing_ms;
	ev->spell_accepts = ev->spell.accepts;
	ev->spell_refusals = ev->spell.refusals;
}

/*
 * Whoever comes last waits for as long as those before take to be accepted (Little's
 * law). While nobody is accepted, all wait on.
 */
static __u32 wait_of(const struct tcpa_evidence *ev,
		     const struct tcpa_interval *iv, __u32 low)
{
	if (!low)
		return 0;
	if (!iv->accepts)
		return tcpa_add32(ev->wait_now_ms, iv->ms);
	return tcpa_clamp32(tcpa_div(tcpa_mul(low, iv->ms), iv->accepts));
}

/*
 * The application serves the dead: half of those whose turn is next have gone. Some
 * clients close at once, having got or asked for all they wanted (probes, half-closed
 * connections); so it takes a wait that may have been too long for them.
 */
static bool serves_the_dead(const struct tcpa_interval *iv, __u32 wait)
{
	return wait >= PATIENCE_MS && iv->gone && 2 * (__u64)iv->gone >= iv->next;
}

__u32 tcpa_evidence_wait(const struct tcpa_evidence *ev)
{
	return min_t(__u32, ev->wait_now_ms, ev->standing_ms);
}

static void add_wait(struct tcpa_evidence *ev, const struct tcpa_interval *iv)
{
	__u32 low = min_t(__u32, min_t(__u32, iv->accept_lo, iv->accept_now),
			  ev->accept_before);
	__u32 wait = wait_of(ev, iv, low);
	bool dead = low >= TCPA_LATE_MIN && serves_the_dead(iv, wait);
	bool late = low >= TCPA_LATE_MIN && wait >= TCPA_LATE_MS;

	ev->wait_now_ms = wait;
	ev->standing_ms = low ? tcpa_add32(ev->standing_ms, iv->ms) : 0;
	if (low >= TCPA_LATE_MIN && tcpa_evidence_wait(ev) > ev->wait_ms) {
		ev->wait_ms = tcpa_evidence_wait(ev);
		ev->wait_depth = low;
	}
	if (dead && iv->gone > ev->gone) {
		ev->gone = iv->gone;
		ev->gone_of = iv->next;
	}
	if (dead || late)
		ev->late_now_ms = tcpa_add32(ev->late_now_ms, known_ms(iv));
	else if (iv->accepts || !low)
		ev->late_now_ms = 0;
	ev->late_ms = max_t(__u32, ev->late_ms, ev->late_now_ms);
}

/* Without an accept(2), who waited at the start of the interval still does. */
static void add_stall(struct tcpa_evidence *ev, const struct tcpa_interval *iv)
{
	bool stalled = !iv->accepts && iv->accept_now && ev->accept_before;

	if (!stalled && !ev->stall_now_ms)
		return;
	ev->stall_so_far = tcpa_add(ev->stall_so_far, tcpa_interval_refusals(iv));
	if (stalled)
		ev->stall_now_ms = tcpa_add32(ev->stall_now_ms, iv->ms);
	ev->stall_ms = max_t(__u32, ev->stall_ms, ev->stall_now_ms);
	if (ev->stall_now_ms >= TCPA_STALL_MS) {
		ev->stall_refusals = tcpa_add(ev->stall_refusals,
					      ev->stall_so_far);
		ev->stall_so_far = 0;
	}
	if (!stalled) {
		ev->stall_now_ms = 0;
		ev->stall_so_far = 0;
	}
}

/*
 * A queue of depth d that lets n of n + m arrivals in holds each of them
 * d / n of the time; all of them need d (n + m) / n places (Little's law),
 * whatever the round trip, and whether it was full all the time or not. They
 * cannot need more than one each. Of dropped SYNs, those sent again are taken
 * off, as far as every client sends again.
 */
static void size_syn_need(struct tcpa_evidence *ev)
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
		size_syn_need(ev);
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
			size_syn_need(ev);
		ev->syn.streak_ms = 0;
	}
	ev->syn.clogged_ms = tcpa_sub(ev->syn.clogged_ms, iv->ms);
}

static void add_syn_busy(struct tcpa_evidence *ev,
			 const struct tcpa_interval *iv)
{
	if (!iv->synq_drops && !iv->cookies_sent && !iv->other_syns)
		return;
	ev->syn_busy_ms = tcpa_add32(ev->syn_busy_ms, known_ms(iv));
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
	sum->other_syns = tcpa_add(sum->other_syns, iv->other_syns);
	sum->accepts = tcpa_add(sum->accepts, iv->accepts);
}

static void add_sum(struct tcpa_interval *sum, const struct tcpa_interval *iv)
{
	add_counters(sum, iv);
	sum->ms = tcpa_add32(sum->ms, iv->ms);
	sum->backlog = iv->backlog;
	sum->deficit = max_t(__u64, sum->deficit, iv->deficit);
	sum->refusing_ms = tcpa_add32(sum->refusing_ms, iv->refusing_ms);
	sum->accept_lo = min_t(__u32, sum->accept_lo, iv->accept_lo);
	sum->accept_hi = max_t(__u32, sum->accept_hi, iv->accept_hi);
	sum->accept_now = iv->accept_now;
	sum->syn_hi = max_t(__u32, sum->syn_hi, iv->syn_hi);
	sum->syn_now = iv->syn_now;
	sum->next = iv->next;
	sum->gone = iv->gone;
}

__u64 tcpa_evidence_events(const struct tcpa_evidence *ev)
{
	/* Half of it is enough to stay with a verdict. */
	__u32 late_ms = ev->late_ms >= TCPA_LATE_MS / 2 ? ev->late_ms : 0;

	return tcpa_add(tcpa_add(tcpa_interval_unqueued(&ev->sum),
				 ev->sum.other_drops), late_ms);
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
	ev->episode_now_ms = old.episode_now_ms;
	ev->episode_ms = old.episode_now_ms;
	ev->episode = old.episode;
	ev->spell = old.spell;
	ev->wait_now_ms = old.wait_now_ms;
	ev->standing_ms = old.standing_ms;
	ev->late_now_ms = old.late_now_ms;
	ev->late_ms = old.late_now_ms;
	ev->accept_before = old.accept_before;
	ev->answered = old.answered;
	ev->stall_so_far = old.stall_so_far;
	ev->syn = old.syn;
}

void tcpa_evidence_add(struct tcpa_evidence *ev, const struct tcpa_interval *iv)
{
	add_sum(&ev->sum, iv);
	add_busy(ev, iv);
	add_episode(ev, iv);
	add_spell(ev, iv);
	add_wait(ev, iv);
	add_stall(ev, iv);
	add_syn_busy(ev, iv);
	add_syn_queue(ev, iv);
	keep_answered(ev, iv);
	ev->accept_before = iv->accept_now;
}
