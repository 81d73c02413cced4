// SPDX-License-Identifier: GPL-2.0
/*
 * advice_test.c - a whole namespace: SO_REUSEPORT groups, sysctls that several
 * listeners want, TIME_WAIT, negative answers, and the list of findings.
 */
#include "kselftest_harness.h"

#include "../../module/judge/advice.h"
#include "proposed.h"

/* Several listeners: @n of them, with room, unless a test changes that. */
static struct tcpa_listener_sample *many(struct tcpa_sample *s, __u32 n,
					 __u32 group)
{
	struct tcpa_listener_sample *l = calloc(n, sizeof(*l));
	__u32 i;

	for (i = 0; i < n; i++) {
		struct tcpa_interval iv = {
			.ms = 1000, .backlog = 100, .syns = 50, .queued = 50,
			.completions = 50, .accepts = 50, .accept_hi = 20,
		};

		snprintf(l[i].name, sizeof(l[i].name), "[::]:443@%x", i);
		l[i].backlog = 100;
		l[i].requested = 100;
		l[i].group = group;
		tcpa_evidence_reset(&l[i].ev);
		tcpa_evidence_add(&l[i].ev, &iv);
	}
	memset(s, 0, sizeof(*s));
	s->somaxconn = 4096;
	s->syncookies = 1;
	s->max_syn_backlog = 1024;
	s->synack_retries = 5;
	s->max_tw_buckets = 65536;
	s->memory = 64ULL << 30;
	s->window_s = 60;
	s->nr_listeners = n;
	s->listeners = l;
	return l;
}

/* Refuse @n, in a burst, or because nobody accepts. */
static void refuse(struct tcpa_listener_sample *l, __u64 n, bool stuck)
{
	struct tcpa_interval iv = {
		.ms = 1000, .backlog = l->backlog, .syns = n,
		.overflows_syn = n, .deficit = n,
		.accept_hi = l->backlog + 1,
		.accept_lo = stuck ? l->backlog + 1 : 0,
		.accept_now = stuck ? l->backlog + 1 : 0,
		.accepts = stuck ? 0 : 100,
	};

	tcpa_evidence_add(&l->ev, &iv);
	if (stuck)
		tcpa_evidence_add(&l->ev, &iv);
}

TEST(one_stuck_worker_of_four)
{
	struct tcpa_findings f;
	struct tcpa_sample s;
	struct tcpa_listener_sample *l = many(&s, 4, 9);

	refuse(&l[2], 200, true);
	tcpa_advise(&s, &f);
	EXPECT_EQ(TCPA_REUSEPORT_SKEW, l[2].verdict);
	EXPECT_EQ(0, l[2].backlog_recommended);
	EXPECT_EQ(TCPA_OK, l[0].verdict);
	free(l);
}

TEST(stuck_worker_among_members_of_other_groups)
{
	struct tcpa_findings f;
	struct tcpa_sample s;
	struct tcpa_listener_sample *l = many(&s, 9, 0);
	__u32 i;

	for (i = 0; i < 9; i++)
		l[i].group = 1000 + i % 3;
	refuse(&l[4], 200, true);
	tcpa_advise(&s, &f);
	EXPECT_EQ(TCPA_REUSEPORT_SKEW, l[4].verdict);
	free(l);
}

/* A reload: the new socket is empty because it is new, not because it is spared. */
TEST(stuck_twin_sibling_has_just_come)
{
	struct tcpa_findings f;
	struct tcpa_sample s;
	struct tcpa_listener_sample *l = many(&s, 2, 9);

	refuse(&l[0], 200, false);
	memset(&l[1].ev.sum, 0, sizeof(l[1].ev.sum));
	tcpa_advise(&s, &f);
	EXPECT_EQ(TCPA_BACKLOG_SMALL, l[0].verdict);
	l[1].ev.sum.syns = 200;
	tcpa_advise(&s, &f);
	EXPECT_EQ(TCPA_REUSEPORT_SKEW, l[0].verdict);
	free(l);
}

TEST(stuck_twin_no_group)
{
	struct tcpa_findings f;
	struct tcpa_sample s;
	struct tcpa_listener_sample *l = many(&s, 4, 0);

	refuse(&l[2], 200, true);
	tcpa_advise(&s, &f);
	EXPECT_EQ(TCPA_APP_STALLED, l[2].verdict);
	free(l);
}

TEST(stuck_twin_all_members_full)
{
	struct tcpa_findings f;
	struct tcpa_sample s;
	struct tcpa_listener_sample *l = many(&s, 4, 9);
	__u32 i;

	for (i = 0; i < 4; i++)
		refuse(&l[i], 200, false);
	tcpa_advise(&s, &f);
	for (i = 0; i < 4; i++)
		EXPECT_EQ(TCPA_BACKLOG_SMALL, l[i].verdict);
	free(l);
}

TEST(stuck_twin_siblings_half_full)
{
	struct tcpa_findings f;
	struct tcpa_sample s;
	struct tcpa_listener_sample *l = many(&s, 4, 9);
	__u32 i;

	for (i = 0; i < 4; i++)
		l[i].ev.sum.accept_hi = 45;
	refuse(&l[2], 200, false);
	tcpa_advise(&s, &f);
	EXPECT_EQ(TCPA_BACKLOG_SMALL, l[2].verdict);
	l[2].previous = TCPA_REUSEPORT_SKEW;
	tcpa_advise(&s, &f);
	EXPECT_EQ(TCPA_REUSEPORT_SKEW, l[2].verdict);
	free(l);
}

TEST(somaxconn_is_the_largest_need)
{
	struct tcpa_findings f;
	struct tcpa_sample s;
	struct tcpa_listener_sample *l = many(&s, 3, 0);
	__u32 i;

	s.somaxconn = 100;
	for (i = 0; i < 3; i++)
		l[i].requested = 65535;
	refuse(&l[0], 200, false);
	refuse(&l[1], 3000, false);
	tcpa_advise(&s, &f);
	EXPECT_EQ(512, l[0].backlog_recommended);
	EXPECT_EQ(4096, l[1].backlog_recommended);
	EXPECT_EQ(4096, proposed(&f, TCPA_KEY_SOMAXCONN));
	EXPECT_EQ(&l[1], f.item[0].listener);
	EXPECT_EQ(&l[0], f.item[1].listener);
	EXPECT_FALSE(has_rule(&f, TCPA_RULE_NOT_SOMAXCONN));
	free(l);
}

TEST(timewait_buckets)
{
	struct tcpa_findings f;
	struct tcpa_sample s;
	struct tcpa_listener_sample *l = many(&s, 1, 0);

	s.max_tw_buckets = 8192;
	tcpa_advise(&s, &f);
	EXPECT_EQ(0, f.nr);
	s.tw_overflows = 20000;
	s.tw_peak_rate = 400;
	tcpa_advise(&s, &f);
	EXPECT_EQ(32768, proposed(&f, TCPA_KEY_MAX_TW_BUCKETS));
	s.max_tw_buckets = 1U << 20;
	s.memory = 1U << 30;
	tcpa_advise(&s, &f);
	EXPECT_EQ(NO_CHANGE, proposed(&f, TCPA_KEY_MAX_TW_BUCKETS));
	EXPECT_TRUE(has_rule(&f, TCPA_RULE_NOT_TW_BUCKETS));
	free(l);
}

/* The evidence may be older than the setting. */
TEST(what_is_set_is_not_proposed_again)
{
	struct tcpa_findings f;
	struct tcpa_sample s;
	struct tcpa_listener_sample *l = many(&s, 1, 0);

	s.syncookies = 0;
	s.abort_on_overflow = 1;
	refuse(&l[0], 200, false);
	l[0].ev.sum.overflows_ack = 10;
	l[0].ev.sum.synq_drops = 10;
	tcpa_advise(&s, &f);
	EXPECT_EQ(1, proposed(&f, TCPA_KEY_SYNCOOKIES));
	EXPECT_EQ(0, proposed(&f, TCPA_KEY_ABORT_ON_OVERFLOW));
	s.syncookies = 1;
	s.abort_on_overflow = 0;
	tcpa_advise(&s, &f);
	EXPECT_EQ(NO_CHANGE, proposed(&f, TCPA_KEY_SYNCOOKIES));
	EXPECT_EQ(NO_CHANGE, proposed(&f, TCPA_KEY_ABORT_ON_OVERFLOW));
	free(l);
}

/* A cookie keeps the options of a SYN in the timestamp. */
TEST(cookies_need_timestamps)
{
	struct tcpa_findings f;
	struct tcpa_sample s;
	struct tcpa_listener_sample *l = many(&s, 1, 0);

	refuse(&l[0], 200, false);
	l[0].ev.sum.cookies_sent = 50;
	l[0].ev.sum.cookies_valid = 40;
	tcpa_advise(&s, &f);
	EXPECT_TRUE(has_rule(&f, TCPA_RULE_COOKIE_OPTIONS));
	EXPECT_EQ(1, proposed(&f, TCPA_KEY_TIMESTAMPS));
	s.ports.timestamps = 1;
	tcpa_advise(&s, &f);
	EXPECT_EQ(NO_CHANGE, proposed(&f, TCPA_KEY_TIMESTAMPS));
	free(l);
}

TEST(waiting_connections_reset_at_a_reload_could_migrate)
{
	struct tcpa_findings f;
	struct tcpa_sample s;
	struct tcpa_listener_sample *l = many(&s, 1, 0);

	tcpa_advise(&s, &f);
	EXPECT_EQ(NO_CHANGE, proposed(&f, TCPA_KEY_MIGRATE_REQ));
	s.group_aborted = 1;
	tcpa_advise(&s, &f);
	EXPECT_EQ(1, proposed(&f, TCPA_KEY_MIGRATE_REQ));
	s.migrate_req = 1;
	tcpa_advise(&s, &f);
	EXPECT_EQ(NO_CHANGE, proposed(&f, TCPA_KEY_MIGRATE_REQ));
	free(l);
}

TEST(negative_answers_fit_what_was_found)
{
	struct tcpa_findings f;
	struct tcpa_sample s;
	struct tcpa_listener_sample *l = many(&s, 1, 0);

	refuse(&l[0], 200, false);
	tcpa_advise(&s, &f);
	EXPECT_TRUE(has_rule(&f, TCPA_RULE_NOT_SOMAXCONN));
	EXPECT_TRUE(has_rule(&f, TCPA_RULE_NOT_MAX_SYN_BACKLOG));
	EXPECT_TRUE(has_rule(&f, TCPA_RULE_NOT_TW_RECYCLE));
	EXPECT_FALSE(has_rule(&f, TCPA_RULE_NOT_SYNCOOKIES_0));
	l[0].ev.sum.overflows_syn = 5;
	tcpa_advise(&s, &f);
	EXPECT_TRUE(has_rule(&f, TCPA_RULE_UNDECIDED));
	EXPECT_FALSE(has_rule(&f, TCPA_RULE_NOT_SOMAXCONN));
	l[0].ev.sum.cookies_sent = 5;
	tcpa_advise(&s, &f);
	EXPECT_TRUE(has_rule(&f, TCPA_RULE_NOT_SYNCOOKIES_0));
	free(l);
}

/* The worst stay, and a sysctl is not lost to listeners without one. */
TEST(more_listeners_than_findings)
{
	struct tcpa_findings f;
	struct tcpa_sample s;
	struct tcpa_listener_sample *l = many(&s, 100, 0);
	__u32 i, n = 0;

	s.somaxconn = 1024;
	for (i = 0; i < 100; i++)
		refuse(&l[i], 500 + i, false);
	/* The least of all, but it needs the sysctl. */
	l[50].ev.sum.overflows_syn = 10;
	l[50].ev.burst = 2000;
	tcpa_advise(&s, &f);
	for (i = 0; i < f.nr; i++)
		n += !!f.item[i].listener;
	EXPECT_EQ(TCPA_FINDINGS_LISTENERS, n);
	EXPECT_EQ(100 - n, f.omitted);
	EXPECT_EQ(4096, proposed(&f, TCPA_KEY_SOMAXCONN));
	EXPECT_EQ(&l[99], f.item[0].listener);
	for (i = 1; i < f.nr; i++)
		EXPECT_LE(f.item[i].weight, f.item[i - 1].weight);
	EXPECT_TRUE(has_rule(&f, TCPA_RULE_NOT_TW_RECYCLE));
	free(l);
}

TEST(digest_is_of_the_advice_only)
{
	struct tcpa_findings f, turned;
	struct tcpa_sample s;
	struct tcpa_listener_sample *l = many(&s, 3, 0);
	__u64 digest;
	__u32 i;

	refuse(&l[0], 200, false);
	refuse(&l[1], 300, false);
	tcpa_advise(&s, &f);
	digest = tcpa_findings_digest(&f);
	l[0].ev.sum.overflows_syn += 5;
	l[0].ev.busy_ms += 1000;
	tcpa_advise(&s, &f);
	EXPECT_EQ(digest, tcpa_findings_digest(&f));
	turned = f;
	for (i = 0; i < f.nr; i++)
		turned.item[i] = f.item[f.nr - 1 - i];
	EXPECT_EQ(digest, tcpa_findings_digest(&turned));
	l[0].ev.burst = 900;
	tcpa_advise(&s, &f);
	EXPECT_NE(digest, tcpa_findings_digest(&f));
	free(l);
}

TEST(advice_on_a_backlog_only_grows)
{
	struct tcpa_findings f;
	struct tcpa_sample s;
	struct tcpa_listener_sample *l = many(&s, 1, 0);

	refuse(&l[0], 200, false);
	l[0].previous = TCPA_BACKLOG_SMALL;
	l[0].previous_recommended = 4096;
	tcpa_advise(&s, &f);
	EXPECT_EQ(4096, l[0].backlog_recommended);
	l[0].previous_recommended = 128;
	tcpa_advise(&s, &f);
	EXPECT_EQ(512, l[0].backlog_recommended);
	free(l);
}

TEST(nothing_to_say)
{
	struct tcpa_findings f;
	struct tcpa_sample s;
	struct tcpa_listener_sample *l = many(&s, 4, 9);

	tcpa_advise(&s, &f);
	EXPECT_EQ(0, f.nr);
	EXPECT_EQ(0, f.omitted);
	s.nr_listeners = 0;
	s.listeners = NULL;
	tcpa_advise(&s, &f);
	EXPECT_EQ(0, f.nr);
	free(l);
}

TEST_HARNESS_MAIN
