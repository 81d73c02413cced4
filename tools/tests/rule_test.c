// SPDX-License-Identifier: GPL-2.0
/*
 * rule_test.c - every verdict of the module's catalogue has a rule, and a note of it
 * is known by its sentence, whatever its numbers.
 */
#include <string.h>

#include <judge/catalogue.h>

#include "tap.h"
#include "words/rule.h"

static void verdicts(void)
{
	enum tcpa_verdict v;

	for (v = 0; v < TCPA_VERDICTS; v++)
		if (v != TCPA_OK)
			tap_result(strcmp(rule_of_verdict(tcpa_verdict_name(v)), "unknown") != 0,
				   __FILE__, __LINE__, tcpa_verdict_name(v));
	IS_STR(rule_of_verdict("backlog-capped"), "somaxconn-caps");
	IS_STR(rule_of_verdict("ports-tight"), "ports");
	IS_STR(rule_of_verdict("no-such"), "unknown");
	IS_STR(rule_of_verdict(""), "unknown");
}

/* @says with 12 in the place of each number. */
static void fill(const char *says, char *text)
{
	while (*says) {
		if (*says == '{') {
			text = stpcpy(text, "12");
			says += strcspn(says, "}") + 1;
		} else {
			*text++ = *says++;
		}
	}
	*text = '\0';
}

static void notes(void)
{
	enum tcpa_rule rule;
	char text[1024];
	const char *found;

	for (rule = 0; rule < TCPA_RULES; rule++) {
		if (tcpa_rule_key(rule) != TCPA_KEY_NONE || !tcpa_rule_says(rule))
			continue;
		fill(tcpa_rule_says(rule), text);
		found = rule_of_note(text);
		tap_str(found ? found : "", tcpa_rule_name(rule), __FILE__, __LINE__, text);
	}
	IS_STR(rule_of_note("fastopen: the queue of TCP Fast Open of [::]:80@1, 1 -> 16: 9"),
	       "fastopen-queue");
	OK(!rule_of_note("nothing to change: 0 connections refused"));
	OK(!rule_of_note(""));
}

int main(void)
{
	verdicts();
	notes();
	return tap_done();
}
