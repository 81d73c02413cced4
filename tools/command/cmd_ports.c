// SPDX-License-Identifier: GPL-2.0
/*
 * cmd_ports.c - the command `ports`: how many connect(2)s found no local port,
 * and the destinations that use most of them.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "words/complain.h"
#include "words/output.h"
#include "host/published_ports.h"
#include "host/root.h"
#include "show.h"
#include "host/snapshot.h"
#include "util.h"

static const char usage[] =
	"Usage: tcpadvisor ports [OPTION]...\n"
	"Local ports of outgoing connections: towards whom they run out, heaviest first.\n"
	"\n"
	"  DESTINATION  whom connections go to, FROM which address\n"
	"  USED         ports in use between the two when last counted,\n"
	"  TIME_WAIT    of these, by connections that this side has closed\n"
	"  FREE         ports that are left for it\n"
	"  EXHAUSTED    when they will be used up, at the present growth; - if never\n"
	"  FAILED       connect(2) calls that found no port\n"
	"  BOUND        whether the last of these had called bind(2) with an address\n"
	"               first: with IP_BIND_ADDRESS_NO_PORT, or it had failed there,\n"
	"               which is not counted\n"
	"  PID          whose that was, for root; - if it is gone\n"
	"\n"
	"Columns that do not fit the terminal are left out; --json has them all.\n";

static int take_none(int c, const char *arg)
{
	(void)c;
	(void)arg;
	return -EINVAL;
}

static void show_totals(const struct ports *p)
{
	show_verdict(p->verdict);
	out_wrap(13);
	out_color(p->failures ? COLOR_BAD : COLOR_NONE);
	out_uint("failures", "failed       ", p->failures, "");
	out_color(COLOR_NONE);
	out_text("  connect(2) calls that found no port\n");
	out_uint("usable", "usable       ", p->usable, "  ports to choose from, for each destination\n");
	out_uint("pinned", "pinned       ", p->pinned,
		 "  of these, by bind(2) before connect(2): lost to all other destinations\n");
	out_uint("evicted", "forgotten    ", p->evicted, "  destinations that gave way to heavier ones\n");
	out_wrap_end();
}

static void show_forecast(const struct destination *d)
{
	if (!d->shrinks) {
		field_null("forecast_s");
		cell_text("-");
		return;
	}
	field_uint("forecast_s", d->forecast_s);
	cell_color(COLOR_BAD);
	if (d->forecast_s)
		cell_text("in %llu s", d->forecast_s);
	else
		cell_text("now");
	cell_color(COLOR_NONE);
}

/* Whose that was, as far as it is told: the module names nobody to all users. */
static void show_process(const struct destination *d)
{
	bool named = d->pid || strcmp(d->program, "-");

	if (d->pid) {
		cell_uint("pid", (unsigned int)d->pid);
	} else {
		field_null("pid");
		cell_text("-");
	}
	if (named) {
		cell_str("program", d->program);
	} else {
		field_null("program");
		cell_text("-");
	}
}

/* Who was the last to fail, and how. */
static void show_program(const struct destination *d)
{
	if (d->failures) {
		field_bool("bound", d->bound);
		cell_text("%s", d->bound ? "yes" : "no");
	} else {
		field_null("bound");
		cell_text("-");
	}
	show_process(d);
}

static void show_destination(const struct destination *d)
{
	table_row();
	cell_str("destination", d->peer);
	cell_str("source", d->source);
	cell_uint("used", d->used);
	cell_uint("timewait", d->timewait);
	cell_uint("free", d->free);
	show_forecast(d);
	cell_color(d->failures ? COLOR_BAD : COLOR_NONE);
	cell_uint("failures", d->failures);
	cell_color(COLOR_NONE);
	show_program(d);
	table_row_end();
}

static void show_destinations(const struct ports *p)
{
	static const struct column columns[] = {
		{ .head = "DESTINATION" },
		{ .head = "FROM", .drop = 5 },
		{ .head = "USED", .right = true, .drop = 1 },
		{ .head = "TIME_WAIT", .right = true, .drop = 6 },
		{ .head = "FREE", .right = true, .drop = 2 },
		{ .head = "EXHAUSTED" },
		{ .head = "FAILED", .right = true },
		{ .head = "BOUND", .drop = 7 },
		{ .head = "PID", .right = true, .drop = 4 },
		{ .head = "PROGRAM", .drop = 3 },
	};
	size_t i;

	if (p->nr)
		out_text("\n");
	table_begin("destinations", columns, ARRAY_SIZE(columns));
	for (i = 0; i < p->nr; i++)
		show_destination(&p->item[i]);
	table_end();
}

static void show_sum(const struct ports *p)
{
	__u64 used = 0, timewait = 0, failures = 0;
	size_t i;

	for (i = 0; i < p->nr; i++) {
		used += p->item[i].used;
		timewait += p->item[i].timewait;
		failures += p->item[i].failures;
	}
	out_object("sum");
	field_uint("destinations", p->nr);
	field_uint("used", used);
	field_uint("timewait", timewait);
	field_uint("failures", failures);
	out_wrap(0);
	if (p->nr)
		out_text("in all %zu destination%s: %llu used, %llu of these in TIME_WAIT, %llu failed\n",
			 p->nr, p->nr == 1 ? "" : "s", used, timewait, failures);
	else
		out_text("No destination holds so many ports that they were counted.\n");
	out_wrap_end();
	out_object_end();
}

static int in_namespace(const struct netns *ns, void *arg)
{
	struct path path;
	struct ports p;
	int err;

	(void)arg;
	if (snapshot_check(ns))
		return EXIT_FAILED;
	err = ports_read(&p);
	if (err == -ENOENT)
		complain("%s does not exist: the module is older than this command and does not look at ports; load a newer one",
			 root_path(&path, SYSFS "/ports"));
	if (err || ports_read_destinations(&p))
		return EXIT_FAILED;
	show_totals(&p);
	show_destinations(&p);
	show_sum(&p);
	ports_free(&p);
	return EXIT_DONE;
}

int cmd_ports(int argc, char **argv)
{
	const struct command_options co = { .usage = usage, .take = take_none };
	int status;

	if (options_parse(argc, argv, &co, &status) < 0)
		return status;
	return run_in_namespaces("ports", in_namespace, NULL, NULL);
}
