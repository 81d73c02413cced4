/* SPDX-License-Identifier: GPL-2.0 */
/*
 * holder.h - the file whose lock lets one process at a time make changes, and what it
 * says of the one that has it. Taking the lock is journal_file.c's.
 */
#ifndef _TCPADVISOR_HOLDER_H
#define _TCPADVISOR_HOLDER_H

#define JOURNAL_DIR	"/var/lib/tcpadvisor"
#define HOLDER_FILE	"lock"	/* in the journal's directory */

/* Say in the open file @lock (-1: there is none) what we do from now on. */
void holder_write(int lock, const char *what);

/* Complain that another process has it, with all that the file says. */
void holder_complain(int lock);

/*
 * If another process makes a trial, have it end and undo that, and wait until it has.
 * 0, also if there was no trial; or a negative errno, after a complaint, if there is
 * still one. The lock is free, or soon will be, but is not taken.
 */
int holder_end_trial(void);

#endif /* _TCPADVISOR_HOLDER_H */
