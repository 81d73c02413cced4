// SPDX-License-Identifier: GPL-2.0
/*
 * published_closed.c - what the listeners of each address had counted when they were
 * closed. Reads only.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "published_closed.h"
#include "published_table.h"
#include "root.h"
#include "words/number.h"

struct columns {
	int address, listeners, aborted;
	int counter[COUNTERS];
};

static int find_columns(const struct table *t, struct columns *at)
{
	bool missing;
	size_t i;

	at->address = table_column(t, "address");
	at->listeners = table_column(t, "listeners");
	at->aborted = table_column(t, "aborted");
	missing = at->address < 0 || at->listeners < 0 || at->aborted < 0;
	for (i = 0; i < COUNTERS; i++) {
		at->counter[i] = table_column(t, counter_name((enum counter)i));
		missing |= at->counter[i] < 0;
	}
	return missing ? -ENOENT : 0;
}

/* 0, or -EINVAL: without all of it there are no sums. */
static int take_row(const struct table *t, const struct columns *at, struct closed *c)
{
	size_t i, len;
	int err;

	memset(c, 0, sizeof(*c));
	if (t->words < t->columns)
		return -EINVAL;
	len = strlen(t->word[at->address]);
	if (len >= sizeof(c->address))
		return -EINVAL;
	memcpy(c->address, t->word[at->address], len + 1);
	root_clean(c->address);
	err = number_u64(t->word[at->listeners], &c->listeners);
	if (!err)
		err = number_u64(t->word[at->aborted], &c->aborted);
	for (i = 0; !err && i < COUNTERS; i++)
		err = number_u64(t->word[at->counter[i]], &c->counters.v[i]);
	return err;
}

static int append(struct closeds *cs, const struct closed *c)
{
	struct closed *item;

	/* Grow by doubling: the number below is 0 at each power of two. */
	if (!(cs->nr & (cs->nr - 1))) {
		item = reallocarray(cs->item, cs->nr ? 2 * cs->nr : 1, sizeof(*item));
		if (!item)
			return -ENOMEM;
		cs->item = item;
	}
	cs->item[cs->nr++] = *c;
	return 0;
}

static int by_address(const void *a, const void *b)
{
	const struct closed *x = a, *y = b;

	return strcmp(x->address, y->address);
}

static int read_rows(struct closeds *cs, struct table *t)
{
	struct columns at;
	struct closed c;
	int ret = find_columns(t, &at);

	while (!ret) {
		ret = table_next(t);
		if (ret <= 0)
			break;
		ret = take_row(t, &at, &c);
		/* What is together in one row is of no address. */
		if (!ret && strcmp(c.address, "other"))
			ret = append(cs, &c);
	}
	return ret;
}

int closeds_read(struct closeds *cs)
{
	struct table t;
	int err;

	memset(cs, 0, sizeof(*cs));
	err = table_open(&t, "closed");
	if (err)
		return err;
	cs->changes = t.changes;
	cs->evicted = t.evicted;
	err = read_rows(cs, &t);
	table_close(&t);
	if (err)
		closeds_free(cs);
	else if (cs->nr)
		qsort(cs->item, cs->nr, sizeof(*cs->item), by_address);
	return err;
}

const struct closed *closed_find(const struct closeds *cs, const char *address)
{
	struct closed key = { .listeners = 0 };

	if (!cs->nr || strlen(address) >= sizeof(key.address))
		return NULL;
	memcpy(key.address, address, strlen(address) + 1);
	return bsearch(&key, cs->item, cs->nr, sizeof(key), by_address);
}

bool closed_settled(const struct closeds *before, const struct closeds *after,
		    const char *address)
{
	const struct closed *a = closed_find(before, address), *b = closed_find(after, address);

	/* A listener leaves its table before its numbers are here: see the ABI. */
	if (after->changes & 1)
		return false;
	return !a && !b ? true : a && b && !memcmp(a, b, sizeof(*a));
}

void closeds_free(struct closeds *cs)
{
	free(cs->item);
	memset(cs, 0, sizeof(*cs));
}
