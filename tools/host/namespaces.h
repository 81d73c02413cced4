/* SPDX-License-Identifier: GPL-2.0 */
/*
 * namespaces.h - the network namespaces a command works on: its own, a named one,
 * or every one of this host. In each, /sys is of that namespace too.
 */
#ifndef _TCPADVISOR_NAMESPACES_H
#define _TCPADVISOR_NAMESPACES_H

#include <linux/types.h>
#include <stdbool.h>

/* A network namespace, told apart from one that reuses its inode number. */
struct netns_id {
	__u64 inode;
	__u64 cookie;	/* SO_NETNS_COOKIE; 0 where the kernel has none */
};

struct netns {
	struct netns_id id;	/* inode 0 under a --sysroot that does not tell */
	char name[64];		/* as in /run/netns, fit to be shown; "pid N"; "": our own */
};

bool netns_same(const struct netns_id *a, const struct netns_id *b);

/* The namespace this process is in. */
struct netns_id netns_current(void);

/*
 * Whether this is the namespace that the host was booted with, the one that
 * sysctl.d files are for. 1, 0, or a negative errno if it cannot be told. A
 * container, which has an init and an /etc of its own, is not taken for the host.
 */
int netns_is_initial(void);

/*
 * Whether our /etc is that of the host's init. 1, 0, or a negative errno if it
 * cannot be told.
 */
int etc_is_hosts(void);

/*
 * Call @fn in each namespace asked for: @name of /run/netns or a PID, or with
 * @all every one, or else only our own. -ENOENT, after a complaint, if there
 * is no such namespace; another negative errno if it could not be entered;
 * otherwise what @fn returned, combined by exit_combine().
 */
int netns_each(const char *name, bool all, int (*fn)(const struct netns *ns, void *arg),
	       void *arg);

#endif /* _TCPADVISOR_NAMESPACES_H */
