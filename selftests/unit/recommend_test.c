// SPDX-License-Identifier: GPL-2.0
/*
 * recommend_test.c - the text: its grammar for any findings and any buffer,
 * and its words in a few cases.
 *
 * TCPA_SEED=<n> repeats a run that failed.
 */
#include "kselftest_harness.h"

#include "../../module/judge/advice.h"
#include "../../module/judge/recommend.h"
#include "grammar.h"
#include "random_sample.h"

#define CASES 4000
#define PAGE 4096

FIXTURE(text) {
	__u64 seed;
	struct prng p;
	struct tcpa_sample s;
	struct tcpa_findings f;
	char *buf;
};

FIXTURE_SETUP(text)
{
	const char *seed = getenv("TCPA_SEED");

	self->seed = seed ? strtoull(seed, NULL, 0) : 20250718;
	self->buf = malloc(PAGE);
}

FIXTURE_TEARDOWN(text)
{
	free(self->buf);
}

/* Write into a buffer of exactly @size bytes, so that ASan sees one too many. */
static int write_text(struct __test_metadata *_metadata, size_t size,
		      const struct tcpa_sample *s, const struct tcpa_findings *f,
		      char *copy)
{
	char *exact = malloc(size);
	const char *err;
	int len = tcpa_recommend_text(exact, size, 4026531840U, 7, s, f);

	ASSERT_GE(len, 0);
	if (size)
		ASSERT_LT(len, size);
	err = size ? grammar_error(exact, len) : NULL;
	EXPECT_EQ(NULL, err) {
		TH_LOG("%s\n%s", err, exact);
	}
	if (size && copy)
		memcpy(copy, exact, len + 1);
	free(exact);
	return len;
}

static __u32 nr_sets(const struct tcpa_findings *f)
{
	bool seen[TCPA_KEYS] = {};
	__u32 i, n = 0;

	for (i = 0; i < f->nr; i++) {
		const struct tcpa_finding *item = &f->item[i];

		if (!item->key || tcpa_rule_negative(item->rule) ||
		    seen[item->key])
			continue;
		seen[item->key] = true;
		n++;
	}
	return n;
}

static __u32 nr_left_out(const char *text)
{
	const char *line = strstr(text, " more findings left out: ");

	if (!line)
		return 0;
	while (line > text && line[-1] != ' ')
		line--;
	return strtoul(line, NULL, 10);
}

/* Every finding is in the text or counted in its last line. */
static void check_complete(struct __test_metadata *_metadata,
			   const struct tcpa_findings *f, const char *text)
{
	__u32 i, shown, namespaces = 0;

	for (i = 0; i < f->nr; i++)
		namespaces += !f->item[i].listener &&
			      !tcpa_rule_negative(f->item[i].rule);
	shown = grammar_count(text, "# listener ") +
		grammar_count(text, "# not advised: ");
	if (nr_left_out(text)) {
		EXPECT_LE(f->nr + f->omitted,
			  shown + namespaces + nr_left_out(text));
		EXPECT_GE(f->nr + f->omitted, shown + nr_left_out(text));
	} else {
		EXPECT_EQ(f->nr, shown + namespaces);
		EXPECT_EQ(nr_sets(f), grammar_count(text, "net."));
	}
}

TEST_F(text, keeps_to_the_grammar)
{
	__u32 i;

	for (i = 0; i < CASES && __test_passed(_metadata); i++) {
		prng_seed(&self->p, self->seed + i);
		random_sample(&self->s, &self->p, prng_below(&self->p, 50),
			      i % 2 ? WILD : PLAUSIBLE);
		tcpa_advise(&self->s, &self->f);
		write_text(_metadata, PAGE, &self->s, &self->f, self->buf);
		check_complete(_metadata, &self->f, self->buf);
		random_sample_free(&self->s);
	}
	if (!__test_passed(_metadata))
		TH_LOG("TCPA_SEED=%llu, case %u", self->seed, i - 1);
}

TEST_F(text, fits_any_buffer)
{
	size_t size;
	__u32 i;

	for (i = 0; i < 200 && __test_passed(_metadata); i++) {
		prng_seed(&self->p, self->seed + i);
		random_sample(&self->s, &self->p, 1 + prng_below(&self->p, 30),
			      i % 2 ? WILD : PLAUSIBLE);
		tcpa_advise(&self->s, &self->f);
		for (size = 0; size < 700; size += 1 + prng_below(&self->p, 9))
			write_text(_metadata, size, &self->s, &self->f, NULL);
		for (size = 512; size < PAGE; size += 1 + prng_below(&self->p, 200)) {
			write_text(_metadata, size, &self->s, &self->f, self->buf);
			check_complete(_metadata, &self->f, self->buf);
		}
		random_sample_free(&self->s);
	}
	if (!__test_passed(_metadata))
		TH_LOG("TCPA_SEED=%llu, case %u", self->seed, i - 1);
}

/* Findings that no judge would give must not break the writer either. */
TEST_F(text, survives_any_findings)
{
	__u32 i, n;

	for (i = 0; i < CASES && __test_passed(_metadata); i++) {
		prng_seed(&self->p, self->seed + i);
		random_sample(&self->s, &self->p, 8, WILD);
		memset(&self->f, 0, sizeof(self->f));
		self->f.nr = prng_below(&self->p, TCPA_FINDINGS_MAX + 1);
		self->f.omitted = prng_next(&self->p);
		for (n = 0; n < self->f.nr; n++) {
			struct tcpa_finding *item = &self->f.item[n];

			item->rule = prng_below(&self->p, TCPA_RULES);
			item->key = prng_below(&self->p, TCPA_KEYS);
			item->value = prng_next(&self->p);
			item->proposed = prng_next(&self->p);
			item->weight = prng_next(&self->p);
			if (item->rule <= TCPA_RULE_UNDECIDED || !item->key)
				item->listener =
					&self->s.listeners[prng_below(&self->p, 8)];
		}
		tcpa_recommend_text(self->buf, PAGE, ~0U, U64_MAX, &self->s,
				    &self->f);
		EXPECT_LT(strlen(self->buf), PAGE);
		random_sample_free(&self->s);
	}
}

/* What is in the text of a small page is the start of that of a large one. */
TEST_F(text, leaves_out_from_the_end)
{
	char *large = malloc(65536);
	size_t size, i, same;

	prng_seed(&self->p, self->seed);
	random_sample(&self->s, &self->p, 20, PLAUSIBLE);
	for (i = 0; i < 20; i++)
		self->s.listeners[i].requested = self->s.listeners[i].backlog;
	self->s.somaxconn = 65535;
	tcpa_advise(&self->s, &self->f);
	write_text(_metadata, 65536, &self->s, &self->f, large);
	for (size = 512; size <= PAGE; size += 64) {
		write_text(_metadata, size, &self->s, &self->f, self->buf);
		same = strcspn(self->buf, "");
		if (nr_left_out(self->buf)) {
			/* but for the last line */
			while (same > 1 && self->buf[same - 2] != '\n')
				same--;
			same--;
		}
		EXPECT_EQ(0, strncmp(large, self->buf, same));
	}
	random_sample_free(&self->s);
	free(large);
}

/* An ordinary host with one listener, and what it saw. */
static void one_listener(struct tcpa_sample *s, struct tcpa_listener_sample *l)
{
	memset(s, 0, sizeof(*s));
	memset(l, 0, sizeof(*l));
	s->somaxconn = 4096;
	s->syncookies = 1;
	s->max_syn_backlog = 1024;
	s->synack_retries = 5;
	s->max_tw_buckets = 65536;
	s->memory = 2ULL << 30;
	s->window_s = 60;
	s->nr_listeners = 1;
	s->listeners = l;
	snprintf(l->name, sizeof(l->name), "0.0.0.0:80@1f");
	l->inode = 18231;
	l->backlog = 511;
	l->requested = 511;
	tcpa_evidence_reset(&l->ev);
}

/* The text in one line, without '#', as a reader takes it in. */
static const char *plain(char *text)
{
	char *in = text, *out = text;

	while (*in) {
		if (*in == '\n' && !strncmp(in + 1, "#   ", 4)) {
			*out++ = ' ';
			in += 5;
		} else {
			*out++ = *in++;
		}
	}
	*out = '\0';
	return text;
}

static void expect_says(struct __test_metadata *_metadata, char *text,
			const char *what)
{
	EXPECT_NE(NULL, strstr(plain(text), what)) {
		TH_LOG("\"%s\" is missing in:\n%s", what, text);
	}
}

static void expect_not_says(struct __test_metadata *_metadata, char *text,
			    const char *what)
{
	EXPECT_EQ(NULL, strstr(plain(text), what)) {
		TH_LOG("\"%s\" is in:\n%s", what, text);
	}
}

#define SAYS(what) expect_says(_metadata, self->buf, what)
#define NOT_SAYS(what) expect_not_says(_metadata, self->buf, what)

/* Have the sample judged, and the answer written. */
#define RECOMMEND()								\
do {										\
	tcpa_advise(&self->s, &self->f);					\
	write_text(_metadata, PAGE, &self->s, &self->f, self->buf);		\
} while (0)

static const struct tcpa_interval burst = {
	.ms = 1000, .backlog = 511, .syns = 2000, .queued = 600,
	.completions = 600, .overflows_syn = 900, .overflows_ack = 12,
	.accepts = 600, .deficit = 905, .accept_hi = 512, .syn_hi = 50,
};

TEST_F(text, starts_with_the_header)
{
	struct tcpa_listener_sample l;

	one_listener(&self->s, &l);
	RECOMMEND();
	EXPECT_EQ(self->buf, strstr(self->buf,
				    "# tcpadvisor netns=4026531840 generation=7 window=60s\n"));
}

TEST_F(text, says_that_there_is_nothing_to_say)
{
	struct tcpa_listener_sample l;

	one_listener(&self->s, &l);
	RECOMMEND();
	SAYS("# nothing to change: ");
	EXPECT_EQ(0, grammar_count(self->buf, "net."));
	NOT_SAYS("not advised");
}

TEST_F(text, explains_a_small_backlog)
{
	struct tcpa_listener_sample l;

	one_listener(&self->s, &l);
	tcpa_evidence_add(&l.ev, &burst);
	tcpa_evidence_add(&l.ev, &burst);
	RECOMMEND();
	SAYS("# listener 0.0.0.0:80@1f (inode 18231): backlog-small: backlog 511 -> 2048:");
	SAYS("the application's own listen(2) argument");
	SAYS("1800 SYNs and 24 final ACKs refused in 2.0 s");
	SAYS("905 connections");
	SAYS("# not advised: net.core.somaxconn (does not need to change");
	SAYS("# not advised: net.ipv4.tcp_max_syn_backlog (syncookies=1: it sizes nothing");
	SAYS("# not advised: net.ipv4.tcp_tw_recycle (");
	EXPECT_EQ(0, grammar_count(self->buf, "net."));
}

TEST_F(text, explains_a_cap)
{
	struct tcpa_listener_sample l;

	one_listener(&self->s, &l);
	self->s.somaxconn = 128;
	l.backlog = 128;
	l.requested = 65535;
	tcpa_evidence_add(&l.ev, &burst);
	tcpa_evidence_add(&l.ev, &burst);
	RECOMMEND();
	SAYS("# net.core.somaxconn 128 -> 2048: 1 listener ");
	SAYS("asked for 65535 and was capped");
	SAYS("after raising net.core.somaxconn the application has to call listen(2) again");
	EXPECT_EQ(1, grammar_count(self->buf, "net.core.somaxconn = 2048\n"));
	NOT_SAYS("not advised: net.core.somaxconn");
}

TEST_F(text, explains_who_asks_for_exactly_somaxconn)
{
	struct tcpa_listener_sample l;

	one_listener(&self->s, &l);
	self->s.somaxconn = 128;
	l.backlog = 128;
	l.requested = 128;
	tcpa_evidence_add(&l.ev, &burst);
	tcpa_evidence_add(&l.ev, &burst);
	RECOMMEND();
	SAYS("asked for 128, as much as net.core.somaxconn allowed");
	SAYS("after raising net.core.somaxconn restart the application; if it asks for 128 again, that is its own number: set it to 2048");
	EXPECT_EQ(1, grammar_count(self->buf, "net.core.somaxconn = 2048\n"));
}

TEST_F(text, gives_what_was_asked_for_as_an_int)
{
	struct tcpa_listener_sample l;

	one_listener(&self->s, &l);
	self->s.somaxconn = 128;
	l.backlog = 128;
	l.requested = 4294967295;
	tcpa_evidence_add(&l.ev, &burst);
	tcpa_evidence_add(&l.ev, &burst);
	RECOMMEND();
	SAYS("asked for as much as there is (-1) and was capped");
	NOT_SAYS("4294967295");
}

TEST_F(text, explains_a_cap_of_the_past)
{
	struct tcpa_listener_sample l;

	one_listener(&self->s, &l);
	l.backlog = 128;
	l.requested = 65535;
	tcpa_evidence_add(&l.ev, &burst);
	tcpa_evidence_add(&l.ev, &burst);
	RECOMMEND();
	SAYS("net.core.somaxconn is 4096 by now, so the application has to call listen(2) again");
	EXPECT_EQ(0, grammar_count(self->buf, "net."));
}

TEST_F(text, gives_the_wait_of_a_slow_application)
{
	struct tcpa_listener_sample l;
	struct tcpa_interval full = burst;
	int i;

	one_listener(&self->s, &l);
	full.accept_lo = 500;
	full.accept_now = 512;
	full.accepts = 100;
	for (i = 0; i < 10; i++)
		tcpa_evidence_add(&l.ev, &full);
	RECOMMEND();
	SAYS("app-slow:");
	SAYS("100 accepted/s");
	SAYS("\"tcpadvisor explain\" says if it is short of CPU");
	/* 512 more places at 100/s. */
	SAYS("add 5.1 s of waiting");
	/* Which of the two it is cannot be told. */
	SAYS("if new clients keep coming, a backlog twice as large would fill up too");
	SAYS("if the same clients come again when they were served (a pool), a backlog of as many would end the refusals");
	/* It may cap the listener, and nothing is advised for it to allow. */
	SAYS("# not advised: net.core.somaxconn (no longer queue is advised above");
	NOT_SAYS("whatever is advised above");
	NOT_SAYS("->");
}

TEST_F(text, names_cpu_where_the_application_runs_seldom)
{
	struct tcpa_listener_sample l;
	struct tcpa_interval iv = burst;
	int i;

	one_listener(&self->s, &l);
	l.backlog = 32;
	iv.backlog = 32;
	iv.accepts = 230;
	iv.refusing_ms = 900;
	for (i = 0; i < 6; i++)
		tcpa_evidence_add(&l.ev, &iv);
	RECOMMEND();
	SAYS("app-slow:");
	SAYS("somebody was refused in 5.4 s of 5.9 s at 233 accepted/s");
	SAYS("too little CPU (cpu.max, what else runs there)");
	NOT_SAYS("->");
}

TEST_F(text, gives_the_wait_where_nobody_is_refused)
{
	struct tcpa_listener_sample l;
	struct tcpa_interval iv = {
		.ms = 1000, .backlog = 511, .syns = 100, .queued = 100,
		.completions = 100, .accepts = 100, .accept_lo = 400,
		.accept_hi = 430, .accept_now = 410,
	};
	int i;

	one_listener(&self->s, &l);
	for (i = 0; i < 6; i++)
		tcpa_evidence_add(&l.ev, &iv);
	RECOMMEND();
	SAYS("app-slow:");
	SAYS("waited for it for up to 4.0 s, behind 400 others or more");
	SAYS("\"tcpadvisor explain\" says if it is short of CPU");
	SAYS("nobody was refused");
	SAYS("a client that gives up keeps its place");
	NOT_SAYS("->");
	iv.next = 16;
	iv.gone = 12;
	tcpa_evidence_add(&l.ev, &iv);
	RECOMMEND();
	SAYS("of 16 that were next to be accepted 12 had been closed by their clients");
	NOT_SAYS("a client that gives up keeps its place");
}

TEST_F(text, says_what_is_missing)
{
	struct tcpa_listener_sample l;
	struct tcpa_interval few = burst;

	one_listener(&self->s, &l);
	few.overflows_syn = 3;
	few.overflows_ack = 0;
	tcpa_evidence_add(&l.ev, &few);
	RECOMMEND();
	SAYS("undecided: not enough evidence yet: 3 refused; so few may be chance");
}

TEST_F(text, does_not_deny_what_listeners_refused_that_are_gone)
{
	tcpa_advise(&self->s, &self->f);
	write_text(_metadata, PAGE, &self->s, &self->f, self->buf);
	SAYS("# nothing to change: 0 connections refused and 0 TIME_WAITs cut short with the settings as they are\n");
	NOT_SAYS("gone");
	self->s.gone_refused = 725;
	write_text(_metadata, PAGE, &self->s, &self->f, self->buf);
	SAYS("725 were refused by listeners that are gone");
}

/* A SYN that got a cookie was not refused. */
TEST_F(text, counts_no_cookie_as_a_refusal)
{
	struct tcpa_listener_sample l;
	struct tcpa_interval iv = burst;

	one_listener(&self->s, &l);
	self->s.somaxconn = 511;
	iv.cookies_sent = 1593;
	tcpa_evidence_add(&l.ev, &iv);
	RECOMMEND();
	SAYS("1 listener that refused 912 and answered 1593 by a SYN cookie needs it");
	iv.overflows_syn = 3;
	iv.overflows_ack = 0;
	iv.cookies_sent = 2;
	tcpa_evidence_reset(&l.ev);
	tcpa_evidence_add(&l.ev, &iv);
	RECOMMEND();
	SAYS("not enough evidence yet: 3 refused, 2 answered by a SYN cookie;");
}

/* The tool cannot tell the reserve's from other drops, so they are no refusals. */
TEST_F(text, counts_no_drop_of_the_reserve_as_a_refusal)
{
	struct tcpa_listener_sample l;
	struct tcpa_interval iv = burst;

	one_listener(&self->s, &l);
	self->s.syncookies = 0;
	self->s.max_syn_backlog = 64;
	iv.overflows_syn = 3;
	iv.overflows_ack = 0;
	iv.other_drops = 2;
	iv.other_syns = 2;
	tcpa_evidence_add(&l.ev, &iv);
	RECOMMEND();
	SAYS("not enough evidence yet: 3 refused, 2 dropped for the last quarter of net.ipv4.tcp_max_syn_backlog;");
}

/* Who got a cookie is not reset but ignored. */
TEST_F(text, claims_no_resets)
{
	struct tcpa_listener_sample l;

	one_listener(&self->s, &l);
	self->s.abort_on_overflow = 1;
	tcpa_evidence_add(&l.ev, &burst);
	RECOMMEND();
	SAYS("12 final ACKs were refused in bursts");
	NOT_SAYS("answered by a reset");
}

TEST_F(text, says_when_it_was)
{
	struct tcpa_listener_sample l;

	one_listener(&self->s, &l);
	tcpa_evidence_add(&l.ev, &burst);
	tcpa_evidence_add(&l.ev, &burst);
	RECOMMEND();
	NOT_SAYS("ago");
	l.ev.age = 12;
	RECOMMEND();
	SAYS("refused in 2.0 s (12 min ago)");
}

TEST_F(text, says_what_a_full_queue_may_take)
{
	struct tcpa_listener_sample l;

	one_listener(&self->s, &l);
	self->s.rmem_default = 131072;
	tcpa_evidence_add(&l.ev, &burst);
	tcpa_evidence_add(&l.ev, &burst);
	RECOMMEND();
	/* 2048 times 4 KiB and 128 KiB. */
	SAYS("takes up to 264 MiB, which no cgroup is charged");
}

TEST_F(text, merges_a_key)
{
	struct tcpa_listener_sample l[3];
	int i;

	for (i = 0; i < 3; i++)
		one_listener(&self->s, &l[i]);
	self->s.nr_listeners = 3;
	self->s.listeners = l;
	self->s.somaxconn = 128;
	for (i = 0; i < 3; i++) {
		l[i].requested = 8192;
		l[i].backlog = 128;
		tcpa_evidence_add(&l[i].ev, &burst);
		tcpa_evidence_add(&l[i].ev, &burst);
	}
	RECOMMEND();
	EXPECT_EQ(1, grammar_count(self->buf, "net.core.somaxconn = "));
	EXPECT_EQ(1, grammar_count(self->buf, "# net.core.somaxconn "));
	EXPECT_EQ(3, grammar_count(self->buf, "# listener "));
	SAYS("3 listeners that refused 5472 need it");
}

TEST_HARNESS_MAIN
