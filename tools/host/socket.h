/* SPDX-License-Identifier: GPL-2.0 */
/*
 * socket.h - a listening socket of another process: take a duplicate of it,
 * make sure that it is the right one, and listen(2) on it again.
 *
 * Functions complain themselves, naming the listener, and return a negative
 * errno. They need Linux 5.6, and CAP_SYS_PTRACE for processes of others.
 */
#ifndef _TCPADVISOR_SOCKET_H
#define _TCPADVISOR_SOCKET_H

#include <linux/types.h>
#include <sys/types.h>

/* What makes a socket this socket and no other. */
struct socket_id {
	const char *name;	/* ADDR:PORT@COOKIE, for messages */
	__u64 inode;
	__u64 cookie;
	__u64 netns;		/* inode of its namespace, 0 if not to be checked */
};

/*
 * A duplicate of descriptor @fd of process @pid, after checking that it is a
 * listening TCP socket with that inode, cookie and namespace. -ENXIO: no such
 * listener exists any more.
 */
int socket_take(const struct socket_id *id, pid_t pid, int fd);

/* The backlog in force (sk_max_ack_backlog). */
int socket_backlog(const char *name, int sock, __u64 *backlog);

/* listen(2) with @backlog, which the kernel caps at net.core.somaxconn. */
int socket_relisten(const char *name, int sock, __u64 backlog);

#endif /* _TCPADVISOR_SOCKET_H */
