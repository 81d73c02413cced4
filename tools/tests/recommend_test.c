// SPDX-License-Identifier: GPL-2.0
/*
 * recommend_test.c - the parser of the module's advice takes all that the ABI
 * document describes, and refuses everything else whole.
 */
#include <errno.h>
#include <stdlib.h>

#include "host/published_advice.h"
#include "tap.h"
#include "util.h"

/* A blank before the end of a line. */
#define BLANK_END	"\x20\n"

#define HEAD	"# tcpadvisor netns=4026531840 generation=7 window=60s\n"

static struct recommend r;
static struct fault fault;

static int parse(const char *text)
{
	return recommend_parse(text, strlen(text), &r, &fault);
}

static void whole_text(void)
{
	const struct remark *m;

	IS(parse(HEAD
		 "# net.core.somaxconn 128 -> 8192: 1 listener that refused 9 needs it\n"
		 "# listener 0.0.0.0:443@1f (inode 18231): backlog-capped: asked for\n"
		 "#   65535 and was capped\n"
		 "net.core.somaxconn = 8192\n"
		 "\n"
		 "# listener [::]:80@a0 (inode 0): 511 is its own\n"
		 "# not advised: tcp_max_syn_backlog (syncookies=1: it\n"
		 "#   sizes nothing)\n"
		 "# 3 more findings left out\n"), 0);
	IS(r.netns, 4026531840);
	IS(r.generation, 7);
	IS(r.window_s, 60);
	IS(r.nr_settings, 1);
	IS_STR(r.setting[0].key->name, "net.core.somaxconn");
	IS(r.setting[0].value.v[0], 8192);
	IS(r.setting[0].line, 5);
	IS(r.nr_remarks, 5);
	m = recommend_remark(&r, REMARK_KEY, "net.core.somaxconn");
	OK(m && !strcmp(m->text, "1 listener that refused 9 needs it"));
	m = recommend_remark(&r, REMARK_LISTENER, "0.0.0.0:443@1f");
	OK(m && m->inode == 18231 &&
	   !strcmp(m->text, "backlog-capped: asked for 65535 and was capped"));
	m = recommend_remark(&r, REMARK_LISTENER, "[::]:80@a0");
	OK(m && !m->inode && !strcmp(m->text, "511 is its own"));
	m = recommend_remark(&r, REMARK_NOT, "tcp_max_syn_backlog");
	OK(m && !strcmp(m->text, "(syncookies=1: it sizes nothing)"));
	OK(r.remark[4].kind == REMARK_OTHER &&
	   !strcmp(r.remark[4].text, "3 more findings left out"));
	OK(!recommend_remark(&r, REMARK_KEY, "net.ipv4.tcp_rmem"));
	recommend_free(&r);
}

static void small_texts(void)
{
	IS(parse(HEAD), 0);
	IS(r.nr_settings, 0);
	IS(r.nr_remarks, 0);
	recommend_free(&r);
	IS(parse(HEAD "#\n#   goes on\n#" BLANK_END), 0);
	IS(r.nr_settings, 0);
	recommend_free(&r);
	IS(parse(HEAD "# net.ipv4.ip_local_port_range 32768 60999 -> 2001 65000: x\n"
		 "net.ipv4.ip_local_port_range = 2001 65000\n"), 0);
	IS(r.setting[0].value.nr, 2);
	recommend_free(&r);
	IS(parse(HEAD "# net.ipv4.ip_local_reserved_ports - -> 8080,9000-9010: services\n"
		 "net.ipv4.ip_local_reserved_ports = 8080,9000-9010\n"), 0);
	IS_STR(r.setting[0].value.ports, "8080,9000-9010");
	IS_STR(r.remark[0].text, "services");
	recommend_free(&r);
	/* Several comments may lead up to one key, each with its reason. */
	IS(parse(HEAD "# net.core.somaxconn 128 -> 256: a\n# net.core.somaxconn 128 -> 256: b\n"
		 "net.core.somaxconn = 256\n"), 0);
	recommend_free(&r);
}

struct bad {
	unsigned int line;
	const char *text;
};

#define KEY_PORTS	"net.ipv4.ip_local_reserved_ports"
#define PORTS	"# " KEY_PORTS
#define WHY	"# net.core.somaxconn 128 -> 8192: x\n"

static const struct bad bads[] = {
	{ 1, "" },
	{ 1, "\n" },
	{ 1, "net.core.somaxconn = 8192\n" },
	{ 1, "# tcpadvisor netns=1 generation=7 window=60s" },
	{ 1, "# tcpadvisor netns=1 generation=7 window=60\n" },
	{ 1, "# tcpadvisor netns=1 generation=7 window=60s more\n" },
	{ 1, "# tcpadvisor netns=-1 generation=7 window=60s\n" },
	{ 1, "# tcpadvisor netns= generation=7 window=60s\n" },
	{ 1, "# tcpadvisor netns=99999999999999999999 generation=7 window=60s\n" },
	{ 1, "# tcpadvisor netns=111111111111111111111111111 generation=7 window=60s\n" },
	/* keys */
	{ 2, HEAD "kernel.core_pattern = 1\n" },
	{ 3, HEAD "# kernel.core_pattern 0 -> 1: x\nkernel.core_pattern = 1\n" },
	{ 3, HEAD "# net.ipv4.tcp_tw_recycle 0 -> 1: x\nnet.ipv4.tcp_tw_recycle = 1\n" },
	{ 3, HEAD WHY "net.core.somaxconn=8192\n" },
	{ 3, HEAD WHY "net.core.somaxconn =8192\n" },
	{ 3, HEAD WHY " net.core.somaxconn = 8192\n" },
	{ 3, HEAD WHY "-net.core.somaxconn = 8192\n" },
	{ 3, HEAD WHY "../../etc/passwd = 8192\n" },
	{ 3, HEAD WHY "net/core/somaxconn = 8192\n" },
	/* values */
	{ 3, HEAD WHY "net.core.somaxconn =" BLANK_END },
	{ 3, HEAD WHY "net.core.somaxconn = 8192" BLANK_END },
	{ 3, HEAD WHY "net.core.somaxconn = 8192 16384\n" },
	{ 3, HEAD WHY "net.core.somaxconn = -1\n" },
	{ 3, HEAD WHY "net.core.somaxconn = 0x2000\n" },
	{ 3, HEAD WHY "net.core.somaxconn = 99999999999999999999\n" },
	{ 3, HEAD WHY "net.core.somaxconn = 8192; reboot\n" },
	{ 3, HEAD "# net.core.somaxconn 128 -> 65536: x\nnet.core.somaxconn = 65536\n" },
	{ 3, HEAD "# net.core.somaxconn 128 -> 0: x\nnet.core.somaxconn = 0\n" },
	{ 3, HEAD "# net.ipv4.tcp_syncookies 1 -> 0: x\nnet.ipv4.tcp_syncookies = 0\n" },
	/* lists of ports */
	{ 3, HEAD PORTS " - -> 8080: x\n" KEY_PORTS " = 8081\n" },
	{ 3, HEAD PORTS " - -> 8080: x\n" KEY_PORTS " = 8080 9000\n" },
	{ 3, HEAD PORTS " - -> 8080: x\n" KEY_PORTS " = 8080,\n" },
	{ 3, HEAD PORTS " 8080 -> : x\n" KEY_PORTS " =" BLANK_END },
	{ 2, HEAD PORTS " - -> 65536: x\n" KEY_PORTS " = 65536\n" },
	{ 2, HEAD PORTS " 8080 -> -: x\n" },
	{ 2, HEAD PORTS " 8080 9000 -> 8080: x\n" },
	{ 2, HEAD "# net.core.somaxconn - -> 8192: x\n" },
	{ 3, HEAD WHY "net.core.somaxconn = 8192,9000\n" },
	/* a value that its comment does not announce */
	{ 2, HEAD "net.core.somaxconn = 8192\n" },
	{ 3, HEAD WHY "net.core.somaxconn = 4096\n" },
	{ 3, HEAD "# somaxconn 128 -> 8192: x\nnet.core.somaxconn = 8192\n" },
	{ 4, HEAD WHY "net.core.somaxconn = 8192\nnet.core.somaxconn = 8192\n" },
	/* comments */
	{ 2, HEAD "# net.core.somaxconn many -> 8192: x\n" },
	{ 2, HEAD "# net.core.somaxconn 128 -> many: x\n" },
	{ 2, HEAD "# listener 0.0.0.0:443@1f\n" },
	{ 2, HEAD "# listener 0.0.0.0:443@1f (inode -1)\n" },
	{ 2, HEAD "# listener  (inode 1)\n" },
	{ 2, HEAD "# not advised:" BLANK_END },
	/* bytes */
	{ 2, HEAD "# \033[2J\n" },
	{ 2, HEAD "# caf\303\251\n" },
	{ 2, HEAD "#\ttab\n" },
	{ 2, HEAD "# no end of line" },
	{ 2, HEAD "hello\n" },
	{ 2, HEAD "# x\r\n" },
};

static void refused(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bads); i++) {
		printf("# text %zu\n", i);
		IS(parse(bads[i].text), -EINVAL);
		IS(fault.line, bads[i].line);
		OK(fault.why[0] && !strpbrk(fault.found, "\033\303\t\r"));
		IS(r.nr_settings, 0);
		if (r.pool)
			recommend_free(&r);
	}
}

static void long_and_binary(void)
{
	char *text = calloc(1, RECOMMEND_MAX), nul[] = HEAD "# a\0b\n";

	memset(text, 'x', RECOMMEND_MAX - 1);
	memcpy(text, HEAD "# ", strlen(HEAD) + 2);
	text[RECOMMEND_MAX - 2] = '\n';
	IS(parse(text), -EINVAL);
	IS(fault.line, 2);
	IS(recommend_parse(nul, sizeof(nul) - 1, &r, &fault), -EINVAL);
	IS(fault.line, 2);
	/* A listener's name that fills its buffer to the last byte, and one more. */
	snprintf(text, RECOMMEND_MAX, HEAD "# listener %0*d (inode 1)\n", SUBJECT_MAX - 1, 0);
	IS(parse(text), 0);
	recommend_free(&r);
	snprintf(text, RECOMMEND_MAX, HEAD "# listener %0*d (inode 1)\n", SUBJECT_MAX, 0);
	IS(parse(text), -EINVAL);
	free(text);
}

/* The longest lists there are, before and after. */
static void long_lists(void)
{
	char text[3 * PORTSET_TEXT + 512], now[PORTSET_TEXT], to[PORTSET_TEXT];
	size_t len = 0;
	unsigned int port;

	for (port = 10001; len + 7 < PORTSET_TEXT; port += 2)
		len += (size_t)sprintf(now + len, "%s%u", len ? "," : "", port);
	memcpy(to, now + 6, len - 5);
	snprintf(text, sizeof(text), HEAD PORTS " %s -> %s: x\n" KEY_PORTS " = %s\n", now, to, to);
	IS(parse(text), 0);
	IS_STR(r.setting[0].value.ports, to);
	recommend_free(&r);
}

int main(void)
{
	puts("TAP version 13");
	whole_text();
	small_texts();
	refused();
	long_and_binary();
	long_lists();
	return tap_done();
}
