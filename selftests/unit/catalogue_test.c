// SPDX-License-Identifier: GPL-2.0
/*
 * catalogue_test.c - every entry of the catalogue says all that an entry has to
 * say, names are used once, and Documentation/recommendations.rst has the same
 * words.
 */
#include "kselftest_harness.h"

#include "../../module/judge/catalogue.h"
#include "../../module/judge/prose.h"
#include "catalogue_rst.h"

static bool said(const char *s)
{
	return s && *s;
}

TEST(verdicts_are_complete)
{
	const struct tcpa_verdict_prose *v;
	unsigned int i;

	for (i = 0; (v = tcpa_verdict_prose(i)); i++) {
		EXPECT_STREQ(tcpa_verdict_name(i), v->name);
		EXPECT_TRUE(said(v->meaning) && said(v->cure) && said(v->no_cure)) {
			TH_LOG("verdict %s", v->name);
		}
	}
	EXPECT_EQ(TCPA_VERDICTS, i);
}

TEST(rules_are_complete)
{
	const struct tcpa_rule_prose *r;
	unsigned int i;

	for (i = 0; (r = tcpa_rule_prose(i)); i++) {
		EXPECT_STREQ(tcpa_rule_name(i), r->name);
		EXPECT_EQ(tcpa_rule_negative(i), r->negative);
		EXPECT_TRUE(said(r->signal) && said(r->threshold) &&
			    said(r->arithmetic) && said(r->sets) &&
			    said(r->risk) && said(r->undo) && said(r->source)) {
			TH_LOG("rule %s", r->name);
		}
		/* What sets a key or denies it has a sentence to say so. */
		EXPECT_TRUE(tcpa_rule_key(i) == TCPA_KEY_NONE || said(r->says)) {
			TH_LOG("rule %s has no sentence", r->name);
		}
		EXPECT_TRUE(!r->negative || tcpa_rule_key(i) != TCPA_KEY_NONE);
	}
	EXPECT_EQ(TCPA_RULES, i);
}

static const struct tcpa_knob_prose *knob(const char *name, unsigned int *times)
{
	const struct tcpa_knob_prose *k, *found = NULL;
	unsigned int i;

	for (i = 0, *times = 0; (k = tcpa_knob_prose(i)); i++) {
		if (strcmp(k->name, name))
			continue;
		found = k;
		(*times)++;
	}
	return found;
}

TEST(knobs_are_complete)
{
	const struct tcpa_knob_prose *k;
	unsigned int i, times;
	int key;

	for (i = 0; (k = tcpa_knob_prose(i)); i++) {
		EXPECT_TRUE(said(k->guides) && said(k->truth) &&
			    said(k->matters) && said(k->answer)) {
			TH_LOG("knob %s", k->name);
		}
		knob(k->name, &times);
		EXPECT_EQ(1, times) {
			TH_LOG("knob %s", k->name);
		}
	}
	for (key = TCPA_KEY_NONE + 1; key < TCPA_KEYS; key++)
		EXPECT_NE(NULL, knob(tcpa_key_name(key), &times));
}

TEST(documentation_has_the_same_words)
{
	FILE *file = fopen(CATALOGUE, "r");
	char *doc = calloc(1, 1 << 20), *made = NULL;
	size_t len, n;
	FILE *out;

	ASSERT_NE(NULL, file) {
		TH_LOG("%s cannot be read", CATALOGUE);
	}
	len = fread(doc, 1, (1 << 20) - 1, file);
	fclose(file);
	ASSERT_LT(0, len);
	out = open_memstream(&made, &n);
	catalogue_rst(out);
	fclose(out);
	EXPECT_STREQ(made, doc) {
		TH_LOG("`make -C selftests/unit catalogue` makes it anew");
	}
	free(made);
	free(doc);
}

TEST_HARNESS_MAIN
