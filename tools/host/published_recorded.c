// SPDX-License-Identifier: GPL-2.0
/*
 * published_recorded.c - what was recorded of listeners in trouble, from the tables
 * loss_curves, refused_clients and refused_prefixes. Reads only.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "published.h"
#include "published_recorded.h"
#include "published_table.h"
#include "util.h"
#include "words/number.h"

/* What a row says, as a word or NULL. */
static const char *cell(const struct table *t, const char *column)
{
	int i = table_column(t, column);

	return i >= 0 && (size_t)i < t->words ? t->word[i] : NULL;
}

static int number(const struct table *t, const char *column, __u64 *v)
{
	const char *word = cell(t, column);

	return word ? number_u64(word, v) : -EINVAL;
}

/*
 * Have @take look at each row of the table @name, or of the listener @of alone: 0, 1 to
 * be done, or an error, of which this complains. A table that is not there, or not for us,
 * is as if it were empty, but for the return of -ENOENT and -EACCES.
 */
static int each_row(const char *name, const char *of,
		    int (*take)(const struct table *t, void *arg), void *arg)
{
	const char *listener;
	struct table t;
	int ret = table_open(&t, name);

	if (ret == -ENOENT || ret == -EACCES)
		return ret;
	if (!ret) {
		while ((ret = table_next(&t)) > 0) {
			listener = cell(&t, "listener");
			if (!listener || (of && strcmp(listener, of)))
				ret = listener ? 0 : -EINVAL;
			else
				ret = take(&t, arg);
			if (ret)
				break;
		}
		table_close(&t);
	}
	if (ret < 0)
		sysfs_complain(ret, "tables", name);
	return ret < 0 ? ret : 0;
}

static int nothing_is_fine(int err)
{
	return err == -ENOENT || err == -EACCES ? 0 : err;
}

/* One backlog more. */
static int take_point(const struct table *t, void *arg)
{
	struct curve *c = arg;
	__u64 complete;

	/* It was recorded anew meanwhile, at another backlog. */
	if (c->nr == CURVE_POINTS)
		return 1;
	if (number(t, "complete", &complete) || number(t, "need", &c->need) ||
	    number(t, "backlog", &c->point[c->nr].backlog) ||
	    number(t, "refused", &c->point[c->nr].refused) ||
	    number(t, "wait_ms", &c->point[c->nr].wait_ms))
		return -EINVAL;
	c->complete = complete;
	c->nr++;
	return 0;
}

int curve_read(const char *name, struct curve *c)
{
	int err;

	memset(c, 0, sizeof(*c));
	err = nothing_is_fine(each_row("loss_curves", name, take_point, c));
	if (err)
		memset(c, 0, sizeof(*c));
	return err;
}

static int refused_row(const struct table *t, struct refused *r)
{
	const struct {
		const char *column;
		__u64 *v;
	} all[] = {
		{ "complete", &r->complete }, { "refusals", &r->refusals },
		{ "clients", &r->clients }, { "admitted", &r->admitted },
		{ "from_ms", &r->from_ms }, { "to_ms", &r->to_ms },
		{ "gave_up", &r->gave_up }, { "pending", &r->pending },
		{ "one_in", &r->one_in }, { "error", &r->error },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(all); i++)
		if (number(t, all[i].column, all[i].v))
			return -EINVAL;
	return 0;
}

struct each_refused {
	void (*fn)(const char *name, const struct refused *r, void *arg);
	void *arg;
};

static int take_refused(const struct table *t, void *arg)
{
	const struct each_refused *each = arg;
	struct refused r;
	int err = refused_row(t, &r);

	if (!err && r.refusals)
		each->fn(cell(t, "listener"), &r, each->arg);
	return err;
}

int refused_each(void (*fn)(const char *name, const struct refused *r, void *arg), void *arg)
{
	struct each_refused each = { fn, arg };

	return nothing_is_fine(each_row("refused_clients", NULL, take_refused, &each));
}

static void copy_refused(const char *name, const struct refused *r, void *arg)
{
	(void)name;
	*(struct refused *)arg = *r;
}

int refused_read(const char *name, struct refused *r)
{
	struct each_refused each = { .fn = copy_refused };

	memset(r, 0, sizeof(*r));
	each.arg = r;
	return nothing_is_fine(each_row("refused_clients", name, take_refused, &each));
}

static int take_prefix(const struct table *t, void *arg)
{
	struct refused_prefixes *p = arg;
	const char *prefix = cell(t, "prefix");

	if (p->nr == REFUSED_PREFIXES)
		return 1;
	if (!prefix || number(t, "refusals", &p->item[p->nr].refusals) ||
	    number(t, "error", &p->item[p->nr].error))
		return -EINVAL;
	snprintf(p->item[p->nr].text, PREFIX_TEXT, "%s", prefix);
	p->nr++;
	return 0;
}

int refused_prefixes_read(const char *name, struct refused_prefixes *p)
{
	int err;

	memset(p, 0, sizeof(*p));
	err = each_row("refused_prefixes", name, take_prefix, p);
	p->known = !err;
	if (err)
		p->nr = 0;
	return nothing_is_fine(err);
}
