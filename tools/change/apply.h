/* SPDX-License-Identifier: GPL-2.0 */
/*
 * apply.h - doing what a plan says: journal first, one step after the other,
 * each read back.
 */
#ifndef _TCPADVISOR_APPLY_H
#define _TCPADVISOR_APPLY_H

#include "plan.h"

/* Parts of a plan. */
enum {
	APPLY_NOW = 1,		/* what is in force at once */
	APPLY_AT_BOOT = 2,	/* what is read at boot: all is in force that it says */
};

/*
 * Do all steps of @parts of @p that are STEP_PLANNED, and note the fate of each. 0 once
 * it has begun, however the steps went; a negative errno, after a complaint, if nothing
 * of @parts was changed, which is also so if a file of another part cannot be written.
 */
int apply_plan(struct plan *p, struct journal_file *jf, const struct netns *ns,
	       unsigned int parts);

/*
 * Of listeners that are closed and whose address @p has changed again, nothing is left
 * to undo: end their records, so that restarts do not fill the journal. @ls are all
 * listeners of @ns.
 */
void apply_end_closed(const struct plan *p, struct journal_file *jf, const struct netns *ns,
		      const struct listeners *ls);

/* EXIT_DONE, EXIT_FAILED or EXIT_PARTLY, from the fates. */
int apply_status(const struct plan *p);

#endif /* _TCPADVISOR_APPLY_H */
