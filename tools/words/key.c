// SPDX-License-Identifier: GPL-2.0
/*
 * key.c - the allow-list. A root tool must not trust its input: a key that is
 * not here, or a value out of its range, is refused whoever asks for it. The list is
 * compiled in, from the catalogue's entries that are SETTABLE. Ranges are those in
 * which the module advises, narrower than the kernel's.
 */
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "judge.h"
#include "key.h"
#include "util.h"

#define SETTABLE(numbers, direction) \
	.nr = numbers, .sense = direction,
#define WITHIN(low, high)	.min = low, .max = high,
#define PORTS			VALUE_PORTS
#define RAISE			KEY_RAISE
#define WIDEN			KEY_WIDEN
#define EITHER			KEY_EITHER
#define GUIDES(...)
#define TRUTH(...)
#define MATTERS(...)
#define ANSWER(...)

/* Every knob. One that has no numbers is only spoken of. */
static const struct key knobs[] = {
#define KNOB(token, ...)	{ .name = token, __VA_ARGS__ },
#define KEY(id, token, low, high, ...) \
	{ .name = token, __VA_ARGS__ },
#define SYSCTL(id, token, low, high, field, value, ...) \
	{ .name = token, __VA_ARGS__ },
#include <judge/catalogue.def>
};

const struct key *key_at(unsigned int i)
{
	const struct key *k;

	for (k = knobs; k < knobs + ARRAY_SIZE(knobs); k++)
		if (k->nr && !i--)
			return k;
	return NULL;
}

const struct key *key_find(const char *name)
{
	const struct key *k;
	unsigned int i;

	for (i = 0; (k = key_at(i)); i++)
		if (!strcmp(k->name, name))
			return k;
	return NULL;
}

int key_parse(const char *name, const char *s, char sep, struct value *v)
{
	const struct key *k = key_find(name);

	if (k && k->nr == VALUE_PORTS)
		return value_parse_ports(s, v);
	return value_parse(s, sep, v);
}

static int check_ports(const struct key *k, const char *ports)
{
	if (!*ports)
		return -EINVAL;
	return portset_within(ports, (unsigned int)k->min, (unsigned int)k->max) ? 0 : -ERANGE;
}

void key_range(const struct key *k, __u64 *min, __u64 *max)
{
	*min = k->min;
	*max = k->max;
	if (!*max)
		judge_key_range(k->name, min, max);
}

int key_check(const struct key *k, const struct value *v)
{
	__u64 min, max;
	unsigned int i;

	if (v->nr != k->nr)
		return -EINVAL;
	if (v->nr == VALUE_PORTS)
		return check_ports(k, v->ports);
	key_range(k, &min, &max);
	for (i = 0; i < v->nr; i++) {
		if (v->v[i] < min || v->v[i] > max)
			return -ERANGE;
		if (i && v->v[i] < v->v[i - 1])
			return -EINVAL;
	}
	return 0;
}

bool key_lowers(const struct key *k, const struct value *from, const struct value *to)
{
	unsigned int i;

	switch (k->sense) {
	case KEY_EITHER:
		return false;
	case KEY_WIDEN:
		return to->v[0] > from->v[0] || to->v[1] < from->v[1];
	case KEY_RAISE:
		break;
	}
	if (to->nr == VALUE_PORTS)
		return !portset_covers(to->ports, from->ports);
	for (i = 0; i < to->nr; i++)
		if (to->v[i] < from->v[i])
			return true;
	return false;
}
