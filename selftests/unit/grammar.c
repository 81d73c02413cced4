// SPDX-License-Identifier: GPL-2.0
/*
 * grammar.c - what any text of `recommend` must be.
 *
 * Does not: share code with the module, but for the names of sysctls and the
 * range of their values.
 */
#include "grammar.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../module/judge/catalogue.h"

enum what { HEADER, KEY_COMMENT, LISTENER, NEGATIVE, REMARK, MORE, KEY, NOTHING };

static char error[512];

static const char *wrong(const char *why, const char *line)
{
	snprintf(error, sizeof(error), "%s: %.*s", why,
		 (int)strcspn(line, "\n"), line);
	return error;
}

static int key_number(const char *name, size_t len)
{
	int key;

	for (key = 1; key < TCPA_KEYS; key++) {
		const char *k = tcpa_key_name(key);

		if (strlen(k) == len && !strncmp(k, name, len))
			return key;
	}
	return 0;
}

/* A value as it is written: a number, two, or a list of ports. */
struct value {
	const char *s;
	size_t len;
};

static bool value_is(const struct value *v, const char *characters)
{
	return v->len && strspn(v->s, characters) >= v->len;
}

static bool value_in_range(int key, const struct value *v)
{
	unsigned long long number;
	unsigned int low, high;

	switch (key) {
	case TCPA_KEY_RESERVED_PORTS:
		return value_is(v, "0123456789,-") && v->len <= 1024;
	case TCPA_KEY_PORT_RANGE:
		if (!value_is(v, "0123456789 ") ||
		    sscanf(v->s, "%u %u", &low, &high) != 2 || low > high)
			return false;
		number = TCPA_PORT_RANGE(low, high);
		break;
	default:
		if (!value_is(v, "0123456789"))
			return false;
		number = strtoull(v->s, NULL, 10);
	}
	return number >= tcpa_key_min(key) && number <= tcpa_key_max(key);
}

/* "<key> <value> -> <value>: ..." gives the key and the second value. */
static int key_comment(const char *s, struct value *proposed)
{
	size_t len = strcspn(s, "\n ");
	int key = key_number(s, len);
	const char *arrow = strstr(s, " -> ");

	if (!key || !arrow || arrow > strchr(s, '\n') || arrow <= s + len)
		return 0;
	proposed->s = arrow + 4;
	proposed->len = strcspn(arrow + 4, ":\n");
	return arrow[4 + proposed->len] == ':' ? key : 0;
}

static int is_listener(const char *s)
{
	const char *inode;

	if (strncmp(s, "listener ", 9))
		return 0;
	inode = strstr(s, " (inode ");
	return inode && strcspn(s + 9, "\n ") == (size_t)(inode - s - 9) &&
	       strspn(inode + 8, "0123456789") > 0 &&
	       !strncmp(inode + 8 + strspn(inode + 8, "0123456789"), "):", 2);
}

static int is_negative(const char *s)
{
	return !strncmp(s, "not advised: ", 13) &&
	       key_number(s + 13, strcspn(s + 13, "\n "));
}

static enum what what_is(const char *line, int *key, struct value *value)
{
	size_t len = strcspn(line, "\n ");

	if (!strncmp(line, "# tcpadvisor netns=", 19))
		return HEADER;
	if (!strncmp(line, "#   ", 4))
		return MORE;
	if (!strncmp(line, "# ", 2)) {
		*key = key_comment(line + 2, value);
		return *key ? KEY_COMMENT : is_listener(line + 2) ? LISTENER :
		       is_negative(line + 2) ? NEGATIVE : REMARK;
	}
	*key = key_number(line, len);
	if (!*key || strncmp(line + len, " = ", 3))
		return NOTHING;
	value->s = line + len + 3;
	value->len = strcspn(value->s, "\n");
	return KEY;
}

struct state {
	enum what last;			/* other than MORE */
	int key;			/* whose block is open */
	struct value value;		/* that its key line must have */
	bool seen[TCPA_KEYS];
};

static const char *check_key(struct state *st, const char *line, int key,
			     const struct value *value)
{
	if (!st->key || key != st->key || value->len != st->value.len ||
	    memcmp(value->s, st->value.s, value->len))
		return wrong("key line does not follow its comment", line);
	if (!value_in_range(key, value))
		return wrong("value out of range", line);
	if (st->seen[key])
		return wrong("key set twice", line);
	st->seen[key] = true;
	st->key = 0;
	return NULL;
}

static const char *check_line(struct state *st, const char *line, bool first)
{
	struct value value = {};
	int key = 0;
	enum what what = what_is(line, &key, &value);
	bool is_header = what == HEADER;

	if (first != is_header)
		return wrong("header missing or repeated", line);
	if (what == NOTHING)
		return wrong("neither comment nor key line", line);
	if (what == MORE) {
		if (st->last == HEADER || st->last == KEY)
			return wrong("continues no comment", line);
		return NULL;
	}
	if (what == KEY) {
		st->last = what;
		return check_key(st, line, key, &value);
	}
	if (st->key && what != LISTENER)
		return wrong("block of a key was not closed", line);
	if (what == REMARK && strncmp(line, "# nothing to change: ", 21) &&
	    strncmp(line, "# ports: ", 9) && strncmp(line, "# timewait: ", 12) &&
	    strncmp(line, "# fastopen: ", 12) && !strstr(line, " more findings left out: "))
		return wrong("unknown comment", line);
	if (what == KEY_COMMENT) {
		st->key = key;
		st->value = value;
	}
	st->last = what;
	return NULL;
}

const char *grammar_error(const char *text, size_t len)
{
	struct state st = { .last = HEADER };
	const char *line, *end = text + len, *err;

	if (strlen(text) != len)
		return wrong("a NUL inside", text);
	if (len && text[len - 1] != '\n')
		return wrong("last line not whole", text);
	for (line = text; line < end; line = strchr(line, '\n') + 1) {
		if (strcspn(line, "\n") > 190 &&
		    !strstr(line, "ip_local_reserved_ports"))
			return wrong("line too long", line);
		err = check_line(&st, line, line == text);
		if (err)
			return err;
	}
	return st.key ? wrong("key line missing", text) : NULL;
}

unsigned int grammar_count(const char *text, const char *start)
{
	unsigned int n = 0;

	for (; *text; text += strcspn(text, "\n"), text += !!*text)
		n += !strncmp(text, start, strlen(start));
	return n;
}
