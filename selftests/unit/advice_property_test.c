// SPDX-License-Identifier: GPL-2.0
/*
 * advice_property_test.c - what holds for every sample, over thousands of
 * random ones.
 *
 * TCPA_SEED=<n> repeats a run that failed; the seed is printed, with the case.
 */
#include "kselftest_harness.h"

#include "../../module/judge/advice.h"
#include "../../module/judge/sizing.h"
#include "random_sample.h"

#define CASES 4000

struct cases {
	__u64 seed;
	__u32 i;		/* how many so far */
	struct prng p;
	struct tcpa_sample s;
};

FIXTURE(property) {
	struct cases c;
	struct tcpa_findings f;
};

FIXTURE_VARIANT(property) {
	enum random_taste taste;
};

FIXTURE_VARIANT_ADD(property, plausible) { .taste = PLAUSIBLE };
FIXTURE_VARIANT_ADD(property, wild) { .taste = WILD };

FIXTURE_SETUP(property)
{
	const char *seed = getenv("TCPA_SEED");

	memset(self, 0, sizeof(*self));
	self->c.seed = seed ? strtoull(seed, NULL, 0) : 20250717;
}

FIXTURE_TEARDOWN(property) {}

/* The next sample; false after @n of them, or one that failed. */
static bool more_cases(struct __test_metadata *_metadata,
		       struct cases *c, enum random_taste taste,
		       __u32 n)
{
	__u32 nr;

	random_sample_free(&c->s);
	if (!__test_passed(_metadata)) {
		TH_LOG("TCPA_SEED=%llu, case %u", c->seed, c->i - 1);
		return false;
	}
	if (c->i == n)
		return false;
	prng_seed(&c->p, c->seed + c->i);
	nr = c->i % 16 == 15 ? 40 + prng_below(&c->p, 60) :
				  prng_below(&c->p, 6);
	random_sample(&c->s, &c->p, nr, taste);
	c->i++;
	return true;
}

static bool sets(const struct tcpa_finding *item)
{
	return item->key != TCPA_KEY_NONE && !tcpa_rule_negative(item->rule);
}

/* What is proposed is within the key's range, and in the one right direction. */
TEST_F(property, proposals_keep_to_their_range)
{
	__u32 i;

	while (more_cases(_metadata, &self->c, variant->taste, CASES)) {
		tcpa_advise(&self->c.s, &self->f);
		for (i = 0; i < self->f.nr; i++) {
			const struct tcpa_finding *item = &self->f.item[i];

			if (!sets(item))
				continue;
			EXPECT_GE(item->proposed, tcpa_key_min(item->key));
			EXPECT_LE(item->proposed, tcpa_key_max(item->key));
			EXPECT_NE(TCPA_KEY_TW_RECYCLE, item->key);
			EXPECT_TRUE(item->key == TCPA_KEY_ABORT_ON_OVERFLOW ?
				    item->proposed < item->value :
				    item->proposed > item->value);
		}
	}
}

TEST_F(property, syncookies_are_never_turned_off)
{
	__u32 i;

	while (more_cases(_metadata, &self->c, variant->taste, CASES)) {
		tcpa_advise(&self->c.s, &self->f);
		for (i = 0; i < self->f.nr; i++)
			if (sets(&self->f.item[i]) &&
			    self->f.item[i].key == TCPA_KEY_SYNCOOKIES)
				EXPECT_EQ(1, self->f.item[i].proposed);
	}
}

TEST_F(property, backlog_is_larger_than_now_and_within_bounds)
{
	__u32 i;

	while (more_cases(_metadata, &self->c, variant->taste, CASES)) {
		__u32 bound = tcpa_size_backlog_bound(self->c.s.memory);

		tcpa_advise(&self->c.s, &self->f);
		for (i = 0; i < self->c.s.nr_listeners; i++) {
			const struct tcpa_listener_sample *l =
				&self->c.s.listeners[i];

			if (!l->backlog_recommended)
				continue;
			EXPECT_GT(l->backlog_recommended, l->backlog);
			EXPECT_LE(l->backlog_recommended, 65535);
			EXPECT_LE(l->backlog_recommended, bound);
		}
	}
}

/* A bigger backlog is never the answer to these. */
TEST_F(property, some_verdicts_never_ask_for_more)
{
	__u32 i;

	while (more_cases(_metadata, &self->c, variant->taste, CASES)) {
		tcpa_advise(&self->c.s, &self->f);
		for (i = 0; i < self->c.s.nr_listeners; i++) {
			const struct tcpa_listener_sample *l =
				&self->c.s.listeners[i];

			EXPECT_LT(l->verdict, TCPA_VERDICTS);
			EXPECT_EQ(l->verdict == TCPA_UNDECIDED,
				  l->missing != TCPA_MISSING_NOTHING);
			if (l->verdict == TCPA_OK ||
			    l->verdict == TCPA_APP_SLOW ||
			    l->verdict == TCPA_SYN_FLOOD ||
			    l->verdict == TCPA_DEFER_ACCEPT ||
			    l->verdict == TCPA_REUSEPORT_SKEW ||
			    l->verdict == TCPA_UNDECIDED)
				EXPECT_EQ(0, l->backlog_recommended);
		}
	}
}

/* Each recommended backlog is allowed by somaxconn once it is followed. */
TEST_F(property, somaxconn_allows_every_recommended_backlog)
{
	__u32 i;

	while (more_cases(_metadata, &self->c, variant->taste, CASES)) {
		__u64 somaxconn = self->c.s.somaxconn;

		tcpa_advise(&self->c.s, &self->f);
		for (i = 0; i < self->f.nr; i++)
			if (sets(&self->f.item[i]) &&
			    self->f.item[i].key == TCPA_KEY_SOMAXCONN)
				somaxconn = self->f.item[i].proposed;
		for (i = 0; i < self->c.s.nr_listeners; i++)
			EXPECT_LE(self->c.s.listeners[i].backlog_recommended,
				  somaxconn);
	}
}

TEST_F(property, a_key_has_one_proposal)
{
	__u64 value[TCPA_KEYS];
	__u32 i;

	while (more_cases(_metadata, &self->c, variant->taste, CASES)) {
		memset(value, 0xff, sizeof(value));
		tcpa_advise(&self->c.s, &self->f);
		for (i = 0; i < self->f.nr; i++) {
			const struct tcpa_finding *item = &self->f.item[i];

			if (!sets(item))
				continue;
			if (value[item->key] != U64_MAX)
				EXPECT_EQ(value[item->key], item->proposed);
			value[item->key] = item->proposed;
		}
	}
}

TEST_F(property, timewait_limit_keeps_within_memory)
{
	__u32 i;

	while (more_cases(_metadata, &self->c, variant->taste, CASES)) {
		tcpa_advise(&self->c.s, &self->f);
		for (i = 0; self->c.s.memory && i < self->f.nr; i++)
			if (self->f.item[i].rule == TCPA_RULE_TW_BUCKETS_FULL)
				EXPECT_LE(self->f.item[i].proposed * 280 * 16,
					  self->c.s.memory);
	}
}

TEST_F(property, findings_are_complete_and_worst_first)
{
	__u32 i, listeners, judged;

	while (more_cases(_metadata, &self->c, variant->taste, CASES)) {
		tcpa_advise(&self->c.s, &self->f);
		EXPECT_LE(self->f.nr, TCPA_FINDINGS_MAX);
		for (i = 1; i < self->f.nr; i++) {
			const struct tcpa_finding *a = &self->f.item[i - 1];
			const struct tcpa_finding *b = &self->f.item[i];

			EXPECT_LE(tcpa_rule_negative(a->rule),
				  tcpa_rule_negative(b->rule));
			if (tcpa_rule_negative(a->rule) ==
			    tcpa_rule_negative(b->rule))
				EXPECT_GE(a->weight, b->weight);
		}
		for (i = 0, listeners = 0; i < self->f.nr; i++)
			listeners += !!self->f.item[i].listener;
		for (i = 0, judged = 0; i < self->c.s.nr_listeners; i++)
			judged += self->c.s.listeners[i].verdict != TCPA_OK;
		EXPECT_EQ(judged, listeners + self->f.omitted);
	}
}

TEST_F(property, same_sample_same_answer)
{
	struct tcpa_findings again;

	while (more_cases(_metadata, &self->c, variant->taste, CASES)) {
		tcpa_advise(&self->c.s, &self->f);
		tcpa_advise(&self->c.s, &again);
		EXPECT_EQ(self->f.nr, again.nr);
		EXPECT_EQ(0, memcmp(self->f.item, again.item,
				    self->f.nr * sizeof(again.item[0])));
		EXPECT_EQ(tcpa_findings_digest(&self->f),
			  tcpa_findings_digest(&again));
	}
}

/* The order of listeners is chance. */
TEST_F(property, order_does_not_matter)
{
	struct tcpa_listener_sample l;
	struct tcpa_findings again;
	__u64 digest;
	__u32 n;

	while (more_cases(_metadata, &self->c, variant->taste, CASES)) {
		n = self->c.s.nr_listeners;
		if (n < 2 || n > TCPA_FINDINGS_LISTENERS)
			continue;
		tcpa_advise(&self->c.s, &self->f);
		digest = tcpa_findings_digest(&self->f);
		l = self->c.s.listeners[0];
		self->c.s.listeners[0] = self->c.s.listeners[n - 1];
		self->c.s.listeners[n - 1] = l;
		tcpa_advise(&self->c.s, &again);
		EXPECT_EQ(digest, tcpa_findings_digest(&again));
	}
}

/* A second look at the same evidence confirms what was said. */
TEST_F(property, verdict_confirms_itself)
{
	enum tcpa_verdict first;
	__u32 i, size;

	while (more_cases(_metadata, &self->c, variant->taste, CASES)) {
		for (i = 0; i < self->c.s.nr_listeners; i++) {
			self->c.s.listeners[i].previous = TCPA_OK;
			self->c.s.listeners[i].previous_recommended = 0;
		}
		tcpa_advise(&self->c.s, &self->f);
		for (i = 0; i < self->c.s.nr_listeners; i++) {
			struct tcpa_listener_sample *l = &self->c.s.listeners[i];

			first = l->verdict;
			size = l->backlog_recommended;
			l->previous = first;
			l->previous_recommended = size;
			tcpa_advise(&self->c.s, &self->f);
			EXPECT_EQ(first, l->verdict);
			EXPECT_EQ(size, l->backlog_recommended);
		}
	}
}

/* A larger burst asks for no smaller backlog. */
TEST_F(property, larger_burst_asks_for_no_less)
{
	__u32 i, size;

	while (more_cases(_metadata, &self->c, variant->taste, CASES)) {
		tcpa_advise(&self->c.s, &self->f);
		for (i = 0; i < self->c.s.nr_listeners; i++) {
			struct tcpa_listener_sample *l = &self->c.s.listeners[i];
			enum tcpa_verdict verdict = l->verdict;

			size = l->backlog_recommended;
			l->ev.burst += l->ev.burst < U64_MAX / 2 ?
				       prng_below(&self->c.p, l->ev.burst + 9) : 0;
			tcpa_advise(&self->c.s, &self->f);
			if (l->verdict == verdict)
				EXPECT_LE(size, l->backlog_recommended);
		}
	}
}

/*
 * Nobody refused, no cookie sent, no long wait: nothing to say, whatever else is the
 * case; and with long waits no change.
 */
TEST_F(property, nobody_refused_no_advice)
{
	__u32 i;

	while (more_cases(_metadata, &self->c, variant->taste, CASES)) {
		self->c.s.tw_overflows = 0;
		self->c.s.group_aborted = 0;
		self->c.s.fastopen.overflows = 0;
		for (i = 0; i < self->c.s.nr_listeners; i++) {
			struct tcpa_interval *sum = &self->c.s.listeners[i].ev.sum;

			sum->overflows_syn = 0;
			sum->overflows_ack = 0;
			sum->synq_drops = 0;
			sum->cookies_sent = 0;
			sum->cookies_valid = 0;
			sum->other_drops = 0;
			sum->other_syns = 0;
		}
		tcpa_advise(&self->c.s, &self->f);
		for (i = 0; i < self->f.nr; i++)
			EXPECT_TRUE(tcpa_rule_negative(self->f.item[i].rule) ||
				    self->f.item[i].rule == TCPA_RULE_APP_SLOW ||
				    self->f.item[i].rule == TCPA_RULE_APP_STALLED);
		for (i = 0; i < self->c.s.nr_listeners; i++) {
			EXPECT_EQ(0, self->c.s.listeners[i].backlog_recommended);
			self->c.s.listeners[i].ev.late_ms = 0;
		}
		tcpa_advise(&self->c.s, &self->f);
		EXPECT_EQ(0, self->f.nr);
	}
}

/* A listener that lost nobody may be left out of a sample. */
TEST_F(property, only_refusals_and_drops_make_a_verdict)
{
	__u32 i;

	while (more_cases(_metadata, &self->c, variant->taste, CASES)) {
		tcpa_advise(&self->c.s, &self->f);
		for (i = 0; i < self->c.s.nr_listeners; i++) {
			const struct tcpa_listener_sample *l =
				&self->c.s.listeners[i];

			if (!tcpa_evidence_events(&l->ev))
				EXPECT_EQ(TCPA_OK, l->verdict);
		}
	}
}

/* Followed, and no refusals since: the evidence is fresh, nothing remains. */
TEST_F(property, followed_advice_is_silent)
{
	__u32 i;

	while (more_cases(_metadata, &self->c, variant->taste, CASES)) {
		tcpa_advise(&self->c.s, &self->f);
		for (i = 0; i < self->f.nr; i++)
			if (sets(&self->f.item[i]) &&
			    self->f.item[i].key == TCPA_KEY_SOMAXCONN)
				self->c.s.somaxconn = self->f.item[i].proposed;
		for (i = 0; i < self->c.s.nr_listeners; i++) {
			struct tcpa_listener_sample *l = &self->c.s.listeners[i];

			if (!l->backlog_recommended)
				continue;
			l->inode = U64_MAX;	/* remember which */
			l->backlog = l->backlog_recommended;
			l->requested = l->backlog_recommended;
			l->previous = TCPA_OK;
			l->previous_recommended = 0;
			tcpa_evidence_reset(&l->ev);
		}
		tcpa_advise(&self->c.s, &self->f);
		for (i = 0; i < self->c.s.nr_listeners; i++) {
			const struct tcpa_listener_sample *l =
				&self->c.s.listeners[i];

			if (l->inode == U64_MAX)
				EXPECT_EQ(0, l->backlog_recommended);
		}
	}
}

/* 5 % either way, of a number that leaves room for it. */
static __u64 shake(struct prng *p, __u64 v)
{
	__u64 tenth = v / 10;

	return v - tenth / 2 + prng_below(p, tenth + 1);
}

static __u64 shake64(struct prng *p, __u64 v)
{
	return shake(p, min_t(__u64, v, U64_MAX / 2));
}

static __u32 shake32(struct prng *p, __u32 v)
{
	return shake(p, min_t(__u32, v, U32_MAX / 2));
}

static void shake_evidence(struct tcpa_evidence *ev, struct prng *p)
{
	ev->sum.queued = shake64(p, ev->sum.queued);
	ev->sum.completions = shake64(p, ev->sum.completions);
	ev->sum.overflows_syn = shake64(p, ev->sum.overflows_syn);
	ev->sum.overflows_ack = shake64(p, ev->sum.overflows_ack);
	ev->sum.synq_drops = shake64(p, ev->sum.synq_drops);
	ev->sum.cookies_sent = shake64(p, ev->sum.cookies_sent);
	ev->sum.other_drops = shake64(p, ev->sum.other_drops);
	ev->sum.other_syns = shake64(p, ev->sum.other_syns);
	ev->burst = shake64(p, ev->burst);
	ev->episode_ms = shake32(p, ev->episode_ms);
	ev->full_ms = shake32(p, ev->full_ms);
	ev->full_accepts = shake64(p, ev->full_accepts);
	ev->stall_ms = shake32(p, ev->stall_ms);
	ev->stall_refusals = shake64(p, ev->stall_refusals);
	ev->syn_busy_ms = shake32(p, ev->syn_busy_ms);
	ev->syn_answered = shake64(p, ev->syn_answered);
	ev->syn_proven = shake64(p, ev->syn_proven);
	ev->syn_short = shake64(p, ev->syn_short);
	ev->syn_need = shake64(p, ev->syn_need);
}

/*
 * The same load, 5 % noise either way, window after window: a verdict that has
 * been given up does not come back, and the recommended size only grows.
 */
TEST_F(property, noise_does_not_flip_a_verdict)
{
	__u32 i, n, size;

	while (more_cases(_metadata, &self->c, variant->taste, CASES / 2)) {
		for (i = 0; i < self->c.s.nr_listeners && i < 3; i++) {
			struct tcpa_listener_sample *l = &self->c.s.listeners[i];
			struct tcpa_evidence base = l->ev;
			bool left[TCPA_VERDICTS] = {};

			l->group = 0;
			l->previous = TCPA_OK;
			l->previous_recommended = 0;
			for (n = 0, size = 0; n < 40; n++) {
				l->ev = base;
				shake_evidence(&l->ev, &self->c.p);
				tcpa_advise(&self->c.s, &self->f);
				EXPECT_FALSE(left[l->verdict]) {
					TH_LOG("back to %s in window %u",
					       tcpa_verdict_name(l->verdict), n);
				}
				if (n && l->previous != l->verdict)
					left[l->previous] = true;
				if (n && l->previous == l->verdict)
					EXPECT_LE(size, l->backlog_recommended);
				l->previous = l->verdict;
				size = l->backlog_recommended;
				l->previous_recommended = size;
			}
		}
	}
}

TEST_HARNESS_MAIN
