/* SPDX-License-Identifier: GPL-2.0 */
/*
 * past.h - what the listeners of an address had counted when they were closed.
 *
 * Job: totals by local address and port, which outlive a listener: with those of the
 * listeners that are there they make counters that never go down.
 * Context: process. Written by reconcile only, one at a time; read under RCU.
 * Does not: know listeners.
 */
#ifndef _TCPA_PAST_H
#define _TCPA_PAST_H

#include <linux/list.h>
#include <linux/rcupdate.h>
#include <linux/types.h>
#include <linux/xarray.h>

#include "counters.h"

#define TCPA_PAST_NAME	48	/* "[v6 address]:port" and NUL */

/* Whose listeners: a hash of the user (struct tcpa_owner), or this. */
#define TCPA_PAST_ROOT	256
#define TCPA_PAST_OWNERS	(TCPA_PAST_ROOT + 1)

/* What is added, and what that makes. */
struct tcpa_past_sum {
	u64 listeners;			/* that were closed */
	u64 aborted;			/* children that waited then */
	u64 v[TCPA_COUNTERS];
};

/* Of one address. */
struct tcpa_past {
	struct rcu_head rcu;
	struct list_head node;		/* in a list of tcpa_pasts */
	u32 hash;			/* of the address */
	u32 row;			/* its index in rows */
	unsigned int owner;		/* whose it was first */
	struct tcpa_past_sum sum;
	char address[TCPA_PAST_NAME];
};

/* Of all addresses of a namespace. */
struct tcpa_pasts {
	struct list_head list;		/* the one last added to first */
	unsigned int nr;
	unsigned int most;
	struct xarray rows;		/* the same, for readers under RCU */
	u64 evicted;			/* addresses that had to give way */
	struct tcpa_past_sum other;	/* theirs, and what had no address */
};

/* Before and after any other call; @most addresses have a row of their own. */
void tcpa_pasts_init(struct tcpa_pasts *p, unsigned int most);
void tcpa_pasts_free(struct tcpa_pasts *p);

/*
 * Add @sum, of @owner, to the address that the first @len bytes of @address are, or to
 * `other` if @len is 0 or memory is short.
 */
void tcpa_past_add(struct tcpa_pasts *p, const char *address, size_t len,
		   unsigned int owner, const struct tcpa_past_sum *sum);

#endif /* _TCPA_PAST_H */
