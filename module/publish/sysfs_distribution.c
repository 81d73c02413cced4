// SPDX-License-Identifier: GPL-2.0
/*
 * sysfs_distribution.c - the histograms in a listener's directory.
 *
 * Context: process.
 * Does not: know who may read them (sysfs_listener.c).
 */
#include "sysfs.h"

#include <linux/kernel.h>
#include <linux/sysfs.h>

#include "observe/distribution.h"

/* A line for each bucket up to the last that has something, and the sum. */
ssize_t tcpa_sysfs_distribution(const struct tcpa_listener *l, char *buf, int d)
{
	unsigned int i, top = 0;
	u64 n[TCPA_BUCKETS], sum;
	ssize_t len = 0;

	if (!tcpa_distribution_sum(l, d, n, &sum))
		return 0;
	for (i = 0; i < TCPA_BUCKETS; i++)
		if (n[i])
			top = i + 1;
	for (i = 0; i < top; i++) {
		if (i == TCPA_BUCKETS - 1)
			len += sysfs_emit_at(buf, len, "inf %llu\n", n[i]);
		else
			len += sysfs_emit_at(buf, len, "%llu %llu\n", 1ULL << i, n[i]);
	}
	return len + sysfs_emit_at(buf, len, "sum %llu\n", sum);
}
