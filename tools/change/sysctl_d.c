// SPDX-License-Identifier: GPL-2.0
/*
 * sysctl_d.c - which sysctl.d(5) file has the last word on a key. A name in
 * an earlier directory hides the same name in a later one; of different
 * names, the one that sorts last wins. /etc/sysctl.conf comes after them all, but
 * only sysctl(8) reads it: where systemd sets the values, it takes a link in
 * sysctl.d. Reads only; what cannot be read says nothing.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "persist.h"
#include "util.h"
#include "words/text.h"

#define CONF_MAX	1048576	/* bytes of one file */

static const char *const dirs[] = {
	"/etc/sysctl.d", "/run/sysctl.d", "/usr/local/lib/sysctl.d", "/usr/lib/sysctl.d",
	"/lib/sysctl.d",
};

struct search {
	const char *key;
	const char *after;	/* only names that sort after this one */
	struct setter *best;
	char best_name[256];
	char *buf;		/* CONF_MAX bytes */
};

/* The last value that the file @path gives to the key. */
static bool file_sets(struct search *s, const char *path, struct value *v)
{
	bool found = false;
	struct value one;
	char *line;

	if (root_read(s->buf, CONF_MAX, "%s", path) < 0)
		return false;
	for (line = s->buf; *line; line += strcspn(line, "\n")) {
		line += *line == '\n';
		if (persist_line(line, s->key, &one)) {
			*v = one;
			found = true;
		}
	}
	return found;
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
	struct value v;

	if (!dir)
		return;
	while ((de = readdir(dir))) {
		if (!is_conf(de->d_name) || !strcmp(de->d_name, PERSIST_NAME) ||
		    strcmp(de->d_name, s->after) < 0 ||
		    strcmp(de->d_name, s->best_name) < 0 || hidden(de->d_name, which))
			continue;
		snprintf(path, sizeof(path), "%s/%s", dirs[which], de->d_name);
		if (!file_sets(s, path, &v))
			continue;
		snprintf(s->best_name, sizeof(s->best_name), "%s", de->d_name);
		root_path(&s->best->path, "%s", path);
		s->best->value = v;
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
		.best = best,
		.buf = malloc(CONF_MAX),
	};
	bool found;
	size_t i;

	best->path.s[0] = '\0';
	if (!s.buf)
		return false;
	for (i = 0; i < ARRAY_SIZE(dirs); i++)
		dir_search(&s, i);
	found = s.best_name[0];
	if (!systemd_reads() && file_sets(&s, "/etc/sysctl.conf", &best->value)) {
		root_path(&best->path, "/etc/sysctl.conf");
		found = true;
	}
	text_clean(best->path.s);
	free(s.buf);
	return found;
}
