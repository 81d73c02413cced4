/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rule.h - the token of the rule behind a remark of the module, so that programs
 * need not read English.
 */
#ifndef _TCPADVISOR_RULE_H
#define _TCPADVISOR_RULE_H

#include <stdbool.h>

/*
 * The rule that says @text of the sysctl @key, @negative if as a change that would
 * not help: the one whose sentence it is, or else the only one on that key.
 * "unknown" if there is none, as from a module of another version. Pure.
 */
const char *rule_of_key(const char *key, bool negative, const char *text);

/* The rule that says @text of no sysctl; NULL if none has such a sentence. Pure. */
const char *rule_of_note(const char *text);

/* The rule that gives a listener, TIME_WAITs or ports @verdict; or "unknown". Pure. */
const char *rule_of_verdict(const char *verdict);

#endif /* _TCPADVISOR_RULE_H */
