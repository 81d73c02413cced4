/* SPDX-License-Identifier: GPL-2.0 */
/*
 * printable.h - names that somebody else chose, made fit to be shown.
 */
#ifndef _TCPADVISOR_PRINTABLE_H
#define _TCPADVISOR_PRINTABLE_H

#include <stdbool.h>

/*
 * Have @s hold nothing that steers a terminal or is no UTF-8: each byte of such a
 * thing becomes '?'. Letters of any script stay.
 */
void printable(char *s);

/* Whether it would leave @s as it is. */
bool is_printable(const char *s);

#endif /* _TCPADVISOR_PRINTABLE_H */
