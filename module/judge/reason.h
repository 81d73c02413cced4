/* SPDX-License-Identifier: GPL-2.0 */
/*
 * reason.h - the sentence behind a finding.
 *
 * Job: say in a comment what was seen and what follows from it.
 * Context: any; pure.
 * Does not: order, bound or omit anything (recommend.c).
 */
#ifndef _TCPA_REASON_H
#define _TCPA_REASON_H

#include "findings.h"
#include "text.h"

/* The comment on a listener, "# listener <name> (inode <n>): ...". */
void tcpa_reason_listener(struct tcpa_text *t, const struct tcpa_sample *s,
			  const struct tcpa_finding *item);

/* The comment on the namespace or a destination, "# <verdict>: ...". */
void tcpa_reason_namespace(struct tcpa_text *t, const struct tcpa_sample *s,
			   const struct tcpa_finding *item);

/* @value of @key, as its sysctl is written, "-" for an empty list. */
void tcpa_reason_value(struct tcpa_text *t, const struct tcpa_sample *s,
		       enum tcpa_key key, __u64 value);

/* The first comment of a key, "# <key> <current> -> <proposed>: ...". */
void tcpa_reason_key(struct tcpa_text *t, const struct tcpa_sample *s,
		     const struct tcpa_findings *f,
		     const struct tcpa_finding *item);

/* A negative answer, "# not advised: <name> (...)". */
void tcpa_reason_negative(struct tcpa_text *t, const struct tcpa_sample *s,
			  const struct tcpa_finding *item);

#endif /* _TCPA_REASON_H */
