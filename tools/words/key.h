/* SPDX-License-Identifier: GPL-2.0 */
/*
 * key.h - the allow-list: every sysctl this tool may write, how many numbers
 * it holds, or that it holds ports, their range, and in which direction a change
 * is safe.
 */
#ifndef _TCPADVISOR_KEY_H
#define _TCPADVISOR_KEY_H

#include <linux/types.h>
#include <stdbool.h>

#include "value.h"

/*
 * Three that depend on each other: what is reserved is not taken from the range, which has
 * room for so many TIME_WAITs.
 */
#define KEY_RESERVED_PORTS	"net.ipv4.ip_local_reserved_ports"
#define KEY_PORT_RANGE		"net.ipv4.ip_local_port_range"
#define KEY_TW_BUCKETS		"net.ipv4.tcp_max_tw_buckets"

#define KEY_NAME	64	/* longest name, with NUL */

enum key_sense {
	KEY_RAISE,	/* a lower number, or fewer ports, take something away */
	KEY_WIDEN,	/* a range: a narrower one takes something away */
	KEY_EITHER,	/* a mode or a timeout: neither direction does */
};

struct key {
	const char *name;
	unsigned int nr;	/* numbers it holds, or VALUE_PORTS */
	__u64 min, max;	/* of each number or port, inclusive */
	enum key_sense sense;
};

/* The entry of @name, or NULL if it is not on the list. */
const struct key *key_find(const char *name);

/* The entry at @i, or NULL past the end. */
const struct key *key_at(unsigned int i);

/*
 * Parse @s as a value of @name, on the list or not; @sep is that of
 * value_parse(). 0, -EINVAL or -ERANGE.
 */
int key_parse(const char *name, const char *s, char sep, struct value *v);

/* The range, inclusive, of each number that advice may propose for @k. */
void key_range(const struct key *k, __u64 *min, __u64 *max);

/*
 * Whether advice may propose @v. 0, -EINVAL (another number of numbers, out of
 * order, no port at all) or -ERANGE.
 */
int key_check(const struct key *k, const struct value *v);

/* True if going from @from to @to needs the user's explicit word. */
bool key_lowers(const struct key *k, const struct value *from, const struct value *to);

#endif /* _TCPADVISOR_KEY_H */
