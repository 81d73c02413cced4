// SPDX-License-Identifier: GPL-2.0
/*
 * ports_test.c - the parser of ports/destinations takes what the module writes,
 * whatever a program calls itself, and refuses everything else whole.
 */
#include <errno.h>

#include "host/published_ports.h"
#include "tap.h"
#include "util.h"

static struct ports p;
static struct fault fault;

static int parse(const char *text)
{
	return destinations_parse(text, strlen(text), &p, &fault);
}

static void whole(void)
{
	IS(parse("10.0.0.1 10.0.0.2:80 2000 1900 26232 42 17 bound 4242 my own proxy\n"
		 "fe80::1 [2001:db8::2]:65535 1 0 28231 - 0 - 0 -\n"), 0);
	IS(p.nr, 2);
	IS_STR(p.item[0].source, "10.0.0.1");
	IS_STR(p.item[0].peer, "10.0.0.2:80");
	IS(p.item[0].used, 2000);
	IS(p.item[0].timewait, 1900);
	IS(p.item[0].free, 26232);
	OK(p.item[0].shrinks);
	IS(p.item[0].forecast_s, 42);
	IS(p.item[0].failures, 17);
	OK(p.item[0].bound);
	IS(p.item[0].pid, 4242);
	IS_STR(p.item[0].program, "my own proxy");
	IS_STR(p.item[1].peer, "[2001:db8::2]:65535");
	OK(!p.item[1].shrinks);
	OK(!p.item[1].bound);
	IS(p.item[1].pid, 0);
	ports_free(&p);
	IS(parse(""), 0);
	IS(p.nr, 0);
	ports_free(&p);
}

/* Whatever a program calls itself. */
static void names(void)
{
	static const char *const pairs[][2] = {
		{ "", "" }, { " ", " " }, { "-", "-" }, { "a  b", "a  b" },
		{ "\033[2J", "?[2J" }, { "caf\303\251", "caf??" },
		{ "4294967295 bound", "4294967295 bound" },
	};
	char text[128];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(pairs); i++) {
		printf("# name %zu\n", i);
		snprintf(text, sizeof(text), "::1 [::1]:1 1 0 1 - 1 - 7 %s\n", pairs[i][0]);
		IS(parse(text), 0);
		IS_STR(p.item[0].program, pairs[i][1]);
		ports_free(&p);
	}
}

static void refused(void)
{
	static const char good[] = "::1 [::1]:1 1 0 1 - 1 - 7 x\n";
	static const char *const bads[] = {
		"\n", "x\n", "\x20\n",
		"::1 [::1]:1 1 0 1 - 1 - 7 x",
		"::1 [::1]:1 1 0 1 - 1 - 7\n",
		"::1 [::1]:1 1 0 1 - 1 - -7 x\n",
		"::1 [::1]:1 1 0 1 - 1 - 2147483648 x\n",
		"::1 [::1]:1 1 0 1 - 1 maybe 7 x\n",
		"::1 [::1]:1 1 0 1 - -1 - 7 x\n",
		"::1 [::1]:1 1 0 1 soon 1 - 7 x\n",
		"::1 [::1]:1 1 0 -1 - 1 - 7 x\n",
		"::1 [::1]:1 1 0 99999999999999999999 - 1 - 7 x\n",
		"::1  [::1]:1 1 0 1 - 1 - 7 x\n",
		"::1 [::1]:65536 1 0 1 - 1 - 7 x\n",
		"::1 [::1]: 1 0 1 - 1 - 7 x\n",
		"::1 [::1] 1 0 1 - 1 - 7 x\n",
		"::1 ::1:1 1 0 1 - 1 - 7 x\n",
		"::1 [10.0.0.1]:1 1 0 1 - 1 - 7 x\n",
		"::1 []:1 1 0 1 - 1 - 7 x\n",
		"::1 :1 1 0 1 - 1 - 7 x\n",
		"::g [::1]:1 1 0 1 - 1 - 7 x\n",
		"10.0.0.256 10.0.0.1:1 1 0 1 - 1 - 7 x\n",
		"../../etc/passwd 10.0.0.1:1 1 0 1 - 1 - 7 x\n",
		"::1 [::1]:1 1 0 1 - 1 - 7 a name longer than any that there is\n",
		"::1 [ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:1 1 0 1 - 1 - 7 x\n",
	};
	char text[512];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bads); i++) {
		printf("# text %zu\n", i);
		snprintf(text, sizeof(text), "%s%s", good, bads[i]);
		IS(parse(text), -EINVAL);
		IS(fault.line, 2);
		OK(fault.why && !p.nr && !p.item);
	}
	IS(destinations_parse("::1 [::1]:1 1 0 1 - 1 - 7 \0x\n", 30, &p, &fault), -EINVAL);
	memset(text, '1', sizeof(text));
	text[sizeof(text) - 2] = '\n';
	text[sizeof(text) - 1] = '\0';
	IS(parse(text), -EINVAL);
	IS(fault.line, 1);
}

/* The longest line that the module can write. */
static void longest(void)
{
	static const char address[] = "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff";
	char text[256];

	snprintf(text, sizeof(text), "%s [%s]:65535 %u %u %u %u %llu bound %d %s\n", address,
		 address,
		 UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX, (__u64)UINT64_MAX, INT32_MAX,
		 "1234567890123456");
	IS(parse(text), 0);
	IS(p.nr, 1);
	ports_free(&p);
}

int main(void)
{
	puts("TAP version 13");
	whole();
	names();
	refused();
	longest();
	return tap_done();
}
