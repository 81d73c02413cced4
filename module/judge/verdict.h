/* SPDX-License-Identifier: GPL-2.0 */
/*
 * verdict.h - one listener: whose fault it is, and how big its backlog should
 * be.
 *
 * Job: fill the out fields of one listener of a sample.
 * Context: any; pure.
 * Does not: look at other listeners; what it needs to know of those of its
 * SO_REUSEPORT group is counted by group.c.
 */
#ifndef _TCPA_VERDICT_H
#define _TCPA_VERDICT_H

#include "sample.h"

/* Judge @l, one of @s, of which the groups have been counted (group.h). */
void tcpa_verdict_give(const struct tcpa_sample *s,
		       struct tcpa_listener_sample *l);

/* Refusals, and what stood in for one, that the verdict on @l explains. */
__u64 tcpa_verdict_weight(const struct tcpa_sample *s,
			  const struct tcpa_listener_sample *l);

/*
 * True if net.core.somaxconn, not a number of the application's own, sets @l's
 * backlog, or seems to because both are the same.
 */
bool tcpa_verdict_capped(const struct tcpa_sample *s,
			 const struct tcpa_listener_sample *l);

/*
 * SYNs that @l lost to the last quarter of tcp_max_syn_backlog, which without
 * SYN cookies is kept for peers that have proven themselves; 0 otherwise.
 */
__u64 tcpa_verdict_reserve_drops(const struct tcpa_sample *s,
				 const struct tcpa_listener_sample *l);

/*
 * True if @l is slow because its application runs too seldom, and not because it
 * leaves the queue full: it empties the queue each time.
 */
bool tcpa_verdict_starved(const struct tcpa_listener_sample *l);

/* True if @l is slow for nothing but how long connections wait for accept(2). */
bool tcpa_verdict_late(const struct tcpa_listener_sample *l);

/* accept(2)s per second while the queue was full; 0 if not measured. */
__u64 tcpa_verdict_accept_rate(const struct tcpa_listener_sample *l);

#endif /* _TCPA_VERDICT_H */
