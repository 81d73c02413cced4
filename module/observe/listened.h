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

#include <linux/bits.h>
#include <linux/lockdep.h>
#include <linux/rcupdate.h>
#include <linux/types.h>

#include "state.h"

#define TCPA_LISTENED_WORDS BITS_TO_LONGS(TCPA_LISTENED_SPAN)

/* What is remembered of so many ports; see listened.c. */
struct tcpa_listened_set {
	struct rcu_head rcu;
	unsigned long now[TCPA_LISTENED_WORDS];
	unsigned long window[TCPA_LISTENED_WORDS];	/* includes now */
	unsigned long before[TCPA_LISTENED_WORDS];
};

/* That of @port, or NULL. RCU read side, or tcpa_netns_lock held. */
static __always_inline struct tcpa_listened_set *
tcpa_listened_set(const struct tcpa_net *tn, u16 port)
{
	return rcu_dereference_check(tn->listened.set[port / TCPA_LISTENED_SPAN],
				     rcu_read_lock_any_held() ||
				     lockdep_is_held(&tcpa_netns_lock));
}

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

/*
 * The ports with a listener among those that word @i of a bitmap of all ports stands
 * for. RCU read side.
 */
unsigned long tcpa_listened_word(const struct tcpa_net *tn, unsigned int i);

/* The same of those that have, or had in this window or the one before. */
static __always_inline unsigned long
tcpa_listened_lately_word(const struct tcpa_net *tn, unsigned int i)
{
	const struct tcpa_listened_set *set = tcpa_listened_set(tn, i * BITS_PER_LONG);

	if (!set)
		return 0;
	i %= TCPA_LISTENED_WORDS;
	/* Pairs with smp_store_release() in begin_window(). */
	return smp_load_acquire(&set->window[i]) | READ_ONCE(set->before[i]);
}

/* @port has a listener, or had one in this window or the one before. RCU read side. */
static __always_inline bool tcpa_listened_lately(const struct tcpa_net *tn, u16 port)
{
	return tcpa_listened_lately_word(tn, port / BITS_PER_LONG) & BIT_MASK(port);
}

/* Nobody uses them any more. */
void tcpa_listened_free(struct tcpa_net *tn);

#endif /* _TCPA_LISTENED_H */
