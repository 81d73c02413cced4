// SPDX-License-Identifier: GPL-2.0
/*
 * published_histograms.c - the histograms in a listener's directory. Reads only.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "published.h"
#include "published_histograms.h"
#include "root.h"
#include "words/number.h"

static const char *const files[HISTOGRAMS] = {
	[HISTOGRAM_ACCEPT_WAIT] = "accept_wait_us",
	[HISTOGRAM_HANDSHAKE] = "handshake_us",
	[HISTOGRAM_DEPTH] = "accept_depth",
};

/* `BOUND COUNT`, the bound being that of bucket @i. */
static int take_bucket(struct histogram *h, unsigned int i, const char *bound, const char *count)
{
	char want[24] = "inf";

	if (i >= HISTOGRAM_BUCKETS)
		return -EINVAL;
	if (i < HISTOGRAM_BUCKETS - 1)
		snprintf(want, sizeof(want), "%llu", 1ULL << i);
	return strcmp(bound, want) ? -EINVAL : number_u64(count, &h->n[i]);
}

/* A line for each bucket from the first on, and `sum TOTAL`. */
static int parse(char *text, struct histogram *h)
{
	unsigned int i = 0;
	char *line, *count;
	int err;

	while ((line = strsep(&text, "\n"))) {
		count = strchr(line, ' ');
		if (!count)
			return -EINVAL;
		*count++ = '\0';
		if (!strcmp(line, "sum"))
			return text ? -EINVAL : number_u64(count, &h->sum);
		err = take_bucket(h, i++, line, count);
		if (err)
			return err;
	}
	return -EINVAL;
}

int histogram_read(const char *name, enum histogram_id id, struct histogram *h)
{
	char text[4096];
	ssize_t n = root_read_line(text, sizeof(text), SYSFS "/listeners/%s/%s", name, files[id]);

	memset(h, 0, sizeof(*h));
	if (n < 0)
		return n == -ENOENT ? -ENODATA : (int)n;
	return n ? parse(text, h) : -ENODATA;
}

__u64 histogram_count(const struct histogram *h)
{
	__u64 n = 0;
	unsigned int i;

	for (i = 0; i < HISTOGRAM_BUCKETS; i++)
		n += h->n[i];
	return n;
}
