/* SPDX-License-Identifier: GPL-2.0 */
/*
 * complain.h - what went wrong, on standard error and for the JSON document.
 */
#ifndef _TCPADVISOR_COMPLAIN_H
#define _TCPADVISOR_COMPLAIN_H

#include <stddef.h>

/* Like warnx(3), but fit for a terminal whatever is in it, and remembered. */
void complain(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* The @i-th since the last complaints_forget(), or NULL. */
const char *complaint_at(size_t i);

void complaints_forget(void);

#endif /* _TCPADVISOR_COMPLAIN_H */
