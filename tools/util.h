/* SPDX-License-Identifier: GPL-2.0 */
/*
 * util.h - what the C library does not have.
 */
#ifndef _TCPADVISOR_UTIL_H
#define _TCPADVISOR_UTIL_H

#include <linux/types.h>
#include <stdint.h>	/* UINT64_MAX, INT32_MAX */
#include <time.h>

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

/* A clock that nobody sets. */
static inline __u64 monotonic_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (__u64)ts.tv_sec * 1000 + (__u64)ts.tv_nsec / 1000000;
}

#endif /* _TCPADVISOR_UTIL_H */
