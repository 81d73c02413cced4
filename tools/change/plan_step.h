/* SPDX-License-Identifier: GPL-2.0 */
/*
 * plan_step.h - steps of a plan, and how plan.c and plan_ports.c make them.
 */
#ifndef _TCPADVISOR_PLAN_STEP_H
#define _TCPADVISOR_PLAN_STEP_H

#include <stdbool.h>
#include <stddef.h>

#include "journal_file.h"
#include "host/namespaces.h"
#include "host/published_advice.h"
#include "host/published_listeners.h"

struct wish;

enum fate {
	STEP_PLANNED,
	STEP_DONE,
	STEP_FAILED,		/* not done, although it was to be */
	STEP_LEFT,		/* not done, by rule; note says which */
};

#define STEP_NOTE	160
#define STEP_ALONE	((size_t)-1)

/* Why a step is left that would add to reserved ports. */
#define STEP_LONG_LIST	"would be a list of more than 1024 characters: write it as ranges first"

struct step {
	struct change change;
	struct owner owner;	/* of a listener's socket */
	char *why;		/* the evidence, as one paragraph */
	struct value was;	/* CHANGE_PERSIST: in force before; nr 0: not known */
	size_t needs;		/* index of a step that must be done first, or STEP_ALONE */
	size_t needs_too;	/* another one */
	enum fate fate;
	char note[STEP_NOTE];	/* what went wrong, or why it was left */
};

struct plan {
	struct step *item;	/* in the order in which they are to be done */
	size_t nr;
};

void plan_free(struct plan *p);

/* Number of steps that came to @f. */
size_t plan_count(const struct plan *p, enum fate f);

/* Whether it is about what is read at boot, and changes nothing now. */
bool step_at_boot(const struct step *s);

/* Whether a step is planned that changes something now. */
bool plan_acts(const struct plan *p);

/* "planned", "done", "failed", "left". */
const char *fate_name(enum fate f);

/* What plan_make() works with. */
struct planner {
	struct plan *p;
	const struct wish *w;
	const struct netns *ns;
	const struct recommend *r;
	const struct listeners *ls;
	const struct journal_file *jf;
};

/*
 * A new last step, which moves all others: pointers to them are no good after that. NULL
 * if there is no memory.
 */
struct step *step_new(struct planner *pl, enum change_kind kind, const char *name,
		      const char *why);

/* It comes to @f already, and why. */
void step_leave(struct step *s, enum fate f, const char *note);

/* The first one on that, or STEP_ALONE. */
size_t step_find(const struct plan *p, enum change_kind kind, const char *name);

/*
 * The value of a sysctl that is in force; complains if there is none, negative errno. Says
 * nothing of reserved ports that are too many to be read: -EFBIG.
 */
int step_current(const char *key, struct value *v);

#endif /* _TCPADVISOR_PLAN_STEP_H */
