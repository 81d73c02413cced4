/* SPDX-License-Identifier: GPL-2.0 */
/*
 * target.h - the thing that a change changes, whichever kind it is: look at
 * its value, set it, read it back.
 */
#ifndef _TCPADVISOR_TARGET_H
#define _TCPADVISOR_TARGET_H

#include <linux/types.h>

#include "journal.h"
#include "host/process.h"
#include "persist.h"

struct target {
	const struct change *change;
	struct value now;	/* what is in force */
	int sock;		/* a backlog's socket, else -1 */
};

/*
 * Look at what @c changes. @owner is who holds the socket of a CHANGE_BACKLOG
 * now, and @netns its namespace (0: not to be checked). Complains itself;
 * negative errno: -ENXIO if it is gone, a silent -ESRCH without an owner.
 * Needs target_close() after success.
 */
int target_open(struct target *t, const struct change *c, const struct owner *owner,
		__u64 netns);

/*
 * Set it to @v and read back into t->now, on failure too. @why goes into a
 * persisted file.
 * Complains itself; negative errno, -EILSEQ if something else is in force.
 */
int target_set(struct target *t, const struct value *v, const struct reason *why);

void target_close(struct target *t);

/* What rollback has to do about a change, seeing the value in force. */
enum undo {
	UNDO_RESTORE,	/* as the change left it */
	UNDO_NOTHING,	/* never changed, or set back already */
	UNDO_LEAVE,	/* somebody else has changed it since */
};

enum undo undo_decide(const struct change *c, const struct value *now);

#endif /* _TCPADVISOR_TARGET_H */
