// SPDX-License-Identifier: GPL-2.0
/*
 * persist.c - our own sysctl.d(5) file. A file is edited line by line: what
 * this tool did not write stays as it is. Which of several files wins at boot
 * is sysctl_d.c's.
 */
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "words/complain.h"
#include "words/key.h"
#include "persist.h"
#include "replace.h"

#define PERSIST_MAX	65536	/* bytes of our own file */
#define WHY_MAX		400	/* bytes of a comment's reason */
#define LINE_MAX_LEN	(VALUE_TEXT + 200)	/* of a line with a key */
#define PERSIST_HEAD	"# Written by tcpadvisor(8). \"tcpadvisor rollback\" takes its lines out again."

static int complain_of(int err)
{
	struct path p;

	root_path(&p, PERSIST_FILE);
	switch (err) {
	case -EPERM:
		complain("%s: /etc/sysctl.d must belong to the user who runs this and be writable by nobody else",
			 p.s);
		break;
	case -EACCES:
		complain("%s: no permission: run as root", p.s);
		break;
	case -EROFS:
		complain("%s: on a read-only file system: configure the key where this system's image is made",
			 p.s);
		break;
	case -ELOOP:
		complain("%s: is a symbolic link: remove it", p.s);
		break;
	default:
		complain("%s: %s", p.s, strerror(-err));
	}
	return err;
}

/* The text of our file, "" if there is none. Length or -errno; silent. */
static ssize_t text_read(char *text)
{
	int fd = root_open(O_RDONLY | O_NOFOLLOW, PERSIST_FILE);
	struct stat st;
	ssize_t n;

	text[0] = '\0';
	if (fd == -ENOENT)
		return 0;
	if (fd < 0)
		return fd;
	if (fstat(fd, &st))
		n = -errno;
	else if (!S_ISREG(st.st_mode))
		n = -EINVAL;
	else
		n = root_read_fd(fd, text, PERSIST_MAX);
	close(fd);
	return n;
}

/*
 * Numbers as the kernel reads them, "0x63" and "0143" too, in decimal. False if @s
 * is no such numbers or does not fit.
 */
static bool in_decimal(const char *s, char *out, size_t size)
{
	unsigned long long v;
	size_t len = 0;
	char *end;

	for (; *s; s = end + strspn(end, " \t")) {
		if (*s < '0' || *s > '9')
			return false;
		errno = 0;
		v = strtoull(s, &end, 0);
		if (errno || (*end && !strchr(" \t", *end)))
			return false;
		len += (size_t)snprintf(out + len, size - len, "%s%llu", len ? " " : "", v);
		if (len >= size)
			return false;
	}
	return len;
}

/*
 * Split a line into a key, dots between its parts, and the text of its value, NULL
 * without "=". @copy has LINE_MAX_LEN bytes. False if there is no key.
 */
static bool line_split(const char *line, char *copy, char **name, char **text)
{
	size_t len = strcspn(line, "\n"), i;

	if (len >= LINE_MAX_LEN)
		return false;
	memcpy(copy, line, len);
	copy[len] = '\0';
	*name = copy + strspn(copy, " \t");
	*text = strchr(*name, '=');
	if (*text) {
		*(*text)++ = '\0';
		root_trim(*text);
		*text += strspn(*text, " \t");
	}
	root_trim(*name);
	/* Both net.core.x and net/core/x name a key. */
	for (i = 0; (*name)[i]; i++)
		if ((*name)[i] == '/')
			(*name)[i] = '.';
	return **name && **name != '#' && **name != ';';
}

static bool text_value(const char *key, const char *text, struct value *v)
{
	char decimal[80];

	if (in_decimal(text, decimal, sizeof(decimal)))
		text = decimal;
	return !key_parse(key, text, ' ', v);
}

bool persist_line(const char *line, const char *key, struct value *v)
{
	char copy[LINE_MAX_LEN], *name, *text;

	if (!line_split(line, copy, &name, &text) || !text)
		return false;
	return !strcmp(name + (*name == '-'), key) && text_value(key, text, v);
}

/* fnmatch(3) keeps its * and ? from slashes, as glob(7) does, and not from dots. */
static void to_path(char *path, const char *name)
{
	size_t i;

	for (i = 0; i < LINE_MAX_LEN - 1 && name[i]; i++)
		path[i] = name[i] == '.' ? '/' : name[i];
	path[i] = '\0';
}

bool persist_glob(const char *line, const char *key, struct value *v)
{
	char copy[LINE_MAX_LEN], pattern[LINE_MAX_LEN], path[LINE_MAX_LEN], *name, *text;

	if (!line_split(line, copy, &name, &text) || !text || !strpbrk(name, "*?["))
		return false;
	to_path(pattern, name + (*name == '-'));
	to_path(path, key);
	return !fnmatch(pattern, path, FNM_PATHNAME) && text_value(key, text, v);
}

bool persist_excludes(const char *line, const char *key)
{
	char copy[LINE_MAX_LEN], *name, *text;

	return line_split(line, copy, &name, &text) && !text && *name == '-' &&
	       !strcmp(name + 1, key);
}

int persist_read(const char *key, struct value *v)
{
	char *text = malloc(PERSIST_MAX), *line;
	struct value one;
	ssize_t n;

	v->nr = 0;
	if (!text)
		return -ENOMEM;
	n = text_read(text);
	for (line = text; n > 0 && *line; line += strcspn(line, "\n")) {
		line += *line == '\n';
		if (persist_line(line, key, &one))
			*v = one;
	}
	free(text);
	return n < 0 ? complain_of((int)n) : 0;
}

/* Whether @line is the comment that we put above @key: "# KEY: ", "# KEY 1 -> 2: ". */
static bool our_comment(const char *line, const char *key)
{
	size_t len = strlen(key);

	if (strncmp(line, "# ", 2) || strncmp(line + 2, key, len))
		return false;
	line += 2 + len;
	return line[strspn(line, " \t0123456789->")] == ':';
}

/* Write the comment and the line for @key; where the text ends. */
static char *entry(char *out, const char *key, const struct value *v, const struct reason *why)
{
	char text[VALUE_TEXT];

	if (!v->nr)
		return out;
	out += sprintf(out, "# %s", key);
	/* Lists of ports are too long for it. */
	if (why->was.nr && why->was.nr != VALUE_PORTS && !value_equal(&why->was, v)) {
		out += sprintf(out, " %s", value_text(&why->was, ' ', text));
		out += sprintf(out, " -> %s", value_text(v, ' ', text));
	}
	return out + sprintf(out, ": %.*s\n%s = %s\n", WHY_MAX, why->why, key,
			     value_text(v, ' ', text));
}

bool persist_edit(const char *text, const char *key, const struct value *v,
		  const struct reason *why, char *out)
{
	bool written = false, worth = v->nr;
	struct value old;
	size_t len;

	if (!*text)
		out += sprintf(out, "%s\n", PERSIST_HEAD);
	for (; *text; text += len) {
		len = strcspn(text, "\n");
		len += text[len] == '\n';
		if (our_comment(text, key))
			continue;
		if (persist_line(text, key, &old)) {
			if (!written)
				out = entry(out, key, v, why);
			written = true;
			continue;
		}
		if (strncmp(text, PERSIST_HEAD, strlen(PERSIST_HEAD)) && *text != '\n')
			worth = true;
		memcpy(out, text, len);
		out += len;
		if (text[len - 1] != '\n')
			*out++ = '\n';
	}
	if (!written)
		out = entry(out, key, v, why);
	*out = '\0';
	return worth;
}

/* /etc/sysctl.d, made if it is not there. */
static int dir_open(void)
{
	int etc = root_open(O_RDONLY | O_DIRECTORY, "/etc"), err = 0;

	if (etc < 0)
		return etc;
	if (mkdirat(etc, "sysctl.d", 0755)) {
		if (errno != EEXIST)
			err = -errno;
	} else if (fsync(etc)) {
		err = -errno;
	}
	close(etc);
	return err ? err : dir_open_private("/etc/sysctl.d");
}

void persist_tidy(void)
{
	int dir = root_open(O_RDONLY | O_DIRECTORY | O_NOFOLLOW, "/etc/sysctl.d");

	if (dir < 0)
		return;
	unlinkat(dir, "." PERSIST_NAME ".new", 0);
	close(dir);
}

int persist_writable(void)
{
	int dir = dir_open(), err = dir < 0 ? dir : 0;

	if (!err && faccessat(dir, ".", W_OK, AT_EACCESS))
		err = -errno;
	if (dir >= 0)
		close(dir);
	return err ? complain_of(err) : 0;
}

int persist_write(const char *key, const struct value *v, const struct reason *why)
{
	char *text = malloc(PERSIST_MAX), *out = malloc(PERSIST_MAX + PERSIST_ROOM);
	int dir = dir_open(), err = dir < 0 ? dir : 0;
	ssize_t n;

	if (!text || !out)
		err = -ENOMEM;
	if (!err) {
		n = text_read(text);
		err = n < 0 ? (int)n : 0;
	}
	if (!err && persist_edit(text, key, v, why, out))
		err = strlen(out) >= PERSIST_MAX ? -EFBIG :
		      file_replace(dir, PERSIST_NAME, 0644, out, strlen(out));
	else if (!err)
		err = file_remove(dir, PERSIST_NAME);
	if (dir >= 0)
		close(dir);
	free(text);
	free(out);
	return err ? complain_of(err) : 0;
}
