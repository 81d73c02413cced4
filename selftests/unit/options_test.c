// SPDX-License-Identifier: GPL-2.0
/*
 * options_test.c - options of listeners that have a queue of their own.
 */
#include "kselftest_harness.h"

#include "../../module/judge/advice.h"
#include "../../module/judge/recommend.h"
#include "proposed.h"

FIXTURE(options) {
	struct tcpa_sample s;
	struct tcpa_findings f;
	char text[4096];
};

FIXTURE_SETUP(options)
{
	memset(self, 0, sizeof(*self));
	self->s.somaxconn = 4096;
	self->s.syncookies = 1;
	self->s.memory = 64ULL << 30;
	self->s.window_s = 60;
	self->s.max_tw_buckets = 65536;
	self->s.fastopen.listeners = 1;
	self->s.fastopen.length = 1;
	self->s.fastopen.overflows = 180;
	self->s.fastopen.need = 10;
	snprintf(self->s.fastopen.name, sizeof(self->s.fastopen.name), "0.0.0.0:8080@1");
}

FIXTURE_TEARDOWN(options) {}

/* The advice as one line. */
static void advise(struct tcpa_sample *s, struct tcpa_findings *f, char *text)
{
	char *from, *to;

	tcpa_advise(s, f);
	tcpa_recommend_text(text, 4096, 1, 1, s, f);
	while ((from = strstr(text, "\n#   ")) != NULL) {
		*from = ' ';
		to = from + 1;
		memmove(to, from + 5, strlen(from + 5) + 1);
	}
}

#define SAYS(words)	EXPECT_NE(NULL, strstr(self->text, words))
#define KEEPS_QUIET(words) EXPECT_EQ(NULL, strstr(self->text, words))

TEST_F(options, fastopen_queue_is_named_and_sized)
{
	advise(&self->s, &self->f, self->text);
	EXPECT_TRUE(has_rule(&self->f, TCPA_RULE_FASTOPEN_QUEUE));
	SAYS("# fastopen: the queue of TCP Fast Open of 0.0.0.0:8080@1, 1 -> 16: 180 requests");
	KEEPS_QUIET("somaxconn (4096) caps it");
	KEEPS_QUIET("the shortest of");
}

TEST_F(options, fastopen_queue_of_which_listener_is_not_known)
{
	self->s.fastopen.listeners = 3;
	advise(&self->s, &self->f, self->text);
	SAYS("0.0.0.0:8080@1 (the shortest of 3), 1 -> 16:");
}

TEST_F(options, fastopen_queue_is_capped_by_somaxconn)
{
	self->s.somaxconn = 8;
	advise(&self->s, &self->f, self->text);
	SAYS("net.core.somaxconn (8) caps it: raise that first");
	EXPECT_EQ(NO_CHANGE, proposed(&self->f, TCPA_KEY_SOMAXCONN));
}

TEST_F(options, fastopen_queue_as_long_as_can_be)
{
	self->s.fastopen.length = 65535;
	self->s.fastopen.need = 70000;
	advise(&self->s, &self->f, self->text);
	SAYS("is as long as is advised here (65535)");
}

TEST_F(options, fastopen_twins_say_nothing)
{
	self->s.fastopen.overflows = 7;
	tcpa_advise(&self->s, &self->f);
	EXPECT_FALSE(has_rule(&self->f, TCPA_RULE_FASTOPEN_QUEUE));
	self->s.fastopen.overflows = 180;
	self->s.fastopen.listeners = 0;
	tcpa_advise(&self->s, &self->f);
	EXPECT_FALSE(has_rule(&self->f, TCPA_RULE_FASTOPEN_QUEUE));
}

TEST_HARNESS_MAIN
