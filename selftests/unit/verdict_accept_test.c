// SPDX-License-Identifier: GPL-2.0
/*
 * verdict_accept_test.c - named scenarios of the accept queue: each verdict on
 * it, and near twins that must not get it.
 */
#include "kselftest_harness.h"

#include "scenario.h"

/* 900 more than the queue holds, which then empties. */
static const struct tcpa_interval burst = {
	.syns = 1500, .queued = 600, .completions = 600, .overflows_syn = 900,
	.accepts = 600, .deficit = 900, .accept_hi = 512,
};

/* The same traffic where there is room. */
static const struct tcpa_interval no_burst = {
	.syns = 1500, .queued = 1500, .completions = 1500, .accepts = 1500,
	.accept_hi = 1500,
};

static const struct tcpa_interval quiet = {};

FIXTURE_VARIANT_ADD(scenario, burst_capped) {
	.backlog = 128, .requested = 8192, .somaxconn = 128,
	.phases = { { 2, &burst } },
	.verdict = TCPA_BACKLOG_CAPPED, .recommended = 2048,
	.set_somaxconn = 2048,
};

FIXTURE_VARIANT_ADD(scenario, burst_capped_twin_large_enough) {
	.backlog = 2048, .requested = 8192, .somaxconn = 2048,
	.phases = { { 2, &no_burst } },
	.verdict = TCPA_OK,
};

FIXTURE_VARIANT_ADD(scenario, burst_capped_asked_for_too_little_as_well) {
	.backlog = 128, .requested = 200, .somaxconn = 128,
	.phases = { { 2, &burst } },
	.verdict = TCPA_BACKLOG_CAPPED, .recommended = 2048,
	.set_somaxconn = 2048,
};

/* Go, and what else reads the sysctl, asks for exactly that. */
FIXTURE_VARIANT_ADD(scenario, burst_capped_asked_for_exactly_somaxconn) {
	.backlog = 64, .requested = 64, .somaxconn = 64,
	.phases = { { 2, &burst } },
	.verdict = TCPA_BACKLOG_CAPPED, .recommended = 2048,
	.set_somaxconn = 2048,
};

/* It was raised, and the program not restarted yet. */
FIXTURE_VARIANT_ADD(scenario, burst_capped_asked_for_exactly_somaxconn_of_the_past) {
	.backlog = 64, .requested = 64, .somaxconn = 4096,
	.previous = TCPA_BACKLOG_CAPPED,
	.phases = { { 2, &burst } },
	.verdict = TCPA_BACKLOG_CAPPED, .recommended = 2048,
};

/* listen(-1). */
FIXTURE_VARIANT_ADD(scenario, burst_capped_asked_for_all_there_is) {
	.backlog = 64, .requested = 4294967295, .somaxconn = 64,
	.phases = { { 2, &burst } },
	.verdict = TCPA_BACKLOG_CAPPED, .recommended = 2048,
	.set_somaxconn = 2048,
};

FIXTURE_VARIANT_ADD(scenario, burst_capped_by_somaxconn_of_the_past) {
	.backlog = 128, .requested = 8192, .somaxconn = 4096,
	.phases = { { 2, &burst } },
	.verdict = TCPA_BACKLOG_CAPPED, .recommended = 2048,
};

FIXTURE_VARIANT_ADD(scenario, burst_request_unknown_equals_somaxconn) {
	.backlog = 128, .requested = TCPA_UNKNOWN, .somaxconn = 128,
	.phases = { { 2, &burst } },
	.verdict = TCPA_BACKLOG_CAPPED, .recommended = 2048,
	.set_somaxconn = 2048,
};

FIXTURE_VARIANT_ADD(scenario, burst_request_unknown_below_somaxconn) {
	.backlog = 511, .requested = TCPA_UNKNOWN,
	.phases = { { 2, &burst } },
	.verdict = TCPA_BACKLOG_SMALL, .recommended = 2048,
};

FIXTURE_VARIANT_ADD(scenario, burst_small) {
	.backlog = 511,
	.phases = { { 2, &burst } },
	.verdict = TCPA_BACKLOG_SMALL, .recommended = 2048,
};

FIXTURE_VARIANT_ADD(scenario, burst_small_twin_large_enough) {
	.backlog = 2048,
	.phases = { { 2, &no_burst } },
	.verdict = TCPA_OK,
};

FIXTURE_VARIANT_ADD(scenario, burst_small_needs_somaxconn_too) {
	.backlog = 511, .somaxconn = 1024,
	.phases = { { 2, &burst } },
	.verdict = TCPA_BACKLOG_SMALL, .recommended = 2048,
	.set_somaxconn = 2048,
};

static const struct tcpa_interval burst_on_one_place = {
	.syns = 40, .queued = 5, .completions = 5, .overflows_syn = 35,
	.accepts = 5, .deficit = 35, .accept_hi = 1,
};

FIXTURE_VARIANT_ADD(scenario, burst_after_listen_0) {
	.backlog = 0, .requested = 0,
	.phases = { { 2, &burst_on_one_place }, { 1, &quiet } },
	.verdict = TCPA_BACKLOG_SMALL, .recommended = 64,
};

FIXTURE_VARIANT_ADD(scenario, burst_on_little_memory) {
	.backlog = 511, .memory = 64ULL << 20,
	.phases = { { 2, &burst } },
	.verdict = TCPA_BACKLOG_SMALL, .recommended = 1024,
};

static const struct tcpa_interval burst_on_65536_places = {
	.syns = 90000, .queued = 70000, .completions = 70000,
	.overflows_syn = 20000, .accepts = 70000, .deficit = 20000,
	.accept_hi = 65536,
};

FIXTURE_VARIANT_ADD(scenario, burst_at_the_maximum) {
	.backlog = 65535, .somaxconn = 65535,
	.phases = { { 2, &burst_on_65536_places } },
	.verdict = TCPA_BACKLOG_CAPPED,
};

static const struct tcpa_interval seven_refused = {
	.syns = 600, .queued = 593, .completions = 593, .overflows_syn = 7,
	.accepts = 593, .deficit = 7, .accept_hi = 512,
};

static const struct tcpa_interval eight_refused = {
	.syns = 600, .queued = 592, .completions = 592, .overflows_syn = 8,
	.accepts = 592, .deficit = 8, .accept_hi = 512,
};

FIXTURE_VARIANT_ADD(scenario, few_refusals) {
	.backlog = 511,
	.phases = { { 1, &seven_refused } },
	.verdict = TCPA_UNDECIDED, .missing = TCPA_MISSING_REFUSALS,
};

FIXTURE_VARIANT_ADD(scenario, few_refusals_twin_one_more) {
	.backlog = 511,
	.phases = { { 1, &eight_refused } },
	.verdict = TCPA_BACKLOG_SMALL, .recommended = 1024,
};

/* Full all the time, at so many accepted a second and 100 refused. */
static const struct tcpa_interval full_at_50 = {
	.syns = 150, .queued = 50, .completions = 50, .overflows_syn = 100,
	.accepts = 50, .deficit = 100,
	.accept_lo = 500, .accept_hi = 512, .accept_now = 512,
};

static const struct tcpa_interval full_at_100 = {
	.syns = 200, .queued = 100, .completions = 100, .overflows_syn = 100,
	.accepts = 100, .deficit = 100,
	.accept_lo = 500, .accept_hi = 512, .accept_now = 512,
};

static const struct tcpa_interval full_at_900 = {
	.syns = 1000, .queued = 900, .completions = 900, .overflows_syn = 100,
	.accepts = 900, .deficit = 100,
	.accept_lo = 500, .accept_hi = 512, .accept_now = 512,
};

static const struct tcpa_interval full_at_6000 = {
	.syns = 6100, .queued = 6000, .completions = 6000, .overflows_syn = 100,
	.accepts = 6000, .deficit = 100,
	.accept_lo = 500, .accept_hi = 512, .accept_now = 512,
};

static const struct tcpa_interval drained = { .accepts = 512 };

FIXTURE_VARIANT_ADD(scenario, slow) {
	.backlog = 511,
	.phases = { { 10, &full_at_100 } },
	.verdict = TCPA_APP_SLOW,
};

FIXTURE_VARIANT_ADD(scenario, slow_after_the_load) {
	.backlog = 511,
	.phases = { { 10, &full_at_100 }, { 1, &drained } },
	.verdict = TCPA_APP_SLOW,
};

FIXTURE_VARIANT_ADD(scenario, slow_and_capped) {
	.backlog = 511, .requested = 8192, .somaxconn = 511,
	.phases = { { 10, &full_at_100 } },
	.verdict = TCPA_APP_SLOW,
};

FIXTURE_VARIANT_ADD(scenario, slow_twin_so_far_a_burst) {
	.backlog = 511,
	.phases = { { 2, &full_at_100 } },
	.verdict = TCPA_UNDECIDED, .missing = TCPA_MISSING_DRAIN,
};

FIXTURE_VARIANT_ADD(scenario, slow_twin_a_burst) {
	.backlog = 511,
	.phases = { { 2, &full_at_100 }, { 1, &drained } },
	.verdict = TCPA_BACKLOG_SMALL, .recommended = 1024,
};

/* Full because too many clients take turns: all are served within 0.1 s. */
FIXTURE_VARIANT_ADD(scenario, slow_twin_fast_with_too_many_clients) {
	.backlog = 511,
	.phases = { { 10, &full_at_6000 }, { 1, &drained } },
	.verdict = TCPA_BACKLOG_SMALL, .recommended = 2048,
};

/*
 * It refuses most of the time, and is low in between. Whoever is refused is back after a
 * second at the soonest, so that 300 are away on the average, if not 600.
 */
static const struct tcpa_interval refused_for_less_than_a_second = {
	.syns = 750, .queued = 450, .completions = 450, .overflows_syn = 300,
	.accepts = 450, .deficit = 300, .refusing_ms = 900, .accept_hi = 101,
};

static const struct tcpa_interval refused_for_a_second = {
	.syns = 500, .queued = 200, .completions = 200, .overflows_syn = 300,
	.accepts = 200, .deficit = 300, .refusing_ms = 900, .accept_hi = 101,
};

FIXTURE_VARIANT_ADD(scenario, starved) {
	.backlog = 100,
	.phases = { { 5, &refused_for_a_second }, { 2, &quiet } },
	.verdict = TCPA_APP_SLOW,
};

FIXTURE_VARIANT_ADD(scenario, starved_twin_whoever_is_refused_is_soon_back) {
	.backlog = 100,
	.phases = { { 5, &refused_for_less_than_a_second }, { 2, &quiet } },
	.verdict = TCPA_BACKLOG_SMALL, .recommended = 512,
};

/* Nobody is refused, and so many wait for so long. */
static const struct tcpa_interval late_4_s = {
	.syns = 100, .queued = 100, .completions = 100, .accepts = 100,
	.accept_lo = 400, .accept_hi = 430, .accept_now = 410,
};

static const struct tcpa_interval late_1_s = {
	.syns = 400, .queued = 400, .completions = 400, .accepts = 400,
	.accept_lo = 400, .accept_hi = 430, .accept_now = 410,
};

FIXTURE_VARIANT_ADD(scenario, serves_the_dead) {
	.backlog = 4096,
	.phases = { { 5, &late_4_s }, { 1, &drained } },
	.verdict = TCPA_APP_SLOW,
};

FIXTURE_VARIANT_ADD(scenario, serves_the_dead_twin_for_a_moment) {
	.backlog = 4096,
	.phases = { { 3, &late_4_s }, { 1, &drained } },
	.verdict = TCPA_OK,
};

FIXTURE_VARIANT_ADD(scenario, serves_the_dead_twin_a_short_wait) {
	.backlog = 4096,
	.phases = { { 20, &late_1_s }, { 1, &drained } },
	.verdict = TCPA_OK,
};

/* Half a second, of which the clients had enough. */
static const struct tcpa_interval gone_in_half_a_second = {
	.syns = 400, .queued = 400, .completions = 400, .accepts = 400,
	.accept_lo = 200, .accept_hi = 230, .accept_now = 210, .next = 16, .gone = 12,
};

FIXTURE_VARIANT_ADD(scenario, serves_the_dead_of_short_patience) {
	.backlog = 4096,
	.phases = { { 5, &gone_in_half_a_second }, { 1, &drained } },
	.verdict = TCPA_APP_SLOW,
};

/* Nobody is accepted, and nobody refused yet. */
static const struct tcpa_interval hangs = {
	.syns = 10, .queued = 10, .completions = 10,
	.accept_lo = 100, .accept_hi = 300, .accept_now = 200,
};

FIXTURE_VARIANT_ADD(scenario, stalled_before_it_refuses) {
	.backlog = 4096,
	.phases = { { 1, &late_1_s }, { 7, &hangs } },
	.verdict = TCPA_APP_STALLED,
};

FIXTURE_VARIANT_ADD(scenario, stalled_before_it_refuses_twin_for_a_moment) {
	.backlog = 4096,
	.phases = { { 1, &late_1_s }, { 3, &hangs }, { 1, &drained } },
	.verdict = TCPA_OK,
};

/* It is slow, and now and then accepts nobody for a second. */
FIXTURE_VARIANT_ADD(scenario, stalled_before_it_refuses_twin_slow) {
	.backlog = 4096,
	.phases = { { 5, &late_4_s }, { 1, &hangs }, { 3, &late_4_s }, { 1, &hangs } },
	.verdict = TCPA_APP_SLOW,
};

/* Three idle connections that nobody fetches. */
static const struct tcpa_interval three_wait = {
	.syns = 1, .queued = 1, .completions = 1, .accepts = 1,
	.accept_lo = 3, .accept_hi = 4, .accept_now = 3,
};

FIXTURE_VARIANT_ADD(scenario, serves_the_dead_twin_few) {
	.backlog = 4096,
	.phases = { { 20, &three_wait } },
	.verdict = TCPA_OK,
};

/* Nothing accepted, and so many refused. */
static const struct tcpa_interval stall_refusing_300 = {
	.syns = 300, .overflows_syn = 300, .deficit = 300,
	.accept_lo = 400, .accept_hi = 512, .accept_now = 512,
};

static const struct tcpa_interval stall_refusing_100 = {
	.syns = 100, .overflows_syn = 100, .deficit = 100,
	.accept_lo = 400, .accept_hi = 512, .accept_now = 512,
};

static const struct tcpa_interval stall_refusing_none = {
	.accept_lo = 400, .accept_hi = 512, .accept_now = 512,
};

static const struct tcpa_interval half_a_second_of_stall = {
	.ms = 500, .syns = 300, .overflows_syn = 300, .deficit = 300,
	.accept_lo = 400, .accept_hi = 512, .accept_now = 512,
};

static const struct tcpa_interval busy = {
	.syns = 500, .queued = 500, .completions = 500, .accepts = 500,
	.accept_hi = 20, .accept_now = 10,
};

static const struct tcpa_interval resumed = {
	.syns = 700, .queued = 700, .completions = 700, .accepts = 1200,
	.accept_hi = 512, .accept_lo = 5, .accept_now = 5,
};

FIXTURE_VARIANT_ADD(scenario, stalled) {
	.backlog = 511,
	.phases = { { 5, &busy }, { 2, &stall_refusing_300 }, { 1, &resumed } },
	.verdict = TCPA_APP_STALLED, .recommended = 2048,
};

FIXTURE_VARIANT_ADD(scenario, stalled_needs_somaxconn_too) {
	.backlog = 511, .somaxconn = 511,
	.phases = { { 5, &busy }, { 2, &stall_refusing_300 }, { 1, &resumed } },
	.verdict = TCPA_APP_STALLED, .recommended = 2048,
	.set_somaxconn = 2048,
};

FIXTURE_VARIANT_ADD(scenario, stalled_still) {
	.backlog = 511,
	.phases = { { 5, &busy }, { 2, &stall_refusing_300 } },
	.verdict = TCPA_APP_STALLED,
};

FIXTURE_VARIANT_ADD(scenario, stalled_too_long_to_be_covered) {
	.backlog = 511,
	.phases = { { 5, &busy }, { 6, &stall_refusing_300 }, { 1, &resumed } },
	.verdict = TCPA_APP_STALLED,
};

FIXTURE_VARIANT_ADD(scenario, stalled_twin_short_pause) {
	.backlog = 511,
	.phases = { { 5, &busy }, { 1, &half_a_second_of_stall },
		    { 1, &resumed } },
	.verdict = TCPA_BACKLOG_SMALL, .recommended = 1024,
};

FIXTURE_VARIANT_ADD(scenario, stalled_twin_nobody_refused) {
	.backlog = 511,
	.phases = { { 5, &busy }, { 2, &stall_refusing_none }, { 1, &resumed } },
	.verdict = TCPA_OK,
};

/* A stall that refused few beside bursts that refused many. */
FIXTURE_VARIANT_ADD(scenario, stalled_twin_mostly_bursts) {
	.backlog = 511,
	.phases = { { 2, &burst }, { 5, &busy }, { 2, &stall_refusing_100 },
		    { 1, &resumed } },
	.verdict = TCPA_BACKLOG_SMALL, .recommended = 2048,
};

/* Rests for a second now and then, and is too slow all the time. */
FIXTURE_VARIANT_ADD(scenario, stalled_twin_slow_with_pauses) {
	.backlog = 511,
	.phases = { { 8, &full_at_50 }, { 1, &stall_refusing_100 },
		    { 8, &full_at_50 } },
	.verdict = TCPA_APP_SLOW,
};

FIXTURE_VARIANT_ADD(scenario, stalled_twin_slow_with_many_pauses) {
	.backlog = 511,
	.phases = { { 4, &full_at_50 }, { 2, &stall_refusing_100 },
		    { 4, &full_at_50 }, { 2, &stall_refusing_100 } },
	.verdict = TCPA_APP_SLOW,
};

static const struct tcpa_interval burst_of_acks = {
	.syns = 600, .queued = 600, .completions = 550, .overflows_ack = 50,
	.accepts = 550, .deficit = 50, .syn_hi = 60, .accept_hi = 512,
};

FIXTURE_VARIANT_ADD(scenario, reset_in_bursts) {
	.backlog = 511, .abort_on_overflow = true,
	.phases = { { 2, &burst_of_acks } },
	.verdict = TCPA_BACKLOG_SMALL, .recommended = 1024,
	.clear_abort = true,
};

FIXTURE_VARIANT_ADD(scenario, reset_in_bursts_twin_off) {
	.backlog = 511,
	.phases = { { 2, &burst_of_acks } },
	.verdict = TCPA_BACKLOG_SMALL, .recommended = 1024,
};

FIXTURE_VARIANT_ADD(scenario, reset_in_bursts_twin_slow) {
	.backlog = 511, .abort_on_overflow = true,
	.phases = { { 2, &burst_of_acks }, { 10, &full_at_100 } },
	.verdict = TCPA_APP_SLOW,
};

/* Near a threshold the first answer stays. */
FIXTURE_VARIANT_ADD(scenario, near_slow_before) {
	.backlog = 511,
	.phases = { { 4, &full_at_900 }, { 1, &drained } },
	.verdict = TCPA_BACKLOG_SMALL, .recommended = 1024,
};

FIXTURE_VARIANT_ADD(scenario, near_slow_after) {
	.backlog = 511, .previous = TCPA_APP_SLOW,
	.phases = { { 4, &full_at_900 }, { 1, &drained } },
	.verdict = TCPA_APP_SLOW,
};

FIXTURE_VARIANT_ADD(scenario, next_burst_does_not_unsettle) {
	.backlog = 511, .previous = TCPA_BACKLOG_SMALL,
	.phases = { { 1, &full_at_900 } },
	.verdict = TCPA_BACKLOG_SMALL, .recommended = 1024,
};

TEST_HARNESS_MAIN
