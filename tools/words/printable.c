// SPDX-License-Identifier: GPL-2.0
/*
 * printable.c - names that somebody else chose: of files, namespaces, cgroups. They
 * may hold any byte but NUL and the slash, escape sequences among them.
 */
#include <stdbool.h>
#include <string.h>

#include "printable.h"
#include "util.h"

/* Code points above ASCII that turn text round, hide it, or control a terminal. */
static const struct {
	unsigned int first, last;
} unfit[] = {
	{ 0x0080, 0x009f },	/* C1 controls */
	{ 0x200b, 0x200f }, { 0x2028, 0x202e }, { 0x2060, 0x206f }, { 0xfeff, 0xfeff },
	{ 0xd800, 0xdfff },	/* halves of UTF-16 */
};

static bool is_unfit(unsigned int c)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(unfit); i++)
		if (c >= unfit[i].first && c <= unfit[i].last)
			return true;
	return c < ' ' || c == 0x7f;
}

/* Bytes of the character at @s that may be shown; 0 if it may not. */
static size_t character(const char *s)
{
	static const unsigned int least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *u = (const unsigned char *)s;
	size_t len = u[0] < 0x80 ? 1 : u[0] >> 5 == 6 ? 2 : u[0] >> 4 == 14 ? 3 :
		     u[0] >> 3 == 30 ? 4 : 0;
	unsigned int c;
	size_t i;

	if (!len)
		return 0;
	c = len == 1 ? u[0] : u[0] & (0x7fu >> len);
	for (i = 1; i < len; i++) {
		if (u[i] >> 6 != 2)
			return 0;
		c = c << 6 | (u[i] & 0x3f);
	}
	return c < least[len] || c > 0x10ffff || is_unfit(c) ? 0 : len;
}

void printable(char *s)
{
	size_t len;

	while (*s) {
		len = character(s);
		if (!len)
			*s = '?';
		s += len ? len : 1;
	}
}

bool is_printable(const char *s)
{
	size_t len;

	while (*s) {
		len = character(s);
		if (!len)
			return false;
		s += len;
	}
	return true;
}
