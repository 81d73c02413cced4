// SPDX-License-Identifier: GPL-2.0
/*
 * plan_step.c - steps of a plan: made, found, left out. Does not know what they are for.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plan_step.h"
#include "host/sysctl.h"
#include "words/complain.h"

static const char *const fate_names[] = {
	[STEP_PLANNED] = "planned",
	[STEP_DONE] = "done",
	[STEP_FAILED] = "failed",
	[STEP_LEFT] = "left",
};

const char *fate_name(enum fate f)
{
	return fate_names[f];
}

size_t plan_count(const struct plan *p, enum fate f)
{
	size_t i, nr = 0;

	for (i = 0; i < p->nr; i++)
		nr += p->item[i].fate == f;
	return nr;
}

bool step_at_boot(const struct step *s)
{
	return s->change.kind == CHANGE_PERSIST;
}

bool plan_acts(const struct plan *p)
{
	size_t i;

	for (i = 0; i < p->nr; i++)
		if (p->item[i].fate == STEP_PLANNED && !step_at_boot(&p->item[i]))
			return true;
	return false;
}

void plan_free(struct plan *p)
{
	size_t i;

	for (i = 0; i < p->nr; i++)
		free(p->item[i].why);
	free(p->item);
	memset(p, 0, sizeof(*p));
}

struct step *step_new(struct planner *pl, enum change_kind kind, const char *name,
		      const char *why)
{
	struct step *s;

	s = reallocarray(pl->p->item, pl->p->nr + 1, sizeof(*s));
	if (!s)
		return NULL;
	pl->p->item = s;
	s += pl->p->nr;
	memset(s, 0, sizeof(*s));
	s->why = strdup(why);
	if (!s->why)
		return NULL;
	pl->p->nr++;
	s->change.kind = kind;
	s->change.netns = pl->ns->id;
	s->needs = STEP_ALONE;
	s->needs_too = STEP_ALONE;
	snprintf(s->change.name, sizeof(s->change.name), "%s", name);
	return s;
}

void step_leave(struct step *s, enum fate f, const char *note)
{
	s->fate = f;
	snprintf(s->note, sizeof(s->note), "%s", note);
}

size_t step_find(const struct plan *p, enum change_kind kind, const char *name)
{
	size_t i;

	for (i = 0; i < p->nr; i++)
		if (p->item[i].change.kind == kind && !strcmp(p->item[i].change.name, name))
			return i;
	return STEP_ALONE;
}

int step_current(const char *key, struct value *v)
{
	int err = sysctl_read(key, v);
	struct path p;

	if (err && (err != -EFBIG || strcmp(key, KEY_RESERVED_PORTS)))
		complain("%s: %s; nothing was changed", sysctl_path(&p, key),
			 err == -ENOENT ? "does not exist, but the module advises a value for it" :
			 strerror(-err));
	return err;
}
