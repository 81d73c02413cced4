/* SPDX-License-Identifier: GPL-2.0 */
/*
 * tcp_inodes.h - which TCP sockets this network namespace has, whoever has them
 * open.
 */
#ifndef _TCPADVISOR_TCP_INODES_H
#define _TCPADVISOR_TCP_INODES_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

struct tcp_inodes {
	__u64 *item;	/* ascending */
	size_t nr;
};

/*
 * Read them all, in one pass over /proc/net/tcp and tcp6; a file that is not
 * there counts as empty. Silent; negative errno, and then there are none. Needs
 * tcp_inodes_free().
 */
int tcp_inodes_read(struct tcp_inodes *t);

/* Only those that listen, which come first there. The same. */
int tcp_inodes_listening(struct tcp_inodes *t);

bool tcp_inodes_have(const struct tcp_inodes *t, __u64 inode);

void tcp_inodes_free(struct tcp_inodes *t);

#endif /* _TCPADVISOR_TCP_INODES_H */
