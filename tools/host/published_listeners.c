// SPDX-License-Identifier: GPL-2.0
/*
 * published_listeners.c - the listening sockets of this namespace, one directory each
 * below /sys/kernel/tcpadvisor/listeners. Reads only. A listener may close
 * while it is being read; it is then left out, which is the truth.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "published_listeners.h"
#include "listener_table.h"
#include "words/complain.h"
#include "words/number.h"
#include "root.h"
#include "util.h"

#define CGROUP_BUF	65536	/* more than a page of any kernel */

/* The first line of a file in the open directory @dir. Length or -errno. */
static ssize_t line_readat(int dir, const char *name, char *buf, size_t size)
{
	int fd = root_openat(dir, name);
	ssize_t n;

	if (fd < 0)
		return fd;
	n = root_read_fd(fd, buf, size);
	close(fd);
	if (n < 0)
		return n;
	n = (ssize_t)root_trim(buf);
	root_clean(buf);
	return n;
}

static int requested_readat(int dir, struct listener *l)
{
	char buf[64];
	ssize_t n = line_readat(dir, "backlog_requested", buf, sizeof(buf));

	return n < 0 ? (int)n : listener_requested_parse(buf, l);
}

static int numbers_readat(int dir, struct listener *l, const char **file)
{
	const struct {
		const char *name;
		__u64 *v;
	} fields[] = {
		{ "inode", &l->inode }, { "backlog", &l->backlog },
		{ "accept_queue", &l->accept_queue },
		{ "accept_queue_peak", &l->accept_queue_peak },
		{ "syn_queue", &l->syn_queue },
		{ "syn_queue_peak", &l->syn_queue_peak },
		{ "backlog_recommended", &l->recommended },
	};
	size_t i;
	int err;

	for (i = 0; i < ARRAY_SIZE(fields); i++) {
		*file = fields[i].name;
		err = sysfs_u64at(dir, fields[i].name, fields[i].v);
		if (err)
			return err;
	}
	*file = "backlog_recommended";
	return l->recommended > BACKLOG_MAX ? -ERANGE : 0;
}

/* Read everything from the open directory; @file is what went wrong. */
static int listener_readat(int dir, struct listener *l, const char **file)
{
	ssize_t n;
	int err;

	err = numbers_readat(dir, l, file);
	if (err)
		return err;
	err = counters_readat(dir, &l->counters, file);
	if (err)
		return err;
	*file = "backlog_requested";
	err = requested_readat(dir, l);
	if (err)
		return err;
	*file = "verdict";
	n = line_readat(dir, *file, l->verdict, sizeof(l->verdict));
	if (n < 0)
		return (int)n;
	return 0;
}

/* Its path, which may be as long as a file of sysfs can be. */
static void cgroup_readat(int dir, struct listener *l)
{
	char path[CGROUP_BUF];
	ssize_t n = line_readat(dir, "cgroup", path, sizeof(path));

	l->cgroup = strdup(n < 0 ? "?" : path);
}

/* Whether it went away while it was being read. */
static bool gone(const char *name, int err)
{
	return (err == -ENOENT || err == -ENODEV) && !root_exists(SYSFS "/listeners/%s", name);
}

/* @err, after saying so, or 0 if the listener @name is gone. */
static int read_failed(const char *name, int err, const char *file)
{
	char where[SUBJECT_MAX + 16];

	if (gone(name, err))
		return 0;
	snprintf(where, sizeof(where), "listeners/%s", name);
	sysfs_complain(err, where, file);
	return err;
}

/*
 * 1 if there is something to show, 0 if the listener is gone, or a negative errno;
 * @l->cgroup is to be freed in any case.
 */
static int listener_read(const char *name, struct listener *l)
{
	const char *file = "";
	struct path p;
	int dir, err;

	memset(l, 0, sizeof(*l));
	if (listener_name_parse(name, l->address, &l->cookie)) {
		complain("%s: expected ADDR:PORT@COOKIE; are module and tool of the same version?",
			 root_path(&p, SYSFS "/listeners/%s", name));
		return -EINVAL;
	}
	memcpy(l->name, name, strlen(name) + 1); /* fits, or it had not parsed */
	dir = root_open(O_RDONLY | O_DIRECTORY, SYSFS "/listeners/%s", name);
	err = dir < 0 ? dir : listener_readat(dir, l, &file);
	if (dir >= 0) {
		cgroup_readat(dir, l);
		close(dir);
	} else {
		l->cgroup = strdup("?");
	}
	if (!l->cgroup)
		return -ENOMEM;
	if (!err)
		return 1;
	if (!read_failed(name, err, file))
		return 0;
	listener_unread(l, file);
	l->refused = err == -EACCES;
	return 1;
}

/* Add the counters of one, if it is there and they can be read. */
static int listener_sum(void *sum, const char *name)
{
	const char *file = "";
	struct counters c;
	int dir, err;

	dir = root_open(O_RDONLY | O_DIRECTORY, SYSFS "/listeners/%s", name);
	err = dir < 0 ? dir : counters_readat(dir, &c, &file);
	if (dir >= 0)
		close(dir);
	if (err)
		read_failed(name, err, file);
	else
		counters_add(sum, &c);
	return 0;
}

static int worst_first(const void *a, const void *b)
{
	const struct listener *x = a, *y = b;
	__u64 rx = counters_refused(&x->counters), ry = counters_refused(&y->counters);

	if (rx != ry)
		return rx < ry ? 1 : -1;
	if (listener_in_trouble(x) != listener_in_trouble(y))
		return listener_in_trouble(x) ? -1 : 1;
	return strcmp(x->name, y->name);
}

/* Room for one more, or NULL. */
static struct listener *listeners_room(struct listeners *ls)
{
	struct listener *item;

	/* Grow by doubling: the number below is 0 at each power of two. */
	if (!(ls->nr & (ls->nr - 1))) {
		item = reallocarray(ls->item, ls->nr ? 2 * ls->nr : 1, sizeof(*item));
		if (!item)
			return NULL;
		ls->item = item;
	}
	return &ls->item[ls->nr];
}

static int append_row(void *arg, const struct listener *l)
{
	struct listeners *ls = arg;
	struct listener *item = l ? listeners_room(ls) : NULL;

	if (l && !item)
		return -ENOMEM;
	if (l)
		*item = *l;
	ls->nr += !!l;
	ls->unread += !l || l->unread;
	return 0;
}

static int listener_append(void *arg, const char *name)
{
	struct listeners *ls = arg;
	struct listener *item = listeners_room(ls);
	int ret;

	if (!item)
		return -ENOMEM;
	ret = listener_read(name, item);
	if (ret > 0) {
		ls->nr++;
		ls->unread += !!item->unread;
	} else {
		ls->unread += ret == -EINVAL;
		free(item->cgroup);
	}
	return ret == -ENOMEM ? ret : 0;
}

/* Call @fn for each listener's name. */
static int each_name(int (*fn)(void *arg, const char *name), void *arg)
{
	DIR *dir = root_opendir(SYSFS "/listeners");
	struct dirent *de;
	struct path p;
	int err = 0;

	if (!dir) {
		err = -errno;
		complain("%s: %s", root_path(&p, SYSFS "/listeners"), strerror(-err));
		return err;
	}
	while (!err && (de = readdir(dir)))
		if (de->d_name[0] != '.')
			err = fn(arg, de->d_name);
	closedir(dir);
	return err;
}

static int by_cgroup(const void *a, const void *b)
{
	const struct listener *const *x = a, *const *y = b;

	return ((*x)->cgroup_id > (*y)->cgroup_id) - ((*x)->cgroup_id < (*y)->cgroup_id);
}

/* The path of a cgroup, from a listener in it; false if that has gone. */
static bool cgroup_of(const char *name, char *path, size_t size)
{
	int dir = root_open(O_RDONLY | O_DIRECTORY, SYSFS "/listeners/%s", name);
	ssize_t n = dir < 0 ? dir : line_readat(dir, "cgroup", path, size);

	if (dir >= 0)
		close(dir);
	if (n < 0)
		snprintf(path, size, "?");
	return n >= 0 || !gone(name, (int)n);
}

/* Rows have an ID in the place of a path: read that once for each of them. */
static int listeners_find_cgroups(struct listeners *ls)
{
	struct listener **sorted = calloc(ls->nr + 1, sizeof(*sorted));
	const struct listener *last = NULL;
	char path[CGROUP_BUF];
	const char *is;
	size_t i;

	if (!sorted)
		return -ENOMEM;
	for (i = 0; i < ls->nr; i++)
		sorted[i] = &ls->item[i];
	qsort(sorted, ls->nr, sizeof(*sorted), by_cgroup);
	for (i = 0; i < ls->nr; i++) {
		is = sorted[i]->unread ? "?" : sorted[i]->cgroup_id ? path : "-";
		if (is == path && !(last && last->cgroup_id == sorted[i]->cgroup_id))
			last = cgroup_of(sorted[i]->name, path, sizeof(path)) ? sorted[i] : NULL;
		sorted[i]->cgroup = strdup(is);
		if (!sorted[i]->cgroup)
			break;
	}
	free(sorted);
	return i < ls->nr ? -ENOMEM : 0;
}

/* -ENOENT if there is no table. */
static int listeners_read_table(struct listeners *ls)
{
	int err = listener_table_each(append_row, ls, &ls->changes);

	if (!err)
		err = listeners_find_cgroups(ls);
	if (err) {
		listeners_free(ls);
		return err;
	}
	ls->tabled = true;
	return 0;
}

int listeners_read(struct listeners *ls)
{
	int err;

	memset(ls, 0, sizeof(*ls));
	err = listeners_read_table(ls);
	if (err && err != -ENOMEM)
		err = each_name(listener_append, ls);
	if (err)
		listeners_free(ls);
	else if (ls->nr)
		qsort(ls->item, ls->nr, sizeof(*ls->item), worst_first);
	return err;
}

static int sum_row(void *sum, const struct listener *l)
{
	if (l && !l->unread)
		counters_add(sum, &l->counters);
	return 0;
}

int listeners_sum(struct counters *sum)
{
	struct counters of = { { 0 } };
	int err = listener_table_each(sum_row, &of, NULL);

	if (err)
		return each_name(listener_sum, sum);
	counters_add(sum, &of);
	return 0;
}

bool listeners_still_there(const struct listeners *ls)
{
	__u64 changes;
	size_t i;

	if (ls->tabled)
		return !(ls->changes & 1) && !listener_table_changes(&changes) &&
		       changes == ls->changes;
	for (i = 0; i < ls->nr; i++)
		if (!root_exists(SYSFS "/listeners/%s", ls->item[i].name))
			return false;
	return true;
}

/* The process behind each of the first @most. */
static void own_first(struct listeners *ls, size_t most)
{
	struct owner **own = calloc(most + 1, sizeof(*own));
	size_t i, nr = 0;

	for (i = 0; own && i < most; i++) {
		ls->item[i].owner.inode = ls->item[i].inode;
		if (ls->item[i].inode)
			own[nr++] = &ls->item[i].owner;
	}
	if (nr)
		owners_find(own, nr);
	free(own);
}

void listeners_own(struct listeners *ls)
{
	own_first(ls, ls->nr);
}

void listeners_own_troubled(struct listeners *ls)
{
	size_t nr = 0;

	while (nr < ls->nr && listener_in_trouble(&ls->item[nr]))
		nr++;
	own_first(ls, nr);
}

void listeners_keep(struct listeners *ls, bool (*keep)(const struct listener *l, const void *arg),
		    const void *arg)
{
	size_t i, nr = 0;

	for (i = 0; i < ls->nr; i++) {
		if (keep(&ls->item[i], arg))
			ls->item[nr++] = ls->item[i];
		else
			free(ls->item[i].cgroup);
	}
	ls->nr = nr;
}

void listeners_free(struct listeners *ls)
{
	size_t i;

	for (i = 0; i < ls->nr; i++)
		free(ls->item[i].cgroup);
	free(ls->item);
	memset(ls, 0, sizeof(*ls));
}

bool listener_named(const char *name, const char *subject)
{
	char address[SUBJECT_MAX];
	__u64 cookie;

	if (!strcmp(name, subject))
		return true;
	if (listener_name_parse(name, address, &cookie))
		return false;
	return !strcmp(subject[0] == ':' ? strrchr(address, ':') : address, subject);
}
