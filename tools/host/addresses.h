/* SPDX-License-Identifier: GPL-2.0 */
/*
 * addresses.h - listeners that share an address and port (SO_REUSEPORT), taken
 * together: what outlives the restart of one of them.
 */
#ifndef _TCPADVISOR_ADDRESSES_H
#define _TCPADVISOR_ADDRESSES_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#include "cgroup.h"
#include "published_closed.h"
#include "published_listeners.h"

/* Several sockets of one address; of depths and limits the worst of them. */
struct address {
	__u64 netns;
	char address[SUBJECT_MAX];		/* ADDR:PORT */
	size_t sockets;
	struct counters counters;		/* the sum over those open now */
	struct counters total;			/* the same with those that were closed */
	bool total_known;
	__u64 backlog;				/* the smallest, */
	__s64 requested;			/* the largest; negative: all there is */
	bool requested_known;
	__u64 accept_queue, accept_queue_peak;
	__u64 syn_queue, syn_queue_peak;
	__u64 recommended;			/* 0: none */
	char verdict[VERDICT_MAX];		/* of the first that is not well */
	char program[32];			/* "" if not found */
	char unit[CGROUP_LABEL], pod[CGROUP_LABEL], container[CGROUP_LABEL];
};

struct addresses {
	struct address *item;
	size_t nr;
	bool totals;	/* the module keeps them */
};

/* Add the readable ones of @ls, of namespace @netns. 0 or -ENOMEM. Pure. */
int addresses_add(struct addresses *as, __u64 netns, const struct listeners *ls);

/*
 * Give the addresses of namespace @netns their totals, and add those that have no
 * listener now. @before and @after were read before and after these; an address of
 * which a listener was closed meanwhile has none. 0 or -ENOMEM. Pure.
 */
int addresses_add_closed(struct addresses *as, __u64 netns, const struct closeds *before,
			 const struct closeds *after);

/*
 * The @most worst first: those with a verdict other than "ok", then by refusals. The
 * others follow by namespace. Pure.
 */
void addresses_sort(struct addresses *as, size_t most);

void addresses_free(struct addresses *as);

#endif /* _TCPADVISOR_ADDRESSES_H */
