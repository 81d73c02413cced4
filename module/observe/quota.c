// SPDX-License-Identifier: GPL-2.0
/*
 * quota.c - who may have how many of the entries.
 *
 * Anybody may open listeners, and make namespaces to open them in; the table is
 * one. So a part of it is kept for root in the initial namespace, who also may have
 * all of it, and of the rest nobody gets all:
 *   all others together            3/4 of the table
 *   one namespace but the initial  1/4
 *   one user but root              1/2
 * A user may have many ids in a user namespace of his. What is in a network namespace
 * that belongs to one counts as of whoever made it: the outermost, for in that he may
 * make more. Outside of these an id is a user.
 * Users are told apart by a hash of 256: two of the same hash share a part. Whoever
 * gets none is counted per namespace (listener.c), and by the stand-in.
 * Context: see quota.h.
 * Does not: keep entries.
 */
#include "quota.h"

#include <linux/hash.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/uidgid.h>
#include <linux/user_namespace.h>
#include <net/net_namespace.h>
#include <net/sock.h>

#define UID_BITS 8

static unsigned int most __read_mostly;
static unsigned int used;
static unsigned int used_by_others;
static unsigned int used_by_uid[1 << UID_BITS];

/* A quarter, a half of the table; of a small one, one at least. */
static unsigned int part(unsigned int quarters)
{
	return max(most * quarters / 4, 1U);
}

void tcpa_quota_init(unsigned int max)
{
	most = max;
	used = 0;
	used_by_others = 0;
	memset(used_by_uid, 0, sizeof(used_by_uid));
}

/*
 * Who made the outermost user namespace that the network namespace of @sk belongs to,
 * or else @uid. A network namespace holds its user namespace, as that does its parent.
 * Root makes such for others, of whom each is one.
 */
static kuid_t user_behind(const struct sock *sk, kuid_t uid)
{
	const struct user_namespace *ns = sock_net(sk)->user_ns;

	while (ns->level > 1)
		ns = ns->parent;
	if (!ns->level || uid_eq(ns->owner, GLOBAL_ROOT_UID))
		return uid;
	return ns->owner;
}

struct tcpa_owner tcpa_quota_owner(const struct sock *sk)
{
	kuid_t uid = READ_ONCE(sk->sk_uid);
	bool root = uid_eq(uid, GLOBAL_ROOT_UID);

	uid = user_behind(sk, uid);
	return (struct tcpa_owner){
		.first = root && net_eq(sock_net(sk), &init_net),
		.root = root,
		.uid = hash_32(__kuid_val(uid), UID_BITS),
	};
}

bool tcpa_quota_room(const struct tcpa_owner *owner, const struct tcpa_net *tn)
{
	if (READ_ONCE(used) >= most)
		return false;
	if (owner->first)
		return true;
	if (READ_ONCE(used_by_others) >= part(3))
		return false;
	if (tn->net != &init_net && READ_ONCE(tn->entries_nr) >= part(1))
		return false;
	return owner->root || READ_ONCE(used_by_uid[owner->uid]) < part(2);
}

static void count(const struct tcpa_owner *owner, struct tcpa_net *tn, int n)
{
	WRITE_ONCE(used, used + n);
	WRITE_ONCE(tn->entries_nr, tn->entries_nr + n);
	if (!owner->first)
		WRITE_ONCE(used_by_others, used_by_others + n);
	if (!owner->root)
		WRITE_ONCE(used_by_uid[owner->uid], used_by_uid[owner->uid] + n);
}

void tcpa_quota_take(const struct tcpa_owner *owner, struct tcpa_net *tn)
{
	count(owner, tn, 1);
}

void tcpa_quota_give(const struct tcpa_owner *owner, struct tcpa_net *tn)
{
	count(owner, tn, -1);
}

unsigned int tcpa_quota_used(void)
{
	return READ_ONCE(used);
}
