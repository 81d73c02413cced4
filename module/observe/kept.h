/* SPDX-License-Identifier: GPL-2.0 */
/*
 * kept.h - what other backlogs of listeners would have lost, and who was hurt.
 *
 * Job: keep the worst that was recorded of each listener (record.c), until it has another
 * backlog or is retired, and list it in its namespace for readers.
 * Context: process; read under RCU.
 * Does not: record.
 */
#ifndef _TCPA_KEPT_H
#define _TCPA_KEPT_H

#include <linux/in.h>
#include <linux/rcupdate.h>
#include <linux/types.h>

#include "judge/curve.h"
#include "judge/fates.h"

struct tcpa_listener;

/*
 * The first word of a prefix of IPv4, of which the second one has 24 bits. One of IPv6 has
 * 64 bits in both; 0:ffff::/32 is nobody's. All as they are sent.
 */
#define TCPA_PREFIX_IPV4	((__force u32)htonl(0xffff))

/* What is kept of @l, in tn->curves; as long as an RCU read side section. */
struct tcpa_kept_loss {
	struct rcu_head rcu;
	const struct tcpa_listener *l;
	u32 row;		/* its index there */
	struct tcpa_loss loss;
	struct tcpa_hurt hurt;	/* in the same recording */
};

/*
 * Keep @loss and @hurt of @l, which is or was visible, if it is worse than what is kept,
 * or, @further, if it is more of the same. True if that is the case. May sleep.
 */
bool tcpa_kept_put(struct tcpa_listener *l, const struct tcpa_loss *loss,
		   const struct tcpa_hurt *hurt, bool further);

/* What is kept of @l, which is visible, at @backlog; false if nothing. */
bool tcpa_kept_read(const struct tcpa_listener *l, u32 backlog, struct tcpa_loss *loss);

/*
 * @l, which is visible, has another backlog, or is dead and retired: nobody reads any more
 * what was found out. tcpa_netns_lock may be held. May sleep.
 */
void tcpa_kept_forget(struct tcpa_listener *l);

#endif /* _TCPA_KEPT_H */
