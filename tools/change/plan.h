/* SPDX-License-Identifier: GPL-2.0 */
/*
 * plan.h - what apply would do in one namespace, and why, before any of it is
 * done.
 */
#ifndef _TCPADVISOR_PLAN_H
#define _TCPADVISOR_PLAN_H

#include <stdbool.h>
#include <stddef.h>

#include "journal_file.h"
#include "host/published_listeners.h"
#include "host/namespaces.h"
#include "host/published_advice.h"

#define SELECT_MAX	32	/* --only and --except, each */

/* What the user asked for. */
struct wish {
	bool live;		/* change running listeners too */
	bool persist;		/* write our sysctl.d file too */
	bool allow_lower;
	__u64 at_least;		/* a backlog for running listeners, advised or not; 0: none */
	const char *only[SELECT_MAX];	/* keys, listeners, units */
	size_t nr_only;
	const char *except[SELECT_MAX];
	size_t nr_except;
};

enum fate {
	STEP_PLANNED,
	STEP_DONE,
	STEP_FAILED,		/* not done, although it was to be */
	STEP_LEFT,		/* not done, by rule; note says which */
};

#define STEP_NOTE	160
#define STEP_ALONE	((size_t)-1)

struct step {
	struct change change;
	struct owner owner;	/* of a listener's socket */
	char *why;		/* the evidence, as one paragraph */
	struct value was;	/* CHANGE_PERSIST: in force before; nr 0: not known */
	size_t needs;		/* index of a step that must be done first */
	enum fate fate;
	char note[STEP_NOTE];	/* what went wrong, or why it was left */
};

struct plan {
	struct step *item;	/* in the order in which they are to be done */
	size_t nr;
};

/* True if --only and --except let a key or a listener's name through. */
bool wish_selects(const struct wish *w, const char *name);

/* True if @what, as of --only, names @l or its unit. */
bool wish_names(const char *what, const struct listener *l);

/*
 * Compare the advice with what is in force. @jf is the journal as far as it
 * could be read. Complains itself; negative errno, and then there is no plan.
 */
int plan_make(struct plan *p, const struct wish *w, const struct netns *ns,
	      const struct recommend *r, const struct listeners *ls,
	      const struct journal_file *jf);

void plan_free(struct plan *p);

/* Number of steps that came to @f. */
size_t plan_count(const struct plan *p, enum fate f);

/* "planned", "done", "failed", "left". */
const char *fate_name(enum fate f);

#endif /* _TCPADVISOR_PLAN_H */
