// SPDX-License-Identifier: GPL-2.0
/*
 * template.c - a text with blanks.
 */
#include <stdio.h>
#include <string.h>

#include "template.h"

static const struct blank *blank_at(const char *s, const struct blank *blanks)
{
	for (; blanks->name; blanks++)
		if (!strncmp(s, blanks->name, strlen(blanks->name)))
			return blanks;
	return NULL;
}

bool template_fill(char *out, size_t size, const char *pattern, const struct blank *blanks)
{
	const struct blank *b;
	size_t len = 0;

	for (; *pattern && len + 1 < size; pattern += b ? strlen(b->name) : 1) {
		b = blank_at(pattern, blanks);
		if (b && !b->value)
			return false;
		if (b)
			len += (size_t)snprintf(out + len, size - len, "%s", b->value);
		else
			out[len++] = *pattern;
	}
	out[len < size ? len : size - 1] = '\0';
	return true;
}
