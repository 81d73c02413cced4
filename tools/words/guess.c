// SPDX-License-Identifier: GPL-2.0
/*
 * guess.c - what somebody meant who has mistyped a name: the one with the fewest
 * slips, if these are few for a word of that length. Whoever types a part of a
 * name means no other name: that is for whoever has the list of names.
 */
#include <stdio.h>
#include <string.h>

#include "guess.h"

#define WORD_MAX	64	/* longer ones are not guessed */
#define SLIPS_MAX	3
#define SLIPS_SHARE	3	/* one slip in that many characters */

static unsigned int least(unsigned int a, unsigned int b)
{
	return a < b ? a : b;
}

/*
 * One row of the table in which [i][k] is the number of slips from the first @i
 * characters of @a to the first k of @b; @last and @older are the rows above it.
 */
static void row_fill(unsigned int *row, const unsigned int *last, const unsigned int *older,
		     const char *a, size_t i, const char *b)
{
	size_t k;

	row[0] = (unsigned int)i;
	for (k = 1; k <= strlen(b); k++) {
		row[k] = last[k - 1] + (a[i - 1] != b[k - 1]);
		row[k] = least(row[k], least(last[k], row[k - 1]) + 1);
		if (i > 1 && k > 1 && a[i - 1] == b[k - 2] && a[i - 2] == b[k - 1])
			row[k] = least(row[k], older[k - 2] + 1);
	}
}

unsigned int guess_slips(const char *typed, const char *name)
{
	unsigned int rows[3][WORD_MAX];
	size_t len = strlen(typed), i;

	if (len >= WORD_MAX || strlen(name) >= WORD_MAX)
		return WORD_MAX;
	for (i = 0; i < WORD_MAX; i++)
		rows[0][i] = (unsigned int)i;
	for (i = 1; i <= len; i++)
		row_fill(rows[i % 3], rows[(i + 2) % 3], rows[(i + 1) % 3], typed, i, name);
	return rows[len % 3][strlen(name)];
}

static void try(struct guess *g, const char *typed, const char *part, const char *name)
{
	unsigned int slips = guess_slips(typed, part);

	if (slips > SLIPS_MAX || slips * SLIPS_SHARE > strlen(typed) ||
	    (g->name && slips >= g->slips))
		return;
	g->name = name;
	g->slips = slips;
}

void guess_try(struct guess *g, const char *typed, const char *name)
{
	const char *dot = strrchr(name, '.');

	try(g, typed, name, name);
	if (dot)
		try(g, typed, dot + 1, name);
}

const char *guess_words(const struct guess *g, char *text)
{
	*text = '\0';
	if (g->name)
		snprintf(text, GUESS_TEXT, "; did you mean \"%s\"?", g->name);
	return text;
}
