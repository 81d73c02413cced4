/* SPDX-License-Identifier: GPL-2.0 */
/*
 * kept.h - what other backlogs of listeners would have lost.
 *
 * Job: keep the worst that was recorded of each listener (record.c), until it has another
 * backlog or is retired, and list it in its namespace for readers.
 * Context: process; read under RCU.
 * Does not: record.
 */
#ifndef _TCPA_KEPT_H
#define _TCPA_KEPT_H

#include <linux/rcupdate.h>
#include <linux/types.h>

#include "judge/curve.h"

struct tcpa_listener;

/* What is kept of @l, in tn->curves; as long as an RCU read side section. */
struct tcpa_kept_loss {
	struct rcu_head rcu;
	const struct tcpa_listener *l;
	u32 row;		/* its index there */
	struct tcpa_loss loss;
};

/*
 * Keep @loss of @l, which is or was visible, if it is worse than what is kept, or,
 * @further, if it is more of the same. True if that is the case. May sleep.
 */
bool tcpa_kept_put(struct tcpa_listener *l, const struct tcpa_loss *loss, bool further);

/* What is kept of @l, which is visible, at @backlog; false if nothing. */
bool tcpa_kept_read(const struct tcpa_listener *l, u32 backlog, struct tcpa_loss *loss);

/*
 * @l, which is visible, has another backlog, or is dead and retired: nobody reads any more
 * what was found out. tcpa_netns_lock may be held. May sleep.
 */
void tcpa_kept_forget(struct tcpa_listener *l);

#endif /* _TCPA_KEPT_H */
