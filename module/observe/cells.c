// SPDX-License-Identifier: GPL-2.0
/*
 * cells.c - the cells that a listener counts in: of all CPUs, then of each CPU.
 *
 * Per-CPU cells take memory for each possible CPU, on large machines far more than
 * all else of a listener, and most listeners have few connections or none. Nor can
 * they be made when a first event asks for them: that is in softirq, where nobody may
 * sleep, and emergency reserves are not for us. So a listener counts in one set of
 * cells, `first`, under a lock of its namespace, until it has had some tens of events.
 * Then reconcile makes per-CPU ones, and handlers go on in these, without a lock.
 *
 * The sum is exact at any time, for it is always that of both kinds:
 *   - A handler that has found no per-CPU cells counts in `first`, whatever there is
 *     by the time it has the lock. What is in there stays there.
 *   - Per-CPU cells are made known under the lock. Whoever adds up holds it, so if he
 *     finds none, none are written before he is done.
 *   - A refusal goes from an open snapshot to the cells when it is attributed. If
 *     these are `first`, that is done under the lock, too: so while the lock is held
 *     it is either in the snapshot or in `first`, not in neither or both. If they are
 *     per-CPU ones, the sequence count of the snapshot sees to it (attribution.c).
 *     The lock is taken before the sequence count is made odd, for a reader waits for
 *     an even one with the lock held.
 * The same is true of what is attributed in a namespace. That gets per-CPU cells
 * before its first listener does, and the stand-in gets them as a listener does.
 *
 * Nobody in a hardware interrupt takes the lock; whoever takes it with bottom halves on
 * turns them off.
 *
 * What a user can make this take is bounded: per-CPU cells are for entries, whose number
 * quota.c bounds for each user and namespace, and for those that have connections.
 * Context: see cells.h.
 * Does not: attribute (attribution.c) or sum up (the same).
 */
#include "cells.h"

#include <linux/bottom_half.h>
#include <linux/llist.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/spinlock.h>

#include "mibs.h"
#include "pending.h"
#include "state.h"

/* Events that are counted in `first` before there are other cells. */
#define CROWDED 32

static LLIST_HEAD(crowded);

static void count_in(struct tcpa_cells *cells, const struct sock *sk,
		     enum tcpa_counter counter)
{
	if (counter == TCPA_SYNS)
		tcpa_count_syn(cells, sk);
	else if (counter == TCPA_COMPLETIONS)
		tcpa_count_child(cells, sk);
	else
		tcpa_cells_inc(cells, counter);
}

void tcpa_count(struct tcpa_listener *l, const struct sock *sk,
		enum tcpa_counter counter)
{
	struct tcpa_cells __percpu *cells = READ_ONCE(l->cells);
	bool full;

	if (likely(cells)) {
		count_in(this_cpu_ptr(cells), sk, counter);
		return;
	}
	raw_spin_lock(&l->tn->first_lock);
	count_in(&l->first, sk, counter);
	full = ++l->first_events == CROWDED;
	raw_spin_unlock(&l->tn->first_lock);
	if (full) {
		llist_add(&l->crowded, &crowded);
		tcpa_listeners_kick();
	}
}

/* Without memory @l stays as it is, and asks again after as many events. */
static bool make(struct tcpa_listener *l)
{
	struct tcpa_cells __percpu *cells = alloc_percpu(struct tcpa_cells);
	struct tcpa_mibs __percpu *attributed = l->tn->attributed;
	bool made;

	if (!attributed)
		attributed = alloc_percpu(struct tcpa_mibs);
	made = cells && attributed;
	raw_spin_lock_bh(&l->tn->first_lock);
	if (attributed)
		WRITE_ONCE(l->tn->attributed, attributed);
	if (made)
		/* Whoever finds these finds those of the namespace. */
		smp_store_release(&l->cells, cells);
	else
		l->first_events = 0;
	raw_spin_unlock_bh(&l->tn->first_lock);
	if (!made)
		free_percpu(cells);
	return made;
}

void tcpa_cells_grow(void)
{
	struct tcpa_listener *l, *next;

	llist_for_each_entry_safe(l, next, llist_del_all(&crowded), crowded) {
		if (READ_ONCE(l->dead) || !make(l))
			continue;
		mutex_lock(&tcpa_netns_lock);
		if (l->sk && READ_ONCE(l->queued))
			WRITE_ONCE(l->quick, l->cells);
		mutex_unlock(&tcpa_netns_lock);
		cond_resched();
	}
}

void tcpa_cells_free(struct tcpa_listener *l)
{
	free_percpu(l->cells);
}
