// SPDX-License-Identifier: GPL-2.0
/*
 * snapshot.c - advice and listeners of one namespace, of one generation. The
 * module publishes a set as a whole, but the listeners are many files: they
 * are read again if a new set has come out meanwhile.
 */
#include <err.h>
#include <errno.h>
#include <string.h>

#include "snapshot.h"

#define TRIES	5	/* sets come seconds apart; reading takes milliseconds */

static int read_once(struct snapshot *s)
{
	int err = recommend_read(&s->recommend, s->text);

	if (err)
		return err;
	err = listeners_read(&s->listeners);
	if (err)
		recommend_free(&s->recommend);
	return err;
}

static int check_netns(const struct snapshot *s, const struct netns *ns)
{
	if (!ns->id.inode || ns->id.inode == s->recommend.netns)
		return 0;
	warnx(SYSFS "/recommend speaks of network namespace %llu, but this is %llu: use --netns",
	      s->recommend.netns, ns->id.inode);
	return -EXDEV;
}

int snapshot_read(struct snapshot *s, const struct netns *ns)
{
	__u64 after;
	int err, i;

	memset(s, 0, sizeof(*s));
	err = sysfs_check();
	for (i = 0; !err && i < TRIES; i++) {
		err = read_once(s);
		if (!err)
			err = check_netns(s, ns);
		if (!err)
			err = generation_read(&after);
		if (!err && after == s->recommend.generation)
			return 0;
		snapshot_free(s);
	}
	if (!err) {
		warnx(SYSFS ": the advice keeps changing while it is read; run the command again");
		err = -EAGAIN;
	}
	return err;
}

void snapshot_free(struct snapshot *s)
{
	recommend_free(&s->recommend);
	listeners_free(&s->listeners);
}
