// SPDX-License-Identifier: GPL-2.0
/*
 * table.c - tables of output.h: every column as wide as its widest cell; what
 * does not fit the terminal is dropped column by column, the least important
 * first, never cut in the middle of a number. Or as those who cut them up want it:
 * chosen columns, sorted, without heads, or CSV.
 */
#include <err.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "complain.h"
#include "csv.h"
#include "output.h"

#define COLUMNS_MAX	20
#define GAP		2	/* blanks between columns */

/* Texts of cells, one behind the other: there may be some hundred thousand. */
struct chunk {
	struct chunk *next;
	size_t used, size;
	char text[];
};

#define CHUNK	65536

struct cell {
	const char *text;
	enum color color;
};

static struct {
	const struct column *column;
	unsigned int nr_columns;
	struct cell *cell;	/* row by row */
	size_t nr_cells;
	struct chunk *chunk;	/* the last one, and from there to the first */
	enum color color;
} table;

/* NULL: as they come. */
static const struct table_form *form;

/* The column whose head is the first @len bytes of @name, in any case; or -1. */
static int column_find(const struct column *columns, unsigned int nr, const char *name, size_t len)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		if (strlen(columns[i].head) == len && !strncasecmp(columns[i].head, name, len))
			return (int)i;
	return -1;
}

/* The next head in a list, and what follows it; NULL at the end. */
static const char *head_next(const char **list, size_t *len)
{
	const char *head = *list;

	if (!*head)
		return NULL;
	*len = strcspn(head, ",");
	*list += *len;
	*list += **list == ',';
	return head;
}

static int column_check(const char *option, const struct column *columns, unsigned int nr,
			const char *name, size_t len)
{
	char heads[256] = "";
	size_t used = 0;
	unsigned int i;

	if (column_find(columns, nr, name, len) >= 0)
		return 0;
	for (i = 0; i < nr && used < sizeof(heads); i++)
		used += (size_t)snprintf(heads + used, sizeof(heads) - used, "%s%s",
					 i ? "," : "", columns[i].head);
	complain("%s: found \"%.*s\": expected of %s", option, (int)len, name, heads);
	return -EINVAL;
}

int table_choose(const struct table_form *f, const struct column *columns, unsigned int nr)
{
	const char *list = f->columns, *head, *sort = f->sort;
	size_t len;

	if (sort) {
		sort += *sort == '-';
		if (column_check("--sort", columns, nr, sort, strlen(sort)))
			return -EINVAL;
	}
	while (list && (head = head_next(&list, &len)))
		if (column_check("--columns", columns, nr, head, len))
			return -EINVAL;
	form = f;
	return 0;
}

bool table_bare(void)
{
	return form && (form->no_head || form->csv);
}

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

/* Room for @len bytes and NUL, until the table ends. */
static char *text_room(size_t len)
{
	struct chunk *chunk = table.chunk;
	char *text;

	if (!chunk || chunk->size - chunk->used <= len) {
		const size_t size = len < CHUNK ? CHUNK : len + 1;

		chunk = malloc(sizeof(*chunk) + size);
		if (!chunk)
			err(EXIT_FAILURE, "table");
		chunk->next = table.chunk;
		chunk->used = 0;
		chunk->size = size;
		table.chunk = chunk;
	}
	text = chunk->text + chunk->used;
	chunk->used += len + 1;
	return text;
}

static void cell_add(const char *text)
{
	size_t nr = table.nr_cells;
	struct cell *c = table.cell;

	/* Grow by doubling: the number below is 0 at each power of two. */
	if (!(nr & (nr - 1)))
		c = reallocarray(c, nr ? 2 * nr : 1, sizeof(*c));
	if (!c)
		err(EXIT_FAILURE, "table");
	table.cell = c;
	c[nr].text = text;
	c[nr].color = table.color;
	table.nr_cells++;
}

void cell_text(const char *fmt, ...)
{
	char some[64], *text;
	va_list ap;
	int len;

	if (out_json())
		return;
	va_start(ap, fmt);
	len = vsnprintf(some, sizeof(some), fmt, ap);
	va_end(ap);
	if (len < 0)
		err(EXIT_FAILURE, "table");
	text = text_room((size_t)len);
	if ((size_t)len < sizeof(some)) {
		memcpy(text, some, (size_t)len + 1);
	} else {
		va_start(ap, fmt);
		vsnprintf(text, (size_t)len + 1, fmt, ap);
		va_end(ap);
	}
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

/* Columns that are printed, by their number, in this order. */
struct layout {
	unsigned int column[COLUMNS_MAX];
	unsigned int width[COLUMNS_MAX];
	unsigned int nr;
};

static size_t nr_rows(void)
{
	return table.nr_cells / table.nr_columns;
}

static const struct cell *row_at(size_t i)
{
	return table.cell + i * table.nr_columns;
}

static void layout_add(struct layout *lay, unsigned int column)
{
	if (lay->nr < COLUMNS_MAX)
		lay->column[lay->nr++] = column;
}

static bool is_empty(unsigned int column)
{
	size_t i;

	for (i = 0; i < nr_rows(); i++)
		if (strcmp(row_at(i)[column].text, "-"))
			return false;
	return true;
}

static void layout_choose(struct layout *lay)
{
	const char *list = form ? form->columns : NULL, *head;
	unsigned int i;
	size_t len;

	lay->nr = 0;
	while (list && (head = head_next(&list, &len)))
		layout_add(lay, (unsigned int)column_find(table.column, table.nr_columns, head,
							  len));
	if (lay->nr)
		return;
	for (i = 0; i < table.nr_columns; i++)
		if ((form && form->csv) || !table.column[i].optional || !is_empty(i))
			layout_add(lay, i);
}

static void layout_measure(struct layout *lay)
{
	unsigned int i, len;
	size_t row;

	for (i = 0; i < lay->nr; i++) {
		lay->width[i] = form && form->no_head ? 0 :
				(unsigned int)strlen(table.column[lay->column[i]].head);
		for (row = 0; row < nr_rows(); row++) {
			len = (unsigned int)strlen(row_at(row)[lay->column[i]].text);
			if (len > lay->width[i])
				lay->width[i] = len;
		}
	}
}

/* Drop columns until the rest fits; those of equal rank go together. */
static void layout_fit(struct layout *lay)
{
	unsigned int limit = out_width(), sum, i, rank, kept;

	for (;;) {
		for (i = 0, sum = 0, rank = 0; i < lay->nr; i++) {
			sum += lay->width[i] + GAP;
			if (table.column[lay->column[i]].drop > rank)
				rank = table.column[lay->column[i]].drop;
		}
		if (!limit || !rank || sum <= limit + GAP)
			return;
		for (i = 0, kept = 0; i < lay->nr; i++) {
			if (table.column[lay->column[i]].drop == rank)
				continue;
			lay->column[kept] = lay->column[i];
			lay->width[kept++] = lay->width[i];
		}
		lay->nr = kept;
	}
}

static void blanks_print(size_t nr)
{
	static const char blanks[] = "                                ";
	size_t n;

	for (; nr; nr -= n) {
		n = nr < sizeof(blanks) - 1 ? nr : sizeof(blanks) - 1;
		fwrite(blanks, 1, n, stdout);
	}
}

static void cell_print(const char *text, unsigned int width, bool right, bool last)
{
	size_t len = strlen(text), pad = len < width ? width - len : 0;

	if (right)
		blanks_print(pad);
	fputs(text, stdout);
	if (!last)
		blanks_print(GAP + (right ? 0 : pad));
}

/* The heads if @cells is NULL. */
static void row_print(const struct cell *cells, const struct layout *lay)
{
	const struct cell *c;
	unsigned int i;

	for (i = 0; i < lay->nr; i++) {
		c = cells ? &cells[lay->column[i]] : NULL;
		if (c && c->color)
			out_color(c->color);
		cell_print(c ? c->text : table.column[lay->column[i]].head, lay->width[i],
			   table.column[lay->column[i]].right, i == lay->nr - 1);
		if (c && c->color)
			out_color(COLOR_NONE);
	}
	fputs("\n", stdout);
}

static void csv_row(const struct cell *cells, const struct layout *lay)
{
	unsigned int i;

	for (i = 0; i < lay->nr; i++) {
		out_text("%s", i ? "," : "");
		csv_cell(cells ? cells[lay->column[i]].text : table.column[lay->column[i]].head);
	}
	out_text("\r\n");
}

/* The biggest number first, or the first name; numbers in names count as such. */
static int by_column(const void *a, const void *b)
{
	const struct cell *x = *(const struct cell *const *)a, *y = *(const struct cell *const *)b;
	const char *sort = form->sort + (*form->sort == '-');
	int k = column_find(table.column, table.nr_columns, sort, strlen(sort)), cmp;

	cmp = strverscmp(x[k].text, y[k].text);
	if (table.column[k].right)
		cmp = -cmp;
	if (*form->sort == '-')
		cmp = -cmp;
	return cmp ? cmp : (x > y) - (x < y);
}

static void table_print(void)
{
	const struct cell **rows = calloc(nr_rows(), sizeof(const struct cell *));
	struct layout lay;
	size_t i;

	if (!rows)
		err(EXIT_FAILURE, "table");
	for (i = 0; i < nr_rows(); i++)
		rows[i] = row_at(i);
	if (form && form->sort)
		qsort(rows, nr_rows(), sizeof(*rows), by_column);
	layout_choose(&lay);
	layout_measure(&lay);
	if (!form || (!form->columns && !form->csv))
		layout_fit(&lay);
	for (i = form && form->no_head; i <= nr_rows(); i++) {
		if (form && form->csv)
			csv_row(i ? rows[i - 1] : NULL, &lay);
		else
			row_print(i ? rows[i - 1] : NULL, &lay);
	}
	free(rows);
}

void table_end(void)
{
	struct chunk *chunk;

	out_array_end();
	if (!out_json() && table.nr_columns && table.nr_cells)
		table_print();
	while ((chunk = table.chunk)) {
		table.chunk = chunk->next;
		free(chunk);
	}
	free(table.cell);
}
