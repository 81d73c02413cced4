/* SPDX-License-Identifier: GPL-2.0 */
/*
 * complain.h - what went wrong, on standard error and for the JSON document.
 */
#ifndef _TCPADVISOR_COMPLAIN_H
#define _TCPADVISOR_COMPLAIN_H

#include <stdbool.h>
#include <stddef.h>

/* Like warnx(3), but fit for a terminal whatever is in it, and remembered. */
void complain(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* From now on only remember; and say what was remembered since. */
void complaints_hold(void);
void complaints_release(void);

/*
 * What goes on, on standard error if that takes it at once: a terminal that was
 * stopped, or a reader that is stuck, must not hold up a change on probation.
 */
void notice(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* What every line of the next function begins with from now on; cut to a few words. */
void notice_line_prefix(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* The same as a line that the next one replaces; on a terminal only. */
void notice_line(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Whether anybody would see one. */
bool notice_line_seen(void);

/* Take it away, if there is one: there will be no next one, or text in its place. */
void notice_line_end(void);

/* The @i-th since the last complaints_forget(), or NULL. */
const char *complaint_at(size_t i);

void complaints_forget(void);

#endif /* _TCPADVISOR_COMPLAIN_H */
