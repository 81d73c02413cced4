/* SPDX-License-Identifier: GPL-2.0 */
/*
 * portset.h - a list of ports as net.ipv4.ip_local_reserved_ports holds it:
 * "8080,9000-9010", ascending, nothing twice, neighbours joined; "" if there
 * are none. Any two lists of the same ports are then the same text. Pure.
 */
#ifndef _TCPADVISOR_PORTSET_H
#define _TCPADVISOR_PORTSET_H

#include <stdbool.h>

#include "judge.h"

#define PORTSET_PORTS		65536
#define PORTSET_LONG_BITS	(8 * sizeof(long))

/* The ports themselves: a bit each. */
struct portset {
	unsigned long bits[PORTSET_PORTS / PORTSET_LONG_BITS];
};

void portset_add(struct portset *set, __u16 port);

/* Drop all ports of @set but those within [@min, @max]. */
void portset_keep(struct portset *set, unsigned int min, unsigned int max);

/* Drop those. */
void portset_drop(struct portset *set, unsigned int min, unsigned int max);

/* Drop those that @list has; and those that @other has not. */
void portset_drop_list(struct portset *set, const char *list);
void portset_common(struct portset *set, const struct portset *other);

unsigned int portset_count(const struct portset *set);

/* Characters of a list, and NUL. The module advises none that is longer. */
#define PORTSET_TEXT	JUDGE_PORTS_TEXT

/*
 * Bring @s into that form, in @list (PORTSET_TEXT bytes); ports 0 to 65535, as
 * the kernel has it. 0, -EINVAL (not a list) or -ERANGE (no such port, or too
 * long). @list is untouched on error.
 */
int portset_parse(const char *s, char *list);

/*
 * The list of @set, in @list (PORTSET_TEXT bytes). -ERANGE if it is too long; @list is
 * untouched then.
 */
int portset_list(const struct portset *set, char *list);

/* Add the ports of @set, or of another list, to @list. The same. */
int portset_join(char *list, const struct portset *set);
int portset_join_list(char *list, const char *other);

/* True if every port of @list is within [@min, @max]. */
bool portset_within(const char *list, unsigned int min, unsigned int max);

/* True if @list has all ports that @other has. */
bool portset_covers(const char *list, const char *other);

#endif /* _TCPADVISOR_PORTSET_H */
