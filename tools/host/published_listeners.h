/* SPDX-License-Identifier: GPL-2.0 */
/*
 * published_listeners.h - the listening sockets of this namespace, as the module
 * publishes them below listeners/, and who owns them.
 */
#ifndef _TCPADVISOR_PUBLISHED_LISTENERS_H
#define _TCPADVISOR_PUBLISHED_LISTENERS_H

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
	char *cgroup;			/* "-": none; "?": cannot be read */
	const char *unread;		/* a file that cannot be read: then all below is 0 */
	bool refused;		/* for being of another namespace than the reader */
	__u64 backlog;		/* effective */
	bool requested_known;
	__s64 requested;		/* of listen(2), before somaxconn; negative: all
					 * there is
					 */
	__u64 accept_queue, accept_queue_peak;
	__u64 syn_queue, syn_queue_peak;
	struct counters counters;
	char verdict[VERDICT_MAX];
	__u64 recommended;		/* 0: leave the backlog */
	struct owner owner;		/* pid 0: not found */
};

struct listeners {
	struct listener *item;		/* see listener_in_trouble(); most refusals first */
	size_t nr;
	size_t unread;			/* how many are not here, or not whole */
};

/* Split ADDR:PORT@COOKIE. 0 or -EINVAL; the buffers have SUBJECT_MAX bytes. */
int listener_name_parse(const char *name, char *address, __u64 *cookie);

/*
 * Read all listeners; one that goes away meanwhile is left out. One that cannot be
 * read is complained of, counted, and does not hide the others. Complains itself;
 * negative errno. Needs listeners_free() after success.
 */
int listeners_read(struct listeners *ls);

/*
 * Add what all listeners have counted to @sum, without reading anything else of
 * them. The same.
 */
int listeners_sum(struct counters *sum);

/* Find the process behind each. Silent: what cannot be found has pid 0. */
void listeners_own(struct listeners *ls);

/*
 * Whether it refused or dropped anybody, or has a verdict other than "ok". These
 * come first.
 */
bool listener_in_trouble(const struct listener *l);

/* Forget all for which @keep is not true. */
void listeners_keep(struct listeners *ls, bool (*keep)(const struct listener *l, const void *arg),
		    const void *arg);

void listeners_free(struct listeners *ls);

/*
 * True if the listener called @name (ADDR:PORT@COOKIE) is what @subject
 * names: the same, its ADDR:PORT, or :PORT for any address.
 */
bool listener_named(const char *name, const char *subject);

#endif /* _TCPADVISOR_PUBLISHED_LISTENERS_H */
