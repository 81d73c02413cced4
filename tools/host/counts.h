/* SPDX-License-Identifier: GPL-2.0 */
/*
 * counts.h - the counters of a whole namespace at one moment, and what to
 * make of two spans of them.
 */
#ifndef _TCPADVISOR_COUNTS_H
#define _TCPADVISOR_COUNTS_H

#include <linux/types.h>
#include <stdbool.h>

#include "published_listeners.h"
#include "published.h"

/* Everything that only grows, listeners that are gone included. */
struct counts {
	struct counters counters;
	__u64 aborted;
	__u64 tw_overflows;
	__u64 tw_created;
	__u64 port_failures;	/* 0 from a module that does not look at ports */
	__u64 opens;		/* connect(2)s that did find one */
};

/* Complains itself; negative errno. */
int counts_read(struct counts *s);

/* The same of what has been read, connect(2)s left out. Pure. */
void counts_of(const struct totals *t, const struct listeners *ls, struct counts *s);

/* What happened from @a to @b. Pure. */
void counts_diff(const struct counts *a, const struct counts *b, struct counts *d);

#define JUDGE_TEXT	160

/* Whether anything was lost in a span, else @why (JUDGE_TEXT bytes). Pure. */
bool counts_has_loss(const struct counts *before, char *why);

/*
 * Whether something has got worse for certain, although the second span is not over:
 * more of it was lost by now than in all of the first one. @why says it. Pure.
 */
bool counts_clearly_worse(const struct counts *before, const struct counts *so_far, char *why);

/*
 * Whether a change is worth keeping: @before and @after are two spans of the
 * same length, the second one with the change. True if there were fewer refusals,
 * or TIME_WAIT overflows, or connect(2)s without a port, with as much load, and
 * nothing else got worse; @why (JUDGE_TEXT bytes) says it. Pure.
 */
bool counts_judge(const struct counts *before, const struct counts *after, char *why);

#endif /* _TCPADVISOR_COUNTS_H */
