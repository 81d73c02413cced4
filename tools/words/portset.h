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

/* Characters of a list, and NUL. The module advises none that is longer. */
#define PORTSET_TEXT	JUDGE_PORTS_TEXT

/*
 * Bring @s into that form, in @list (PORTSET_TEXT bytes); ports 0 to 65535, as
 * the kernel has it. 0, -EINVAL (not a list) or -ERANGE (no such port, or too
 * long). @list is untouched on error.
 */
int portset_parse(const char *s, char *list);

/* True if every port of @list is within [@min, @max]. */
bool portset_within(const char *list, unsigned int min, unsigned int max);

/* True if @list has all ports that @other has. */
bool portset_covers(const char *list, const char *other);

#endif /* _TCPADVISOR_PORTSET_H */
