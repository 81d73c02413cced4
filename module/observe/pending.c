// SPDX-License-Identifier: GPL-2.0
/*
 * pending.c - entries that wait for a reconcile.
 *
 * Hooks may not sleep, so what they begin is finished in a work item, which is not
 * bound to a CPU: that of the hook may have no time for one, for as long as a
 * real-time task likes.
 * Context: see pending.h.
 * Does not: reconcile (reconcile.c).
 */
#include "pending.h"

#include "state.h"

static LLIST_HEAD(new_entries);
static LLIST_HEAD(pending_removals);

static struct work_struct reconcile;
/* For what could not be decided yet. */
static struct delayed_work reconcile_again;

void tcpa_pending_init(work_func_t fn)
{
	INIT_WORK(&reconcile, fn);
	INIT_DELAYED_WORK(&reconcile_again, fn);
}

void tcpa_pending_exit(void)
{
	cancel_work_sync(&reconcile);
	cancel_delayed_work_sync(&reconcile_again);
}

void tcpa_pending_new(struct tcpa_listener *l)
{
	llist_add(&l->added, &new_entries);
}

void tcpa_listener_kill(struct tcpa_listener *l)
{
	if (!xchg(&l->dead, 1)) {
		llist_add(&l->removal, &pending_removals);
		tcpa_listeners_kick();
	}
}

void tcpa_listeners_kick(void)
{
	queue_work(system_unbound_wq, &reconcile);
}

void tcpa_listeners_kick_later(unsigned long delay)
{
	mod_delayed_work(system_unbound_wq, &reconcile_again, delay);
}

void tcpa_pending_take(struct llist_node **dead, struct llist_node **new)
{
	/* In this order: an entry is on the list of new ones before it can die. */
	*dead = llist_del_all(&pending_removals);
	*new = llist_del_all(&new_entries);
}
