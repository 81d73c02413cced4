// SPDX-License-Identifier: GPL-2.0
/*
 * shortage.c - what the processes that hold a listener are short of.
 *
 * The scheduler counts for each thread how long it ran and how long it was ready and
 * had to wait: behind others of its CPU, or for the next period of its cgroup's limit.
 * The cgroup counts the latter itself, at each level that has a limit. Descriptors are
 * counted as they are now: a server that has none left stays so while it is looked at.
 */
#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "root.h"
#include "shortage.h"
#include "util.h"

/* Less than this may be chance, in ms. */
#define WAITED_LEAST	1000

#define NS_PER_MS	1000000
#define US_PER_MS	1000

static void add_task(struct shortage *s, pid_t pid, const char *task)
{
	unsigned long long ran, waited;
	char line[128];

	if (root_read_line(line, sizeof(line), "/proc/%d/task/%s/schedstat", pid, task) < 0 ||
	    sscanf(line, "%llu %llu", &ran, &waited) != 2)
		return;
	s->ran_ms += ran / NS_PER_MS;
	s->waited_ms += waited / NS_PER_MS;
}

static void add_tasks(struct shortage *s, pid_t pid)
{
	DIR *dir = root_opendir("/proc/%d/task", pid);
	struct dirent *de;

	if (!dir)
		return;
	while ((de = readdir(dir)))
		if (de->d_name[0] != '.')
			add_task(s, pid, de->d_name);
	closedir(dir);
}

static unsigned int count_files(pid_t pid)
{
	DIR *dir = root_opendir("/proc/%d/fd", pid);
	struct dirent *de;
	unsigned int n = 0;

	if (!dir)
		return 0;
	while ((de = readdir(dir)))
		n += de->d_name[0] != '.';
	closedir(dir);
	return n;
}

static unsigned int left(unsigned int files, unsigned int most)
{
	return most > files ? most - files : 0;
}

static void add_files(struct shortage *s, pid_t pid)
{
	static const char name[] = "Max open files";
	unsigned int files = count_files(pid), most;
	char text[4096], *line;

	if (root_read(text, sizeof(text), "/proc/%d/limits", pid) < 0)
		return;
	line = strstr(text, name);
	if (!line || sscanf(line + sizeof(name) - 1, "%u", &most) != 1)
		return;
	if (s->files_most && left(files, most) >= left(s->files, s->files_most))
		return;
	s->files = files;
	s->files_most = most;
}

/* The number after @name in the text of a cgroup's file, else 0. */
static __u64 field(const char *text, const char *name)
{
	const char *at = strstr(text, name);

	return at ? strtoull(at + strlen(name), NULL, 10) : 0;
}

static void add_level(struct shortage *s, const char *path)
{
	char text[1024];
	__u64 throttled;

	if (root_read(text, sizeof(text), "/sys/fs/cgroup%s/cpu.stat", path) < 0)
		return;
	throttled = field(text, "nr_throttled ");
	if (throttled <= s->throttled)
		return;
	s->throttled = throttled;
	s->periods = field(text, "nr_periods ");
	s->throttled_ms = field(text, "throttled_usec ") / US_PER_MS;
}

/* Its cgroup, and those above, each of which may have a limit. */
static void add_cgroup(struct shortage *s, pid_t pid)
{
	char text[4096], *path, *slash;

	if (root_read(text, sizeof(text), "/proc/%d/cgroup", pid) < 0)
		return;
	path = strstr(text, "0::/");
	if (!path)
		return;
	path += strlen("0::");
	path[strcspn(path, "\n")] = '\0';
	while ((slash = strrchr(path, '/'))) {
		if (slash[1])
			add_level(s, path);
		*slash = '\0';
	}
}

void shortage_add(struct shortage *s, pid_t pid)
{
	add_tasks(s, pid);
	add_files(s, pid);
	add_cgroup(s, pid);
}

static void say_seconds(char *buf, size_t size, __u64 ms)
{
	snprintf(buf, size, "%llu.%llu s", ms / 1000, ms / 100 % 10);
}

static bool say_throttled(const struct shortage *s, char *text)
{
	char time[32];

	if (!s->throttled || s->throttled * 4 < s->periods)
		return false;
	say_seconds(time, sizeof(time), s->throttled_ms);
	snprintf(text, SHORTAGE_TEXT,
		 "the CPU limit of its cgroup (cpu.max) stopped it in %llu of %llu periods, for %s",
		 s->throttled, s->periods, time);
	return true;
}

static bool say_waited(const struct shortage *s, char *text)
{
	char ran[32], waited[32];

	if (s->waited_ms < WAITED_LEAST || s->waited_ms < 2 * s->ran_ms)
		return false;
	say_seconds(ran, sizeof(ran), s->ran_ms);
	say_seconds(waited, sizeof(waited), s->waited_ms);
	snprintf(text, SHORTAGE_TEXT,
		 "it gets too little CPU: since it started it waited %s for one, and ran for %s",
		 waited, ran);
	return true;
}

static bool say_files(const struct shortage *s, char *text)
{
	if (!s->files_most || s->files < s->files_most)
		return false;
	snprintf(text, SHORTAGE_TEXT,
		 "it has %u descriptors open, and may have %u: accept(2) fails (EMFILE)",
		 s->files, s->files_most);
	return true;
}

const char *shortage_words(const struct shortage *s, unsigned int i, char *text)
{
	static bool (* const say[])(const struct shortage *s, char *text) = {
		say_files, say_throttled, say_waited,
	};
	size_t k;

	for (k = 0; k < ARRAY_SIZE(say); k++)
		if (say[k](s, text) && !i--)
			return text;
	return NULL;
}
