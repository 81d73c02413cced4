// SPDX-License-Identifier: GPL-2.0
/*
 * evidence_test.c - from intervals to the evidence of a window.
 */
#include "kselftest_harness.h"

#include "evidence_fixture.h"

TEST_F(evidence, sums_and_extremes)
{
	struct tcpa_interval a = {
		.ms = 1000, .backlog = 7, .syns = 1, .queued = 2,
		.completions = 3, .cookies_valid = 4, .overflows_syn = 5,
		.overflows_ack = 6, .synq_drops = 7, .cookies_wanted = 8,
		.cookies_sent = 9, .other_drops = 10, .other_syns = 8,
		.accepts = 11,
		.deficit = 12, .accept_lo = 3, .accept_hi = 13,
		.accept_now = 5, .syn_hi = 6, .syn_now = 2,
	};
	struct tcpa_interval b = {
		.ms = 500, .backlog = 7, .deficit = 20, .accept_lo = 1,
		.accept_hi = 9, .accept_now = 1, .syn_hi = 4, .syn_now = 1,
	};

	tcpa_evidence_add(&self->ev, &a);
	tcpa_evidence_add(&self->ev, &a);
	tcpa_evidence_add(&self->ev, &b);
	EXPECT_EQ(2500, self->ev.sum.ms);
	EXPECT_EQ(2, self->ev.sum.syns);
	EXPECT_EQ(4, self->ev.sum.queued);
	EXPECT_EQ(6, self->ev.sum.completions);
	EXPECT_EQ(8, self->ev.sum.cookies_valid);
	EXPECT_EQ(10, self->ev.sum.overflows_syn);
	EXPECT_EQ(12, self->ev.sum.overflows_ack);
	EXPECT_EQ(14, self->ev.sum.synq_drops);
	EXPECT_EQ(16, self->ev.sum.cookies_wanted);
	EXPECT_EQ(18, self->ev.sum.cookies_sent);
	EXPECT_EQ(20, self->ev.sum.other_drops);
	EXPECT_EQ(16, self->ev.sum.other_syns);
	EXPECT_EQ(22, self->ev.sum.accepts);
	EXPECT_EQ(20, self->ev.sum.deficit);
	EXPECT_EQ(1, self->ev.sum.accept_lo);
	EXPECT_EQ(13, self->ev.sum.accept_hi);
	EXPECT_EQ(1, self->ev.sum.accept_now);
	EXPECT_EQ(6, self->ev.sum.syn_hi);
	EXPECT_EQ(1, self->ev.sum.syn_now);
	EXPECT_EQ(2000, self->ev.busy_ms);
	EXPECT_EQ(22, self->ev.busy_accepts);
	EXPECT_EQ(3, self->ev.busy_accept_lo);
	EXPECT_EQ(36, tcpa_interval_refusals(&self->ev.sum));
}

TEST_F(evidence, everything_saturates)
{
	struct tcpa_interval iv;
	int i;

	memset(&iv, 0xff, sizeof(iv));
	for (i = 0; i < 5; i++)
		tcpa_evidence_add(&self->ev, &iv);
	EXPECT_EQ(U64_MAX, self->ev.sum.syns);
	EXPECT_EQ(U64_MAX, self->ev.sum.accepts);
	EXPECT_EQ(U32_MAX, self->ev.sum.ms);
	EXPECT_EQ(U32_MAX, self->ev.busy_ms);
	EXPECT_EQ(U64_MAX, self->ev.burst);
	EXPECT_EQ(U64_MAX, tcpa_interval_refusals(&self->ev.sum));
}

TEST_F(evidence, idle_interval_is_not_active)
{
	EXPECT_FALSE(tcpa_interval_active(&self->iv));
	self->iv.accept_now = 1;
	EXPECT_TRUE(tcpa_interval_active(&self->iv));
	self->iv.accept_now = 0;
	self->iv.other_drops = 1;
	EXPECT_TRUE(tcpa_interval_active(&self->iv));
	self->iv.other_drops = 0;
	self->iv.accepts = 1;
	EXPECT_TRUE(tcpa_interval_active(&self->iv));
}

/* Refused in 900 ms of each second, and low in between. */
TEST_F(evidence, spell_counts_time_in_which_somebody_was_refused)
{
	self->iv.overflows_syn = 300;
	self->iv.accepts = 230;
	self->iv.refusing_ms = 300;	/* it began late in the interval */
	tcpa_evidence_add(&self->ev, &self->iv);
	self->iv.refusing_ms = 900;
	tcpa_evidence_add(&self->ev, &self->iv);
	tcpa_evidence_add(&self->ev, &self->iv);
	EXPECT_EQ(2300, self->ev.spell_ms);
	EXPECT_EQ(2100, self->ev.spell_refusing_ms);
	EXPECT_EQ(690, self->ev.spell_accepts);
	EXPECT_EQ(900, self->ev.spell_refusals);
	/* A second of quiet ends it; half a second does not. */
	add_quiet(&self->ev, (struct tcpa_interval){ .ms = 500, .backlog = 100 }, 0, 0);
	tcpa_evidence_add(&self->ev, &self->iv);
	EXPECT_EQ(3300, self->ev.spell_ms);
	add_quiet(&self->ev, (struct tcpa_interval){ .ms = 1000, .backlog = 100 }, 0, 0);
	tcpa_evidence_add(&self->ev, &self->iv);
	EXPECT_EQ(900, self->ev.spell.ms);
	EXPECT_EQ(3300, self->ev.spell_ms);
}

/* Twenty behind ten a second wait for two seconds; while nobody is accepted, longer. */
TEST_F(evidence, wait_now_is_depth_over_rate)
{
	add_quiet(&self->ev, self->iv, 20, 10);
	EXPECT_EQ(0, self->ev.wait_now_ms);
	add_quiet(&self->ev, self->iv, 20, 10);
	EXPECT_EQ(2000, self->ev.wait_now_ms);
	add_quiet(&self->ev, self->iv, 20, 0);
	EXPECT_EQ(3000, self->ev.wait_now_ms);
	tcpa_evidence_roll(&self->ev);
	add_quiet(&self->ev, self->iv, 20, 0);
	EXPECT_EQ(4000, self->ev.wait_now_ms);
	add_quiet(&self->ev, self->iv, 0, 20);
	EXPECT_EQ(0, self->ev.wait_now_ms);
	/* Few are no reason for a verdict, but a wait. */
	add_quiet(&self->ev, self->iv, 7, 1);
	add_quiet(&self->ev, self->iv, 7, 1);
	EXPECT_EQ(7000, self->ev.wait_now_ms);
	EXPECT_EQ(0, self->ev.late_now_ms);
}

TEST_F(evidence, burst_within_an_interval_is_its_deficit)
{
	self->iv.overflows_syn = 900;
	self->iv.deficit = 870;
	self->iv.accept_hi = 101;
	tcpa_evidence_add(&self->ev, &self->iv);
	EXPECT_EQ(870, self->ev.burst);
	EXPECT_EQ(1, self->ev.drains);
	EXPECT_EQ(0, self->ev.episode_ms);
	EXPECT_EQ(0, self->ev.episode_now_ms);
}

TEST_F(evidence, refused_acks_count_once_per_request)
{
	/* Five ACKs each of twenty requests; no deficit was measured. */
	self->iv.accept_now = 101;
	self->iv.syn_hi = 15;
	self->iv.syn_now = 15;
	tcpa_evidence_add(&self->ev, &self->iv);
	self->iv.overflows_ack = 100;
	self->iv.queued = 5;
	self->iv.accept_hi = 101;
	tcpa_evidence_add(&self->ev, &self->iv);
	EXPECT_EQ(20, self->ev.burst);
	EXPECT_EQ(100, self->ev.sum.overflows_ack);
}

/*
 * @clients at once, who send right behind their final ACK and again after 200
 * and 400 ms, as each refusal is one more packet; the server is busy for 600 ms
 * and then takes them all. In intervals of @ms.
 */
static __u64 burst_of_those_who_speak_first(__u64 clients, __u32 backlog, __u32 ms)
{
	__u64 places = backlog + 1, over = clients - places;
	struct tcpa_evidence ev;
	struct tcpa_interval iv = { .ms = ms, .backlog = backlog };
	__u32 at;

	tcpa_evidence_reset(&ev);
	tcpa_evidence_add(&ev, &iv);
	for (at = 0; at < 2000; at += ms) {
		bool opens = !at, busy_ends = at < 700 && at + ms >= 700;
		__u32 packet;

		iv.syns = opens ? clients : 0;
		iv.queued = opens ? min_t(__u64, places, clients) : 0;
		iv.cookies_sent = iv.syns - iv.queued;
		iv.completions = opens ? places : 0;
		iv.overflows_ack = 0;
		for (packet = 100; packet < 700; packet += 100)
			if (packet >= at && packet < at + ms)
				iv.overflows_ack += over;
		iv.accepts = busy_ends ? clients : 0;
		iv.completions += busy_ends ? over : 0;
		iv.deficit = iv.overflows_ack;
		iv.accept_now = at + ms < 700 ? places : 0;
		iv.accept_hi = at < 700 ? places : 0;
		iv.accept_lo = at && iv.accept_now ? places : 0;
		iv.syn_hi = iv.queued;
		tcpa_evidence_add(&ev, &iv);
	}
	return ev.burst;
}

TEST_F(evidence, data_of_a_refused_client_is_no_second_connection)
{
	static const __u32 intervals[] = { 100, 250, 500, 1000 };
	__u32 i;

	for (i = 0; i < ARRAY_SIZE(intervals); i++) {
		__u32 ms = intervals[i];

		EXPECT_EQ(135, burst_of_those_who_speak_first(200, 64, ms));
		EXPECT_EQ(335, burst_of_those_who_speak_first(400, 64, ms));
		EXPECT_EQ(735, burst_of_those_who_speak_first(800, 64, ms));
		EXPECT_EQ(34, burst_of_those_who_speak_first(40, 5, ms));
		EXPECT_EQ(11, burst_of_those_who_speak_first(12, 0, ms));
	}
}

/* Who was refused at once is back after a second, not after a quarter more. */
TEST_F(evidence, a_client_is_back_after_a_second)
{
	self->iv.ms = 400;
	add_full(&self->ev, self->iv, 1, 60, 0, 90);
	add_full(&self->ev, self->iv, 1, 60, 0, 0);
	self->iv.ms = 600;
	add_full(&self->ev, self->iv, 1, 60, 0, 90);
	EXPECT_LE(self->ev.burst, 135);
	EXPECT_GE(self->ev.burst, 90);
}

TEST_F(evidence, episode_is_measured_while_above_half)
{
	add_full(&self->ev, self->iv, 4, 51, 10, 20);
	EXPECT_EQ(4000, self->ev.episode_ms);
	EXPECT_EQ(4000, self->ev.episode_now_ms);
	EXPECT_EQ(4000, self->ev.full_ms);
	EXPECT_EQ(40, self->ev.full_accepts);
	EXPECT_EQ(0, self->ev.drains);
	add_quiet(&self->ev, self->iv, 50, 51);
	EXPECT_EQ(0, self->ev.episode_now_ms);
	EXPECT_EQ(4000, self->ev.episode_ms);
	EXPECT_EQ(1, self->ev.drains);
}

TEST_F(evidence, episode_goes_on_without_refusals_while_above_half)
{
	add_full(&self->ev, self->iv, 2, 80, 10, 20);
	add_quiet(&self->ev, self->iv, 80, 21);
	EXPECT_EQ(3000, self->ev.episode_ms);
	add_full(&self->ev, self->iv, 1, 80, 10, 20);
	EXPECT_EQ(4000, self->ev.episode_ms);
}

TEST_F(evidence, half_is_drained)
{
	/* 50 of 100: at half. The interval before began the episode. */
	add_full(&self->ev, self->iv, 2, 50, 10, 20);
	EXPECT_EQ(0, self->ev.episode_ms);
	EXPECT_EQ(1, self->ev.drains);
}

TEST_F(evidence, short_drain_costs_twice_its_length)
{
	add_full(&self->ev, self->iv, 5, 60, 10, 20);
	add_full(&self->ev, self->iv, 1, 10, 10, 20);
	EXPECT_EQ(3000, self->ev.episode_now_ms);
	EXPECT_EQ(0, self->ev.drains);
	add_full(&self->ev, self->iv, 2, 10, 10, 20);
	EXPECT_EQ(0, self->ev.episode_now_ms);
	EXPECT_EQ(1, self->ev.drains);
	EXPECT_EQ(5000, self->ev.episode_ms);
}

TEST_F(evidence, small_queue_has_drained_after_a_quiet_second)
{
	self->iv.backlog = 5;
	self->iv.ms = 500;
	/* A low moment among refusals proves nothing of six places. */
	add_full(&self->ev, self->iv, 2, 0, 10, 20);
	self->iv.overflows_syn = 5;
	self->iv.accept_now = 1;
	tcpa_evidence_add(&self->ev, &self->iv);
	EXPECT_EQ(0, self->ev.drains);
	self->iv.overflows_syn = 0;
	add_full(&self->ev, self->iv, 1, 0, 10, 20);
	add_quiet(&self->ev, self->iv, 0, 6);
	EXPECT_EQ(0, self->ev.drains);
	add_quiet(&self->ev, self->iv, 0, 0);
	EXPECT_EQ(1, self->ev.drains);
}

TEST_F(evidence, quiet_second_of_a_small_queue_is_in_one_piece)
{
	self->iv.backlog = 5;
	self->iv.ms = 500;
	add_full(&self->ev, self->iv, 1, 0, 10, 20);
	add_quiet(&self->ev, self->iv, 0, 6);
	self->iv.overflows_syn = 5;
	tcpa_evidence_add(&self->ev, &self->iv);
	self->iv.overflows_syn = 0;
	add_quiet(&self->ev, self->iv, 0, 0);
	EXPECT_EQ(0, self->ev.drains);
	add_quiet(&self->ev, self->iv, 0, 0);
	EXPECT_EQ(1, self->ev.drains);
}

TEST_F(evidence, long_episode_counts_each_connection_about_once)
{
	__u64 clients;

	/*
	 * 20 new ones a second for 8 s, none of which gets in: refusals at 0,
	 * 1, 3, 7 s after the first try of each.
	 */
	static const __u64 refused[] = { 20, 40, 40, 60, 60, 60, 60, 80 };
	__u32 i;

	for (i = 0; i < ARRAY_SIZE(refused); i++)
		add_full(&self->ev, self->iv, 1, 60, 10, refused[i]);
	clients = self->ev.burst;
	EXPECT_GE(clients, 140);
	EXPECT_LE(clients, 200);
}

/* When clients of the two kinds send their SYNs, in ms after the first. */
static const __u32 doubling[] = { 0, 1000, 3000, 7000, 15000, 31000 };
static const __u32 linear[] = { 0, 1000, 2000, 3000, 4000, 5000, 7000, 11000, 19000,
				35000 };

struct stream {
	const __u32 *tries;
	__u32 nr;
	__u32 at_start;		/* so many at once, or */
	__u32 rate;		/* so many every 100 ms */
};

/* SYNs of @s from @ms on, for 100 ms. */
static __u64 syns_of(const struct stream *s, __u32 ms)
{
	__u64 n = 0;
	__u32 i;

	for (i = 0; i < s->nr; i++) {
		n += s->tries[i] == ms ? s->at_start : 0;
		n += s->tries[i] <= ms ? s->rate : 0;
	}
	return n;
}

/* For 60 s nobody gets in: each time the burst is @least to @most hundredths of it. */
static void expect_burst(struct __test_metadata *_metadata, const struct stream *s,
			 __u32 least, __u32 most)
{
	struct tcpa_interval iv = { .ms = 100, .backlog = 100 };
	struct tcpa_evidence ev;
	__u64 clients, syns;
	__u32 ms;

	tcpa_evidence_reset(&ev);
	for (ms = 0; ms < 60000; ms += 100) {
		syns = syns_of(s, ms);
		clients = s->at_start + s->rate * (ms / 100 + 1);
		add_full(&ev, iv, 1, 100, 0, syns);
		EXPECT_GE(ev.burst * 100, clients * least) {
			TH_LOG("%llu of %llu after %u ms", ev.burst, clients, ms);
		}
		EXPECT_LE(ev.burst * 100, clients * most) {
			TH_LOG("%llu of %llu after %u ms", ev.burst, clients, ms);
		}
	}
}

/* The bounds that judgement.rst gives, for both kinds of clients. */
TEST_F(evidence, burst_is_of_connections_whenever_clients_try_again)
{
	struct stream s = { .tries = doubling, .nr = ARRAY_SIZE(doubling) };

	s.rate = 100;
	expect_burst(_metadata, &s, 79, 150);
	s.rate = 0;
	s.at_start = 1000;
	expect_burst(_metadata, &s, 100, 175);
	s.tries = linear;
	s.nr = ARRAY_SIZE(linear);
	expect_burst(_metadata, &s, 100, 320);
	s.at_start = 0;
	s.rate = 100;
	expect_burst(_metadata, &s, 79, 250);
}

TEST_F(evidence, episode_outlasts_a_window)
{
	add_full(&self->ev, self->iv, 3, 60, 10, 20);
	tcpa_evidence_roll(&self->ev);
	EXPECT_EQ(1, self->ev.window);
	EXPECT_EQ(0, self->ev.sum.overflows_syn);
	EXPECT_EQ(3000, self->ev.episode_ms);
	add_full(&self->ev, self->iv, 2, 60, 10, 20);
	EXPECT_EQ(5000, self->ev.episode_ms);
	EXPECT_EQ(40, self->ev.sum.overflows_syn);
	tcpa_evidence_reset(&self->ev);
	add_full(&self->ev, self->iv, 1, 60, 10, 20);
	EXPECT_EQ(1000, self->ev.episode_ms);
}

TEST_F(evidence, stall_is_the_time_somebody_waited_in_vain)
{
	/* The first interval may have had its arrivals at its end. */
	add_full(&self->ev, self->iv, 1, 0, 0, 0);
	EXPECT_EQ(0, self->ev.stall_ms);
	add_full(&self->ev, self->iv, 2, 60, 0, 30);
	EXPECT_EQ(2000, self->ev.stall_ms);
	EXPECT_EQ(2000, self->ev.stall_now_ms);
	EXPECT_EQ(60, self->ev.stall_refusals);
	/* It ends within an interval, whose refusals belong to it. */
	add_full(&self->ev, self->iv, 1, 60, 80, 30);
	EXPECT_EQ(2000, self->ev.stall_ms);
	EXPECT_EQ(0, self->ev.stall_now_ms);
	EXPECT_EQ(90, self->ev.stall_refusals);
	add_full(&self->ev, self->iv, 1, 60, 80, 30);
	EXPECT_EQ(90, self->ev.stall_refusals);
}

TEST_F(evidence, empty_queue_is_no_stall)
{
	add_quiet(&self->ev, self->iv, 0, 0);
	add_quiet(&self->ev, self->iv, 0, 0);
	EXPECT_EQ(0, self->ev.stall_ms);
}

TEST_F(evidence, short_pause_is_no_stall)
{
	self->iv.ms = 250;
	add_full(&self->ev, self->iv, 1, 60, 10, 5);
	add_full(&self->ev, self->iv, 2, 60, 0, 5);
	add_full(&self->ev, self->iv, 1, 60, 10, 5);
	EXPECT_EQ(500, self->ev.stall_ms);
	EXPECT_EQ(0, self->ev.stall_refusals);
}

/* 17 places for requests of @queued SYNs, and @left more that got none. */
static struct tcpa_interval syn_full(__u64 queued, __u64 drops, __u64 cookies)
{
	struct tcpa_interval iv = {
		.ms = 1000, .backlog = 16, .syns = queued + drops + cookies,
		.queued = queued, .synq_drops = drops, .cookies_sent = cookies,
		.cookies_wanted = cookies, .completions = queued + cookies,
		.cookies_valid = cookies, .accepts = queued + cookies,
		.syn_hi = 17, .syn_now = 17,
	};

	return iv;
}

TEST_F(evidence, syn_need_is_rate_times_round_trip)
{
	/* 200/s with 200 ms: 40 places; 17 of them let 85/s in. */
	struct tcpa_interval iv = syn_full(85, 0, 115);

	tcpa_evidence_add(&self->ev, &iv);
	EXPECT_EQ(40, self->ev.syn_need);
	EXPECT_EQ(1000, self->ev.syn_busy_ms);
	EXPECT_EQ(200, self->ev.syn_answered);
	EXPECT_EQ(200, self->ev.syn_proven);
	EXPECT_EQ(115, self->ev.syn_short);
}

TEST_F(evidence, syn_need_is_at_most_one_place_each)
{
	struct tcpa_interval iv = syn_full(1, 0, 100);

	tcpa_evidence_add(&self->ev, &iv);
	EXPECT_EQ(117, self->ev.syn_need);
}

TEST_F(evidence, syn_need_discounts_repeated_syns)
{
	/* After eight seconds each has been sent four times. */
	struct tcpa_interval iv = syn_full(85, 460, 0);
	int i;

	for (i = 0; i < 9; i++)
		tcpa_evidence_add(&self->ev, &iv);
	/* The first second could not know: 17 + 17 * 460 / 85. */
	EXPECT_EQ(109, self->ev.syn_need);
	tcpa_evidence_roll(&self->ev);
	tcpa_evidence_add(&self->ev, &iv);
	EXPECT_EQ(40, self->ev.syn_need);
}

TEST_F(evidence, refused_acks_clog_the_syn_queue)
{
	struct tcpa_interval iv = syn_full(85, 0, 115);
	int i;

	iv.overflows_ack = 3;
	tcpa_evidence_add(&self->ev, &iv);
	iv.overflows_ack = 0;
	for (i = 0; i < 4; i++)
		tcpa_evidence_add(&self->ev, &iv);
	EXPECT_EQ(0, self->ev.syn_need);
	EXPECT_EQ(0, self->ev.syn_short);
	EXPECT_EQ(5000, self->ev.syn_busy_ms);
	tcpa_evidence_add(&self->ev, &iv);
	EXPECT_EQ(40, self->ev.syn_need);
	EXPECT_EQ(115, self->ev.syn_short);
}

TEST_F(evidence, a_verdict_rests_on_refusals_cookies_and_drops)
{
	add_quiet(&self->ev, self->iv, 50, 100);
	EXPECT_EQ(0, tcpa_evidence_events(&self->ev));
	self->iv.cookies_sent = 1;
	self->iv.other_drops = 2;
	self->iv.overflows_ack = 4;
	self->iv.synq_drops = 8;
	add_full(&self->ev, self->iv, 1, 60, 10, 16);
	EXPECT_EQ(31, tcpa_evidence_events(&self->ev));
}

/* 40 wait and 10 a second are accepted; while none is, all wait on. */
TEST_F(evidence, waits_are_depth_over_rate)
{
	int i;

	for (i = 0; i < 5; i++)
		add_quiet(&self->ev, self->iv, 40, 10);
	EXPECT_EQ(4000, self->ev.wait_ms);
	EXPECT_EQ(40, self->ev.wait_depth);
	/* Who waited in the first one had not been there before it. */
	EXPECT_EQ(4000, self->ev.late_ms);
	EXPECT_EQ(4000, tcpa_evidence_events(&self->ev));
	add_quiet(&self->ev, self->iv, 41, 0);
	EXPECT_EQ(5000, self->ev.wait_ms);
	EXPECT_EQ(40, self->ev.wait_depth);
	EXPECT_EQ(5000, self->ev.late_ms);
	add_quiet(&self->ev, self->iv, 40, 10);
	EXPECT_EQ(6000, self->ev.late_ms);
	/* Few are no row, and do not end one while nobody is accepted. */
	add_quiet(&self->ev, self->iv, 7, 0);
	EXPECT_EQ(6000, self->ev.late_now_ms);
	add_quiet(&self->ev, self->iv, 7, 1);
	EXPECT_EQ(0, self->ev.late_now_ms);
	EXPECT_EQ(5000, self->ev.wait_ms);
}

/* Twenty wait, and one of them is accepted in a second: that is no wait of 20 s. */
TEST_F(evidence, nobody_has_waited_for_longer_than_the_queue_stood)
{
	add_quiet(&self->ev, self->iv, 20, 0);
	add_quiet(&self->ev, self->iv, 20, 0);
	EXPECT_EQ(1000, tcpa_evidence_wait(&self->ev));
	add_quiet(&self->ev, self->iv, 19, 1);
	EXPECT_EQ(19000, self->ev.wait_now_ms);
	EXPECT_EQ(2000, tcpa_evidence_wait(&self->ev));
	EXPECT_EQ(2000, self->ev.wait_ms);
	tcpa_evidence_roll(&self->ev);
	add_quiet(&self->ev, self->iv, 18, 1);
	EXPECT_EQ(3000, self->ev.wait_ms);
	/* It was empty: whoever comes now begins to wait. */
	add_quiet(&self->ev, self->iv, 0, 18);
	EXPECT_EQ(0, tcpa_evidence_wait(&self->ev));
	add_quiet(&self->ev, self->iv, 20, 0);
	add_quiet(&self->ev, self->iv, 19, 1);
	EXPECT_EQ(1000, tcpa_evidence_wait(&self->ev));
}

/* Half a second is long for clients that do not wait for so long. */
TEST_F(evidence, whoever_has_gone_waited_too_long)
{
	int i;

	self->iv.next = 16;
	self->iv.gone = 8;
	for (i = 0; i < 5; i++)
		add_quiet(&self->ev, self->iv, 20, 40);
	EXPECT_EQ(500, self->ev.wait_now_ms);
	EXPECT_EQ(4000, self->ev.late_ms);
	EXPECT_EQ(8, self->ev.gone);
	EXPECT_EQ(16, self->ev.gone_of);
	/* Who is gone within less did not go for it. */
	add_quiet(&self->ev, self->iv, 20, 101);
	EXPECT_EQ(0, self->ev.late_now_ms);
	/* Fewer are those that always go early. */
	self->iv.gone = 7;
	add_quiet(&self->ev, self->iv, 20, 40);
	EXPECT_EQ(0, self->ev.late_now_ms);
	self->iv.gone = 16;
	add_quiet(&self->ev, self->iv, 7, 1);
	EXPECT_EQ(0, self->ev.late_now_ms);
	add_quiet(&self->ev, self->iv, 20, 10);
	add_quiet(&self->ev, self->iv, 20, 10);
	EXPECT_EQ(1000, self->ev.late_now_ms);
	EXPECT_EQ(16, self->ev.gone);
	EXPECT_EQ(4000, self->ev.late_ms);
}

/* Twenty ticks of a second and one of twenty are of the same load. */
TEST_F(evidence, a_long_interval_is_no_long_episode)
{
	self->iv.backlog = 16;
	self->iv.ms = 20000;
	add_full(&self->ev, self->iv, 1, 0, 400, 200);
	EXPECT_GE(2000, self->ev.episode_ms);
	EXPECT_GE(2000, self->ev.syn_busy_ms);
}

TEST_HARNESS_MAIN
