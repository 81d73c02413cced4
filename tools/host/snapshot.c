// SPDX-License-Identifier: GPL-2.0
/*
 * snapshot.c - advice and listeners of one namespace, of one generation. The
 * module publishes a set as a whole, but the listeners are many files: they
 * are read again if a new set has come out meanwhile, a few times. Where that
 * does not end, the listeners are a little newer than the advice. Either can
 * be acted upon by itself: apply compares each value with what is in force.
 */
#include <errno.h>
#include <string.h>

#include "root.h"
#include "snapshot.h"
#include "tcp_inodes.h"
#include "words/complain.h"

/*
 * Sets come seconds apart at most times, and reading takes milliseconds; but with
 * thousands of listeners under load no two looks see the same set.
 */
#define TRIES	3

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
	complain(SYSFS "/recommend speaks of network namespace %llu, but this is %llu: use --netns",
		 s->recommend.netns, ns->id.inode);
	return -EXDEV;
}

/*
 * True if there are listeners and none of them is in our own /proc/net. The module
 * refuses to show those of another namespace.
 */
static bool strangers(const struct listeners *ls)
{
	size_t i, known = 0, ours = 0;
	struct tcp_inodes listening;

	if (tcp_inodes_listening(&listening))
		return false;
	for (i = 0; i < ls->nr; i++) {
		known += ls->item[i].inode || ls->item[i].refused;
		ours += tcp_inodes_have(&listening, ls->item[i].inode);
	}
	tcp_inodes_free(&listening);
	return known && !ours;
}

/*
 * The listeners are those of the namespace that /sys was mounted in, all else is
 * of the one we are in: nsenter(1) leaves the two apart. They are looked at again,
 * as the only one may have closed since, and another have opened.
 */
int snapshot_check_listeners(const struct listeners *ls)
{
	struct listeners again;
	bool strange;

	/* The table is of the namespace that we are in. */
	if (ls->tabled || !root_is_live() || !strangers(ls) || listeners_read(&again))
		return 0;
	strange = strangers(&again);
	listeners_free(&again);
	if (!strange)
		return 0;
	complain(SYSFS "/listeners: found the listeners of another network namespace than this one, whose /sys it is: use --netns, or \"ip netns exec\"");
	return -EXDEV;
}

int snapshot_check(const struct netns *ns)
{
	struct snapshot s = { 0 };
	int err = sysfs_check();

	if (!err)
		err = recommend_read(&s.recommend, NULL);
	if (!err)
		err = check_netns(&s, ns);
	snapshot_free(&s);
	return err;
}

/* 1 if all of it was of one set, 0 if not, or a negative errno and nothing. */
static int read_whole(struct snapshot *s, const struct netns *ns)
{
	__u64 after;
	int err = read_once(s);

	if (err)
		return err;
	err = check_netns(s, ns);
	if (!err)
		err = snapshot_check_listeners(&s->listeners);
	if (!err)
		err = generation_read(&after);
	if (err) {
		snapshot_free(s);
		return err;
	}
	return after == s->recommend.generation;
}

int snapshot_read(struct snapshot *s, const struct netns *ns)
{
	int ret, i;

	memset(s, 0, sizeof(*s));
	ret = sysfs_check();
	for (i = 0; !ret && i < TRIES; i++) {
		if (i)
			snapshot_free(s);
		ret = read_whole(s, ns);
	}
	return ret < 0 ? ret : 0;
}

void snapshot_free(struct snapshot *s)
{
	recommend_free(&s->recommend);
	listeners_free(&s->listeners);
}
