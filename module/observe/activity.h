/* SPDX-License-Identifier: GPL-2.0 */
/*
 * activity.h - what has changed since the sampler last looked.
 *
 * Job: let handlers say which listener and which namespace has an event, at the
 * cost of one read for all but the first.
 * Context: see each function.
 * Does not: sample.
 */
#ifndef _TCPA_ACTIVITY_H
#define _TCPA_ACTIVITY_H

#include "state.h"

/*
 * For the inline functions below only, in which what is read is a word that need not be
 * read by an instruction of its own.
 */
void tcpa_activity_listener(struct tcpa_listener *l);
void tcpa_activity_net(struct tcpa_net *tn);

/*
 * @l has an event: the sampler shall look at it. Any context, RCU read side or
 * tcpa_netns_lock; @l is no stand-in.
 */
static inline void tcpa_listener_touch(struct tcpa_listener *l)
{
	/* A word, see above. */
	if (unlikely(!(data_race(l->state.counter) & TCPA_STATE_QUEUED)))
		tcpa_activity_listener(l);
}

/* The same of a namespace, which the caller has a right to. Any context. */
static inline void tcpa_net_touch(struct tcpa_net *tn)
{
	/* The same. */
	if (unlikely(!data_race(tn->queued)))
		tcpa_activity_net(tn);
}

/* @l needs no touch, and nobody records it. Context as above. */
static __always_inline bool tcpa_listener_settled(const struct tcpa_listener *l)
{
	/* A word, see above. */
	return likely(data_race(l->state.counter) == TCPA_STATE_QUEUED);
}

/*
 * Let handlers find the cells of @l, which is queued, unless it is recorded.
 * tcpa_netns_lock held.
 */
void tcpa_activity_quicken(struct tcpa_listener *l);

/*
 * Move entries that were touched to the lists of their namespaces, which are
 * touched with them. Process context, tcpa_netns_lock held.
 */
void tcpa_activity_collect(void);

/*
 * Add namespaces that were touched to @busy, each with a reference. Process
 * context, only the sampler, which has that list.
 */
void tcpa_activity_take(struct list_head *busy);

/*
 * A look at @l, which is on its list, has found events (@any) or none: stay or
 * leave, which takes two looks. True when it has left. tcpa_netns_lock held.
 */
bool tcpa_activity_looked(struct tcpa_listener *l, bool any);

/* The same of @tn, on the list @busy: its reference is dropped if it has left. */
bool tcpa_activity_looked_net(struct tcpa_net *tn, bool any);

/* There is no sampler, or not any more. Process context; hooks disarmed. */
void tcpa_activity_drop(struct list_head *busy);

#endif /* _TCPA_ACTIVITY_H */
