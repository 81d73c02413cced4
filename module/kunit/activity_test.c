// SPDX-License-Identifier: GPL-2.0
/*
 * activity_test.c - KUnit: the quick way of handlers to the cells of an entry, which
 * one that is recorded has not.
 *
 * Context: the cases run one after another; entries are made up, on no list.
 * Does not: record; a case writes what record.c would.
 */
#include <kunit/test.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/sched.h>

#include "observe/activity.h"
#include "observe/state.h"

#define TIMES 300000

static void free_cells(void *l)
{
	free_percpu(((struct tcpa_listener *)l)->cells);
}

static struct tcpa_listener *entry(struct kunit *test, u32 state)
{
	struct tcpa_listener *l = kunit_kzalloc(test, sizeof(*l), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, l);
	l->cells = alloc_percpu(struct tcpa_cells);
	KUNIT_ASSERT_TRUE(test, l->cells);
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, free_cells, l));
	atomic_set(&l->state, state);
	return l;
}

static void quicken(struct tcpa_listener *l)
{
	mutex_lock(&tcpa_netns_lock);
	tcpa_activity_quicken(l);
	mutex_unlock(&tcpa_netns_lock);
}

static void leads_to_the_cells(struct kunit *test)
{
	struct tcpa_listener *l = entry(test, TCPA_STATE_QUEUED);

	quicken(l);
	KUNIT_EXPECT_TRUE(test, l->quick == l->cells);
	KUNIT_EXPECT_FALSE(test, l->unrecorded);
}

/* Who found no ring takes nothing back, and so may not have taken it away. */
static void stays_where_a_recording_found_no_ring(struct kunit *test)
{
	struct tcpa_listener *l = entry(test, TCPA_STATE_QUEUED | TCPA_STATE_RECORDED);

	quicken(l);
	atomic_andnot(TCPA_STATE_RECORDED, &l->state);
	KUNIT_EXPECT_TRUE(test, l->quick == l->cells);
}

/* What a handler on another CPU does, as often as it can. */
static int look(void *arg)
{
	const struct tcpa_listener *l = arg;
	int seen = 0;

	while (!kthread_should_stop()) {
		seen += !!READ_ONCE(l->quick);
		cond_resched();
	}
	return seen;
}

static void is_not_seen_of_a_recorded_one(struct kunit *test)
{
	u32 state = TCPA_STATE_QUEUED | TCPA_STATE_RECORDED | 1 << TCPA_STATE_RECORDING;
	struct tcpa_listener *l = entry(test, state);
	struct task_struct *handler = kthread_run(look, l, "tcpa_look");
	int i;

	KUNIT_ASSERT_FALSE(test, IS_ERR(handler));
	for (i = 0; i < TIMES; i++) {
		quicken(l);
		cond_resched();
	}
	KUNIT_EXPECT_EQ(test, kthread_stop(handler), 0);
	KUNIT_EXPECT_FALSE(test, l->unrecorded);
}

/* What begin() of record.c does, each time it is told to. */
struct recorder {
	struct tcpa_listener *l;
	int round;		/* that it may begin with */
	int done;		/* that it has ended */
};

static int record(void *arg)
{
	struct recorder *r = arg;
	int i;

	for (i = 1; !kthread_should_stop(); cond_resched()) {
		/* The state that it begins with is there. */
		if (smp_load_acquire(&r->round) < i)
			continue;
		atomic_or(1 << TCPA_STATE_RECORDING, &r->l->state);
		smp_mb__after_atomic();	/* as there */
		WRITE_ONCE(r->l->quick, NULL);
		smp_store_release(&r->done, i++);	/* and nothing is to come */
	}
	return 0;
}

static void is_gone_whoever_is_first(struct kunit *test)
{
	struct recorder r = { .l = entry(test, 0) };
	struct task_struct *recorder = kthread_run(record, &r, "tcpa_record");
	int i, stayed = 0;

	KUNIT_ASSERT_FALSE(test, IS_ERR(recorder));
	for (i = 1; i <= TIMES / 10; i++) {
		atomic_set(&r.l->state, TCPA_STATE_QUEUED | TCPA_STATE_RECORDED);
		smp_store_release(&r.round, i);	/* after the state */
		quicken(r.l);
		while (smp_load_acquire(&r.done) < i)	/* before `quick` is read */
			cond_resched();
		stayed += !!r.l->quick;
	}
	kthread_stop(recorder);
	KUNIT_EXPECT_EQ(test, stayed, 0);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(leads_to_the_cells),
	KUNIT_CASE(stays_where_a_recording_found_no_ring),
	KUNIT_CASE(is_not_seen_of_a_recorded_one),
	KUNIT_CASE(is_gone_whoever_is_first),
	{ }
};

static struct kunit_suite suite = {
	.name = "tcpadvisor_activity",
	.test_cases = cases,
};

kunit_test_suite(suite);
