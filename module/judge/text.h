/* SPDX-License-Identifier: GPL-2.0 */
/*
 * text.h - a bounded buffer that only ever holds whole lines.
 *
 * Job: append, wrap comments, take back what did not fit.
 * Context: any; pure.
 * Does not: know what the text is about.
 */
#ifndef _TCPA_TEXT_H
#define _TCPA_TEXT_H

#include "env.h"

#define TCPA_TEXT_WIDTH	92	/* columns, but for a single longer word */

struct tcpa_text {
	char *buf;
	size_t room;		/* bytes that may be used, NUL included */
	size_t len;		/* bytes used, NUL not included */
	size_t column;		/* of the line that is being written */
	bool full;		/* something did not fit since the last mark */
};

void tcpa_text_init(struct tcpa_text *t, char *buf, size_t room);

/*
 * Write a part that stays on one line, for programs to read; of at most 191
 * characters.
 */
__printf(2, 3)
void tcpa_text_start(struct tcpa_text *t, const char *fmt, ...);

/*
 * Append to the comment that is being written, breaking it between words; a
 * continuation starts with '#' and three spaces. A call takes at most 191
 * characters.
 */
__printf(2, 3)
void tcpa_text_say(struct tcpa_text *t, const char *fmt, ...);

/* End the line. */
void tcpa_text_end(struct tcpa_text *t);

/* Append a whole line as it is, of at most 191 characters. */
__printf(2, 3)
void tcpa_text_line(struct tcpa_text *t, const char *fmt, ...);

/* A place to come back to, at the start of a line; forgets fullness. */
size_t tcpa_text_mark(struct tcpa_text *t);

/* Go back to @mark if anything has not fitted since; true if so. */
bool tcpa_text_undo_if_full(struct tcpa_text *t, size_t mark);

#endif /* _TCPA_TEXT_H */
