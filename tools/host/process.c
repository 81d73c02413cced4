// SPDX-License-Identifier: GPL-2.0
/*
 * process.c - which process holds a socket. Walks /proc/PID/fd once for all
 * sockets, of all namespaces. What it may not look into it passes over: the
 * caller shows a socket without a process as just that.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "words/number.h"
#include "cgroup.h"
#include "process.h"
#include "root.h"
#include "util.h"

/* How long one pass over /proc serves, in ms: processes come and go. */
#define HOLDERS_MS	1000

/* A process that has a socket open, as descriptor fd. */
struct holder {
	__u64 inode;
	pid_t pid;
	int fd;
};

struct holders {
	struct holder *item;	/* ascending, once sorted */
	size_t nr;
};

/* A directory entry that is a number up to INT_MAX, else -1. */
static int entry_number(const struct dirent *de)
{
	__u64 n;

	return number_in(de->d_name, 0, INT32_MAX, &n) ? -1 : (int)n;
}

static void program_read(struct owner *own)
{
	char comm[64];

	if (root_read_line(comm, sizeof(comm), "/proc/%d/comm", own->pid) < 0)
		return;
	root_clean(comm);
	snprintf(own->program, sizeof(own->program), "%.*s",
		 (int)sizeof(own->program) - 1, comm);
}

static int holder_add(struct holders *h, __u64 inode, pid_t pid, int fd)
{
	struct holder *item;

	/* Grow by doubling: the number below is 0 at each power of two. */
	if (!(h->nr & (h->nr - 1))) {
		item = reallocarray(h->item, h->nr ? 2 * h->nr : 1, sizeof(*item));
		if (!item)
			return -ENOMEM;
		h->item = item;
	}
	item = &h->item[h->nr++];
	item->inode = inode;
	item->pid = pid;
	item->fd = fd;
	return 0;
}

/* The inode of the socket that descriptor @name in @dir is, or 0. */
static __u64 fd_socket(int dir, const char *name)
{
	char link[64], *end;
	__u64 inode;
	ssize_t n;

	n = readlinkat(dir, name, link, sizeof(link) - 1);
	if (n < 0)
		return 0;
	link[n] = '\0';
	end = strchr(link, ']');
	if (strncmp(link, "socket:[", 8) || !end)
		return 0;
	*end = '\0';
	return number_u64(link + 8, &inode) ? 0 : inode;
}

static int holders_of(struct holders *h, pid_t pid)
{
	DIR *dir = root_opendir("/proc/%d/fd", pid);
	struct dirent *de;
	int fd, err = 0;
	__u64 inode;

	if (!dir)
		return 0;
	while (!err && (de = readdir(dir))) {
		fd = entry_number(de);
		inode = fd < 0 ? 0 : fd_socket(dirfd(dir), de->d_name);
		if (inode)
			err = holder_add(h, inode, pid, fd);
	}
	closedir(dir);
	return err;
}

static int by_inode(const void *a, const void *b)
{
	const struct holder *x = a, *y = b;

	if (x->inode != y->inode)
		return x->inode < y->inode ? -1 : 1;
	if (x->pid != y->pid)
		return x->pid < y->pid ? -1 : 1;
	return (x->fd > y->fd) - (x->fd < y->fd);
}

static void holders_sort(struct holders *h)
{
	if (h->nr)
		qsort(h->item, h->nr, sizeof(*h->item), by_inode);
}

static void holders_free(struct holders *h)
{
	free(h->item);
	memset(h, 0, sizeof(*h));
}

/* The sockets of all processes; what memory does not suffice for is left out. */
static void holders_read(struct holders *h)
{
	DIR *proc = root_opendir("/proc");
	struct dirent *de;
	int pid, err = 0;

	if (!proc)
		return;
	while (!err && (de = readdir(proc))) {
		pid = entry_number(de);
		if (pid > 0)
			err = holders_of(h, pid);
	}
	closedir(proc);
	holders_sort(h);
}

/* The first holder of an inode not less than @inode. */
static size_t holders_first(const struct holders *h, __u64 inode)
{
	size_t low = 0, high = h->nr, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (h->item[mid].inode < inode)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static void owner_fill(struct owner *own, const struct holders *h)
{
	const struct holder *item = h->item + holders_first(h, own->inode);
	const struct holder *end = h->item + h->nr;
	pid_t last;

	if (item == end || item->inode != own->inode)
		return;
	own->pid = item->pid;
	own->fd = item->fd;
	for (last = own->pid; item < end && item->inode == own->inode; item++) {
		own->others += item->pid != last;
		last = item->pid;
	}
}

static void owners_fill(struct owner **own, size_t nr, const struct holders *h)
{
	size_t i;

	for (i = 0; h->nr && i < nr; i++) {
		owner_fill(own[i], h);
		/* Sockets of one process tend to be neighbours: read its name once. */
		if (i && own[i]->pid && own[i]->pid == own[i - 1]->pid)
			memcpy(own[i]->program, own[i - 1]->program, sizeof(own[i]->program));
		else if (own[i]->pid)
			program_read(own[i]);
	}
}

/* Those of all processes, as they were a moment ago at most. */
static const struct holders *holders_now(void)
{
	static struct holders all;
	static __u64 read_at;

	if (!all.nr || monotonic_ms() - read_at > HOLDERS_MS) {
		holders_free(&all);
		holders_read(&all);
		read_at = monotonic_ms();
	}
	return &all;
}

void owners_find(struct owner **own, size_t nr)
{
	owners_fill(own, nr, holders_now());
}

void owners_each(__u64 inode, void (*each)(pid_t pid, void *arg), void *arg)
{
	const struct holders *h = holders_now();
	size_t i = holders_first(h, inode);
	pid_t last = 1;

	for (; i < h->nr && h->item[i].inode == inode; i++) {
		if (h->item[i].pid != last)
			each(h->item[i].pid, arg);
		last = h->item[i].pid;
	}
}

void owners_find_in(pid_t pid, struct owner **own, size_t nr)
{
	struct holders h = { 0 };

	holders_of(&h, pid);
	holders_sort(&h);
	owners_fill(own, nr, &h);
	holders_free(&h);
}

/* Whether one of the cgroups in the text of /proc/PID/cgroup is called @what. */
static bool in_cgroup(char *text, const char *what)
{
	char *line, *path;

	while ((line = strsep(&text, "\n"))) {
		/* ID:CONTROLLERS:PATH; a path may hold colons. */
		path = strchr(line, ':');
		path = path ? strchr(path + 1, ':') : NULL;
		if (path && cgroup_is(path + 1, what))
			return true;
	}
	return false;
}

pid_t process_in(const char *what)
{
	DIR *proc = root_opendir("/proc");
	struct dirent *de;
	pid_t best = 0;
	char text[8192];
	int pid;

	if (!proc)
		return 0;
	while ((de = readdir(proc))) {
		pid = entry_number(de);
		if (pid > 0 && (!best || pid < best) &&
		    root_read(text, sizeof(text), "/proc/%d/cgroup", pid) > 0 &&
		    in_cgroup(text, what))
			best = pid;
	}
	closedir(proc);
	return best;
}

int process_start(pid_t pid, __u64 *start)
{
	char buf[1024], *word, *save = NULL;
	ssize_t n;
	int i;

	n = root_read(buf, sizeof(buf), "/proc/%d/stat", pid);
	if (n < 0)
		return (int)n;
	/* The command may hold blanks and parentheses: count from its end. */
	word = strrchr(buf, ')');
	if (!word)
		return -EINVAL;
	word = strtok_r(word + 1, " ", &save);
	for (i = 3; word && i < 22; i++)
		word = strtok_r(NULL, " ", &save);
	return word ? number_u64(word, start) : -EINVAL;
}
