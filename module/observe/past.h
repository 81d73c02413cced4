/* SPDX-License-Identifier: GPL-2.0 */
/*
 * past.h - what the listeners of an address had counted when they were closed.
 *
 * Job: totals by local address and port, which outlive a listener: with those of the
 * listeners that are there they make counters that never go down.
 * Context: process. Written by reconcile only, one at a time; read under RCU; freed
 * by whoever was the last to have the namespace, at any time.
 * Does not: know listeners.
 */
#ifndef _TCPA_PAST_H
#define _TCPA_PAST_H

#include <linux/list.h>
#include <linux/rcupdate.h>
#include <linux/types.h>
#include <linux/xarray.h>

#include "counters.h"
#include "owner.h"

#define TCPA_PAST_NAME	48	/* "[v6 address]:port" and NUL */

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
	struct tcpa_owner owner;	/* whose it was first */
	struct tcpa_past_sum sum;
	char address[TCPA_PAST_NAME];
};

/* Of all addresses of a namespace. */
struct tcpa_pasts {
	struct list_head list;		/* the one last added to first */
	unsigned int nr;
	unsigned int most;
	struct xarray rows;		/* the same, for readers under RCU */
	u64 evicted;			/* addresses that gave way, or found no room */
	struct tcpa_past_sum other;	/* theirs, and what had no address */
};

/* Before and after any other call; @most addresses have a row of their own. */
void tcpa_pasts_init(struct tcpa_pasts *p, unsigned int most);
void tcpa_pasts_free(struct tcpa_pasts *p);

/*
 * Add @sum, of @owner, to the address that the first @len bytes of @address are, or to
 * `other` if @len is 0, memory is short or @owner has no room.
 */
void tcpa_past_add(struct tcpa_pasts *p, const char *address, size_t len,
		   const struct tcpa_owner *owner, const struct tcpa_past_sum *sum);

#endif /* _TCPA_PAST_H */
