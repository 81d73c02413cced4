/* SPDX-License-Identifier: GPL-2.0 */
/*
 * listened.h - which local ports of a namespace have a listener, or had one lately.
 *
 * Job: remember ports while they have one and for one to two windows after.
 * Context: see each function.
 * Does not: know of listeners without an entry.
 */
#ifndef _TCPA_LISTENED_H
#define _TCPA_LISTENED_H

#include <linux/types.h>

struct tcpa_net;

/* A listener of @tn has @port (host order). Sleeps; tcpa_netns_lock held. */
void tcpa_listened_add(struct tcpa_net *tn, u16 port);

/*
 * A listener of @tn, which the caller has a right to, has gone: the next update
 * shall see who is left. Any context.
 */
void tcpa_listened_gone(struct tcpa_net *tn);

/*
 * Forget ports whose listener has gone; windows are @window jiffies long. Costs
 * nothing but a look unless a listener has gone, or a window is over in which there
 * was one. Sleeps; tcpa_netns_lock held.
 */
void tcpa_listened_update(struct tcpa_net *tn, unsigned long window);

/* @port has a listener, or had one until the last update. Any context. */
bool tcpa_listened_now(const struct tcpa_net *tn, u16 port);

/* @port has, or had in this window or the one before. Any context. */
bool tcpa_listened_lately(const struct tcpa_net *tn, u16 port);

/*
 * The ports with a listener among those that word @i of a bitmap of all ports stands
 * for. RCU read side.
 */
unsigned long tcpa_listened_word(const struct tcpa_net *tn, unsigned int i);

/* The same of those that have, or had in this window or the one before. */
unsigned long tcpa_listened_lately_word(const struct tcpa_net *tn, unsigned int i);

/* Nobody uses them any more. */
void tcpa_listened_free(struct tcpa_net *tn);

#endif /* _TCPA_LISTENED_H */
