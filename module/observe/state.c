// SPDX-License-Identifier: GPL-2.0
/*
 * state.c - what the module keeps per network namespace and per listener.
 *
 * Context: any.
 * Does not: set any of it up (netns.c, listener.c).
 */
#include "state.h"

#include <linux/nsproxy.h>
#include <linux/spinlock.h>

unsigned int tcpa_net_id;
/* See state.h. */
DEFINE_MUTEX(tcpa_netns_lock);
u32 tcpa_epoch __read_mostly = 1;

/* Every namespace. The lock is held for one change, or for one step. */
static LIST_HEAD(namespaces);
static DEFINE_SPINLOCK(namespaces_lock);

struct tcpa_net *tcpa_net_current(void)
{
	return current->nsproxy ? tcpa_net(current->nsproxy->net_ns) : NULL;
}

void tcpa_net_get(struct tcpa_net *tn)
{
	refcount_inc(&tn->users);
}

void tcpa_net_put(struct tcpa_net *tn)
{
	if (refcount_dec_and_test(&tn->users))
		tn->free(tn);
}

void tcpa_netns_add(struct tcpa_net *tn)
{
	spin_lock(&namespaces_lock);
	list_add_tail(&tn->node, &namespaces);
	spin_unlock(&namespaces_lock);
}

void tcpa_netns_del(struct tcpa_net *tn)
{
	spin_lock(&namespaces_lock);
	list_del_init(&tn->node);
	spin_unlock(&namespaces_lock);
}

/*
 * One that is still being set up is no use: if that fails, it is freed whatever references
 * there are. The kernel has it on its own list once that can no longer happen
 * (setup_net(); the head of the list of a new one is all zeroes, and that of one that has
 * ended is not), and its end begins when the last reference is gone.
 */
bool tcpa_netns_hold(struct net *net)
{
	return READ_ONCE(net->list.next) && maybe_get_net(net);
}

struct tcpa_net *tcpa_netns_rotate(void)
{
	struct tcpa_net *tn;

	spin_lock(&namespaces_lock);
	tn = list_first_entry_or_null(&namespaces, struct tcpa_net, node);
	if (tn) {
		list_move_tail(&tn->node, &namespaces);
		if (!tcpa_netns_hold(tn->net))
			tn = NULL;
	}
	spin_unlock(&namespaces_lock);
	return tn;
}

bool tcpa_netns_ended(const struct tcpa_net *tn)
{
	return list_empty_careful(&tn->node);
}

void tcpa_netns_leave(struct tcpa_net *tn)
{
	put_net(tn->net);
}

bool tcpa_netns_enter(struct tcpa_net *tn)
{
	bool alive;

	spin_lock(&namespaces_lock);
	alive = !list_empty(&tn->node) && tcpa_netns_hold(tn->net);
	spin_unlock(&namespaces_lock);
	return alive;
}

/*
 * The reference to a namespace keeps it on the list: it is taken off by its end,
 * which does not begin before. One that is still being set up, or whose end has begun
 * though it is still on the list, gives no reference and is passed over.
 */
struct tcpa_net *tcpa_netns_next(struct tcpa_net *tn)
{
	struct tcpa_net *next = NULL;
	struct list_head *at;

	spin_lock(&namespaces_lock);
	for (at = tn ? tn->node.next : namespaces.next; at != &namespaces;
	     at = at->next) {
		next = list_entry(at, struct tcpa_net, node);
		if (tcpa_netns_hold(next->net))
			break;
		next = NULL;
	}
	spin_unlock(&namespaces_lock);
	if (tn)
		tcpa_netns_leave(tn);
	return next;
}
