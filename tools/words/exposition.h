/* SPDX-License-Identifier: GPL-2.0 */
/*
 * exposition.h - metrics as text: the format that node_exporter's textfile collector
 * and promtool read, or OpenMetrics 1.0. Values come in any order; what is printed
 * is sorted by metric, as both formats want it.
 *
 * Functions complain of nothing; a lack of memory ends the program, see err(3).
 */
#ifndef _TCPADVISOR_EXPOSITION_H
#define _TCPADVISOR_EXPOSITION_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

enum metric_type {
	METRIC_GAUGE,
	METRIC_COUNTER,		/* "_total" is added to the name */
	METRIC_INFO,		/* "_info" is; the value is always 1 */
	METRIC_HISTOGRAM,	/* exposition_add_histogram() */
};

struct metric {
	const char *name;
	enum metric_type type;
	const char *help;	/* one line without backslashes */
};

#define LABELS_MAX	1024	/* bytes of one value's labels, and NUL */

/* The labels of one value, as they are printed. Starts zeroed. */
struct labels {
	char text[LABELS_MAX];
	size_t len;
};

/* Add one, unless @value is empty, or longer than there is room for. */
void labels_add(struct labels *l, const char *name, const char *value);
void labels_add_u64(struct labels *l, const char *name, __u64 value);

struct exposition;

/* For the @nr metrics at @metrics. */
struct exposition *exposition_new(const struct metric *metrics, size_t nr);

/* Value @v of the metric at index @metric. */
void exposition_add(struct exposition *e, unsigned int metric, const struct labels *l,
		    long long v);

/* A bucket of a histogram: so many values were at most @le, and not in one before. */
struct bucket {
	char le[24];
	__u64 n;
};

/* A histogram of @nr buckets, of which the last is "+Inf"; @sum is that of its values. */
void exposition_add_histogram(struct exposition *e, unsigned int metric, const struct labels *l,
			      const struct bucket *b, size_t nr, const char *sum);

/*
 * All of it to standard output; metrics without a value are left out. 0, or -EIO
 * with errno set if not all could be written.
 */
int exposition_print(struct exposition *e, bool openmetrics);

void exposition_free(struct exposition *e);

#endif /* _TCPADVISOR_EXPOSITION_H */
