// SPDX-License-Identifier: GPL-2.0
/*
 * state.c - what the module keeps per network namespace and per listener.
 *
 * Context: any.
 * Does not: set any of it up (netns.c, listener.c).
 */
#include "state.h"

#include <linux/nsproxy.h>

unsigned int tcpa_net_id;
LIST_HEAD(tcpa_netns_list);
/* Orders all changes in process context; see state.h. */
DEFINE_MUTEX(tcpa_netns_lock);
u32 tcpa_epoch __read_mostly = 1;

struct tcpa_net *tcpa_net_current(void)
{
	return current->nsproxy ? tcpa_net(current->nsproxy->net_ns) : NULL;
}
