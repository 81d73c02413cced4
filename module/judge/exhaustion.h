/* SPDX-License-Identifier: GPL-2.0 */
/*
 * exhaustion.h - what runs out in a namespace as a whole: TIME_WAIT buckets
 * and ephemeral ports.
 *
 * Job: verdicts on both, and the findings that follow.
 * Context: any; pure, saturating.
 * Does not: judge listeners (verdict.c), or choose words (reason.c).
 */
#ifndef _TCPA_EXHAUSTION_H
#define _TCPA_EXHAUSTION_H

#include "findings.h"

/*
 * Judge @s: sets its tw_verdict and ports_verdict, whose values at the call are
 * what was said before, and adds to @out what to do. Linear in the number of
 * destinations, and in that of ports if a wider range is advised.
 */
void tcpa_exhaustion_find(struct tcpa_sample *s, struct tcpa_findings *out);

/* That more ports are no cure for who keeps its own; after tcpa_exhaustion_find(). */
void tcpa_exhaustion_find_own_port(const struct tcpa_sample *s,
				   struct tcpa_findings *out);

/* The negative answers that go with these verdicts. */
void tcpa_exhaustion_find_negative(const struct tcpa_sample *s,
				   struct tcpa_findings *out);

/* Ports that connect(2) cannot have for @d: in use, or pinned by others. */
__u32 tcpa_ports_taken(const struct tcpa_ports_sample *p,
		       const struct tcpa_dest_sample *d);

/* A TIME_WAIT towards @d gives its port to the next connection. */
bool tcpa_ports_reuse(const struct tcpa_ports_sample *p,
		      const struct tcpa_dest_sample *d);

#endif /* _TCPA_EXHAUSTION_H */
