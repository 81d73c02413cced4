/* SPDX-License-Identifier: GPL-2.0 */
/*
 * pending.h - entries that wait for a reconcile.
 *
 * Job: take them from hooks and sampler, and ask for the reconcile.
 * Context: any, unless said otherwise.
 * Does not: reconcile (reconcile.c).
 */
#ifndef _TCPA_PENDING_H
#define _TCPA_PENDING_H

#include <linux/llist.h>
#include <linux/workqueue.h>

struct tcpa_listener;

/* Process context; on return from exit @reconcile neither runs nor will. */
void tcpa_pending_init(work_func_t reconcile);
void tcpa_pending_exit(void);

/* @l is about to be put into the hash. */
void tcpa_pending_new(struct tcpa_listener *l);

/* Mark @l as gone, once; the next reconcile removes it. */
void tcpa_listener_kill(struct tcpa_listener *l);

/* Ask for a reconcile, at once or in @delay jiffies. */
void tcpa_listeners_kick(void);
void tcpa_listeners_kick_later(unsigned long delay);

/*
 * Take both lists, by `removal` and by `added`, latest first. Who is on the first has
 * been on the second, of this time or an earlier one.
 */
void tcpa_pending_take(struct llist_node **dead, struct llist_node **new);

#endif /* _TCPA_PENDING_H */
