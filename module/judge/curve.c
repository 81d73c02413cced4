// SPDX-License-Identifier: GPL-2.0
/*
 * curve.c - the loss curve: how many connections each of a dozen backlogs would
 * have lost, under the load that was seen.
 *
 * Each client comes to all queues when it first came to the real one. Each queue
 * admits it or refuses it by its own backlog, as the kernel would: it holds one more
 * than the backlog. Who is refused comes again to that queue:
 *   its SYN    after 1, 2, 3, 4, 5, 7 and 11 s, as Linux from 6.5 on sends it, or after
 *              1, 3 and 7 s, as before: as most of those do who are seen to come a
 *              third time, and the former as long as nobody is
 *   its data   from 200 ms on, if its final ACK was refused
 * That it came again to the real queue is no new client, and is passed over: by its
 * hash.
 *
 * All queues are emptied as the real one was: an accept(2) there, known from how
 * depths changed between two events, takes one out of each. While the real queue is
 * empty, nothing is known of accept(2) but that it could go on; so it does, at the
 * rate that it had while somebody waited.
 *
 * Context: any; pure.
 * Does not: know how the SYN queue would have fared.
 */
#include "curve.h"

#include "evidence.h"
#include "saturate.h"

#define BACKLOG_MAX	65535U

/* How long each try waits for the next. */
static const __u16 timeouts[TCPA_CURVE_TRIES] = {
	1000,				/* of the first SYN, */
	2000, 4000,			/* of others, if they double the time, */
	1000, 1000, 1000, 1000, 2000, 4000,	/* or at first do not; */
	200, 200, 400, 800, 1600, 3200,	/* and of data */
};

#define FIRST_SYN	0U
#define DOUBLING	1U
#define STEADY		3U
#define FIRST_DATA	9U

/* The try after @try, or TCPA_CURVE_TRIES: it gives up. */
static __u32 try_after(const struct tcpa_curve *c, __u32 try)
{
	if (try == FIRST_SYN)
		return c->doubling > c->steady ? DOUBLING : STEADY;
	if (try + 1 == STEADY || try + 1 == FIRST_DATA)
		return TCPA_CURVE_TRIES;
	return try + 1;
}

/* Between these two, of a client that comes a third time, neither is the case. */
#define STEADY_MS	1500U
#define DOUBLING_MS	2500U

/* A client that is heard of again later than this is a new one. */
#define FORGET_MS	20000U

/* Everybody fits. */
#define NO_LIMIT	TCPA_CURVE_POINTS

static __u32 next_backlog(__u32 backlog)
{
	__u32 p = 1;

	while (p <= backlog)
		p <<= 1;
	return min_t(__u32, p, BACKLOG_MAX);
}

void tcpa_curve_begin(struct tcpa_curve *c, __u32 backlog)
{
	memset(c, 0, sizeof(*c));
	c->loss.complete = true;
	do {
		c->loss.point[c->loss.nr++].backlog = backlog;
		if (backlog >= BACKLOG_MAX)
			break;
		backlog = next_backlog(backlog);
	} while (c->loss.nr < TCPA_CURVE_POINTS);
}

static __u32 now_ms(const struct tcpa_curve *c)
{
	return tcpa_clamp32(div64_u64(c->now_us, 1000));
}

static __u64 now_step(const struct tcpa_curve *c)
{
	return div64_u64(c->now_us, 1000 * TCPA_CURVE_STEP_MS);
}

static bool fits(const struct tcpa_curve *c, __u32 i)
{
	return i == NO_LIMIT || c->queue[i].depth <= c->loss.point[i].backlog;
}

/* The wait of one client at a time is measured, and that of each deepest one. */
static void enter(struct tcpa_curve *c, struct tcpa_curve_queue *q)
{
	q->depth++;
	if (q->depth > q->deepest || !q->ahead) {
		q->ahead = q->depth;
		q->since_us = c->now_us;
	}
	q->deepest = max_t(__u32, q->deepest, q->depth);
}

/* Queue @i has refused a client at its @try, an index of the timeouts. */
static void send_away(struct tcpa_curve *c, __u32 i, __u32 try)
{
	__u32 steps = max_t(__u32, timeouts[try] / TCPA_CURVE_STEP_MS, 1);
	__u16 *n = &c->queue[i].again[try][(c->step + steps) % TCPA_CURVE_STEPS];

	if (*n < 0xffff)
		++*n;
}

static void come(struct tcpa_curve *c, bool ack)
{
	__u32 i;

	for (i = 0; i <= NO_LIMIT; i++) {
		if (i >= c->loss.nr && i < NO_LIMIT)
			continue;
		if (fits(c, i)) {
			enter(c, &c->queue[i]);
		} else {
			c->loss.point[i].lost++;
			send_away(c, i, ack ? FIRST_DATA : FIRST_SYN);
		}
	}
	c->loss.need = tcpa_sub(c->queue[NO_LIMIT].deepest, 1);
}

/* Those whose time is @step come again to queue @i; some give up then. */
static void come_again(struct tcpa_curve *c, __u32 i, __u64 step)
{
	__u32 try, n;

	for (try = 0; try < TCPA_CURVE_TRIES; try++) {
		__u16 *due = &c->queue[i].again[try][step % TCPA_CURVE_STEPS];
		__u32 next = try_after(c, try);

		n = *due;
		*due = 0;
		while (n--) {
			if (fits(c, i))
				enter(c, &c->queue[i]);
			else if (next < TCPA_CURVE_TRIES)
				send_away(c, i, next);
		}
	}
}

static void take_out(struct tcpa_curve *c, __u32 i, __u64 accepts)
{
	struct tcpa_curve_queue *q = &c->queue[i];
	__u32 n = min_t(__u64, accepts, q->depth), ms;

	q->depth -= n;
	if (!q->ahead || !n)
		return;
	if (n < q->ahead) {
		q->ahead -= n;
		return;
	}
	q->ahead = 0;
	ms = tcpa_clamp32(div64_u64(c->now_us - q->since_us, 1000));
	if (i < NO_LIMIT)
		c->loss.point[i].wait_ms = max_t(__u32, c->loss.point[i].wait_ms, ms);
}

/*
 * How many accept(2)s there can have been in @us, after which the real queue is
 * @depth deep and @accepts have been seen.
 */
static __u64 possible(struct tcpa_curve *c, __u32 us, __u32 depth, __u64 accepts)
{
	__u64 n;

	/* It was emptied some time in it: it was as fast at least. */
	bool faster = accepts && tcpa_mul(accepts, c->busy_us) >=
				 tcpa_mul(us, c->busy_accepts);

	if (depth || faster) {
		c->busy_us += us;
		c->busy_accepts += accepts;
		return accepts;
	}
	if (!c->busy_us)
		return 0;
	c->credit = tcpa_add(c->credit, tcpa_mul(us, c->busy_accepts));
	n = div64_u64(c->credit, c->busy_us);
	c->credit -= n * c->busy_us;
	return max_t(__u64, n, accepts);
}

/* From the last event to @ev: time passes, clients are accepted and come again. */
static void pass(struct tcpa_curve *c, const struct tcpa_curve_event *ev)
{
	__s32 us = ev->us - c->last_us;
	__u64 accepts, step;
	__u32 i;

	if (us < 0)		/* another CPU's, noted a moment later */
		us = 0;
	else
		c->last_us = ev->us;
	c->now_us += us;
	accepts = possible(c, us, ev->depth, tcpa_sub(c->depth, ev->depth));
	for (i = 0; accepts && i <= NO_LIMIT; i++)
		if (i < c->loss.nr || i == NO_LIMIT)
			take_out(c, i, accepts);
	/* A time without events is not longer than the steps that there are. */
	step = now_step(c);
	if (step > c->step + TCPA_CURVE_STEPS)
		c->step = step - TCPA_CURVE_STEPS;
	while (c->step < step) {
		c->step++;
		for (i = 0; i < c->loss.nr; i++)
			come_again(c, i, c->step);
	}
}

/* The place of @client among those who were refused; a free one if it is none. */
static __u32 place_of(struct tcpa_curve *c, __u32 client)
{
	__u32 at = client % TCPA_CURVE_PENDING, n, free = TCPA_CURVE_PENDING;

	for (n = 0; n < 16; n++, at = (at + 1) % TCPA_CURVE_PENDING) {
		if (c->pending[at].ms &&
		    now_ms(c) + 1 - c->pending[at].ms > FORGET_MS)
			c->pending[at].ms = 0;
		if (c->pending[at].ms && c->pending[at].client == client)
			return at;
		if (!c->pending[at].ms && free == TCPA_CURVE_PENDING)
			free = at;
	}
	return free;
}

/* Its third SYN was refused, so long after the second. */
static void note_kind(struct tcpa_curve *c, __u32 ms)
{
	if (ms < STEADY_MS)
		c->steady++;
	else if (ms < DOUBLING_MS)
		c->doubling++;
}

/* Remember @client, whose SYN or final ACK was refused; true if it is a new one. */
static bool refuse(struct tcpa_curve *c, __u32 client, bool syn)
{
	__u32 at = place_of(c, client), now = now_ms(c) + 1;
	bool new;

	if (at == TCPA_CURVE_PENDING) {
		tcpa_curve_miss(c);
		return true;
	}
	new = !c->pending[at].ms;
	if (new)
		c->pending[at].syns = 0;
	c->pending[at].syns += syn;
	if (c->pending[at].syns == 3)
		note_kind(c, now - c->pending[at].ms);
	c->pending[at].client = client;
	c->pending[at].ms = now;
	return new;
}

/* @client is admitted; true if it was not refused before. */
static bool admit(struct tcpa_curve *c, __u32 client)
{
	__u32 at = place_of(c, client);

	if (at == TCPA_CURVE_PENDING || !c->pending[at].ms)
		return true;
	c->pending[at].ms = 0;
	return false;
}

/*
 * The queue is @nr deeper than what came can have made it. CPUs read its depth before they
 * add to it: what one missed looks like an accept(2) at first, and is made up for here.
 */
static void join(struct tcpa_curve *c, __u64 nr)
{
	while (nr--)
		come(c, false);
}

static void start(struct tcpa_curve *c, const struct tcpa_curve_event *ev)
{
	__u32 i;

	c->began = true;
	c->last_us = ev->us;
	for (i = 0; i <= NO_LIMIT; i++) {
		c->queue[i].depth = ev->depth;
		c->queue[i].deepest = ev->depth;
	}
}

void tcpa_curve_add(struct tcpa_curve *c, const struct tcpa_curve_event *ev)
{
	if (!c->began) {
		start(c, ev);
	} else {
		pass(c, ev);
		join(c, tcpa_sub(ev->depth, c->depth));
	}
	c->depth = ev->depth;
	switch (ev->kind) {
	case TCPA_CURVE_ADMITTED:
		c->depth++;
		if (admit(c, ev->client))
			come(c, false);
		break;
	case TCPA_CURVE_SYN:
	case TCPA_CURVE_ACK:
		if (refuse(c, ev->client, ev->kind == TCPA_CURVE_SYN))
			come(c, ev->kind == TCPA_CURVE_ACK);
		break;
	default:
		break;
	}
}

void tcpa_curve_miss(struct tcpa_curve *c)
{
	c->loss.complete = false;
}

bool tcpa_curve_over(const struct tcpa_curve *c)
{
	__u32 i, n;

	for (i = 0; i <= NO_LIMIT; i++)
		if (c->queue[i].depth)
			return false;
	for (i = 0; i < c->loss.nr; i++)
		for (n = 0; n < TCPA_CURVE_TRIES * TCPA_CURVE_STEPS; n++)
			if (c->queue[i].again[n / TCPA_CURVE_STEPS]
					     [n % TCPA_CURVE_STEPS])
				return false;
	return true;
}

bool tcpa_loss_worse(const struct tcpa_loss *a, const struct tcpa_loss *b)
{
	if (!a->nr || !b->nr)
		return a->nr;
	return a->point[0].lost > b->point[0].lost || a->need > b->need;
}

void tcpa_loss_apply(const struct tcpa_loss *loss, struct tcpa_evidence *ev)
{
	if (!loss->nr || !loss->complete || !loss->point[0].lost)
		return;
	ev->burst = tcpa_sub(loss->need, loss->point[0].backlog);
}
