// SPDX-License-Identifier: GPL-2.0
/*
 * exhaustion_test.c - TIME_WAIT buckets and ephemeral ports: single cases, then
 * what holds for any sample.
 */
#include "../../module/judge/exhaustion.h"
#include "../../module/judge/portlist.h"
#include "../../module/judge/advice.h"
#include "../../module/judge/check.h"
#include "../../module/judge/recommend.h"
#include "../../module/judge/sizing.h"
#include "kselftest_harness.h"

#include "grammar.h"
#include "prng.h"
#include "proposed.h"
#include "random_sample.h"

#define ROUNDS	2000

FIXTURE(exhaustion)
{
	struct tcpa_sample s;
	struct tcpa_dest_sample dest;
	struct tcpa_findings f;
	unsigned long listening[65536 / 8 / sizeof(long)];
	unsigned long reserved[65536 / 8 / sizeof(long)];
};

/* Stock settings, one destination, nothing wrong. */
FIXTURE_SETUP(exhaustion)
{
	struct tcpa_ports_sample *p = &self->s.ports;

	memset(self, 0, sizeof(*self));
	self->s.max_tw_buckets = 65536;
	self->s.window_s = 60;
	self->s.fin_timeout = 60;
	self->s.syncookies = 1;
	p->low = 32768;
	p->high = 60999;
	p->lowest = 1024;
	p->usable = 28232;
	p->reuse = 2;
	p->timestamps = 1;
	p->listening = self->listening;
	p->reserved = self->reserved;
	p->nr_dests = 1;
	p->dests = &self->dest;
	snprintf(self->dest.source, sizeof(self->dest.source),
		 "10.0.0.1");
	snprintf(self->dest.peer, sizeof(self->dest.peer),
		 "10.0.0.2:80");
}

FIXTURE_TEARDOWN(exhaustion)
{
}

static void use(struct tcpa_dest_sample *d, __u32 live, __u32 timewait)
{
	d->used = live + timewait;
	d->timewait = timewait;
	d->most_used = d->used;
	d->most_live = live;
}

static void set_bit(unsigned long *map, unsigned int bit)
{
	map[bit / (8 * sizeof(long))] |= 1UL << bit % (8 * sizeof(long));
}

TEST_F(exhaustion, nothing_wrong_nothing_said)
{
	use(&self->dest, 100, 5000);
	tcpa_advise(&self->s, &self->f);
	EXPECT_EQ(self->s.ports_verdict, TCPA_OK);
	EXPECT_EQ(self->s.tw_verdict, TCPA_OK);
	EXPECT_EQ(self->f.nr, 0);
}

/* From there on connect(2) looks through all ports of one parity in vain. */
TEST_F(exhaustion, half_is_tight)
{
	use(&self->dest, 14116, 0);
	tcpa_advise(&self->s, &self->f);
	EXPECT_EQ(self->s.ports_verdict, TCPA_PORTS_TIGHT);
	EXPECT_NE(proposed(&self->f, TCPA_KEY_PORT_RANGE), NO_CHANGE);
	self->s.ports_verdict = TCPA_OK;
	use(&self->dest, 14115, 0);
	tcpa_advise(&self->s, &self->f);
	EXPECT_EQ(self->s.ports_verdict, TCPA_OK);
}

TEST_F(exhaustion, tight_until_less_than_three_eighths_are_taken)
{
	self->s.ports_verdict = TCPA_PORTS_TIGHT;
	use(&self->dest, 10587, 0);
	tcpa_advise(&self->s, &self->f);
	EXPECT_EQ(self->s.ports_verdict, TCPA_PORTS_TIGHT);
	use(&self->dest, 10586, 0);
	tcpa_advise(&self->s, &self->f);
	EXPECT_EQ(self->s.ports_verdict, TCPA_OK);
}

TEST_F(exhaustion, slow_connect_is_explained)
{
	char text[4096];

	use(&self->dest, 14116, 0);
	tcpa_advise(&self->s, &self->f);
	tcpa_recommend_text(text, sizeof(text), 1, 2, &self->s, &self->f);
	EXPECT_NE(NULL, strstr(text, "from half of them on"));
}

/* bind(2) to an address and port 0 takes a port for all destinations. */
TEST_F(exhaustion, pinned_ports_are_tight_by_themselves)
{
	char text[4096];
	int len;

	self->s.ports.usable = 2000;
	self->s.ports.nr_dests = 0;
	self->s.ports.pinned = 1499;
	tcpa_advise(&self->s, &self->f);
	EXPECT_EQ(self->s.ports_verdict, TCPA_OK);
	self->s.ports.pinned = 1500;
	tcpa_advise(&self->s, &self->f);
	EXPECT_EQ(self->s.ports_verdict, TCPA_PORTS_TIGHT);
	EXPECT_TRUE(has_rule(&self->f, TCPA_RULE_PINNED_PORTS));
	len = tcpa_recommend_text(text, sizeof(text), 1, 2, &self->s, &self->f);
	EXPECT_EQ(NULL, grammar_error(text, len));
	EXPECT_NE(NULL, strstr(text, "# ports: ports-tight: 1500 of 2000 ports"));
	EXPECT_NE(NULL, strstr(text, "IP_BIND_ADDRESS_NO_PORT"));
}

/* Ten destinations, of which none has many. */
TEST_F(exhaustion, pinned_ports_are_tight_beside_destinations)
{
	self->s.ports.usable = 2000;
	self->s.ports.pinned = 1600;
	use(&self->dest, 160, 0);
	tcpa_advise(&self->s, &self->f);
	EXPECT_EQ(self->s.ports_verdict, TCPA_PORTS_TIGHT);
}

/* A client of one backend: 400/s, a limit of @limit TIME_WAITs, 1000 ports. */
static void client_at_the_limit(struct tcpa_sample *s, struct tcpa_dest_sample *d)
{
	s->ports.low = 40000;
	s->ports.high = 40999;
	s->ports.usable = 1000;
	s->ports.reuse = 0;
	s->max_tw_buckets = 200;
	s->tw_count = 200;
	s->tw_overflows = 1000;
	s->tw_peak_rate = 400;
	use(d, 3, 200);
}

static struct tcpa_settings after(const struct tcpa_sample *s,
				  const struct tcpa_findings *f)
{
	struct tcpa_settings set;

	tcpa_settings_after(s, f, &set);
	return set;
}

TEST_F(exhaustion, a_clients_limit_is_raised_with_reuse_and_range_only)
{
	struct tcpa_findings alone;
	struct tcpa_settings set;

	client_at_the_limit(&self->s, &self->dest);
	self->s.ports.timestamps = 0;
	tcpa_advise(&self->s, &self->f);
	EXPECT_LT(200, proposed(&self->f, TCPA_KEY_MAX_TW_BUCKETS));
	EXPECT_EQ(1, proposed(&self->f, TCPA_KEY_TW_REUSE));
	EXPECT_EQ(1, proposed(&self->f, TCPA_KEY_TIMESTAMPS));
	EXPECT_NE(NO_CHANGE, proposed(&self->f, TCPA_KEY_PORT_RANGE));
	set = after(&self->s, &self->f);
	EXPECT_EQ(3 + 800, tcpa_ports_need(&self->s, &self->dest, &set));
	EXPECT_LE(2 * 803, tcpa_ports_usable_after(&self->s.ports, &set));
	EXPECT_TRUE(tcpa_check(&self->s, &self->f));
	/* Without the range, or with the limit alone, the service would end. */
	alone = self->f;
	tcpa_findings_drop(&alone, TCPA_RULE_PORT_RANGE);
	EXPECT_FALSE(tcpa_check(&self->s, &alone));
	tcpa_findings_drop(&alone, TCPA_RULE_TW_REUSE);
	EXPECT_FALSE(tcpa_check(&self->s, &alone));
}

TEST_F(exhaustion, a_clients_limit_stays_where_ports_cannot_be_had)
{
	client_at_the_limit(&self->s, &self->dest);
	self->s.ports.low = 64536;
	self->s.ports.high = 65535;
	self->s.ports.lowest = 64536;
	tcpa_advise(&self->s, &self->f);
	EXPECT_EQ(NO_CHANGE, proposed(&self->f, TCPA_KEY_MAX_TW_BUCKETS));
	EXPECT_TRUE(has_rule(&self->f, TCPA_RULE_NOT_TW_BUCKETS_ALONE));
	EXPECT_TRUE(tcpa_check(&self->s, &self->f));
}

TEST_F(exhaustion, a_servers_limit_is_raised_alone)
{
	client_at_the_limit(&self->s, &self->dest);
	self->s.tw_server = 200;
	use(&self->dest, 3, 0);
	tcpa_advise(&self->s, &self->f);
	EXPECT_LT(200, proposed(&self->f, TCPA_KEY_MAX_TW_BUCKETS));
	EXPECT_EQ(NO_CHANGE, proposed(&self->f, TCPA_KEY_TW_REUSE));
	EXPECT_EQ(NO_CHANGE, proposed(&self->f, TCPA_KEY_PORT_RANGE));
}

/* EADDRNOTAVAIL for want of that one port is not cured by others. */
TEST_F(exhaustion, own_port_in_use_is_no_matter_of_ports)
{
	char text[4096];

	self->s.ports.own_port = 50;
	tcpa_advise(&self->s, &self->f);
	tcpa_recommend_text(text, sizeof(text), 1, 2, &self->s, &self->f);
	EXPECT_EQ(self->s.ports_verdict, TCPA_OK);
	EXPECT_EQ(proposed(&self->f, TCPA_KEY_PORT_RANGE), NO_CHANGE);
	EXPECT_NE(NULL, strstr(text, "ip_local_port_range (50 connect(2)s from a"));
	/* Beside others that found none of all ports it would only confuse. */
	self->dest.failures = 9;
	self->s.ports.failures = 9;
	use(&self->dest, 28232, 0);
	tcpa_advise(&self->s, &self->f);
	EXPECT_EQ(self->s.ports_verdict, TCPA_PORTS_EXHAUSTED);
	EXPECT_NE(proposed(&self->f, TCPA_KEY_PORT_RANGE), NO_CHANGE);
	EXPECT_FALSE(has_rule(&self->f, TCPA_RULE_NOT_PORT_RANGE));
}

TEST_F(exhaustion, fast_growth_is_tight_in_time)
{
	use(&self->dest, 8000, 0);
	self->dest.growth = 700;
	tcpa_advise(&self->s, &self->f);
	EXPECT_EQ(self->s.ports_verdict, TCPA_PORTS_TIGHT);
}

TEST_F(exhaustion, timewaits_are_cured_by_reuse)
{
	use(&self->dest, 200, 28032);
	self->s.ports.failures = 12;
	self->dest.failures = 12;
	tcpa_advise(&self->s, &self->f);
	EXPECT_EQ(self->s.ports_verdict, TCPA_PORTS_EXHAUSTED);
	EXPECT_EQ(proposed(&self->f, TCPA_KEY_TW_REUSE), 1);
	EXPECT_EQ(proposed(&self->f, TCPA_KEY_TIMESTAMPS), NO_CHANGE);
	EXPECT_EQ(proposed(&self->f, TCPA_KEY_PORT_RANGE), NO_CHANGE);
}

TEST_F(exhaustion, reuse_brings_timestamps)
{
	use(&self->dest, 200, 28032);
	self->s.ports.timestamps = 0;
	self->s.ports.failures = 12;
	self->dest.failures = 12;
	tcpa_advise(&self->s, &self->f);
	EXPECT_EQ(proposed(&self->f, TCPA_KEY_TIMESTAMPS), 1);
}

TEST_F(exhaustion, live_connections_need_a_wider_range)
{
	__u64 range;

	use(&self->dest, 28232, 0);
	self->s.ports.failures = 2000;
	self->dest.failures = 2000;
	tcpa_advise(&self->s, &self->f);
	range = proposed(&self->f, TCPA_KEY_PORT_RANGE);
	ASSERT_NE(range, NO_CHANGE);
	EXPECT_EQ(TCPA_PORT_HIGH(range), 65535);
	EXPECT_EQ(TCPA_PORT_LOW(range) % 2, 0);
	EXPECT_GE(65536 - TCPA_PORT_LOW(range), 30232 * 5 / 4);
	EXPECT_EQ(proposed(&self->f, TCPA_KEY_TW_REUSE), NO_CHANGE);
	EXPECT_EQ(proposed(&self->f, TCPA_KEY_RESERVED_PORTS), NO_CHANGE);
}

/* What fails again every minute does not need more ports each time. */
TEST_F(exhaustion, range_is_for_the_worst_window)
{
	__u64 range;

	use(&self->dest, 28232, 0);
	self->s.ports.failures = 100;
	self->dest.failures = 100;
	tcpa_advise(&self->s, &self->f);
	range = proposed(&self->f, TCPA_KEY_PORT_RANGE);
	ASSERT_NE(range, NO_CHANGE);
	self->dest.failures = 100000;
	tcpa_advise(&self->s, &self->f);
	EXPECT_EQ(proposed(&self->f, TCPA_KEY_PORT_RANGE), range);
}

TEST_F(exhaustion, listeners_in_a_wider_range_are_reserved)
{
	char text[4096];
	int len;

	use(&self->dest, 28232, 0);
	self->s.ports.failures = 2000;
	self->dest.failures = 2000;
	set_bit(self->listening, 80);
	set_bit(self->listening, 61001);
	set_bit(self->listening, 61002);
	set_bit(self->reserved, 8080);
	tcpa_advise(&self->s, &self->f);
	len = tcpa_recommend_text(text, sizeof(text), 1, 2, &self->s, &self->f);
	EXPECT_EQ(NULL, grammar_error(text, len));
	EXPECT_NE(NULL, strstr(text,
			       "\nnet.ipv4.ip_local_reserved_ports = 8080,61001-61002\n"));
	EXPECT_NE(NULL, strstr(text,
			       "ip_local_reserved_ports 8080 -> 8080,61001-61002:"));
	EXPECT_LT(strstr(text, "\nnet.ipv4.ip_local_reserved_ports"),
		  strstr(text, "\nnet.ipv4.ip_local_port_range"));
}

/* A service that is down for the moment wants its port back. */
TEST_F(exhaustion, ports_of_listeners_that_are_gone_are_reserved)
{
	unsigned long listened[65536 / 8 / sizeof(long)] = {};
	char text[4096];
	int port;

	use(&self->dest, 28232, 0);
	self->s.ports.failures = 2000;
	self->dest.failures = 2000;
	self->s.ports.listened = listened;
	set_bit(self->listening, 61001);
	set_bit(listened, 61001);
	set_bit(listened, 61003);
	set_bit(listened, 61005);
	/* The kernel may have chosen this one. */
	set_bit(listened, 40000);
	tcpa_advise(&self->s, &self->f);
	tcpa_recommend_text(text, sizeof(text), 1, 2, &self->s, &self->f);
	EXPECT_NE(NULL, strstr(text,
			       "\nnet.ipv4.ip_local_reserved_ports = 61001,61003,61005\n"));
	EXPECT_NE(NULL, strstr(text, "2 of")) {
		TH_LOG("%s", text);
	}
	/* Somebody who listened everywhere once must not be in the way. */
	for (port = 61001; port < 65000; port += 2)
		set_bit(listened, port);
	self->s.ports_verdict = TCPA_OK;
	tcpa_advise(&self->s, &self->f);
	tcpa_recommend_text(text, sizeof(text), 1, 2, &self->s, &self->f);
	EXPECT_NE(NULL, strstr(text,
			       "\nnet.ipv4.ip_local_reserved_ports = 61001\n"));
}

TEST_F(exhaustion, range_keeps_above_privileged_ports)
{
	self->s.ports.lowest = 20001;
	EXPECT_EQ(tcpa_size_port_range(&self->s.ports, 60000),
		  TCPA_PORT_RANGE(20002, 65535));
	self->s.ports.low = 20002;
	self->s.ports.high = 65535;
	EXPECT_EQ(tcpa_size_port_range(&self->s.ports, 60000), 0);
}

TEST_F(exhaustion, server_side_timewaits_are_harmless)
{
	self->s.tw_count = 20000;
	self->s.tw_server = 19000;
	tcpa_advise(&self->s, &self->f);
	EXPECT_EQ(self->s.tw_verdict, TCPA_SERVER_CLOSES);
	EXPECT_TRUE(has_rule(&self->f, TCPA_RULE_NOT_TW_REUSE));
	EXPECT_TRUE(has_rule(&self->f, TCPA_RULE_NOT_FIN_TIMEOUT));
	EXPECT_TRUE(has_rule(&self->f, TCPA_RULE_NOT_LESS_TW_BUCKETS));
	EXPECT_EQ(proposed(&self->f, TCPA_KEY_MAX_TW_BUCKETS), NO_CHANGE);
}

/* But for clients that share an address, which is counted as far as the kernel does. */
TEST_F(exhaustion, harmless_has_a_condition)
{
	char text[4096];

	self->s.tw_count = 20000;
	self->s.tw_server = 19000;
	self->s.tw_old = 37;
	tcpa_advise(&self->s, &self->f);
	tcpa_recommend_text(text, sizeof(text), 1, 2, &self->s, &self->f);
	EXPECT_NE(NULL, strstr(text, "clients share an address (NAT)"));
	EXPECT_NE(NULL, strstr(text, "up to 37 segments"));
}

TEST_F(exhaustion, finwait2_orphans_are_what_fin_timeout_ends)
{
	self->s.tw_count = 20000;
	self->s.tw_finwait2 = 16384;
	tcpa_advise(&self->s, &self->f);
	EXPECT_EQ(self->s.tw_verdict, TCPA_FINWAIT2_HELD);
	EXPECT_EQ(proposed(&self->f, TCPA_KEY_FIN_TIMEOUT), 30);
	EXPECT_FALSE(has_rule(&self->f, TCPA_RULE_NOT_FIN_TIMEOUT));
}

static void check_any(struct __test_metadata *_metadata, struct tcpa_sample *s)
{
	struct tcpa_findings f;
	char text[4096];
	__u32 i;
	int len;

	tcpa_advise(s, &f);
	/* No proposal makes another resource run out at the load seen. */
	EXPECT_TRUE(tcpa_check(s, &f));
	for (i = 0; i < f.nr; i++) {
		const struct tcpa_finding *item = &f.item[i];

		if (tcpa_rule_negative(item->rule) || !item->key)
			continue;
		EXPECT_GE(item->proposed, tcpa_key_min(item->key));
		EXPECT_LE(item->proposed, tcpa_key_max(item->key));
		if (item->key != TCPA_KEY_PORT_RANGE)
			continue;
		EXPECT_LE(TCPA_PORT_LOW(item->proposed), s->ports.low);
		EXPECT_GE(TCPA_PORT_HIGH(item->proposed), s->ports.high);
		EXPECT_NE(item->proposed, item->value);
	}
	len = tcpa_recommend_text(text, sizeof(text), 1, 2, s, &f);
	ASSERT_EQ(NULL, grammar_error(text, len)) {
		TH_LOG("%s in\n%s", grammar_error(text, len), text);
	}
}

TEST_F(exhaustion, any_sample_keeps_to_ranges_and_grammar)
{
	struct prng p = { 20261122 };
	unsigned int i;

	for (i = 0; i < ROUNDS; i++) {
		struct tcpa_sample s;

		random_sample(&s, &p, prng_below(&p, 3), i % 2 ? WILD : PLAUSIBLE);
		random_exhaustion(&s, &p, i % 2 ? WILD : PLAUSIBLE);
		check_any(_metadata, &s);
		random_sample_free(&s);
	}
}

TEST_HARNESS_MAIN
