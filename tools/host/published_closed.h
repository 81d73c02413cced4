/* SPDX-License-Identifier: GPL-2.0 */
/*
 * published_closed.h - what the listeners of each address had counted when they were
 * closed, as the module publishes it in tables/closed.
 *
 * Silent; errors are negative errno values.
 */
#ifndef _TCPADVISOR_PUBLISHED_CLOSED_H
#define _TCPADVISOR_PUBLISHED_CLOSED_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#include "published.h"

struct closed {
	char address[SUBJECT_MAX];	/* ADDR:PORT */
	__u64 listeners, aborted;
	struct counters counters;
};

struct closeds {
	struct closed *item;	/* by address */
	size_t nr;
	__u64 evicted;		/* addresses that had to give way */
	__u64 changes;		/* odd while a listener is being closed */
};

/* -ENOENT if the module is older than that. Needs closeds_free() after success. */
int closeds_read(struct closeds *c);

/* That of @address, or NULL. Pure. */
const struct closed *closed_find(const struct closeds *c, const char *address);

/*
 * Whether no listener of @address was closed from @before to @after, so that those read
 * meanwhile are all that is to be added. Pure.
 */
bool closed_settled(const struct closeds *before, const struct closeds *after,
		    const char *address);

void closeds_free(struct closeds *c);

#endif /* _TCPADVISOR_PUBLISHED_CLOSED_H */
