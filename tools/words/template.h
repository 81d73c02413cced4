/* SPDX-License-Identifier: GPL-2.0 */
/*
 * template.h - a text with blanks, such as "listen {address} backlog={backlog};".
 */
#ifndef _TCPADVISOR_TEMPLATE_H
#define _TCPADVISOR_TEMPLATE_H

#include <stdbool.h>
#include <stddef.h>

struct blank {
	const char *name;	/* with its braces */
	const char *value;	/* NULL: not known */
};

/*
 * Fill in @pattern, cut to @size bytes with its NUL. @blanks end with a NULL name.
 * False if the value of one that @pattern has is not known. Pure.
 */
bool template_fill(char *out, size_t size, const char *pattern, const struct blank *blanks);

#endif /* _TCPADVISOR_TEMPLATE_H */
