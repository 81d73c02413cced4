// SPDX-License-Identifier: GPL-2.0
/*
 * listened.c - which local ports of a namespace have a listener, or had one lately.
 *
 * Three bits for each port: it has a listener now; it had one in the window that is
 * running; it had one in the window before. The first follows the entries at each
 * update after one has gone. The other two are generations: when a window is over,
 * the running one becomes the one before, and starts again as what is there now. So
 * a port is remembered for one to two windows after its last listener, and whoever
 * passes over all ports has changed nothing by then.
 *
 * Sets of 1024 ports exist only where a port is remembered: a namespace without
 * listeners has none, one with a few has a few times half a KiB.
 *
 * Anybody may make namespaces and pass over all ports in each, and what is made here is
 * charged to nobody. So over all of his namespaces a user other than root has USER_MOST
 * sets, 2 MiB, and all of these OTHERS_MOST. Ports that find no room are as if they had
 * no listener, are counted, and try again when a window is over.
 *
 * Handlers read while all of this changes, under RCU. A set that they find stays
 * until they are done. Its words are changed in place, each at once: a port that has
 * a listener keeps its first two bits all the time. At the end of a window the older
 * generation is written before the younger one, and read after it, so that a port
 * that moves from one to the other is seen in at least one. Writers take turns by
 * tcpa_netns_lock.
 * Does not: know of listeners without an entry.
 */
#include "listened.h"

#include <linux/bitmap.h>
#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/lockdep.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <net/inet_sock.h>

#include "activity.h"
#include "judge/catalogue.h"
#include "owner.h"
#include "state.h"

#define WORDS	TCPA_LISTENED_WORDS

#define USER_MOST	4096
#define OTHERS_MOST	16384

static struct tcpa_share share = { .most = OTHERS_MOST, .user_most = USER_MOST };

/* Ports of the shown entries of the namespace that is updated; tcpa_netns_lock. */
static DECLARE_BITMAP(present, 65536);

/* That of @port, made if need be; -ENOMEM, or -ENOSPC if the namespace's maker has enough. */
static struct tcpa_listened_set *set_make(struct tcpa_net *tn, u16 port)
{
	struct tcpa_listened_set *set = tcpa_listened_set(tn, port);

	if (set)
		return set;
	if (!tcpa_share_room(&share, &tn->owner))
		return ERR_PTR(-ENOSPC);
	set = kzalloc(sizeof(*set), GFP_KERNEL | __GFP_NOWARN);
	if (!set)
		return ERR_PTR(-ENOMEM);
	tcpa_share_count(&share, &tn->owner, 1);
	if (!tn->listened.sets++)
		tn->listened.since = jiffies;
	rcu_assign_pointer(tn->listened.set[port / TCPA_LISTENED_SPAN], set);
	return set;
}

static void set_free(struct tcpa_net *tn, unsigned int i)
{
	struct tcpa_listened_set *set =
		rcu_replace_pointer(tn->listened.set[i], NULL, true);

	if (!set)
		return;
	tn->listened.sets--;
	tcpa_share_count(&share, &tn->owner, -1);
	kfree_rcu(set, rcu);
}

/* What is advised on ports depends on those of listeners. */
static void ports_changed(struct tcpa_net *tn)
{
	if (tn->ports.verdict != TCPA_OK || tn->ports.counted)
		tn->stale = true;
}

static int note(struct tcpa_net *tn, u16 port)
{
	struct tcpa_listened_set *set = set_make(tn, port);

	if (IS_ERR(set))
		return PTR_ERR(set);
	set_bit(port % TCPA_LISTENED_SPAN, set->window);
	set_bit(port % TCPA_LISTENED_SPAN, set->now);
	ports_changed(tn);
	return 0;
}

/* The next update tries again, or counts it as left out. */
void tcpa_listened_add(struct tcpa_net *tn, u16 port)
{
	lockdep_assert_held(&tcpa_netns_lock);
	if (note(tn, port))
		tcpa_listened_gone(tn);
}

void tcpa_listened_gone(struct tcpa_net *tn)
{
	WRITE_ONCE(tn->listened.stale, true);
	tcpa_net_touch(tn);
}

/* Fill `present`; whoever could not be noted before is noted now. */
static void find_present(struct tcpa_net *tn)
{
	const struct tcpa_listener *l;
	unsigned int left_out = 0;
	u16 port;
	int err;

	bitmap_zero(present, 65536);
	list_for_each_entry(l, &tn->listeners, node) {
		cond_resched();
		if (!l->visible || READ_ONCE(l->dead))
			continue;
		port = inet_sk(l->sk)->inet_num;
		if (__test_and_set_bit(port, present) || tcpa_listened_now(tn, port))
			continue;
		err = note(tn, port);
		left_out += err == -ENOSPC;
		if (err == -ENOMEM)
			tcpa_listened_gone(tn);
	}
	if (left_out && !tn->listened.left_out && !tn->listened.sets)
		tn->listened.since = jiffies;
	WRITE_ONCE(tn->listened.left_out, left_out);
}

static void begin_window(struct tcpa_listened_set *set, unsigned int i)
{
	WRITE_ONCE(set->before[i], set->window[i]);
	/* Pairs with smp_load_acquire() in tcpa_listened_lately_word(). */
	smp_store_release(&set->window[i], set->now[i]);
}

/* Bring a set up to date. False if it remembers nothing any more. */
static bool update_set(struct tcpa_listened_set *set,
		       const unsigned long *has, bool over)
{
	unsigned long any = 0;
	unsigned int i;

	for (i = 0; i < WORDS; i++) {
		WRITE_ONCE(set->now[i], has[i]);
		if (over)
			begin_window(set, i);
		any |= set->window[i] | set->before[i];
	}
	return any;
}

static void update_all(struct tcpa_net *tn, bool over)
{
	struct tcpa_listened_set *set;
	unsigned int i;

	for (i = 0; i < TCPA_LISTENED_SETS; i++) {
		set = tcpa_listened_set(tn, i * TCPA_LISTENED_SPAN);
		if (set && !update_set(set, present + i * WORDS, over))
			set_free(tn, i);
	}
}

void tcpa_listened_update(struct tcpa_net *tn, unsigned long window)
{
	struct tcpa_listened *listened = &tn->listened;
	bool over = (listened->sets || listened->left_out) &&
		    time_after_eq(jiffies, listened->since + window);

	lockdep_assert_held(&tcpa_netns_lock);
	if (!over && !READ_ONCE(listened->stale))
		return;
	/* Before the look: who goes after it says so again. */
	WRITE_ONCE(listened->stale, false);
	find_present(tn);
	update_all(tn, over);
	ports_changed(tn);
	if (over)
		listened->since = jiffies;
}

bool tcpa_listened_now(const struct tcpa_net *tn, u16 port)
{
	const struct tcpa_listened_set *set;
	bool now;

	rcu_read_lock();
	set = tcpa_listened_set(tn, port);
	now = set && test_bit(port % TCPA_LISTENED_SPAN, set->now);
	rcu_read_unlock();
	return now;
}

unsigned long tcpa_listened_word(const struct tcpa_net *tn, unsigned int i)
{
	const struct tcpa_listened_set *set = tcpa_listened_set(tn, i * BITS_PER_LONG);

	return set ? READ_ONCE(set->now[i % WORDS]) : 0;
}

void tcpa_listened_free(struct tcpa_net *tn)
{
	unsigned int i;

	for (i = 0; i < TCPA_LISTENED_SETS; i++)
		set_free(tn, i);
}
