// SPDX-License-Identifier: GPL-2.0
/*
 * evidence_keep.c - from the windows of a listener to the evidence that is kept.
 *
 * Advice stands until it is followed, so what is kept is the worst window, and of
 * each other cause the longest that there was. What is long ago counts less and less
 * (Documentation/judgement.rst).
 *
 * Context: any; pure.
 * Does not: know intervals (evidence.c).
 */
#include "evidence.h"

#include "saturate.h"

/* Windows after which the refusals of one count half. */
#define FADE_WINDOWS	10U

/* -1, 0, 1: less, the same but for an eighth, more. */
static int compare(__u64 a, __u64 b)
{
	if (a > tcpa_add(b, b / 8))
		return 1;
	if (b > tcpa_add(a, a / 8))
		return -1;
	return 0;
}

/* Of the refusals of a window so old as much still counts. */
static __u64 faded(__u64 n, __u32 age)
{
	return n >> min_t(__u32, age / FADE_WINDOWS, 63);
}

bool tcpa_evidence_worse(const struct tcpa_evidence *a,
			 const struct tcpa_evidence *b)
{
	int more = compare(faded(tcpa_interval_unqueued(&a->sum), a->age),
			   faded(tcpa_interval_unqueued(&b->sum), b->age));

	if (!more)
		more = compare(faded(a->burst, a->age), faded(b->burst, b->age));
	if (!more)
		more = compare(faded(a->stall_ms, a->age),
			       faded(b->stall_ms, b->age));
	return more > 0;
}

static void keep_longest_episode(struct tcpa_evidence *kept,
				 const struct tcpa_evidence *cur)
{
	if (cur->episode_ms <= kept->episode_ms)
		return;
	kept->episode_ms = cur->episode_ms;
	if (cur->full_ms) {
		kept->full_ms = cur->full_ms;
		kept->full_accepts = cur->full_accepts;
	}
}

static void keep_longest_spell(struct tcpa_evidence *kept,
			       const struct tcpa_evidence *cur)
{
	if (cur->spell_ms <= kept->spell_ms)
		return;
	kept->spell_ms = cur->spell_ms;
	kept->spell_refusing_ms = cur->spell_refusing_ms;
	kept->spell_accepts = cur->spell_accepts;
	kept->spell_refusals = cur->spell_refusals;
}

/* Waits of long ago are over: nobody was refused of whom it would have to speak. */
static void keep_longest_wait(struct tcpa_evidence *kept,
			      const struct tcpa_evidence *cur)
{
	if (kept->age >= FADE_WINDOWS) {
		kept->wait_ms = 0;
		kept->late_ms = 0;
		kept->gone = 0;
	}
	kept->late_ms = max_t(__u32, kept->late_ms, cur->late_ms);
	if (cur->gone > kept->gone) {
		kept->gone = cur->gone;
		kept->gone_of = cur->gone_of;
	}
	if (cur->wait_ms <= kept->wait_ms)
		return;
	kept->wait_ms = cur->wait_ms;
	kept->wait_depth = cur->wait_depth;
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

/* What is the case now, and what goes on, is that of @cur. */
static void keep_present(struct tcpa_evidence *kept,
			 const struct tcpa_evidence *cur)
{
	kept->sum.accept_now = cur->sum.accept_now;
	kept->sum.syn_now = cur->sum.syn_now;
	kept->stall_now_ms = cur->stall_now_ms;
	kept->episode_now_ms = cur->episode_now_ms;
	kept->episode = cur->episode;
	kept->spell = cur->spell;
	kept->wait_now_ms = cur->wait_now_ms;
	kept->standing_ms = cur->standing_ms;
	kept->late_now_ms = cur->late_now_ms;
	kept->accept_before = cur->accept_before;
	kept->answered = cur->answered;
	kept->stall_so_far = cur->stall_so_far;
	kept->syn = cur->syn;
}

void tcpa_evidence_keep(struct tcpa_evidence *kept,
			const struct tcpa_evidence *cur)
{
	struct tcpa_evidence other = *cur;

	kept->age = cur->window - kept->window;
	if (!kept->age || tcpa_evidence_worse(cur, kept)) {
		other = *kept;
		*kept = *cur;
	}
	/* An outage of long ago does not explain what is refused now. */
	if (other.age < FADE_WINDOWS) {
		keep_longest_episode(kept, &other);
		keep_longest_spell(kept, &other);
		keep_longest_stall(kept, &other);
		keep_longest_wait(kept, &other);
	}
	kept->burst = max_t(__u64, kept->burst, other.burst);
	kept->syn_need = max_t(__u64, kept->syn_need, other.syn_need);
	kept->drains = max_t(__u32, kept->drains, other.drains);
	keep_present(kept, cur);
}

void tcpa_evidence_inherit(struct tcpa_evidence *kept,
			   const struct tcpa_evidence *cur,
			   const struct tcpa_evidence *old, __u32 windows)
{
	struct tcpa_evidence e = *old;

	/* Never the window that runs, which @kept follows. */
	e.age = max_t(__u32, tcpa_add32(old->age, windows), 1);
	e.window = cur->window - e.age;
	keep_present(&e, cur);
	*kept = e;
}
