// SPDX-License-Identifier: GPL-2.0
/*
 * sysctl_d.c - which sysctl.d(5) file has the last word on a key. A name in
 * an earlier directory hides the same name in a later one; of different
 * names, the one that sorts last wins; a key by its name wins over patterns, which
 * "-key" keeps off it. /etc/sysctl.conf comes after them all, but
 * only sysctl(8) reads it: where systemd sets the values, it takes a link in
 * sysctl.d. Reads only; what cannot be read says nothing.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "persist.h"
#include "util.h"
#include "words/printable.h"

#define CONF_MAX	1048576	/* bytes of one file */

static const char *const dirs[] = {
	"/etc/sysctl.d", "/run/sysctl.d", "/usr/local/lib/sysctl.d", "/usr/lib/sysctl.d",
	"/lib/sysctl.d",
};

/* What the files that were looked at say, the last one by its name. */
struct found {
	char name[256];		/* of the file; "" if there is none */
	struct setter setter;
};

struct search {
	const char *key;
	const char *after;	/* only names that sort after this one */
	struct found exact, glob;
	bool excluded;		/* from patterns */
	char *buf;		/* CONF_MAX bytes */
};

static void found_in(struct found *f, const char *name, const char *path, const struct value *v)
{
	if (strcmp(name, f->name) < 0)
		return;
	snprintf(f->name, sizeof(f->name), "%s", name);
	root_path(&f->setter.path, "%s", path);
	f->setter.value = *v;
}

/* Within a file, the last line that says something counts. */
static void file_search(struct search *s, const char *name, const char *path)
{
	struct value v;
	char *line;

	if (root_read(s->buf, CONF_MAX, "%s", path) < 0)
		return;
	for (line = s->buf; *line; line += strcspn(line, "\n")) {
		line += *line == '\n';
		if (persist_line(line, s->key, &v))
			found_in(&s->exact, name, path, &v);
		else if (persist_glob(line, s->key, &v))
			found_in(&s->glob, name, path, &v);
		else if (persist_excludes(line, s->key))
			s->excluded = true;
	}
}

/* True if one of the first @nr directories has a file of that name. */
static bool hidden(const char *name, size_t nr)
{
	size_t i;

	for (i = 0; i < nr; i++)
		if (root_exists("%s/%s", dirs[i], name))
			return true;
	return false;
}

static bool is_conf(const char *name)
{
	size_t len = strlen(name);

	return len > 5 && !strcmp(name + len - 5, ".conf") && name[0] != '.';
}

static void dir_search(struct search *s, size_t which)
{
	DIR *dir = root_opendir("%s", dirs[which]);
	char path[PATH_MAX];
	struct dirent *de;

	if (!dir)
		return;
	while ((de = readdir(dir))) {
		if (!is_conf(de->d_name) || !strcmp(de->d_name, PERSIST_NAME) ||
		    strcmp(de->d_name, s->after) < 0 || hidden(de->d_name, which))
			continue;
		snprintf(path, sizeof(path), "%s/%s", dirs[which], de->d_name);
		file_search(s, de->d_name, path);
	}
	closedir(dir);
}

/* Whether systemd sets the values at boot. */
static bool systemd_reads(void)
{
	return root_exists("/usr/lib/systemd/systemd-sysctl") ||
	       root_exists("/lib/systemd/systemd-sysctl");
}

bool persist_setter(const char *key, bool later, struct setter *best)
{
	struct search s = {
		.key = key,
		.after = later ? PERSIST_NAME : "",
		.buf = malloc(CONF_MAX),
	};
	const struct found *f;
	size_t i;

	best->path.s[0] = '\0';
	if (!s.buf)
		return false;
	for (i = 0; i < ARRAY_SIZE(dirs); i++)
		dir_search(&s, i);
	/* Sorts after all other names: sysctl(8) reads it last. */
	if (!systemd_reads())
		file_search(&s, "\xff", "/etc/sysctl.conf");
	free(s.buf);
	/* Who names a key has precedence over all patterns; our file always does. */
	f = &s.exact;
	if (!*f->name && !s.excluded && !later)
		f = &s.glob;
	if (!*f->name)
		return false;
	*best = f->setter;
	printable(best->path.s);
	return true;
}
