// SPDX-License-Identifier: GPL-2.0
/*
 * curve_test.c - the loss curve against the model: a schedule is recorded at one
 * backlog, and what the curve says of others is compared with the same schedule
 * in the model at those backlogs.
 */
#include "kselftest_harness.h"

#include "../../module/judge/curve.h"
#include "../../module/judge/evidence.h"
#include "../model_tcp.h"

/* Clients all at once, COUNT of them each EVERY ms for TIMES. */
struct load {
	__u32 count, spread_ms, every_ms, times;
	__u32 accept_from_ms, accept_rate;
	__u32 rtt_ms;
	bool speak;
	__u32 syn_linear;	/* see model_tcp.h */
};

struct recorded {
	struct model_tcp m;
	struct tcpa_curve *c;	/* or NULL */
	__u64 lost;
};

static void wants(void *owner, const struct model_tcp_client *client,
		  enum model_tcp_kind by, bool gets)
{
	struct recorded *r = owner;
	const struct tcpa_curve_event ev = {
		.us = r->m.now * 1000,
		.client = client->id * 2654435761U,
		.depth = r->m.accept_len,
		.kind = gets ? TCPA_CURVE_ADMITTED :
			by == MODEL_SYN ? TCPA_CURVE_SYN : TCPA_CURVE_ACK,
	};

	if (r->c)
		tcpa_curve_add(r->c, &ev);
}

static void done(void *owner, const struct model_tcp_client *client)
{
	struct recorded *r = owner;

	r->lost += client->refused;
}

static void look(struct recorded *r)
{
	const struct tcpa_curve_event ev = {
		.us = r->m.now * 1000,
		.depth = r->m.accept_len,
	};

	if (r->c && r->c->began && r->m.now % 10 == 0)
		tcpa_curve_add(r->c, &ev);
}

static void arrive(struct recorded *r, const struct load *load)
{
	__u32 i, ms = r->m.now % load->every_ms;

	if (r->m.now / load->every_ms >= load->times || ms > load->spread_ms)
		return;
	for (i = 0; i < load->count; i++) {
		if (i * (load->spread_ms + 1) / load->count != ms)
			continue;
		model_tcp_new(&r->m, r->m.now, false);
		model_tcp_events(&r->m);
	}
}

/* How many were refused at @backlog; recorded in @c if that is not NULL. */
static __u64 run(const struct load *load, __u32 backlog, struct tcpa_curve *c)
{
	const struct model_tcp_settings set = {
		.backlog = backlog, .syncookies = 1, .max_syn_backlog = 1024,
		.synack_retries = 5, .rtt_ms = load->rtt_ms, .speak = load->speak,
		.syn_linear = load->syn_linear, .jiffy_ms = 4,
	};
	struct recorded r = { .c = c };
	__u64 credit = 0;

	model_tcp_init(&r.m, &set, load->every_ms * load->times + 20000);
	r.m.wants = wants;
	r.m.done = done;
	r.m.owner = &r;
	for (; r.m.now < r.m.end; r.m.now++) {
		model_tcp_events(&r.m);
		arrive(&r, load);
		credit += r.m.now >= load->accept_from_ms ? load->accept_rate : 0;
		while (credit >= 1000 && model_tcp_accept(&r.m) >= 0)
			credit -= 1000;
		credit = r.m.accept_len ? credit : 0;
		look(&r);
	}
	model_tcp_exit(&r.m);
	return r.lost;
}

FIXTURE(curve) {
	struct tcpa_curve c;
};

FIXTURE_SETUP(curve) {}
FIXTURE_TEARDOWN(curve) {}

FIXTURE_VARIANT(curve) {
	struct load load;
	__u32 backlog;
	__u64 more;		/* how many places were wanting; 0: not exact */
};

TEST_F(curve, model)
{
	const struct tcpa_loss *loss = &self->c.loss;
	struct tcpa_evidence ev = {};
	__u32 i;

	tcpa_curve_begin(&self->c, variant->backlog);
	run(&variant->load, variant->backlog, &self->c);
	EXPECT_TRUE(loss->complete);
	EXPECT_TRUE(tcpa_curve_over(&self->c));
	tcpa_loss_apply(loss, &ev);
	if (variant->more)
		EXPECT_EQ(variant->more, ev.burst);
	/* The least backlog that loses nobody. */
	EXPECT_EQ(0, run(&variant->load, loss->need, NULL));
	if (variant->more)
		EXPECT_NE(0, run(&variant->load, loss->need - 1, NULL));
	for (i = 0; i < loss->nr; i++) {
		__u64 model = run(&variant->load, loss->point[i].backlog, NULL);
		__u64 said = loss->point[i].lost;
		__u64 apart = said > model ? said - model : model - said;

		EXPECT_TRUE(apart <= 3 || apart * 20 <= model) {
			TH_LOG("%u: %llu lost, model %llu",
			       loss->point[i].backlog, said, model);
		}
		if (!model && !said)
			break;
	}
}

FIXTURE_VARIANT_ADD(curve, clients_400_at_64) {
	.load = { .count = 400, .spread_ms = 20, .every_ms = 5000, .times = 1,
		  .accept_from_ms = 600, .accept_rate = 1000 },
	.backlog = 64, .more = 335,
};

FIXTURE_VARIANT_ADD(curve, clients_800_at_64) {
	.load = { .count = 800, .spread_ms = 20, .every_ms = 5000, .times = 1,
		  .accept_from_ms = 600, .accept_rate = 1000 },
	.backlog = 64, .more = 735,
};

FIXTURE_VARIANT_ADD(curve, clients_40_at_5) {
	.load = { .count = 40, .spread_ms = 5, .every_ms = 5000, .times = 1,
		  .accept_from_ms = 600, .accept_rate = 500 },
	.backlog = 5, .more = 34,
};

FIXTURE_VARIANT_ADD(curve, clients_12_at_0) {
	.load = { .count = 12, .spread_ms = 2, .every_ms = 5000, .times = 1,
		  .accept_from_ms = 600, .accept_rate = 500 },
	.backlog = 0, .more = 11,
};

FIXTURE_VARIANT_ADD(curve, clients_200_speak_first_at_64) {
	.load = { .count = 200, .spread_ms = 5, .every_ms = 5000, .times = 1,
		  .accept_from_ms = 600, .accept_rate = 1000, .rtt_ms = 100,
		  .speak = true },
	.backlog = 64, .more = 135,
};

FIXTURE_VARIANT_ADD(curve, bursts) {
	.load = { .count = 1000, .spread_ms = 20, .every_ms = 2000, .times = 5,
		  .accept_rate = 2000, .rtt_ms = 1, .speak = true },
	.backlog = 128,
};

FIXTURE_VARIANT_ADD(curve, slow) {
	.load = { .count = 400, .spread_ms = 999, .every_ms = 1000, .times = 6,
		  .accept_rate = 250, .rtt_ms = 1, .speak = true },
	.backlog = 128,
};

/* Those of Linux from 6.5 on: they come again sooner, and more often. */
FIXTURE_VARIANT_ADD(curve, slow_steady) {
	.load = { .count = 400, .spread_ms = 999, .every_ms = 1000, .times = 6,
		  .accept_rate = 250, .rtt_ms = 1, .speak = true, .syn_linear = 4 },
	.backlog = 128,
};

FIXTURE_VARIANT_ADD(curve, bursts_steady) {
	.load = { .count = 1000, .spread_ms = 20, .every_ms = 2000, .times = 5,
		  .accept_rate = 2000, .rtt_ms = 1, .speak = true, .syn_linear = 4 },
	.backlog = 128,
};

/* A backlog of 5 refuses ten, who come again at each of @ms. */
static void come_at(struct tcpa_curve *c, const __u32 *ms, __u32 nr)
{
	struct tcpa_curve_event ev = { .kind = TCPA_CURVE_SYN, .depth = 6 };
	__u32 i;

	tcpa_curve_begin(c, 5);
	for (i = 0; i < nr; i++) {
		ev.us = ms[i] * 1000;
		for (ev.client = 1; ev.client <= 10; ev.client++)
			tcpa_curve_add(c, &ev);
	}
}

TEST(how_clients_come_again_is_learnt)
{
	static const __u32 steady[] = { 0, 1010, 2020, 3030, 4040, 5050, 7060, 11100 };
	static const __u32 doubling[] = { 0, 1010, 3030, 7050 };
	static struct tcpa_curve c;

	come_at(&c, steady, ARRAY_SIZE(steady));
	EXPECT_EQ(10, c.steady);
	EXPECT_EQ(0, c.doubling);
	EXPECT_EQ(10, c.loss.point[0].lost);
	come_at(&c, doubling, ARRAY_SIZE(doubling));
	EXPECT_EQ(0, c.steady);
	EXPECT_EQ(10, c.doubling);
	EXPECT_EQ(10, c.loss.point[0].lost);
}

/* Clients who are still to come to the queue of the real backlog. */
static __u32 still_to_come(const struct tcpa_curve *c)
{
	__u32 try, step, n = 0;

	for (try = 0; try < TCPA_CURVE_TRIES; try++)
		for (step = 0; step < TCPA_CURVE_STEPS; step++)
			n += c->queue[0].again[try][step];
	return n;
}

/* When ten who are refused have given up, in steps of 100 ms, as nobody is accepted. */
static __u32 given_up(struct tcpa_curve *c)
{
	struct tcpa_curve_event ev = { .kind = TCPA_CURVE_SYN, .depth = 6 };

	for (ev.client = 1; ev.client <= 10; ev.client++)
		tcpa_curve_add(c, &ev);
	for (ev.kind = TCPA_CURVE_LOOK; still_to_come(c); ev.us += 100000)
		tcpa_curve_add(c, &ev);
	return ev.us / 100000;
}

/* After their tries of 11 s, and of 7 s if others were seen to double the time. */
TEST(who_is_refused_for_good_gives_up)
{
	static struct tcpa_curve c;
	__u32 up;	/* tenths of a second */

	tcpa_curve_begin(&c, 5);
	up = given_up(&c);
	EXPECT_LE(107, up);
	EXPECT_GE(116, up);
	tcpa_curve_begin(&c, 5);
	c.doubling = 1;
	up = given_up(&c);
	EXPECT_LE(67, up);
	EXPECT_GE(75, up);
}

TEST(more_clients_than_are_remembered_are_missed)
{
	static struct tcpa_curve c;
	struct tcpa_curve_event ev = { .kind = TCPA_CURVE_SYN, .depth = 6 };

	tcpa_curve_begin(&c, 5);
	for (ev.client = 0; ev.client < 2 * TCPA_CURVE_PENDING; ev.client++)
		tcpa_curve_add(&c, &ev);
	EXPECT_FALSE(c.loss.complete);
}

TEST(incomplete_changes_no_evidence)
{
	static struct tcpa_curve c;
	struct tcpa_curve_event ev = { .kind = TCPA_CURVE_SYN, .depth = 6 };
	struct tcpa_evidence evidence = { .burst = 7 };

	tcpa_curve_begin(&c, 5);
	tcpa_curve_add(&c, &ev);
	tcpa_curve_miss(&c);
	tcpa_loss_apply(&c.loss, &evidence);
	EXPECT_EQ(7, evidence.burst);
}

TEST(points_rise_from_the_backlog_to_the_most)
{
	static const __u32 backlogs[] = { 0, 1, 5, 64, 511, 4096, 65534, 65535, U32_MAX };
	static struct tcpa_curve c;
	__u32 i, n;

	for (i = 0; i < ARRAY_SIZE(backlogs); i++) {
		tcpa_curve_begin(&c, backlogs[i]);
		EXPECT_EQ(backlogs[i], c.loss.point[0].backlog);
		for (n = 1; n < c.loss.nr; n++)
			EXPECT_LT(c.loss.point[n - 1].backlog,
				  c.loss.point[n].backlog);
		if (backlogs[i] < 65535 && c.loss.nr < TCPA_CURVE_POINTS)
			EXPECT_EQ(65535, c.loss.point[c.loss.nr - 1].backlog);
	}
}

TEST_HARNESS_MAIN
