// SPDX-License-Identifier: GPL-2.0
/*
 * catalogue.c - tokens, ranges and sentences of the catalogue; its prose is in
 * prose.c, which the kernel does without.
 *
 * Context: any; pure.
 * Does not: decide anything.
 */
#include "catalogue.h"

static const char *const verdicts[TCPA_VERDICTS] = {
#define VERDICT(id, name, ...) \
	[TCPA_##id] = name,
#include "catalogue.def"
};

static const struct {
	const char *name;
	__u32 min;
	__u32 max;
} keys[TCPA_KEYS] = {
	[TCPA_KEY_NONE] = { "", 1, 0 },
#define KEY(id, name, min, max, ...) \
	[TCPA_KEY_##id] = { name, min, max },
#define SYSCTL(id, name, min, max, ...) \
	[TCPA_KEY_##id] = { name, min, max },
#include "catalogue.def"
};

static const struct {
	const char *name;
	const char *says;
	enum tcpa_key key;
	bool negative;
} rules[TCPA_RULES] = {
#define SAYS(sentence)	sentence
#define RULE(id, name, key, says, ...) \
	[TCPA_RULE_##id] = { name, says, TCPA_KEY_##key, false },
#define NEGATIVE(id, name, key, says, ...) \
	[TCPA_RULE_##id] = { name, says, TCPA_KEY_##key, true },
#include "catalogue.def"
};

static bool is_rule(enum tcpa_rule rule)
{
	return (unsigned int)rule < TCPA_RULES;
}

const char *tcpa_verdict_name(enum tcpa_verdict v)
{
	return (unsigned int)v < TCPA_VERDICTS ? verdicts[v] : "undecided";
}

const char *tcpa_rule_name(enum tcpa_rule rule)
{
	return is_rule(rule) ? rules[rule].name : "unknown";
}

bool tcpa_rule_negative(enum tcpa_rule rule)
{
	return is_rule(rule) && rules[rule].negative;
}

enum tcpa_key tcpa_rule_key(enum tcpa_rule rule)
{
	return is_rule(rule) ? rules[rule].key : TCPA_KEY_NONE;
}

const char *tcpa_rule_says(enum tcpa_rule rule)
{
	return is_rule(rule) ? rules[rule].says : NULL;
}

const char *tcpa_key_name(enum tcpa_key key)
{
	return (unsigned int)key < TCPA_KEYS ? keys[key].name : "";
}

__u64 tcpa_key_min(enum tcpa_key key)
{
	return (unsigned int)key < TCPA_KEYS ? keys[key].min : 1;
}

__u64 tcpa_key_max(enum tcpa_key key)
{
	return (unsigned int)key < TCPA_KEYS ? keys[key].max : 0;
}
