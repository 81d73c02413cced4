/* SPDX-License-Identifier: GPL-2.0 */
/*
 * findings.h - what is to be said of a sample, and the list of it as it is
 * built.
 *
 * Job: keep the list sorted, worst first, and bounded, without losing what
 * speaks of the whole namespace.
 * Context: any; pure.
 * Does not: decide what is found (advice.c).
 */
#ifndef _TCPA_FINDINGS_H
#define _TCPA_FINDINGS_H

#include "sample.h"

#define TCPA_FINDINGS_MAX	32	/* what one page of text can hold */

/* One thing to say. */
struct tcpa_finding {
	enum tcpa_rule rule;
	enum tcpa_key key;		/* TCPA_KEY_NONE: not a sysctl */
	__u64 value;			/* now: of the key, or of the listener's backlog */
	__u64 proposed;			/* same; 0 for a negative answer */
	__u64 weight;			/* refusals explained: worst first */
	const struct tcpa_listener_sample *listener; /* NULL: the namespace */
	const struct tcpa_dest_sample *dest;	/* of whom it speaks, or NULL */
};

/*
 * Worst first. Several findings may name the same key (one per listener that
 * a low somaxconn caps); all of them then carry the same, largest, proposal.
 */
struct tcpa_findings {
	__u32 nr;
	__u32 omitted;			/* did not fit; counted, never silently lost */
	struct tcpa_finding item[TCPA_FINDINGS_MAX];
};

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
 * Add what @rule says, on the sysctl of its catalogue entry if it has one: now
 * @value, to be @proposed (0 in a negative answer).
 */
void tcpa_findings_say(struct tcpa_findings *f, enum tcpa_rule rule,
		       __u64 value, __u64 proposed, __u64 weight);

/* Take what @rule says off the list again. */
void tcpa_findings_drop(struct tcpa_findings *f, enum tcpa_rule rule);

/*
 * A digest of what the list tells an operator to do: rules, keys, proposals
 * and subjects, in any order; evidence does not enter. Two samples whose
 * digests are equal give the same advice.
 */
__u64 tcpa_findings_digest(const struct tcpa_findings *f);

#endif /* _TCPA_FINDINGS_H */
