/* SPDX-License-Identifier: GPL-2.0 */
/*
 * output.h - what a command has to say, once: the same call prints text or
 * adds to the JSON document, so that the two cannot drift apart.
 *
 * field_*() adds to JSON only; out_text() and cell_text() print text only.
 */
#ifndef _TCPADVISOR_OUTPUT_H
#define _TCPADVISOR_OUTPUT_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#include "value.h"

#define OUTPUT_SCHEMA	1	/* raised when a field changes its meaning or goes */

enum color {
	COLOR_NONE,
	COLOR_GOOD,
	COLOR_WARN,
	COLOR_BAD,
	COLOR_BOLD,
};

/* Choose the form, before anything else. @color: if the terminal takes it. */
void out_init(bool json, bool color);
bool out_json(void);

/* From now on JSON documents take one line each. */
void out_lines(void);

/* Start and finish a document. @command is its "command" field. */
void out_begin(const char *command);

/*
 * @command ends with @status, an exit status: where JSON is wanted, it failed and
 * there was no document yet, print one that says so. The status.
 */
int out_failed(const char *command, int status);

/* 0, or -EIO after complaining that not all of it could be written. */
int out_end(void);

/* Columns of the terminal; 0: no limit. */
unsigned int out_width(void);

void out_object(const char *key);	/* @key NULL inside an array */
void out_object_end(void);
void out_array(const char *key);
void out_array_end(void);

/* In text: @before, the value, @after. */
void out_uint(const char *key, const char *before, __u64 v, const char *after);
void out_str(const char *key, const char *before, const char *v, const char *after);

/* A number, an array of numbers, a list of ports; null, in text "-", without any. */
void out_value(const char *key, const char *before, const struct value *v, const char *after);

/* In JSON only. */
void field_uint(const char *key, __u64 v);
void field_int(const char *key, __s64 v);
void field_str(const char *key, const char *v);
void field_bool(const char *key, bool v);
void field_null(const char *key);

/* In text only. */
void out_text(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Text for a paragraph: @indent columns in, broken at blanks to the width. */
void out_paragraph(const char *key, unsigned int indent, const char *text);

/*
 * In text only: what is printed until out_wrap_end() goes on in column @indent where a
 * line would be wider than the terminal. Not for paragraphs and tables.
 */
void out_wrap(unsigned int indent);
void out_wrap_end(void);

/*
 * In text only: the rest of a line that has come to column @at, and goes on in column
 * @indent where it would be wider than the terminal. Ends the line.
 */
void out_rest(size_t at, unsigned int indent, const char *text);

/* Escape sequences around what is printed until out_color(COLOR_NONE). */
void out_color(enum color color);

struct column {
	const char *head;
	bool right;		/* aligned */
	unsigned int drop;	/* left out first if the highest; 0: never */
	bool optional;		/* left out if there is but "-" in it */
};

/* How tables are to look, of those that take options for it. */
struct table_form {
	const char *columns;	/* heads, separated by commas; NULL: all that fit */
	const char *sort;	/* a head, after - from the other end; NULL: as they come */
	bool no_head;
	bool csv;		/* RFC 4180; all columns but as chosen */
};

/*
 * Have tables from now on look like @form, which must live on. 0, or -EINVAL after a
 * complaint if one of @columns is not among these @nr.
 */
int table_choose(const struct table_form *form, const struct column *columns, unsigned int nr);

/* Whether there is to be nothing but rows, for another program to read. */
bool table_bare(void);

/* A table: in JSON an array @key of objects, one per row. */
void table_begin(const char *key, const struct column *columns, unsigned int nr);
void table_row(void);
void table_row_end(void);
void table_end(void);

/* The next cell, from left to right. */
void cell_uint(const char *key, __u64 v);
void cell_str(const char *key, const char *v);
void cell_text(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Colour of the cells that follow in this row. */
void cell_color(enum color color);

#endif /* _TCPADVISOR_OUTPUT_H */
