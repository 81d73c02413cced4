// SPDX-License-Identifier: GPL-2.0
/*
 * traced.c - from the kernel's objects to what events say of them.
 *
 * Context: see traced.h; takes no lock.
 * Does not: trace (refusal.c, tell.c).
 */
#include "traced.h"

#include <linux/atomic.h>
#include <linux/cgroup.h>
#include <net/inet_sock.h>
#include <net/ipv6.h>
#include <net/net_namespace.h>
#include <net/sock.h>

#include "trace/values.h"

#ifdef CONFIG_SOCK_CGROUP_DATA
static u64 cgroup_of(const struct sock *sk)
{
	return cgroup_id(sock_cgroup_ptr((struct sock_cgroup_data *)&sk->sk_cgrp_data));
}
#else
static u64 cgroup_of(const struct sock *sk)
{
	return 0;
}
#endif

static void address_of(const struct sock *sk, struct in6_addr *addr)
{
#if IS_ENABLED(CONFIG_IPV6)
	if (sk->sk_family == AF_INET6) {
		*addr = sk->sk_v6_rcv_saddr;
		return;
	}
#endif
	ipv6_addr_set_v4mapped(sk->sk_rcv_saddr, addr);
}

void tcpa_traced_net(const struct net *net, struct tcpa_traced_net *t)
{
	t->cookie = tcpa_net_cookie(net);
	t->inum = net->ns.inum;
}

void tcpa_traced_listener(const struct sock *sk, struct tcpa_traced_listener *t)
{
	address_of(sk, &t->addr);
	tcpa_traced_net(sock_net(sk), &t->net);
	t->cookie = atomic64_read(&sk->sk_cookie);
	t->cgroup = cgroup_of(sk);
	t->backlog = READ_ONCE(sk->sk_max_ack_backlog);
	t->port = inet_sk(sk)->inet_num;
	t->family = sk->sk_family;
}
