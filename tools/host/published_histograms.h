/* SPDX-License-Identifier: GPL-2.0 */
/*
 * published_histograms.h - a listener's file `histograms`.
 */
#ifndef _TCPADVISOR_PUBLISHED_HISTOGRAMS_H
#define _TCPADVISOR_PUBLISHED_HISTOGRAMS_H

#include <linux/types.h>
#include <stdbool.h>

enum histogram_id {
	HISTOGRAM_ACCEPT_WAIT,	/* microseconds */
	HISTOGRAM_HANDSHAKE,	/* microseconds */
	HISTOGRAM_DEPTH,	/* connections */
	HISTOGRAMS
};

/* The last bucket has no bound, bucket i before it 2^i: what is less is in it. */
#define HISTOGRAM_BUCKETS	30

struct histogram {
	__u64 n[HISTOGRAM_BUCKETS];
	__u64 sum;		/* of the values */
};

/* All of a listener. */
struct histograms {
	bool there[HISTOGRAMS];		/* they were taken, and can be read */
	struct histogram of[HISTOGRAMS];
};

/* Read those of the listener called @name; silent. */
void histograms_read(const char *name, struct histograms *all);

/* How many values there are. */
__u64 histogram_count(const struct histogram *h);

#endif /* _TCPADVISOR_PUBLISHED_HISTOGRAMS_H */
