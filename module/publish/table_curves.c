// SPDX-License-Identifier: GPL-2.0
/*
 * table_curves.c - tables/loss_curves, what other backlogs of listeners in trouble would
 * have refused: a row for each backlog.
 *
 * A table and no file of each listener: most have no curve, and a file costs each.
 * Context: process, in the read() of a file.
 * Does not: page (tables.c).
 */
#include "tables.h"

#include <linux/build_bug.h>
#include <linux/kernel.h>
#include <linux/rcupdate.h>
#include <linux/xarray.h>

#include "judge/sample.h"
#include "observe/kept.h"
#include "observe/state.h"

static int put_point(char *buf, const struct tcpa_kept_loss *kept, u32 i)
{
	const struct tcpa_curve_point *p = &kept->loss.point[i];
	char *at = tcpa_put_word(buf, kobject_name(&kept->l->kobj));

	at = tcpa_put_number(at, kept->loss.complete && !READ_ONCE(kept->l->unrecorded));
	at = tcpa_put_number(at, kept->loss.need);
	at = tcpa_put_number(at, p->backlog);
	at = tcpa_put_number(at, p->lost);
	at = tcpa_put_number(at, p->wait_ms);
	return at - 1 - buf;
}

/*
 * What is kept is there as long as this RCU read side section, and so is its listener,
 * which is freed later.
 */
static int curves_row(struct tcpa_net *tn, u32 nr, char *buf)
{
	u32 point = nr % TCPA_CURVE_POINTS;
	const struct tcpa_kept_loss *kept;
	unsigned long at = nr / TCPA_CURVE_POINTS;
	int len = 0;

	BUILD_BUG_ON(TCPA_NAME_MAX + 5 * 21 > TCPA_ROW);
	rcu_read_lock();
	kept = xa_find(&tn->curves, &at, U32_MAX, XA_PRESENT);
	if (!kept)
		len = -ENOENT;
	else if (at == nr / TCPA_CURVE_POINTS && point < kept->loss.nr)
		len = put_point(buf, kept, point);
	rcu_read_unlock();
	return len;
}

const struct tcpa_table tcpa_table_curves = {
	.attr = {
		.attr = { .name = "loss_curves", .mode = 0444 },
		.read = tcpa_table_read,
	},
	.columns = "listener complete need backlog refused wait_ms",
	.row = curves_row,
};
