// SPDX-License-Identifier: GPL-2.0
/*
 * fates_test.c - what became of refused clients, against a model that remembers all of
 * them, one by one, and every prefix.
 */
#include <stdlib.h>

#include "kselftest_harness.h"

#include "../../module/judge/fates.h"
#include "prng.h"

#define CLIENTS		20000U
#define PREFIXES	64U

/* A client as the model has it, whose number is its place here. */
struct known {
	bool waits;
	__u32 first_ms, last_ms, gap_ms;
	__u32 admitted;
};

struct world {
	struct tcpa_fates f;
	struct tcpa_hurt hurt;
	struct known client[CLIENTS];
	__u32 prefix[PREFIXES];		/* refusals */
	__u64 refusals;
	__u32 start_us;
	__u32 ms;
};

/* A hash is a bijection here: nobody is taken for another. */
static __u32 hash_of(__u32 nr)
{
	__u32 h = nr + 1;

	h = (h ^ (h >> 16)) * 0x7feb352dU;
	h = (h ^ (h >> 15)) * 0x846ca68bU;
	return h ^ (h >> 16);
}

static void tell(struct world *w, __u32 kind, __u32 nr)
{
	const struct tcpa_curve_event ev = {
		.us = w->start_us + w->ms * 1000,
		.client = hash_of(nr),
		.kind = kind,
		.prefix = { 7, nr % PREFIXES },
	};

	tcpa_fates_add(&w->f, &ev);
}

static void refuse(struct world *w, __u32 nr, __u32 kind)
{
	struct known *k = &w->client[nr];

	tell(w, kind, nr);
	w->refusals++;
	w->prefix[nr % PREFIXES]++;
	if (!k->waits) {
		k->waits = true;
		k->first_ms = w->ms;
		k->gap_ms = 1000;
	} else if (w->ms - k->last_ms > k->gap_ms) {
		k->gap_ms = w->ms - k->last_ms;
	}
	k->last_ms = w->ms;
}

static void admit(struct world *w, __u32 nr)
{
	struct known *k = &w->client[nr];

	tell(w, TCPA_CURVE_ADMITTED, nr);
	if (k->waits)
		k->admitted++;
	k->waits = false;
}

/* At @ms. */
static void look(struct world *w, __u32 ms)
{
	w->ms = ms;
	tell(w, TCPA_CURVE_LOOK, 0);
	tcpa_fates_sum(&w->f, &w->hurt);
}

/* Of the clients whose hash has as many zero bits as @one_in, times that. */
static void sum(const struct world *w, __u32 one_in, struct tcpa_hurt *hurt)
{
	__u32 i;

	memset(hurt, 0, sizeof(*hurt));
	for (i = 0; i < CLIENTS; i++) {
		const struct known *k = &w->client[i];

		if (hash_of(i) % one_in)
			continue;
		hurt->admitted += k->admitted * one_in;
		if (k->waits && w->ms - k->last_ms > 2 * k->gap_ms + 1000)
			hurt->gave_up += one_in;
		else if (k->waits)
			hurt->pending += one_in;
	}
}

static __u64 apart(__u64 a, __u64 b)
{
	return a > b ? a - b : b - a;
}

FIXTURE(fates) {
	struct world *w;
};

FIXTURE_SETUP(fates)
{
	self->w = calloc(1, sizeof(*self->w));
	ASSERT_NE(NULL, self->w);
	tcpa_fates_begin(&self->w->f);
}

FIXTURE_TEARDOWN(fates)
{
	free(self->w);
}

/* 410 at once, 12 of whom do not come again. */
TEST_F(fates, who_comes_again_gets_in_and_who_does_not_has_given_up)
{
	struct world *w = self->w;
	__u32 i;

	for (i = 0; i < 410; i++)
		refuse(w, i, TCPA_CURVE_SYN);
	look(w, 10);
	EXPECT_EQ(410, w->hurt.pending);
	EXPECT_EQ(0, w->hurt.gave_up);
	for (i = 0; i < 398; i++) {
		w->ms = 1000 + i;
		admit(w, i);
	}
	look(w, 3000);
	EXPECT_EQ(12, w->hurt.pending);
	look(w, 3001);
	EXPECT_EQ(12, w->hurt.gave_up);
	EXPECT_EQ(398, w->hurt.admitted);
	EXPECT_EQ(1000, w->hurt.from_ms);
	EXPECT_EQ(1397, w->hurt.to_ms);
	EXPECT_EQ(410, tcpa_hurt_clients(&w->hurt));
	EXPECT_EQ(410, w->hurt.refusals);
	EXPECT_EQ(1, w->hurt.one_in);
	EXPECT_EQ(0, tcpa_hurt_error(&w->hurt));
}

/* How long each try waits for the next one: SYNs old and new, and data. */
static const __u32 doubling[] = { 1000, 2000, 4000, 8000, 0 };
static const __u32 steady[] = { 1000, 1000, 1000, 1000, 2000, 4000, 0 };
static const __u32 data[] = { 1, 200, 400, 800, 1600, 3200, 0 };

static void come_again(struct world *w, __u32 nr, const __u32 *wait, __u32 kind)
{
	w->ms = 0;
	tcpa_fates_begin(&w->f);
	refuse(w, nr, kind);
	for (; *wait; wait++) {
		w->ms += *wait;
		refuse(w, nr, kind);
	}
	look(w, w->ms);
}

TEST_F(fates, retransmissions_are_no_new_clients)
{
	struct world *w = self->w;

	come_again(w, 1, doubling, TCPA_CURVE_SYN);
	EXPECT_EQ(1, tcpa_hurt_clients(&w->hurt));
	EXPECT_EQ(5, w->hurt.refusals);
	come_again(w, 2, steady, TCPA_CURVE_SYN);
	EXPECT_EQ(1, tcpa_hurt_clients(&w->hurt));
	EXPECT_EQ(7, w->hurt.refusals);
	come_again(w, 3, data, TCPA_CURVE_ACK);
	EXPECT_EQ(1, tcpa_hurt_clients(&w->hurt));
	EXPECT_EQ(7, w->hurt.refusals);
}

/* Between two tries a client is never taken for one who gave up. */
TEST_F(fates, who_waits_has_not_given_up)
{
	static const __u32 *const ways[] = { doubling, steady };
	struct world *w = self->w;
	__u32 way, i;

	for (way = 0; way < 2; way++) {
		tcpa_fates_begin(&w->f);
		w->ms = 0;
		refuse(w, way, TCPA_CURVE_SYN);
		for (i = 0; ways[way][i]; i++) {
			/* A timer is late by an eighth. */
			look(w, w->ms + ways[way][i] * 9 / 8);
			EXPECT_EQ(1, w->hurt.pending);
			refuse(w, way, TCPA_CURVE_SYN);
		}
		look(w, w->ms + 3 * ways[way][i - 1]);
		EXPECT_EQ(1, w->hurt.gave_up);
		/* It was slower still. */
		refuse(w, way, TCPA_CURVE_SYN);
		look(w, w->ms);
		EXPECT_EQ(0, w->hurt.gave_up);
		EXPECT_EQ(1, w->hurt.pending);
	}
}

/* From the same port, as those do who have few of them. */
TEST_F(fates, who_got_in_and_is_refused_again_is_another_client)
{
	struct world *w = self->w;
	__u32 i;

	for (i = 0; i < 5; i++) {
		refuse(w, 1, TCPA_CURVE_SYN);
		w->ms += 1000;
		admit(w, 1);
	}
	refuse(w, 1, TCPA_CURVE_SYN);
	admit(w, 2);
	look(w, w->ms);
	EXPECT_EQ(5, w->hurt.admitted);
	EXPECT_EQ(1, w->hurt.pending);
}

/* In whatever order they came; and who got in at once has got in. */
TEST_F(fates, the_shortest_and_the_longest_wait)
{
	static const __u32 wait[] = { 2000, 3000, 1000, 1500 };
	struct world *w = self->w;
	__u32 i;

	for (i = 0; i < 4; i++) {
		refuse(w, i, TCPA_CURVE_SYN);
		w->ms += wait[i];
		admit(w, i);
	}
	look(w, w->ms);
	EXPECT_EQ(1000, w->hurt.from_ms);
	EXPECT_EQ(3000, w->hurt.to_ms);
	refuse(w, 4, TCPA_CURVE_ACK);
	admit(w, 4);
	look(w, w->ms);
	EXPECT_EQ(1, w->hurt.from_ms);
	EXPECT_EQ(3000, w->hurt.to_ms);
}

TEST_F(fates, the_clock_may_wrap_and_step_back)
{
	struct world *w = self->w;

	w->start_us = -500000;
	refuse(w, 1, TCPA_CURVE_SYN);
	w->ms = 1000;
	refuse(w, 2, TCPA_CURVE_SYN);
	w->ms = 999;
	admit(w, 1);
	look(w, 1001);
	EXPECT_EQ(1000, w->hurt.from_ms);
	EXPECT_EQ(1, w->hurt.pending);
}

/* Whatever comes in whatever order, with and without sampling. */
TEST_F(fates, as_in_the_model)
{
	struct world *w = self->w;
	struct tcpa_hurt model;
	struct prng rng;
	__u32 run, n, nr, most;

	for (run = 0; run < 10; run++) {
		prng_seed(&rng, run);
		memset(w, 0, sizeof(*w));
		most = run % 2 ? TCPA_FATES_MOST : CLIENTS;
		for (n = 0; n < 60000; n++) {
			nr = prng_below(&rng, most);
			w->ms += prng_below(&rng, 20) / 19;
			if (prng_below(&rng, 3))
				refuse(w, nr, TCPA_CURVE_SYN + prng_below(&rng, 2));
			else
				admit(w, nr);
		}
		look(w, w->ms + prng_below(&rng, 8000));
		sum(w, w->hurt.one_in, &model);
		EXPECT_EQ(run % 2 ? 1 : 16, w->hurt.one_in);
		EXPECT_EQ(model.admitted, w->hurt.admitted);
		EXPECT_EQ(model.gave_up, w->hurt.gave_up);
		EXPECT_EQ(model.pending, w->hurt.pending);
		EXPECT_EQ(w->refusals, w->hurt.refusals);
	}
}

/* Each number of clients, over many samples: nineteen of twenty are to be within it. */
TEST_F(fates, a_sample_is_within_its_error)
{
	struct world *w = self->w;
	struct tcpa_hurt all;
	__u32 run, i, nr, off = 0;

	for (run = 0; run < 100; run++) {
		memset(&w->f, 0, sizeof(w->f));
		memset(w->client, 0, sizeof(w->client));
		w->ms = 0;
		/* Others than before: their hashes are. */
		for (i = 0; i < 15000; i++) {
			nr = (run * 7919 + i) % CLIENTS;
			refuse(w, nr, TCPA_CURVE_SYN);
		}
		w->ms = 1000;
		for (i = 0; i < 14900; i++)
			admit(w, (run * 7919 + i) % CLIENTS);
		look(w, 9000);
		sum(w, 1, &all);
		EXPECT_EQ(14900, all.admitted);
		EXPECT_EQ(100, all.gave_up);
		EXPECT_LT(1, w->hurt.one_in);
		EXPECT_LT(tcpa_hurt_error(&w->hurt), 1500);
		off += apart(w->hurt.admitted, all.admitted) > tcpa_hurt_error(&w->hurt) ||
		       apart(w->hurt.gave_up, all.gave_up) > tcpa_hurt_error(&w->hurt);
	}
	EXPECT_GE(100 / 20, off);
}

/* Nobody of a sample is not nobody at all. */
TEST_F(fates, none_in_a_sample_is_not_exact)
{
	const struct tcpa_hurt none = { .one_in = 64 }, all = { .one_in = 1 };
	const struct tcpa_hurt half = { .one_in = 2 };

	EXPECT_LE(3 * 64, tcpa_hurt_error(&none));
	EXPECT_LE(3 * 2, tcpa_hurt_error(&half));
	EXPECT_EQ(0, tcpa_hurt_error(&all));
}

/* Who is not refused, or answered by a cookie, takes no place. */
TEST_F(fates, who_gets_in_at_once_is_not_followed)
{
	struct world *w = self->w;
	__u32 i;

	for (i = 0; i < CLIENTS; i++)
		admit(w, i);
	look(w, 1);
	EXPECT_EQ(1, w->hurt.one_in);
	EXPECT_EQ(0, tcpa_hurt_clients(&w->hurt));
}

/* Prefix @nr as @hurt has it, or NULL. */
static const struct tcpa_prefix_refusals *told(const struct tcpa_hurt *hurt, __u32 nr)
{
	__u32 i;

	for (i = 0; i < hurt->prefixes; i++)
		if (hurt->prefix[i].prefix[0] == 7 && hurt->prefix[i].prefix[1] == nr)
			return &hurt->prefix[i];
	return NULL;
}

TEST_F(fates, few_prefixes_are_counted_exactly)
{
	struct world *w = self->w;
	__u32 i, n;

	for (i = 0; i < TCPA_FATES_PREFIXES; i++)
		for (n = 0; n <= i; n++)
			refuse(w, i, TCPA_CURVE_SYN);
	look(w, 1);
	ASSERT_EQ(TCPA_HURT_PREFIXES, w->hurt.prefixes);
	for (i = 0; i < TCPA_HURT_PREFIXES; i++) {
		EXPECT_EQ(TCPA_FATES_PREFIXES - i, w->hurt.prefix[i].refusals);
		EXPECT_EQ(TCPA_FATES_PREFIXES - i - 1, w->hurt.prefix[i].prefix[1]);
		EXPECT_EQ(0, w->hurt.prefix[i].error);
	}
}

TEST_F(fates, heavy_prefixes_are_found_in_a_crowd)
{
	const struct tcpa_prefix_refusals *p;
	struct world *w = self->w;
	struct prng rng;
	__u32 run, n, i;

	for (run = 0; run < 100; run++) {
		prng_seed(&rng, run);
		memset(w, 0, sizeof(*w));
		for (n = 0; n < 5000; n++)
			refuse(w, prng_below(&rng, 3) ? prng_below(&rng, PREFIXES) :
							prng_below(&rng, 4), TCPA_CURVE_SYN);
		look(w, 1);
		for (i = 0; i < PREFIXES; i++) {
			p = told(&w->hurt, i);
			if (w->prefix[i] > w->refusals / TCPA_FATES_PREFIXES)
				ASSERT_NE(NULL, p);
			if (!p)
				continue;
			EXPECT_GE(p->refusals, w->prefix[i]);
			EXPECT_LE(p->refusals - p->error, w->prefix[i]);
		}
		for (i = 1; i < w->hurt.prefixes; i++)
			EXPECT_GE(w->hurt.prefix[i - 1].refusals,
				  w->hurt.prefix[i].refusals);
	}
}

TEST_HARNESS_MAIN
