/* SPDX-License-Identifier: GPL-2.0 */
/*
 * evidence.h - what is known of one listener, from one sampling interval to
 * the worst window in memory.
 *
 * Job: turn a sequence of intervals into the evidence that advice.c judges.
 * Context: any; pure functions of their arguments, no clock, no lock, no
 * allocation. Compiles unchanged in user space (see env.h).
 * Does not: read sockets or counters (sampler.c does), or judge (verdict.c).
 */
#ifndef _TCPA_EVIDENCE_H
#define _TCPA_EVIDENCE_H

#include "env.h"

/*
 * A gap in accept(2) from which on it is a stall, in ms. A client that meets a
 * full queue sends its SYN again after a second, so what lasts longer is more
 * than one refusal to it; a quarter less, because a gap is known only by the
 * whole intervals in it.
 */
#define TCPA_STALL_MS	750U

/*
 * Who waits longer for accept(2) is accepted late, in ms: a client that was refused
 * in its place, twice or three times by its kernel, has waited as long.
 */
#define TCPA_LATE_MS	3000U

/*
 * A queue of fewer tells nothing by how long they wait: that may be one client's bad
 * luck.
 */
#define TCPA_LATE_MIN	8U

/* So finely is told when connections were refused, in ms. */
#define TCPA_REFUSING_STEP_MS	50U

/*
 * One listener over one sampling interval. Counters are differences over the
 * interval; depths are of sockets (accept queue) and request sockets (SYN
 * queue).
 */
struct tcpa_interval {
	__u32 ms;		/* length of the interval */
	__u32 backlog;		/* sk_max_ack_backlog at its end */
	__u64 syns;		/* SYNs that reached tcp_conn_request() */
	__u64 queued;		/* of these, request sockets put into the SYN queue */
	__u64 completions;	/* children put into the accept queue, any way */
	__u64 cookies_valid;	/* of these, made from a SYN cookie */
	__u64 overflows_syn;	/* SYNs refused: accept queue full */
	__u64 overflows_ack;	/* final ACKs refused: accept queue full */
	__u64 synq_drops;	/* SYNs refused: SYN queue full, no cookies */
	__u64 cookies_wanted;	/* SYN queue full, kernel decided on a cookie */
	__u64 cookies_sent;	/* of these, really answered with a cookie */
	__u64 other_drops;	/* ListenDrops of any other cause */
	__u64 other_syns;	/* of these, SYNs: no memory, no route, the reserve */
	__u64 accepts;		/* children taken out by accept(2) */
	__u64 deficit;		/* most connections refused within one second,
				 * each counted once (a client tries again after
				 * a second at the earliest)
				 */
	__u32 refusing_ms;	/* time in which connections were refused, in steps
				 * of TCPA_REFUSING_STEP_MS
				 */
	__u32 accept_lo;	/* lowest accept-queue depth seen */
	__u32 accept_hi;	/* highest */
	__u32 accept_now;	/* depth at the end of the interval */
	__u32 syn_hi;		/* highest SYN-queue depth seen */
	__u32 syn_now;		/* SYN-queue depth at the end of the interval */
	__u32 next;		/* of those next to be accepted then so many were
				 * looked at,
				 */
	__u32 gone;		/* and of these so many had been closed by their
				 * clients
				 */
};

/*
 * How far a counter has moved on from *@then, its low bits, to @now; *@then goes with
 * it. It wraps, by its low bits here, and on a 32-bit kernel by itself; between two
 * looks by far less than half of its way. One that stands lower than it did was seen
 * too high in the middle of a call: it has not moved, until it is beyond that.
 */
static inline __u32 tcpa_interval_moved(__u32 *then, __u64 now)
{
	__u32 moved = (__u32)now - *then;

	if (moved >> 31)
		return 0;
	*then = (__u32)now;
	return moved;
}

/*
 * The same listener over a window: sums, extremes and spans of intervals. What
 * a queue-full episode and a stall are: Documentation/judgement.rst. Both may
 * outlast a window.
 */
struct tcpa_evidence {
	struct tcpa_interval sum;	/* counters summed, ms summed, depths as
					 * extremes, *_now of the last interval,
					 * deficit the largest
					 */
	__u32 window;		/* number of the window, see roll() */
	__u32 age;		/* windows since, see keep() */

	/* Intervals with an accept-queue or SYN-queue refusal. */
	__u32 busy_ms;
	__u32 busy_accept_lo;	/* lowest accept-queue depth within those */
	__u64 busy_accepts;	/* accept(2)s within those */

	/* The accept queue. */
	__u64 burst;		/* most connections that one episode, or one
				 * second, refused: what a larger queue would have had
				 * to hold beyond the backlog
				 */
	__u32 drains;		/* how often it emptied to half after refusing */
	__u32 episode_ms;	/* longest episode, short drains taken off twice */
	__u32 episode_now_ms;	/* one that is still going on, else 0 */
	__u32 spell_ms;		/* longest row of refusing intervals, no second of
				 * quiet in between
				 */
	__u32 spell_refusing_ms; /* of these, time in which somebody was refused */
	__u64 spell_accepts;	/* accept(2)s within those intervals */
	__u64 spell_refusals;	/* of the accept queue, likewise */
	__u32 wait_now_ms;	/* mean wait for accept(2) in the last interval, at
				 * least, if it goes on as in that
				 */
	__u32 standing_ms;	/* intervals up to it that saw the queue never empty */
	__u32 wait_ms;		/* longest so far (tcpa_evidence_wait()) of an interval
				 * with TCPA_LATE_MIN waiting
				 */
	__u32 wait_depth;	/* and who waited at least, then */
	__u32 late_ms;		/* longest row of intervals with waits of TCPA_LATE_MS,
				 * or of clients that did not wait for so long
				 */
	__u32 late_now_ms;	/* one that is still going on, else 0 */
	__u32 gone;		/* most that had gone of those next to be accepted, */
	__u32 gone_of;		/* of which so many were looked at, in such a row */
	__u32 full_ms;		/* intervals within episodes that saw accept(2)s */
	__u64 full_accepts;	/* accept(2)s within those: a full queue's rate */
	__u32 stall_ms;		/* longest stall: intervals in a row with a waiting
				 * child and no accept(2)
				 */
	__u32 stall_now_ms;	/* one that is still going on, else 0 */
	__u64 stall_refusals;	/* refusals during stalls of TCPA_STALL_MS or more,
				 * and in the interval in which such a one ended
				 */

	/*
	 * The SYN queue: intervals that found it full, or lost SYNs in a way
	 * that may be its doing.
	 */
	__u32 syn_busy_ms;
	__u64 syn_answered;	/* SYNs queued or answered by a cookie within those */
	__u64 syn_proven;	/* final ACKs that came within those */
	__u64 syn_short;	/* SYNs dropped or answered by a cookie for want of
				 * places that no refused final ACK had clogged
				 */
	__u64 syn_need;		/* depth that would have spared these; 0: none */

	/* Carried from one interval to the next; of no interest to readers. */
	struct {
		__u64 refused;		/* SYNs in the episode that goes on, else 0 */
		__u64 acks;		/* final ACKs, likewise */
		__u32 ms;		/* its length, first interval halved */
		__u32 quiet_ms;		/* at half or below without a refusal */
	} episode;
	struct {
		__u32 ms;		/* of the spell that goes on, else 0 */
		__u32 refusing_ms;
		__u32 quiet_ms;		/* without a refusal */
		__u64 accepts;
		__u64 refusals;
	} spell;
	__u32 accept_before;	/* depth at the end of the last interval */
	__u64 answered;		/* clients who got a SYN-ACK and are not in the
				 * accept queue yet
				 */
	__u64 stall_so_far;	/* refusals in the stall that goes on */
	struct {
		__u32 clogged_ms;	/* how long refused ACKs may still fill it */
		__u32 streak_ms;	/* intervals in a row with a full SYN queue */
		__u32 ms;		/* of these, not yet part of syn_need */
		__u32 hi;		/* within those: highest depth, */
		__u64 queued;		/* SYNs that went in, */
		__u64 drops;		/* SYNs dropped, */
		__u64 cookies;		/* and cookies sent instead */
	} syn;
};

/* True if the interval holds anything that evidence would keep. */
bool tcpa_interval_active(const struct tcpa_interval *iv);

/*
 * Something goes on that the next intervals decide, active or not: an episode, a spell, a
 * stall, a full SYN queue, or requests of refused ACKs that clog it.
 */
bool tcpa_evidence_open(const struct tcpa_evidence *ev);

/*
 * How long connections have waited for accept(2) by now, in ms: as depth and rate of the
 * last interval say, but no longer than somebody did, for a few accept(2)s in it make no
 * rate.
 */
__u32 tcpa_evidence_wait(const struct tcpa_evidence *ev);

/*
 * Refusals: SYNs and final ACKs for which one of the two queues had no room. A SYN
 * that got a cookie is none, and what the kernel drops otherwise (other_drops) is
 * named apart. The tool counts the same.
 */
__u64 tcpa_interval_refusals(const struct tcpa_interval *iv);

/* These, and SYNs that got a cookie in the place of a refusal. */
__u64 tcpa_interval_unqueued(const struct tcpa_interval *iv);

/*
 * All that a verdict other than ok can rest on: refusals, cookies, drops of
 * other causes, long waits. 0: such a listener need not be in a sample, unless as a member
 * of a SO_REUSEPORT group.
 */
__u64 tcpa_evidence_events(const struct tcpa_evidence *ev);

/* Forget everything; an episode or stall that goes on starts afresh too. */
void tcpa_evidence_reset(struct tcpa_evidence *ev);

/* Start a new window; an episode or stall that goes on carries over into it. */
void tcpa_evidence_roll(struct tcpa_evidence *ev);

/*
 * Add one interval. All sums saturate at the type's maximum. Intervals come
 * without gaps: one that is left out must be one that is not active, and find
 * nothing open.
 */
void tcpa_evidence_add(struct tcpa_evidence *ev, const struct tcpa_interval *iv);

/*
 * True if @a is worse than @b (refusals and cookies, then burst, then stall)
 * by more than an eighth: a window that is as bad as another but
 * for noise does not displace it.
 */
bool tcpa_evidence_worse(const struct tcpa_evidence *a,
			 const struct tcpa_evidence *b);

/*
 * Keep in @kept the worst window, given the running one, @cur, after each
 * interval: the same window is brought up to date, a worse one displaces it
 * (refusals of a window count half for every ten that came after it), and from
 * any other that is no older than that only the longest stall and episode, the largest needs and
 * what is the case now are taken over.
 */
void tcpa_evidence_keep(struct tcpa_evidence *kept,
			const struct tcpa_evidence *cur);

/*
 * Give @kept, of a listener that has refused nobody and whose running window is @cur,
 * what another had shown that it replaces, @windows ago. What was under way there is
 * left out.
 */
void tcpa_evidence_inherit(struct tcpa_evidence *kept,
			   const struct tcpa_evidence *cur,
			   const struct tcpa_evidence *old, __u32 windows);

#endif /* _TCPA_EVIDENCE_H */
