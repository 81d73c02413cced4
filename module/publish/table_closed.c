// SPDX-License-Identifier: GPL-2.0
/*
 * table_closed.c - tables/closed, what the listeners of an address had counted when
 * they were closed, a row each.
 *
 * Context: process, in the read() of a file.
 * Does not: page (tables.c), nor add up with the listeners that are there: who does finds
 * in the table's head whether one was closed meanwhile.
 */
#include "tables.h"

#include <linux/kernel.h>
#include <linux/rcupdate.h>
#include <linux/xarray.h>

#include "observe/past.h"
#include "observe/state.h"

static int put_sum(char *buf, const char *address, const struct tcpa_past_sum *sum)
{
	char *at = tcpa_put_word(buf, address);
	u64 v[TCPA_COUNTERS];
	unsigned int i;

	for (i = 0; i < TCPA_COUNTERS; i++)
		v[i] = READ_ONCE(sum->v[i]);
	at = tcpa_put_number(at, READ_ONCE(sum->listeners));
	at = tcpa_put_number(at, READ_ONCE(sum->aborted));
	at = tcpa_put_counters(at, v);
	return at - 1 - buf;
}

/* The first is `other`. */
static int closed_row(struct tcpa_net *tn, u32 nr, char *buf)
{
	const struct tcpa_past *past;
	unsigned long at = nr - 1;
	int len = 0;

	BUILD_BUG_ON(TCPA_PAST_NAME + (2 + TCPA_COUNTERS) * 21 > TCPA_ROW);
	if (!nr)
		return put_sum(buf, "other", &tn->pasts.other);
	rcu_read_lock();
	past = xa_find(&tn->pasts.rows, &at, U32_MAX, XA_PRESENT);
	if (!past)
		len = -ENOENT;
	else if (at == nr - 1)
		len = put_sum(buf, past->address, &past->sum);
	rcu_read_unlock();
	return len;
}

static int closed_head(const struct tcpa_net *tn, char *buf, size_t size)
{
	return scnprintf(buf, size, " evicted=%llu", READ_ONCE(tn->pasts.evicted));
}

const struct tcpa_table tcpa_table_closed = {
	.attr = {
		.attr = { .name = "closed", .mode = 0444 },
		.read = tcpa_table_read,
	},
	.columns = "address listeners aborted " TCPA_COUNTER_COLUMNS,
	.head = closed_head,
	.row = closed_row,
};
