/* SPDX-License-Identifier: GPL-2.0 */
/*
 * published_ports.h - what the module publishes of a namespace's local ports, read below
 * /sys/kernel/tcpadvisor/ports: how many connect(2)s found none, and the
 * destinations that use most of them.
 */
#ifndef _TCPADVISOR_PUBLISHED_PORTS_H
#define _TCPADVISOR_PUBLISHED_PORTS_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "published_advice.h"
#include "published.h"

#define PORTS_SOURCE	46	/* an IPv6 address and NUL */
#define PORTS_PEER	54	/* "[address]:port" and NUL */
#define PORTS_PROGRAM	32	/* a task's name and NUL, with room to spare */

/* Whom connections go to, and from which address. Ports are as last counted. */
struct destination {
	char source[PORTS_SOURCE];
	char peer[PORTS_PEER];
	__u64 used;		/* ports, those in TIME_WAIT included */
	__u64 timewait;		/* of these */
	__u64 free;		/* that connect(2) could still choose */
	bool shrinks;		/* the free ones get fewer, */
	__u64 forecast_s;	/* and are gone in so many seconds */
	__u64 failures;		/* connect(2)s that found no port */
	bool bound;		/* the last of these had chosen its source */
	pid_t pid;		/* whose that was; 0: nobody's yet */
	char program[PORTS_PROGRAM];
};

struct ports {
	__u64 failures;		/* towards all destinations, also forgotten ones */
	__u64 evicted;		/* destinations that gave way to heavier ones */
	__u64 usable;		/* ports that connect(2) chooses from */
	__u64 pinned;		/* of these, taken by bind(2) before connect(2) */
	char verdict[VERDICT_MAX];	/* "" if the module gives none */
	struct destination *item;	/* heaviest first, as published */
	size_t nr;
};

/*
 * Read all but the destinations. -ENOENT, silently, if the module is older than
 * ports/; else complains itself; negative errno.
 */
int ports_read(struct ports *p);

/* Read those. Complains itself; negative errno. Needs ports_free() on success. */
int ports_read_destinations(struct ports *p);

void ports_free(struct ports *p);

/*
 * Parse @len bytes of the file `destinations` into p->item, p->nr. 0; -EINVAL
 * with @fault filled in; -ENOMEM. On error there are none. Pure.
 */
int destinations_parse(const char *text, size_t len, struct ports *p, struct fault *fault);

#endif /* _TCPADVISOR_PUBLISHED_PORTS_H */
