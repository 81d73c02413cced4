/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sample.h - the counters of a whole namespace at one moment, and what to
 * make of two spans of them.
 */
#ifndef _TCPADVISOR_SAMPLE_H
#define _TCPADVISOR_SAMPLE_H

#include <linux/types.h>
#include <stdbool.h>

#include "published_listeners.h"
#include "published.h"

/* Everything that only grows, listeners that are gone included. */
struct sample {
	struct counters counters;
	__u64 aborted;
	__u64 tw_overflows;
	__u64 tw_created;
	__u64 port_failures;	/* 0 from a module that does not look at ports */
	__u64 opens;		/* connect(2)s that did find one */
};

/* Complains itself; negative errno. */
int sample_read(struct sample *s);

/* The same of what has been read, connect(2)s left out. Pure. */
void sample_of(const struct totals *t, const struct listeners *ls, struct sample *s);

/* What happened from @a to @b. Pure. */
void sample_diff(const struct sample *a, const struct sample *b, struct sample *d);

#define JUDGE_TEXT	160

/* Whether anything was lost in a span, else @why (JUDGE_TEXT bytes). Pure. */
bool sample_has_loss(const struct sample *before, char *why);

/*
 * Whether something has got worse for certain, although the second span is not over:
 * more of it was lost by now than in all of the first one. @why says it. Pure.
 */
bool sample_clearly_worse(const struct sample *before, const struct sample *so_far, char *why);

/*
 * Whether a change is worth keeping: @before and @after are two spans of the
 * same length, the second one with the change. True if there were fewer refusals,
 * or TIME_WAIT overflows, or connect(2)s without a port, with as much load, and
 * nothing else got worse; @why (JUDGE_TEXT bytes) says it. Pure.
 */
bool sample_judge(const struct sample *before, const struct sample *after, char *why);

#endif /* _TCPADVISOR_SAMPLE_H */
