// SPDX-License-Identifier: GPL-2.0
/*
 * netns_test.c - KUnit: what is kept per network namespace, and its published
 * set as a reader gets it.
 *
 * Context: the cases run one after another, each on a state of its own.
 * Does not: judge; the texts are made up.
 */
#include <kunit/test.h>
#include <linux/mutex.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "observe/attribution.h"
#include "observe/state.h"
#include "publish/set.h"
#include "fixture.h"

static int netns_init(struct kunit *test)
{
	test->priv = kunit_kzalloc(test, PAGE_SIZE, GFP_KERNEL);
	return test->priv ? tcpa_fixture_init(3) : -ENOMEM;
}

static void netns_exit(struct kunit *test)
{
	tcpa_fixture_exit();
}

static int publish(struct tcpa_net *tn, const char *text)
{
	int err;

	mutex_lock(&tcpa_netns_lock);
	err = tcpa_set_publish(tn, tcpa_set_next_generation(tn), text,
			       strlen(text));
	mutex_unlock(&tcpa_netns_lock);
	return err;
}

static void starts_with_nothing(struct kunit *test)
{
	struct tcpa_net *tn = tcpa_fixture_net();
	char *text = test->priv;

	KUNIT_ASSERT_NOT_NULL(test, tn);
	KUNIT_EXPECT_PTR_EQ(test, tn->net, &init_net);
	KUNIT_EXPECT_EQ(test, tn->closed.listeners, 0);
	KUNIT_EXPECT_EQ(test, tcpa_set_generation(tn), 0);
	KUNIT_EXPECT_GT(test, tcpa_set_show(tn, text), 0);
	KUNIT_EXPECT_NOT_NULL(test, strstr(text, "generation=0"));
}

static void shows_what_was_published(struct kunit *test)
{
	struct tcpa_net *tn = tcpa_fixture_net();
	char *text = test->priv;
	u64 first;

	KUNIT_ASSERT_EQ(test, publish(tn, "# one\n"), 0);
	first = tcpa_set_generation(tn);
	KUNIT_ASSERT_EQ(test, publish(tn, "# another\n"), 0);
	KUNIT_EXPECT_GT(test, tcpa_set_generation(tn), first);
	KUNIT_EXPECT_EQ(test, tcpa_set_show(tn, text), strlen("# another\n"));
	KUNIT_EXPECT_STREQ(test, text, "# another\n");
	tcpa_set_withdraw(tn);
	KUNIT_EXPECT_EQ(test, tcpa_set_generation(tn), 0);
}

static void has_no_residual_after_rebase(struct kunit *test)
{
	struct tcpa_net *tn = tcpa_fixture_net();
	unsigned int i;

	tcpa_attribution_rebase(tn);
	for (i = 0; i < TCPA_MIBS; i++)
		KUNIT_EXPECT_EQ(test, tcpa_attribution_residual(tn, i), 0);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(starts_with_nothing),
	KUNIT_CASE(shows_what_was_published),
	KUNIT_CASE(has_no_residual_after_rebase),
	{ }
};

static struct kunit_suite suite = {
	.name = "tcpadvisor_netns",
	.init = netns_init,
	.exit = netns_exit,
	.test_cases = cases,
};

kunit_test_suite(suite);
