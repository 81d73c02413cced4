// SPDX-License-Identifier: GPL-2.0
/*
 * portlist_test.c - lists of ports against what each port by itself says, for random
 * sets, of few ports and of many.
 */
#include <stdio.h>
#include <string.h>

#include "kselftest_harness.h"

#include "../../module/judge/portlist.h"
#include "prng.h"

#define PORTS		65536U
#define BITS		(8 * sizeof(long))
#define ROUNDS		200
#define TEXT_SIZE	(PORTS * 6)

FIXTURE(portlist)
{
	struct tcpa_ports_sample p;
	unsigned long listening[PORTS / BITS];
	unsigned long listened[PORTS / BITS];
	unsigned long reserved[PORTS / BITS];
	__u64 range;
	char text[TEXT_SIZE], expected[TEXT_SIZE];
};

FIXTURE_SETUP(portlist)
{
	memset(self, 0, sizeof(*self));
}

FIXTURE_TEARDOWN(portlist)
{
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

static void randomize(FIXTURE_DATA(portlist) *self, struct prng *rng)
{
	__u32 most = prng_below(rng, 2) ? 5 : 500, low, high;

	fill(rng, self->listening, most);
	fill(rng, self->listened, most);
	fill(rng, self->reserved, most);
	self->p.listening = self->listening;
	self->p.listened = self->listened;
	self->p.reserved = self->reserved;
	self->p.low = 1 + prng_below(rng, PORTS - 1);
	self->p.high = self->p.low + prng_below(rng, PORTS - self->p.low);
	low = 1 + prng_below(rng, PORTS - 1);
	high = low + prng_below(rng, PORTS - low);
	self->range = prng_below(rng, 5) ? TCPA_PORT_RANGE(low, high) : 0;
}

static bool within(const FIXTURE_DATA(portlist) *self, __u32 port)
{
	return self->range && port >= TCPA_PORT_LOW(self->range) &&
	       port <= TCPA_PORT_HIGH(self->range);
}

static bool is_new(const FIXTURE_DATA(portlist) *self, __u32 port)
{
	return port < self->p.low || port > self->p.high;
}

static bool is_gone(const FIXTURE_DATA(portlist) *self, __u32 port)
{
	return within(self, port) && is_new(self, port) && has(self->listened, port) &&
	       !has(self->listening, port);
}

static bool is_listed(const FIXTURE_DATA(portlist) *self, __u32 port)
{
	return has(self->reserved, port) || is_gone(self, port) ||
	       (within(self, port) && has(self->listening, port));
}

/* As proc_do_large_bitmap() prints it. */
static void print_list(FIXTURE_DATA(portlist) *self)
{
	__u32 port, last;
	int at = 0;

	for (port = 0; port < PORTS; port = last + 1) {
		last = port;
		if (!is_listed(self, port))
			continue;
		while (last + 1 < PORTS && is_listed(self, last + 1))
			last++;
		at += sprintf(self->expected + at, "%s%u", at ? "," : "", port);
		if (last > port)
			at += sprintf(self->expected + at, "-%u", last);
	}
	if (!at)
		strcpy(self->expected, "-");
}

TEST_F(portlist, as_each_port_says)
{
	__u32 round, port, count, gone, gained;
	struct prng rng;

	for (round = 0; round < ROUNDS; round++) {
		prng_seed(&rng, round);
		randomize(self, &rng);
		count = 0;
		gone = 0;
		gained = 0;
		for (port = 0; port < PORTS; port++) {
			count += is_listed(self, port);
			gone += is_gone(self, port) && !has(self->reserved, port);
			gained += within(self, port) && is_new(self, port) &&
				  !is_listed(self, port);
		}
		ASSERT_EQ(count, tcpa_portlist_count(&self->p, self->range));
		ASSERT_EQ(gone, tcpa_portlist_gone(&self->p, self->range));
		ASSERT_EQ(gained, tcpa_portlist_gained(&self->p, self->range));
		print_list(self);
		tcpa_portlist_text(&self->p, self->range, 0, self->text, TEXT_SIZE);
		ASSERT_STREQ(self->expected, self->text);
	}
}

/* A kernel without a set of them has none. */
TEST_F(portlist, of_no_sets_there_is_no_list)
{
	EXPECT_EQ(0, tcpa_portlist_count(&self->p, TCPA_PORT_RANGE(1, 65535)));
	tcpa_portlist_text(&self->p, 0, 0, self->text, TEXT_SIZE);
	EXPECT_STREQ("-", self->text);
}

TEST_HARNESS_MAIN
