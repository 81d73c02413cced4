// SPDX-License-Identifier: GPL-2.0
/*
 * table_recorded.c - what was recorded of listeners in trouble: tables/loss_curves, what
 * other backlogs would have refused, a row for each backlog; tables/refused_clients, what
 * became of whom the present one refused, a row for each listener; and
 * tables/refused_prefixes, where these came from, a row for each prefix of addresses.
 *
 * Tables and no files of each listener: most have nothing of this, and a file costs each.
 * Addresses are for root alone: nobody else is shown by the kernel who asked for a
 * connection and got none.
 * Context: process, in the read() of a file.
 * Does not: page (tables.c).
 */
#include "tables.h"

#include <linux/build_bug.h>
#include <linux/in6.h>
#include <linux/kernel.h>
#include <linux/rcupdate.h>
#include <linux/string.h>
#include <linux/xarray.h>

#include "judge/sample.h"
#include "observe/kept.h"
#include "observe/state.h"

static bool is_complete(const struct tcpa_kept_loss *kept, bool complete)
{
	return complete && !READ_ONCE(kept->l->unrecorded);
}

static char *put_point(const struct tcpa_kept_loss *kept, u32 i, char *at)
{
	const struct tcpa_curve_point *p = &kept->loss.point[i];

	if (i >= kept->loss.nr)
		return NULL;
	at = tcpa_put_number(at, is_complete(kept, kept->loss.complete));
	at = tcpa_put_number(at, kept->loss.need);
	at = tcpa_put_number(at, p->backlog);
	at = tcpa_put_number(at, p->lost);
	return tcpa_put_number(at, p->wait_ms);
}

static char *put_clients(const struct tcpa_kept_loss *kept, u32 i, char *at)
{
	const struct tcpa_hurt *h = &kept->hurt;

	at = tcpa_put_number(at, is_complete(kept, h->complete));
	at = tcpa_put_number(at, h->refusals);
	at = tcpa_put_number(at, tcpa_hurt_clients(h));
	at = tcpa_put_number(at, h->admitted);
	at = tcpa_put_number(at, h->from_ms);
	at = tcpa_put_number(at, h->to_ms);
	at = tcpa_put_number(at, h->gave_up);
	at = tcpa_put_number(at, h->pending);
	at = tcpa_put_number(at, h->one_in);
	return tcpa_put_number(at, tcpa_hurt_error(h));
}

static char *put_prefix(const struct tcpa_kept_loss *kept, u32 i, char *at)
{
	const struct tcpa_prefix_refusals *p = &kept->hurt.prefix[i];
	struct in6_addr v6 = {};

	if (i >= kept->hurt.prefixes)
		return NULL;
	memcpy(&v6, p->prefix, sizeof(p->prefix));
	at += p->prefix[0] == TCPA_PREFIX_IPV4 ? sprintf(at, "%pI4/24 ", &p->prefix[1]) :
						 sprintf(at, "%pI6c/64 ", &v6);
	at = tcpa_put_number(at, p->refusals);
	return tcpa_put_number(at, p->error);
}

/*
 * Row @nr of those that @put makes of what is kept of a listener, @each at most. That is
 * there as long as this RCU read side section, and so is its listener, which is freed later.
 */
static int put_row(struct tcpa_net *tn, u32 nr, u32 each, char *buf,
		   char *(*put)(const struct tcpa_kept_loss *kept, u32 i, char *at))
{
	unsigned long row = nr / each;
	const struct tcpa_kept_loss *kept;
	char *at = NULL;

	BUILD_BUG_ON(TCPA_NAME_MAX + 10 * 21 > TCPA_ROW);
	rcu_read_lock();
	kept = xa_find(&tn->curves, &row, U32_MAX, XA_PRESENT);
	if (kept && row == nr / each)
		at = put(kept, nr % each, tcpa_put_word(buf, kobject_name(&kept->l->kobj)));
	rcu_read_unlock();
	return !kept ? -ENOENT : at ? at - 1 - buf : 0;
}

static int curves_row(struct tcpa_net *tn, u32 nr, char *buf)
{
	return put_row(tn, nr, TCPA_CURVE_POINTS, buf, put_point);
}

static int clients_row(struct tcpa_net *tn, u32 nr, char *buf)
{
	return put_row(tn, nr, 1, buf, put_clients);
}

static int prefixes_row(struct tcpa_net *tn, u32 nr, char *buf)
{
	return put_row(tn, nr, TCPA_HURT_PREFIXES, buf, put_prefix);
}

const struct tcpa_table tcpa_table_curves = {
	.attr = {
		.attr = { .name = "loss_curves", .mode = 0444 },
		.read = tcpa_table_read,
	},
	.columns = "listener complete need backlog refused wait_ms",
	.row = curves_row,
};

const struct tcpa_table tcpa_table_refused_clients = {
	.attr = {
		.attr = { .name = "refused_clients", .mode = 0444 },
		.read = tcpa_table_read,
	},
	.columns = "listener complete refusals clients admitted from_ms to_ms gave_up pending one_in error",
	.row = clients_row,
};

const struct tcpa_table tcpa_table_refused_prefixes = {
	.attr = {
		.attr = { .name = "refused_prefixes", .mode = 0400 },
		.read = tcpa_table_read,
	},
	.columns = "listener prefix refusals error",
	.row = prefixes_row,
};
