// SPDX-License-Identifier: GPL-2.0
/*
 * verdict_syn_test.c - named scenarios of the SYN queue: each verdict on it,
 * and near twins that must not get it.
 */
#include "kselftest_harness.h"

#include "scenario.h"

/* Requests that never complete fill 512 places; the rest gets cookies. */
static const struct tcpa_interval flood = {
	.syns = 20000, .queued = 120, .completions = 100, .accepts = 100,
	.cookies_wanted = 19000, .cookies_sent = 19000, .syn_hi = 512,
	.syn_now = 512, .accept_hi = 3,
};

static const struct tcpa_interval slow_application = {
	.syns = 200, .queued = 100, .completions = 100, .overflows_syn = 100,
	.accepts = 100, .deficit = 100,
	.accept_lo = 500, .accept_hi = 512, .accept_now = 512,
};

FIXTURE_VARIANT_ADD(scenario, flood) {
	.backlog = 511,
	.phases = { { 10, &flood } },
	.verdict = TCPA_SYN_FLOOD,
};

FIXTURE_VARIANT_ADD(scenario, flood_on_a_slow_application) {
	.backlog = 511,
	.phases = { { 10, &flood }, { 10, &slow_application } },
	.verdict = TCPA_SYN_FLOOD,
};

static const struct tcpa_interval flood_fills_the_queue = {
	.syns = 512, .queued = 512, .syn_hi = 512, .syn_now = 512,
};

static const struct tcpa_interval flood_meets_a_full_queue = {
	.syns = 20000, .queued = 8, .completions = 1, .accepts = 1,
	.synq_drops = 19992, .deficit = 19992, .syn_hi = 512, .syn_now = 512,
};

static const struct tcpa_interval flood_and_not_one_place = {
	.syns = 20000, .synq_drops = 20000, .deficit = 20000, .syn_hi = 512,
	.syn_now = 512,
};

FIXTURE_VARIANT_ADD(scenario, flood_without_cookies) {
	.backlog = 511, .syncookies_off = true,
	.phases = { { 1, &flood_fills_the_queue },
		    { 10, &flood_meets_a_full_queue } },
	.verdict = TCPA_SYN_FLOOD, .set_syncookies = 1,
};

/* Full since before the window: no SYN gets in, so none can complete. */
FIXTURE_VARIANT_ADD(scenario, flood_in_its_second_window) {
	.backlog = 511, .syncookies_off = true,
	.phases = { { 10, &flood_and_not_one_place } },
	.verdict = TCPA_SYN_FLOOD, .set_syncookies = 1,
};

static const struct tcpa_interval flood_fills_places = {
	.syns = 1611, .queued = 511, .synq_drops = 800, .overflows_syn = 300,
	.deficit = 300, .syn_hi = 511, .syn_now = 511, .accept_hi = 512,
};

static const struct tcpa_interval flood_and_full_accept_queue = {
	.syns = 1100, .synq_drops = 800, .overflows_syn = 300, .deficit = 300,
	.syn_hi = 511, .syn_now = 511, .accept_hi = 512,
};

/* The SYN queue holds the backlog, not one more: all places were answered. */
FIXTURE_VARIANT_ADD(scenario, flood_where_the_queue_holds_the_backlog) {
	.backlog = 511, .syncookies_off = true,
	.phases = { { 1, &flood_fills_places },
		    { 4, &flood_and_full_accept_queue } },
	.verdict = TCPA_SYN_FLOOD, .set_syncookies = 1,
};

FIXTURE_VARIANT_ADD(scenario, flood_twin_too_short_to_tell) {
	.backlog = 511, .syncookies_off = true,
	.phases = { { 2, &flood_meets_a_full_queue } },
	.verdict = TCPA_UNDECIDED, .missing = TCPA_MISSING_TIME,
	.set_syncookies = 1,
};

/* 40/s that never complete, of which the kernel keeps no more than 345. */
static const struct tcpa_interval trickle_of_dead = {
	.syns = 50, .queued = 10, .completions = 10, .accepts = 10,
	.cookies_wanted = 40, .cookies_sent = 40, .syn_hi = 512,
	.syn_now = 512,
};

FIXTURE_VARIANT_ADD(scenario, flood_of_a_trickle) {
	.backlog = 511,
	.phases = { { 20, &trickle_of_dead } },
	.verdict = TCPA_SYN_FLOOD,
};

static const struct tcpa_interval all_complete = {
	.syns = 4000, .queued = 2500, .completions = 4000, .accepts = 4000,
	.cookies_wanted = 1500, .cookies_sent = 1500, .cookies_valid = 1500,
	.syn_hi = 512, .syn_now = 512, .accept_hi = 3,
};

static const struct tcpa_interval half_complete = {
	.syns = 4000, .queued = 2500, .completions = 2000, .accepts = 2000,
	.cookies_wanted = 1500, .cookies_sent = 1500, .cookies_valid = 500,
	.syn_hi = 512, .syn_now = 512, .accept_hi = 3,
};

static const struct tcpa_interval third_completes = {
	.syns = 3000, .queued = 2900, .completions = 1000, .accepts = 1000,
	.cookies_wanted = 100, .cookies_sent = 100, .syn_hi = 512,
	.syn_now = 512,
};

FIXTURE_VARIANT_ADD(scenario, flood_twin_all_complete) {
	.backlog = 511,
	.phases = { { 10, &all_complete } },
	.verdict = TCPA_RTT_BOUND, .recommended = 1024,
};

FIXTURE_VARIANT_ADD(scenario, flood_twin_half_complete) {
	.backlog = 511,
	.phases = { { 10, &half_complete } },
	.verdict = TCPA_UNDECIDED, .missing = TCPA_MISSING_CAUSE,
};

/* What half of them need says nothing of how many places real ones need. */
static const struct tcpa_interval half_complete_in_few_places = {
	.syns = 8000, .queued = 500, .completions = 4000, .accepts = 4000,
	.cookies_wanted = 7500, .cookies_sent = 7500, .cookies_valid = 3500,
	.syn_hi = 512, .syn_now = 512, .accept_hi = 3,
};

static const struct tcpa_interval burst = {
	.syns = 1500, .queued = 600, .completions = 600, .overflows_syn = 900,
	.accepts = 600, .deficit = 900, .accept_hi = 512,
};

FIXTURE_VARIANT_ADD(scenario, burst_beside_half_complete) {
	.backlog = 511,
	.phases = { { 4, &burst }, { 1, &half_complete_in_few_places } },
	.verdict = TCPA_BACKLOG_SMALL, .recommended = 2048,
};

static const struct tcpa_interval all_complete_in_few_places = {
	.syns = 4000, .queued = 1000, .completions = 4000, .accepts = 4000,
	.cookies_wanted = 3000, .cookies_sent = 3000, .cookies_valid = 3000,
	.syn_hi = 512, .syn_now = 512, .accept_hi = 3,
};

FIXTURE_VARIANT_ADD(scenario, burst_beside_rtt) {
	.backlog = 511,
	.phases = { { 4, &burst }, { 1, &all_complete_in_few_places } },
	.verdict = TCPA_BACKLOG_SMALL, .recommended = 4096,
};

/* Near a threshold the first answer stays. */
FIXTURE_VARIANT_ADD(scenario, near_flood_before) {
	.backlog = 511,
	.phases = { { 5, &third_completes } },
	.verdict = TCPA_UNDECIDED, .missing = TCPA_MISSING_CAUSE,
};

FIXTURE_VARIANT_ADD(scenario, near_flood_after) {
	.backlog = 511, .previous = TCPA_SYN_FLOOD,
	.phases = { { 5, &third_completes } },
	.verdict = TCPA_SYN_FLOOD,
};

FIXTURE_VARIANT_ADD(scenario, near_rtt_after) {
	.backlog = 511, .previous = TCPA_RTT_BOUND,
	.phases = { { 10, &half_complete } },
	.verdict = TCPA_RTT_BOUND, .recommended = 1024,
};

/* 200/s behind 200 ms need 40 places; there are 17. */
static const struct tcpa_interval far_away = {
	.syns = 200, .queued = 85, .completions = 200, .accepts = 200,
	.cookies_wanted = 115, .cookies_sent = 115, .cookies_valid = 115,
	.syn_hi = 17, .syn_now = 17, .accept_hi = 1,
};

static const struct tcpa_interval far_away_without_cookies = {
	.syns = 200, .queued = 85, .completions = 85, .accepts = 85,
	.synq_drops = 115, .deficit = 115, .syn_hi = 17, .syn_now = 17,
	.accept_hi = 1,
};

static const struct tcpa_interval far_away_with_room = {
	.syns = 200, .queued = 200, .completions = 200, .accepts = 200,
	.syn_hi = 41, .syn_now = 40, .accept_hi = 1,
};

static const struct tcpa_interval a_cookie = {
	.syns = 86, .queued = 85, .completions = 86, .accepts = 86,
	.cookies_wanted = 1, .cookies_sent = 1, .cookies_valid = 1,
	.syn_hi = 17, .syn_now = 17, .accept_hi = 1,
};

static const struct tcpa_interval no_cookie = {
	.syns = 85, .queued = 85, .completions = 85, .accepts = 85,
};

static const struct tcpa_interval cookies_for_all = {
	.syns = 1000, .completions = 1000, .accepts = 1000,
	.cookies_wanted = 1000, .cookies_sent = 1000, .cookies_valid = 1000,
	.accept_hi = 9,
};

FIXTURE_VARIANT_ADD(scenario, rtt) {
	.backlog = 16,
	.phases = { { 5, &far_away } },
	.verdict = TCPA_RTT_BOUND, .recommended = 64,
};

FIXTURE_VARIANT_ADD(scenario, rtt_without_cookies) {
	.backlog = 16, .syncookies_off = true,
	.phases = { { 5, &far_away_without_cookies } },
	.verdict = TCPA_RTT_BOUND, .recommended = 64, .set_syncookies = 1,
};

FIXTURE_VARIANT_ADD(scenario, rtt_needs_somaxconn_too) {
	.backlog = 16, .requested = 64, .somaxconn = 16,
	.phases = { { 5, &far_away } },
	.verdict = TCPA_RTT_BOUND, .recommended = 64, .set_somaxconn = 64,
};

FIXTURE_VARIANT_ADD(scenario, rtt_twin_large_enough) {
	.backlog = 64,
	.phases = { { 5, &far_away_with_room } },
	.verdict = TCPA_OK,
};

FIXTURE_VARIANT_ADD(scenario, rtt_twin_cookies_for_a_moment) {
	.backlog = 16,
	.phases = { { 1, &far_away }, { 50, &no_cookie } },
	.verdict = TCPA_OK,
};

FIXTURE_VARIANT_ADD(scenario, rtt_twin_hardly_any_cookies) {
	.backlog = 16,
	.phases = { { 20, &a_cookie } },
	.verdict = TCPA_OK,
};

FIXTURE_VARIANT_ADD(scenario, rtt_twin_cookies_for_all_by_configuration) {
	.backlog = 511, .syncookies_always = true,
	.phases = { { 10, &cookies_for_all } },
	.verdict = TCPA_OK,
};

/* A burst on a host that answers every SYN by a cookie. */
static const struct tcpa_interval burst_with_cookies_for_all = {
	.syns = 9900, .completions = 9000, .accepts = 9000,
	.overflows_syn = 900, .cookies_wanted = 9900, .cookies_sent = 9000,
	.cookies_valid = 9000, .deficit = 900, .accept_hi = 512,
};

FIXTURE_VARIANT_ADD(scenario, rtt_twin_burst_and_cookies_by_configuration) {
	.backlog = 511, .syncookies_always = true,
	.phases = { { 3, &burst_with_cookies_for_all } },
	.verdict = TCPA_BACKLOG_SMALL, .recommended = 2048,
};

/* Of 100 a second 35 find a place, most of whom say nothing for a second. */
static const struct tcpa_interval silent = {
	.syns = 100, .queued = 35, .completions = 95, .accepts = 95,
	.cookies_wanted = 65, .cookies_sent = 65, .cookies_valid = 60,
	.syn_hi = 33, .syn_now = 33, .accept_hi = 2,
};

/* As a guest had it: four of five are silent, the others speak after 100 ms. */
static const struct tcpa_interval mostly_silent = {
	.syns = 100, .queued = 46, .completions = 98, .accepts = 98,
	.cookies_wanted = 53, .cookies_sent = 53, .cookies_valid = 52,
	.syn_hi = 33, .syn_now = 33, .accept_hi = 2,
};

FIXTURE_VARIANT_ADD(scenario, defer_accept_beside_speaking) {
	.backlog = 32, .defers = true, .deferred = 370,
	.phases = { { 8, &mostly_silent } },
	.verdict = TCPA_DEFER_ACCEPT,
};

/* They may be silent for as long as they like. */
static const struct tcpa_interval silent_for_long = {
	.syns = 200, .queued = 20, .completions = 2, .accepts = 2,
	.synq_drops = 180, .syn_hi = 33, .syn_now = 33,
};

FIXTURE_VARIANT_ADD(scenario, defer_accept) {
	.backlog = 32, .defers = true, .deferred = 175,
	.phases = { { 5, &silent } },
	.verdict = TCPA_DEFER_ACCEPT,
};

FIXTURE_VARIANT_ADD(scenario, defer_accept_twin_round_trip) {
	.backlog = 16, .defers = true, .deferred = 500,
	.phases = { { 5, &far_away } },
	.verdict = TCPA_RTT_BOUND, .recommended = 64,
};

FIXTURE_VARIANT_ADD(scenario, defer_accept_twin_of_another_listener) {
	.backlog = 32, .deferred = 175,
	.phases = { { 5, &silent } },
	.verdict = TCPA_RTT_BOUND, .recommended = 128,
};

FIXTURE_VARIANT_ADD(scenario, defer_accept_for_long) {
	.backlog = 32, .defers = true, .deferred = 100, .syncookies_off = true,
	.phases = { { 5, &silent_for_long } },
	.verdict = TCPA_DEFER_ACCEPT, .set_syncookies = 1,
};

FIXTURE_VARIANT_ADD(scenario, defer_accept_twin_flood) {
	.backlog = 32, .defers = true, .deferred = 10, .syncookies_off = true,
	.phases = { { 5, &silent_for_long } },
	.verdict = TCPA_SYN_FLOOD, .set_syncookies = 1,
};

FIXTURE_VARIANT_ADD(scenario, near_rtt_brief_before) {
	.backlog = 16,
	.phases = { { 2, &far_away } },
	.verdict = TCPA_OK,
};

FIXTURE_VARIANT_ADD(scenario, near_rtt_brief_after) {
	.backlog = 16, .previous = TCPA_RTT_BOUND,
	.phases = { { 2, &far_away } },
	.verdict = TCPA_RTT_BOUND, .recommended = 64,
};

/* Refused final ACKs clog the SYN queue; the accept queue is what is small. */
static const struct tcpa_interval clogged = {
	.syns = 200, .queued = 20, .completions = 100, .accepts = 100,
	.overflows_syn = 20, .overflows_ack = 10, .cookies_wanted = 170,
	.cookies_sent = 150, .cookies_valid = 80, .deficit = 25, .syn_hi = 17,
	.syn_now = 17, .accept_hi = 17,
};

static const struct tcpa_interval quiet = {};

FIXTURE_VARIANT_ADD(scenario, rtt_twin_clogged) {
	.backlog = 16,
	.phases = { { 5, &clogged }, { 2, &quiet } },
	.verdict = TCPA_BACKLOG_SMALL, .recommended = 64,
};

/* 192 of 256 is where the reserve begins; complete or not is the question. */
static const struct tcpa_interval reserve_hit = {
	.syns = 2000, .queued = 1000, .completions = 1000, .accepts = 1000,
	.other_drops = 1000, .other_syns = 1000,
	.syn_hi = 193, .syn_now = 193, .accept_hi = 1,
};

static const struct tcpa_interval reserve_hit_by_dead = {
	.syns = 2000, .queued = 1000, .completions = 10, .accepts = 10,
	.other_drops = 1000, .other_syns = 1000,
	.syn_hi = 193, .syn_now = 193, .accept_hi = 1,
};

FIXTURE_VARIANT_ADD(scenario, reserve) {
	.backlog = 511, .syncookies_off = true, .max_syn_backlog = 256,
	.phases = { { 5, &reserve_hit } },
	.verdict = TCPA_RTT_BOUND, .set_max_syn_backlog = 1024,
};

FIXTURE_VARIANT_ADD(scenario, reserve_under_a_flood) {
	.backlog = 511, .syncookies_off = true, .max_syn_backlog = 256,
	.phases = { { 5, &reserve_hit_by_dead } },
	.verdict = TCPA_SYN_FLOOD, .set_syncookies = 1,
};

/* Few get in and die; all that the reserve turned away would do the same. */
static const struct tcpa_interval reserve_keeps_a_flood_out = {
	.syns = 213, .queued = 13, .completions = 3, .accepts = 3,
	.other_drops = 200, .other_syns = 200,
	.syn_hi = 97, .syn_now = 97, .accept_hi = 1,
};

FIXTURE_VARIANT_ADD(scenario, reserve_keeps_a_flood_out) {
	.backlog = 128, .syncookies_off = true, .max_syn_backlog = 128,
	.phases = { { 8, &reserve_keeps_a_flood_out } },
	.verdict = TCPA_SYN_FLOOD, .set_syncookies = 1,
};

FIXTURE_VARIANT_ADD(scenario, reserve_twin_cookies_on) {
	.backlog = 511, .max_syn_backlog = 256,
	.phases = { { 5, &reserve_hit } },
	.verdict = TCPA_OK,
};

FIXTURE_VARIANT_ADD(scenario, reserve_twin_other_drops) {
	.backlog = 511, .syncookies_off = true, .max_syn_backlog = 4096,
	.phases = { { 5, &reserve_hit } },
	.verdict = TCPA_OK,
};

/* Handshakes that end by an ICMP error, or for want of memory for a child. */
static const struct tcpa_interval not_the_reserve = {
	.syns = 2000, .queued = 2000, .completions = 1000, .accepts = 1000,
	.other_drops = 1000, .syn_hi = 193, .syn_now = 193, .accept_hi = 1,
};

FIXTURE_VARIANT_ADD(scenario, reserve_twin_no_syns) {
	.backlog = 511, .syncookies_off = true, .max_syn_backlog = 256,
	.phases = { { 5, &not_the_reserve } },
	.verdict = TCPA_OK,
};

TEST_HARNESS_MAIN
