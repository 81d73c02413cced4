/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rollback.h - undoing what the journal says was changed.
 */
#ifndef _TCPADVISOR_ROLLBACK_H
#define _TCPADVISOR_ROLLBACK_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#include "journal_file.h"
#include "host/namespaces.h"
#include "plan.h"

enum undo_result {
	UNDONE,			/* set back to what it was */
	UNDO_NEEDLESS,		/* is as it was already */
	UNDO_GONE,		/* the listener is closed: nothing to set back */
	UNDO_FOREIGN,		/* somebody else has changed it since: left alone */
	UNDO_FAILED,
	UNDO_PLANNED,		/* would be set back; a dry run */
};

struct undo_step {
	struct change change;
	struct value now;	/* in force before rollback touched it */
	enum undo_result result;
	bool kept;		/* in force, and left so for what needs it */
	char note[STEP_NOTE];
	struct undo_step *newer, *older;	/* of the same thing, or NULL */
};

struct undo_list {
	struct undo_step *item;
	size_t nr;
	size_t elsewhere;	/* open changes of other namespaces */
	size_t unknown;		/* of kinds that a newer version has */
};

struct undo_wish {
	const struct wish *select;	/* --only, --except */
	bool dry_run;
	bool forget;		/* end what somebody else has changed */
	__u64 since;		/* only ids above this one; 0: all */
};

/*
 * Undo the open changes of @ns: the lines in our sysctl.d file, then the rest, the newest
 * first. 0, or a negative errno if it could not begin. Needs undo_list_free() after success.
 */
int rollback_changes(struct journal_file *jf, const struct netns *ns, const struct undo_wish *w,
		     struct undo_list *list);

void undo_list_free(struct undo_list *list);

/* EXIT_DONE, EXIT_FAILED or EXIT_PARTLY, from the results. */
int rollback_status(const struct undo_list *list);

/* By a dry run: what was changed is in force, be it for something else. */
static inline bool undo_in_force(const struct undo_step *s)
{
	return s->result == UNDO_PLANNED || s->kept;
}

/* "restored", "unchanged", "gone", "left", "failed", "planned". */
const char *undo_result_name(enum undo_result r);

#endif /* _TCPADVISOR_ROLLBACK_H */
