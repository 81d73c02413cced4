/* SPDX-License-Identifier: GPL-2.0 */
/*
 * grammar.h - what any text of `recommend` must be, after
 * Documentation/ABI/testing/sysfs-kernel-tcpadvisor.
 *
 * Job: check a text line by line; independent of the code that wrote it.
 * Does not: know what should be in it.
 */
#ifndef _GRAMMAR_H
#define _GRAMMAR_H

#include <stddef.h>

/*
 * NULL if @text (@len bytes and a NUL) is well formed, else what is wrong, in
 * a static buffer.
 */
const char *grammar_error(const char *text, size_t len);

/* How many lines of @text start with @start. */
unsigned int grammar_count(const char *text, const char *start);

#endif /* _GRAMMAR_H */
