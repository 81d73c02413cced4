/* SPDX-License-Identifier: GPL-2.0 */
/*
 * guess.h - what somebody meant who has mistyped a name. Pure.
 */
#ifndef _TCPADVISOR_GUESS_H
#define _TCPADVISOR_GUESS_H

#define GUESS_TEXT	128	/* of guess_words(), with NUL */

/* The nearest of the names that were tried. Comes zeroed. */
struct guess {
	const char *name;	/* NULL: none is near enough */
	unsigned int slips;
};

/* Characters left out, put in, mistaken, or two of them swapped. */
unsigned int guess_slips(const char *typed, const char *name);

/* Try @name, which must outlive @g, and its part behind the last dot. */
void guess_try(struct guess *g, const char *typed, const char *name);

/* "; did you mean "NAME"?" in @text, or "" if there is none. @text. */
const char *guess_words(const struct guess *g, char *text);

#endif /* _TCPADVISOR_GUESS_H */
