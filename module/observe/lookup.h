/* SPDX-License-Identifier: GPL-2.0 */
/*
 * lookup.h - the entry of a socket, as handlers find it.
 *
 * Job: look into listener.c's table. It is inline so that a handler is one function.
 * Context: RCU read side; handlers have bottom halves off.
 * Does not: change the table.
 */
#ifndef _TCPA_LOOKUP_H
#define _TCPA_LOOKUP_H

#include <linux/hash.h>
#include <linux/rculist.h>

#include "state.h"

/*
 * Written before the hooks are armed, then constant: a table of as many lists as the
 * bits that the shift leaves of a hash can tell apart.
 */
extern struct hlist_head *tcpa_listener_table;
extern unsigned int tcpa_listener_shift;

/* The stand-in of @sk's namespace, or NULL while that is being set up. */
struct tcpa_listener *tcpa_listener_untracked(const struct sock *sk);

static __always_inline struct hlist_head *
tcpa_listener_bucket(const struct sock *sk)
{
	/* hash_ptr(), but for its detour by 32 bits and their number. */
	return &tcpa_listener_table[(unsigned long)sk * GOLDEN_RATIO_PRIME >>
				    tcpa_listener_shift];
}

/* Only a real entry, or NULL. */
static __always_inline struct tcpa_listener *
tcpa_listener_lookup(const struct sock *sk)
{
	struct tcpa_listener *l;

	hlist_for_each_entry_rcu(l, tcpa_listener_bucket(sk), hash)
		if (l->sk == sk)
			return l;
	return NULL;
}

/*
 * The entry of @sk, or the stand-in of its namespace, or NULL while that is
 * being set up. RCU read side, bottom halves off; valid until they are on.
 */
static inline struct tcpa_listener *tcpa_listener_get(const struct sock *sk)
{
	return tcpa_listener_lookup(sk) ?: tcpa_listener_untracked(sk);
}

#endif /* _TCPA_LOOKUP_H */
