/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ports_walk.h - who uses how many ephemeral ports.
 *
 * Job: now and then count the sockets in the hash of connections.
 * Context: process.
 * Does not: count failures (ports.c), or judge.
 */
#ifndef _TCPA_PORTS_WALK_H
#define _TCPA_PORTS_WALK_H

#include <linux/types.h>

struct tcpa_net;

/*
 * Count @tn's occupancy, if it may matter: there were @failures, or some since the last
 * count, or enough sockets to fill a quarter of the ports or of the TIME_WAIT limit; and
 * if it is its turn (ports_queue.h), for the first time in this tick. While nothing
 * seems to become short, it takes a three-thousandth of a CPU: neither a port nor a TIME_WAIT
 * was refused, no destination has an eighth of the ports, and TIME_WAITs near their
 * limit are as many as before. True if it was counted; if it is to be, it waits for its
 * turn. Sleeps; the sampler only, tcpa_netns_lock held.
 */
bool tcpa_ports_walk(struct tcpa_net *tn, u64 failures);

/* Memory for it, for all namespaces. Returns 0, -ENOMEM. */
int tcpa_ports_walk_init(void);
void tcpa_ports_walk_exit(void);

#endif /* _TCPA_PORTS_WALK_H */
