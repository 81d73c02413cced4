// SPDX-License-Identifier: GPL-2.0
/*
 * text_test.c - the smaller parsers and the pure decisions: listeners' names,
 * sysctl.d lines and edits, the catalogue, cgroups, and the verdict on a trial.
 */
#include <errno.h>
#include <stdlib.h>

#include "host/cgroup.h"
#include "words/knob.h"
#include "words/program.h"
#include "words/symptom.h"
#include "words/template.h"
#include "words/key.h"
#include "host/published_listeners.h"
#include "change/persist.h"
#include "host/counts.h"
#include "tap.h"
#include "util.h"

static void listener_names(void)
{
	static const char *const bad[] = {
		"", "@", "0.0.0.0:80", "0.0.0.0@1", ":80@1", "0.0.0.0:@1", "0.0.0.0:65536@1",
		"0.0.0.0:80@", "0.0.0.0:80@xyz", "0.0.0.0:80@-1", "../x:80@1", "a/b:80@1",
		"0.0.0.0:80@10000000000000000", "host name:80@1", "::1]:80@1", "[::1:80@1",
		"::1:80@1", "[]:80@1", "a1:80@1", "[::1]x:80@1",
	};
	char address[SUBJECT_MAX];
	__u64 cookie;
	size_t i;

	IS(listener_name_parse("0.0.0.0:80@1f", address, &cookie), 0);
	IS_STR(address, "0.0.0.0:80");
	IS(cookie, 0x1f);
	IS(listener_name_parse("[fe80::1]:65535@ffffffffffffffff", address, &cookie), 0);
	IS_STR(address, "[fe80::1]:65535");
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		printf("# \"%s\"\n", bad[i]);
		IS(listener_name_parse(bad[i], address, &cookie), -EINVAL);
	}
	OK(listener_named("0.0.0.0:80@1f", "0.0.0.0:80"));
	OK(listener_named("0.0.0.0:80@1f", "0.0.0.0:80@1f"));
	OK(listener_named("0.0.0.0:80@1f", ":80"));
	OK(listener_named("[::]:80@1f", ":80"));
	OK(!listener_named("0.0.0.0:8080@1f", ":80"));
	OK(!listener_named("0.0.0.0:80@1f", "0.0.0.0:80@1e"));
	OK(!listener_named("net.core.somaxconn", ":80"));
}

static void conf_lines(void)
{
	static const char key[] = "net.core.somaxconn";
	struct value v;

	OK(persist_line("net.core.somaxconn = 8192\n", key, &v) && v.v[0] == 8192);
	OK(persist_line("  net.core.somaxconn=8192", key, &v) && v.v[0] == 8192);
	OK(persist_line("-net/core/somaxconn = 8192\n", key, &v));
	OK(!persist_line("net.core.somaxconn\n= 8192\n", key, &v));
	OK(!persist_line("net.core.somaxconn =\n8192\n", key, &v));
	OK(!persist_line("# net.core.somaxconn = 8192\n", key, &v));
	OK(!persist_line("net.core.somaxconn = high\n", key, &v));
	OK(!persist_line("net.core.somaxconn2 = 8192\n", key, &v));
	OK(!persist_line("net.core.somaxconn = 8192 # yes\n", key, &v));
	OK(persist_line("net.core.somaxconn = 0x63\n", key, &v) && v.v[0] == 99);
	OK(persist_line("net.core.somaxconn = 0143\n", key, &v) && v.v[0] == 99);
	OK(!persist_line("net.core.somaxconn = 0x\n", key, &v));
	OK(!persist_line("net.core.somaxconn = -0x63\n", key, &v));
	OK(!persist_line("", key, &v));
	OK(persist_line("net.ipv4.tcp_rmem = 4096 131072\t6291456\n", "net.ipv4.tcp_rmem", &v) &&
	   v.nr == 3);
}

static void conf_globs(void)
{
	static const char key[] = "net.core.somaxconn";
	struct value v;

	OK(persist_glob("net.core.* = 99", key, &v) && v.v[0] == 99);
	OK(persist_glob("-net/core/somax* = 0x63\n", key, &v) && v.v[0] == 99);
	OK(persist_glob("net.*.somaxconn = 99", key, &v));
	OK(!persist_glob("net.* = 99", key, &v));
	OK(!persist_glob("*.somaxconn = 99", key, &v));
	OK(!persist_glob("net.core.somaxconn = 99", key, &v));
	OK(!persist_glob("-net.core.*", key, &v));
	OK(!persist_glob("#net.core.* = 99", key, &v));
	OK(!persist_glob("; net.core.* = 99", key, &v));
	OK(persist_excludes("-net.core.somaxconn\n", key));
	OK(persist_excludes(" -net/core/somaxconn ", key));
	OK(!persist_excludes("-net.core.somaxconn = 99", key));
	OK(!persist_excludes("-net.core.*", key));
	OK(!persist_excludes("net.core.somaxconn", key));
}

static void conf_lists(void)
{
	static const char key[] = "net.ipv4.ip_local_reserved_ports";
	struct value v;

	OK(persist_line("net.ipv4.ip_local_reserved_ports = 9000,8080\n", key, &v));
	IS_STR(v.ports, "8080,9000");
	OK(persist_line("net.ipv4.ip_local_reserved_ports =\n", key, &v));
	IS(v.nr, VALUE_PORTS);
	IS_STR(v.ports, "");
	OK(!persist_line("net.ipv4.ip_local_reserved_ports = 8080, 9000\n", key, &v));
}

static void conf_edits(void)
{
	const struct value high = value_one(8192), low = value_one(4096), none = { 0 };
	const struct reason why = { .why = "why" }, w = { .why = "w" }, other = {
		.was = value_one(128), .why = "other",
	};
	char a[4096], b[4096];

	OK(persist_edit("", "net.core.somaxconn", &high, &why, a));
	OK(strstr(a, "# net.core.somaxconn: why\nnet.core.somaxconn = 8192\n"));
	OK(persist_edit(a, "net.core.somaxconn", &low, &other, b));
	OK(strstr(b, "# net.core.somaxconn 128 -> 4096: other\nnet.core.somaxconn = 4096\n"));
	OK(!strstr(b, "why") && !strstr(b, "8192"));
	OK(!persist_edit(b, "net.core.somaxconn", &none, &why, a));
	/* What somebody else wrote stays, in its place. */
	OK(persist_edit("# mine\nvm.swappiness = 1\nnet.core.somaxconn = 1\nfs.file-max = 2",
			"net.core.somaxconn", &high, &w, a));
	IS_STR(a, "# mine\nvm.swappiness = 1\n# net.core.somaxconn: w\n"
	       "net.core.somaxconn = 8192\nfs.file-max = 2\n");
	OK(persist_edit(a, "net.core.somaxconn", &none, &why, b));
	IS_STR(b, "# mine\nvm.swappiness = 1\nfs.file-max = 2\n");
	/* Twice the same key: one line is left. */
	OK(persist_edit("net.core.somaxconn = 1\nnet/core/somaxconn = 2\n",
			"net.core.somaxconn", &high, &w, a));
	IS_STR(a, "# net.core.somaxconn: w\nnet.core.somaxconn = 8192\n");
	OK(persist_edit("# a comment of mine\n", "net.core.somaxconn", &none, &why, a));
	OK(persist_edit("# net.core.somaxconn 128 was too low: mine\n", "net.core.somaxconn",
			&none, &why, a));
}

static void longest_edit(void)
{
	struct value v = { .nr = 3, .v = { UINT64_MAX, UINT64_MAX, UINT64_MAX } };
	char *text = malloc(70000), *out = malloc(PERSIST_ROOM);
	struct reason why = { .was = { .nr = 3, .v = { UINT64_MAX, UINT64_MAX, 1 } }, .why = text };

	memset(text, 'w', 69999);
	text[69999] = '\0';
	OK(persist_edit("", "net.ipv4.ip_local_port_range", &v, &why, out));
	OK(strlen(out) < PERSIST_ROOM);
	v.nr = VALUE_PORTS;
	memset(v.ports, '1', PORTSET_TEXT - 1);
	why.was = v;
	why.was.ports[0] = '2';
	OK(persist_edit("", "net.ipv4.ip_local_reserved_ports", &v, &why, out));
	OK(strlen(out) < PERSIST_ROOM);
	free(text);
	free(out);
}

static void catalogue(void)
{
	static const char *const verdicts[] = {
		"buckets-full", "server-closes", "finwait2-held", "ports-tight",
		"ports-exhausted",
	};
	const struct tcpa_knob_prose *k;
	const struct key *key;
	unsigned int i, incomplete = 0;

	for (i = 0; (k = tcpa_knob_prose(i)); i++)
		incomplete += !k->guides || !k->truth || !k->matters || !k->answer;
	IS(incomplete, 0);
	OK(i > 35);
	for (i = 0; i < ARRAY_SIZE(verdicts); i++) {
		printf("# %s\n", verdicts[i]);
		OK(verdict_find(verdicts[i]));
	}
	OK(!verdict_find("no-such-verdict"));
	/* Whatever can be written can be explained. */
	for (i = 0; (key = key_at(i)); i++) {
		printf("# %s\n", key->name);
		OK(knob_find(key->name));
	}
	OK(knob_find("somaxconn") == knob_find("net.core.somaxconn"));
	OK(knob_find("net.ipv4.tcp_tw_recycle"));
	OK(!knob_find("tcp"));
	OK(!knob_find(""));
	OK(verdict_find("backlog-capped") && !verdict_find("bad luck"));
}

static struct counts sample(__u64 completions, __u64 overflows, __u64 cookies)
{
	struct counts s = { 0 };

	s.counters.v[COUNT_COMPLETIONS] = completions;
	s.counters.v[COUNT_OVERFLOWS_ACK] = overflows;
	s.counters.v[COUNT_COOKIES_SENT] = cookies;
	return s;
}

static bool keep(struct counts before, struct counts after)
{
	char why[JUDGE_TEXT] = "";
	bool kept = counts_judge(&before, &after, why);

	printf("# %s\n", why);
	return kept && *why;
}

static void trials(void)
{
	struct counts worse = sample(10000, 0, 0), a = sample(5, 7, 0), b = sample(9, 7, 0), d;

	OK(keep(sample(10000, 500, 0), sample(10500, 0, 0)));
	OK(keep(sample(10000, 500, 0), sample(10000, 100, 0)));
	OK(!keep(sample(10000, 500, 0), sample(10000, 500, 0)));
	OK(!keep(sample(10000, 500, 0), sample(10000, 501, 0)));
	OK(!keep(sample(10000, 0, 0), sample(10000, 0, 0)));
	/* Chance: less than a tenth, or than such small counts vary by anyway. */
	OK(!keep(sample(10000, 5000, 0), sample(10000, 4600, 0)));
	OK(keep(sample(10000, 5000, 0), sample(10000, 4400, 0)));
	OK(!keep(sample(10000, 4, 0), sample(10000, 0, 0)));
	OK(keep(sample(10000, 5, 0), sample(10000, 0, 0)));
	OK(!keep(sample(10000, 100, 0), sample(10000, 75, 0)));
	OK(!keep(sample(10000, 500, 0), sample(100, 0, 0)));
	OK(keep(sample(10000, 500, 0), sample(9000, 0, 0)));
	OK(!keep(sample(10000, 500, 0), sample(8999, 0, 0)));
	OK(!keep(sample(10000, 500, 0), sample(10000, 0, 900)));
	OK(keep(sample(10000, 500, 900), sample(10000, 0, 900)));
	worse.tw_overflows = 5000;
	OK(!keep(sample(10000, 500, 0), worse));
	worse.tw_overflows = 0;
	worse.aborted = 5000;
	OK(!keep(sample(10000, 500, 0), worse));
	counts_diff(&a, &b, &d);
	IS(d.counters.v[COUNT_COMPLETIONS], 4);
	counts_diff(&b, &a, &d);
	IS(d.counters.v[COUNT_COMPLETIONS], 0);
}

#define USER "/user.slice/user-1000.slice/user@1000.service/app.slice"
#define POD	"0a1b2c3d-0001-0002-0003-0123456789ab"
#define POD_	"0a1b2c3d_0001_0002_0003_0123456789ab"
#define ID	"4f5ae1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e"

static void cgroups(void)
{
	static const char *const cases[][4] = {
		{ "/", "", "", "" },
		{ "", "", "", "" },
		{ "/system.slice/nginx.service", "nginx.service", "", "" },
		{ "/user.slice/", "", "", "" },
		{ "/user.slice/user-0.slice/user@0.service/app.slice/a.service",
		  "user@0.service", "", "" },
		{ "/user.slice/user-0.slice/session-1.scope", "session-1.scope", "", "" },
		{ "/system.slice/system-getty.slice/getty@tty1.service", "getty@tty1.service",
		  "", "" },
		{ "/system.slice/a.service/b.service", "a.service", "", "" },
		{ "/a/system.slice/b.service", "", "", "" },
		{ "/../../system.slice/b.service", "b.service", "", "" },
		{ "/system.slice/docker-" ID ".scope", "", "docker 4f5ae1b2c3d4", "" },
		{ "/system.slice/docker-" ID ".scope/system.slice/nginx.service", "",
		  "docker 4f5ae1b2c3d4", "" },
		{ "/kubepods.slice/kubepods-pod1.slice/cri-containerd-" ID ".scope", "",
		  "cri-containerd 4f5ae1b2c3d4", "" },
		{ "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" POD_ ".slice/crio-"
		  ID ".scope", "", "crio 4f5ae1b2c3d4", POD },
		{ "/kubepods/besteffort/pod" POD "/" ID, "", "container 4f5ae1b2c3d4", POD },
		{ "/pod" POD "/" ID, "", "pod" POD " 4f5ae1b2c3d4", "" },
		{ "/machine.slice/libpod-" ID ".scope/container", "", "libpod 4f5ae1b2c3d4", "" },
		{ "/machine.slice/machine-web.scope/init.scope", "", "machine web", "" },
		{ "/machine.slice/systemd-nspawn@db.service/payload", "", "machine db", "" },
		{ "/lxc.payload.mail/system.slice/a.service", "", "lxc mail", "" },
		{ "/docker/" ID, "", "docker 4f5ae1b2c3d4", "" },
		{ "/docker/" ID "/init.scope", "", "docker 4f5ae1b2c3d4", "" },
		{ "/" ID, "", "container 4f5ae1b2c3d4", "" },
		{ ID, "", "container 4f5ae1b2c3d4", "" },
		{ "/a/" ID "0", "", "", "" },
	};
	char label[CGROUP_LABEL];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		printf("# %s\n", cases[i][0]);
		IS_STR(cgroup_unit(cases[i][0], label), cases[i][1]);
		IS_STR(cgroup_container(cases[i][0], label), cases[i][2]);
		IS_STR(cgroup_pod(cases[i][0], label), cases[i][3]);
	}
	OK(cgroup_is("/system.slice/nginx.service", "nginx"));
	OK(cgroup_is("/system.slice/nginx.service", "nginx.service"));
	OK(!cgroup_is("/system.slice/nginx.service", "ngin"));
	OK(!cgroup_is("/system.slice/nginx.service", ""));
	OK(!cgroup_is("/", ""));
	OK(!cgroup_is("/user.slice/user-0.slice/user@0.service/app.slice/a.service", "a"));
	OK(cgroup_is("/docker/" ID, "4f5a"));
	OK(cgroup_is("/docker/" ID, ID));
	OK(!cgroup_is("/docker/" ID, "4f5"));
	OK(!cgroup_is("/docker/" ID, "5ae1"));
	OK(cgroup_is("/machine.slice/machine-web.scope", "web"));
	OK(cgroup_is("/kubepods/besteffort/pod" POD "/" ID, "0a1b2c3d"));
	/* Whoever runs a user's units gives them names. */
	OK(!cgroup_is(USER "/lxc.payload.nginx.service", "nginx.service"));
	OK(!cgroup_is(USER "/lxc.payload.web", "web"));
	OK(!cgroup_is(USER "/docker-" ID ".scope", "4f5a"));
	OK(!cgroup_is(USER "/machine-web.scope", "web"));
	OK(!cgroup_is(USER "/kubepods-pod" POD ".slice", "0a1b2c3d"));
	OK(!cgroup_is("/lxc.payload.nginx.service", "nginx.service"));
}

/* The programs that people run, by the comm that they really have. */
static void settings(void)
{
	static const struct {
		const char *comm, *line;
	} known[] = {
		{ "nginx", "listen [::]:80 backlog=2047;" },
		{ "apache2", "ListenBackLog 2047" }, { "httpd", "ListenBackLog 2047" },
		{ "haproxy", "backlog 2047" }, { "lighttpd", "server.listen-backlog = 2047" },
		{ "redis-server", "tcp-backlog 2047" }, { "valkey-server", "tcp-backlog 2047" },
		{ "memcached", "-b 2047" }, { "mysqld", "back_log = 2047" },
		{ "mariadbd", "back_log = 2047" },
		{ "php-fpm8.2", "listen.backlog = 2047" }, { "gunicorn", "--backlog 2047" },
		{ "gunicorn: maste", "--backlog 2047" }, { "uvicorn", "--backlog 2047" },
		{ "uwsgi-core", "listen = 2047" },
		{ "node", "server.listen({ port, backlog: 2047 })" },
		{ "java", "<Connector acceptCount=\"2047\" ...>" },
		{ "systemd", "Backlog=2047" },
	};
	char line[PROGRAM_LINE];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(known); i++) {
		printf("# %s\n", known[i].comm);
		OK(program_setting(known[i].comm, "[::]:80", 2047, line));
		IS_STR(line, known[i].line);
	}
	OK(!program_setting("", "[::]:80", 2047, line));
	OK(!program_setting("nginy", "[::]:80", 2047, line));
	OK(!program_setting("httpd2", "[::]:80", 2047, line));
	OK(!program_setting("postgres", "[::]:5432", 2047, line));
}

static void templates(void)
{
	const struct blank blanks[] = {
		{ "{a}", "1" }, { "{ab}", NULL }, { "{c}", "{a}" }, { NULL, NULL },
	};
	char out[8];

	OK(template_fill(out, sizeof(out), "x{a}{a}y", blanks));
	IS_STR(out, "x11y");
	OK(template_fill(out, sizeof(out), "{c}{}{", blanks));
	IS_STR(out, "{a}{}{");
	OK(!template_fill(out, sizeof(out), "{a}{ab}", blanks));
	OK(template_fill(out, sizeof(out), "123456{c}", blanks));
	IS_STR(out, "123456{");
	OK(template_fill(out, sizeof(out), "1234567890", blanks));
	IS_STR(out, "1234567");
	OK(template_fill(out, sizeof(out), "", blanks));
	IS_STR(out, "");
}

/* Who has a name in the table is a verdict, and whatever is wrong has a next step. */
static void symptoms(void)
{
	const struct tcpa_verdict_prose *v;
	unsigned int i;

	for (i = 0; (v = tcpa_verdict_prose(i)); i++) {
		printf("# %s\n", v->name);
		OK(!strncmp(v->name, "backlog-", 8) || !strcmp(v->name, "ok") ||
		   !strcmp(v->name, "server-closes") || symptom_look(v->name, 0));
		OK(!symptom_look(v->name, 9));
	}
	OK(!symptom_look("", 0));
}

int main(void)
{
	puts("TAP version 13");
	settings();
	templates();
	symptoms();
	listener_names();
	conf_lines();
	conf_globs();
	conf_lists();
	conf_edits();
	longest_edit();
	catalogue();
	trials();
	cgroups();
	return tap_done();
}
