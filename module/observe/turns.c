// SPDX-License-Identifier: GPL-2.0
/*
 * turns.c - when users' namespaces have their turn at a tick: to be sampled, to be judged.
 *
 * Users may make as many namespaces as they like, and in each something that moves all
 * the time. To sample these takes a twentieth of a CPU, to judge them a hundredth. Who
 * was not sampled is the first at the next tick. Judging goes in rounds, because it is
 * not the same that lack both: who was judged in one is judged again when all others who
 * want it have been.
 * Context: see turns.h.
 * Does not: bound what counting of ports takes (ports_queue.c).
 */
#include "turns.h"

#include <linux/minmax.h>
#include <linux/time64.h>

#include "state.h"

/* The parts of the time: one in so many. */
#define SAMPLING_DUTY	20
#define JUDGING_DUTY	100

/* An interval is no longer than an hour, whoever had no turn for longer. */
#define SKIPPED_MOST_MS	3600000U

void tcpa_turns_init(struct tcpa_turns *t)
{
	t->round = 1;		/* that a new namespace was not judged in */
}

/* One in @duty of a tick, less what was taken beyond the last share, of which @left is. */
static s64 share_of(s64 left, unsigned int interval_ms, unsigned int duty)
{
	return min_t(s64, left, 0) + (s64)interval_ms * (NSEC_PER_MSEC / duty);
}

void tcpa_turns_begin(struct tcpa_turns *t, unsigned int interval_ms)
{
	t->sampling_ns = share_of(t->sampling_ns, interval_ms, SAMPLING_DUTY);
	t->judging_ns = share_of(t->judging_ns, interval_ms, JUDGING_DUTY);
	t->unsampled = NULL;
}

/* One that has ended is to be dropped at once. */
bool tcpa_turns_may_sample(struct tcpa_turns *t, struct tcpa_net *tn, u32 ms)
{
	if (tn->owner.root || t->sampling_ns > 0 || tcpa_netns_ended(tn))
		return true;
	tn->skipped_ms = min(tn->skipped_ms + ms, SKIPPED_MOST_MS);
	t->unsampled = t->unsampled ?: tn;
	return false;
}

bool tcpa_turns_may_judge(struct tcpa_turns *t, struct tcpa_net *tn)
{
	bool again = tn->round == t->round;

	if (tn->owner.root || (t->judging_ns > 0 && !(again && t->unjudged)))
		return true;
	if (!again && !tn->unjudged) {
		tn->unjudged = true;
		t->unjudged++;
	}
	return false;
}

/* With the last that was not judged yet the round is over. */
void tcpa_turns_leave(struct tcpa_turns *t, struct tcpa_net *tn)
{
	if (!tn->unjudged)
		return;
	tn->unjudged = false;
	if (!--t->unjudged)
		t->round++;
}

void tcpa_turns_judged(struct tcpa_turns *t, struct tcpa_net *tn, ktime_t start)
{
	tn->round = t->round;
	tcpa_turns_leave(t, tn);
	if (!tn->owner.root)
		t->judging_ns -= ktime_to_ns(ktime_sub(ktime_get(), start));
}

void tcpa_turns_sampled(struct tcpa_turns *t, const struct tcpa_net *tn, s64 ns)
{
	if (!tn->owner.root)
		t->sampling_ns -= ns;
}
