/* SPDX-License-Identifier: GPL-2.0 */
/*
 * repeat.h - arguments that say how long something goes on, and how often.
 *
 * Job: spans of time, and the options of a command that looks again and again.
 * Does not: look, or wait.
 */
#ifndef _TCPADVISOR_REPEAT_H
#define _TCPADVISOR_REPEAT_H

#include <linux/types.h>

/*
 * The argument of @option, a span of @least_ms or more, such as @such_as, in *@ms; 0,
 * or -EINVAL after a complaint.
 */
int span_argument(const char *option, const char *arg, __u64 least_ms, const char *such_as,
		  __u64 *ms);

/* -i, --interval; -c, --count; -t, --time: what a command has of these. */
struct repeat {
	__u64 interval_ms;	/* between two looks */
	__u64 interval_least_ms;
	__u64 count;		/* looks */
	__u64 time_ms;		/* 0: for ever */
};

/* Take option @c, if it is one of them: 0, or -EINVAL, after a complaint if it is. */
int repeat_take(struct repeat *r, int c, const char *arg);

#endif /* _TCPADVISOR_REPEAT_H */
