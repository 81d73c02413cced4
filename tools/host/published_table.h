/* SPDX-License-Identifier: GPL-2.0 */
/*
 * published_table.h - a file of the module with a row for each of many things, below
 * /sys/kernel/tcpadvisor/tables: as much as hundreds of files, read at once.
 *
 * Silent; errors are negative errno values.
 */
#ifndef _TCPADVISOR_PUBLISHED_TABLE_H
#define _TCPADVISOR_PUBLISHED_TABLE_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#define TABLE_COLUMNS	64

struct table {
	int fd;
	bool end;		/* nothing more to read */
	char *buf;
	size_t at, len;		/* what is there and not looked at yet */
	char *names;		/* the columns' */
	const char *column[TABLE_COLUMNS];
	size_t columns;
	char *word[TABLE_COLUMNS];	/* of the row that was read last */
	size_t words;
	__u64 netns;		/* whose it is, */
	__u64 changes, evicted;	/* and what the file's head said of these */
};

/*
 * Open the table @name. -ENOENT if the module has none of that name, or one of a
 * version that this does not know. Needs table_close() after success.
 */
int table_open(struct table *t, const char *name);

/* The index of a column, or -1. */
int table_column(const struct table *t, const char *name);

/*
 * The next row: 1, 0 if there is none, or an error. Its words are t->word, as many as
 * t->words says.
 */
int table_next(struct table *t);

void table_close(struct table *t);

#endif /* _TCPADVISOR_PUBLISHED_TABLE_H */
