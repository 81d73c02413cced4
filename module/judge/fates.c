// SPDX-License-Identifier: GPL-2.0
/*
 * fates.c - what became of the clients whom an accept queue refused.
 *
 * A refused client comes again with the same address and port, so with the same hash.
 * From its first refusal on it is followed: it got in, or it gave up, or neither is known
 * so far. Who comes again at all does so after a second at first and then after no more
 * than twice the time that it waited before; who is silent for longer has given up.
 *
 * The table follows every client while there are few. When it is full, half of the
 * clients are forgotten, by a bit of their hash, and of those who come later the same
 * half is not followed. So at any time some part of all clients was followed from its
 * beginning: one in 2, 4, 8 ... A hash is as good as a random number, so the error is that
 * of a random sample; nobody is followed in another's place.
 *
 * Prefixes are counted by the algorithm "space-saving" (Metwally et al.): one that is not
 * among those counted takes the place of the least of them and its count, which from then
 * on is its error. So no prefix of more than a sixteenth of all refusals is missed.
 *
 * Context: any; pure.
 * Does not: free a slot: a recording is short.
 */
#include "fates.h"

#include "saturate.h"

/* The first time until a client comes again is not known; its SYN's is a second. */
#define FIRST_GAP_MS	1000U
#define LATE_MS		1000U

#define GAP_MAX_MS	0xffffU
#define ADMITTED_MAX	0xffffU

void tcpa_fates_begin(struct tcpa_fates *f)
{
	memset(f, 0, sizeof(*f));
}

/* Never 0. */
static __u32 now_ms(const struct tcpa_fates *f)
{
	return tcpa_clamp32(div64_u64(f->now_us, 1000) + 1);
}

static bool is_free(const struct tcpa_fate *s)
{
	return !s->first_ms && !s->admitted;
}

static bool is_followed(const struct tcpa_fates *f, __u32 client)
{
	return !(client & ((1U << f->shift) - 1));
}

/* That of @client, or the free one that it may have. There are free ones. */
static struct tcpa_fate *slot_of(struct tcpa_fates *f, __u32 client)
{
	__u32 at = (__u64)client * TCPA_FATES_SLOTS >> 32;

	while (!is_free(&f->slot[at]) && f->slot[at].client != client)
		at = (at + 1) % TCPA_FATES_SLOTS;
	return &f->slot[at];
}

/*
 * Follow half as many. Beginning behind a free slot, each one is found a place anew, where
 * it was or before that.
 */
static void follow_fewer(struct tcpa_fates *f)
{
	__u32 begin = 0, n;

	f->shift++;
	while (!is_free(&f->slot[begin]))
		begin++;
	for (n = 1; n < TCPA_FATES_SLOTS; n++) {
		struct tcpa_fate *s = &f->slot[(begin + n) % TCPA_FATES_SLOTS];
		const struct tcpa_fate was = *s;

		if (is_free(s))
			continue;
		memset(s, 0, sizeof(*s));
		if (is_followed(f, was.client))
			*slot_of(f, was.client) = was;
		else
			f->used--;
	}
}

/* The slot of @client, which is refused, or NULL if it is not followed. */
static struct tcpa_fate *follow(struct tcpa_fates *f, __u32 client)
{
	struct tcpa_fate *s;

	while (is_followed(f, client)) {
		s = slot_of(f, client);
		if (!is_free(s))
			return s;
		if (f->used < TCPA_FATES_MOST) {
			f->used++;
			s->client = client;
			return s;
		}
		follow_fewer(f);
	}
	return NULL;
}

/* One refusal more of prefix @i, which keeps its place in the order. */
static void count_prefix(struct tcpa_fates *f, __u32 i)
{
	struct tcpa_prefix_refusals p = f->prefix[i];
	__u32 first = i;

	while (first && f->prefix[first - 1].refusals == p.refusals)
		first--;
	f->prefix[i] = f->prefix[first];
	p.refusals = tcpa_add32(p.refusals, 1);
	f->prefix[first] = p;
}

static void note_prefix(struct tcpa_fates *f, const __u32 *prefix)
{
	struct tcpa_prefix_refusals *p = f->prefix;
	__u32 i;

	for (i = 0; i < f->prefixes; i++)
		if (p[i].prefix[0] == prefix[0] && p[i].prefix[1] == prefix[1])
			break;
	if (i == f->prefixes) {
		if (i < TCPA_FATES_PREFIXES)
			f->prefixes++;
		else
			i--;
		p[i].prefix[0] = prefix[0];
		p[i].prefix[1] = prefix[1];
		p[i].error = p[i].refusals;
	}
	count_prefix(f, i);
}

static void refuse(struct tcpa_fates *f, const struct tcpa_curve_event *ev)
{
	struct tcpa_fate *s = follow(f, ev->client);
	__u32 now = now_ms(f), gap;

	f->refusals++;
	note_prefix(f, ev->prefix);
	if (!s)
		return;
	if (!s->first_ms) {
		s->first_ms = now;
		s->gap_ms = FIRST_GAP_MS;
	} else {
		gap = min_t(__u32, now - s->last_ms, GAP_MAX_MS);
		s->gap_ms = max_t(__u32, s->gap_ms, gap);
	}
	s->last_ms = now;
}

static void admit(struct tcpa_fates *f, __u32 client)
{
	struct tcpa_fate *s;
	__u32 ms;

	if (!f->used || !is_followed(f, client))
		return;
	s = slot_of(f, client);
	if (!s->first_ms)
		return;
	/* 0 is the longest time if nobody got in. */
	ms = max_t(__u32, now_ms(f) - s->first_ms, 1);
	f->from_ms = f->to_ms ? min_t(__u32, f->from_ms, ms) : ms;
	f->to_ms = max_t(__u32, f->to_ms, ms);
	s->first_ms = 0;
	if (s->admitted < ADMITTED_MAX)
		s->admitted++;
}

void tcpa_fates_add(struct tcpa_fates *f, const struct tcpa_curve_event *ev)
{
	__s32 us = ev->us - f->last_us;

	if (!f->began) {
		f->began = true;
		us = 0;
		f->last_us = ev->us;
	}
	if (us > 0) {		/* else another CPU's, noted a moment later */
		f->last_us = ev->us;
		f->now_us += us;
	}
	switch (ev->kind) {
	case TCPA_CURVE_SYN:
	case TCPA_CURVE_ACK:
		refuse(f, ev);
		break;
	case TCPA_CURVE_ADMITTED:
		admit(f, ev->client);
		break;
	default:
		break;
	}
}

static bool has_given_up(const struct tcpa_fates *f, const struct tcpa_fate *s)
{
	return now_ms(f) - s->last_ms > 2U * s->gap_ms + LATE_MS;
}

void tcpa_fates_sum(const struct tcpa_fates *f, struct tcpa_hurt *hurt)
{
	const struct tcpa_fate *s;

	memset(hurt, 0, sizeof(*hurt));
	hurt->refusals = f->refusals;
	hurt->one_in = 1U << f->shift;
	hurt->from_ms = f->from_ms;
	hurt->to_ms = f->to_ms;
	hurt->prefixes = min_t(__u32, f->prefixes, TCPA_HURT_PREFIXES);
	memcpy(hurt->prefix, f->prefix, hurt->prefixes * sizeof(*hurt->prefix));
	if (!f->used)
		return;
	for (s = f->slot; s < f->slot + TCPA_FATES_SLOTS; s++) {
		hurt->admitted += s->admitted;
		if (s->first_ms && has_given_up(f, s))
			hurt->gave_up++;
		else if (s->first_ms)
			hurt->pending++;
	}
	hurt->admitted <<= f->shift;
	hurt->gave_up <<= f->shift;
	hurt->pending <<= f->shift;
}

__u64 tcpa_hurt_clients(const struct tcpa_hurt *hurt)
{
	return hurt->admitted + hurt->gave_up + hurt->pending;
}

/*
 * Two standard deviations of how many of a random sample there are; and three, for where
 * none was met there are fewer than that, nineteen times out of twenty.
 */
__u64 tcpa_hurt_error(const struct tcpa_hurt *hurt)
{
	__u64 met = tcpa_div(tcpa_hurt_clients(hurt), hurt->one_in), root = 0;

	if (hurt->one_in <= 1)
		return 0;
	while ((root + 1) * (root + 1) <= 4 * met)
		root++;
	return hurt->one_in * (root + 3);
}
