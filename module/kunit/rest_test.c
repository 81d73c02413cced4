// SPDX-License-Identifier: GPL-2.0
/*
 * rest_test.c - KUnit: whose listeners are not recorded for a while.
 *
 * Context: the cases run one after another; a listener is made up, and so in one place
 * whoever's it is.
 * Does not: record.
 */
#include <kunit/test.h>

#include "observe/rest.h"
#include "observe/state.h"

static struct tcpa_listener *entry(struct kunit *test, u8 uid)
{
	struct tcpa_listener *l = kunit_kzalloc(test, sizeof(*l), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, l);
	l->owner.uid = uid;
	return l;
}

static void one_rests_for_a_time(struct kunit *test)
{
	struct tcpa_listener *l = entry(test, 1);

	tcpa_rest(l, 200);
	KUNIT_EXPECT_TRUE(test, tcpa_rests(l));
	tcpa_rest(l, 0);
	KUNIT_EXPECT_FALSE(test, tcpa_rests(l));
}

static void others_do_not_rest_with_it(struct kunit *test)
{
	struct tcpa_listener *l = entry(test, 1);

	tcpa_rest(l, 200);
	l->owner.uid = 2;
	KUNIT_EXPECT_FALSE(test, tcpa_rests(l));
	l->owner.root = true;
	l->tn = (void *)l;
	KUNIT_EXPECT_FALSE(test, tcpa_rests(l));
}

static void namespaces_of_root_are_told_apart(struct kunit *test)
{
	struct tcpa_listener *l = entry(test, 0);

	l->owner.root = true;
	l->tn = (void *)l;
	tcpa_rest(l, 200);
	KUNIT_EXPECT_TRUE(test, tcpa_rests(l));
	l->tn = (void *)test;
	KUNIT_EXPECT_FALSE(test, tcpa_rests(l));
}

static struct kunit_case cases[] = {
	KUNIT_CASE(one_rests_for_a_time),
	KUNIT_CASE(others_do_not_rest_with_it),
	KUNIT_CASE(namespaces_of_root_are_told_apart),
	{ }
};

static struct kunit_suite suite = {
	.name = "tcpadvisor_rest",
	.test_cases = cases,
};

kunit_test_suite(suite);
