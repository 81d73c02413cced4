// SPDX-License-Identifier: GPL-2.0
/*
 * published_histograms.c - a listener's file `histograms`. Reads only.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "published.h"
#include "published_histograms.h"
#include "root.h"
#include "words/number.h"

static const char *const names[HISTOGRAMS] = {
	[HISTOGRAM_ACCEPT_WAIT] = "accept_wait_us",
	[HISTOGRAM_HANDSHAKE] = "handshake_us",
	[HISTOGRAM_DEPTH] = "accept_depth",
};

/* `BOUND:COUNT`, the bound being that of bucket @i. */
static int take_bucket(struct histogram *h, unsigned int i, const char *bound, const char *count)
{
	char want[24] = "inf";

	if (i >= HISTOGRAM_BUCKETS)
		return -EINVAL;
	if (i < HISTOGRAM_BUCKETS - 1)
		snprintf(want, sizeof(want), "%llu", 1ULL << i);
	return strcmp(bound, want) ? -EINVAL : number_u64(count, &h->n[i]);
}

/* A word for each bucket from the first on, and `sum:TOTAL`. */
static int parse_buckets(char *text, struct histogram *h)
{
	unsigned int i = 0;
	char *word, *count;
	int err;

	while ((word = strsep(&text, " "))) {
		count = strchr(word, ':');
		if (!count)
			return -EINVAL;
		*count++ = '\0';
		if (!strcmp(word, "sum"))
			return text ? -EINVAL : number_u64(count, &h->sum);
		err = take_bucket(h, i++, word, count);
		if (err)
			return err;
	}
	return -EINVAL;
}

/* A line is `NAME BUCKET...`, but for the first. */
static void take_line(char *line, struct histograms *all)
{
	char *name = strsep(&line, " ");
	unsigned int i;

	for (i = 0; i < HISTOGRAMS; i++)
		if (!strcmp(name, names[i]))
			all->there[i] = !parse_buckets(line, &all->of[i]);
}

void histograms_read(const char *name, struct histograms *all)
{
	char text[4096], *rest = text, *line;
	ssize_t n = root_read_line(text, sizeof(text), SYSFS "/listeners/%s/histograms", name);

	memset(all, 0, sizeof(*all));
	while (n > 0 && (line = strsep(&rest, "\n")))
		take_line(line, all);
}

__u64 histogram_count(const struct histogram *h)
{
	__u64 n = 0;
	unsigned int i;

	for (i = 0; i < HISTOGRAM_BUCKETS; i++)
		n += h->n[i];
	return n;
}
