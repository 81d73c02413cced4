// SPDX-License-Identifier: GPL-2.0
/*
 * cmd_watch.c - the command `watch`: sleeps in poll(2) until the module has
 * published another set, and prints what this namespace's has become.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "command.h"
#include "words/complain.h"
#include "words/output.h"
#include "host/root.h"
#include "repeat.h"
#include "show.h"
#include "host/snapshot.h"
#include "host/published.h"
#include "util.h"
#include "watch_log.h"

static const char usage[] =
	"Usage: tcpadvisor watch [OPTION]...\n"
	"Print the advice for this network namespace, and again each time it changes.\n"
	"With --json, one document a line.\n"
	"\n"
	"  -c, --count N    stop after N times; 1 shows the advice as it is\n"
	"  -t, --time SPAN  stop after that long\n"
	"      --log        to systemd's journal, with fields to search by\n";

#define OPT_LOG	256

static const struct option longs[] = {
	{ "count", required_argument, NULL, 'c' },
	{ "time", required_argument, NULL, 't' },
	{ "log", no_argument, NULL, OPT_LOG },
	{ 0 },
};

static struct repeat repeat = { .count = UINT64_MAX };
static bool to_log;

static int take(int c, const char *arg)
{
	if (c == OPT_LOG) {
		to_log = true;
		return 0;
	}
	/* Its name before -n was --dry-run everywhere. */
	return repeat_take(&repeat, c == 'n' ? 'c' : c, arg);
}

static int show(const struct recommend *r)
{
	char when[40];
	struct tm tm;
	time_t now = time(NULL);

	localtime_r(&now, &tm);
	strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%S%z", &tm);
	out_begin("watch");
	out_color(COLOR_BOLD);
	out_str("time", "", when, "");
	field_uint("netns", r->netns);
	out_uint("generation", "  generation ", r->generation, "\n");
	out_color(COLOR_NONE);
	show_advice(r);
	if (!r->nr_remarks)
		out_text("  no change is advised\n");
	return out_end();
}

/* The advice below the first line, whose generation counts new evidence too. */
static const char *body(const char *text)
{
	const char *nl = strchr(text, '\n');

	return nl ? nl + 1 : text;
}

/*
 * Read the open file anew, which also arms poll(2) again, and show it if it
 * says something else than before (@text). 1 if shown, 0 if not, -errno.
 */
static int look(int fd, char *text, char *last)
{
	struct recommend r;
	struct fault fault;
	ssize_t n;
	int err;

	if (lseek(fd, 0, SEEK_SET) < 0)
		return -errno;
	n = root_read_fd(fd, text, RECOMMEND_MAX);
	if (n < 0)
		return (int)n;
	if (*last && !strcmp(body(text), body(last)))
		return 0;
	memcpy(last, text, (size_t)n + 1);
	err = recommend_parse(text, (size_t)n, &r, &fault);
	if (err == -EINVAL)
		complain(SYSFS "/recommend:%u: found \"%s\": %s", fault.line, fault.found,
			 fault.why);
	if (err)
		return err;
	err = to_log ? watch_log(&r) : show(&r);
	recommend_free(&r);
	return err ? err : 1;
}

/* Wait for the next set. 1: there may be one, 0: the time is up, or -errno. */
static int await(int fd, __u64 end)
{
	struct pollfd pfd = { .fd = fd, .events = POLLPRI };
	__u64 now = monotonic_ms(), left = end > now ? end - now : 0;
	int ret;

	ret = poll(&pfd, 1, !repeat.time_ms ? -1 : left > INT32_MAX ? INT32_MAX : (int)left);
	if (ret < 0)
		return errno == EINTR ? 1 : -errno;
	return ret || (repeat.time_ms && left > INT32_MAX);
}

static int watch(int fd, char *text, char *last)
{
	__u64 end = monotonic_ms() + repeat.time_ms, shown = 0;
	int ret;

	for (;;) {
		ret = look(fd, text, last);
		if (ret < 0)
			return ret;
		shown += (unsigned int)ret;
		if (shown >= repeat.count)
			return 0;
		ret = await(fd, end);
		if (ret <= 0)
			return ret;
	}
}

static int in_namespace(const struct netns *ns, void *arg)
{
	char *text = malloc(RECOMMEND_MAX), *last = calloc(1, RECOMMEND_MAX);
	struct path p;
	int fd = -1, err;

	(void)arg;
	err = snapshot_check(ns);
	if (!err) {
		fd = root_open(O_RDONLY, SYSFS "/recommend");
		err = fd < 0 ? fd : !text || !last ? -ENOMEM : watch(fd, text, last);
		if (err)
			complain("%s: %s", root_path(&p, SYSFS "/recommend"), strerror(-err));
	}
	if (fd >= 0)
		close(fd);
	free(text);
	free(last);
	return err ? EXIT_FAILED : EXIT_DONE;
}

int cmd_watch(int argc, char **argv)
{
	const struct command_options co = {
		.usage = usage, .longs = longs, .shorts = "c:n:t:", .take = take,
	};
	int status;

	if (options_parse(argc, argv, &co, &status) < 0)
		return status;
	if (globals.all_netns) {
		complain("watch: --all-netns: watch one namespace at a time");
		return EXIT_USAGE;
	}
	if (to_log && globals.json) {
		complain("watch: --log and --json: only one of them");
		return EXIT_USAGE;
	}
	if (to_log && sysroot_refuses())
		return EXIT_USAGE;
	if (to_log && watch_log_open())
		return EXIT_FAILED;
	out_lines();
	status = netns_each(globals.netns, false, in_namespace, NULL);
	return status < 0 ? EXIT_FAILED : status;
}
