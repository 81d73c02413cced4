/* SPDX-License-Identifier: GPL-2.0 */
/*
 * journal_file.h - the journal on disk: one at a time, in order, synced
 * before what it announces. /var/lib/tcpadvisor/journal, for root alone.
 *
 * Functions complain themselves and return a negative errno.
 */
#ifndef _TCPADVISOR_JOURNAL_FILE_H
#define _TCPADVISOR_JOURNAL_FILE_H

#include <linux/types.h>
#include <stdbool.h>

#include "holder.h"	/* JOURNAL_DIR */
#include "journal.h"

struct journal_file {
	struct journal j;	/* as on disk, kept up to date by each append */
	char boot[BOOT_ID];	/* this boot */
	int dir;		/* -1: there is no journal and none wanted */
	int lock;		/* -1: none, or the directory is locked */
	bool frozen;		/* cannot be written: good enough to undo by */
	int fd;			/* -1: not created yet */
	const char *verb;	/* what is being done, for the audit */
};

enum journal_mode {
	JOURNAL_PEEK,	/* look at what is there; without a lock, quietly */
	JOURNAL_UNDO,	/* for rollback; none there is as good as an empty one */
	JOURNAL_CHANGE,	/* for apply: create it; refuse if it is damaged */
};

/*
 * Lock, read and check the journal; cut off what a crash left half-written.
 * What an earlier boot took with it is marked CHANGE_ENDED. Needs
 * journal_close() after success.
 */
int journal_open(struct journal_file *jf, enum journal_mode mode);

/* Tell whoever waits for the lock what is being done from now on. */
void journal_says(const struct journal_file *jf, const char *what);

/*
 * Give each of @nr changes an id, this boot and the time, and put their
 * `begin` records on disk. Only then may any of them be made.
 */
int journal_announce(struct journal_file *jf, struct change **changes, size_t nr);

/* Record that a change was made, or that it has nothing left to undo. */
int journal_mark_done(struct journal_file *jf, __u64 id);
int journal_mark_end(struct journal_file *jf, __u64 id, const char *result);

/* Remove it already if there is nothing left to undo: who is killed now leaves none. */
void journal_settle(struct journal_file *jf);

/* Sync, tidy up (an empty journal is removed), unlock. */
void journal_close(struct journal_file *jf);

#endif /* _TCPADVISOR_JOURNAL_FILE_H */
