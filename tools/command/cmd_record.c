// SPDX-License-Identifier: GPL-2.0
/*
 * cmd_record.c - the command `record`: what all listeners have counted, again and
 * again, as comma-separated values: a dataset. Judges nothing.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "command.h"
#include "host/published_listeners.h"
#include "host/snapshot.h"
#include "repeat.h"
#include "util.h"
#include "words/complain.h"
#include "words/csv.h"

/* Listeners come and go; how often to look again until none does meanwhile. */
#define TRIES		5
#define SHORTEST_MS	10

static const char usage[] =
	"Usage: tcpadvisor record [OPTION]...\n"
	"Write what each listener of this network namespace has counted, a row each, at\n"
	"every look: a dataset, as comma-separated values with a head.\n"
	"\n"
	"  -i, --interval SPAN  between two looks; default 1s\n"
	"  -c, --count N        stop after N looks\n"
	"  -t, --time SPAN      stop after that long\n"
	"      --csv            comma-separated values; there is no other format yet\n"
	"\n"
	"  kind    listener; closed and untracked: sums, of listeners that are gone, and\n"
	"          of those that the module has no entry for\n"
	"  whole   1: the rows of this look and namespace add up to all that was counted\n"
	"All other columns are called like the files in sysfs, see tcpadvisor(8).\n";

#define OPT_CSV	0x2000

static const struct option longs[] = {
	{ "interval", required_argument, NULL, 'i' },
	{ "count", required_argument, NULL, 'c' },
	{ "time", required_argument, NULL, 't' },
	{ "csv", no_argument, NULL, OPT_CSV },
	{ 0 },
};

static struct repeat repeat = {
	.interval_ms = 1000, .interval_least_ms = SHORTEST_MS, .count = UINT64_MAX,
};

static char taken_at[32];	/* of the look that is under way */

/* The order of the counters' columns, which stays when the enumeration does not. */
static const enum counter counters[COUNTERS] = {
	COUNT_SYNS, COUNT_COMPLETIONS, COUNT_OVERFLOWS_SYN, COUNT_OVERFLOWS_ACK,
	COUNT_SYNQ_DROPS, COUNT_OTHER_DROPS, COUNT_COOKIES_WANTED, COUNT_COOKIES_SENT,
	COUNT_COOKIES_VALID,
};

/* What a look finds in a namespace. */
struct look {
	struct totals totals;
	struct listeners listeners;
	bool whole;		/* none was closed between one and the other */
};

static int take(int c, const char *arg)
{
	return c == OPT_CSV ? 0 : repeat_take(&repeat, c, arg);
}

static void print_head(void)
{
	size_t i;

	printf("time,netns,whole,kind,listener,cookie,inode,cgroup,backlog,backlog_requested");
	printf(",accept_queue,accept_queue_peak,syn_queue,syn_queue_peak");
	for (i = 0; i < COUNTERS; i++)
		printf(",%s", counter_name(counters[i]));
	printf(",verdict,backlog_recommended\r\n");
}

/* What every row begins with. */
static void print_begin(const struct netns *ns, const struct look *look, const char *kind)
{
	printf("%s,%llu,%d,%s,", taken_at, ns->id.inode, look->whole, kind);
}

static void print_counters(const struct counters *c)
{
	size_t i;

	for (i = 0; i < COUNTERS; i++)
		printf("%llu,", c->v[counters[i]]);
}

/* Of the sums there are counters alone. */
static void print_sum(const struct netns *ns, const struct look *look, const char *kind,
		      const struct counters *c)
{
	print_begin(ns, look, kind);
	printf(",,,,,,,,,,");
	print_counters(c);
	printf(",\r\n");
}

static void print_listener(const struct netns *ns, const struct look *look,
			   const struct listener *l)
{
	print_begin(ns, look, "listener");
	csv_cell(l->address);
	printf(",%llx,%llu,", l->cookie, l->inode);
	csv_cell(l->cgroup);
	printf(",%llu,", l->backlog);
	if (l->requested_known)
		printf("%lld", l->requested);
	printf(",%llu,%llu,%llu,%llu,", l->accept_queue, l->accept_queue_peak, l->syn_queue,
	       l->syn_queue_peak);
	print_counters(&l->counters);
	csv_cell(l->verdict);
	printf(",%llu\r\n", l->recommended);
}

static int look_once(struct look *look)
{
	struct totals before;
	int err = totals_read(&before);

	if (!err)
		err = listeners_read(&look->listeners);
	if (err)
		return err;
	err = totals_read(&look->totals);
	if (!err)
		err = snapshot_check_listeners(&look->listeners);
	if (err) {
		listeners_free(&look->listeners);
		return err;
	}
	look->whole = before.closed_listeners == look->totals.closed_listeners &&
		      !look->listeners.unread && listeners_still_there(&look->listeners);
	return 0;
}

static int look_take(struct look *look)
{
	int err = look_once(look), i;

	for (i = 1; !err && !look->whole && !look->listeners.unread && i < TRIES; i++) {
		listeners_free(&look->listeners);
		err = look_once(look);
	}
	return err;
}

static int record_in(const struct netns *ns, void *arg)
{
	struct look look;
	size_t i;

	(void)arg;
	if (snapshot_check(ns) || look_take(&look))
		return EXIT_FAILED;
	for (i = 0; i < look.listeners.nr; i++)
		if (!look.listeners.item[i].unread)
			print_listener(ns, &look, &look.listeners.item[i]);
	print_sum(ns, &look, "closed", &look.totals.closed);
	print_sum(ns, &look, "untracked", &look.totals.untracked);
	listeners_free(&look.listeners);
	return look.whole ? EXIT_DONE : EXIT_PARTLY;
}

static void note_time(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	snprintf(taken_at, sizeof(taken_at), "%lld.%03ld", (long long)ts.tv_sec,
		 ts.tv_nsec / 1000000);
}

static void sleep_until(__u64 ms)
{
	const struct timespec ts = {
		.tv_sec = (time_t)(ms / 1000), .tv_nsec = (long)(ms % 1000) * 1000000,
	};

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL) == EINTR)
		;
}

/* Looks that there was no time for are left out, not made up for. */
static __u64 next_look(__u64 last)
{
	__u64 now = monotonic_ms(), every = repeat.interval_ms;

	return now < last ? last : last + ((now - last) / every + 1) * every;
}

static int record(void)
{
	__u64 begin = monotonic_ms(), at = begin, looks;
	int status = EXIT_DONE, now;

	print_head();
	for (looks = 1;; looks++) {
		note_time();
		now = netns_each(globals.netns, globals.all_netns, record_in, NULL);
		if (now < 0)
			now = EXIT_FAILED;
		status = looks == 1 ? now : exit_combine(status, now);
		if (fflush(stdout) || ferror(stdout)) {
			complain("standard output: %s", strerror(errno));
			return EXIT_FAILED;
		}
		at = next_look(at);
		if (now == EXIT_FAILED || looks >= repeat.count ||
		    (repeat.time_ms && at - begin > repeat.time_ms))
			return status;
		sleep_until(at);
	}
}

int cmd_record(int argc, char **argv)
{
	const struct command_options co = {
		.usage = usage, .longs = longs, .shorts = "i:c:t:", .take = take,
	};
	int status;

	if (options_parse(argc, argv, &co, &status) < 0)
		return status;
	if (globals.json) {
		complain("record: --json: it writes comma-separated values");
		return EXIT_USAGE;
	}
	return record();
}
