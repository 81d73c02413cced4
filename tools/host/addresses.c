// SPDX-License-Identifier: GPL-2.0
/*
 * addresses.c - listeners by address and port.
 * Reads nothing.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "addresses.h"
#include "cgroup.h"

static __u64 larger(__u64 a, __u64 b)
{
	return a > b ? a : b;
}

/* The first of its address. */
static void address_start(struct address *a, __u64 netns, const struct listener *l)
{
	memset(a, 0, sizeof(*a));
	a->netns = netns;
	memcpy(a->address, l->address, sizeof(a->address));
	a->backlog = l->backlog;
	memcpy(a->verdict, l->verdict, sizeof(a->verdict));
	snprintf(a->program, sizeof(a->program), "%s", l->owner.pid ? l->owner.program : "");
	cgroup_unit(l->cgroup, a->unit);
	cgroup_pod(l->cgroup, a->pod);
	cgroup_container(l->cgroup, a->container);
}

static void address_take(struct address *a, const struct listener *l)
{
	a->sockets++;
	counters_add(&a->counters, &l->counters);
	if (l->backlog < a->backlog)
		a->backlog = l->backlog;
	/* As unsigned numbers, negative ones are the largest. */
	if (l->requested_known)
		a->requested = (__s64)larger((__u64)a->requested, (__u64)l->requested);
	a->requested_known |= l->requested_known;
	a->accept_queue = larger(a->accept_queue, l->accept_queue);
	a->accept_queue_peak = larger(a->accept_queue_peak, l->accept_queue_peak);
	a->syn_queue = larger(a->syn_queue, l->syn_queue);
	a->syn_queue_peak = larger(a->syn_queue_peak, l->syn_queue_peak);
	a->recommended = larger(a->recommended, l->recommended);
	if (!strcmp(a->verdict, "ok"))
		memcpy(a->verdict, l->verdict, sizeof(a->verdict));
}

static int by_address(const void *a, const void *b)
{
	const struct listener *const *x = a, *const *y = b;
	int order = strcmp((*x)->address, (*y)->address);

	/* Those that are worse come first in the list that the pointers go to. */
	return order ? order : *x < *y ? -1 : *x > *y;
}

int addresses_add(struct addresses *as, __u64 netns, const struct listeners *ls)
{
	const struct listener **sorted = calloc(ls->nr + 1, sizeof(*sorted));
	struct address *item = reallocarray(as->item, as->nr + ls->nr + 1, sizeof(*item));
	struct address *last = NULL;
	size_t i, nr = 0;

	if (item)
		as->item = item;
	if (!item || !sorted) {
		free(sorted);
		return -ENOMEM;
	}
	for (i = 0; i < ls->nr; i++)
		if (!ls->item[i].unread)
			sorted[nr++] = &ls->item[i];
	qsort(sorted, nr, sizeof(*sorted), by_address);
	for (i = 0; i < nr; i++) {
		if (!last || strcmp(last->address, sorted[i]->address)) {
			last = &as->item[as->nr++];
			address_start(last, netns, sorted[i]);
		}
		address_take(last, sorted[i]);
	}
	free(sorted);
	return 0;
}

static int find_by_address(const void *key, const void *item)
{
	return strcmp(key, ((const struct address *)item)->address);
}

/* Those of a namespace were added together, and by address. */
static struct address *first_of(const struct addresses *as, __u64 netns, size_t *nr)
{
	size_t i = 0;

	while (i < as->nr && as->item[i].netns != netns)
		i++;
	*nr = as->nr - i;
	return as->item + i;
}

static int add_gone(struct addresses *as, __u64 netns, const struct closed *c)
{
	struct address *item = reallocarray(as->item, as->nr + 1, sizeof(*item));

	if (!item)
		return -ENOMEM;
	as->item = item;
	item += as->nr++;
	memset(item, 0, sizeof(*item));
	item->netns = netns;
	memcpy(item->address, c->address, sizeof(item->address));
	snprintf(item->verdict, sizeof(item->verdict), "ok");
	item->total = c->counters;
	item->total_known = true;
	return 0;
}

int addresses_add_closed(struct addresses *as, __u64 netns, const struct closeds *before,
			 const struct closeds *after)
{
	struct address *item;
	const struct closed *c;
	size_t i, nr;

	as->totals = true;
	item = first_of(as, netns, &nr);
	for (i = 0; i < nr; i++) {
		item[i].total_known = closed_settled(before, after, item[i].address);
		item[i].total = item[i].counters;
		c = closed_find(after, item[i].address);
		if (c)
			counters_add(&item[i].total, &c->counters);
	}
	for (c = after->item; c < after->item + after->nr; c++) {
		/* What is added here goes behind, and may move all. */
		item = first_of(as, netns, &i);
		if (closed_settled(before, after, c->address) &&
		    !bsearch(c->address, item, nr, sizeof(*item), find_by_address) &&
		    add_gone(as, netns, c))
			return -ENOMEM;
	}
	return 0;
}

/* All that it ever refused, as far as that is known. */
static __u64 refused(const struct address *a)
{
	return counters_refused(a->total_known ? &a->total : &a->counters);
}

static int worst_first(const void *a, const void *b)
{
	const struct address *x = a, *y = b;
	__u64 rx = refused(x), ry = refused(y);
	bool bad = strcmp(x->verdict, "ok"), y_bad = strcmp(y->verdict, "ok");

	if (bad != y_bad)
		return bad ? -1 : 1;
	if (rx != ry)
		return rx < ry ? 1 : -1;
	if (x->netns != y->netns)
		return x->netns < y->netns ? -1 : 1;
	return strcmp(x->address, y->address);
}

static int by_netns(const void *a, const void *b)
{
	const struct address *x = a, *y = b;

	return x->netns < y->netns ? -1 : x->netns > y->netns;
}

void addresses_sort(struct addresses *as, size_t most)
{
	if (as->nr)
		qsort(as->item, as->nr, sizeof(*as->item), worst_first);
	if (as->nr > most)
		qsort(as->item + most, as->nr - most, sizeof(*as->item), by_netns);
}

void addresses_free(struct addresses *as)
{
	free(as->item);
	memset(as, 0, sizeof(*as));
}
