// SPDX-License-Identifier: GPL-2.0
/*
 * listener.c - the table of listening TCP sockets.
 *
 * The life of an entry:
 *   new      made by the listen hook (see entry.c) or a scan: in the hash, on the
 *            list of new entries. Counts from here on.
 *   shown    by reconcile: the socket is really listening, has a cookie and a
 *            directory, and is on its namespace's list. While its listen(2) is
 *            under way it stays new.
 *   dead     `dead` set by the close hook, or by the sampler if that hook did not
 *            run: on the list of pending removals. Still in the hash, because
 *            handlers on other CPUs may be in the middle of a call for it.
 *   removed  by reconcile: an RCU grace period later it leaves the hash; after
 *            another no handler holds it; snapshots are flushed; its totals go to
 *            the namespace's `closed`; the last reference frees it.
 *
 * An entry holds a reference to its socket until it is removed. So the pointer
 * that is the key cannot be reused while the entry is in the hash, and the
 * sampler may read the socket at any time, even if the close hook was never
 * called (tracing disabled). The reference keeps memory, and the network
 * namespace, not the port: that is released by close(2) itself.
 *
 * Locks: table_lock orders hash changes. It is a raw one, because on PREEMPT_RT
 * the listen hook has preemption off, and held for one entry at a time. Handlers
 * in softirq take none, they look up under RCU. Lists of shown entries belong to
 * tcpa_netns_lock (process context).
 * Context: see listener.h.
 * Does not: attribute (attribution.c), judge, or know how an entry is shown
 * (view.h).
 */

#include "listener.h"

#include <linux/hash.h>
#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/rculist.h>
#include <linux/rculist_nulls.h>
#include <linux/slab.h>
#include <linux/sock_diag.h>
#include <linux/workqueue.h>
#include <net/inet_connection_sock.h>
#include <net/inet_hashtables.h>
#include <net/request_sock.h>
#include <net/tcp.h>

#include "attribution.h"
#include "entry.h"
#include "judge/sample.h"
#include "state.h"
#include "timewait.h"
#include "view.h"

static struct hlist_head *table __read_mostly;
static unsigned int table_bits __read_mostly;
static unsigned int table_max __read_mostly;
static unsigned int table_nr;		/* under table_lock */
static const struct tcpa_view *view __read_mostly;
static bool table_wants_scan;		/* a listener was left out, or not shown */
static DEFINE_RAW_SPINLOCK(table_lock);

static LLIST_HEAD(new_entries);
static LLIST_HEAD(pending_removals);

static void reconcile_work(struct work_struct *work)
{
	tcpa_listeners_reconcile();
}

static DECLARE_WORK(reconcile, reconcile_work);
/* For what could not be decided yet. */
static DECLARE_DELAYED_WORK(reconcile_again, reconcile_work);

void tcpa_listeners_kick(void)
{
	schedule_work(&reconcile);
}

int tcpa_listeners_init(unsigned int max, const struct tcpa_view *shown_by)
{
	int err;

	view = shown_by;
	table_max = max;
	table_bits = max_t(unsigned int, 1, ilog2(roundup_pow_of_two(max)));
	table = kvcalloc(1UL << table_bits, sizeof(*table), GFP_KERNEL);
	if (!table)
		return -ENOMEM;
	err = tcpa_entries_init(view);
	if (err)
		kvfree(table);
	return err;
}

void tcpa_listeners_exit(void)
{
	cancel_work_sync(&reconcile);
	cancel_delayed_work_sync(&reconcile_again);
	WARN_ON_ONCE(table_nr);
	tcpa_entries_exit();
	kvfree(table);
}

static struct hlist_head *bucket_of(const struct sock *sk)
{
	return &table[hash_ptr(sk, table_bits)];
}

struct tcpa_listener *tcpa_listener_find(const struct sock *sk)
{
	struct tcpa_listener *l;

	hlist_for_each_entry_rcu(l, bucket_of(sk), hash,
				 lockdep_is_held(&table_lock))
		if (l->sk == sk)
			return l;
	return NULL;
}

struct tcpa_listener *tcpa_listener_get(const struct sock *sk)
{
	struct tcpa_listener *l = tcpa_listener_find(sk);

	if (unlikely(!l)) {
		struct tcpa_net *tn = tcpa_net(sock_net(sk));

		return tn && tn->untracked.cells ? &tn->untracked : NULL;
	}
	tcpa_listener_touch(l);
	return l;
}

/*
 * Put @l into the hash, before a dead entry of the same socket if that has been
 * shut down and listens again. Returns 0, -EEXIST or -ENOSPC. The caller's reference
 * to the socket goes to the entry on success.
 */
static int listener_insert(struct tcpa_listener *l)
{
	const struct tcpa_listener *has;
	int err = 0;

	raw_spin_lock(&table_lock);
	has = tcpa_listener_find(l->sk);
	if (has && !READ_ONCE(has->dead)) {
		err = -EEXIST;
	} else if (table_nr >= table_max) {
		err = -ENOSPC;
	} else {
		table_nr++;
		hlist_add_head_rcu(&l->hash, bucket_of(l->sk));
		llist_add(&l->added, &new_entries);
	}
	raw_spin_unlock(&table_lock);
	return err;
}

static void left_out(const struct sock *sk)
{
	struct tcpa_net *tn = tcpa_net(sock_net(sk));

	if (tn)
		atomic_inc(&tn->untracked_listeners);
	WRITE_ONCE(table_wants_scan, true);
}

static void listener_fill(struct tcpa_listener *l, struct sock *sk,
			  struct tcpa_net *tn, s64 requested)
{
	l->sk = sk;
	l->tn = tn;
	l->requested = requested;
	l->deficit.second_end = jiffies;
	l->prev_accept = READ_ONCE(sk->sk_ack_backlog);
}

/*
 * Give @sk an entry. Consumes nothing: takes its own reference to the socket.
 * Returns 0, -EEXIST, -ENOSPC or -ENOMEM.
 */
static int listener_add(struct sock *sk, s64 requested, bool may_sleep)
{
	struct tcpa_net *tn = tcpa_net(sock_net(sk));
	struct tcpa_listener *l;
	int err;

	if (!tn)
		return -EAGAIN;
	if (READ_ONCE(table_nr) >= table_max)
		return -ENOSPC;
	l = tcpa_entry_get(may_sleep);
	if (!l)
		return -ENOMEM;
	listener_fill(l, sk, tn, requested);
	sock_hold(sk);
	err = listener_insert(l);
	if (err) {
		sock_put(sk);
		tcpa_entry_put(l, may_sleep);
		return err;
	}
	tcpa_listeners_kick();
	return 0;
}

void tcpa_listener_started(struct sock *sk, s64 requested)
{
	int err;

	if (sk->sk_protocol != IPPROTO_TCP)
		return;
	rcu_read_lock();
	err = listener_add(sk, requested, false);
	if (err && err != -EEXIST)
		left_out(sk);
	rcu_read_unlock();
}

void tcpa_listener_again(const struct sock *sk, s64 requested)
{
	struct tcpa_listener *l;

	rcu_read_lock();
	l = tcpa_listener_find(sk);
	if (l)
		WRITE_ONCE(l->requested, requested);
	rcu_read_unlock();
}

void tcpa_listener_kill(struct tcpa_listener *l)
{
	if (!xchg(&l->dead, 1)) {
		llist_add(&l->removal, &pending_removals);
		tcpa_listeners_kick();
	}
}

void tcpa_listener_stopped(const struct sock *sk, u32 waiting)
{
	struct tcpa_listener *l;

	rcu_read_lock();
	l = tcpa_listener_find(sk);
	if (l) {
		/* Even if the sampler saw the end first: it is not removed yet. */
		l->aborted = waiting;
		tcpa_listener_kill(l);
	}
	rcu_read_unlock();
}

void tcpa_listeners_kill_net(struct tcpa_net *tn)
{
	struct tcpa_listener *l;
	unsigned int i;

	lockdep_assert_held(&tcpa_netns_lock);
	rcu_read_lock();
	for (i = 0; i < 1U << table_bits; i++)
		hlist_for_each_entry_rcu(l, &table[i], hash)
			if (l->tn == tn)
				tcpa_listener_kill(l);
	rcu_read_unlock();
	WRITE_ONCE(tn->untracked.dead, 1);
}

void tcpa_listeners_kill_all(void)
{
	struct tcpa_listener *l;
	unsigned int i;

	rcu_read_lock();
	for (i = 0; i < 1U << table_bits; i++)
		hlist_for_each_entry_rcu(l, &table[i], hash)
			tcpa_listener_kill(l);
	rcu_read_unlock();
	tcpa_listeners_reconcile();
}

/* An earlier entry of @l's socket, whose removal is pending, has its name. */
static bool predecessor_pending(const struct tcpa_listener *l)
{
	const struct tcpa_listener *other;
	bool pending = false;

	rcu_read_lock();
	hlist_for_each_entry_rcu(other, bucket_of(l->sk), hash)
		pending |= other != l && other->sk == l->sk;
	rcu_read_unlock();
	return pending;
}

/*
 * Whether @l's socket really listens: the kernel hashes it only when nothing can
 * go wrong any more. If it is not hashed, either a listen(2) is under way, whose
 * caller owns the socket, or a listen(2) has failed. In the second case @l is
 * killed while the socket is locked, so that nobody can try again meanwhile.
 *
 * A process can own a socket for as long as it likes, by a system call whose
 * argument is in memory that it serves itself. So nobody waits for the owner here,
 * least of all under a lock that every new namespace takes.
 */
static bool listens(struct tcpa_listener *l)
{
	struct sock *sk = l->sk;
	bool yes;

	local_bh_disable();
	bh_lock_sock(sk);
	yes = sk->sk_state == TCP_LISTEN && sk_hashed(sk);
	if (!yes && !sock_owned_by_user_nocheck(sk)) {
		/* Unless it did listen, and was closed just now. */
		l->listen_failed = !READ_ONCE(l->dead);
		tcpa_listener_kill(l);
	} else if (!yes) {
		schedule_delayed_work(&reconcile_again, HZ / 10);
	}
	bh_unlock_sock(sk);
	local_bh_enable();
	return yes;
}

/* Give a new entry its cookie, inode and directory. */
static void listener_show(struct tcpa_listener *l)
{
	u32 cookie[2];

	if (!listens(l))
		return;
	sock_diag_save_cookie(l->sk, cookie);
	l->cookie = (u64)cookie[1] << 32 | cookie[0];
	l->inode = sock_i_ino(l->sk);
	l->prev_backlog = READ_ONCE(l->sk->sk_max_ack_backlog);
	tcpa_timewait_port(l->tn, inet_sk(l->sk)->inet_num);
	l->visible = !view->show(l);
	if (!l->visible)
		WRITE_ONCE(table_wants_scan, true);
}

static void enlist_all(struct llist_node *batch)
{
	struct tcpa_listener *l, *next;

	llist_for_each_entry_safe(l, next, llist_reverse_order(batch), added)
		list_add_tail(&l->node, &l->tn->listeners);
}

/*
 * An entry whose predecessor is pending removal waits for that, which has asked
 * for a reconcile of its own; one without memory for a directory waits for the
 * next scan.
 */
static void show_all(void)
{
	struct tcpa_listener *l;
	struct tcpa_net *tn;

	list_for_each_entry(tn, &tcpa_netns_list, node)
		list_for_each_entry(l, &tn->listeners, node)
			if (!l->visible && !READ_ONCE(l->dead) && !predecessor_pending(l))
				listener_show(l);
}

static void unhash_all(struct llist_node *batch)
{
	struct tcpa_listener *l;

	llist_for_each_entry(l, batch, removal) {
		raw_spin_lock(&table_lock);
		hlist_del_rcu(&l->hash);
		table_nr--;
		raw_spin_unlock(&table_lock);
	}
}

static void fold_into_closed(struct tcpa_listener *l)
{
	struct tcpa_closed *c = &l->tn->closed;

	c->listeners += !l->listen_failed;
	c->aborted += l->aborted;
	tcpa_attribution_sum(l, c->v);
}

static void remove_entry(struct tcpa_listener *l)
{
	fold_into_closed(l);
	list_del(&l->node);
	if (l->visible)
		view->hide(l);
	sock_put(l->sk);
	kobject_put(&l->kobj);
}

static void remove_pending(struct llist_node *batch)
{
	struct tcpa_listener *l, *next;

	if (!batch)
		return;
	synchronize_rcu();	/* no call for a closed socket is under way */
	unhash_all(batch);
	synchronize_rcu();	/* no handler has found it in the hash */
	tcpa_attribution_flush();
	llist_for_each_entry_safe(l, next, batch, removal)
		remove_entry(l);
}

void tcpa_listeners_reconcile(void)
{
	struct llist_node *dead, *new;

	mutex_lock(&tcpa_netns_lock);
	/* In this order: who is in the first batch has been in the second. */
	dead = llist_del_all(&pending_removals);
	new = llist_del_all(&new_entries);
	enlist_all(new);
	remove_pending(dead);
	show_all();
	mutex_unlock(&tcpa_netns_lock);
	tcpa_entries_fill();
}

/* Listeners of one hash bucket that have no entry, each with a reference. */
#define SCAN_BATCH 64

static unsigned int gather(struct inet_listen_hashbucket *bucket,
			   struct sock **batch)
{
	struct hlist_nulls_node *node;
	unsigned int n = 0;
	struct sock *sk;

	rcu_read_lock();
	tcpa_for_each_listening_rcu(sk, node, bucket) {
		if (n == SCAN_BATCH)
			break;
		if (sk->sk_protocol == IPPROTO_TCP && !tcpa_listener_find(sk) &&
		    refcount_inc_not_zero(&sk->sk_refcnt))
			batch[n++] = sk;
	}
	rcu_read_unlock();
	return n;
}

/*
 * The socket may be closed while it is given an entry. Either its close hook
 * comes after the insertion and finds the entry, or it came before, and then
 * so did the change of state (both sides pass table_lock or are ordered by
 * it), which is seen here.
 */
static int adopt(struct sock *sk)
{
	int err = listener_add(sk, TCPA_UNKNOWN, true);

	if (!err && READ_ONCE(sk->sk_state) != TCP_LISTEN) {
		struct tcpa_listener *l;

		rcu_read_lock();
		l = tcpa_listener_find(sk);
		if (l)
			tcpa_listener_kill(l);
		rcu_read_unlock();
	}
	return err;
}

/* Whoever has no entry now is left out, however many they are. */
static void count_left_out(struct inet_listen_hashbucket *bucket)
{
	struct hlist_nulls_node *node;
	struct sock *sk;

	rcu_read_lock();
	tcpa_for_each_listening_rcu(sk, node, bucket)
		if (sk->sk_protocol == IPPROTO_TCP && !tcpa_listener_find(sk))
			left_out(sk);
	rcu_read_unlock();
}

static void scan_bucket(struct inet_listen_hashbucket *bucket)
{
	struct sock *batch[SCAN_BATCH];
	bool failed = false;
	unsigned int i, n;
	int err;

	do {
		n = gather(bucket, batch);
		for (i = 0; i < n; i++) {
			err = adopt(batch[i]);
			failed |= err && err != -EEXIST;
			sock_put(batch[i]);
		}
	} while (n == SCAN_BATCH && !failed);
	if (failed)
		count_left_out(bucket);
	cond_resched();
}

static void scan_hashinfo(struct inet_hashinfo *h)
{
	unsigned int i;

	for (i = 0; i <= h->lhash2_mask; i++)
		scan_bucket(&h->lhash2[i]);
}

void tcpa_listeners_scan(void)
{
	struct tcpa_net *tn;

	mutex_lock(&tcpa_netns_lock);
	WRITE_ONCE(table_wants_scan, false);
	list_for_each_entry(tn, &tcpa_netns_list, node)
		atomic_set(&tn->untracked_listeners, 0);
	list_for_each_entry(tn, &tcpa_netns_list, node) {
		struct inet_hashinfo *h = tcpa_death_row(tn->net)->hashinfo;

		if (net_eq(tn->net, &init_net) || tcpa_hashinfo_pernet(h))
			scan_hashinfo(h);
	}
	mutex_unlock(&tcpa_netns_lock);
	tcpa_listeners_kick();
}

bool tcpa_listeners_want_scan(void)
{
	return READ_ONCE(table_wants_scan);
}

int tcpa_listener_init_untracked(struct tcpa_net *tn)
{
	struct tcpa_listener *l = &tn->untracked;

	l->tn = tn;
	l->requested = TCPA_UNKNOWN;
	l->deficit.second_end = jiffies;
	l->cells = alloc_percpu(struct tcpa_cells);
	return l->cells ? 0 : -ENOMEM;
}

void tcpa_listener_free_untracked(struct tcpa_net *tn)
{
	free_percpu(tn->untracked.cells);
}

void tcpa_listener_name(const struct tcpa_listener *l, char *buf, size_t size)
{
	const struct sock *sk = l->sk;

#if IS_ENABLED(CONFIG_IPV6)
	if (sk->sk_family == AF_INET6) {
		snprintf(buf, size, "[%pI6c]:%u@%llx", &sk->sk_v6_rcv_saddr,
			 inet_sk(sk)->inet_num, l->cookie);
		return;
	}
#endif
	snprintf(buf, size, "%pI4:%u@%llx", &sk->sk_rcv_saddr,
		 inet_sk(sk)->inet_num, l->cookie);
}

u32 tcpa_listener_syn_queue(const struct tcpa_listener *l)
{
	int len = inet_csk_reqsk_queue_len(l->sk);

	return max(len, 0);
}
