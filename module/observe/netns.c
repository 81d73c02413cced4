// SPDX-License-Identifier: GPL-2.0
/*
 * netns.c - the life of what is kept per network namespace.
 *
 * State is set up before the first socket of a namespace can exist and torn
 * down after the last one is gone: sockets of processes hold the namespace;
 * those of kernel services without such a hold are closed by their owners'
 * own exit, and the devices that could still deliver to them are unregistered
 * before any subsystem's exit runs. So a handler, which is given a live
 * socket, may follow sock_net() to this state without a check of its life.
 * Context: process; may sleep.
 * Does not: count or judge.
 */
#include "netns.h"

#include <linux/percpu.h>
#include <linux/slab.h>

#include "attribution.h"
#include "listener.h"
#include "ports.h"
#include "state.h"
#include "timewait.h"
#include "view.h"

static const struct tcpa_view *view __read_mostly;

static int alloc_state(struct tcpa_net *tn)
{
	tn->attributed = alloc_percpu(struct tcpa_mibs);
	if (!tn->attributed)
		return -ENOMEM;
	tn->base = alloc_percpu(struct tcpa_mibs);
	if (!tn->base)
		goto err_free_attributed;
	if (tcpa_timewait_init(tn))
		goto err_free_base;
	if (tcpa_listener_init_untracked(tn))
		goto err_free_timewait;
	return 0;

err_free_timewait:
	tcpa_timewait_free(tn);
err_free_base:
	free_percpu(tn->base);
err_free_attributed:
	free_percpu(tn->attributed);
	return -ENOMEM;
}

static void free_state(struct tcpa_net *tn)
{
	view->forget(tn);
	tcpa_listener_free_untracked(tn);
	tcpa_timewait_free(tn);
	free_percpu(tn->base);
	free_percpu(tn->attributed);
}

static int __net_init netns_init(struct net *net)
{
	struct tcpa_net *tn = tcpa_net(net);
	int err;

	tn->net = net;
	tn->mib = net->mib.net_statistics;
	INIT_LIST_HEAD(&tn->listeners);
	tcpa_ports_init(tn);
	err = alloc_state(tn);
	if (err)
		return err;
	mutex_lock(&tcpa_netns_lock);
	list_add_tail(&tn->node, &tcpa_netns_list);
	mutex_unlock(&tcpa_netns_lock);
	return 0;
}

/*
 * Off the list first, so that the sampler no longer sees them. Then the
 * entries die the ordinary way, and the snapshots that point to the stand-ins
 * are closed, a grace period after those were last handed out.
 */
static void __net_exit netns_exit_batch(struct list_head *nets)
{
	struct net *net;

	mutex_lock(&tcpa_netns_lock);
	list_for_each_entry(net, nets, exit_list) {
		list_del(&tcpa_net(net)->node);
		tcpa_listeners_kill_net(tcpa_net(net));
	}
	mutex_unlock(&tcpa_netns_lock);
	tcpa_listeners_reconcile();
	synchronize_rcu();
	tcpa_attribution_flush();
	list_for_each_entry(net, nets, exit_list)
		free_state(tcpa_net(net));
}

static struct pernet_operations netns_ops = {
	.init = netns_init,
	.exit_batch = netns_exit_batch,
	.id = &tcpa_net_id,
	.size = sizeof(struct tcpa_net),
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
