/* SPDX-License-Identifier: GPL-2.0 */
/*
 * audit.h - who changed what, when, from what to what: in a file that stays after
 * undo, /var/lib/tcpadvisor/history, and in the system's log.
 */
#ifndef _TCPADVISOR_AUDIT_H
#define _TCPADVISOR_AUDIT_H

#include "journal.h"

#define AUDIT_TEXT	(SUBJECT_MAX + 2 * VALUE_TEXT + 200)

/*
 * @verb (apply, trial, ...) made @c be @to where it was @from. In the file of the open
 * directory @dir at once, if that is not -1; in the log with audit_flush(), because
 * whoever reads that may be stuck, and must not hold up what is left to do.
 */
void audit_change(int dir, const char *verb, const struct change *c, const struct value *from,
		  const struct value *to);

/* The same about what is no change, such as how a trial ended. */
void audit_note(int dir, const char *verb, const char *text);

void audit_flush(void);

/* What audit_change() says, in @text (AUDIT_TEXT bytes). Pure. */
void audit_text(char *text, const char *verb, const struct change *c, const struct value *from,
		const struct value *to);

#endif /* _TCPADVISOR_AUDIT_H */
