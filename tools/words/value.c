// SPDX-License-Identifier: GPL-2.0
/*
 * value.c - the value of a sysctl, from text and to text. Knows nothing of
 * files, or of which values are allowed.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "number.h"
#include "value.h"

struct value value_one(__u64 v)
{
	struct value one = { .nr = 1, .v = { v } };

	return one;
}

bool value_equal(const struct value *a, const struct value *b)
{
	unsigned int i;

	if (a->nr != b->nr)
		return false;
	if (a->nr == VALUE_PORTS)
		return !strcmp(a->ports, b->ports);
	for (i = 0; i < a->nr; i++)
		if (a->v[i] != b->v[i])
			return false;
	return true;
}

int value_parse(const char *s, char sep, struct value *v)
{
	const char seps[] = { sep, sep == ' ' ? '\t' : sep, '\0' };
	struct value out = { 0 };
	char word[24];
	size_t len;
	int err;

	while (*s) {
		len = strcspn(s, seps);
		if (len >= sizeof(word) || out.nr == VALUE_NUMBERS)
			return -EINVAL;
		memcpy(word, s, len);
		word[len] = '\0';
		err = number_u64(word, &out.v[out.nr++]);
		if (err)
			return err;
		s += len;
		if (!*s)
			break;
		s += sep == ' ' ? strspn(s, seps) : 1;
		if (!*s)
			return -EINVAL;
	}
	if (!out.nr)
		return -EINVAL;
	*v = out;
	return 0;
}

int value_parse_ports(const char *s, struct value *v)
{
	int err = portset_parse(s, v->ports);

	if (!err)
		v->nr = VALUE_PORTS;
	return err;
}

char *value_text(const struct value *v, char sep, char *buf)
{
	size_t len = 0;
	unsigned int i;

	snprintf(buf, VALUE_TEXT, "%s", v->nr == VALUE_PORTS ? v->ports : "-");
	if (v->nr == VALUE_PORTS)
		return buf;
	for (i = 0; i < v->nr; i++) {
		if (i)
			buf[len++] = sep;
		len += (size_t)snprintf(buf + len, VALUE_TEXT - len, "%llu", v->v[i]);
	}
	return buf;
}

char *value_shown(const struct value *v, char *buf)
{
	value_text(v, ' ', buf);
	if (!*buf)
		snprintf(buf, VALUE_TEXT, "-");
	return buf;
}
