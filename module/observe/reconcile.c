// SPDX-License-Identifier: GPL-2.0
/*
 * reconcile.c - bring what is shown in line with what there is.
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
 *   retired  by reconcile: an RCU grace period later it leaves the hash; after
 *            another no handler has found it there, so no CPU takes a snapshot for
 *            it any more. Its directory and its socket go, and its totals go to
 *            the namespace's `closed`. A CPU's snapshot may still point to it.
 *   freed    by reconcile: no snapshot points to it, and a grace period later no
 *            handler has it that took it from one.
 * The stand-ins of a namespace that has ended take the same way.
 *
 * None of this has another CPU run anything: one that a real-time task keeps busy
 * leaves its snapshot as it is, and with it one entry, of some hundred bytes,
 * retired. What that snapshot holds is in the sums all the time.
 *
 * Context: see reconcile.h. One work item, not bound to a CPU; reconcile_lock orders
 * it with whoever calls it by hand.
 * Does not: know how an entry is shown (view.h).
 */
#include "reconcile.h"

#include <linux/bottom_half.h>
#include <linux/jiffies.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sock_diag.h>
#include <linux/string.h>
#include <net/inet_sock.h>
#include <net/sock.h>

#include "activity.h"
#include "attribution.h"
#include "cells.h"
#include "counters.h"
#include "distribution.h"
#include "entry.h"
#include "kept.h"
#include "listened.h"
#include "listener.h"
#include "past.h"
#include "pending.h"
#include "state.h"
#include "tell.h"
#include "track.h"
#include "view.h"

/*
 * One at a time. It waits for grace periods with it, and so nobody takes it who is
 * waited for. The end of a namespace does, for listeners of the kernel's own that it
 * has left, and for one whose socket was the last to hold it.
 */
static DEFINE_MUTEX(reconcile_lock);
static LIST_HEAD(unshown);	/* entries that are new */
static LIST_HEAD(retired);	/* those that are */
static bool undecided;		/* some listen(2) is under way */
static const struct tcpa_view *view __read_mostly;

/*
 * Whether @l's socket really listens: the kernel hashes it only when nothing can
 * go wrong any more. If it is not hashed, either a listen(2) is under way, whose
 * caller owns the socket, or a listen(2) has failed. In the second case @l is
 * killed while the socket is locked, so that nobody can try again meanwhile.
 *
 * A process can own a socket for as long as it likes, by a system call whose
 * argument is in memory that it serves itself. So nobody waits for the owner here.
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
		undecided = true;
	}
	bh_unlock_sock(sk);
	local_bh_enable();
	return yes;
}

/* Its port has a listener, at the latest when there is a directory that says so. */
static void note_port(const struct tcpa_listener *l)
{
	mutex_lock(&tcpa_netns_lock);
	tcpa_listened_add(l->tn, inet_sk(l->sk)->inet_num);
	mutex_unlock(&tcpa_netns_lock);
}

/* Give a new entry its cookie, inode and directory. */
static void listener_show(struct tcpa_listener *l)
{
	u32 cookie[2];

	if (!listens(l))
		return;
	sock_diag_save_cookie(l->sk, cookie);
	l->inode = sock_i_ino(l->sk);
	l->prev_backlog = READ_ONCE(l->sk->sk_max_ack_backlog);
	note_port(l);
	tcpa_distribution_new(l);
	if (view->show(l)) {
		tcpa_listened_gone(l->tn);
		tcpa_listeners_need_scan();
		return;
	}
	mutex_lock(&tcpa_netns_lock);
	/* Pairs with smp_load_acquire() in record.c: l->kept is NULL then. */
	smp_store_release(&l->visible, true);
	list_move_tail(&l->node, &l->tn->listeners);
	tcpa_track_begin(l);
	mutex_unlock(&tcpa_netns_lock);
	/* Once more: an update may have come when it was not on the list yet. */
	note_port(l);
	tcpa_tell_born(l);
}

static void take_new(struct llist_node *batch)
{
	struct tcpa_listener *l, *next;

	llist_for_each_entry_safe(l, next, llist_reverse_order(batch), added) {
		RCU_INIT_POINTER(l->kept, NULL);
		list_add_tail(&l->node, &unshown);
		cond_resched();
	}
}

/*
 * An entry whose predecessor is pending removal waits for that, which has asked
 * for a reconcile of its own; one without memory for a directory waits for the
 * next scan.
 */
static void show_new(void)
{
	struct tcpa_listener *l, *next;

	list_for_each_entry_safe(l, next, &unshown, node) {
		if (!READ_ONCE(l->dead) && !tcpa_listener_has_predecessor(l))
			listener_show(l);
		cond_resched();
	}
}

/*
 * Add @sum to what is kept of the address of @l, unless it is nothing. It is in its
 * name, which the entry has to its end; that its socket has it still is not said.
 */
static void add_to_past(const struct tcpa_listener *l, const struct tcpa_past_sum *sum)
{
	const char *name = kobject_name(&l->kobj) ?: "";

	if (sum->aborted || memchr_inv(sum->v, 0, sizeof(sum->v)))
		tcpa_past_add(&l->tn->pasts, name, strcspn(name, "@"),
			      &l->owner, sum);
}

/* What @l has counted since it was retired goes to `closed`, too. */
static void fold_rest(struct tcpa_listener *l)
{
	struct tcpa_past_sum rest = {};
	u64 now[TCPA_COUNTERS] = {};
	unsigned int i;

	tcpa_attribution_sum(l, now);
	for (i = 0; i < TCPA_COUNTERS; i++) {
		rest.v[i] = tcpa_interval_moved(&l->prev[i], now[i]);
		l->tn->closed.v[i] += rest.v[i];
	}
	add_to_past(l, &rest);
}

/*
 * Take @l from those that are there to those that are gone. Whoever adds up both, and
 * finds `changes` even and as it was before, has each once.
 */
static void fold_into_closed(struct tcpa_listener *l)
{
	struct tcpa_past_sum sum = { .aborted = l->aborted };
	struct tcpa_closed *c = &l->tn->closed;
	unsigned int i;

	WRITE_ONCE(c->changes, c->changes + 1);
	smp_wmb();	/* pairs with smp_rmb() of who reads `changes` first */
	if (l->visible)
		view->unlist(l);
	sum.listeners = !l->listen_failed;
	tcpa_attribution_sum(l, sum.v);
	c->listeners += sum.listeners;
	c->aborted += sum.aborted;
	for (i = 0; i < TCPA_COUNTERS; i++) {
		c->v[i] += sum.v[i];
		l->prev[i] = sum.v[i];
	}
	add_to_past(l, &sum);
	smp_wmb();	/* pairs with smp_rmb() of who reads `changes` last */
	WRITE_ONCE(c->changes, c->changes + 1);
}

/*
 * Off the list, so that the sampler no longer has it. The socket goes last: the
 * name of the directory is tagged with its namespace, which it holds. An address
 * that is reused for another socket must not find this entry in a snapshot.
 */
static void retire(struct tcpa_listener *l)
{
	struct sock *sk = l->sk;

	if (sk) {
		mutex_lock(&tcpa_netns_lock);
		tcpa_track_end(l);
		list_del(&l->node);
		mutex_unlock(&tcpa_netns_lock);
		tcpa_listened_gone(l->tn);
		fold_into_closed(l);
		if (l->visible) {
			tcpa_tell_gone(l);
			view->hide(l);
			tcpa_kept_forget(l);
		}
		tcpa_distribution_retire(l);
		WRITE_ONCE(l->sk, NULL);
		sock_put(sk);
		/* The end of its namespace, which frees what that points to, waits for this. */
		tcpa_listener_leave_net(l);
	}
	list_add_tail(&l->node, &retired);
}

static void retire_pending(struct llist_node *batch)
{
	struct tcpa_listener *l, *next;

	if (!batch)
		return;
	synchronize_rcu();	/* no call for a closed socket is under way */
	llist_for_each_entry(l, batch, removal) {
		tcpa_listener_unhash(l);
		cond_resched();
	}
	synchronize_rcu();	/* no handler has found it in the hash */
	llist_for_each_entry_safe(l, next, batch, removal) {
		retire(l);
		cond_resched();
	}
}

static void free_entry(struct tcpa_listener *l)
{
	struct tcpa_net *tn = l->tn;

	fold_rest(l);
	list_del(&l->node);
	if (tcpa_listener_is_entry(l))
		kobject_put(&l->kobj);
	tcpa_net_put(tn);
}

/*
 * A snapshot that has been seen not to point to a retired entry never will again:
 * see attribution.c. The handler that closed it may still have the entry at hand,
 * until it has ended its RCU read side section, which began before the look.
 */
static void free_retired(void)
{
	struct tcpa_listener *l, *next;
	LIST_HEAD(unused);

	list_for_each_entry(l, &retired, node) {
		l->pinned = false;
		cond_resched();
	}
	tcpa_attribution_pin();
	list_for_each_entry_safe(l, next, &retired, node) {
		if (l->pinned)
			fold_rest(l);
		else
			list_move_tail(&l->node, &unused);
		cond_resched();
	}
	if (list_empty(&unused))
		return;
	synchronize_rcu();
	/* No handler says any more that they have events: so none is on those lists. */
	mutex_lock(&tcpa_netns_lock);
	tcpa_activity_collect();
	mutex_unlock(&tcpa_netns_lock);
	tcpa_cells_grow();
	list_for_each_entry_safe(l, next, &unused, node) {
		free_entry(l);
		cond_resched();
	}
}

void tcpa_listeners_reconcile(void)
{
	struct llist_node *dead, *new;

	mutex_lock(&reconcile_lock);
	tcpa_pending_take(&dead, &new);
	take_new(new);
	retire_pending(dead);
	undecided = false;
	show_new();
	tcpa_cells_grow();
	free_retired();
	if (undecided)
		tcpa_listeners_kick_later(HZ / 10);
	else if (!list_empty(&retired))
		tcpa_listeners_kick_later(HZ);
	mutex_unlock(&reconcile_lock);
	tcpa_entries_fill();
}

static void reconcile_work(struct work_struct *work)
{
	tcpa_listeners_reconcile();
}

void tcpa_reconcile_init(const struct tcpa_view *shown_by)
{
	view = shown_by;
	tcpa_distribution_init();
	tcpa_pending_init(reconcile_work);
}

void tcpa_reconcile_exit(void)
{
	LIST_HEAD(busy);

	tcpa_listeners_reconcile();
	tcpa_pending_exit();
	tcpa_activity_drop(&busy);
	tcpa_distribution_exit();
	WARN_ON_ONCE(!list_empty(&retired));
}

void tcpa_listeners_remove_all(void)
{
	tcpa_attribution_close();
	tcpa_listeners_kill_all();
	tcpa_listeners_reconcile();
}
