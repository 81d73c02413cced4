// SPDX-License-Identifier: GPL-2.0
/*
 * portset.c - lists of ports, by way of a bitmap, as the kernel keeps them.
 * Written as the module's judge writes them. Knows nothing of which ports may be
 * reserved.
 */
#include <errno.h>
#include <string.h>

#include "judge.h"
#include "number.h"
#include "portset.h"

#define PORTS		PORTSET_PORTS
#define LONG_BITS	PORTSET_LONG_BITS

static bool has(const struct portset *set, unsigned int port)
{
	return set->bits[port / LONG_BITS] >> port % LONG_BITS & 1;
}

void portset_add(struct portset *set, __u16 port)
{
	set->bits[port / LONG_BITS] |= 1UL << port % LONG_BITS;
}

void portset_drop(struct portset *set, unsigned int min, unsigned int max)
{
	unsigned int port;

	for (port = min; port <= max && port < PORTS; port++)
		set->bits[port / LONG_BITS] &= ~(1UL << port % LONG_BITS);
}

void portset_keep(struct portset *set, unsigned int min, unsigned int max)
{
	if (min)
		portset_drop(set, 0, min - 1);
	portset_drop(set, max + 1, PORTS - 1);
}

void portset_common(struct portset *set, const struct portset *other)
{
	size_t i;

	for (i = 0; i < PORTS / LONG_BITS; i++)
		set->bits[i] &= other->bits[i];
}

unsigned int portset_count(const struct portset *set)
{
	unsigned int port, n = 0;

	for (port = 0; port < PORTS; port++)
		n += has(set, port);
	return n;
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
		portset_add(set, (__u16)first);
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

int portset_parse(const char *s, char *list)
{
	struct portset set;
	int err = parse(s, &set);

	return err ? err : portset_list(&set, list);
}

int portset_list(const struct portset *set, char *list)
{
	char text[PORTSET_TEXT];

	if (!judge_ports_text(set->bits, text))
		return -ERANGE;
	memcpy(list, text, strlen(text) + 1);
	return 0;
}

int portset_join(char *list, const struct portset *set)
{
	struct portset all;
	size_t i;
	int err = parse(list, &all);

	for (i = 0; !err && i < PORTS / LONG_BITS; i++)
		all.bits[i] |= set->bits[i];
	return err ? err : portset_list(&all, list);
}

int portset_join_list(char *list, const char *other)
{
	struct portset set;
	int err = parse(other, &set);

	return err ? err : portset_join(list, &set);
}

void portset_drop_list(struct portset *set, const char *list)
{
	struct portset some;
	size_t i;

	if (parse(list, &some))
		return;
	for (i = 0; i < PORTS / LONG_BITS; i++)
		set->bits[i] &= ~some.bits[i];
}

bool portset_within(const char *list, unsigned int min, unsigned int max)
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

bool portset_covers(const char *list, const char *other)
{
	struct portset all, some;
	size_t i;

	if (parse(list, &all) || parse(other, &some))
		return false;
	for (i = 0; i < PORTS / LONG_BITS; i++)
		if (some.bits[i] & ~all.bits[i])
			return false;
	return true;
}
