// SPDX-License-Identifier: GPL-2.0
/*
 * sizing_test.c - how big: headroom, rounding and bounds at their edges.
 */
#include "kselftest_harness.h"

#include "../../module/judge/sizing.h"

#define GIB (1024ULL * 1024 * 1024)

TEST(backlog_has_headroom_and_is_a_power_of_two)
{
	/* 25 % more than the need, then rounded up. */
	EXPECT_EQ(1024, tcpa_size_backlog(511, 512, 64 * GIB));
	EXPECT_EQ(1024, tcpa_size_backlog(511, 819, 64 * GIB));
	EXPECT_EQ(2048, tcpa_size_backlog(511, 820, 64 * GIB));
	EXPECT_EQ(2048, tcpa_size_backlog(511, 1411, 64 * GIB));
	EXPECT_EQ(8, tcpa_size_backlog(5, 6, 64 * GIB));
}

TEST(backlog_grows_with_need)
{
	__u32 last = 0, size;
	__u64 need;

	for (need = 1; need < 200000; need += 7) {
		size = tcpa_size_backlog(0, need, 0);
		EXPECT_LE(last, size);
		last = size;
	}
}

TEST(backlog_ends_at_65535)
{
	EXPECT_EQ(32768, tcpa_size_backlog(511, 26214, 64 * GIB));
	EXPECT_EQ(65535, tcpa_size_backlog(511, 26215, 64 * GIB));
	EXPECT_EQ(65535, tcpa_size_backlog(511, 1000000, 64 * GIB));
	EXPECT_EQ(65535, tcpa_size_backlog(511, U64_MAX, 0));
	EXPECT_EQ(0, tcpa_size_backlog(65535, U64_MAX, 0));
	EXPECT_EQ(0, tcpa_size_backlog(U32_MAX, U64_MAX, U64_MAX));
}

TEST(backlog_stays_within_a_sixteenth_of_memory)
{
	EXPECT_EQ(32768, tcpa_size_backlog_bound(2 * GIB));
	EXPECT_EQ(32768, tcpa_size_backlog(511, 1000000, 2 * GIB));
	EXPECT_EQ(2048, tcpa_size_backlog(511, 1000000, 128ULL << 20));
	EXPECT_EQ(0, tcpa_size_backlog(4096, 5000, 128ULL << 20));
	EXPECT_EQ(0, tcpa_size_backlog(5, 6, 4096));
	EXPECT_EQ(65535, tcpa_size_backlog_bound(0));
}

/* 64 KiB that a client has sent are not 4. */
TEST(waiting_clients_that_have_sent_fit_into_half_of_memory)
{
	struct tcpa_sample s = { .memory = 2 * GIB, .rmem_default = 131072 };
	__u32 bound = tcpa_size_backlog_bound(tcpa_size_memory(&s));

	EXPECT_EQ(4096, bound);
	EXPECT_GE(GIB, tcpa_size_waiting(&s, bound));
	EXPECT_LE(256 * 67 * 1024, tcpa_size_waiting(&s, 256));
	s.rmem_default = 0;
	EXPECT_EQ(32768, tcpa_size_backlog_bound(tcpa_size_memory(&s)));
	s.memory = 0;
	EXPECT_EQ(65535, tcpa_size_backlog_bound(tcpa_size_memory(&s)));
	s.memory = 1 << 20;
	s.rmem_default = U32_MAX;
	EXPECT_EQ(0, tcpa_size_backlog_bound(tcpa_size_memory(&s)));
	s.memory = U64_MAX;
	EXPECT_EQ(65535, tcpa_size_backlog_bound(tcpa_size_memory(&s)));
}

TEST(max_syn_backlog_puts_the_reserve_beyond_the_queue)
{
	__u32 backlog, size;

	for (backlog = 0; backlog < 70000; backlog += 11) {
		__u32 queue = backlog < 65535 ? backlog : 65535;

		size = tcpa_size_max_syn_backlog(backlog);
		/* The kernel drops if max - qlen < max >> 2; qlen <= backlog. */
		EXPECT_GE(size - queue, size >> 2);
		EXPECT_LE(size, tcpa_key_max(TCPA_KEY_MAX_SYN_BACKLOG));
	}
	tcpa_size_max_syn_backlog(U32_MAX);
}

static struct tcpa_sample tw_sample(__u32 limit, __u64 refused, __u64 rate,
				    __u64 memory)
{
	struct tcpa_sample s = {
		.max_tw_buckets = limit, .tw_overflows = refused,
		.tw_peak_rate = rate, .memory = memory, .window_s = 60,
	};

	return s;
}

TEST(tw_buckets_take_the_smaller_bound)
{
	struct tcpa_sample s = tw_sample(8192, 20000, 400, 64 * GIB);

	/* 400/s for 60 s is 24000, less than 8192 + 20000. */
	EXPECT_EQ(32768, tcpa_size_tw_buckets(&s));
	s.tw_peak_rate = 0;
	EXPECT_EQ(65536, tcpa_size_tw_buckets(&s));
	s.tw_peak_rate = 100000;
	EXPECT_EQ(65536, tcpa_size_tw_buckets(&s));
	/* A window of 10 s saw a sixth of what 60 s would refuse. */
	s.window_s = 10;
	EXPECT_EQ(262144, tcpa_size_tw_buckets(&s));
}

TEST(tw_buckets_only_ever_rise)
{
	struct tcpa_sample s = tw_sample(262144, 1, 1, 64 * GIB);

	EXPECT_EQ(524288, tcpa_size_tw_buckets(&s));
	s.memory = GIB;	/* a sixteenth holds 239674 of 280 bytes */
	EXPECT_EQ(0, tcpa_size_tw_buckets(&s));
	s.max_tw_buckets = 1000;
	s.tw_overflows = U64_MAX;
	s.tw_peak_rate = U64_MAX;
	EXPECT_EQ(131072, tcpa_size_tw_buckets(&s));
}

TEST_HARNESS_MAIN
