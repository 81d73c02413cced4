// SPDX-License-Identifier: GPL-2.0
/*
 * interval_test.c - how far a counter has moved in an interval.
 */
#include "kselftest_harness.h"

#include "../../module/judge/evidence.h"

/* Of a counter its low bits are kept, and a 32-bit kernel has no more. */
TEST(counter_moves_on_as_it_wraps)
{
	static const struct {
		__u64 then, now;
		__u32 moved;
	} cases[] = {
		{ 0, 0, 0 },
		{ 0, 7, 7 },
		{ 0xfffffffa, 0xffffffff, 5 },
		{ 0xfffffffa, 0x100000004, 10 },	/* its low bits wrap, */
		{ 0xfffffffa, 0x4, 10 },		/* or it does */
		{ 0x1fffffffa, 0x200000004, 10 },
		{ 0x100000000, 0x17fffffff, 0x7fffffff },
		/* Seen one too high. */
		{ 1, 0, 0 },
		{ 0x100000000, 0xffffffff, 0 },
	};
	__u32 then;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		then = (__u32)cases[i].then;
		EXPECT_EQ(cases[i].moved, tcpa_interval_moved(&then, cases[i].now));
	}
}

TEST(counter_that_was_seen_too_high_is_counted_once)
{
	__u32 then = 0xffffffff;

	EXPECT_EQ(1, tcpa_interval_moved(&then, 0x100000000));
	EXPECT_EQ(0, tcpa_interval_moved(&then, 0xffffffff));
	EXPECT_EQ(0, tcpa_interval_moved(&then, 0x100000000));
	EXPECT_EQ(2, tcpa_interval_moved(&then, 0x100000002));
}

TEST_HARNESS_MAIN
