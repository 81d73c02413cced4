// SPDX-License-Identifier: GPL-2.0
/*
 * remembered.c - what listeners that are gone have shown.
 *
 * A server that is restarted, or reloaded into a new socket, listens on another
 * socket, and with it would begin to learn afresh what its clients do. So evidence
 * follows the address, the settings (backlog, what was asked of listen(2), and whether
 * it has TCP_DEFER_ACCEPT, which servers set a moment later) and the program (its name,
 * and the user whose the socket is) instead of the socket. Where what was asked for or
 * the name is not known, as of a listener from before the module was loaded, the others
 * decide.
 *
 * What shows that one member of a SO_REUSEPORT group is slower than the others is
 * its own, and goes with it.
 *
 * Anybody may open listeners, have them refuse and close them, and make namespaces
 * to do it in. So what is kept is bounded, by the latest:
 *   a namespace		32, of which 16 of users other than root
 *   a user other than root	256, told apart as in quota.c
 *   all of these together	1024
 * and for 60 windows. Whoever has no room gives up its namespace's oldest; root's is
 * never given up for another user's.
 * Context: see remembered.h.
 * Does not: decide who takes over (track.c).
 */
#include "remembered.h"

#include <linux/jiffies.h>
#include <linux/kobject.h>
#include <linux/lockdep.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uidgid.h>
#include <net/sock.h>

#include "judge/sample.h"
#include "kept.h"
#include "options.h"

#define NET_MOST	32U
#define NET_OTHERS	16U
#define USER_MOST	256
#define OTHERS_MOST	1024
#define MOST_WINDOWS	60U

/* Given back without the lock when a namespace ends. */
static struct tcpa_share share = { .most = OTHERS_MOST, .user_most = USER_MOST };

/*
 * The address is that of the directory: the socket is closed by now and has no port
 * any more.
 */
static void place_of(const struct tcpa_listener *l, struct tcpa_place *p)
{
	const char *name = kobject_name(&l->kobj);
	size_t len = strcspn(name, "@");

	memset(p, 0, sizeof(*p));
	memcpy(p->address, name, min(len, sizeof(p->address) - 1));
	p->device = READ_ONCE(l->sk->sk_bound_dev_if);
	p->uid = READ_ONCE(l->sk->sk_uid);
	p->program = l->program;
	p->backlog = l->prev_backlog;
	p->requested = READ_ONCE(l->requested);
	p->defers = tcpa_options_defers(l);
}

static bool same_server(const struct tcpa_place *a, const struct tcpa_place *b)
{
	return !strcmp(a->address, b->address) && a->device == b->device &&
	       uid_eq(a->uid, b->uid) &&
	       (a->program == b->program || !a->program || !b->program);
}

static bool same_settings(const struct tcpa_place *a, const struct tcpa_place *b)
{
	return a->backlog == b->backlog && a->defers == b->defers &&
	       (a->requested == b->requested || a->requested == TCPA_UNKNOWN ||
		b->requested == TCPA_UNKNOWN);
}

void tcpa_remembered_forget(struct tcpa_net *tn, struct tcpa_remembered *r)
{
	tn->remembered_nr--;
	tcpa_share_count(&share, &r->owner, -1);
	list_del(&r->node);
	kfree(r);
}

static unsigned int nr_of_others(const struct tcpa_net *tn)
{
	const struct tcpa_remembered *r;
	unsigned int n = 0;

	list_for_each_entry(r, &tn->remembered, node)
		n += !r->owner.root;
	return n;
}

static bool has_room(const struct tcpa_net *tn, const struct tcpa_owner *owner)
{
	if (tn->remembered_nr >= NET_MOST)
		return false;
	return owner->root || (nr_of_others(tn) < NET_OTHERS &&
			       tcpa_share_room(&share, owner));
}

/* The oldest in @tn that may give way for one of @owner, or NULL. */
static struct tcpa_remembered *oldest(struct tcpa_net *tn,
				      const struct tcpa_owner *owner)
{
	struct tcpa_remembered *r;

	list_for_each_entry_reverse(r, &tn->remembered, node)
		if (!r->owner.root)
			return r;
	if (!owner->root || list_empty(&tn->remembered))
		return NULL;
	return list_last_entry(&tn->remembered, struct tcpa_remembered, node);
}

static bool make_room(struct tcpa_net *tn, const struct tcpa_owner *owner)
{
	struct tcpa_remembered *r;

	while (!has_room(tn, owner)) {
		r = oldest(tn, owner);
		if (!r)
			return false;
		tcpa_remembered_forget(tn, r);
	}
	return true;
}

void tcpa_remembered_leave(const struct tcpa_listener *l)
{
	struct tcpa_net *tn = l->tn;
	struct tcpa_remembered *r;
	struct tcpa_loss loss;

	lockdep_assert_held(&tcpa_netns_lock);
	if (l->verdict == TCPA_REUSEPORT_SKEW || !make_room(tn, &l->owner))
		return;
	r = kzalloc(sizeof(*r), GFP_KERNEL | __GFP_NOWARN);
	if (!r)
		return;
	place_of(l, &r->place);
	r->owner = l->owner;
	r->since = jiffies;
	r->verdict = l->verdict;
	r->recommended = l->recommended;
	r->kept = l->track->kept;
	if (tcpa_kept_read(l, l->prev_backlog, &loss))
		tcpa_loss_apply(&loss, &r->kept);
	tn->remembered_nr++;
	tcpa_share_count(&share, &r->owner, 1);
	list_add(&r->node, &tn->remembered);
}

struct tcpa_remembered *tcpa_remembered_find(const struct tcpa_listener *l)
{
	struct tcpa_remembered *r;
	struct tcpa_place place;

	lockdep_assert_held(&tcpa_netns_lock);
	if (list_empty(&l->tn->remembered))
		return NULL;
	place_of(l, &place);
	list_for_each_entry(r, &l->tn->remembered, node) {
		if (!same_server(&r->place, &place))
			continue;
		if (same_settings(&r->place, &place))
			return r;
		l->tn->stale |= !r->replaced;
		r->replaced = true;
	}
	return NULL;
}

u32 tcpa_remembered_age(const struct tcpa_remembered *r, unsigned long window)
{
	return (jiffies - r->since) / window;
}

bool tcpa_remembered_expire(struct tcpa_net *tn, unsigned long window)
{
	struct tcpa_remembered *r, *next;
	bool any = false;

	lockdep_assert_held(&tcpa_netns_lock);
	list_for_each_entry_safe(r, next, &tn->remembered, node) {
		if (tcpa_remembered_age(r, window) <= MOST_WINDOWS)
			continue;
		tcpa_remembered_forget(tn, r);
		any = true;
	}
	return any;
}

u64 tcpa_remembered_refused(const struct tcpa_net *tn)
{
	const struct tcpa_remembered *r;
	u64 sum = 0;

	list_for_each_entry(r, &tn->remembered, node)
		if (!r->replaced)
			sum += tcpa_interval_refusals(&r->kept.sum);
	return sum;
}

void tcpa_remembered_free(struct tcpa_net *tn)
{
	struct tcpa_remembered *r, *next;

	list_for_each_entry_safe(r, next, &tn->remembered, node)
		tcpa_remembered_forget(tn, r);
}
