/* SPDX-License-Identifier: GPL-2.0 */
/*
 * findings.h - the list of findings as it is built.
 *
 * Job: keep the list sorted, worst first, and bounded, without losing what
 * speaks of the whole namespace.
 * Context: any; pure.
 * Does not: decide what is found (advice.c).
 */
#ifndef _TCPA_FINDINGS_H
#define _TCPA_FINDINGS_H

#include "advice.h"

/* Findings on single listeners; the rest is kept for the namespace's. */
#define TCPA_FINDINGS_LISTENERS	(TCPA_FINDINGS_MAX - 12)

/*
 * Put @item into @f behind those of the same or a larger weight, and negative
 * answers behind all others. A finding on a listener that finds the list full
 * displaces the least one that names no sysctl, or is itself left out; either
 * way @f->omitted counts one more.
 */
void tcpa_findings_add(struct tcpa_findings *f, const struct tcpa_finding *item);

/*
 * Add that sysctl @key, now @value, is to be @proposed (0 in a negative answer);
 * TCPA_KEY_NONE is a finding that leads to no change.
 */
void tcpa_findings_add_key(struct tcpa_findings *f, enum tcpa_rule rule,
			   enum tcpa_key key, __u64 value, __u64 proposed,
			   __u64 weight);

#endif /* _TCPA_FINDINGS_H */
