/* SPDX-License-Identifier: GPL-2.0 */
/*
 * value.h - the value of a sysctl: one to three unsigned numbers, compared as
 * numbers, whatever blanks the kernel puts between them; or a list of ports.
 * Which of the two a text is, its key decides: see key_parse().
 */
#ifndef _TCPADVISOR_VALUE_H
#define _TCPADVISOR_VALUE_H

#include <linux/types.h>
#include <stdbool.h>

#include "portset.h"

#define VALUE_NUMBERS	3	/* most numbers a sysctl of ours has: tcp_rmem */
#define VALUE_PORTS	4	/* nr of a list of ports */
#define VALUE_TEXT	PORTSET_TEXT	/* the longest of all, with NUL */

struct value {
	unsigned int nr;	/* of numbers; or VALUE_PORTS; 0: no value, for a
				 * line that a file does not have
				 */
	__u64 v[VALUE_NUMBERS];
	char ports[PORTSET_TEXT];	/* if nr is VALUE_PORTS */
};

/* A value of one number. */
struct value value_one(__u64 v);

bool value_equal(const struct value *a, const struct value *b);

/*
 * Numbers separated by @sep; a @sep of ' ' stands for any run of blanks and
 * tabs. 0, -EINVAL or -ERANGE.
 */
int value_parse(const char *s, char sep, struct value *v);

/* A list of ports. Same errors. */
int value_parse_ports(const char *s, struct value *v);

/*
 * Write @v into @buf (VALUE_TEXT bytes) as it is parsed, with @sep between
 * numbers; "-" if there is no value. Returns @buf.
 */
char *value_text(const struct value *v, char sep, char *buf);

/* The same for people, who would not see an empty list: "-" for that too. */
char *value_shown(const struct value *v, char *buf);

#endif /* _TCPADVISOR_VALUE_H */
