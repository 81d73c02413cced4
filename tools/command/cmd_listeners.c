// SPDX-License-Identifier: GPL-2.0
/*
 * cmd_listeners.c - the commands `listeners` and `timewait`: one table each.
 */
#include <errno.h>
#include <stdint.h>

#include "command.h"
#include "next.h"
#include "words/complain.h"
#include "words/output.h"
#include "show.h"
#include "host/snapshot.h"
#include "host/published.h"
#include "host/select.h"
#include "util.h"

static const char listeners_usage[] =
	"Usage: tcpadvisor listeners [OPTION]... [FILTER]\n"
	"The listening TCP sockets of this network namespace, most refusals first; of\n"
	"FILTER, if given: ADDR:PORT, :PORT, ADDR, program, unit, container or verdict.\n"
	"      --sort COLUMN      by this column; -COLUMN from the other end\n"
	"      --columns A,B,...  these, in this order\n"
	"  -H, --no-headings      only the rows\n"
	"      --csv              only the rows and a head, as comma-separated values\n"
	"\n"
	"  PID        the process with the lowest PID that has it open; + for more\n"
	"  QUEUE      connections that wait for accept(2), and the backlog in force\n"
	"  PEAK       the most that ever waited\n"
	"  WAIT-MS    the longest that connections waited for accept(2), on the average\n"
	"  SYNQ       handshakes waiting for their final ACK\n"
	"  REFUSED    connection attempts turned away since the module was loaded:\n"
	"  AT-SYN     at the SYN, AT-ACK at the final ACK: accept queue full\n"
	"  SYNQ-DROP  at the SYN: SYN queue full and SYN cookies off\n"
	"  OTHER      dropped for any other cause, not among REFUSED\n"
	"  COOKIES    SYNs answered with a SYN cookie, because the SYN queue was full\n"
	"  VERDICT    whose fault it is; \"tcpadvisor explain ADDR:PORT\" says more\n"
	"  ADVISED    the backlog to listen(2) with; - if another one would not help\n"
	"  UNIT, CONTAINER, POD   where it belongs, from its cgroup\n"
	"Columns that do not fit the terminal are left out; --json has them all.\n";

static const char timewait_usage[] =
	"Usage: tcpadvisor timewait [OPTION]...\n"
	"The TIME_WAIT sockets of this network namespace, against their limit.\n"
	"Counted since the module was loaded, except for what is alive now.\n";

static int take_none(int c, const char *arg)
{
	(void)c;
	(void)arg;
	return -EINVAL;
}

enum {
	OPT_SORT = 0x2000,
	OPT_COLUMNS,
	OPT_CSV,
};

static const struct option longs[] = {
	{ "sort", required_argument, NULL, OPT_SORT },
	{ "columns", required_argument, NULL, OPT_COLUMNS },
	{ "no-headings", no_argument, NULL, 'H' },
	{ "csv", no_argument, NULL, OPT_CSV },
	{ 0 },
};

static struct {
	const char *filter;
	size_t found;
} self;

static struct table_form form;

static int take(int c, const char *arg)
{
	switch (c) {
	case OPT_SORT:
		form.sort = arg;
		return show_listeners_as(&form);
	case OPT_COLUMNS:
		form.columns = arg;
		return show_listeners_as(&form);
	case 'H':
		form.no_head = true;
		return show_listeners_as(&form);
	case OPT_CSV:
		form.csv = true;
		return show_listeners_as(&form);
	}
	return -EINVAL;
}

/* Whoever asks for some expects that there are some. */
static int found_some(int status, void *arg)
{
	(void)arg;
	if (status || !self.filter || self.found)
		return status;
	complain("found \"%s\": no listener has this address, port, program, unit, container or verdict",
		 self.filter);
	return EXIT_FAILED;
}

static int listeners_in(const struct netns *ns, void *arg)
{
	struct listeners ls;
	const struct shown next = { .ns = ns, .listeners = &ls };
	int status;

	(void)arg;
	if (snapshot_check(ns) || listeners_read(&ls))
		return EXIT_FAILED;
	if (snapshot_check_listeners(&ls)) {
		listeners_free(&ls);
		return EXIT_FAILED;
	}
	listeners_own(&ls);
	if (self.filter)
		listeners_select(&ls, self.filter);
	self.found += ls.nr;
	show_listeners(&ls, SIZE_MAX);
	if (!ls.nr && !self.filter && !table_bare())
		out_text("No listening TCP socket.\n");
	next_all(&next);
	status = ls.unread ? EXIT_PARTLY : EXIT_DONE;
	listeners_free(&ls);
	return status;
}

int cmd_listeners(int argc, char **argv)
{
	const struct command_options co = {
		.usage = listeners_usage, .longs = longs, .shorts = "H", .take = take,
		.max_args = 1,
	};
	int status, first = options_parse(argc, argv, &co, &status);

	if (first < 0)
		return status;
	if (first < argc)
		self.filter = argv[first];
	return run_in_namespaces("listeners", listeners_in, found_some, NULL);
}

static void timewait_show(const struct totals *t)
{
	out_object("timewait");
	show_verdict(t->timewait.verdict);
	out_wrap(13);
	out_uint("count", "alive now    ", t->timewait.count, "");
	out_uint("limit", " of ", t->timewait.limit, " (net.ipv4.tcp_max_tw_buckets)\n");
	out_uint("created", "created      ", t->timewait.created, "\n");
	out_color(t->timewait.overflows ? COLOR_BAD : COLOR_NONE);
	out_uint("overflows", "refused      ", t->timewait.overflows, "");
	out_color(COLOR_NONE);
	out_text("  at the limit: closed without waiting\n");
	out_uint("server_side", "server side  ", t->timewait.server_side, "  here the listener's side closed first\n");
	out_uint("client_side", "client side  ", t->timewait.client_side, "  each holds a local port for 60 s\n");
	out_uint("fin_wait2", "FIN_WAIT_2   ", t->timewait.fin_wait2, "  what tcp_fin_timeout is about\n");
	out_uint("reused", "reused       ", t->timewait.reused, "  by outgoing connections (tcp_tw_reuse)\n");
	out_wrap_end();
	out_object_end();
}

static int timewait_in(const struct netns *ns, void *arg)
{
	struct totals t;

	(void)arg;
	if (snapshot_check(ns) || totals_read(&t))
		return EXIT_FAILED;
	timewait_show(&t);
	return EXIT_DONE;
}

int cmd_timewait(int argc, char **argv)
{
	const struct command_options co = { .usage = timewait_usage, .take = take_none };
	int status;

	if (options_parse(argc, argv, &co, &status) < 0)
		return status;
	return run_in_namespaces("timewait", timewait_in, NULL, NULL);
}
