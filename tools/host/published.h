/* SPDX-License-Identifier: GPL-2.0 */
/*
 * published.h - what the module publishes for a namespace as a whole, read below
 * /sys/kernel/tcpadvisor. The listeners have a header of their own.
 *
 * Functions complain themselves and return a negative errno.
 */
#ifndef _TCPADVISOR_PUBLISHED_H
#define _TCPADVISOR_PUBLISHED_H

#include <linux/types.h>
#include <stddef.h>

#include "published_advice.h"

#define SYSFS	"/sys/kernel/tcpadvisor"
#define VERDICT_MAX	32	/* a verdict and NUL */

/* The counter files that listeners, closed/ and untracked/ have in common. */
enum counter {
	COUNT_SYNS,
	COUNT_COMPLETIONS,
	COUNT_OVERFLOWS_SYN,
	COUNT_OVERFLOWS_ACK,
	COUNT_SYNQ_DROPS,
	COUNT_OTHER_DROPS,
	COUNT_COOKIES_WANTED,
	COUNT_COOKIES_SENT,
	COUNT_COOKIES_VALID,
	COUNTERS
};

struct counters {
	__u64 v[COUNTERS];
};

/* The file a counter is read from, which is also its name in JSON. */
const char *counter_name(enum counter c);

/*
 * SYNs and final ACKs that either queue had no room for, as in the module's text
 * (Documentation/judgement.rst). Not among them: other_drops, nor SYNs answered by
 * a cookie.
 */
__u64 counters_refused(const struct counters *c);

void counters_add(struct counters *sum, const struct counters *c);

/*
 * All of them from an open directory. -ENOENT if a file is missing; silent;
 * @file is the one that it failed at.
 */
int counters_readat(int dir, struct counters *c, const char **file);

/* Say what is wrong with a file of the directory @dir below SYSFS, or "". */
void sysfs_complain(int err, const char *dir, const char *file);

/* Number of the file @name in the open directory @dir; silent. */
int sysfs_u64at(int dir, const char *name, __u64 *v);

/* Everything a namespace has besides its listeners. */
struct totals {
	struct counters closed, untracked;
	__u64 closed_listeners, aborted, untracked_listeners;
	struct {
		__u64 count, limit, created, overflows, server_side, client_side,
			 fin_wait2, reused;
		char verdict[VERDICT_MAX];	/* "" if the module gives none */
	} timewait;
};

int totals_read(struct totals *t) __attribute__((nonnull));

/*
 * The verdict on what the directory @dir is about, in @verdict (VERDICT_MAX
 * bytes); "" if the module is older than that.
 */
int verdict_read(const char *dir, char *verdict);

/* 0 if the module is loaded. */
int sysfs_check(void);

/* Number of the published set. */
int generation_read(__u64 *generation);

/*
 * The module's advice for this namespace. @text (RECOMMEND_MAX bytes), if not
 * NULL, gets it as it was read.
 */
int recommend_read(struct recommend *r, char *text);

#endif /* _TCPADVISOR_PUBLISHED_H */
