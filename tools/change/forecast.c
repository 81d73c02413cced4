// SPDX-License-Identifier: GPL-2.0
/*
 * forecast.c - what the loss curve of a listener predicted, beside what came when its
 * backlog had been changed. A prediction that nobody compares is worth little.
 * Does not: judge the change, which trial.c does by what was lost.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit.h"
#include "forecast.h"
#include "host/published.h"
#include "host/published_recorded.h"
#include "host/published_listeners.h"
#include "words/complain.h"
#include "words/output.h"

static const struct listener *find(const struct listeners *ls, const char *name)
{
	size_t i;

	for (i = 0; i < ls->nr; i++)
		if (!strcmp(ls->item[i].name, name))
			return &ls->item[i];
	return NULL;
}

/* What the curve says of the listener of @f; a curve that missed somebody says nothing. */
static int predict(struct forecast *f, const struct change *c)
{
	struct curve curve;
	int err = curve_read(c->name, &curve);

	if (err)
		return err;
	snprintf(f->name, sizeof(f->name), "%s", c->name);
	f->backlog = c->to.v[0];
	/* A queue holds one more than the backlog that would do for it. */
	f->predicted = curve.nr && curve.complete ? curve.need + 1 : 0;
	return 0;
}

int forecasts_make(struct forecasts *f, const struct plan *p)
{
	struct listeners ls;
	int err = 0;
	size_t i;

	f->nr = 0;
	f->item = calloc(p->nr ? p->nr : 1, sizeof(*f->item));
	if (!f->item) {
		complain("no memory for what is predicted");
		return -ENOMEM;
	}
	for (i = 0; i < p->nr && !err; i++) {
		const struct step *s = &p->item[i];

		if (s->fate == STEP_PLANNED && s->change.kind == CHANGE_BACKLOG)
			err = predict(&f->item[f->nr++], &s->change);
	}
	if (!err && f->nr)
		err = listeners_read(&ls);
	if (err) {
		forecasts_free(f);
		return err;
	}
	for (i = 0; i < f->nr; i++) {
		const struct listener *l = find(&ls, f->item[i].name);

		f->item[i].refused = l ? counters_refused(&l->counters) : 0;
	}
	if (f->nr)
		listeners_free(&ls);
	return 0;
}

int forecasts_meet(struct forecasts *f)
{
	struct listeners ls;
	size_t i;
	int err;

	if (!f->nr)
		return 0;
	err = listeners_read(&ls);
	if (err)
		return err;
	for (i = 0; i < f->nr; i++) {
		struct forecast *one = &f->item[i];
		const struct listener *l = find(&ls, one->name);

		one->came_known = l;
		if (!l)
			continue;
		one->came = l->accept_queue_peak;
		one->refused = counters_refused(&l->counters) - one->refused;
	}
	listeners_free(&ls);
	return 0;
}

/* A cell of the number @v, or null and "-" where it is not known. */
static void cell_known(const char *key, bool known, __u64 v)
{
	if (known) {
		cell_uint(key, v);
		return;
	}
	field_null(key);
	cell_text("-");
}

void forecasts_show(const struct forecasts *f)
{
	static const struct column columns[] = {
		{ .head = "LISTENER" },
		{ .head = "BACKLOG", .right = true },
		{ .head = "DEEPEST PREDICTED", .right = true },
		{ .head = "CAME", .right = true },
		{ .head = "REFUSED", .right = true },
	};
	size_t i;

	if (!f->nr)
		return;
	table_begin("predictions", columns, 5);
	for (i = 0; i < f->nr; i++) {
		const struct forecast *one = &f->item[i];

		table_row();
		cell_str("listener", one->name);
		cell_uint("backlog", one->backlog);
		cell_known("predicted", one->predicted, one->predicted);
		cell_known("came", one->came_known, one->came);
		cell_known("refused", one->came_known, one->refused);
		table_row_end();
	}
	table_end();
}

void forecasts_note(const struct forecasts *f, int dir)
{
	size_t i;

	for (i = 0; i < f->nr; i++) {
		const struct forecast *one = &f->item[i];
		char predicted[24] = "an unknown number", text[AUDIT_TEXT];

		if (!one->came_known)
			continue;
		if (one->predicted)
			snprintf(predicted, sizeof(predicted), "%llu", one->predicted);
		snprintf(text, sizeof(text),
			 "%s at backlog %llu: %s predicted to wait at most, %llu came, %llu refused",
			 one->name, one->backlog, predicted, one->came, one->refused);
		audit_note(dir, "trial", text);
	}
}

void forecasts_free(struct forecasts *f)
{
	free(f->item);
	f->item = NULL;
	f->nr = 0;
}
