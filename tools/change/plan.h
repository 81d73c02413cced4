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
#include "plan_step.h"
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

/* True if --only and --except let a key or a listener's name through. */
bool wish_selects(const struct wish *w, const char *name);

/* True if @what, as of --only, names @l or its unit. */
bool wish_names(const char *what, const struct listener *l);

/*
 * Compare the advice with what is in force. @jf is the journal as far as it
 * could be read. Complains itself; negative errno, and then there is no plan. Needs
 * plan_free().
 */
int plan_make(struct plan *p, const struct wish *w, const struct netns *ns,
	      const struct recommend *r, const struct listeners *ls,
	      const struct journal_file *jf);

#endif /* _TCPADVISOR_PLAN_H */
