// SPDX-License-Identifier: GPL-2.0
/*
 * closed_test.c - totals by address: an address has one only if none of its listeners
 * was closed while they were read.
 */
#include <stdint.h>
#include <string.h>

#include "host/addresses.h"
#include "tap.h"

static struct closed row(const char *address, __u64 syns)
{
	struct closed c = { .listeners = 1 };

	snprintf(c.address, sizeof(c.address), "%s", address);
	c.counters.v[COUNT_SYNS] = syns;
	return c;
}

static struct listener live(const char *address, __u64 syns)
{
	struct listener l = { .cgroup = (char *)(uintptr_t)"-", .verdict = "ok" };

	snprintf(l.address, sizeof(l.address), "%s", address);
	l.counters.v[COUNT_SYNS] = syns;
	return l;
}

static const struct address *find(const struct addresses *as, const char *address)
{
	size_t i;

	for (i = 0; i < as->nr; i++)
		if (!strcmp(as->item[i].address, address))
			return &as->item[i];
	return NULL;
}

int main(void)
{
	struct closed early[] = { row("1.1.1.1:1", 5), row("1.1.1.1:2", 5) };
	struct closed late[] = { row("1.1.1.1:1", 5), row("1.1.1.1:2", 6), row("1.1.1.1:3", 7) };
	struct closeds before = { .item = early, .nr = 2, .changes = 2 };
	struct closeds after = { .item = late, .nr = 3, .changes = 6 };
	struct listener at[] = { live("1.1.1.1:1", 10), live("1.1.1.1:1", 20),
				 live("1.1.1.1:2", 1), live("1.1.1.1:4", 3) };
	struct listeners ls = { .item = at, .nr = 4 };
	struct addresses as = { 0 };

	OK(closed_settled(&before, &after, "1.1.1.1:1"));
	OK(!closed_settled(&before, &after, "1.1.1.1:2"));
	OK(!closed_settled(&before, &after, "1.1.1.1:3"));
	OK(closed_settled(&before, &after, "1.1.1.1:4"));
	after.changes = 7;
	OK(!closed_settled(&before, &after, "1.1.1.1:1"));
	after.changes = 6;

	OK(!addresses_add(&as, 1, &ls) && !addresses_add_closed(&as, 1, &before, &after));
	OK(as.nr == 3);
	OK(find(&as, "1.1.1.1:1")->total_known &&
	   find(&as, "1.1.1.1:1")->total.v[COUNT_SYNS] == 35);
	OK(!find(&as, "1.1.1.1:2")->total_known);
	OK(find(&as, "1.1.1.1:4")->total.v[COUNT_SYNS] == 3);
	OK(!addresses_add(&as, 2, &ls) && !addresses_add_closed(&as, 2, &after, &after));
	OK(as.nr == 7 && as.item[6].netns == 2 && as.item[6].total.v[COUNT_SYNS] == 7);
	addresses_free(&as);
	return tap_done();
}
