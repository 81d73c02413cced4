/* SPDX-License-Identifier: GPL-2.0 */
/*
 * scenario.h - the fixture of named scenarios: a host, a listener and some
 * intervals; expected are the verdict, the backlog and the values of sysctls.
 *
 * Job: one test, `verdict`, of which each variant is a scenario. Include it
 * after kselftest_harness.h, once in a program.
 */
#ifndef _SCENARIO_H
#define _SCENARIO_H

#include "../../module/judge/advice.h"
#include "../../module/judge/verdict.h"
#include "proposed.h"

FIXTURE(scenario) {
	struct tcpa_sample s;
	struct tcpa_listener_sample l;
	struct tcpa_findings f;
};

/* The same interval so many times. */
struct phase {
	__u32 times;
	const struct tcpa_interval *iv;
};

FIXTURE_VARIANT(scenario) {
	/* Given; 0 stands for an ordinary host. */
	__u32 backlog;
	__s64 requested;	/* 0: the same as backlog */
	__u32 somaxconn;	/* 0: 4096 */
	__u32 max_syn_backlog;	/* 0: 1024 */
	__u64 memory;		/* 0: 64 GiB */
	bool syncookies_off;
	bool syncookies_always;
	bool abort_on_overflow;
	bool defers;		/* TCP_DEFER_ACCEPT, */
	__u64 deferred;		/* and final ACKs put off */
	enum tcpa_verdict previous;
	struct phase phases[4];
	/* Expected; a key at 0 is not proposed. */
	enum tcpa_verdict verdict;
	enum tcpa_missing missing;
	__u32 recommended;
	__u32 set_somaxconn;
	__u32 set_syncookies;
	__u32 set_max_syn_backlog;
	bool clear_abort;
};

static void give_evidence(struct tcpa_evidence *ev, const struct phase *phase,
			  __u32 backlog)
{
	struct tcpa_interval iv;
	__u32 n;

	for (n = 0; n < phase->times; n++) {
		iv = *phase->iv;
		iv.backlog = backlog;
		if (!iv.ms)
			iv.ms = 1000;
		tcpa_evidence_add(ev, &iv);
	}
}

FIXTURE_SETUP(scenario)
{
	struct tcpa_listener_sample *l = &self->l;
	__u32 i;

	memset(self, 0, sizeof(*self));
	self->s.somaxconn = variant->somaxconn ?: 4096;
	self->s.syncookies = variant->syncookies_always ? 2 :
			     !variant->syncookies_off;
	self->s.max_syn_backlog = variant->max_syn_backlog ?: 1024;
	self->s.synack_retries = 5;
	self->s.abort_on_overflow = variant->abort_on_overflow;
	self->s.max_tw_buckets = 65536;
	self->s.memory = variant->memory ?: 64ULL << 30;
	self->s.window_s = 60;
	self->s.deferred = variant->deferred;
	self->s.nr_listeners = 1;
	self->s.listeners = l;
	snprintf(l->name, sizeof(l->name), "0.0.0.0:80@1");
	l->backlog = variant->backlog;
	l->requested = variant->requested ?: variant->backlog;
	l->previous = variant->previous;
	l->defers = variant->defers;
	tcpa_evidence_reset(&l->ev);
	for (i = 0; i < ARRAY_SIZE(variant->phases); i++)
		give_evidence(&l->ev, &variant->phases[i], variant->backlog);
}

FIXTURE_TEARDOWN(scenario) {}

static void expect_key(struct __test_metadata *_metadata,
		       const struct tcpa_findings *f, enum tcpa_key key,
		       __u32 want)
{
	EXPECT_EQ(want ? (long long)want : NO_CHANGE, proposed(f, key)) {
		TH_LOG("%s", tcpa_key_name(key));
	}
}

TEST_F(scenario, verdict)
{
	tcpa_advise(&self->s, &self->f);
	EXPECT_STREQ(tcpa_verdict_name(variant->verdict),
		     tcpa_verdict_name(self->l.verdict));
	EXPECT_EQ(variant->missing, self->l.missing);
	EXPECT_EQ(variant->recommended, self->l.backlog_recommended);
	expect_key(_metadata, &self->f, TCPA_KEY_SOMAXCONN,
		   variant->set_somaxconn);
	expect_key(_metadata, &self->f, TCPA_KEY_SYNCOOKIES,
		   variant->set_syncookies);
	expect_key(_metadata, &self->f, TCPA_KEY_MAX_SYN_BACKLOG,
		   variant->set_max_syn_backlog);
	/* The kernel gives up half-open requests early by itself. */
	expect_key(_metadata, &self->f, TCPA_KEY_SYNACK_RETRIES, 0);
	EXPECT_EQ(variant->verdict == TCPA_SYN_FLOOD,
		  has_rule(&self->f, TCPA_RULE_NOT_SYNACK_RETRIES));
	expect_key(_metadata, &self->f, TCPA_KEY_TW_RECYCLE, 0);
	expect_key(_metadata, &self->f, TCPA_KEY_MAX_TW_BUCKETS, 0);
	EXPECT_EQ(variant->clear_abort ? 0 : NO_CHANGE,
		  proposed(&self->f, TCPA_KEY_ABORT_ON_OVERFLOW));
	/* A verdict other than ok is a finding, and findings bring this one. */
	EXPECT_EQ(variant->verdict != TCPA_OK,
		  has_rule(&self->f, TCPA_RULE_NOT_TW_RECYCLE));
	/* That nothing was lost to the reserve is said only where it is so. */
	EXPECT_FALSE(tcpa_verdict_reserve_drops(&self->s, &self->l) &&
		     has_rule(&self->f, TCPA_RULE_NOT_MAX_SYN_BACKLOG));
}

#endif /* _SCENARIO_H */
