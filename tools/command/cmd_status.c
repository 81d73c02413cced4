// SPDX-License-Identifier: GPL-2.0
/*
 * cmd_status.c - the command `status`: what is refused, now and since the
 * module was loaded, who suffers most, and what to do about it.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "status_check.h"
#include "command.h"
#include "repeat.h"
#include "words/output.h"
#include "host/published_ports.h"
#include "host/counts.h"
#include "host/progress.h"
#include "next.h"
#include "show.h"
#include "warnings.h"
#include "host/snapshot.h"

#define WORST		10	/* listeners shown */
#define INTERVAL_MS	1000

static const char usage[] =
	"Usage: tcpadvisor [OPTION]...\n"
	"       tcpadvisor status [OPTION]...\n"
	"What is refused, who suffers most, and what to do about it.\n"
	"\n"
	"  -i, --interval SPAN  count for that long what is refused now; default 1s, and\n"
	"                       with --all-netns 0: to look at the totals only\n"
	"      --check          one line, for Nagios and the like; exit status 0 nothing\n"
	"                       to do, 1 advice pending, 2 refusing now, 3 not known\n";

enum {
	OPT_CHECK = 0x2000,
};

static const struct option longs[] = {
	{ "interval", required_argument, NULL, 'i' },
	{ "check", no_argument, NULL, OPT_CHECK },
	{ 0 },
};

static __u64 interval_ms = INTERVAL_MS;
static bool interval_given;
static bool check;

static int take(int c, const char *arg)
{
	if (c == OPT_CHECK) {
		check = true;
		return 0;
	}
	if (c != 'i')
		return -EINVAL;
	interval_given = true;
	return span_argument("--interval", arg, 0, "1s or 500ms", &interval_ms);
}

/* The counters now, and then wait; nothing without an interval. */
static int begin(struct counts *first)
{
	int err = interval_ms ? counts_read(first) : 0;

	if (!err && interval_ms)
		progress_wait(interval_ms, first);
	return err;
}

static void show_sum(const char *key, const char *label, const struct counters *c)
{
	__u64 refused = counters_refused(c);
	size_t at = strlen(label);
	char rest[256];

	out_object(key);
	out_text("%s", label);
	if (refused)
		out_color(COLOR_BAD);
	out_uint("refused", "", refused, " refused");
	if (refused)
		out_color(COLOR_NONE);
	at += (size_t)snprintf(rest, sizeof(rest), "%llu refused", refused);
	snprintf(rest, sizeof(rest),
		 " (accept queue: %llu SYN, %llu ACK; SYN queue: %llu), %llu dropped otherwise, %llu accepted",
		 c->v[COUNT_OVERFLOWS_SYN], c->v[COUNT_OVERFLOWS_ACK], c->v[COUNT_SYNQ_DROPS],
		 c->v[COUNT_OTHER_DROPS], c->v[COUNT_COMPLETIONS]);
	out_rest(at, (unsigned int)strlen(label), rest);
	show_counters(c);
	out_object_end();
}

/* In JSON only: the text has it in the advice. */
static void field_verdict(const char *verdict)
{
	if (*verdict)
		field_str("verdict", verdict);
	else
		field_null("verdict");
	field_rule(verdict);
}

static void show_timewait(const struct totals *t)
{
	out_object("timewait");
	field_verdict(t->timewait.verdict);
	out_uint("count", "TIME_WAIT    ", t->timewait.count, "");
	out_uint("limit", " of ", t->timewait.limit, "");
	out_uint("overflows", ", ", t->timewait.overflows, " refused\n");
	out_object_end();
	if (t->untracked_listeners)
		out_text("             %llu listeners have no entry of their own (max_listeners)\n",
			 t->untracked_listeners);
	field_uint("untracked_listeners", t->untracked_listeners);
}

/* Nothing in text unless there is something to say. */
static void show_ports(const struct ports *p)
{
	out_object("ports");
	field_verdict(p->verdict);
	field_uint("failures", p->failures);
	field_uint("usable", p->usable);
	field_uint("pinned", p->pinned);
	out_object_end();
	if (!p->failures && (!*p->verdict || !strcmp(p->verdict, "ok")))
		return;
	out_wrap(13);
	out_text("local ports  ");
	if (p->failures)
		out_color(COLOR_BAD);
	out_text("%llu connect(2) calls found none", p->failures);
	if (p->failures)
		out_color(COLOR_NONE);
	out_text("%s%s; see \"tcpadvisor ports\"\n", *p->verdict ? ": " : "", p->verdict);
	out_wrap_end();
}

/* How many are in trouble, and of these, how many refused somebody. */
static size_t troubled(const struct listeners *ls, size_t *refusing)
{
	size_t i;

	*refusing = 0;
	for (i = 0; i < ls->nr && listener_in_trouble(&ls->item[i]); i++)
		*refusing += counters_refused(&ls->item[i].counters) != 0;
	return i;
}

/* Whose numbers these are; JSON and --all-netns have said so already. */
static void show_namespace(const struct netns *ns)
{
	if (!ns->id.inode || globals.all_netns)
		return;
	out_text("namespace    %llu", ns->id.inode);
	if (*ns->name)
		out_text(" (%s)", ns->name);
	else if (netns_is_initial() > 0)
		out_text(" (the host's own)");
	out_text("\n");
}

static void show(const struct netns *ns, const struct snapshot *snap, const struct counts *total,
		 const struct counts *now, const struct totals *t, const struct ports *p)
{
	const struct shown next = {
		.ns = ns, .listeners = &snap->listeners, .recommend = &snap->recommend,
		.timewait = t->timewait.verdict, .ports = p ? p->verdict : NULL,
	};
	size_t refusing, nr = troubled(&snap->listeners, &refusing);

	field_uint("generation", snap->recommend.generation);
	field_uint("window_seconds", snap->recommend.window_s);
	field_uint("interval_ms", interval_ms);
	show_sum("total", "since load   ", &total->counters);
	if (interval_ms)
		show_sum("now", "just now     ", &now->counters);
	show_timewait(t);
	if (p)
		show_ports(p);
	out_wrap(13);
	out_uint("listeners_total", "listeners    ", snap->listeners.nr, "");
	out_uint("listeners_refusing", ", ", refusing, " with refusals");
	if (nr > refusing)
		out_text(", %zu in trouble without", nr - refusing);
	out_text("\n");
	out_wrap_end();
	if (nr)
		out_text("\n");
	show_listeners(&snap->listeners, nr < WORST ? nr : WORST);
	if (nr > WORST)
		out_text("... and %zu more: see \"tcpadvisor listeners\"\n", nr - WORST);
	if (snap->recommend.nr_remarks)
		out_text("\nADVICE (generation %llu)\n", snap->recommend.generation);
	show_advice(&snap->recommend);
	next_all(&next);
}

static int in_namespace(const struct netns *ns, void *arg)
{
	struct counts first = { 0 }, total, now;
	struct snapshot snap;
	struct totals t;
	struct ports p;
	int status = EXIT_FAILED, err;

	(void)arg;
	if (sysfs_check() || begin(&first) || snapshot_read(&snap, ns))
		return EXIT_FAILED;
	err = ports_read(&p);
	if ((!err || err == -ENOENT) && !totals_read(&t)) {
		counts_of(&t, &snap.listeners, &total);
		counts_diff(&first, &total, &now);
		listeners_own_troubled(&snap.listeners);
		show_namespace(ns);
		show_warnings();
		show(ns, &snap, &total, &now, &t, err ? NULL : &p);
		status = snap.listeners.unread ? EXIT_PARTLY : EXIT_DONE;
	}
	snapshot_free(&snap);
	return status;
}

int cmd_status(int argc, char **argv)
{
	const struct command_options co = {
		.usage = usage, .longs = longs, .shorts = "i:", .take = take,
	};
	int status, i;

	if (options_parse(argc, argv, &co, &status) < 0) {
		/* To who asked for a check, EXIT_USAGE means that connections are refused. */
		for (i = 1; i < argc; i++)
			if (status != EXIT_DONE && !strcmp(argv[i], "--check"))
				return CHECK_UNKNOWN;
		return status;
	}
	/* One after the other would take as many seconds as there are. */
	if (globals.all_netns && !interval_given)
		interval_ms = 0;
	if (check)
		return check_run(interval_ms);
	return run_in_namespaces("status", in_namespace, NULL, NULL);
}
