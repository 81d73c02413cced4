// SPDX-License-Identifier: GPL-2.0
/*
 * target.c - one face for the three kinds of things that are changed: a
 * sysctl, the backlog of a running listener, a line in our sysctl.d file.
 * Keeps no record: apply.c and rollback.c do.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "persist.h"
#include "host/socket.h"
#include "host/sysctl.h"
#include "target.h"
#include "words/complain.h"

static int backlog_now(struct target *t)
{
	t->now.nr = 1;
	return socket_backlog(t->change->name, t->sock, &t->now.v[0]);
}

static int backlog_open(struct target *t, const struct owner *owner, __u64 netns)
{
	const struct socket_id id = {
		.name = t->change->name,
		.inode = t->change->inode,
		.cookie = t->change->cookie,
		.netns = netns,
	};
	int err;

	if (!owner || !owner->pid)
		return -ESRCH;
	t->sock = socket_take(&id, owner->pid, owner->fd);
	if (t->sock < 0)
		return t->sock;
	err = backlog_now(t);
	if (err)
		target_close(t);
	return err;
}

int target_open(struct target *t, const struct change *c, const struct owner *owner,
		__u64 netns)
{
	struct path p;
	int err = 0;

	memset(t, 0, sizeof(*t));
	t->change = c;
	t->sock = -1;
	switch (c->kind) {
	case CHANGE_BACKLOG:
		return backlog_open(t, owner, netns);
	case CHANGE_PERSIST:
		return persist_read(c->name, &t->now);
	case CHANGE_SYSCTL:
		err = sysctl_read(c->name, &t->now);
		if (err)
			complain("%s: %s", sysctl_path(&p, c->name), strerror(-err));
		break;
	case CHANGE_UNKNOWN:
		return -EINVAL;
	}
	return err;
}

static int backlog_capped(const struct target *t, const struct value *v, __u64 cap)
{
	complain("listener %s: a backlog of %llu is not to be had: net.core.somaxconn of its namespace caps it at %llu; it is %llu now",
		 t->change->name, v->v[0], cap, t->now.v[0]);
	return -EILSEQ;
}

/* listen(2) takes what it is given up to the cap: that is not tried, as it may take away. */
static int backlog_set(struct target *t, const struct value *v)
{
	struct value cap;
	int err;

	if (!sysctl_read("net.core.somaxconn", &cap) && cap.v[0] < v->v[0])
		return backlog_capped(t, v, cap.v[0]);
	err = socket_relisten(t->change->name, t->sock, v->v[0]);
	if (!err)
		err = backlog_now(t);
	return err || value_equal(&t->now, v) ? err : backlog_capped(t, v, t->now.v[0]);
}

/* A write that failed may have got as far as the new file: look. */
static int persist_set(struct target *t, const struct value *v, const struct reason *why)
{
	int err = persist_write(t->change->name, v, why);
	int seen = persist_read(t->change->name, &t->now);

	return err ? err : seen;
}

int target_set(struct target *t, const struct value *v, const struct reason *why)
{
	switch (t->change->kind) {
	case CHANGE_BACKLOG:
		return backlog_set(t, v);
	case CHANGE_PERSIST:
		return persist_set(t, v, why);
	case CHANGE_UNKNOWN:
		return -EINVAL;
	case CHANGE_SYSCTL:
		break;
	}
	return sysctl_write(t->change->name, v, &t->now);
}

void target_close(struct target *t)
{
	if (t->sock >= 0)
		close(t->sock);
	t->sock = -1;
}

enum undo undo_decide(const struct change *c, const struct value *now)
{
	if (value_equal(now, &c->to))
		return UNDO_RESTORE;
	if (value_equal(now, &c->from))
		return UNDO_NOTHING;
	return UNDO_LEAVE;
}
