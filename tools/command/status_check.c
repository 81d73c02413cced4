// SPDX-License-Identifier: GPL-2.0
/*
 * status_check.c - the option --check of `status`: one line, in the form that plug-ins of
 * Nagios have, and its exit status, over all namespaces that were asked for.
 */
#include <stdio.h>
#include <string.h>

#include "status_check.h"
#include "command.h"
#include "host/published_ports.h"
#include "host/counts.h"
#include "host/progress.h"
#include "host/snapshot.h"
#include "words/complain.h"
#include "words/output.h"

#define NAMES	3	/* of listeners in trouble that the line has */

struct check {
	__u64 interval_ms;
	__u64 refused;		/* in the interval, ports and TIME_WAITs included */
	size_t settings;	/* sysctls advised */
	size_t listeners;	/* whose verdict is not ok, or that need a bigger backlog */
	size_t others;		/* the same of TIME_WAIT and ports */
	bool unknown;
	char names[NAMES * (SUBJECT_MAX + VERDICT_MAX + 48)];
};

static const char *const states[] = {
	[CHECK_OK] = "OK",
	[CHECK_ADVICE] = "ADVICE",
	[CHECK_REFUSING] = "REFUSING",
	[CHECK_UNKNOWN] = "UNKNOWN",
};

static enum check_status check_decide(const struct check *c)
{
	if (c->refused)
		return CHECK_REFUSING;
	if (c->unknown)
		return CHECK_UNKNOWN;
	return c->settings || c->listeners || c->others ? CHECK_ADVICE : CHECK_OK;
}

/* Whether @verdict asks somebody to do something. */
static bool is_trouble(const char *verdict)
{
	return *verdict && strcmp(verdict, "ok") && strcmp(verdict, "undecided") &&
	       strcmp(verdict, "server-closes");
}

/* Where there is a bar, what is for people ends, and a program may be called as it likes. */
static void without_bars(char *s)
{
	for (; (s = strchr(s, '|')); s++)
		*s = '?';
}

static void name_listener(struct check *c, const struct listener *l)
{
	size_t len = strlen(c->names);

	snprintf(c->names + len, sizeof(c->names) - len, "%s %s", len ? "," : "", l->address);
	len = strlen(c->names);
	if (l->owner.pid)
		snprintf(c->names + len, sizeof(c->names) - len, " (%s)", l->owner.program);
	len = strlen(c->names);
	snprintf(c->names + len, sizeof(c->names) - len, " %s", l->verdict);
	without_bars(c->names);
}

static void look_at_listeners(struct check *c, struct listeners *ls)
{
	const struct listener *l;
	size_t i;

	listeners_own(ls);
	c->unknown |= ls->unread != 0;
	for (i = 0; i < ls->nr; i++) {
		l = &ls->item[i];
		if (l->unread || (!is_trouble(l->verdict) && l->recommended <= l->backlog))
			continue;
		if (c->listeners++ < NAMES)
			name_listener(c, l);
	}
}

static void look_at_others(struct check *c)
{
	struct totals t;
	struct ports p;

	if (totals_read(&t)) {
		c->unknown = true;
		return;
	}
	c->others += is_trouble(t.timewait.verdict);
	if (!ports_read(&p))
		c->others += is_trouble(p.verdict);
}

/* What is refused in the interval; nothing without one. */
static int look_for_a_while(struct check *c)
{
	struct counts a, b, d;
	int err;

	if (!c->interval_ms)
		return 0;
	err = counts_read(&a);
	if (!err)
		progress_wait(c->interval_ms, &a);
	if (!err)
		err = counts_read(&b);
	if (err)
		return err;
	counts_diff(&a, &b, &d);
	c->refused += counters_refused(&d.counters) + d.tw_overflows + d.port_failures;
	return 0;
}

static int in_namespace(const struct netns *ns, void *arg)
{
	struct check *c = arg;
	struct snapshot snap;

	if (snapshot_check(ns) || look_for_a_while(c) || snapshot_read(&snap, ns)) {
		c->unknown = true;
		return EXIT_DONE;
	}
	c->settings += snap.recommend.nr_settings;
	look_at_listeners(c, &snap.listeners);
	look_at_others(c);
	snapshot_free(&snap);
	return EXIT_DONE;
}

static void show(const struct check *c, enum check_status status)
{
	const char *why = complaint_at(0);

	out_begin("status");
	out_str("check", "TCPADVISOR ", states[status], ":");
	out_uint("refused", " ", c->refused, " refused");
	out_text(" in %llu.%03llu s", c->interval_ms / 1000, c->interval_ms % 1000);
	out_uint("settings", ", ", c->settings, " sysctls advised");
	out_uint("troubled", ", ", c->listeners + c->others, " in trouble");
	if (c->listeners)
		out_text(":%s%s", c->names, c->listeners > NAMES ? ", ..." : "");
	field_str("listeners", c->names + (*c->names == ' '));
	if (status == CHECK_UNKNOWN && why)
		out_text("; %s", why);
	out_text(" | refused=%llu advice=%zu troubled=%zu\n", c->refused, c->settings,
		 c->listeners + c->others);
	field_uint("exit_status", status);
}

int check_run(__u64 interval_ms)
{
	struct check c = { .interval_ms = interval_ms };
	enum check_status status;

	/* What went wrong is in the line too, which is all that most look at. */
	if (netns_each(globals.netns, globals.all_netns, in_namespace, &c) != EXIT_DONE)
		c.unknown = true;
	status = check_decide(&c);
	show(&c, status);
	return out_end() ? CHECK_UNKNOWN : (int)status;
}
