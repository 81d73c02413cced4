/* SPDX-License-Identifier: GPL-2.0 */
/*
 * netns.h - what the module keeps per network namespace.
 *
 * Job: the per-namespace state and its lifetime.
 * Context: see each function.
 * Does not: count or judge.
 */
#ifndef _TCPA_NETNS_H
#define _TCPA_NETNS_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "attribution.h"
#include "listener.h"
#include "ports.h"
#include "timewait.h"

struct tcpa_set;

/* Totals of listeners that are gone. Written under tcpa_netns_lock. */
struct tcpa_closed {
	u64 listeners;
	u64 aborted;			/* children that waited at the close */
	u64 v[TCPA_COUNTERS];
};

struct tcpa_net {
	struct net *net;		/* owns this */
	struct list_head node;		/* in tcpa_netns_list */
	struct linux_mib __percpu *mib;	/* the kernel's own counters */
	struct list_head listeners;	/* under tcpa_netns_lock */
	struct tcpa_closed closed;
	struct tcpa_listener untracked;	/* stands in for all without an entry */
	atomic_t untracked_listeners;	/* how many have no entry */
	struct tcpa_mibs __percpu *attributed; /* per CPU, see attribution.c */
	struct tcpa_mibs __percpu *base; /* residual's zero, per CPU */
	struct tcpa_timewait tw;
	struct tcpa_ports ports;
	struct tcpa_set __rcu *set;	/* published text; writer: sampler */
	u64 digest;			/* of the set; sampler only */
};

extern unsigned int tcpa_net_id;

/* Every namespace, and the lock over this list and all lists in it. */
extern struct list_head tcpa_netns_list;
extern struct mutex tcpa_netns_lock;

/*
 * The state of @net; NULL only while the namespace is being set up. Any
 * context. Valid as long as @net is.
 */
static inline struct tcpa_net *tcpa_net(const struct net *net)
{
	return net_generic(net, tcpa_net_id);
}

/* The state of the current process's namespace, NULL for an exiting task. */
struct tcpa_net *tcpa_net_current(void);

/*
 * Start and stop keeping state for all namespaces, present and future.
 * Process context, may sleep. tcpa_netns_exit() needs the hooks disarmed and
 * the sampler stopped.
 */
int tcpa_netns_init(void);
void tcpa_netns_exit(void);

#endif /* _TCPA_NETNS_H */
