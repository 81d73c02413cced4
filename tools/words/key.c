// SPDX-License-Identifier: GPL-2.0
/*
 * key.c - the allow-list. A root tool must not trust its input: a key that is
 * not here, or a value out of its range, is refused whoever asks for it. The
 * ranges are those in which the module advises: the judge's own, or ours for keys
 * that it does not know. They are narrower than the kernel's.
 */
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "judge.h"
#include "key.h"
#include "util.h"

/* No range of our own: an empty one. */
#define NO_MIN	1
#define NO_MAX	0

static const struct key keys[] = {
	/* The handshake, server side. listen(2) takes 65535 at most. */
	{ "net.core.somaxconn",			1, NO_MIN, NO_MAX, KEY_RAISE },
	{ "net.ipv4.tcp_max_syn_backlog",	1, NO_MIN, NO_MAX, KEY_RAISE },
	{ "net.ipv4.tcp_syncookies",		1, NO_MIN, NO_MAX, KEY_RAISE },
	{ "net.ipv4.tcp_synack_retries",	1, NO_MIN, NO_MAX, KEY_EITHER },
	{ "net.ipv4.tcp_abort_on_overflow",	1, NO_MIN, NO_MAX, KEY_EITHER },
	{ "net.ipv4.tcp_migrate_req",		1, 1, 1, KEY_RAISE },
	/* The handshake, client side. */
	/* Port 0 is none, but who reserves 0-1023 has it on the list. */
	{ "net.ipv4.ip_local_reserved_ports",	VALUE_PORTS, 0, 65535, KEY_RAISE },
	{ "net.ipv4.ip_local_port_range",	2, NO_MIN, NO_MAX, KEY_WIDEN },
	/* Closing. tw_reuse 2 is "loopback only", so 2 -> 1 widens it. */
	{ "net.ipv4.tcp_tw_reuse",		1, NO_MIN, NO_MAX, KEY_EITHER },
	{ "net.ipv4.tcp_fin_timeout",		1, NO_MIN, NO_MAX, KEY_EITHER },
	{ "net.ipv4.tcp_max_tw_buckets",	1, NO_MIN, NO_MAX, KEY_RAISE },
	{ "net.ipv4.tcp_timestamps",		1, NO_MIN, NO_MAX, KEY_RAISE },
	{ "net.ipv4.tcp_max_orphans",		1, 4096, 16777216, KEY_RAISE },
	/* Data and host. tcp_mem counts pages, the other two bytes. */
	{ "net.ipv4.tcp_rmem",			3, 4096, 2147483647, KEY_RAISE },
	{ "net.ipv4.tcp_wmem",			3, 4096, 2147483647, KEY_RAISE },
	{ "net.ipv4.tcp_mem",			3, 1024, 2147483647, KEY_RAISE },
	{ "net.ipv4.tcp_window_scaling",	1, 1, 1, KEY_RAISE },
	{ "net.ipv4.tcp_moderate_rcvbuf",	1, 1, 1, KEY_RAISE },
	{ "net.core.netdev_max_backlog",	1, 64, 1000000, KEY_RAISE },
	{ "net.netfilter.nf_conntrack_max",	1, 1024, 67108864, KEY_RAISE },
	{ "fs.file-max",			1, 8192, 1ULL << 40, KEY_RAISE },
	{ "fs.nr_open",				1, 1024, 1073741816, KEY_RAISE },
};

const struct key *key_at(unsigned int i)
{
	return i < ARRAY_SIZE(keys) ? &keys[i] : NULL;
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
	if (*min > *max)
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
