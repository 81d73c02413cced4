// SPDX-License-Identifier: GPL-2.0
/*
 * table_cells.c - tables/cells and tables/mibs, for research: of which parts, one for
 * each CPU, a counter of a listener and a residual are the sums.
 *
 * A CPU that has counted nothing for a listener is a blank row, so that the file of a
 * machine with many of both is long, but has as many rows as there is something to say.
 * Some gigabytes are not for anybody to have looked for: root alone may read tables/cells.
 * A refusal is in a CPU's row once, be it in its cells or in its open snapshot
 * (attribution.c); otherwise the numbers of a row are read one after the other. What has
 * been counted in `first`, before a listener had cells on each CPU or while it has no
 * memory or no room for them (cells.c), is of no CPU: a row of its own, `shared`.
 * Context: process, in the read() of a file.
 * Does not: page (tables.c) or add up (attribution.c).
 */
#include "tables.h"

#include <linux/build_bug.h>
#include <linux/cpumask.h>
#include <linux/kernel.h>
#include <linux/percpu.h>
#include <linux/rcupdate.h>
#include <linux/string.h>
#include <linux/xarray.h>

#include "judge/sample.h"
#include "observe/attribution.h"
#include "observe/state.h"

/* The places of a listener: that of no CPU, then one for each CPU that can be. */
#define SHARED		0
#define FIRST_CPU	1

/* Rows of what listens are behind those of what stands in. */
static const struct stand_in {
	const char *name;
	size_t offset;
} stand_ins[] = {
	{ "untracked", offsetof(struct tcpa_net, untracked) },
	{ "bpf", offsetof(struct tcpa_net, programs) },
};

/* A name, `shared` or a CPU, three numbers of 32 bits, the rest of 64. */
#define CELLS_MAX	(TCPA_NAME_MAX + 11 + 2 * 11 + TCPA_COUNTERS * 21)
#define MIBS_MAX	(11 + 2 * TCPA_MIBS * 21)

static u32 rows_each(void)
{
	return FIRST_CPU + nr_cpu_ids;
}

static char *put_place(char *at, u32 place)
{
	return place == SHARED ? tcpa_put_word(at, "shared") :
				 tcpa_put_number(at, place - FIRST_CPU);
}

static bool is_there(u32 place)
{
	return place == SHARED || cpu_possible(place - FIRST_CPU);
}

/* Read what @l has in @place, and return its cells there, if there are any. */
static const struct tcpa_cells *read_cells(const struct tcpa_listener *l, u32 place, u64 *sum)
{
	const struct tcpa_cells __percpu *cells;
	unsigned long v[TCPA_COUNTERS];
	unsigned int i;

	if (place == SHARED) {
		for (i = 0; i < TCPA_COUNTERS; i++)
			sum[i] = READ_ONCE(l->first.v[i]);
		return &l->first;
	}
	tcpa_attribution_sum_on(l, place - FIRST_CPU, v);
	for (i = 0; i < TCPA_COUNTERS; i++)
		sum[i] = v[i];
	cells = READ_ONCE(l->cells);
	return cells ? per_cpu_ptr(cells, place - FIRST_CPU) : NULL;
}

static int put_cells(char *buf, const char *name, const struct tcpa_listener *l, u32 place)
{
	const struct tcpa_cells *cells;
	u64 sum[TCPA_COUNTERS];
	char *at;

	if (!is_there(place))
		return 0;
	cells = read_cells(l, place, sum);
	if (!memchr_inv(sum, 0, sizeof(sum)))
		return 0;
	at = tcpa_put_word(buf, name);
	at = put_place(at, place);
	at = tcpa_put_number(at, cells ? READ_ONCE(cells->accept_peak) : 0);
	at = tcpa_put_number(at, cells ? READ_ONCE(cells->syn_peak) : 0);
	at = tcpa_put_counters(at, sum);
	at = tcpa_put_number(at, sum[TCPA_QUEUED]);
	return at - 1 - buf;
}

static int cells_row(struct tcpa_net *tn, u32 nr, char *buf)
{
	unsigned long row = nr / rows_each(), at;
	u32 place = nr % rows_each();
	const struct tcpa_listener *l;
	int len = 0;

	BUILD_BUG_ON(CELLS_MAX > TCPA_ROW);
	BUILD_BUG_ON(TCPA_COUNTERS != 12);	/* that many columns have a name */
	if (row < ARRAY_SIZE(stand_ins))
		return put_cells(buf, stand_ins[row].name,
				 (void *)tn + stand_ins[row].offset, place);
	row -= ARRAY_SIZE(stand_ins);
	at = row;
	rcu_read_lock();
	l = xa_find(&tn->rows, &at, U32_MAX, XA_PRESENT);
	if (!l)
		len = -ENOENT;
	else if (at == row)
		len = put_cells(buf, kobject_name(&l->kobj), l, place);
	rcu_read_unlock();
	return len;
}

const struct tcpa_table tcpa_table_cells = {
	.attr = {
		.attr = { .name = "cells", .mode = 0400 },
		.read = tcpa_table_read,
	},
	.columns = "listener cpu accept_queue_peak syn_queue_peak " TCPA_COUNTER_COLUMNS
		   " syns_queued",
	.row = cells_row,
};

/* What was attributed in no CPU's cells was counted on one all the same. */
static int mibs_row(struct tcpa_net *tn, u32 nr, char *buf)
{
	struct tcpa_mibs counted = {}, own;
	unsigned int i;
	char *at;

	BUILD_BUG_ON(MIBS_MAX > TCPA_ROW);
	BUILD_BUG_ON(TCPA_MIBS != 5);		/* as many as MIB_COLUMNS names */
	if (nr >= rows_each())
		return -ENOENT;
	if (!is_there(nr))
		return 0;
	if (nr == SHARED)
		for (i = 0; i < TCPA_MIBS; i++)
			own.v[i] = READ_ONCE(tn->attributed_first.v[i]);
	else
		tcpa_attribution_mibs_on(tn, nr - FIRST_CPU, &counted, &own);
	at = put_place(buf, nr);
	for (i = 0; i < TCPA_MIBS; i++) {
		at = tcpa_put_number(at, counted.v[i]);
		at = tcpa_put_number(at, own.v[i]);
	}
	return at - 1 - buf;
}

/* In the order of enum tcpa_mib. */
#define MIB_COLUMNS \
	"ListenOverflows attributed_ListenOverflows ListenDrops attributed_ListenDrops TCPReqQFullDrop attributed_TCPReqQFullDrop TCPReqQFullDoCookies attributed_TCPReqQFullDoCookies SyncookiesSent attributed_SyncookiesSent"

const struct tcpa_table tcpa_table_mibs = {
	.attr = {
		.attr = { .name = "mibs", .mode = 0444 },
		.read = tcpa_table_read,
	},
	.columns = "cpu " MIB_COLUMNS,
	.row = mibs_row,
};
