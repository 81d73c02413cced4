/* SPDX-License-Identifier: GPL-2.0 */
/*
 * owner.h - for whom something is kept, and how much of it all users may have.
 *
 * Job: a bound over all namespaces, which anybody may make: of everybody but root
 * together, and of each such user.
 * Context: any. The bound is checked by who adds, one at a time, or by tcpa_share_take();
 * what is given back may be so at the same time.
 * Does not: say who an owner is (quota.c), nor bound what root has: its namespace does.
 */
#ifndef _TCPA_OWNER_H
#define _TCPA_OWNER_H

#include <linux/atomic.h>
#include <linux/types.h>

/* Whom an entry is counted for; see quota.c. */
struct tcpa_owner {
	bool first;	/* root in the initial namespace: the whole table is its */
	bool root;	/* root elsewhere, which is bounded by its namespace */
	u8 uid;		/* a hash of the user */
};

/* What users other than root have of something. */
struct tcpa_share {
	int most;		/* all of them together */
	int user_most;		/* one */
	atomic_t used;
	atomic_t user[256];	/* by tcpa_owner.uid */
};

static inline bool tcpa_share_room(const struct tcpa_share *s,
				   const struct tcpa_owner *owner)
{
	return owner->root || (atomic_read(&s->used) < s->most &&
			       atomic_read(&s->user[owner->uid]) < s->user_most);
}

/* @owner has @n more, or with a negative @n less. */
static inline void tcpa_share_count(struct tcpa_share *s,
				    const struct tcpa_owner *owner, int n)
{
	if (owner->root)
		return;
	atomic_add(n, &s->used);
	atomic_add(n, &s->user[owner->uid]);
}

/* One more of @owner, if there is room; for who is not alone in adding. */
static inline bool tcpa_share_take(struct tcpa_share *s, const struct tcpa_owner *owner)
{
	if (owner->root)
		return true;
	tcpa_share_count(s, owner, 1);
	if (atomic_read(&s->used) <= s->most &&
	    atomic_read(&s->user[owner->uid]) <= s->user_most)
		return true;
	tcpa_share_count(s, owner, -1);
	return false;
}

#endif /* _TCPA_OWNER_H */
