// SPDX-License-Identifier: GPL-2.0
/*
 * verdict.c - one listener: whose fault it is.
 *
 * The order of questions is the order of harm in a wrong answer: a flood must
 * never be taken for load; then which of the two queues was full; then, for
 * the accept queue, whether the application emptied it between bursts.
 *
 * The facts of the kernel that the questions rest on, and the thresholds, are
 * argued in Documentation/judgement.rst.
 *
 * Every threshold has two values: one to come to a verdict and a laxer one to
 * stay with it (hysteresis, see keeps()).
 *
 * Context: any; pure.
 * Does not: choose sysctls (advice.c) or words (reason.c).
 */
#include "verdict.h"

#include "group.h"
#include "saturate.h"
#include "sizing.h"

/* Fewer refusals than this may be one client's bad luck, tried again. */
#define MIN_REFUSALS	8U

/* A handshake takes less: a SYN queue full for longer is full of dead ones. */
#define SYN_STATE_MS	3000U

/* A queue that stays above half for longer, while accept(2) goes on, has no burst. */
#define SLOW_MS		3000U

/* A refused client is away for as long, at least. */
#define RETRY_MS	1000U

/*
 * A handshake takes less than this, in ms; a silent client of TCP_DEFER_ACCEPT keeps its
 * place for a second at least, until the SYN-ACK is sent again. Others speak at once.
 */
#define SILENT_MS	500U

/* A client that waits longer would do better to be refused once. */
#define MAX_WAIT_MS	1000U

/* A client refused twice, or three times, waits as long. No queue covers a longer stall. */
#define COVER_STALL_MS	3000U

static bool decided(const struct tcpa_listener_sample *l)
{
	return l->previous != TCPA_OK && l->previous != TCPA_UNDECIDED;
}

/* The previous verdict was @v: hysteresis applies. */
static bool keeps(const struct tcpa_listener_sample *l, enum tcpa_verdict v)
{
	return l->previous == v;
}

/* Or that of silent clients, which is told from @v only after these questions. */
static bool keeps_syn(const struct tcpa_listener_sample *l, enum tcpa_verdict v)
{
	return keeps(l, v) || keeps(l, TCPA_DEFER_ACCEPT);
}

/* A span of time that speaks for @v: half is enough to stay with it. */
static bool lasts(const struct tcpa_listener_sample *l, enum tcpa_verdict v,
		  __u32 ms, __u32 threshold)
{
	return ms >= (keeps(l, v) ? threshold / 2 : threshold);
}

/*
 * @a is at least @num / @den of @b; these are less than 256. Sums of such a size that
 * the products saturate keep their ratio.
 */
static bool reaches(__u64 a, __u64 b, __u32 num, __u32 den)
{
	if ((a | b) >> 56) {
		a >>= 8;
		b >>= 8;
	}
	return tcpa_mul(a, den) >= tcpa_mul(b, num);
}

static __u64 accept_refusals(const struct tcpa_listener_sample *l)
{
	return tcpa_add(l->ev.sum.overflows_syn, l->ev.sum.overflows_ack);
}

__u64 tcpa_verdict_reserve_drops(const struct tcpa_sample *s,
				 const struct tcpa_listener_sample *l)
{
	__u32 free = s->max_syn_backlog - s->max_syn_backlog / 4;

	return !s->syncookies && l->ev.sum.syn_hi >= free ?
	       l->ev.sum.other_syns : 0;
}

/*
 * SYNs that the SYN queue had no room for. With syncookies 2 every SYN gets a
 * cookie, which says nothing of the queue.
 */
static __u64 syn_refusals(const struct tcpa_sample *s,
			  const struct tcpa_listener_sample *l)
{
	__u64 n = l->ev.sum.synq_drops;

	if (s->syncookies != 2)
		n = tcpa_add(n, l->ev.sum.cookies_sent);
	return tcpa_add(n, tcpa_verdict_reserve_drops(s, l));
}

__u64 tcpa_verdict_weight(const struct tcpa_sample *s,
			  const struct tcpa_listener_sample *l)
{
	return tcpa_add(accept_refusals(l), syn_refusals(s, l));
}

/*
 * A flood: for seconds the SYN queue is full of handshakes that do not
 * complete. If hardly any was answered, because the queue was full before,
 * the same picture comes from an accept queue that lets nothing out of it.
 * The SYN queue holds the backlog or, on other kernels, one more.
 */
static bool flood(const struct tcpa_sample *s,
		  const struct tcpa_listener_sample *l)
{
	bool kept = keeps_syn(l, TCPA_SYN_FLOOD);
	__u64 full = syn_refusals(s, l);

	if (full < MIN_REFUSALS ||
	    l->ev.syn_busy_ms < (kept ? SYN_STATE_MS / 2 : SYN_STATE_MS) ||
	    !reaches(l->ev.syn_answered, l->ev.syn_proven, kept ? 2 : 4, 1))
		return false;
	return kept || l->ev.syn_answered >= l->backlog ||
	       reaches(full, accept_refusals(l), 4, 1);
}

/* Nearly every handshake that was answered completes. */
static bool completes(const struct tcpa_listener_sample *l)
{
	__u32 num = keeps_syn(l, TCPA_RTT_BOUND) ? 2 : 3;

	return reaches(l->ev.syn_proven, l->ev.syn_answered, num, 4);
}

/*
 * How long a place in the SYN queue was taken at least, in ms, while it was full (Little's
 * law): of the whole window, those that found one.
 */
static __u64 syn_time(const struct tcpa_listener_sample *l)
{
	return tcpa_div(tcpa_mul(l->ev.sum.syn_hi, l->ev.syn_busy_ms),
			l->ev.sum.queued);
}

/*
 * It is full of clients that have completed the handshake and said nothing since: with
 * TCP_DEFER_ACCEPT these stay. Either they get in late, or, if the option allows for
 * more time than a window of evidence shows, not at all. Whoever speaks at once has his
 * final ACK put off once too, so those that got in are taken off.
 */
static bool full_of_silent(const struct tcpa_sample *s,
			   const struct tcpa_listener_sample *l)
{
	bool kept = keeps(l, TCPA_DEFER_ACCEPT);
	__u64 dead = tcpa_sub(l->ev.syn_answered, l->ev.syn_proven);

	if (!l->defers || !s->deferred)
		return false;
	if (syn_time(l) >= (kept ? SILENT_MS / 2 : SILENT_MS) && completes(l))
		return true;
	if (kept)
		return reaches(dead, l->ev.syn_proven, 1, 2) &&
		       reaches(s->deferred, dead, 1, 4);
	return reaches(dead, l->ev.syn_proven, 2, 1) &&
	       reaches(tcpa_sub(s->deferred, l->ev.syn_proven), dead, 1, 2);
}

/*
 * The accept queue refused a fair share, so it is the one to look at. Of what
 * the SYN queue lacked, that counts which the accept queue did not cause.
 */
static bool accept_side(const struct tcpa_sample *s,
			const struct tcpa_listener_sample *l)
{
	__u32 den = keeps_syn(l, TCPA_RTT_BOUND) ? 2 : decided(l) ? 8 : 4;
	__u64 lacking = tcpa_add(s->syncookies == 2 ? 0 : l->ev.syn_short,
				 tcpa_verdict_reserve_drops(s, l));

	return accept_refusals(l) &&
	       reaches(accept_refusals(l), lacking, 1, den);
}

/*
 * At least half of the others in its SO_REUSEPORT group had room to spare; it
 * is not one of those itself, for it has refused.
 */
static bool skewed(const struct tcpa_sample *s,
		   const struct tcpa_listener_sample *l)
{
	const struct tcpa_group *g = tcpa_group_find(s, l->group);
	__u32 idle;

	if (!g || g->members < 2)
		return false;
	idle = keeps(l, TCPA_REUSEPORT_SKEW) ? g->below_half : g->below_quarter;
	return 2 * (__u64)idle >= g->members - 1;
}

__u64 tcpa_verdict_accept_rate(const struct tcpa_listener_sample *l)
{
	if (tcpa_verdict_starved(l))
		return div64_u64(tcpa_mul(l->ev.spell_accepts, 1000),
				 l->ev.spell_ms);
	if (!l->ev.full_ms)
		return 0;
	return div64_u64(tcpa_mul(l->ev.full_accepts, 1000), l->ev.full_ms);
}

static __u64 accept_need(const struct tcpa_listener_sample *l)
{
	return tcpa_add(l->backlog, l->ev.burst);
}

/* A queue of @need would keep clients longer than MAX_WAIT_MS. */
static bool waits_long(const struct tcpa_listener_sample *l, __u64 need,
		       __u32 ms, __u64 accepts)
{
	__u32 wait = keeps(l, TCPA_APP_SLOW) ? MAX_WAIT_MS / 2 : MAX_WAIT_MS;

	return accepts && tcpa_mul(need, ms) > tcpa_mul(accepts, wait);
}

/*
 * Who waits at least, in the queue or to try again, in a spell of refusals: whoever is
 * refused comes again after one second, and then after one or after two.
 */
static __u64 spell_need(const struct tcpa_listener_sample *l)
{
	__u64 away = tcpa_div(tcpa_mul(l->ev.spell_refusals, RETRY_MS),
			      l->ev.spell_ms);

	return tcpa_add(l->backlog, max_t(__u64, away, l->ev.burst));
}

/* The queue stayed above half for seconds, although accept(2) went on. */
static bool stays_full(const struct tcpa_listener_sample *l)
{
	return lasts(l, TCPA_APP_SLOW, l->ev.episode_ms, SLOW_MS) &&
	       waits_long(l, accept_need(l), l->ev.full_ms, l->ev.full_accepts);
}

/*
 * It refused for seconds, most of the time, although it was low now and then: the
 * application runs seldom, and then empties a short queue at once.
 */
bool tcpa_verdict_starved(const struct tcpa_listener_sample *l)
{
	__u32 num = keeps(l, TCPA_APP_SLOW) ? 2 : 3;

	return !stays_full(l) &&
	       lasts(l, TCPA_APP_SLOW, l->ev.spell_ms, SLOW_MS) &&
	       reaches(l->ev.spell_refusing_ms, l->ev.spell_ms, num, 4) &&
	       waits_long(l, spell_need(l), l->ev.spell_ms,
			  l->ev.spell_accepts);
}

/* Connections have waited for long, for a while, whether any was refused or not. */
static bool waits_on(const struct tcpa_listener_sample *l)
{
	enum tcpa_verdict v = keeps(l, TCPA_APP_STALLED) ? TCPA_APP_STALLED : TCPA_APP_SLOW;

	return lasts(l, v, l->ev.late_ms, SLOW_MS);
}

/* @ms are much longer than any pause of accept(2) in them. */
static bool outlasts_pauses(const struct tcpa_listener_sample *l, __u32 ms)
{
	__u32 ratio = 4;

	if (keeps(l, TCPA_APP_SLOW))
		ratio = 2;
	else if (keeps(l, TCPA_APP_STALLED))
		ratio = 8;
	return reaches(ms, l->ev.stall_ms, ratio, 1);
}

static bool late(const struct tcpa_listener_sample *l)
{
	return waits_on(l) && outlasts_pauses(l, l->ev.late_ms);
}

static bool slow(const struct tcpa_listener_sample *l)
{
	return stays_full(l) || tcpa_verdict_starved(l) || late(l);
}

bool tcpa_verdict_late(const struct tcpa_listener_sample *l)
{
	return late(l) && !stays_full(l) && !tcpa_verdict_starved(l);
}

/* Slow on the whole, although accept(2) paused now and then. */
static bool slow_with_pauses(const struct tcpa_listener_sample *l)
{
	return slow(l) && outlasts_pauses(l, max_t(__u32, l->ev.episode_ms, l->ev.spell_ms));
}

/* accept(2) stopped, and a fair share of the refusals came of it. */
static bool stalled(const struct tcpa_listener_sample *l)
{
	__u32 den = keeps(l, TCPA_APP_STALLED) ? 8 : 4;

	return lasts(l, TCPA_APP_STALLED, l->ev.stall_ms, TCPA_STALL_MS) &&
	       reaches(l->ev.stall_refusals, accept_refusals(l), 1, den) &&
	       !slow_with_pauses(l);
}

static enum tcpa_verdict undecided(struct tcpa_listener_sample *l,
				   enum tcpa_missing missing)
{
	l->missing = missing;
	return TCPA_UNDECIDED;
}

bool tcpa_verdict_capped(const struct tcpa_sample *s,
			 const struct tcpa_listener_sample *l)
{
	if (l->requested >= 0 && l->requested != l->backlog)
		return (__u64)l->requested > l->backlog;
	/*
	 * Not known, or exactly as much: a program that reads net.core.somaxconn
	 * asks for that (Go). It still does after the sysctl was raised, until it
	 * starts again.
	 */
	return l->backlog == s->somaxconn ||
	       (l->requested >= 0 && keeps(l, TCPA_BACKLOG_CAPPED));
}

/* It has refused most of the time, too short so far to tell a burst from more. */
static bool refuses_on(const struct tcpa_listener_sample *l)
{
	return l->ev.spell.ms && l->ev.spell.ms < SLOW_MS &&
	       reaches(l->ev.spell.refusing_ms, l->ev.spell.ms, 1, 2);
}

static enum tcpa_verdict judge_accept_queue(const struct tcpa_sample *s,
					    struct tcpa_listener_sample *l)
{
	if (skewed(s, l))
		return TCPA_REUSEPORT_SKEW;
	if (stalled(l))
		return TCPA_APP_STALLED;
	if (slow(l))
		return TCPA_APP_SLOW;
	if ((!l->ev.drains || refuses_on(l)) && !decided(l))
		return undecided(l, TCPA_MISSING_DRAIN);
	return tcpa_verdict_capped(s, l) ? TCPA_BACKLOG_CAPPED :
					   TCPA_BACKLOG_SMALL;
}

static bool brief(const struct tcpa_listener_sample *l)
{
	return l->ev.syn_busy_ms < SYN_STATE_MS && !decided(l);
}

/*
 * No SYN was lost, and cookies were only sent now and then, which is what they
 * are for.
 */
static bool only_a_few_cookies(const struct tcpa_sample *s,
			       const struct tcpa_listener_sample *l)
{
	__u32 den = decided(l) ? 128 : 64;
	__u64 answered = tcpa_add(l->ev.sum.queued, l->ev.sum.cookies_sent);

	if (accept_refusals(l) || l->ev.sum.synq_drops ||
	    tcpa_verdict_reserve_drops(s, l))
		return false;
	return brief(l) || !reaches(l->ev.sum.cookies_sent, answered, 1, den);
}

static enum tcpa_verdict judge_syn_queue(const struct tcpa_sample *s,
					 struct tcpa_listener_sample *l)
{
	if (!l->ev.syn_need && !tcpa_verdict_reserve_drops(s, l))
		return undecided(l, TCPA_MISSING_TIME);
	if (full_of_silent(s, l))
		return TCPA_DEFER_ACCEPT;
	if (completes(l))
		return TCPA_RTT_BOUND;
	return undecided(l, brief(l) ? TCPA_MISSING_TIME : TCPA_MISSING_CAUSE);
}

/* Nobody was refused, or too few to matter. */
static enum tcpa_verdict judge_waits(const struct tcpa_listener_sample *l)
{
	if (!waits_on(l))
		return TCPA_OK;
	return late(l) ? TCPA_APP_SLOW : TCPA_APP_STALLED;
}

static enum tcpa_verdict judge(const struct tcpa_sample *s,
			       struct tcpa_listener_sample *l)
{
	__u64 weight = tcpa_verdict_weight(s, l);

	if (!weight)
		return judge_waits(l);
	if (flood(s, l))
		return full_of_silent(s, l) ? TCPA_DEFER_ACCEPT : TCPA_SYN_FLOOD;
	if (only_a_few_cookies(s, l))
		return judge_waits(l);
	if (weight < MIN_REFUSALS && waits_on(l))
		return judge_waits(l);
	if (weight < MIN_REFUSALS && !decided(l))
		return undecided(l, TCPA_MISSING_REFUSALS);
	if (accept_side(s, l))
		return judge_accept_queue(s, l);
	return judge_syn_queue(s, l);
}

/* Depth of a SYN queue that sends no cookies, if that can be told. */
static __u64 syn_need(const struct tcpa_sample *s,
		      const struct tcpa_listener_sample *l)
{
	return s->syncookies != 2 && completes(l) ? l->ev.syn_need : 0;
}

/* How many must be able to wait, or 0 if a bigger backlog is not the cure. */
static __u64 need(const struct tcpa_sample *s,
		  const struct tcpa_listener_sample *l)
{
	switch (l->verdict) {
	case TCPA_BACKLOG_CAPPED:
	case TCPA_BACKLOG_SMALL:
		return max_t(__u64, accept_need(l), syn_need(s, l));
	case TCPA_APP_STALLED:
		if (!accept_refusals(l) || l->ev.stall_now_ms ||
		    l->ev.stall_ms > COVER_STALL_MS)
			return 0;
		return accept_need(l);
	case TCPA_RTT_BOUND:
		return syn_need(s, l);
	default:
		return 0;
	}
}

/* The previous advice is the least, as far as it may be advised now. */
static __u32 previous_size(const struct tcpa_sample *s,
			   const struct tcpa_listener_sample *l)
{
	if (l->previous != l->verdict || l->previous_recommended <= l->backlog)
		return 0;
	return min_t(__u32, l->previous_recommended,
		     tcpa_size_backlog_bound(tcpa_size_memory(s)));
}

void tcpa_verdict_give(const struct tcpa_sample *s,
		       struct tcpa_listener_sample *l)
{
	__u64 n;

	l->missing = TCPA_MISSING_NOTHING;
	l->backlog_recommended = 0;
	l->verdict = judge(s, l);
	n = need(s, l);
	if (!n)
		return;
	l->backlog_recommended = tcpa_size_backlog(l->backlog, n,
						   tcpa_size_memory(s));
	if (l->backlog_recommended)
		l->backlog_recommended = max_t(__u32, l->backlog_recommended,
					       previous_size(s, l));
}
