// SPDX-License-Identifier: GPL-2.0
/*
 * table_test.c - KUnit: the table of listeners, its bound, names of entries.
 *
 * Context: the cases run one after another, each on a table of three.
 * Does not: count or judge; no hook is armed.
 */
#include <kunit/test.h>
#include <linux/net.h>
#include <linux/string.h>
#include <net/inet_sock.h>

#include "judge/sample.h"
#include "observe/listener.h"
#include "observe/reconcile.h"
#include "observe/scan.h"
#include "observe/state.h"
#include "fixture.h"

static int table_init(struct kunit *test)
{
	return tcpa_fixture_init(3);
}

static void table_exit(struct kunit *test)
{
	tcpa_fixture_exit();
}

static void starts_once(struct kunit *test)
{
	struct socket *sock = tcpa_fixture_listen(test, AF_INET);
	struct tcpa_listener *l = tcpa_fixture_find(sock);

	KUNIT_ASSERT_NOT_NULL(test, l);
	KUNIT_EXPECT_EQ(test, l->requested, 7);
	tcpa_listeners_scan();
	tcpa_listeners_reconcile();
	KUNIT_EXPECT_PTR_EQ(test, tcpa_fixture_find(sock), l);
	KUNIT_EXPECT_TRUE(test, l->visible);
	KUNIT_EXPECT_EQ(test, l->requested, 7);
}

static void ends_in_closed(struct kunit *test)
{
	struct socket *sock = tcpa_fixture_listen(test, AF_INET);
	struct tcpa_net *tn = tcpa_fixture_net();
	u64 closed = tn->closed.listeners, aborted = tn->closed.aborted;

	tcpa_listeners_reconcile();
	tcpa_fixture_stop(sock);
	tcpa_fixture_stop(sock);
	tcpa_listeners_reconcile();
	KUNIT_EXPECT_NULL(test, tcpa_fixture_find(sock));
	KUNIT_EXPECT_EQ(test, tn->closed.listeners, closed + 1);
	KUNIT_EXPECT_EQ(test, tn->closed.aborted, aborted + 2);
}

static void ends_before_it_is_shown(struct kunit *test)
{
	struct socket *sock = tcpa_fixture_listen(test, AF_INET);

	tcpa_fixture_stop(sock);
	tcpa_listeners_reconcile();
	KUNIT_EXPECT_NULL(test, tcpa_fixture_find(sock));
}

static void starts_again_before_removal(struct kunit *test)
{
	struct socket *sock = tcpa_fixture_listen(test, AF_INET);
	struct tcpa_listener *first = tcpa_fixture_find(sock), *second;

	tcpa_fixture_stop(sock);
	preempt_disable();
	tcpa_listener_started(sock->sk, 8);
	preempt_enable();
	second = tcpa_fixture_find(sock);
	KUNIT_EXPECT_PTR_NE(test, first, second);
	tcpa_listeners_reconcile();
	KUNIT_EXPECT_PTR_EQ(test, tcpa_fixture_find(sock), second);
}

static void bound_is_reached_and_left(struct kunit *test)
{
	struct tcpa_net *tn = tcpa_fixture_net();
	struct socket *sock[4];
	int i;

	for (i = 0; i < 4; i++)
		sock[i] = tcpa_fixture_listen(test, AF_INET);
	KUNIT_EXPECT_NOT_NULL(test, tcpa_fixture_find(sock[2]));
	KUNIT_EXPECT_NULL(test, tcpa_fixture_find(sock[3]));
	KUNIT_EXPECT_EQ(test, atomic_read(&tn->untracked_listeners), 1);
	KUNIT_EXPECT_FALSE(test, tcpa_listeners_want_scan());
	tcpa_fixture_stop(sock[0]);
	KUNIT_EXPECT_EQ(test, kernel_sock_shutdown(sock[0], SHUT_RDWR), 0);
	tcpa_listeners_reconcile();
	KUNIT_EXPECT_TRUE(test, tcpa_listeners_want_scan());
	tcpa_listeners_scan();
	KUNIT_EXPECT_NOT_NULL(test, tcpa_fixture_find(sock[3]));
	KUNIT_EXPECT_EQ(test, atomic_read(&tn->untracked_listeners), 0);
}

static void expect_name(struct kunit *test, int family, const char *address)
{
	struct socket *sock = tcpa_fixture_listen(test, family);
	const struct tcpa_listener *l = tcpa_fixture_find(sock);
	char name[TCPA_NAME_MAX], want[TCPA_NAME_MAX];

	tcpa_listeners_reconcile();
	snprintf(want, sizeof(want), "%s:%u@%llx", address,
		 inet_sk(sock->sk)->inet_num,
		 (u64)atomic64_read(&sock->sk->sk_cookie));
	tcpa_listener_name(l, name, sizeof(name));
	KUNIT_EXPECT_STREQ(test, name, want);
	tcpa_listener_name(l, name, 5);
	KUNIT_EXPECT_EQ(test, strlen(name), 4);
}

static void is_named(struct kunit *test)
{
	expect_name(test, AF_INET, "127.0.0.1");
	expect_name(test, AF_INET6, "[::1]");
}

static struct kunit_case cases[] = {
	KUNIT_CASE(starts_once),
	KUNIT_CASE(ends_in_closed),
	KUNIT_CASE(ends_before_it_is_shown),
	KUNIT_CASE(starts_again_before_removal),
	KUNIT_CASE(bound_is_reached_and_left),
	KUNIT_CASE(is_named),
	{ }
};

static struct kunit_suite suite = {
	.name = "tcpadvisor_table",
	.init = table_init,
	.exit = table_exit,
	.test_cases = cases,
};

kunit_test_suite(suite);
