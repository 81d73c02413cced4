// SPDX-License-Identifier: GPL-2.0
/*
 * sysfs_distribution.c - the file `histograms` of a listener's directory.
 *
 * One file for all of them: every listener has it, few have histograms, and a file of
 * sysfs takes 160 bytes.
 * Context: process.
 * Does not: know who may read or write it (sysfs_listener.c).
 */
#include "sysfs.h"

#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/sysfs.h>

#include "observe/distribution.h"

/* The longest name, then in each bucket a bound and a count of 64 bits. */
#define LINE_MAX	(15 + TCPA_BUCKETS * (10 + 21) + 4 + 21)

static const char *const names[TCPA_DISTRIBUTIONS] = {
	[TCPA_ACCEPT_WAIT] = "accept_wait_us",
	[TCPA_HANDSHAKE] = "handshake_us",
	[TCPA_ACCEPT_DEPTH] = "accept_depth",
};

/* All buckets up to the last that has something, and the sum, in a line. */
static ssize_t emit_line(char *buf, ssize_t len, const char *name, const u64 n[TCPA_BUCKETS],
			 u64 sum)
{
	unsigned int i, top = 0;
	ssize_t from = len;

	for (i = 0; i < TCPA_BUCKETS; i++)
		if (n[i])
			top = i + 1;
	len += sysfs_emit_at(buf, len, "%s", name);
	for (i = 0; i < top; i++) {
		if (i == TCPA_BUCKETS - 1)
			len += sysfs_emit_at(buf, len, " inf:%llu", n[i]);
		else
			len += sysfs_emit_at(buf, len, " %llu:%llu", 1ULL << i, n[i]);
	}
	return len + sysfs_emit_at(buf, len, " sum:%llu\n", sum) - from;
}

ssize_t tcpa_sysfs_show_histograms(const struct tcpa_listener *l, char *buf)
{
	u64 n[TCPA_BUCKETS], sum;
	ssize_t len = sysfs_emit(buf, "%d\n", tcpa_distribution_is_on(l));
	unsigned int d;

	BUILD_BUG_ON(2 + TCPA_DISTRIBUTIONS * LINE_MAX >= PAGE_SIZE);
	for (d = 0; d < TCPA_DISTRIBUTIONS; d++)
		if (tcpa_distribution_sum(l, d, n, &sum))
			len += emit_line(buf, len, names[d], n, sum);
	return len;
}

int tcpa_sysfs_store_histograms(struct tcpa_listener *l, const char *buf)
{
	bool on;
	int err = kstrtobool(buf, &on);

	return err ?: tcpa_distribution_set(l, on);
}
