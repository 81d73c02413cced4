/* SPDX-License-Identifier: GPL-2.0 */
/*
 * proposed.h - what findings say, for tests.
 *
 * Does not: check that findings on one key agree (advice_property_test.c does).
 */
#ifndef _PROPOSED_H
#define _PROPOSED_H

#include "../../module/judge/findings.h"

#define NO_CHANGE (-1LL)

/* The value proposed for @key, or NO_CHANGE. */
static inline long long proposed(const struct tcpa_findings *f,
				 enum tcpa_key key)
{
	__u32 i;

	for (i = 0; i < f->nr; i++)
		if (f->item[i].key == key &&
		    !tcpa_rule_negative(f->item[i].rule))
			return f->item[i].proposed;
	return NO_CHANGE;
}

static inline bool has_rule(const struct tcpa_findings *f, enum tcpa_rule rule)
{
	__u32 i;

	for (i = 0; i < f->nr; i++)
		if (f->item[i].rule == rule)
			return true;
	return false;
}

#endif /* _PROPOSED_H */
