// SPDX-License-Identifier: GPL-2.0
/*
 * published.c - typed reads of what the module publishes for a namespace as a
 * whole. Reads only; says what is wrong and what to do if it cannot.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "words/complain.h"
#include "words/number.h"
#include "root.h"
#include "published.h"
#include "signing.h"
#include "util.h"

static const char *const counter_names[COUNTERS] = {
	[COUNT_SYNS] = "syns",
	[COUNT_COMPLETIONS] = "completions",
	[COUNT_OVERFLOWS_SYN] = "accept_overflows_syn",
	[COUNT_OVERFLOWS_ACK] = "accept_overflows_ack",
	[COUNT_SYNQ_DROPS] = "syn_queue_drops",
	[COUNT_OTHER_DROPS] = "other_drops",
	[COUNT_COOKIES_WANTED] = "syncookies_wanted",
	[COUNT_COOKIES_SENT] = "syncookies_sent",
	[COUNT_COOKIES_VALID] = "syncookies_valid",
};

const char *counter_name(enum counter c)
{
	return counter_names[c];
}

__u64 counters_refused(const struct counters *c)
{
	return c->v[COUNT_OVERFLOWS_SYN] + c->v[COUNT_OVERFLOWS_ACK] + c->v[COUNT_SYNQ_DROPS];
}

void counters_add(struct counters *sum, const struct counters *c)
{
	unsigned int i;

	for (i = 0; i < COUNTERS; i++)
		sum->v[i] += c->v[i];
}

int sysfs_u64at(int dir, const char *name, __u64 *v)
{
	int fd = root_openat(dir, name);
	char buf[64];
	ssize_t n;

	if (fd < 0)
		return fd;
	/* One number comes in one piece: spare a second read(2). */
	n = read(fd, buf, sizeof(buf));
	if (n < 0)
		n = -errno;
	close(fd);
	if (n < 0)
		return (int)n;
	if ((size_t)n == sizeof(buf))
		return -EFBIG;
	buf[n] = '\0';
	if (strlen(buf) != (size_t)n)
		return -EINVAL;
	root_trim(buf);
	return number_u64(buf, v);
}

void sysfs_complain(int err, const char *dir, const char *file)
{
	const char *slash = *dir ? "/" : "";
	char found[64];
	struct path p;

	root_path(&p, SYSFS "/%s%s%s", dir, slash, file);
	if ((err == -EINVAL || err == -ERANGE) &&
	    root_read_line(found, sizeof(found), SYSFS "/%s%s%s", dir, slash, file) >= 0) {
		root_clean(found);
		complain("%s: found \"%s\": expected a number%s; are module and tool of the same version?",
			 p.s, found, err == -ERANGE ? " in its range" : "");
	} else {
		complain("%s: %s; are module and tool of the same version?", p.s, strerror(-err));
	}
}

int counters_readat(int dir, struct counters *c, const char **file)
{
	unsigned int i;
	int err;

	for (i = 0; i < COUNTERS; i++) {
		*file = counter_names[i];
		err = sysfs_u64at(dir, counter_names[i], &c->v[i]);
		if (err)
			return err;
	}
	return 0;
}

struct field {
	const char *name;
	__u64 *v;
};

/* Read the counters (unless NULL) and fields of one directory. */
static int dir_read(const char *name, struct counters *c, const struct field *f, size_t nr)
{
	const char *file = "";
	size_t i;
	int dir, err;

	dir = root_open(O_RDONLY | O_DIRECTORY, SYSFS "/%s", name);
	err = dir < 0 ? dir : 0;
	if (!err && c)
		err = counters_readat(dir, c, &file);
	for (i = 0; !err && i < nr; i++) {
		file = f[i].name;
		err = sysfs_u64at(dir, file, f[i].v);
	}
	if (dir >= 0)
		close(dir);
	if (err)
		sysfs_complain(err, name, file);
	return err;
}

int verdict_read(const char *dir, char *verdict)
{
	ssize_t n = root_read_line(verdict, VERDICT_MAX, SYSFS "/%s/verdict", dir);

	if (n < 0)
		verdict[0] = '\0';
	if (n < 0 && n != -ENOENT) {
		sysfs_complain((int)n, dir, "verdict");
		return (int)n;
	}
	root_clean(verdict);
	return 0;
}

int totals_read(struct totals *t)
{
	const struct field closed[] = {
		{ "listeners", &t->closed_listeners }, { "aborted", &t->aborted },
	};
	const struct field untracked[] = { { "listeners", &t->untracked_listeners } };
	const struct field timewait[] = {
		{ "count", &t->timewait.count }, { "limit", &t->timewait.limit },
		{ "created", &t->timewait.created },
		{ "overflows", &t->timewait.overflows },
		{ "server_side", &t->timewait.server_side },
		{ "client_side", &t->timewait.client_side },
		{ "fin_wait2", &t->timewait.fin_wait2 },
		{ "reused", &t->timewait.reused },
	};
	int err;

	err = dir_read("closed", &t->closed, closed, 2);
	if (!err)
		err = dir_read("untracked", &t->untracked, untracked, 1);
	if (!err)
		err = dir_read("timewait", NULL, timewait, ARRAY_SIZE(timewait));
	if (!err)
		err = verdict_read("timewait", t->timewait.verdict);
	return err;
}

static const char unsigned_hint[] =
	"; if this says \"Key was rejected\", see \"Secure Boot\" in README.md";

int sysfs_check(void)
{
	int fd = root_open(O_RDONLY | O_DIRECTORY, SYSFS);
	struct path p;

	if (fd >= 0) {
		close(fd);
		return 0;
	}
	root_path(&p, SYSFS);
	if (fd == -ENOENT)
		complain("%s does not exist: the module is not loaded; load it with \"modprobe tcpadvisor\"%s",
			 p.s, signing_enforced() ? unsigned_hint : "");
	else
		complain("%s: %s", p.s, strerror(-fd));
	return fd;
}

int generation_read(__u64 *generation)
{
	char buf[64];
	ssize_t n;
	int err;

	n = root_read_line(buf, sizeof(buf), SYSFS "/generation");
	err = n < 0 ? (int)n : number_u64(buf, generation);
	if (err)
		sysfs_complain(err, "", "generation");
	return err;
}

int recommend_read(struct recommend *r, char *text)
{
	char *buf = text ? text : malloc(RECOMMEND_MAX);
	struct fault fault;
	struct path p;
	ssize_t n;
	int err;

	root_path(&p, SYSFS "/recommend");
	if (!buf)
		return -ENOMEM;
	n = root_read(buf, RECOMMEND_MAX, SYSFS "/recommend");
	if (n < 0) {
		err = (int)n;
		complain("%s: %s", p.s, strerror(-err));
	} else {
		err = recommend_parse(buf, (size_t)n, r, &fault);
		if (err == -EINVAL)
			complain("%s:%u: found \"%s\": %s; nothing was changed",
				 p.s, fault.line, fault.found, fault.why);
		else if (err)
			complain("%s: %s", p.s, strerror(-err));
	}
	if (!text)
		free(buf);
	return err;
}
