// SPDX-License-Identifier: GPL-2.0
/*
 * rule.c - from a remark back to its rule. The catalogue of the module's judge has
 * the sentences, with numbers in braces; it is the same that the module words its
 * advice from. Holds no rule itself.
 */
#include <stddef.h>
#include <string.h>

#include <judge/catalogue.h>

#include "rule.h"
#include "util.h"

static const char unknown[] = "unknown";

/* Whether @text is the sentence @says, whatever its numbers. */
static bool is_sentence(const char *says, const char *text)
{
	while (*says) {
		if (*says == '{') {
			size_t digits = strspn(text, "0123456789.");

			if (!digits)
				return false;
			text += digits;
			says += strcspn(says, "}");
			says += *says == '}';
		} else if (*says++ != *text++) {
			return false;
		}
	}
	return !*text;
}

/* Rules on listeners that lead to a setting: of the key, in words of their own. */
static enum tcpa_rule rule_without_key(const char *key)
{
	return strcmp(key, "net.core.somaxconn") ? TCPA_RULES : TCPA_RULE_SOMAXCONN_CAPS;
}

const char *rule_of_key(const char *key, bool negative, const char *text)
{
	enum tcpa_rule rule, last = TCPA_RULES;
	unsigned int nr = 0;

	for (rule = 0; rule < TCPA_RULES; rule++) {
		if (tcpa_rule_negative(rule) != negative ||
		    strcmp(tcpa_key_name(tcpa_rule_key(rule)), key))
			continue;
		if (tcpa_rule_says(rule) && is_sentence(tcpa_rule_says(rule), text))
			return tcpa_rule_name(rule);
		last = rule;
		nr++;
	}
	if (!nr && !negative)
		last = rule_without_key(key);
	return nr > 1 || last == TCPA_RULES ? unknown : tcpa_rule_name(last);
}

const char *rule_of_note(const char *text)
{
	/* What names somebody besides numbers is no sentence of the catalogue. */
	static const char fastopen[] = "fastopen: ";
	enum tcpa_rule rule;

	if (!strncmp(text, fastopen, sizeof(fastopen) - 1))
		return tcpa_rule_name(TCPA_RULE_FASTOPEN_QUEUE);

	for (rule = 0; rule < TCPA_RULES; rule++)
		if (tcpa_rule_key(rule) == TCPA_KEY_NONE && tcpa_rule_says(rule) &&
		    is_sentence(tcpa_rule_says(rule), text))
			return tcpa_rule_name(rule);
	return NULL;
}

const char *rule_of_verdict(const char *verdict)
{
	/* Those that are not called like their rule. */
	static const struct {
		const char *verdict;
		enum tcpa_rule rule;
	} others[] = {
		{ "backlog-capped", TCPA_RULE_SOMAXCONN_CAPS },
		{ "buckets-full", TCPA_RULE_TW_BUCKETS_FULL },
		{ "ports-tight", TCPA_RULE_PORTS },
		{ "ports-exhausted", TCPA_RULE_PORTS },
	};
	enum tcpa_rule rule;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(others); i++)
		if (!strcmp(verdict, others[i].verdict))
			return tcpa_rule_name(others[i].rule);
	for (rule = 0; rule < TCPA_RULES; rule++)
		if (!strcmp(tcpa_rule_name(rule), verdict))
			return tcpa_rule_name(rule);
	return unknown;
}
