// SPDX-License-Identifier: GPL-2.0
/*
 * fixture.c - the module's state without its hooks and sampler, for the suites.
 *
 * Context: process, in a KUnit case. The module itself must not be loaded: both
 * have the same place in sysfs.
 * Does not: arm hooks.
 */
#include "fixture.h"

#include <kunit/test.h>
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/module.h>
#include <linux/net.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>
#include <net/net_namespace.h>
#include <net/sock.h>

#include "observe/listener.h"
#include "observe/netns.h"
#include "observe/reconcile.h"
#include "observe/state.h"
#include "publish/sysfs.h"

int tcpa_fixture_init(unsigned int max)
{
	int err = tcpa_listeners_init(max, &tcpa_sysfs_view);

	if (err)
		return err;
	tcpa_reconcile_init(&tcpa_sysfs_view);
	err = tcpa_netns_init(&tcpa_sysfs_view);
	if (err)
		goto err_listeners;
	err = tcpa_sysfs_init();
	if (err)
		goto err_netns;
	return 0;

err_netns:
	tcpa_netns_exit();
err_listeners:
	tcpa_reconcile_exit();
	tcpa_listeners_exit();
	return err;
}

void tcpa_fixture_exit(void)
{
	tcpa_listeners_remove_all();
	tcpa_sysfs_exit();
	tcpa_netns_exit();
	tcpa_reconcile_exit();
	tcpa_listeners_exit();
}

struct tcpa_net *tcpa_fixture_net(void)
{
	return tcpa_net(&init_net);
}

static int bind_loopback(struct socket *sock, int family)
{
	struct sockaddr_in6 v6 = {
		.sin6_family = AF_INET6,
		.sin6_addr = IN6ADDR_LOOPBACK_INIT,
	};
	struct sockaddr_in v4 = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};

	return family == AF_INET6 ?
		kernel_bind(sock, (struct sockaddr *)&v6, sizeof(v6)) :
		kernel_bind(sock, (struct sockaddr *)&v4, sizeof(v4));
}

static void release(void *sock)
{
	sock_release(sock);
}

struct socket *tcpa_fixture_listen(struct kunit *test, int family)
{
	struct socket *sock;

	KUNIT_ASSERT_EQ(test, 0, sock_create_kern(&init_net, family, SOCK_STREAM,
						  IPPROTO_TCP, &sock));
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, release, sock));
	KUNIT_ASSERT_EQ(test, 0, bind_loopback(sock, family));
	KUNIT_ASSERT_EQ(test, 0, kernel_listen(sock, 5));
	/* As ftrace calls a hook. */
	preempt_disable();
	tcpa_listener_started(sock->sk, 7);
	preempt_enable();
	return sock;
}

void tcpa_fixture_stop(struct socket *sock)
{
	preempt_disable();
	tcpa_listener_stopped(sock->sk, 2);
	preempt_enable();
}

struct tcpa_listener *tcpa_fixture_find(struct socket *sock)
{
	struct tcpa_listener *l;

	rcu_read_lock();
	l = tcpa_listener_find(sock->sk);
	rcu_read_unlock();
	return l;
}

MODULE_DESCRIPTION("KUnit suites of tcpadvisor");
MODULE_LICENSE("GPL");
