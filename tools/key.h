/* SPDX-License-Identifier: GPL-2.0 */
/*
 * key.h - the allow-list: every sysctl this tool may write, how many numbers
 * it holds, their range, and in which direction a change is safe.
 */
#ifndef _TCPADVISOR_KEY_H
#define _TCPADVISOR_KEY_H

#include <linux/types.h>
#include <stdbool.h>

#include "value.h"

#define KEY_NAME	64	/* longest name, with NUL */

enum key_sense {
	KEY_RAISE,	/* a lower number takes something away */
	KEY_WIDEN,	/* a range: a narrower one takes something away */
	KEY_EITHER,	/* a mode or a timeout: neither direction does */
};

struct key {
	const char *name;
	unsigned int nr;	/* numbers it holds */
	__u64 min, max;	/* of each number, inclusive */
	enum key_sense sense;
};

/* The entry of @name, or NULL if it is not on the list. */
const struct key *key_find(const char *name);

/* The entry at @i, or NULL past the end. */
const struct key *key_at(unsigned int i);

/* 0, -EINVAL (another number of numbers, or out of order) or -ERANGE. */
int key_check(const struct key *k, const struct value *v);

/* True if going from @from to @to needs the user's explicit word. */
bool key_lowers(const struct key *k, const struct value *from, const struct value *to);

#endif /* _TCPADVISOR_KEY_H */
