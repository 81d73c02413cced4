/* SPDX-License-Identifier: GPL-2.0 */
/*
 * catalogue.h - the words of the judgement: verdicts, sysctls and rules, their
 * tokens, and the values that advice may propose.
 *
 * Context: any; pure. Depends on nothing but its environment.
 * Does not: decide anything.
 */
#ifndef _TCPA_CATALOGUE_H
#define _TCPA_CATALOGUE_H

#include "env.h"

/* Both ends of net.ipv4.ip_local_port_range as one number, and back. */
#define TCPA_PORT_RANGE(low, high)	((__u64)(low) << 16 | (high))
#define TCPA_PORT_LOW(range)		((__u32)((range) >> 16) & 0xffff)
#define TCPA_PORT_HIGH(range)		((__u32)(range) & 0xffff)

/* Whose fault it is: TCPA_OK and others. */
enum tcpa_verdict {
#define VERDICT(id, ...)	TCPA_##id,
#include "catalogue.def"
	TCPA_VERDICTS
};

/*
 * Every sysctl that a finding may name. A value of TCPA_KEY_PORT_RANGE is a
 * TCPA_PORT_RANGE(); one of TCPA_KEY_RESERVED_PORTS is such a range, or 0 for
 * the list as it is, see portlist.h.
 */
enum tcpa_key {
	TCPA_KEY_NONE,
#define KEY(id, ...)		TCPA_KEY_##id,
#define SYSCTL(id, ...)		TCPA_KEY_##id,
#include "catalogue.def"
	TCPA_KEYS
};

/* One rule, one kind of finding. */
enum tcpa_rule {
#define RULE(id, ...)		TCPA_RULE_##id,
#define NEGATIVE(id, ...)	TCPA_RULE_##id,
#include "catalogue.def"
	TCPA_RULES
};

/* The token of a verdict, e.g. "backlog-capped"; never NULL. */
const char *tcpa_verdict_name(enum tcpa_verdict v);

/* The token of a rule, e.g. "somaxconn-caps"; never NULL. */
const char *tcpa_rule_name(enum tcpa_rule rule);

/* True for the answers "this will not help". */
bool tcpa_rule_negative(enum tcpa_rule rule);

/* The sysctl that @rule speaks of, or TCPA_KEY_NONE. */
enum tcpa_key tcpa_rule_key(enum tcpa_rule rule);

/* The sentence of @rule with numbers in braces, or NULL: reason.c words it. */
const char *tcpa_rule_says(enum tcpa_rule rule);

/* The sysctl's name, e.g. "net.core.somaxconn"; "" for TCPA_KEY_NONE. */
const char *tcpa_key_name(enum tcpa_key key);

/* Inclusive range that advice for @key stays in; empty if it is never set. */
__u64 tcpa_key_min(enum tcpa_key key);
__u64 tcpa_key_max(enum tcpa_key key);

#endif /* _TCPA_CATALOGUE_H */
