// SPDX-License-Identifier: GPL-2.0
/*
 * published_curve.c - what other backlogs of a listener would have refused, from the
 * table loss_curves. Reads only.
 */
#include <errno.h>
#include <string.h>

#include "published.h"
#include "published_curve.h"
#include "published_table.h"
#include "util.h"
#include "words/number.h"

/* Those of numbers, in the order in which take_row() has them. */
static const char *const columns[] = {
	"complete", "need", "backlog", "refused", "wait_ms",
};

struct places {
	int listener;
	int of[ARRAY_SIZE(columns)];
};

static int find_columns(const struct table *t, struct places *at)
{
	bool missing;
	size_t i;

	at->listener = table_column(t, "listener");
	missing = at->listener < 0;
	for (i = 0; i < ARRAY_SIZE(columns); i++) {
		at->of[i] = table_column(t, columns[i]);
		missing |= at->of[i] < 0;
	}
	return missing ? -ENOENT : 0;
}

/* One backlog more of @c. 0, or -EINVAL: without all of it there is no curve. */
static int take_row(const struct table *t, const struct places *at, struct curve *c)
{
	__u64 complete;
	__u64 *const v[] = {
		&complete, &c->need, &c->point[c->nr].backlog,
		&c->point[c->nr].refused, &c->point[c->nr].wait_ms,
	};
	size_t i;
	int err;

	for (i = 0; i < ARRAY_SIZE(v); i++) {
		err = number_u64(t->word[at->of[i]], v[i]);
		if (err)
			return err;
	}
	c->complete = complete;
	c->nr++;
	return 0;
}

static int read_rows(struct table *t, const char *name, struct curve *c)
{
	struct places at;
	int ret = find_columns(t, &at);

	while (!ret) {
		ret = table_next(t);
		if (ret <= 0)
			break;
		ret = t->words < t->columns ? -EINVAL : 0;
		if (ret || strcmp(t->word[at.listener], name))
			continue;
		/* It was recorded anew meanwhile, at another backlog. */
		if (c->nr == CURVE_POINTS)
			break;
		ret = take_row(t, &at, c);
	}
	return ret;
}

int curve_read(const char *name, struct curve *c)
{
	struct table t;
	int err;

	memset(c, 0, sizeof(*c));
	err = table_open(&t, "loss_curves");
	if (err == -ENOENT)
		return 0;
	if (!err) {
		err = read_rows(&t, name, c);
		table_close(&t);
	}
	if (!err)
		return 0;
	memset(c, 0, sizeof(*c));
	sysfs_complain(err, "tables", "loss_curves");
	return err;
}
