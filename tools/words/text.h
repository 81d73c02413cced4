/* SPDX-License-Identifier: GPL-2.0 */
/*
 * text.h - names that somebody else chose, made fit to be shown.
 */
#ifndef _TCPADVISOR_TEXT_H
#define _TCPADVISOR_TEXT_H

/*
 * Have @s hold nothing that steers a terminal or is no UTF-8: each byte of such a
 * thing becomes '?'. Letters of any script stay.
 */
void text_clean(char *s);

#endif /* _TCPADVISOR_TEXT_H */
