/* SPDX-License-Identifier: GPL-2.0 */
/*
 * process.h - which process holds a socket, from /proc.
 */
#ifndef _TCPADVISOR_PROCESS_H
#define _TCPADVISOR_PROCESS_H

#include <linux/types.h>
#include <stddef.h>
#include <sys/types.h>

/* The process with the lowest PID among those that have the socket open. */
struct owner {
	__u64 inode;		/* in: of the socket */
	pid_t pid;		/* out: 0 if none was found */
	int fd;			/* its descriptor there */
	unsigned int others;	/* further processes that have it open */
	char program[32];	/* its comm, printable */
};

/*
 * Fill in @nr owners, whose inodes are not 0 and which come zeroed otherwise. One
 * pass over /proc, which serves further calls for a moment: with --all-netns they
 * come by the hundred. Needs CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH to see the
 * processes of others.
 */
void owners_find(struct owner **own, size_t nr);

/*
 * Call @each for each process that has socket @inode open, but for process 1, which
 * holds the sockets of others. As owners_find().
 */
void owners_each(__u64 inode, void (*each)(pid_t pid, void *arg), void *arg);

/* As owners_find(), but look at process @pid only. */
void owners_find_in(pid_t pid, struct owner **own, size_t nr);

/*
 * The process with the lowest PID in the cgroup that @what names (see cgroup_is());
 * 0 if there is none.
 */
pid_t process_in(const char *what);

/* Start time of @pid in clock ticks since boot. 0 or a negative errno. */
int process_start(pid_t pid, __u64 *start);

#endif /* _TCPADVISOR_PROCESS_H */
