/* SPDX-License-Identifier: GPL-2.0 */
/*
 * remembered.h - what listeners that are gone have shown.
 *
 * Job: keep evidence and verdict of a listener with refusals that has gone, for one
 * that comes in its place: after a restart, or a reload that opens a new socket
 * beside the old one.
 * Context: process; tcpa_netns_lock held.
 * Does not: count (closed/ has the totals of those that are gone), or judge.
 */
#ifndef _TCPA_REMEMBERED_H
#define _TCPA_REMEMBERED_H

#include <linux/list.h>
#include <linux/types.h>

#include "state.h"

#define TCPA_ADDR_PORT_MAX 56		/* "[IPv6 address]:port" and NUL */

/* Whom it takes to be the same server. */
struct tcpa_place {
	char address[TCPA_ADDR_PORT_MAX];
	int device;			/* bound to it, 0: to none */
	kuid_t uid;
	u32 program;			/* see state.h */
	u32 backlog;
	s64 requested;
	bool defers;			/* has TCP_DEFER_ACCEPT */
};

struct tcpa_remembered {
	struct list_head node;		/* in tn->remembered, the latest first */
	struct tcpa_place place;
	struct tcpa_owner owner;
	bool replaced;			/* by one with other settings */
	unsigned long since;		/* jiffies when it went */
	u32 verdict;
	u32 recommended;
	struct tcpa_evidence kept;
};

/* @l, which is shown and has evidence of trouble, goes. */
void tcpa_remembered_leave(const struct tcpa_listener *l);

/*
 * The latest that was at the place of @l, or NULL. Valid until the lock is dropped
 * or it is forgotten, as it is to be once @l has what it says.
 */
struct tcpa_remembered *tcpa_remembered_find(const struct tcpa_listener *l);
void tcpa_remembered_forget(struct tcpa_net *tn, struct tcpa_remembered *r);

/* How many windows, of @window jiffies, ago it went. */
u32 tcpa_remembered_age(const struct tcpa_remembered *r, unsigned long window);

/* Forget those of long ago. True if there were any. */
bool tcpa_remembered_expire(struct tcpa_net *tn, unsigned long window);

/*
 * What those refused in their worst windows that are gone, and neither have come
 * back nor have been replaced by a listener with other settings.
 */
u64 tcpa_remembered_refused(const struct tcpa_net *tn);

/* Nobody has @tn any more. The lock is not needed. */
void tcpa_remembered_free(struct tcpa_net *tn);

#endif /* _TCPA_REMEMBERED_H */
