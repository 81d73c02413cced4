/* SPDX-License-Identifier: GPL-2.0 */
/*
 * turns.h - when users' namespaces have their turn at a tick: to be sampled, to be judged.
 *
 * Job: bound what both take of the time, and have everybody's turn come. Root's
 * namespaces have theirs whenever they want it.
 * Context: the sampler's work item.
 * Does not: sample, or judge.
 */
#ifndef _TCPA_TURNS_H
#define _TCPA_TURNS_H

#include <linux/ktime.h>
#include <linux/types.h>

struct tcpa_net;

struct tcpa_turns {
	s64 sampling_ns;		/* left at this tick; less than 0 if one took */
	s64 judging_ns;			/* more than there was */
	struct tcpa_net *unsampled;	/* the first that there was no time for */
	u32 round;			/* each is judged once in one, */
	u32 unjudged;			/* as long as there are such as were not */
};

void tcpa_turns_init(struct tcpa_turns *t);

/* A tick begins, of @interval_ms. */
void tcpa_turns_begin(struct tcpa_turns *t, unsigned int interval_ms);

/* @tn may be sampled; else the tick, which was @ms long, is part of its next interval. */
bool tcpa_turns_may_sample(struct tcpa_turns *t, struct tcpa_net *tn, u32 ms);

/* It may be judged. */
bool tcpa_turns_may_judge(struct tcpa_turns *t, struct tcpa_net *tn);

/* It was, since @start; and was sampled, in @ns without judging. */
void tcpa_turns_judged(struct tcpa_turns *t, struct tcpa_net *tn, ktime_t start);
void tcpa_turns_sampled(struct tcpa_turns *t, const struct tcpa_net *tn, s64 ns);

/* It does not want to be judged any more. */
void tcpa_turns_leave(struct tcpa_turns *t, struct tcpa_net *tn);

#endif /* _TCPA_TURNS_H */
