// SPDX-License-Identifier: GPL-2.0
/*
 * table.c - tables of output.h: every column as wide as its widest cell; what
 * does not fit the terminal is dropped column by column, the least important
 * first, never cut in the middle of a number.
 */
#include <err.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "output.h"

#define COLUMNS_MAX	16
#define GAP		2	/* blanks between columns */

struct cell {
	char *text;
	enum color color;
};

static struct {
	const struct column *column;
	unsigned int nr_columns;
	struct cell *cell;	/* row by row */
	size_t nr_cells;
	enum color color;
} table;

void table_begin(const char *key, const struct column *columns, unsigned int nr)
{
	if (nr > COLUMNS_MAX)
		errx(EXIT_FAILURE, "table %s: too many columns", key);
	memset(&table, 0, sizeof(table));
	table.column = columns;
	table.nr_columns = nr;
	out_array(key);
}

void table_row(void)
{
	table.color = COLOR_NONE;
	out_object(NULL);
}

void table_row_end(void)
{
	out_object_end();
}

void cell_color(enum color color)
{
	table.color = color;
}

static void cell_add(char *text)
{
	size_t nr = table.nr_cells;
	struct cell *c = table.cell;

	/* Grow by doubling: the number below is 0 at each power of two. */
	if (!(nr & (nr - 1)))
		c = reallocarray(c, nr ? 2 * nr : 1, sizeof(*c));
	if (!c || !text)
		err(EXIT_FAILURE, "table");
	table.cell = c;
	c[nr].text = text;
	c[nr].color = table.color;
	table.nr_cells++;
}

void cell_text(const char *fmt, ...)
{
	char *text = NULL;
	va_list ap;

	if (out_json())
		return;
	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		text = NULL;
	va_end(ap);
	cell_add(text);
}

void cell_uint(const char *key, __u64 v)
{
	field_uint(key, v);
	cell_text("%llu", v);
}

void cell_str(const char *key, const char *v)
{
	field_str(key, v);
	cell_text("%s", v);
}

static void widths_measure(unsigned int *width)
{
	unsigned int len;
	size_t i;

	for (i = 0; i < table.nr_columns; i++)
		width[i] = (unsigned int)strlen(table.column[i].head);
	for (i = 0; i < table.nr_cells; i++) {
		len = (unsigned int)strlen(table.cell[i].text);
		if (len > width[i % table.nr_columns])
			width[i % table.nr_columns] = len;
	}
}

/* Drop columns (width 0) until the rest fits. */
static void widths_fit(unsigned int *width)
{
	unsigned int limit = out_width(), sum, i, worst;

	if (!limit)
		return;
	for (;;) {
		sum = 0;
		worst = 0;
		for (i = 0; i < table.nr_columns; i++) {
			if (!width[i])
				continue;
			sum += width[i] + GAP;
			if (table.column[i].drop > (width[worst] ? table.column[worst].drop : 0))
				worst = i;
		}
		if (sum <= limit + GAP || !table.column[worst].drop || !width[worst])
			return;
		width[worst] = 0;
	}
}

static void cell_print(const char *text, unsigned int width, bool right, bool last)
{
	int pad = (int)width - (int)strlen(text);

	if (right)
		out_text("%*s%s", pad, "", text);
	else
		out_text("%s%*s", text, last ? 0 : pad, "");
	out_text("%*s", last ? 0 : GAP, "");
}

static void row_print(const struct cell *cells, const unsigned int *width)
{
	unsigned int i, last = 0;

	for (i = 0; i < table.nr_columns; i++)
		if (width[i])
			last = i;
	for (i = 0; i < table.nr_columns; i++) {
		if (!width[i])
			continue;
		if (cells && cells[i].color)
			out_color(cells[i].color);
		cell_print(cells ? cells[i].text : table.column[i].head, width[i],
			   table.column[i].right, i == last);
		if (cells && cells[i].color)
			out_color(COLOR_NONE);
	}
	out_text("\n");
}

void table_end(void)
{
	unsigned int width[COLUMNS_MAX] = { 0 };
	size_t i;

	out_array_end();
	if (!out_json() && table.nr_columns && table.nr_cells) {
		widths_measure(width);
		widths_fit(width);
		row_print(NULL, width);
		for (i = 0; i < table.nr_cells; i += table.nr_columns)
			row_print(&table.cell[i], width);
	}
	for (i = 0; i < table.nr_cells; i++)
		free(table.cell[i].text);
	free(table.cell);
}
