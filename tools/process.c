// SPDX-License-Identifier: GPL-2.0
/*
 * process.c - which process holds a socket. Walks /proc/PID/fd once for all
 * sockets asked for. What it may not look into it passes over: the caller
 * shows a socket without a process as just that.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "number.h"
#include "process.h"
#include "root.h"
#include "util.h"

static int by_inode(const void *a, const void *b)
{
	const struct owner *const *x = a, *const *y = b;

	return ((*x)->inode > (*y)->inode) - ((*x)->inode < (*y)->inode);
}

static int inode_cmp(const void *key, const void *item)
{
	const __u64 *inode = key;
	const struct owner *const *own = item;

	return (*inode > (*own)->inode) - (*inode < (*own)->inode);
}

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

static void owner_seen(struct owner *own, pid_t pid, int fd)
{
	if (own->last == pid)
		return;
	if (own->pid)
		own->others++;
	own->last = pid;
	if (!own->pid || pid < own->pid) {
		own->pid = pid;
		own->fd = fd;
	}
}

/* Match the socket that descriptor @name of @pid points to, if it is one. */
static void fd_match(int dir, const char *name, pid_t pid, struct owner **own, size_t nr)
{
	struct owner **hit;
	char link[64];
	__u64 inode;
	ssize_t n;
	char *end;

	n = readlinkat(dir, name, link, sizeof(link) - 1);
	if (n < 0)
		return;
	link[n] = '\0';
	end = strchr(link, ']');
	if (strncmp(link, "socket:[", 8) || !end)
		return;
	*end = '\0';
	if (number_u64(link + 8, &inode))
		return;
	hit = bsearch(&inode, own, nr, sizeof(*own), inode_cmp);
	if (!hit)
		return;
	/* Several entries may ask for one inode: go through all of them. */
	while (hit > own && hit[-1]->inode == inode)
		hit--;
	for (; hit < own + nr && (*hit)->inode == inode; hit++)
		owner_seen(*hit, pid, atoi(name));
}

static void process_match(pid_t pid, struct owner **own, size_t nr)
{
	DIR *dir = root_opendir("/proc/%d/fd", pid);
	struct dirent *de;

	if (!dir)
		return;
	while ((de = readdir(dir)))
		if (entry_number(de) >= 0)
			fd_match(dirfd(dir), de->d_name, pid, own, nr);
	closedir(dir);
}

static void programs_read(struct owner **own, size_t nr)
{
	size_t i;

	/* Sockets of one process tend to be neighbours: read its name once. */
	for (i = 0; i < nr; i++) {
		if (i && own[i]->pid && own[i]->pid == own[i - 1]->pid)
			memcpy(own[i]->program, own[i - 1]->program, sizeof(own[i]->program));
		else if (own[i]->pid)
			program_read(own[i]);
	}
}

void owners_find(struct owner **own, size_t nr)
{
	DIR *proc = root_opendir("/proc");
	struct dirent *de;
	int pid;

	if (!proc)
		return;
	qsort(own, nr, sizeof(*own), by_inode);
	while ((de = readdir(proc))) {
		pid = entry_number(de);
		if (pid > 0)
			process_match(pid, own, nr);
	}
	closedir(proc);
	programs_read(own, nr);
}

void owners_find_in(pid_t pid, struct owner **own, size_t nr)
{
	qsort(own, nr, sizeof(*own), by_inode);
	process_match(pid, own, nr);
	programs_read(own, nr);
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
