// SPDX-License-Identifier: GPL-2.0
/*
 * netns.c - the life of what is kept per network namespace.
 *
 * State is set up before the first socket of a namespace can exist. Handlers find
 * it through the namespace until that ends, and in an RCU read side section, so
 * that it is still there when they are done. Sockets of processes hold the
 * namespace; those of kernel services may be closed by their owners while it ends,
 * and even after this has forgotten it: such a close finds no state, and does
 * nothing.
 *
 * The end, in two parts, between which the kernel lets an RCU grace period pass
 * for all subsystems:
 *   pre_exit  off the list and out of reach. The kernel's counters, which are about
 *             to be freed, give way to those of the initial namespace, which never
 *             are: a handler that settles a snapshot of this namespace later reads
 *             something meaningless, and adds it to what nobody reads.
 *   exit      entries that are left, of kernel services, are removed before their
 *             sockets' namespace is freed. Those of processes have put their sockets,
 *             which hold the namespace, and are about to leave it.
 * Snapshots of other CPUs may still point to its entries, and to the two stand-ins,
 * which are removed like entries, when no snapshot is left, and each then drops one of
 * the namespace's references to the state. So the end of a namespace waits for no CPU.
 * Context: process; may sleep.
 * Does not: count or judge.
 */
#include "netns.h"

#include <linux/slab.h>

#include "activity.h"
#include "cells.h"
#include "listener.h"
#include "options.h"
#include "pending.h"
#include "ports.h"
#include "ports_queue.h"
#include "quota.h"
#include "reconcile.h"
#include "remembered.h"
#include "state.h"
#include "timewait.h"
#include "view.h"

/*
 * Addresses whose totals outlive their listeners, a quarter of a KiB each: in the
 * initial namespace, and in any other, which anybody may make.
 */
#define PASTS_FIRST	1024
#define PASTS_OTHER	128

static const struct tcpa_view *view __read_mostly;

/* Nobody has it any more. */
static void free_net(struct tcpa_net *tn)
{
	tcpa_remembered_free(tn);
	tcpa_cells_free_net(tn);
	tcpa_timewait_free(tn);
	tcpa_ports_free(tn);
	xa_destroy(&tn->rows);
	xa_destroy(&tn->curves);
	tcpa_pasts_free(&tn->pasts);
	kfree(tn);
}

static struct tcpa_net_slot *slot_of(const struct net *net)
{
	return net_generic(net, tcpa_net_id);
}

static int __net_init netns_init(struct net *net)
{
	struct tcpa_net *tn = kzalloc(sizeof(*tn), GFP_KERNEL_ACCOUNT);
	int err;

	if (!tn)
		return -ENOMEM;
	tn->net = net;
	tn->owner = tcpa_quota_maker(net);
	tn->mib = net->mib.net_statistics;
	tn->free = free_net;
	refcount_set(&tn->users, 2);	/* one goes with each stand-in */
	INIT_LIST_HEAD(&tn->entries);
	INIT_LIST_HEAD(&tn->listeners);
	xa_init_flags(&tn->rows, XA_FLAGS_ALLOC);
	xa_init_flags(&tn->curves, XA_FLAGS_ALLOC);
	tcpa_pasts_init(&tn->pasts, net_eq(net, &init_net) ? PASTS_FIRST : PASTS_OTHER);
	INIT_LIST_HEAD(&tn->busy);
	INIT_LIST_HEAD(&tn->active);
	INIT_LIST_HEAD(&tn->troubled);
	INIT_LIST_HEAD(&tn->remembered);
	tcpa_window_restart(&tn->group_aborted);
	tn->stale = true;
	raw_spin_lock_init(&tn->first_lock);
	spin_lock_init(&tn->first_readers);
	seqcount_init(&tn->first_seq);
	tcpa_ports_init(tn);
	tcpa_options_init(tn);
	tcpa_listener_init_stand_in(tn, &tn->untracked);
	tcpa_listener_init_stand_in(tn, &tn->programs);
	err = tcpa_timewait_init(tn);
	if (err) {
		kfree(tn);
		return err;
	}
	tcpa_netns_add(tn);
	tcpa_net_touch(tn);
	/* Whoever finds it finds it as it was set up. */
	smp_store_release(&slot_of(net)->tn, tn);
	return 0;
}

static void __net_exit netns_pre_exit(struct net *net)
{
	struct tcpa_net_slot *slot = slot_of(net);
	struct tcpa_net *tn = slot->tn;

	tcpa_netns_del(tn);
	tcpa_ports_queue_leave(tn);
	slot->ending = tn;
	WRITE_ONCE(slot->tn, NULL);
	WRITE_ONCE(tn->mib, init_net.mib.net_statistics);
	tcpa_listeners_end_net(tn);
}

static void __net_exit netns_exit_batch(struct list_head *nets)
{
	bool left = false;
	struct net *net;

	list_for_each_entry(net, nets, exit_list)
		left |= tcpa_listeners_kill_net(slot_of(net)->ending);
	if (left)
		tcpa_listeners_reconcile();
	list_for_each_entry(net, nets, exit_list) {
		struct tcpa_net *tn = slot_of(net)->ending;

		slot_of(net)->ending = NULL;
		view->forget(tn);
		tn->net = NULL;
		tcpa_listener_kill(&tn->untracked);
		tcpa_listener_kill(&tn->programs);
	}
}

static struct pernet_operations netns_ops = {
	.init = netns_init,
	.pre_exit = netns_pre_exit,
	.exit_batch = netns_exit_batch,
	.id = &tcpa_net_id,
	.size = sizeof(struct tcpa_net_slot),
};

int tcpa_netns_init(const struct tcpa_view *shown_by)
{
	view = shown_by;
	return register_pernet_subsys(&netns_ops);
}

void tcpa_netns_exit(void)
{
	unregister_pernet_subsys(&netns_ops);
}
