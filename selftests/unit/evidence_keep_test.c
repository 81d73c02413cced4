// SPDX-License-Identifier: GPL-2.0
/*
 * evidence_keep_test.c - from windows to the evidence that is kept.
 */
#include "kselftest_harness.h"

#include "evidence_fixture.h"

TEST_F(evidence, noise_does_not_make_a_window_worse)
{
	struct tcpa_evidence other;

	tcpa_evidence_reset(&other);
	add_full(&self->ev, self->iv, 1, 60, 10, 112);
	add_full(&other, self->iv, 1, 60, 10, 100);
	EXPECT_FALSE(tcpa_evidence_worse(&self->ev, &other));
	EXPECT_FALSE(tcpa_evidence_worse(&other, &self->ev));
	add_full(&self->ev, self->iv, 1, 60, 10, 1);
	EXPECT_TRUE(tcpa_evidence_worse(&self->ev, &other));
	EXPECT_FALSE(tcpa_evidence_worse(&other, &self->ev));
}

TEST_F(evidence, cookies_make_a_window_worse_too)
{
	struct tcpa_evidence quiet;
	struct tcpa_interval iv = self->iv;

	iv.cookies_sent = 115;
	tcpa_evidence_reset(&quiet);
	tcpa_evidence_add(&self->ev, &iv);
	EXPECT_TRUE(tcpa_evidence_worse(&self->ev, &quiet));
}

/* Nobody refused: nothing that stands until the backlog changes. */
TEST_F(evidence, waits_of_long_ago_are_forgotten)
{
	struct tcpa_evidence kept = self->ev;
	int i;

	self->iv.next = 16;
	self->iv.gone = 15;
	for (i = 0; i < 6; i++)
		add_quiet(&self->ev, self->iv, 40, 10);
	tcpa_evidence_keep(&kept, &self->ev);
	EXPECT_EQ(5000, kept.late_ms);
	EXPECT_EQ(15, kept.gone);
	add_quiet(&self->ev, self->iv, 0, 40);
	for (i = 0; i < 9; i++)
		tcpa_evidence_roll(&self->ev);
	tcpa_evidence_keep(&kept, &self->ev);
	EXPECT_EQ(5000, kept.late_ms);
	EXPECT_EQ(15, kept.gone);
	tcpa_evidence_roll(&self->ev);
	tcpa_evidence_keep(&kept, &self->ev);
	EXPECT_EQ(0, kept.late_ms);
	EXPECT_EQ(0, kept.gone);
}

/* A restart: what was learnt stays, what was under way does not. */
TEST_F(evidence, is_inherited_by_whoever_comes_in_its_place)
{
	struct tcpa_evidence old = self->ev, kept = self->ev, cur = self->ev;

	add_full(&old, self->iv, 4, 80, 50, 30);
	EXPECT_NE(0, old.episode_now_ms);
	tcpa_evidence_inherit(&kept, &cur, &old, 0);
	EXPECT_EQ(120, tcpa_interval_refusals(&kept.sum));
	EXPECT_EQ(old.burst, kept.burst);
	EXPECT_EQ(4000, kept.episode_ms);
	EXPECT_EQ(0, kept.episode_now_ms);
	EXPECT_EQ(0, kept.sum.accept_now);
	/* The new one's first windows are better, and do not displace it. */
	add_quiet(&cur, self->iv, 5, 10);
	tcpa_evidence_keep(&kept, &cur);
	EXPECT_EQ(120, tcpa_interval_refusals(&kept.sum));
	EXPECT_EQ(1, kept.age);
	EXPECT_EQ(5, kept.sum.accept_now);
}

/* It fades as any does, the time in between included. */
TEST_F(evidence, that_is_inherited_ages)
{
	struct tcpa_evidence old = self->ev, kept = self->ev, cur = self->ev;
	int i;

	add_full(&old, self->iv, 1, 80, 50, 30);
	tcpa_evidence_inherit(&kept, &cur, &old, 25);
	EXPECT_EQ(25, kept.age);
	for (i = 0; i < 5; i++)
		tcpa_evidence_roll(&cur);
	tcpa_evidence_keep(&kept, &cur);
	EXPECT_EQ(30, kept.age);
}

TEST_F(evidence, keep_updates_the_same_window)
{
	struct tcpa_evidence kept;

	tcpa_evidence_reset(&kept);
	add_full(&self->ev, self->iv, 1, 60, 10, 100);
	tcpa_evidence_keep(&kept, &self->ev);
	EXPECT_EQ(100, kept.sum.overflows_syn);
	add_full(&self->ev, self->iv, 1, 60, 10, 1);
	tcpa_evidence_keep(&kept, &self->ev);
	EXPECT_EQ(101, kept.sum.overflows_syn);
}

TEST_F(evidence, keep_prefers_the_worse_window)
{
	struct tcpa_evidence kept;

	tcpa_evidence_reset(&kept);
	add_full(&self->ev, self->iv, 1, 60, 10, 100);
	tcpa_evidence_keep(&kept, &self->ev);
	tcpa_evidence_roll(&self->ev);
	add_full(&self->ev, self->iv, 1, 60, 10, 50);
	tcpa_evidence_keep(&kept, &self->ev);
	EXPECT_EQ(100, kept.sum.overflows_syn);
	EXPECT_EQ(0, kept.window);
	add_full(&self->ev, self->iv, 1, 60, 10, 80);
	tcpa_evidence_keep(&kept, &self->ev);
	EXPECT_EQ(130, kept.sum.overflows_syn);
	EXPECT_EQ(1, kept.window);
}

TEST_F(evidence, keep_knows_how_an_episode_ended)
{
	struct tcpa_evidence kept;

	tcpa_evidence_reset(&kept);
	add_full(&self->ev, self->iv, 3, 60, 10, 100);
	tcpa_evidence_keep(&kept, &self->ev);
	EXPECT_EQ(3000, kept.episode_now_ms);
	tcpa_evidence_roll(&self->ev);
	add_full(&self->ev, self->iv, 1, 60, 10, 1);
	add_quiet(&self->ev, self->iv, 3, 98);
	tcpa_evidence_keep(&kept, &self->ev);
	EXPECT_EQ(300, kept.sum.overflows_syn);
	EXPECT_EQ(4000, kept.episode_ms);
	EXPECT_EQ(0, kept.episode_now_ms);
	EXPECT_EQ(1, kept.drains);
	EXPECT_EQ(3, kept.sum.accept_now);
}

TEST_F(evidence, keep_takes_over_the_longest_stall)
{
	struct tcpa_evidence kept;

	tcpa_evidence_reset(&kept);
	add_full(&self->ev, self->iv, 1, 60, 10, 500);
	tcpa_evidence_keep(&kept, &self->ev);
	tcpa_evidence_roll(&self->ev);
	add_full(&self->ev, self->iv, 2, 60, 0, 100);
	tcpa_evidence_keep(&kept, &self->ev);
	EXPECT_EQ(500, kept.sum.overflows_syn);
	EXPECT_EQ(2000, kept.stall_ms);
	EXPECT_EQ(200, kept.stall_refusals);
	EXPECT_EQ(2000, kept.stall_now_ms);
}

/* An outage of ten minutes, then a burst a minute for @minutes. */
static struct tcpa_evidence outage_then_bursts(struct tcpa_interval iv, __u32 minutes)
{
	struct tcpa_evidence cur, kept;
	__u32 i;

	tcpa_evidence_reset(&cur);
	tcpa_evidence_reset(&kept);
	for (i = 0; i < 10; i++) {
		add_full(&cur, iv, 60, 101, 0, 100);
		tcpa_evidence_keep(&kept, &cur);
		tcpa_evidence_roll(&cur);
	}
	for (i = 0; i < minutes; i++) {
		add_full(&cur, iv, 1, 60, 300, 200);
		add_quiet(&cur, iv, 0, 101);
		tcpa_evidence_keep(&kept, &cur);
		tcpa_evidence_roll(&cur);
	}
	return kept;
}

TEST_F(evidence, an_outage_fades)
{
	struct tcpa_evidence kept = outage_then_bursts(self->iv, 5);

	EXPECT_LE(60000, kept.stall_ms);
	EXPECT_LE(5, kept.age);
	/* 6000 refusals are less than 200 after five times ten windows. */
	kept = outage_then_bursts(self->iv, 70);
	EXPECT_EQ(200, kept.sum.overflows_syn);
	EXPECT_EQ(0, kept.stall_ms);
	EXPECT_GT(10, kept.age);
	kept = outage_then_bursts(self->iv, 24 * 60);
	EXPECT_EQ(0, kept.stall_ms);
}

TEST_HARNESS_MAIN
