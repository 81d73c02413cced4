// SPDX-License-Identifier: GPL-2.0
/*
 * portlist_test.c - lists of ports against what each port by itself says, for random
 * sets, of few ports and of many.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kselftest_harness.h"

#include "../../module/judge/portlist.h"
#include "prng.h"

#define PORTS		65536U
#define BITS		(8 * sizeof(long))
#define ROUNDS		200
#define TEXT_SIZE	(PORTS * 6)

struct sets {
	struct tcpa_ports_sample p;
	unsigned long listening[PORTS / BITS];
	unsigned long listened[PORTS / BITS];
	unsigned long reserved[PORTS / BITS];
	__u64 range;
	char text[TEXT_SIZE], expected[TEXT_SIZE];
};

FIXTURE(portlist) {
	struct sets *s;
};

FIXTURE_SETUP(portlist)
{
	self->s = calloc(1, sizeof(*self->s));
	ASSERT_NE(NULL, self->s);
}

FIXTURE_TEARDOWN(portlist)
{
	free(self->s);
}

static bool has(const unsigned long *map, __u32 port)
{
	return map[port / BITS] >> port % BITS & 1;
}

/* Up to @most runs of up to 70 ports, the first and the last port among them at times. */
static void fill(struct prng *rng, unsigned long *map, __u32 most)
{
	__u32 runs = prng_below(rng, most + 1), port, n;

	memset(map, 0, PORTS / 8);
	while (runs--) {
		port = prng_below(rng, 20) ? prng_below(rng, PORTS) :
					     prng_below(rng, 2) * (PORTS - 1);
		for (n = 1 + prng_below(rng, 70) * prng_below(rng, 2); n && port < PORTS;
		     n--, port++)
			map[port / BITS] |= 1UL << port % BITS;
	}
}

static void randomize(struct sets *s, struct prng *rng)
{
	__u32 most = prng_below(rng, 2) ? 5 : 500, low, high;

	fill(rng, s->listening, most);
	fill(rng, s->listened, most);
	fill(rng, s->reserved, most);
	s->p.listening = s->listening;
	s->p.listened = s->listened;
	s->p.reserved = s->reserved;
	s->p.low = 1 + prng_below(rng, PORTS - 1);
	s->p.high = s->p.low + prng_below(rng, PORTS - s->p.low);
	low = 1 + prng_below(rng, PORTS - 1);
	high = low + prng_below(rng, PORTS - low);
	s->range = prng_below(rng, 5) ? TCPA_PORT_RANGE(low, high) : 0;
}

static bool within(const struct sets *s, __u32 port)
{
	return s->range && port >= TCPA_PORT_LOW(s->range) &&
	       port <= TCPA_PORT_HIGH(s->range);
}

static bool is_new(const struct sets *s, __u32 port)
{
	return port < s->p.low || port > s->p.high;
}

static bool is_gone(const struct sets *s, __u32 port)
{
	return within(s, port) && is_new(s, port) && has(s->listened, port) &&
	       !has(s->listening, port);
}

static bool is_listed(const struct sets *s, __u32 port)
{
	return has(s->reserved, port) || is_gone(s, port) ||
	       (within(s, port) && has(s->listening, port));
}

/* As proc_do_large_bitmap() prints it. */
static void print_list(struct sets *s)
{
	__u32 port, last;
	int at = 0;

	for (port = 0; port < PORTS; port = last + 1) {
		last = port;
		if (!is_listed(s, port))
			continue;
		while (last + 1 < PORTS && is_listed(s, last + 1))
			last++;
		at += sprintf(s->expected + at, "%s%u", at ? "," : "", port);
		if (last > port)
			at += sprintf(s->expected + at, "-%u", last);
	}
	if (!at)
		snprintf(s->expected, TEXT_SIZE, "-");
}

TEST_F(portlist, as_each_port_says)
{
	__u32 round, port, count, gone, gained;
	struct sets *s = self->s;
	struct prng rng;

	for (round = 0; round < ROUNDS; round++) {
		prng_seed(&rng, round);
		randomize(s, &rng);
		count = 0;
		gone = 0;
		gained = 0;
		for (port = 0; port < PORTS; port++) {
			count += is_listed(s, port);
			gone += is_gone(s, port) && !has(s->reserved, port);
			gained += within(s, port) && is_new(s, port) &&
				  !is_listed(s, port);
		}
		ASSERT_EQ(count, tcpa_portlist_count(&s->p, s->range));
		ASSERT_EQ(gone, tcpa_portlist_gone(&s->p, s->range));
		ASSERT_EQ(gained, tcpa_portlist_gained(&s->p, s->range));
		print_list(s);
		tcpa_portlist_text(&s->p, s->range, 0, s->text, TEXT_SIZE);
		ASSERT_STREQ(s->expected, s->text);
	}
}

/* A kernel without a set of them has none. */
TEST_F(portlist, of_no_sets_there_is_no_list)
{
	struct sets *s = self->s;

	EXPECT_EQ(0, tcpa_portlist_count(&s->p, TCPA_PORT_RANGE(1, 65535)));
	tcpa_portlist_text(&s->p, 0, 0, s->text, TEXT_SIZE);
	EXPECT_STREQ("-", s->text);
}

TEST_HARNESS_MAIN
