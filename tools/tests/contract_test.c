// SPDX-License-Identifier: GPL-2.0
/*
 * contract_test.c - whatever the module can say, the tool understands: every
 * rule, key, value and verdict goes through the module's own formatter and
 * this tool's parser.
 */
#include "../../module/judge/advice.h"
#include "../../module/judge/recommend.h"
#include "words/key.h"
#include "words/knob.h"
#include "host/published_advice.h"
#include "tap.h"

#define PAGE	4096

static struct tcpa_listener_sample listeners[2] = {
	{ .name = "0.0.0.0:65535@ffffffffffffffff", .inode = 4294967295U,
	  .backlog = 511, .requested = 511 },
	{ .name = "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:443@2a", .inode = 0,
	  .backlog = 4096, .requested = TCPA_UNKNOWN },
};

/* Whom ports run out towards, with the longest names. */
static const struct tcpa_dest_sample dest = {
	.source = "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
	.peer = "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535",
	.failures = ~0ULL, .used = 65535, .timewait = 65535, .growth = 1, .bound = true,
};

/* Bitmaps of 65536 bits, as lists: "8080,65534-65535" and "1-2". */
static unsigned long listening[65536 / 8 / sizeof(long)];
static unsigned long reserved[65536 / 8 / sizeof(long)];

static struct tcpa_sample sample = {
	.somaxconn = 4096, .syncookies = 1, .max_syn_backlog = 1024,
	.synack_retries = 5, .max_tw_buckets = 8192, .memory = 1ULL << 32,
	.window_s = 60, .nr_listeners = 2, .listeners = listeners,
	.ports = {
		.low = 32768, .high = 60999, .lowest = 1024, .usable = 28232, .pinned = 7,
		.failures = ~0ULL, .listening = listening, .reserved = reserved,
		.nr_dests = 1, .dests = &dest,
	},
};

static void set_port(unsigned long *map, unsigned int port)
{
	map[port / (8 * sizeof(long))] |= 1UL << port % (8 * sizeof(long));
}

/* What the module means by the number @v of a key that the tool has as @k. */
static struct value value_of(const struct key *k, __u64 v)
{
	struct value pair = { .nr = 2, .v = { TCPA_PORT_LOW(v), TCPA_PORT_HIGH(v) } };

	return k && k->nr == 2 ? pair : value_one(v);
}

static bool understood(const struct tcpa_findings *f, size_t settings)
{
	struct recommend r;
	struct fault fault;
	char text[PAGE];
	bool good;
	int len = tcpa_recommend_text(text, sizeof(text), 4026531840U, 7, &sample, f);

	if (recommend_parse(text, (size_t)len, &r, &fault)) {
		printf("# %u: \"%s\": %s\n# %s\n", fault.line, fault.found, fault.why, text);
		return false;
	}
	good = r.netns == 4026531840U && r.generation == 7 && r.window_s == 60 &&
	       r.nr_settings == settings;
	recommend_free(&r);
	return good;
}

static void nothing_to_say(void)
{
	struct tcpa_findings f = { .nr = 0 };

	OK(understood(&f, 0));
	f.omitted = 9;
	OK(understood(&f, 0));
}

static void one_finding(enum tcpa_rule rule, enum tcpa_key key, __u64 proposed,
			const struct tcpa_listener_sample *l)
{
	struct tcpa_findings f = { .nr = 1 };
	bool sets = key != TCPA_KEY_NONE && !tcpa_rule_negative(rule);

	f.item[0].rule = rule;
	f.item[0].key = key;
	f.item[0].value = 1;
	f.item[0].proposed = proposed;
	f.item[0].weight = 1683;
	f.item[0].listener = l;
	f.item[0].dest = &dest;
	if (tcpa_rule_negative(rule) && key == TCPA_KEY_NONE)
		return;
	if (sets && tcpa_key_min(key) > tcpa_key_max(key))
		return;
	if (!understood(&f, sets))
		tap_result(false, tcpa_rule_name(rule), 0, tcpa_key_name(key));
}

static void every_finding(void)
{
	const struct tcpa_listener_sample *subjects[] = { &listeners[0], &listeners[1], NULL };
	unsigned int rule, key, l, failed = tap_failed;

	for (rule = 0; rule < TCPA_RULES; rule++) {
		for (key = 0; key < TCPA_KEYS; key++) {
			for (l = 0; l < 3; l++) {
				one_finding(rule, key, tcpa_key_min(key), subjects[l]);
				one_finding(rule, key, tcpa_key_max(key), subjects[l]);
			}
		}
	}
	OK(failed == tap_failed);
}

static void every_key(void)
{
	struct value low, high;
	const struct key *k;
	unsigned int key;

	for (key = TCPA_KEY_NONE + 1; key < TCPA_KEYS; key++) {
		printf("# %s\n", tcpa_key_name(key));
		OK(knob_find(tcpa_key_name(key)));
		k = key_find(tcpa_key_name(key));
		low = value_of(k, tcpa_key_min(key));
		high = value_of(k, tcpa_key_max(key));
		if (tcpa_key_min(key) > tcpa_key_max(key))
			OK(!k);
		else if (k && k->nr == VALUE_PORTS)
			OK(key == TCPA_KEY_RESERVED_PORTS);	/* as text: one_finding() */
		else
			OK(k && !key_check(k, &low) && !key_check(k, &high));
	}
}

static void every_verdict(void)
{
	unsigned int v;

	for (v = 0; v < TCPA_VERDICTS; v++) {
		printf("# %s\n", tcpa_verdict_name(v));
		OK(verdict_find(tcpa_verdict_name(v)));
	}
}

/* Both keys of a wider range, whose lists come out as the tool writes them. */
static void ports_advised(void)
{
	struct tcpa_findings f = { .nr = 2 };
	struct recommend r;
	struct fault fault;
	char text[PAGE];
	int len;

	f.item[0].rule = TCPA_RULE_RESERVED_PORTS;
	f.item[0].key = TCPA_KEY_RESERVED_PORTS;
	f.item[0].proposed = TCPA_PORT_RANGE(1025, 65534);
	f.item[1].rule = TCPA_RULE_PORT_RANGE;
	f.item[1].key = TCPA_KEY_PORT_RANGE;
	f.item[1].value = TCPA_PORT_RANGE(32768, 60999);
	f.item[1].proposed = TCPA_PORT_RANGE(1025, 65534);
	OK(understood(&f, 2));
	len = tcpa_recommend_text(text, sizeof(text), 1, 7, &sample, &f);
	IS(recommend_parse(text, (size_t)len, &r, &fault), 0);
	IS_STR(r.setting[0].value.ports, "1-2,8080,65534");
	IS(r.setting[1].value.v[0], 1025);
	IS(r.setting[1].value.v[1], 65534);
	recommend_free(&r);
}

/* More than a page holds. */
static void full_page(void)
{
	struct tcpa_findings f = { .nr = TCPA_FINDINGS_MAX, .omitted = 4294967295U };
	unsigned int i;

	for (i = 0; i < TCPA_FINDINGS_MAX; i++) {
		f.item[i].rule = TCPA_RULE_SOMAXCONN_CAPS;
		f.item[i].key = TCPA_KEY_SOMAXCONN;
		f.item[i].value = 128;
		f.item[i].proposed = 65535;
		f.item[i].weight = 1ULL << 60;
		f.item[i].listener = &listeners[i % 2];
	}
	OK(understood(&f, 1));
}

int main(void)
{
	puts("TAP version 13");
	set_port(listening, 8080);
	set_port(listening, 65534);
	set_port(listening, 65535);
	set_port(reserved, 1);
	set_port(reserved, 2);
	nothing_to_say();
	every_finding();
	every_key();
	every_verdict();
	ports_advised();
	full_page();
	return tap_done();
}
