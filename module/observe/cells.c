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
 *   - A refusal goes from an open snapshot to the cells when it is attributed. If
 *     these are `first`, that is done under the lock and a sequence count of the
 *     namespace, and per-CPU cells are made known under both. So whoever adds up, and
 *     finds the count as it was before, has each refusal in the snapshot or in `first`,
 *     not in neither or both; and if he has found no per-CPU cells, no refusal that
 *     he has not seen in a snapshot went there. If the cells are per-CPU ones, the
 *     sequence count of the snapshot sees to it (attribution.c).
 * Readers do not take the lock, lest whoever reads sysfs all the time hold handlers up.
 * They try again when the count has moved, which it does for no more refusals than it
 * takes to get per-CPU cells. Only where there is no memory or no room for these it can
 * go on moving; so who has tried some times in vain takes the lock, one at a time
 * (attribution.c).
 * The same is true of what is attributed in a namespace. That gets per-CPU cells
 * before its first listener does, and the stand-in gets them as a listener does.
 *
 * Nobody in a hardware interrupt takes the lock; whoever takes it with bottom halves on
 * turns them off.
 *
 * Anybody may open listeners and connect to them, and what reconcile allocates is
 * charged to nobody. So a user other than root has USER_MOST bytes of per-CPU memory
 * here, and all of these OTHERS_MOST: on a machine of few CPUs enough for as many
 * entries as he may have, on one of 512 for some five hundred listeners. Whoever has no
 * more goes on in `first`, which costs each of his events a lock, and asks again after
 * AGAIN events.
 * Context: see cells.h.
 * Does not: attribute (attribution.c) or sum up (the same).
 */
#include "cells.h"

#include <linux/bottom_half.h>
#include <linux/llist.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/seqlock.h>
#include <linux/spinlock.h>

#include "activity.h"
#include "mibs.h"
#include "owner.h"
#include "pending.h"
#include "record.h"
#include "state.h"

/* Events that are counted in `first` before there are other cells. */
#define CROWDED 32
/* After so many more they are asked for again by who found no room. */
#define AGAIN 65536

#define USER_MOST	(32 << 20)
#define OTHERS_MOST	(128 << 20)

static struct tcpa_share share = { .most = OTHERS_MOST, .user_most = USER_MOST };

static LLIST_HEAD(crowded);

void tcpa_cells_event(struct tcpa_listener *l)
{
	if (++l->first_events != CROWDED)
		return;
	llist_add(&l->crowded, &crowded);
	tcpa_listeners_kick();
}

/* True if the accept queue has become deeper by it. */
static bool count_in(struct tcpa_cells *cells, const struct sock *sk,
		     enum tcpa_counter counter)
{
	if (counter == TCPA_COMPLETIONS)
		return tcpa_count_child(cells, sk);
	if (counter == TCPA_SYNS)
		tcpa_count_syn(cells, sk);
	else
		tcpa_cells_inc(cells, counter);
	return false;
}

void tcpa_count(struct tcpa_listener *l, const struct sock *sk,
		enum tcpa_counter counter)
{
	struct tcpa_cells __percpu *cells = READ_ONCE(l->cells);
	bool deeper;

	if (likely(cells)) {
		deeper = count_in(this_cpu_ptr(cells), sk, counter);
	} else {
		raw_spin_lock(&l->tn->first_lock);
		deeper = count_in(&l->first, sk, counter);
		tcpa_cells_event(l);
		raw_spin_unlock(&l->tn->first_lock);
	}
	if (deeper)
		tcpa_record_deeper(l, sk);
}

static int bytes_of_cells(void)
{
	return num_possible_cpus() * sizeof(struct tcpa_cells);
}

static int bytes_of_mibs(void)
{
	return num_possible_cpus() * sizeof(struct tcpa_mibs);
}

static bool has_room(const struct tcpa_listener *l)
{
	return tcpa_share_room(&share, &l->owner) &&
	       (l->tn->attributed || tcpa_share_room(&share, &l->tn->owner));
}

/* What @l's namespace attributes is counted as its maker's. NULL: no memory. */
static struct tcpa_mibs __percpu *make_attributed(const struct tcpa_net *tn)
{
	struct tcpa_mibs __percpu *attributed = tn->attributed;

	if (attributed)
		return attributed;
	attributed = alloc_percpu(struct tcpa_mibs);
	if (attributed)
		tcpa_share_count(&share, &tn->owner, bytes_of_mibs());
	return attributed;
}

/* It stays as it is until then. */
static void ask_again(struct tcpa_listener *l, u32 events)
{
	raw_spin_lock_bh(&l->tn->first_lock);
	l->first_events = CROWDED - events;
	raw_spin_unlock_bh(&l->tn->first_lock);
}

/* Without memory @l asks again after as many events. */
static bool make(struct tcpa_listener *l)
{
	struct tcpa_mibs __percpu *attributed = make_attributed(l->tn);
	struct tcpa_cells __percpu *cells = alloc_percpu(struct tcpa_cells);
	bool made = cells && attributed;

	raw_spin_lock_bh(&l->tn->first_lock);
	raw_write_seqcount_begin(&l->tn->first_seq);
	if (attributed)
		WRITE_ONCE(l->tn->attributed, attributed);
	if (made)
		/* Whoever finds these finds those of the namespace. */
		smp_store_release(&l->cells, cells);
	else
		l->first_events = 0;
	raw_write_seqcount_end(&l->tn->first_seq);
	raw_spin_unlock_bh(&l->tn->first_lock);
	if (made)
		tcpa_share_count(&share, &l->owner, bytes_of_cells());
	else
		free_percpu(cells);
	return made;
}

void tcpa_cells_grow(void)
{
	struct tcpa_listener *l, *next;

	llist_for_each_entry_safe(l, next, llist_del_all(&crowded), crowded) {
		if (READ_ONCE(l->dead))
			continue;
		if (!has_room(l)) {
			ask_again(l, AGAIN);
			continue;
		}
		if (!make(l))
			continue;
		mutex_lock(&tcpa_netns_lock);
		if (l->sk && (atomic_read(&l->state) & TCPA_STATE_QUEUED))
			tcpa_activity_quicken(l);
		mutex_unlock(&tcpa_netns_lock);
		cond_resched();
	}
}

void tcpa_cells_free(struct tcpa_listener *l)
{
	if (!l->cells)
		return;
	tcpa_share_count(&share, &l->owner, -bytes_of_cells());
	free_percpu(l->cells);
}

void tcpa_cells_free_net(struct tcpa_net *tn)
{
	tcpa_cells_free(&tn->untracked);
	tcpa_cells_free(&tn->programs);
	if (!tn->attributed)
		return;
	tcpa_share_count(&share, &tn->owner, -bytes_of_mibs());
	free_percpu(tn->attributed);
}
