/* SPDX-License-Identifier: GPL-2.0 */
/*
 * saturate.h - arithmetic that stops at the type's limit instead of wrapping.
 *
 * Job: let every formula of the judgement be written down plainly and still
 * hold for any input.
 * Context: any; pure, 32-bit safe (no 64-bit division by the compiler).
 * Does not: signal that it saturated; a saturated number is large enough to
 * be cut by whichever bound comes next.
 */
#ifndef _TCPA_SATURATE_H
#define _TCPA_SATURATE_H

#include "env.h"

static inline __u64 tcpa_add(__u64 a, __u64 b)
{
	return a > U64_MAX - b ? U64_MAX : a + b;
}

/* 0 instead of a negative number. */
static inline __u64 tcpa_sub(__u64 a, __u64 b)
{
	return a > b ? a - b : 0;
}

static inline __u64 tcpa_mul(__u64 a, __u64 b)
{
	if (a && b > div64_u64(U64_MAX, a))
		return U64_MAX;
	return a * b;
}

/* U64_MAX for a division by 0: nothing is more than enough. */
static inline __u64 tcpa_div(__u64 a, __u64 b)
{
	return b ? div64_u64(a, b) : U64_MAX;
}

static inline __u32 tcpa_add32(__u32 a, __u32 b)
{
	return a > U32_MAX - b ? U32_MAX : a + b;
}

static inline __u32 tcpa_clamp32(__u64 v)
{
	return v > U32_MAX ? U32_MAX : (__u32)v;
}

#endif /* _TCPA_SATURATE_H */
