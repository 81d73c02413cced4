// SPDX-License-Identifier: GPL-2.0
/*
 * model_test.c - closed loop: a load meets the judgement, the advice is
 * followed, the same load comes again.
 *
 * Each scenario runs with its load at 0.5, 1 and 2 times, over several seeds
 * and sampling intervals. Of each run: the last verdict is the expected one
 * (or ok where a scaled load overflows nothing any more), no other verdict but
 * `ok` and `undecided` came before it, and the recommended size never fell.
 * Where a knob cures, the load refuses nobody after the advice was followed,
 * and there is no further advice.
 */
#include "kselftest_harness.h"

#include "model.h"

FIXTURE(model) {
	struct model_result r;
	__u32 runs;
};

FIXTURE_VARIANT(model) {
	struct model_load load;
	__u32 backlog;
	__s64 requested;	/* 0: the same */
	__u32 somaxconn;	/* 0: 4096 */
	__u32 max_syn_backlog;	/* 0: 1024 */
	bool syncookies_off;
	bool only_at_scale_1;	/* others are a different story */
	enum tcpa_verdict verdict;
	bool may_be_ok;		/* at half the load */
	bool sized;		/* a backlog is recommended */
	bool cured;		/* and what is advised cures */
};

FIXTURE_SETUP(model)
{
	self->runs = 0;
}

FIXTURE_TEARDOWN(model) {}

static const __u32 intervals[] = { 250, 500, 1000 };
#define SEEDS 5

static struct model_load scaled(const struct model_load *load, __u32 percent)
{
	struct model_load l = *load;

	l.rate = l.rate * percent / 100;
	l.burst = l.burst * percent / 100;
	l.loop = l.loop * percent / 100;
	l.flood = l.flood * percent / 100;
	return l;
}

static void check_history(struct __test_metadata *_metadata,
			  const struct model_result *r, enum tcpa_verdict want)
{
	__u32 i, size = 0;

	for (i = 0; i < r->changes; i++) {
		enum tcpa_verdict v = r->verdicts[i];

		EXPECT_TRUE(v == want || v == TCPA_OK || v == TCPA_UNDECIDED) {
			TH_LOG("passed through %s", tcpa_verdict_name(v));
		}
		/* Once said, it stays. */
		if (i && r->verdicts[i - 1] == want)
			EXPECT_EQ(want, v);
		EXPECT_LE(size, r->sizes[i]);
		size = r->sizes[i];
	}
}

/* The advice is followed, and one round has to do. */
static void check_cure(struct __test_metadata *_metadata,
		       const struct model_load *load, struct model_host *host,
		       struct model_result *r)
{
	struct model_host before = *host;

	model_follow(host, r);
	EXPECT_NE(0, memcmp(&before, host, sizeof(before)));
	model_run(load, host, r);
	EXPECT_EQ(0, r->lost);
	EXPECT_EQ(TCPA_OK, r->listener.verdict);
	EXPECT_EQ(0, r->findings.nr);
}

TEST_F(model, scenario)
{
	static const __u32 scales[] = { 50, 100, 200 };
	__u32 run, n = ARRAY_SIZE(intervals) * ARRAY_SIZE(scales) * SEEDS;

	for (run = 0; run < n && __test_passed(_metadata); run++) {
		__u32 scale = scales[run / ARRAY_SIZE(intervals) % 3];
		struct model_load load = scaled(&variant->load, scale);
		struct model_host host = {
			.backlog = variant->backlog,
			.syn_queue_exact = run & 1,
			.requested = variant->requested ?: variant->backlog,
			.somaxconn = variant->somaxconn ?: 4096,
			.syncookies = !variant->syncookies_off,
			.max_syn_backlog = variant->max_syn_backlog ?: 1024,
			.synack_retries = 5,
			.interval_ms = intervals[run % ARRAY_SIZE(intervals)],
			.seed = 1 + run,
		};
		struct model_result *r = &self->r;

		if (variant->only_at_scale_1 && scale != 100)
			continue;
		model_run(&load, &host, r);
		self->runs++;
		if (variant->may_be_ok && scale == 50 &&
		    r->listener.verdict == TCPA_OK)
			continue;
		EXPECT_STREQ(tcpa_verdict_name(variant->verdict),
			     tcpa_verdict_name(r->listener.verdict));
		check_history(_metadata, r, variant->verdict);
		EXPECT_EQ(!variant->sized, !r->listener.backlog_recommended);
		if (variant->cured)
			check_cure(_metadata, &load, &host, r);
		if (!__test_passed(_metadata))
			TH_LOG("load %u %%, interval %u ms, seed %u", scale,
			       host.interval_ms, host.seed);
	}
	TH_LOG("%u runs: %s", self->runs, tcpa_verdict_name(variant->verdict));
}

FIXTURE_VARIANT_ADD(model, burst_small) {
	.load = { .seconds = 10, .burst = 2000, .burst_ms = 20,
		  .burst_every_ms = 2000, .accept_rate = 5000, .rtt_ms = 1 },
	.backlog = 511,
	.verdict = TCPA_BACKLOG_SMALL, .sized = true, .cured = true,
};

FIXTURE_VARIANT_ADD(model, burst_every_second) {
	.load = { .seconds = 20, .burst = 2000, .burst_ms = 20,
		  .burst_every_ms = 1000, .accept_rate = 20000, .rtt_ms = 1 },
	.backlog = 511,
	.verdict = TCPA_BACKLOG_SMALL, .sized = true, .cured = true,
};

FIXTURE_VARIANT_ADD(model, burst_capped) {
	.load = { .seconds = 10, .burst = 2000, .burst_ms = 20,
		  .burst_every_ms = 2000, .accept_rate = 5000, .rtt_ms = 1 },
	.backlog = 128, .requested = 65535, .somaxconn = 128,
	.verdict = TCPA_BACKLOG_CAPPED, .sized = true, .cured = true,
};

/* Those who answered a cookie and were refused then are no flood. */
FIXTURE_VARIANT_ADD(model, burst_answered_by_cookies) {
	.load = { .seconds = 10, .burst = 4000, .burst_ms = 20,
		  .burst_every_ms = 2000, .accept_rate = 5000, .rtt_ms = 1 },
	.backlog = 128, .requested = 65535, .somaxconn = 128,
	.only_at_scale_1 = true,
	.verdict = TCPA_BACKLOG_CAPPED, .sized = true, .cured = true,
};

FIXTURE_VARIANT_ADD(model, burst_large_enough) {
	.load = { .seconds = 10, .burst = 2000, .burst_ms = 20,
		  .burst_every_ms = 2000, .accept_rate = 5000, .rtt_ms = 1 },
	.backlog = 4096,
	.verdict = TCPA_OK,
};

FIXTURE_VARIANT_ADD(model, burst_behind_a_long_way) {
	.load = { .seconds = 10, .burst = 2000, .burst_ms = 50,
		  .burst_every_ms = 3000, .accept_rate = 5000, .rtt_ms = 80 },
	.backlog = 511, .only_at_scale_1 = true,
	.verdict = TCPA_BACKLOG_SMALL, .sized = true, .cured = true,
};

/* Python's http.server and 40 clients that come together. */
FIXTURE_VARIANT_ADD(model, burst_on_backlog_5) {
	.load = { .seconds = 12, .burst = 40, .burst_ms = 10,
		  .burst_every_ms = 4000, .accept_rate = 500, .rtt_ms = 1 },
	.backlog = 5,
	.verdict = TCPA_BACKLOG_SMALL, .sized = true, .cured = true,
};

FIXTURE_VARIANT_ADD(model, many_clients_take_turns) {
	.load = { .seconds = 8, .loop = 1500, .accept_rate = 8000, .rtt_ms = 1 },
	.backlog = 511,
	.verdict = TCPA_BACKLOG_SMALL, .may_be_ok = true, .sized = true, .cured = true,
};

FIXTURE_VARIANT_ADD(model, many_clients_take_turns_at_backlog_5) {
	.load = { .seconds = 8, .loop = 50, .accept_rate = 600, .rtt_ms = 1 },
	.backlog = 5,
	.verdict = TCPA_BACKLOG_SMALL, .sized = true, .cured = true,
};

FIXTURE_VARIANT_ADD(model, slow) {
	.load = { .seconds = 20, .rate = 400, .accept_rate = 100, .rtt_ms = 1 },
	.backlog = 128,
	.verdict = TCPA_APP_SLOW,
};

FIXTURE_VARIANT_ADD(model, slow_and_capped) {
	.load = { .seconds = 20, .rate = 400, .accept_rate = 100, .rtt_ms = 1 },
	.backlog = 128, .requested = 65535, .somaxconn = 128,
	.verdict = TCPA_APP_SLOW,
};

FIXTURE_VARIANT_ADD(model, slow_at_backlog_5) {
	.load = { .seconds = 30, .rate = 60, .accept_rate = 20, .rtt_ms = 1 },
	.backlog = 5,
	.verdict = TCPA_APP_SLOW,
};

FIXTURE_VARIANT_ADD(model, slow_with_a_large_backlog) {
	.load = { .seconds = 30, .rate = 1000, .accept_rate = 200, .rtt_ms = 1 },
	.backlog = 4096,
	.verdict = TCPA_APP_SLOW,
};

/*
 * Clients that each keep one connection going. Whether a backlog of as many would
 * end it or fill up cannot be told from one that does not come again; that it is the
 * same answer at each backlog can.
 */
FIXTURE_VARIANT_ADD(model, closed_loop_at_backlog_5) {
	.load = { .seconds = 20, .loop = 200, .accept_rate = 80, .rtt_ms = 1 },
	.backlog = 5, .only_at_scale_1 = true,
	.verdict = TCPA_APP_SLOW,
};

FIXTURE_VARIANT_ADD(model, closed_loop_at_backlog_16) {
	.load = { .seconds = 20, .loop = 200, .accept_rate = 80, .rtt_ms = 1 },
	.backlog = 16, .only_at_scale_1 = true,
	.verdict = TCPA_APP_SLOW,
};

FIXTURE_VARIANT_ADD(model, closed_loop_at_backlog_64) {
	.load = { .seconds = 20, .loop = 200, .accept_rate = 80, .rtt_ms = 1 },
	.backlog = 64, .only_at_scale_1 = true,
	.verdict = TCPA_APP_SLOW,
};

FIXTURE_VARIANT_ADD(model, closed_loop_at_backlog_160) {
	.load = { .seconds = 20, .loop = 200, .accept_rate = 80, .rtt_ms = 1 },
	.backlog = 160, .only_at_scale_1 = true,
	.verdict = TCPA_APP_SLOW,
};

FIXTURE_VARIANT_ADD(model, closed_loop_twin_as_many_places) {
	.load = { .seconds = 20, .loop = 200, .accept_rate = 80, .rtt_ms = 1 },
	.backlog = 256, .only_at_scale_1 = true,
	.verdict = TCPA_OK,
};

/* It gets the CPU for two of 140 ms, and empties a short queue each time. */
FIXTURE_VARIANT_ADD(model, starved) {
	.load = { .seconds = 6, .rate = 1000, .accept_rate = 20000, .rtt_ms = 1,
		  .slice_every_ms = 140, .slice_ms = 2 },
	.backlog = 32,
	.verdict = TCPA_APP_SLOW,
};

FIXTURE_VARIANT_ADD(model, starved_twin_gets_the_cpu) {
	.load = { .seconds = 6, .rate = 1000, .accept_rate = 20000, .rtt_ms = 1 },
	.backlog = 32,
	.verdict = TCPA_OK,
};

/* So large a backlog that nobody is refused, and all wait. */
FIXTURE_VARIANT_ADD(model, serves_the_dead) {
	.load = { .seconds = 12, .rate = 1000, .accept_rate = 200, .rtt_ms = 1 },
	.backlog = 65535, .only_at_scale_1 = true,
	.verdict = TCPA_APP_SLOW,
};

/* The same arrivals, an application that keeps up. */
FIXTURE_VARIANT_ADD(model, slow_twin_keeps_up) {
	.load = { .seconds = 20, .rate = 400, .accept_rate = 2000, .rtt_ms = 1 },
	.backlog = 128,
	.verdict = TCPA_OK,
};

FIXTURE_VARIANT_ADD(model, stalled) {
	.load = { .seconds = 12, .rate = 800, .accept_rate = 10000,
		  .rtt_ms = 1, .stall_at_ms = 4000, .stall_ms = 2000 },
	.backlog = 511,
	.verdict = TCPA_APP_STALLED, .sized = true, .cured = true,
};

FIXTURE_VARIANT_ADD(model, stalled_at_backlog_5) {
	.load = { .seconds = 12, .rate = 200, .accept_rate = 2000,
		  .rtt_ms = 1, .stall_at_ms = 4000, .stall_ms = 2000 },
	.backlog = 5,
	.verdict = TCPA_APP_STALLED, .sized = true, .cured = true,
};

FIXTURE_VARIANT_ADD(model, stalled_for_long) {
	.load = { .seconds = 20, .rate = 800, .accept_rate = 10000,
		  .rtt_ms = 1, .stall_at_ms = 4000, .stall_ms = 8000 },
	.backlog = 511,
	.verdict = TCPA_APP_STALLED,
};

FIXTURE_VARIANT_ADD(model, stalled_twin_large_enough) {
	.load = { .seconds = 12, .rate = 800, .accept_rate = 10000,
		  .rtt_ms = 1, .stall_at_ms = 4000, .stall_ms = 2000 },
	.backlog = 4096,
	.verdict = TCPA_OK,
};

FIXTURE_VARIANT_ADD(model, flood) {
	.load = { .seconds = 20, .rate = 100, .flood = 5000,
		  .accept_rate = 5000, .rtt_ms = 10 },
	.backlog = 511,
	.verdict = TCPA_SYN_FLOOD,
};

FIXTURE_VARIANT_ADD(model, flood_without_cookies) {
	.load = { .seconds = 20, .rate = 100, .flood = 5000,
		  .accept_rate = 5000, .rtt_ms = 10 },
	.backlog = 511, .syncookies_off = true,
	.verdict = TCPA_SYN_FLOOD,
};

FIXTURE_VARIANT_ADD(model, flood_without_cookies_and_a_small_reserve) {
	.load = { .seconds = 20, .rate = 100, .flood = 5000,
		  .accept_rate = 5000, .rtt_ms = 10 },
	.backlog = 511, .syncookies_off = true, .max_syn_backlog = 128,
	.verdict = TCPA_SYN_FLOOD,
};

FIXTURE_VARIANT_ADD(model, flood_on_backlog_5) {
	.load = { .seconds = 20, .rate = 20, .flood = 1000,
		  .accept_rate = 5000, .rtt_ms = 10 },
	.backlog = 5,
	.verdict = TCPA_SYN_FLOOD,
};

FIXTURE_VARIANT_ADD(model, flood_twin_same_rate_of_real_clients) {
	.load = { .seconds = 20, .rate = 5000, .accept_rate = 20000,
		  .rtt_ms = 10 },
	.backlog = 511,
	.verdict = TCPA_OK,
};

FIXTURE_VARIANT_ADD(model, rtt) {
	.load = { .seconds = 20, .rate = 400, .accept_rate = 5000,
		  .rtt_ms = 200 },
	.backlog = 16,
	.verdict = TCPA_RTT_BOUND, .sized = true, .cured = true,
};

FIXTURE_VARIANT_ADD(model, rtt_without_cookies) {
	.load = { .seconds = 20, .rate = 400, .accept_rate = 5000,
		  .rtt_ms = 200 },
	.backlog = 16, .syncookies_off = true,
	.verdict = TCPA_RTT_BOUND, .sized = true, .cured = true,
};

FIXTURE_VARIANT_ADD(model, rtt_capped) {
	.load = { .seconds = 20, .rate = 2000, .accept_rate = 20000,
		  .rtt_ms = 300 },
	.backlog = 128, .requested = 8192, .somaxconn = 128,
	.verdict = TCPA_RTT_BOUND, .sized = true, .cured = true,
};

FIXTURE_VARIANT_ADD(model, rtt_against_the_reserve) {
	.load = { .seconds = 20, .rate = 1500, .accept_rate = 5000,
		  .rtt_ms = 200 },
	.backlog = 1024, .syncookies_off = true, .max_syn_backlog = 128,
	.verdict = TCPA_RTT_BOUND, .cured = true,
};

FIXTURE_VARIANT_ADD(model, rtt_twin_large_enough) {
	.load = { .seconds = 20, .rate = 400, .accept_rate = 5000,
		  .rtt_ms = 200 },
	.backlog = 511,
	.verdict = TCPA_OK,
};

FIXTURE_VARIANT_ADD(model, busy_and_healthy) {
	.load = { .seconds = 20, .rate = 3000, .burst = 100, .burst_ms = 10,
		  .burst_every_ms = 500, .accept_rate = 12000, .rtt_ms = 20 },
	.backlog = 511,
	.verdict = TCPA_OK,
};

TEST_HARNESS_MAIN
