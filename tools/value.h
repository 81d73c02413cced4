/* SPDX-License-Identifier: GPL-2.0 */
/*
 * value.h - the value of a sysctl: one to three unsigned numbers, compared as
 * numbers, whatever blanks the kernel puts between them.
 */
#ifndef _TCPADVISOR_VALUE_H
#define _TCPADVISOR_VALUE_H

#include <linux/types.h>
#include <stdbool.h>

#define VALUE_NUMBERS	3	/* most numbers a sysctl of ours has: tcp_rmem */
#define VALUE_TEXT	64	/* three 20-digit numbers, separators, NUL */

/* nr 0: no value, for a line that a file does not have. */
struct value {
	unsigned int nr;
	__u64 v[VALUE_NUMBERS];
};

/* A value of one number. */
struct value value_one(__u64 v);

bool value_equal(const struct value *a, const struct value *b);

/*
 * Numbers separated by @sep; a @sep of ' ' stands for any run of blanks and
 * tabs. 0, -EINVAL or -ERANGE.
 */
int value_parse(const char *s, char sep, struct value *v);

/* Write @v into @buf (VALUE_TEXT bytes), "-" if it has no number; returns @buf. */
char *value_text(const struct value *v, char sep, char *buf);

#endif /* _TCPADVISOR_VALUE_H */
