// SPDX-License-Identifier: GPL-2.0
/*
 * scan.c - give listeners that the listen hook did not see, or that were left
 * out, an entry.
 *
 * The kernel's hash of listening sockets is walked, a bucket at a time.
 * Context: process; sleeps between buckets. One at a time: at load, then by the
 * sampler.
 * Does not: know the life of an entry (listener.c).
 */
#include "scan.h"

#include <linux/rculist.h>
#include <linux/rculist_nulls.h>
#include <linux/sched.h>
#include <net/inet_hashtables.h>
#include <net/sock.h>

#include "listener.h"
#include "pending.h"
#include "state.h"

/* Listeners of one hash bucket that have no entry, each held as by hold(). */
#define SCAN_BATCH 64

/*
 * Those of kernel services do not hold their namespace, which would be freed once they
 * are closed. While they are in the hash it is there.
 */
static bool hold(struct sock *sk)
{
	struct net *net = sock_net(sk);

	if (!tcpa_netns_hold(net))
		return false;
	if (refcount_inc_not_zero(&sk->sk_refcnt))
		return true;
	put_net(net);
	return false;
}

static void drop(struct sock *sk)
{
	struct net *net = sock_net(sk);

	sock_put(sk);
	put_net(net);
}

/* @skipped: there are others, for whom there is no room. */
static unsigned int gather(struct inet_listen_hashbucket *bucket,
			   struct sock **batch, bool *skipped)
{
	struct hlist_nulls_node *node;
	unsigned int n = 0;
	struct sock *sk;

	rcu_read_lock();
	tcpa_for_each_listening_rcu(sk, node, bucket) {
		if (n == SCAN_BATCH)
			break;
		if (sk->sk_protocol != IPPROTO_TCP || tcpa_listener_find(sk))
			continue;
		if (!tcpa_listener_has_room(sk))
			*skipped = true;
		else if (hold(sk))
			batch[n++] = sk;
	}
	rcu_read_unlock();
	return n;
}

/* Whoever has no entry now is left out, however many they are. */
static void count_left_out(struct inet_listen_hashbucket *bucket)
{
	struct hlist_nulls_node *node;
	struct sock *sk;

	rcu_read_lock();
	tcpa_for_each_listening_rcu(sk, node, bucket)
		if (sk->sk_protocol == IPPROTO_TCP && !tcpa_listener_find(sk))
			tcpa_listener_left_out(sk);
	rcu_read_unlock();
}

static void scan_bucket(struct inet_listen_hashbucket *bucket)
{
	bool failed = false, skipped = false;
	struct sock *batch[SCAN_BATCH];
	unsigned int i, n;
	int err;

	do {
		n = gather(bucket, batch, &skipped);
		for (i = 0; i < n; i++) {
			err = tcpa_listener_adopt(batch[i]);
			failed |= err && err != -EEXIST;
			drop(batch[i]);
		}
	} while (n == SCAN_BATCH && !failed);
	if (failed || skipped)
		count_left_out(bucket);
	cond_resched();
}

static void scan_hashinfo(struct inet_hashinfo *h)
{
	unsigned int i;

	for (i = 0; i <= h->lhash2_mask; i++)
		scan_bucket(&h->lhash2[i]);
}

/*
 * A namespace with a hash of connections of its own (6.1) has, as the kernel makes
 * it, the others' hash of listeners.
 */
void tcpa_listeners_scan(void)
{
	struct inet_hashinfo *common = tcpa_death_row(&init_net)->hashinfo;
	struct tcpa_net *tn;

	tcpa_listeners_recount();
	scan_hashinfo(common);
	for (tn = tcpa_netns_next(NULL); tn; tn = tcpa_netns_next(tn)) {
		struct inet_hashinfo *h = tcpa_death_row(tn->net)->hashinfo;

		if (h->lhash2 != common->lhash2)
			scan_hashinfo(h);
	}
	tcpa_listeners_kick();
}
