/* SPDX-License-Identifier: GPL-2.0 */
/*
 * netns.h - the life of what is kept per network namespace.
 *
 * Job: set it up and tear it down with the namespace.
 * Context: process.
 * Does not: count or judge.
 */
#ifndef _TCPA_NETNS_H
#define _TCPA_NETNS_H

struct tcpa_view;

/*
 * Start and stop keeping state for all namespaces, present and future. What
 * readers see of one is taken back through @view. Process context, may sleep.
 * tcpa_netns_exit() needs the hooks disarmed and the sampler stopped; what is left
 * then, tcpa_reconcile_exit() removes.
 */
int tcpa_netns_init(const struct tcpa_view *view);
void tcpa_netns_exit(void);

#endif /* _TCPA_NETNS_H */
