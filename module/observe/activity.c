// SPDX-License-Identifier: GPL-2.0
/*
 * activity.c - what has changed since the sampler last looked.
 *
 * The sampler looks at entries on their namespace's list `active`, and at namespaces
 * on a list of its own. The first event of one that is on neither puts it on an
 * llist, which the sampler empties at each tick. `queued` (of a listener,
 * TCPA_STATE_QUEUED in its state) says that this is done; handlers read it, and write it
 * only if it is clear. An entry with per-CPU cells has `quick` lead to these while it is
 * on the list, so that the busiest handlers need read nothing else: what is said of
 * `queued` below is true of it, but that it is set by the sampler, somewhat later. Who
 * records an entry (record.c) sets the state before it takes `quick` away, and whoever
 * gives it `quick` looks at the state before and after that.
 *
 * No event is lost. Leaving takes two looks. A handler may have read `queued` as set
 * and be about to count, while the sampler sees that nothing has moved. So at the first
 * look it clears `queued` and stays; at the second, an interval later, the handler has
 * long counted, which is seen, or says anew that it has an event, which puts it on the
 * llist again. (If a handler is held up in the middle for longer than an interval, as
 * by a hypervisor, its event is counted, but in no interval before the next event.)
 * It does not matter whether a handler touches before it counts, as those of listeners
 * do, or after, as those of namespaces: in both cases what it counts is visible an
 * interval after it read `queued`.
 *
 * An llist does not bear the same node twice. Whoever sets `queued` adds, nobody else
 * does; and only a look clears it, at an entry on its list that is not leaving, which
 * has been taken off the llist since `queued` was set. At one that is leaving `queued`
 * is clear, or it is on the llist again: so a second look that finds events leaves
 * the list, too, and touches the entry as a handler would.
 *
 * No node is freed on a list:
 *   close      The close hook only marks an entry. Handlers of other CPUs may touch it
 *              until it has left the hash and a grace period has passed. Retiring it
 *              then takes it off `active` for good: emptying the llist passes over
 *              entries that are marked, and both are done under tcpa_netns_lock. A
 *              handler that has it from a snapshot compares its socket, which is
 *              cleared then, before it touches it, and is done before the next grace
 *              period, which reconcile waits for; then it empties the llist once more
 *              and frees.
 *   end of a   A namespace on the llist, or on the sampler's list, is held by a
 *   namespace  reference to its state, not to itself. The sampler takes one to the
 *              namespace for each look, and without that drops the state. Its handlers
 *              find the state through the namespace, in an RCU read side section; the
 *              kernel lets a grace period pass between the moment from when they do
 *              not and the drop of the last other reference.
 *   unload     The sampler ends first, then hooks are disarmed, which waits for
 *              handlers. Who is still on a list is dropped after the last reconcile.
 * Context: see activity.h.
 * Does not: sample.
 */
#include "activity.h"

#include <linux/llist.h>
#include <linux/lockdep.h>
#include <linux/sched.h>

static LLIST_HEAD(touched_listeners);
static LLIST_HEAD(touched_nets);

void tcpa_activity_listener(struct tcpa_listener *l)
{
	if (!(atomic_fetch_or(TCPA_STATE_QUEUED, &l->state) & TCPA_STATE_QUEUED))
		llist_add(&l->touched, &touched_listeners);
}

/* Who records it takes `quick` away, or has done so. */
static bool has_recording(const struct tcpa_listener *l)
{
	return (u32)atomic_read(&l->state) >> TCPA_STATE_RECORDING;
}

/*
 * While @l is recorded it has no `quick`, not for a moment, in which a handler would
 * find it. If a recording begins in the middle of this, one of the two takes `quick`
 * away that sees what the other has written; but a handler may have found it, and
 * who came then is not in the recording, which says so.
 */
void tcpa_activity_quicken(struct tcpa_listener *l)
{
	if (has_recording(l))
		return;
	WRITE_ONCE(l->quick, l->cells);
	smp_mb();	/* pairs with that in begin() of record.c */
	if (has_recording(l)) {
		WRITE_ONCE(l->quick, NULL);
		WRITE_ONCE(l->unrecorded, true);
	}
}

void tcpa_activity_net(struct tcpa_net *tn)
{
	if (!xchg(&tn->queued, 1)) {
		tcpa_net_get(tn);
		llist_add(&tn->touched, &touched_nets);
	}
}

void tcpa_activity_collect(void)
{
	struct tcpa_listener *l, *next;

	lockdep_assert_held(&tcpa_netns_lock);
	llist_for_each_entry_safe(l, next, llist_del_all(&touched_listeners),
				  touched) {
		/* Retiring it takes it off its list, after it was marked. */
		if (READ_ONCE(l->dead))
			continue;
		l->leaving = false;
		tcpa_activity_quicken(l);
		list_move_tail(&l->active, &l->tn->active);
		tcpa_net_touch(l->tn);
		cond_resched();
	}
}

void tcpa_activity_take(struct list_head *busy)
{
	struct tcpa_net *tn, *next;

	llist_for_each_entry_safe(tn, next, llist_del_all(&touched_nets),
				  touched) {
		tn->leaving = false;
		if (list_empty(&tn->busy))
			list_add_tail(&tn->busy, busy);
		else
			tcpa_net_put(tn);
	}
}

bool tcpa_activity_looked(struct tcpa_listener *l, bool any)
{
	lockdep_assert_held(&tcpa_netns_lock);
	if (l->leaving) {
		l->leaving = false;
		list_del_init(&l->active);
		if (any)
			tcpa_listener_touch(l);
		return !any;
	}
	if (!any) {
		l->leaving = true;
		WRITE_ONCE(l->quick, NULL);
		atomic_fetch_andnot(TCPA_STATE_QUEUED, &l->state);
	}
	return false;
}

bool tcpa_activity_looked_net(struct tcpa_net *tn, bool any)
{
	if (tn->leaving) {
		tn->leaving = false;
		list_del_init(&tn->busy);
		if (any)
			tcpa_net_touch(tn);
		tcpa_net_put(tn);
		return !any;
	}
	if (!any) {
		tn->leaving = true;
		xchg(&tn->queued, 0);
	}
	return false;
}

void tcpa_activity_drop(struct list_head *busy)
{
	struct tcpa_net *tn, *next;

	tcpa_activity_take(busy);
	list_for_each_entry_safe(tn, next, busy, busy) {
		list_del_init(&tn->busy);
		tcpa_net_put(tn);
	}
}
