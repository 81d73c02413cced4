// SPDX-License-Identifier: GPL-2.0
/*
 * past.c - what the listeners of an address had counted when they were closed.
 *
 * A listener is closed whenever a worker of a SO_REUSEPORT group dies or a service is
 * restarted; its address stays. So does a row here, until there are more addresses than
 * a namespace may have: then one gives way, and what it had goes to `other`.
 *
 * Anybody may open listeners at any number of addresses. So the one that gives way is
 * of the user who has most of them, which costs nobody else anything; of his it is the
 * one with the fewest connections among those that were not added to for longest, for
 * a service in use is added to now and then. An address without any event makes no
 * row; one with events costs whoever wants another's away a connection each, and
 * another's is not what he gets.
 *
 * Anybody may make namespaces, too, and what reconcile allocates is charged to nobody.
 * So over all namespaces a user other than root has USER_MOST rows, 2 MiB, and all of
 * these OTHERS_MOST. Who has no more gives up one of his own in this namespace; if
 * there is none, his address gets no row.
 *
 * Rows are few and a listener's close is rare: they are looked through one by one.
 * Context: see past.h.
 * Does not: know listeners.
 */
#include "past.h"

#include <linux/jhash.h>
#include <linux/slab.h>
#include <linux/string.h>

#define USER_MOST	8192
#define OTHERS_MOST	32768

static struct tcpa_share share = { .most = OTHERS_MOST, .user_most = USER_MOST };

void tcpa_pasts_init(struct tcpa_pasts *p, unsigned int most)
{
	INIT_LIST_HEAD(&p->list);
	xa_init_flags(&p->rows, XA_FLAGS_ALLOC);
	p->most = most;
}

void tcpa_pasts_free(struct tcpa_pasts *p)
{
	struct tcpa_past *past, *next;

	list_for_each_entry_safe(past, next, &p->list, node) {
		tcpa_share_count(&share, &past->owner, -1);
		kfree(past);
	}
	xa_destroy(&p->rows);
}

static void add(struct tcpa_past_sum *to, const struct tcpa_past_sum *sum)
{
	unsigned int i;

	WRITE_ONCE(to->listeners, to->listeners + sum->listeners);
	WRITE_ONCE(to->aborted, to->aborted + sum->aborted);
	for (i = 0; i < TCPA_COUNTERS; i++)
		WRITE_ONCE(to->v[i], to->v[i] + sum->v[i]);
}

static struct tcpa_past *find(const struct tcpa_pasts *p, const char *address,
			      size_t len, u32 hash)
{
	struct tcpa_past *past;

	list_for_each_entry(past, &p->list, node)
		if (past->hash == hash && !strncmp(past->address, address, len) &&
		    !past->address[len])
			return past;
	return NULL;
}

/* All of root's rows have one owner, each hash of users one. */
#define ROOT	256
#define OWNERS	(ROOT + 1)

static unsigned int number_of(const struct tcpa_owner *owner)
{
	return owner->root ? ROOT : owner->uid;
}

/* Who has most rows. */
static unsigned int greediest(const struct tcpa_pasts *p)
{
	u16 rows[OWNERS] = {};
	const struct tcpa_past *past;
	unsigned int most = 0, owner;

	list_for_each_entry(past, &p->list, node) {
		owner = number_of(&past->owner);
		if (++rows[owner] > rows[most])
			most = owner;
	}
	return most;
}

/*
 * Of the half that was not added to for longest, or else the last of @owner; NULL if
 * he has none.
 */
static struct tcpa_past *lightest(const struct tcpa_pasts *p, unsigned int owner)
{
	struct tcpa_past *past, *found = NULL;
	unsigned int n = 0;

	list_for_each_entry_reverse(past, &p->list, node) {
		if (n++ >= p->nr / 2 && found)
			break;
		if (number_of(&past->owner) == owner &&
		    (!found || past->sum.v[TCPA_SYNS] < found->sum.v[TCPA_SYNS]))
			found = past;
	}
	return found;
}

static void evict(struct tcpa_pasts *p, struct tcpa_past *past)
{
	add(&p->other, &past->sum);
	tcpa_share_count(&share, &past->owner, -1);
	list_del(&past->node);
	p->nr--;
	xa_erase(&p->rows, past->row);
	kfree_rcu(past, rcu);
}

/* There is room for one more of @owner, after one of his had to give way if need be. */
static bool make_room(struct tcpa_pasts *p, const struct tcpa_owner *owner)
{
	struct tcpa_past *past;

	if (tcpa_share_room(&share, owner))
		return true;
	WRITE_ONCE(p->evicted, p->evicted + 1);
	past = lightest(p, number_of(owner));
	if (!past)
		return false;
	evict(p, past);
	return true;
}

/* With nothing in it yet; NULL: no room, or no memory. */
static struct tcpa_past *new(struct tcpa_pasts *p, const char *address, size_t len,
			     u32 hash, const struct tcpa_owner *owner)
{
	struct tcpa_past *past;

	if (!make_room(p, owner))
		return NULL;
	past = kzalloc(sizeof(*past), GFP_KERNEL);
	if (!past)
		return NULL;
	memcpy(past->address, address, len);
	past->hash = hash;
	past->owner = *owner;
	if (xa_alloc(&p->rows, &past->row, past, xa_limit_31b, GFP_KERNEL)) {
		kfree(past);
		return NULL;
	}
	tcpa_share_count(&share, owner, 1);
	list_add(&past->node, &p->list);
	p->nr++;
	return past;
}

void tcpa_past_add(struct tcpa_pasts *p, const char *address, size_t len,
		   const struct tcpa_owner *owner, const struct tcpa_past_sum *sum)
{
	u32 hash = jhash(address, len, 0);
	struct tcpa_past *past = NULL;

	if (len && len < TCPA_PAST_NAME) {
		past = find(p, address, len, hash) ?:
			new(p, address, len, hash, owner);
	}
	if (!past) {
		add(&p->other, sum);
		return;
	}
	add(&past->sum, sum);
	list_move(&past->node, &p->list);
	if (p->nr > p->most) {
		WRITE_ONCE(p->evicted, p->evicted + 1);
		evict(p, lightest(p, greediest(p)));
	}
}
