// SPDX-License-Identifier: GPL-2.0
/*
 * portlist.c - lists of ports, by way of a bitmap, as the kernel keeps them.
 * Knows nothing of which ports may be reserved.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "number.h"
#include "portlist.h"

#define PORTS	65536

struct portset {
	unsigned char bits[PORTS / 8];
};

static bool has(const struct portset *set, unsigned int port)
{
	return port < PORTS && set->bits[port / 8] >> port % 8 & 1;
}

/* The port that starts at *@s, and *@s moved past it. */
static int parse_port(const char **s, __u64 *port)
{
	size_t len = strspn(*s, "0123456789");
	char word[24];

	if (len >= sizeof(word))
		return -EINVAL;
	memcpy(word, *s, len);
	word[len] = '\0';
	*s += len;
	return number_in(word, 0, PORTS - 1, port);
}

/* "8080" or "9000-9010" at *@s, into @set. */
static int parse_run(const char **s, struct portset *set)
{
	__u64 first, last;
	int err = parse_port(s, &first);

	if (err)
		return err;
	last = first;
	if (**s == '-') {
		++*s;
		err = parse_port(s, &last);
	}
	if (err)
		return err;
	if (last < first)
		return -EINVAL;
	for (; first <= last; first++)
		set->bits[first / 8] |= (unsigned char)(1 << first % 8);
	return 0;
}

static int parse(const char *s, struct portset *set)
{
	int err;

	memset(set, 0, sizeof(*set));
	if (!*s)
		return 0;
	for (;;) {
		err = parse_run(&s, set);
		if (err)
			return err;
		if (!*s)
			return 0;
		if (*s++ != ',')
			return -EINVAL;
	}
}

/* Write @set as text; -ERANGE if it is too long. */
static int print(const struct portset *set, char *text)
{
	unsigned int port, first;
	size_t len = 0;

	text[0] = '\0';
	for (port = 0; port < PORTS; port++) {
		if (!has(set, port))
			continue;
		first = port;
		while (has(set, port + 1))
			port++;
		len += (size_t)snprintf(text + len, PORTLIST_TEXT - len, "%s%u",
					len ? "," : "", first);
		if (len < PORTLIST_TEXT && port > first)
			len += (size_t)snprintf(text + len, PORTLIST_TEXT - len, "-%u", port);
		if (len >= PORTLIST_TEXT)
			return -ERANGE;
	}
	return 0;
}

int portlist_parse(const char *s, char *list)
{
	char text[PORTLIST_TEXT];
	struct portset set;
	int err = parse(s, &set);

	if (!err)
		err = print(&set, text);
	if (!err)
		memcpy(list, text, strlen(text) + 1);
	return err;
}

bool portlist_within(const char *list, unsigned int min, unsigned int max)
{
	struct portset set;
	unsigned int port;

	if (parse(list, &set))
		return false;
	for (port = 0; port < PORTS; port++)
		if (has(&set, port) && (port < min || port > max))
			return false;
	return true;
}

bool portlist_covers(const char *list, const char *other)
{
	struct portset all, some;
	size_t i;

	if (parse(list, &all) || parse(other, &some))
		return false;
	for (i = 0; i < sizeof(all.bits); i++)
		if (some.bits[i] & ~all.bits[i])
			return false;
	return true;
}
