// SPDX-License-Identifier: GPL-2.0
/*
 * next_test.c - what to type next is typed where the listener is, and complaints that
 * are held back are not lost.
 */
#include <stdlib.h>
#include <string.h>

#include "command/command.h"
#include "command/next.h"
#include "words/complain.h"
#include "words/output.h"
#include "tap.h"

/* What is said of a listener of process @pid with @verdict, in @ns. */
static char *said(const char *verdict, const struct netns *ns, pid_t pid)
{
	static struct recommend nothing;
	char cgroup[] = "/";
	struct listener l = { .owner.pid = pid, .cgroup = cgroup };
	const struct shown s = { .ns = ns, .recommend = &nothing };
	FILE *screen = stdout;
	char *text = NULL;
	size_t size;

	snprintf(l.verdict, sizeof(l.verdict), "%s", verdict);
	snprintf(l.name, sizeof(l.name), "0.0.0.0:80@1");
	snprintf(l.address, sizeof(l.address), "0.0.0.0:80");
	stdout = open_memstream(&text, &size);
	next_listener(&l, &s);
	fclose(stdout);
	stdout = screen;
	return text;
}

static bool says(const char *verdict, const struct netns *ns, pid_t pid, const char *what)
{
	char *text = said(verdict, ns, pid);
	bool found = strstr(text, what);

	free(text);
	return found;
}

static void namespaces(void)
{
	static const struct netns own, other = { .name = "pid 4711" };
	static const struct netns quoted = { .name = "it's" }, unshown = { .name = "caf?" };

	OK(says("syn-flood", &own, 4711, "      ss -Htn state syn-recv"));
	OK(says("syn-flood", &own, 4711, "      sysctl net.ipv4.tcp_syncookies"));
	OK(says("syn-flood", &own, 0, "      ss -Htn state syn-recv"));
	OK(says("syn-flood", &other, 4711, "      nsenter -t 4711 -n ss -Htn state syn-recv"));
	OK(says("syn-flood", &other, 4711,
		"      nsenter -t 4711 -n sysctl net.ipv4.tcp_syncookies"));
	OK(!says("syn-flood", &other, 0, "ss -Htn"));
	OK(says("app-slow", &other, 4711, "      top -H -p 4711"));
	/* No command can name these. */
	OK(!says("syn-flood", &quoted, 4711, "ss -Htn"));
	OK(!says("syn-flood", &unshown, 4711, "ss -Htn"));
	globals.netns = "caf\xe9";
	OK(!says("syn-flood", &own, 4711, "ss -Htn"));
	globals.netns = NULL;
}

static void complaints(void)
{
	unsigned int i;

	complaints_forget();
	complaints_hold();
	for (i = 0; i < 200; i++)
		complain("%u", i);
	OK(complaint_at(199) && !strcmp(complaint_at(199), "199"));
	OK(!complaint_at(200));
	complaints_forget();
	OK(!complaint_at(0));
}

int main(void)
{
	puts("TAP version 13");
	namespaces();
	complaints();
	return tap_done();
}
