// SPDX-License-Identifier: GPL-2.0
/*
 * ports_queue.c - the namespaces that wait to have their ports counted.
 *
 * Whoever has a few connections and few ports waits for as long as they are there, though
 * nothing happens: so those who wait cost nothing until it is their turn.
 *
 * A namespace on a queue is alive, or about to leave: its end takes it off after the last
 * reference is gone, without which nobody puts it on; all who do have entered it.
 * Context: see ports_queue.h. The lock is held for a few instructions.
 * Does not: count (ports_walk.c).
 */
#include "ports_queue.h"

#include <linux/list.h>
#include <linux/lockdep.h>
#include <linux/spinlock.h>

#include "state.h"

/* The part of the time that all counting in root's namespaces may take, or in users'. */
#define DUTY		100

static DEFINE_SPINLOCK(queue_lock);

/* Of users, and of root. */
static struct {
	struct list_head waiting;	/* queue_lock */
	ktime_t rested;			/* when the next may be counted; written under
					 * tcpa_netns_lock
					 */
} queues[2] = {
	{ .waiting = LIST_HEAD_INIT(queues[0].waiting) },
	{ .waiting = LIST_HEAD_INIT(queues[1].waiting) },
};

bool tcpa_ports_queue_turn(const struct tcpa_net *tn, ktime_t now)
{
	struct list_head *waiting = &queues[tn->owner.root].waiting;
	bool first;

	lockdep_assert_held(&tcpa_netns_lock);
	if (tn->ports.epoch == tcpa_epoch ||
	    ktime_before(now, queues[tn->owner.root].rested))
		return false;
	spin_lock(&queue_lock);
	first = list_empty(waiting) || waiting->next == &tn->ports.waiting;
	spin_unlock(&queue_lock);
	return first;
}

void tcpa_ports_queue_wait(struct tcpa_net *tn)
{
	lockdep_assert_held(&tcpa_netns_lock);
	spin_lock(&queue_lock);
	if (list_empty(&tn->ports.waiting))
		list_add_tail(&tn->ports.waiting, &queues[tn->owner.root].waiting);
	spin_unlock(&queue_lock);
}

void tcpa_ports_queue_last(struct tcpa_net *tn)
{
	lockdep_assert_held(&tcpa_netns_lock);
	tn->ports.epoch = tcpa_epoch;
	spin_lock(&queue_lock);
	list_move_tail(&tn->ports.waiting, &queues[tn->owner.root].waiting);
	spin_unlock(&queue_lock);
}

void tcpa_ports_queue_leave(struct tcpa_net *tn)
{
	spin_lock(&queue_lock);
	list_del_init(&tn->ports.waiting);
	spin_unlock(&queue_lock);
}

void tcpa_ports_queue_took(const struct tcpa_net *tn, s64 ns)
{
	ktime_t *rested = &queues[tn->owner.root].rested;
	ktime_t saved = ktime_sub_ns(ktime_get(), NSEC_PER_SEC);

	lockdep_assert_held(&tcpa_netns_lock);
	if (ktime_before(*rested, saved))
		*rested = saved;
	*rested = ktime_add_ns(*rested, DUTY * ns);
}

struct tcpa_net *tcpa_ports_queue_first(bool root)
{
	struct tcpa_net *tn, *next, *first = NULL;

	/* The sampler alone counts, and asks. */
	if (ktime_before(ktime_get(), queues[root].rested))
		return NULL;
	spin_lock(&queue_lock);
	list_for_each_entry_safe(tn, next, &queues[root].waiting, ports.waiting) {
		if (tn->ports.epoch == tcpa_epoch)
			break;
		if (tcpa_netns_enter(tn)) {
			first = tn;
			break;
		}
		list_del_init(&tn->ports.waiting);
	}
	spin_unlock(&queue_lock);
	return first;
}
