// SPDX-License-Identifier: GPL-2.0
/*
 * catalogue_test.c - the catalogue of recommendations names every verdict,
 * rule and sysctl that the code knows, and each rule's section says all that a
 * section has to say.
 */
#include "kselftest_harness.h"

#include "../../module/judge/catalogue.h"

FIXTURE(catalogue) {
	char *text;
};

FIXTURE_SETUP(catalogue)
{
	FILE *file = fopen(CATALOGUE, "r");
	size_t len;

	ASSERT_NE(NULL, file) {
		TH_LOG("%s cannot be read", CATALOGUE);
	}
	self->text = calloc(1, 1 << 20);
	len = fread(self->text, 1, (1 << 20) - 1, file);
	ASSERT_LT(0, len);
	fclose(file);
}

FIXTURE_TEARDOWN(catalogue)
{
	free(self->text);
}

static bool names(const char *text, const char *token)
{
	char quoted[128];

	snprintf(quoted, sizeof(quoted), "``%s``", token);
	return strstr(text, quoted);
}

/* Where the section of @token begins: its name underlined. */
static const char *section(const char *text, const char *token)
{
	char head[128];

	snprintf(head, sizeof(head), "\n%s\n---", token);
	return strstr(text, head);
}

TEST_F(catalogue, names_every_verdict)
{
	int v;

	for (v = 0; v < TCPA_VERDICTS; v++)
		EXPECT_TRUE(names(self->text, tcpa_verdict_name(v))) {
			TH_LOG("verdict %s", tcpa_verdict_name(v));
		}
}

TEST_F(catalogue, names_every_sysctl)
{
	int key;

	for (key = TCPA_KEY_NONE + 1; key < TCPA_KEYS; key++)
		EXPECT_TRUE(names(self->text, tcpa_key_name(key))) {
			TH_LOG("sysctl %s", tcpa_key_name(key));
		}
}

TEST_F(catalogue, has_a_full_section_for_every_rule)
{
	static const char *const items[] = {
		"Signal:", "Threshold:", "Arithmetic:", "Key:", "Risk:", "Undo:",
		"Source:",
	};
	int rule;
	size_t i;

	for (rule = 0; rule < TCPA_RULES; rule++) {
		const char *at = section(self->text, tcpa_rule_name(rule));
		const char *end;

		EXPECT_NE(NULL, at) {
			TH_LOG("rule %s", tcpa_rule_name(rule));
		}
		if (!at)
			continue;
		end = strstr(at + strlen(tcpa_rule_name(rule)) + 10, "\n---");
		for (i = 0; i < ARRAY_SIZE(items); i++) {
			const char *item = strstr(at, items[i]);

			EXPECT_TRUE(item && (!end || item < end)) {
				TH_LOG("rule %s lacks \"%s\"",
				       tcpa_rule_name(rule), items[i]);
			}
		}
	}
}

TEST_HARNESS_MAIN
