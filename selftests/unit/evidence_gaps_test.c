// SPDX-License-Identifier: GPL-2.0
/*
 * evidence_gaps_test.c - intervals in which nothing happened need not be looked at.
 */
#include <stddef.h>

#include "kselftest_harness.h"

#include "../../module/judge/evidence.h"
#include "prng.h"

/* Any interval after @ev's last: mostly one without arrivals. */
static void random_interval(struct prng *p, const struct tcpa_evidence *ev,
			    struct tcpa_interval *iv)
{
	__u32 most = iv->backlog + 1;

	memset((char *)iv + offsetof(struct tcpa_interval, syns), 0,
	       sizeof(*iv) - offsetof(struct tcpa_interval, syns));
	iv->accepts = ev->accept_before;
	if (prng_below(p, 4))
		return;
	iv->accept_now = prng_below(p, 2) ? prng_below(p, most + 1) : 0;
	iv->accept_hi = iv->accept_now + prng_below(p, most + 1 - iv->accept_now);
	iv->accept_lo = prng_below(p, iv->accept_now + 1);
	iv->syn_now = prng_below(p, 3) ? 0 : prng_below(p, most);
	iv->syn_hi = iv->syn_now + prng_below(p, 4);
	/* Depths are noted when a SYN comes. */
	iv->syns = 1 + prng_below(p, 50);
	iv->queued = prng_below(p, iv->syns + 1);
	iv->completions = prng_below(p, 50);
	iv->accepts = ev->accept_before + iv->completions > iv->accept_now ?
		      ev->accept_before + iv->completions - iv->accept_now : 0;
	if (prng_below(p, 2))
		return;
	iv->overflows_syn = prng_below(p, 30);
	iv->overflows_ack = prng_below(p, 3) ? 0 : prng_below(p, 30);
	iv->synq_drops = prng_below(p, 3) ? 0 : prng_below(p, 30);
	iv->cookies_sent = prng_below(p, 3) ? 0 : prng_below(p, 30);
	iv->deficit = iv->overflows_syn;
	iv->refusing_ms = iv->overflows_syn ? prng_below(p, iv->ms + 1) : 0;
}

/* How long the window was, and that the queue was empty in it, says nothing. */
static void forget_idle_time(struct tcpa_evidence *ev)
{
	ev->sum.ms = 0;
	ev->sum.backlog = 0;
	ev->sum.accept_lo = 0;
}

/* The sampler does not look at a listener in which nothing happens. */
TEST(inactive_intervals_may_be_left_out_when_nothing_is_open)
{
	struct tcpa_evidence all, seen, whole, some;
	struct tcpa_interval iv = { 0 };
	__u64 seed, left_out = 0;
	struct prng p;
	__u32 i;

	for (seed = 1; seed <= 200; seed++) {
		prng_seed(&p, seed);
		tcpa_evidence_reset(&seen);
		all = seen;
		iv.backlog = seed % 2 ? 8 : 100;
		iv.ms = seed % 3 ? 1000 : 100;
		for (i = 0; i < 200; i++) {
			random_interval(&p, &all, &iv);
			tcpa_evidence_add(&all, &iv);
			if (tcpa_interval_active(&iv) ||
			    tcpa_evidence_open(&seen))
				tcpa_evidence_add(&seen, &iv);
			else
				left_out++;
			if (i % 50 == 49) {
				tcpa_evidence_roll(&all);
				tcpa_evidence_roll(&seen);
			}
			whole = all;
			some = seen;
			forget_idle_time(&whole);
			forget_idle_time(&some);
			ASSERT_EQ(0, memcmp(&whole, &some, sizeof(some))) {
				TH_LOG("seed %llu, interval %u", seed, i);
			}
		}
	}
	EXPECT_LT(1000, left_out);
}

TEST_HARNESS_MAIN
