/* SPDX-License-Identifier: GPL-2.0 */
/*
 * known_listener.h - what is known of one listening socket, or of many. All here is pure.
 */
#ifndef _TCPADVISOR_KNOWN_LISTENER_H
#define _TCPADVISOR_KNOWN_LISTENER_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#include "process.h"
#include "published.h"

#define BACKLOG_MAX	65535	/* what advice and listen(2) through us stop at */

struct listener {
	char name[SUBJECT_MAX];		/* ADDR:PORT@COOKIE, the directory */
	char address[SUBJECT_MAX];	/* ADDR:PORT */
	__u64 cookie;
	__u64 inode;			/* 0: none */
	__u64 cgroup_id;		/* from the table only */
	char *cgroup;			/* "-": none; "?": cannot be read */
	const char *unread;		/* a file that cannot be read: then all below is 0 */
	bool refused;		/* for being of another namespace than the reader */
	__u64 backlog;		/* effective */
	bool requested_known;
	__s64 requested;		/* of listen(2), before somaxconn; negative: all
					 * there is
					 */
	__u64 accept_queue, accept_queue_peak;
	bool wait_known;		/* from the table only */
	__u64 accept_wait_ms, accept_wait_peak_ms;
	__u64 syn_queue, syn_queue_peak;
	struct counters counters;
	bool causes_known;		/* from the table only */
	__u64 other_child, other_icmp;	/* of the other drops */
	char verdict[VERDICT_MAX];
	__u64 recommended;		/* 0: leave the backlog */
	bool histograms;		/* are taken; from the table only */
	struct owner owner;		/* pid 0: not found */
};

struct listeners {
	struct listener *item;		/* see listener_in_trouble(); most refusals first */
	size_t nr;
	size_t unread;			/* how many are not here, or not whole */
	bool tabled;			/* they come from the module's table, */
	__u64 changes;			/* whose head said this */
};

/* Split ADDR:PORT@COOKIE. 0 or -EINVAL; the buffers have SUBJECT_MAX bytes. */
int listener_name_parse(const char *name, char *address, __u64 *cookie);

/* Take what backlog_requested says. 0, -EINVAL or -ERANGE. */
int listener_requested_parse(const char *text, struct listener *l);

/* @l cannot be read, for what its @file says: what is known of it is its name. */
void listener_unread(struct listener *l, const char *file);

/*
 * Whether it refused or dropped anybody, or has a verdict other than "ok". These
 * come first.
 */
bool listener_in_trouble(const struct listener *l);

#endif /* _TCPADVISOR_KNOWN_LISTENER_H */
