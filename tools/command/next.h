/* SPDX-License-Identifier: GPL-2.0 */
/*
 * next.h - what to type next: the end of every screen that has a verdict. In JSON an
 * array "next".
 */
#ifndef _TCPADVISOR_NEXT_H
#define _TCPADVISOR_NEXT_H

#include <stdbool.h>

#include "change/plan.h"
#include "change/rollback.h"
#include "host/namespaces.h"
#include "host/published_advice.h"
#include "host/published_listeners.h"

/* What a screen has shown; what it did not look at is NULL. */
struct shown {
	const struct netns *ns;
	const struct listeners *listeners;
	const struct recommend *recommend;
	const char *timewait, *ports;	/* verdicts; "" is as good as none */
};

/* For one listener, with what belongs into its program's configuration. */
void next_listener(const struct listener *l, const struct shown *s);

/* For all of them, a line per verdict, and for the namespace. */
void next_all(const struct shown *s);

/*
 * After apply, of listeners that it did not look at, as without --live: @dry_run says
 * that it has changed nothing. What makes a change last, tells whether it does, undoes it.
 */
void next_applied(const struct plan *p, const struct shown *s, bool live, bool dry_run);

/* After verify: what makes those last that are in force, and undoes them. */
void next_verified(const struct undo_list *list, const struct netns *ns);

#endif /* _TCPADVISOR_NEXT_H */
