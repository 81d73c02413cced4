// SPDX-License-Identifier: GPL-2.0
/*
 * turns_test.c - KUnit: who has a turn at a tick when there is not time for all.
 *
 * Context: the cases run one after another; namespaces are made up, on a list of the case.
 * Does not: sample, or judge; a case says how long that would have taken.
 */
#include <kunit/test.h>
#include <linux/ktime.h>
#include <linux/list.h>

#include "observe/state.h"
#include "observe/turns.h"

/* For 5 ms of sampling and 1 ms of judging. */
#define TICK_MS	100
#define NETS	6

struct made_up {
	struct tcpa_net *tn[NETS];
	unsigned int judged[NETS];
	struct list_head list;
	struct tcpa_turns turns;
};

static struct made_up *make(struct kunit *test)
{
	struct made_up *m = kunit_kzalloc(test, sizeof(*m), GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, m);
	INIT_LIST_HEAD(&m->list);
	tcpa_turns_init(&m->turns);
	for (i = 0; i < NETS; i++) {
		m->tn[i] = kunit_kzalloc(test, sizeof(*m->tn[i]), GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, m->tn[i]);
		list_add_tail(&m->tn[i]->node, &m->list);
	}
	return m;
}

static void judged(struct made_up *m, struct tcpa_net *tn, unsigned int ms)
{
	tcpa_turns_judged(&m->turns, tn, ktime_sub_ms(ktime_get(), ms));
}

/* A tick that begins with number @first, and where the next one does. All want to be judged. */
static unsigned int tick(struct made_up *m, unsigned int first)
{
	unsigned int i, n;

	tcpa_turns_begin(&m->turns, TICK_MS);
	for (n = 0; n < NETS; n++) {
		i = (first + n) % NETS;
		if (!tcpa_turns_may_sample(&m->turns, m->tn[i], TICK_MS))
			continue;
		tcpa_turns_sampled(&m->turns, m->tn[i], 2500 * NSEC_PER_USEC);
		if (tcpa_turns_may_judge(&m->turns, m->tn[i])) {
			judged(m, m->tn[i], 3);
			m->judged[i]++;
		}
	}
	for (i = 0; i < NETS; i++)
		if (m->turns.unsampled == m->tn[i])
			return i;
	return first;
}

/* Two are sampled at each tick, the same at each third, when there is time to judge one. */
static void everybody_is_judged(struct kunit *test)
{
	struct made_up *m = make(test);
	unsigned int n, at = 0;

	for (n = 0; n < 10 * NETS; n++)
		at = tick(m, at);
	for (n = 0; n < NETS; n++)
		KUNIT_EXPECT_GT(test, m->judged[n], 0U);
}

static void everybody_is_sampled(struct kunit *test)
{
	struct made_up *m = make(test);

	KUNIT_EXPECT_EQ(test, 2U, tick(m, 0));
	KUNIT_EXPECT_EQ(test, 0U, m->tn[1]->skipped_ms);
	KUNIT_EXPECT_EQ(test, 1U * TICK_MS, m->tn[2]->skipped_ms);
	KUNIT_EXPECT_EQ(test, 4U, tick(m, 2));
	KUNIT_EXPECT_EQ(test, 1U * TICK_MS, m->tn[0]->skipped_ms);
	KUNIT_EXPECT_EQ(test, 2U * TICK_MS, m->tn[4]->skipped_ms);
	KUNIT_EXPECT_EQ(test, 0U, tick(m, 4));
}

static void roots_have_theirs(struct kunit *test)
{
	struct made_up *m = make(test);

	m->tn[5]->owner.root = true;
	tick(m, 0);
	tick(m, 0);
	KUNIT_EXPECT_EQ(test, 0U, m->tn[5]->skipped_ms);
	KUNIT_EXPECT_EQ(test, 2U, m->judged[5]);
}

/* Nobody waits for one that has ended, and it has a turn, to be dropped. */
static void ended_ones_keep_nobody_waiting(struct kunit *test)
{
	struct made_up *m = make(test);

	tcpa_turns_begin(&m->turns, TICK_MS);
	KUNIT_EXPECT_TRUE(test, tcpa_turns_may_judge(&m->turns, m->tn[0]));
	judged(m, m->tn[0], 2);
	KUNIT_EXPECT_FALSE(test, tcpa_turns_may_judge(&m->turns, m->tn[1]));
	m->turns.sampling_ns = 0;
	m->turns.judging_ns = 1;
	KUNIT_EXPECT_FALSE(test, tcpa_turns_may_judge(&m->turns, m->tn[0]));
	KUNIT_EXPECT_FALSE(test, tcpa_turns_may_sample(&m->turns, m->tn[1], TICK_MS));
	list_del_init(&m->tn[1]->node);
	KUNIT_EXPECT_TRUE(test, tcpa_turns_may_sample(&m->turns, m->tn[1], TICK_MS));
	tcpa_turns_leave(&m->turns, m->tn[1]);
	KUNIT_EXPECT_TRUE(test, tcpa_turns_may_judge(&m->turns, m->tn[0]));
}

static struct kunit_case cases[] = {
	KUNIT_CASE(everybody_is_judged),
	KUNIT_CASE(everybody_is_sampled),
	KUNIT_CASE(roots_have_theirs),
	KUNIT_CASE(ended_ones_keep_nobody_waiting),
	{ }
};

static struct kunit_suite suite = {
	.name = "tcpadvisor_turns",
	.test_cases = cases,
};

kunit_test_suite(suite);
