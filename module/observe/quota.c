// SPDX-License-Identifier: GPL-2.0
/*
 * quota.c - who may have how many of the entries, or of what few entries have.
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

#include <linux/cred.h>
#include <linux/hash.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/uidgid.h>
#include <linux/user_namespace.h>
#include <net/net_namespace.h>
#include <net/sock.h>

/* A quarter, a half of what there is; of little, one at least. */
static unsigned int part(const struct tcpa_quota *q, unsigned int quarters)
{
	return max(q->most * quarters / 4, 1U);
}

void tcpa_quota_init(struct tcpa_quota *q, unsigned int most)
{
	memset(q, 0, sizeof(*q));
	q->most = most;
}

/*
 * Who made the outermost user namespace that @net belongs to, or else @uid. A network
 * namespace holds its user namespace, as that does its parent. Root makes such for
 * others, of whom each is one.
 */
static kuid_t user_behind(const struct net *net, kuid_t uid)
{
	const struct user_namespace *ns = net->user_ns;

	while (ns->level > 1)
		ns = ns->parent;
	if (!ns->level || uid_eq(ns->owner, GLOBAL_ROOT_UID))
		return uid;
	return ns->owner;
}

static struct tcpa_owner owner_of(const struct net *net, kuid_t uid, bool root)
{
	return (struct tcpa_owner){
		.first = root && net_eq(net, &init_net),
		.root = root,
		.uid = hash_32(__kuid_val(uid), TCPA_UID_BITS),
	};
}

struct tcpa_owner tcpa_quota_owner(const struct sock *sk)
{
	const struct net *net = sock_net(sk);
	kuid_t uid = READ_ONCE(sk->sk_uid);

	return owner_of(net, user_behind(net, uid), uid_eq(uid, GLOBAL_ROOT_UID));
}

/*
 * The real user: a setuid program makes namespaces for whoever runs it. Who loads the
 * module has made none of those that are there, but a user's are known as such.
 */
struct tcpa_owner tcpa_quota_maker(const struct net *net)
{
	kuid_t uid = user_behind(net, current_uid());

	return owner_of(net, uid, uid_eq(uid, GLOBAL_ROOT_UID));
}

bool tcpa_quota_room(const struct tcpa_quota *q, const struct tcpa_owner *owner,
		     const struct tcpa_net *tn, const unsigned int *in_net)
{
	if (READ_ONCE(q->used) >= q->most)
		return false;
	if (owner->first)
		return true;
	if (READ_ONCE(q->used_by_others) >= part(q, 3))
		return false;
	if (tn->net != &init_net && READ_ONCE(*in_net) >= part(q, 1))
		return false;
	return owner->root || READ_ONCE(q->used_by_uid[owner->uid]) < part(q, 2);
}

static void count(struct tcpa_quota *q, const struct tcpa_owner *owner,
		  unsigned int *in_net, int n)
{
	WRITE_ONCE(q->used, q->used + n);
	WRITE_ONCE(*in_net, *in_net + n);
	if (!owner->first)
		WRITE_ONCE(q->used_by_others, q->used_by_others + n);
	if (!owner->root)
		WRITE_ONCE(q->used_by_uid[owner->uid], q->used_by_uid[owner->uid] + n);
}

void tcpa_quota_take(struct tcpa_quota *q, const struct tcpa_owner *owner,
		     unsigned int *in_net)
{
	count(q, owner, in_net, 1);
}

void tcpa_quota_give(struct tcpa_quota *q, const struct tcpa_owner *owner,
		     unsigned int *in_net)
{
	count(q, owner, in_net, -1);
}
