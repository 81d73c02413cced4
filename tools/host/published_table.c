// SPDX-License-Identifier: GPL-2.0
/*
 * published_table.c - a file of the module with a row for each of many things. Columns are
 * found by name, so that a module that has more of them can be read, too.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "words/number.h"
#include "published.h"
#include "root.h"
#include "published_table.h"

#define VERSION_KNOWN	1
#define BUF_SIZE	65536	/* a hundred rows */

/* Read on, behind what is there. 0 or an error. */
static int more(struct table *t)
{
	ssize_t n;

	memmove(t->buf, t->buf + t->at, t->len);
	t->at = 0;
	if (t->len == BUF_SIZE)
		return -EFBIG;
	do {
		n = read(t->fd, t->buf + t->len, BUF_SIZE - t->len);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	t->end = !n;
	t->len += (size_t)n;
	return 0;
}

/* The next line as a string, without its newline: 1, 0 at the end, or an error. */
static int next_line(struct table *t, char **line)
{
	char *end;
	int err;

	for (;;) {
		end = memchr(t->buf + t->at, '\n', t->len);
		if (end)
			break;
		/* What has no newline was cut off. */
		if (t->end)
			return 0;
		err = more(t);
		if (err < 0)
			return err;
	}
	*end = '\0';
	*line = t->buf + t->at;
	t->len -= (size_t)(end + 1 - *line);
	t->at += (size_t)(end + 1 - *line);
	return 1;
}

/* The number that follows @key in @line. */
static int head_number(const char *line, const char *key, __u64 *v)
{
	const char *at = strstr(line, key);
	char number[24];
	size_t len;

	if (!at)
		return -EINVAL;
	at += strlen(key);
	len = strspn(at, "0123456789");
	if (len >= sizeof(number))
		return -ERANGE;
	memcpy(number, at, len);
	number[len] = '\0';
	return number_u64(number, v);
}

/* Cut @line into words, as far as one blank is between them: their number. */
static size_t split(char *line, char **word)
{
	size_t nr = 0;

	while (*line && *line != ' ' && nr < TABLE_COLUMNS) {
		word[nr++] = line;
		while (*line && *line != ' ')
			line++;
		if (*line)
			*line++ = '\0';
	}
	return nr;
}

static int read_head(struct table *t)
{
	char *line, *column[TABLE_COLUMNS];
	__u64 version;
	size_t i;
	int ret = next_line(t, &line);

	if (ret <= 0)
		return ret ? ret : -ENOENT;
	if (head_number(line, " version=", &version) || version != VERSION_KNOWN ||
	    head_number(line, " netns=", &t->netns) ||
	    head_number(line, " changes=", &t->changes))
		return -ENOENT;
	/* Not all tables have it. */
	if (head_number(line, " evicted=", &t->evicted))
		t->evicted = 0;
	ret = next_line(t, &line);
	if (ret <= 0)
		return ret ? ret : -ENOENT;
	t->names = strdup(line);
	if (!t->names)
		return -ENOMEM;
	t->columns = split(t->names, column);
	for (i = 0; i < t->columns; i++)
		t->column[i] = column[i];
	return 0;
}

int table_open(struct table *t, const char *name)
{
	int err;

	memset(t, 0, sizeof(*t));
	t->fd = root_open(O_RDONLY, SYSFS "/tables/%s", name);
	if (t->fd < 0)
		return t->fd;
	t->buf = malloc(BUF_SIZE);
	err = t->buf ? read_head(t) : -ENOMEM;
	if (err)
		table_close(t);
	return err;
}

int table_column(const struct table *t, const char *name)
{
	size_t i;

	for (i = 0; i < t->columns; i++)
		if (!strcmp(t->column[i], name))
			return (int)i;
	return -1;
}

int table_next(struct table *t)
{
	char *line;
	int ret;

	/* Rows of nobody are blank. */
	do {
		ret = next_line(t, &line);
		if (ret <= 0)
			return ret;
		t->words = split(line, t->word);
	} while (!t->words);
	return 1;
}

void table_close(struct table *t)
{
	if (t->fd >= 0)
		close(t->fd);
	free(t->buf);
	free(t->names);
}
