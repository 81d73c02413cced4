// SPDX-License-Identifier: GPL-2.0
/*
 * random_sample.c - samples for property tests.
 *
 * Plausible ones are made of intervals that keep the kernel's arithmetic (no
 * more taken in than arrived, depths within the queues); what they say may
 * still be of any verdict. Wild ones keep nothing but the types.
 */
#include "random_sample.h"

#include <stdlib.h>

/* A number of any order of magnitude up to 2^@bits. */
static __u64 magnitude(struct prng *p, __u32 bits)
{
	__u32 b = prng_below(p, bits + 1);

	return b ? prng_next(p) >> (64 - b) : 0;
}

static __u64 edge(struct prng *p)
{
	static const __u64 edges[] = {
		0, 1, 2, 3, 7, 8, 127, 128, 511, 1000, 4095, 4096, 65535, 65536,
		0x7fffffff, 0x80000000, U32_MAX, 1ULL << 32, U64_MAX / 1000,
		U64_MAX / 2, U64_MAX - 1, U64_MAX,
	};

	if (prng_below(p, 2))
		return magnitude(p, 64);
	return edges[prng_below(p, ARRAY_SIZE(edges))];
}

static __u64 share(struct prng *p, __u64 *rest)
{
	__u64 n = prng_below(p, 3) ? 0 : prng_below(p, *rest + 1);

	*rest -= n;
	return n;
}

static void plausible_interval(struct tcpa_interval *iv, struct prng *p,
			       __u32 backlog, __u32 *depth, __u32 *syn_depth)
{
	__u64 rest;
	__u32 lo;

	memset(iv, 0, sizeof(*iv));
	iv->ms = 100 + prng_below(p, 901);
	iv->backlog = backlog;
	iv->syns = magnitude(p, 16);
	rest = iv->syns;
	iv->overflows_syn = share(p, &rest);
	iv->synq_drops = share(p, &rest);
	iv->other_syns = share(p, &rest);
	iv->other_drops = iv->other_syns + prng_below(p, 3);
	iv->cookies_sent = share(p, &rest);
	iv->cookies_wanted = iv->cookies_sent + share(p, &rest);
	iv->queued = rest;
	iv->cookies_valid = prng_below(p, iv->cookies_sent + 1);
	iv->completions = iv->cookies_valid +
			  prng_below(p, iv->queued + *syn_depth + 1);
	iv->overflows_ack = prng_below(p, 3) ? 0 : magnitude(p, 10);
	iv->deficit = prng_below(p, iv->overflows_syn + iv->overflows_ack + 1);
	*syn_depth = prng_below(p, (__u64)backlog + 2);
	iv->syn_now = *syn_depth;
	iv->syn_hi = min_t(__u64, (__u64)backlog + 1,
			   *syn_depth + magnitude(p, 8));
	lo = *depth;
	*depth = prng_below(p, 2) ? 0 : prng_below(p, (__u64)backlog + 2);
	iv->accept_now = *depth;
	if (iv->completions + lo < *depth)
		iv->completions = *depth - lo;
	iv->accepts = iv->completions + lo - *depth;
	lo = min_t(__u32, lo, *depth);
	iv->accept_lo = prng_below(p, 2) ? lo : prng_below(p, lo + 1ULL);
	iv->accept_hi = iv->overflows_syn ? backlog + 1 : *depth;
}

static void plausible_listener(struct tcpa_listener_sample *l, struct prng *p)
{
	struct tcpa_evidence cur;
	__u32 n = prng_below(p, 80), depth = 0, syn_depth = 0;

	l->backlog = magnitude(p, 17);
	l->requested = l->backlog;
	if (!prng_below(p, 3))
		l->requested = TCPA_UNKNOWN;
	else if (!prng_below(p, 2))
		l->requested += 1 + prng_below(p, 9999);
	tcpa_evidence_reset(&cur);
	tcpa_evidence_reset(&l->ev);
	while (n--) {
		struct tcpa_interval iv;

		plausible_interval(&iv, p, l->backlog, &depth, &syn_depth);
		tcpa_evidence_add(&cur, &iv);
		tcpa_evidence_keep(&l->ev, &cur);
		if (!prng_below(p, 30))
			tcpa_evidence_roll(&cur);
	}
}

static void wild_listener(struct tcpa_listener_sample *l, struct prng *p)
{
	__u64 *word = (__u64 *)&l->ev;
	size_t i;

	for (i = 0; i < sizeof(l->ev) / sizeof(*word); i++)
		word[i] = prng_below(p, 3) ? edge(p) :
			  (edge(p) & U32_MAX) | edge(p) << 32;
	l->inode = edge(p);
	l->backlog = edge(p);
	l->requested = edge(p);
	l->previous_recommended = edge(p);
}

static void fill_listener(struct tcpa_listener_sample *l, struct prng *p,
			  __u32 i, enum random_taste taste)
{
	l->inode = prng_below(p, 1000000);
	if (taste == WILD)
		wild_listener(l, p);
	else
		plausible_listener(l, p);
	l->group = prng_below(p, 3) ? 0 : 1 + prng_below(p, 4);
	l->defers = prng_below(p, 2);
	l->previous = prng_below(p, 2) ? TCPA_OK : prng_below(p, TCPA_VERDICTS);
	if (prng_below(p, 8))
		snprintf(l->name, sizeof(l->name), "0.0.0.0:%u@%x", i, i);
	else	/* as long as a name can be */
		snprintf(l->name, sizeof(l->name),
			 "[2001:0db8:0000:0000:0000:ff00:0042:8329]:%u@%016llx",
			 60000 + i % 5000, prng_next(p));
}

static __u32 sysctl(struct prng *p, __u32 usual, enum random_taste taste)
{
	if (prng_below(p, 2))
		return usual;
	return taste == WILD ? edge(p) : magnitude(p, 18);
}

#define DESTS	6

static void random_dest(struct tcpa_dest_sample *d, struct prng *p,
			enum random_taste taste)
{
	bool wild = taste == WILD;

	snprintf(d->source, sizeof(d->source), "10.0.0.1");
	snprintf(d->peer, sizeof(d->peer), "10.0.0.2:%llu", prng_below(p, 65536));
	d->failures = prng_below(p, 2) ? 0 : wild ? edge(p) : magnitude(p, 16);
	d->used = wild ? edge(p) : prng_below(p, 30000);
	d->timewait = wild ? edge(p) : prng_below(p, d->used + 1);
	d->growth = wild ? edge(p) : magnitude(p, 10);
	d->most_used = wild ? edge(p) : d->used;
	d->most_live = wild ? edge(p) : d->used - d->timewait;
	d->most_wanted = wild ? edge(p) : d->growth + magnitude(p, 4);
	d->bound = prng_below(p, 2);
	d->loopback = prng_below(p, 2);
}

static void random_bits(unsigned long *map, struct prng *p, __u32 n)
{
	while (n--) {
		__u32 bit = prng_below(p, 65536);

		map[bit / (8 * sizeof(long))] |= 1UL << bit % (8 * sizeof(long));
	}
}

/* One allocation, freed with its first part, the bitmap of listeners. */
static void random_ports(struct tcpa_ports_sample *s, struct prng *p,
			 enum random_taste taste)
{
	struct {
		unsigned long listening[65536 / 8 / sizeof(long)];
		unsigned long listened[65536 / 8 / sizeof(long)];
		unsigned long reserved[65536 / 8 / sizeof(long)];
		struct tcpa_dest_sample dests[DESTS];
	} *all = calloc(1, sizeof(*all));
	__u32 i;

	s->low = taste == WILD ? edge(p) : 1 + prng_below(p, 60000);
	s->high = taste == WILD ? edge(p) : s->low + prng_below(p, 65536 - s->low);
	s->lowest = taste == WILD ? edge(p) : prng_below(p, 2048);
	s->usable = taste == WILD ? edge(p) : s->high + 1 - s->low;
	s->pinned = prng_below(p, 2) ? 0 : edge(p);
	s->reuse = prng_below(p, 3);
	s->timestamps = prng_below(p, 2);
	s->failures = prng_below(p, 2) ? 0 : edge(p);
	s->own_port = prng_below(p, 2) ? 0 : edge(p);
	random_bits(all->listening, p, prng_below(p, 2) ? 3 : prng_below(p, 400));
	random_bits(all->reserved, p, prng_below(p, 2) ? 0 : prng_below(p, 400));
	random_bits(all->listened, p, prng_below(p, 2) ? 9 : prng_below(p, 400));
	s->listening = all->listening;
	s->listened = all->listened;
	s->reserved = all->reserved;
	s->nr_dests = prng_below(p, DESTS + 1);
	for (i = 0; i < s->nr_dests; i++)
		random_dest(&all->dests[i], p, taste);
	s->dests = all->dests;
}

void random_sample(struct tcpa_sample *s, struct prng *p, __u32 nr,
		   enum random_taste taste)
{
	__u32 i;

	memset(s, 0, sizeof(*s));
	s->somaxconn = sysctl(p, 4096, taste);
	s->syncookies = prng_below(p, 3);
	s->max_syn_backlog = sysctl(p, 1024, taste);
	s->synack_retries = taste == WILD ? edge(p) : prng_below(p, 8);
	s->abort_on_overflow = prng_below(p, 2);
	s->migrate_req = prng_below(p, 2);
	snprintf(s->fastopen.name, sizeof(s->fastopen.name), "[::]:443@1");
	s->fastopen.listeners = prng_below(p, 3);
	s->fastopen.length = taste == WILD ? edge(p) : 1 + magnitude(p, 12);
	s->fastopen.overflows = prng_below(p, 2) ? 0 : edge(p);
	s->fastopen.need = taste == WILD ? edge(p) : s->fastopen.length + magnitude(p, 16);
	s->deferred = prng_below(p, 2) ? 0 : edge(p);
	s->group_aborted = prng_below(p, 4) ? 0 : edge(p);
	s->max_tw_buckets = sysctl(p, 65536, taste);
	s->tw_count = edge(p);
	s->tw_overflows = prng_below(p, 2) ? 0 : edge(p);
	s->tw_peak_rate = edge(p);
	s->memory = taste == WILD ? edge(p) : magnitude(p, 40);
	s->window_s = taste == WILD ? edge(p) : 5 + prng_below(p, 3596);
	s->nr_listeners = nr;
	s->listeners = calloc(nr + 1, sizeof(*s->listeners));
	for (i = 0; i < nr; i++)
		fill_listener(&s->listeners[i], p, i, taste);
}

void random_exhaustion(struct tcpa_sample *s, struct prng *p,
		       enum random_taste taste)
{
	s->tw_old = prng_below(p, 2) ? 0 : edge(p);
	s->tw_server = prng_below(p, 2) ? s->tw_count : edge(p);
	s->tw_finwait2 = prng_below(p, 2) ? 0 : edge(p);
	s->fin_timeout = taste == WILD ? edge(p) : 1 + prng_below(p, 120);
	s->tw_verdict = prng_below(p, 2) ? TCPA_OK : prng_below(p, TCPA_VERDICTS);
	s->ports_verdict = prng_below(p, 2) ? TCPA_OK :
					      prng_below(p, TCPA_VERDICTS);
	random_ports(&s->ports, p, taste);
}

void random_sample_free(struct tcpa_sample *s)
{
	free(s->listeners);
	s->listeners = NULL;
	free((void *)s->ports.listening);
	s->ports.listening = NULL;
}
