// SPDX-License-Identifier: GPL-2.0
/*
 * prose.c - the prose of the catalogue. User space only.
 */
#include "prose.h"

#include "env.h"

#define MEANING(s)	.meaning = s,
#define CURE(s)		.cure = s,
#define NO_CURE(s)	.no_cure = s,
#define GUIDES(s)	.guides = s,
#define TRUTH(s)	.truth = s,
#define MATTERS(s)	.matters = s,
#define ANSWER(s)	.answer = s,
/* What may be set is the tool's, tools/words/key.c. */
#define SETTABLE(...)
#define WITHIN(...)
#define SAYS(s)		s
#define SIGNAL(s)	.signal = s,
#define THRESHOLD(s)	.threshold = s,
#define ARITHMETIC(s)	.arithmetic = s,
#define SETS(s)		.sets = s,
#define RISK(s)		.risk = s,
#define UNDO(s)		.undo = s,
#define SOURCE(s)	.source = s,

static const struct tcpa_verdict_prose verdicts[] = {
#define VERDICT(id, token, ...)	{ .name = token, __VA_ARGS__ },
#include "catalogue.def"
};

static const struct tcpa_knob_prose knobs[] = {
#define KNOB(token, ...)	{ .name = token, __VA_ARGS__ },
#define KEY(id, token, min, max, ...) \
	{ .name = token, __VA_ARGS__ },
#define SYSCTL(id, token, min, max, field, value, ...) \
	{ .name = token, __VA_ARGS__ },
#include "catalogue.def"
};

static const struct tcpa_rule_prose rules[] = {
#define RULE(id, token, key, sentence, ...) \
	{ .name = token, .says = sentence, __VA_ARGS__ },
#define NEGATIVE(id, token, key, sentence, ...) \
	{ .name = token, .says = sentence, .negative = 1, __VA_ARGS__ },
#include "catalogue.def"
};

const struct tcpa_verdict_prose *tcpa_verdict_prose(unsigned int i)
{
	return i < ARRAY_SIZE(verdicts) ? &verdicts[i] : NULL;
}

const struct tcpa_knob_prose *tcpa_knob_prose(unsigned int i)
{
	return i < ARRAY_SIZE(knobs) ? &knobs[i] : NULL;
}

const struct tcpa_rule_prose *tcpa_rule_prose(unsigned int i)
{
	return i < ARRAY_SIZE(rules) ? &rules[i] : NULL;
}
