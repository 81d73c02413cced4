/* SPDX-License-Identifier: GPL-2.0 */
/*
 * prng.h - reproducible random numbers for tests (xorshift64*).
 *
 * Job: the same sequence for the same seed on every machine.
 * Does not: suit anything but tests.
 */
#ifndef _PRNG_H
#define _PRNG_H

#include <linux/types.h>

struct prng {
	__u64 state;
};

static inline void prng_seed(struct prng *p, __u64 seed)
{
	p->state = seed * 0x9e3779b97f4a7c15ULL + 0x2545f4914f6cdd1dULL;
	if (!p->state)
		p->state = 1;
}

static inline __u64 prng_next(struct prng *p)
{
	p->state ^= p->state >> 12;
	p->state ^= p->state << 25;
	p->state ^= p->state >> 27;
	return p->state * 0x2545f4914f6cdd1dULL;
}

/* 0 to @n - 1; 0 for 0. */
static inline __u64 prng_below(struct prng *p, __u64 n)
{
	return n ? prng_next(p) % n : 0;
}

#endif /* _PRNG_H */
