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
 * A user may have many ids in a user namespace of his, and root's id as well. So what is
 * in a network namespace that belongs to one, or is opened in one, counts as of whoever
 * made it: the outermost, for in that he may make more. Of those that root made, as the
 * runtimes of containers do, each is a user. But root without capabilities can make any
 * number: whoever has root's id in one is the same user in all. Nobody in a user namespace
 * is root here. Outside of these an id is a user.
 * Users are told apart by a hash of 256: two of the same hash share a part. Whoever
 * gets none is counted per namespace (listener.c), and by the stand-in.
 * Context: see quota.h.
 * Does not: keep entries.
 */
#include "quota.h"

#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/fs.h>
#include <linux/hash.h>
#include <linux/minmax.h>
#include <linux/net.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
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

/* A number of who is behind @uid in @ns. A user namespace holds its parent. */
static u32 user_behind(const struct user_namespace *ns, kuid_t uid)
{
	if (!ns->level)
		return __kuid_val(uid);
	while (ns->level > 1)
		ns = ns->parent;
	if (!uid_eq(ns->owner, GLOBAL_ROOT_UID))
		return __kuid_val(ns->owner);
	return uid_eq(uid, GLOBAL_ROOT_UID) ? 0 : ns->ns.inum;
}

static struct tcpa_owner owner_of(const struct net *net, const struct user_namespace *ns,
				  kuid_t uid)
{
	bool root = !ns->level && uid_eq(uid, GLOBAL_ROOT_UID);

	return (struct tcpa_owner){
		.first = root && net_eq(net, &init_net),
		.root = root,
		.uid = hash_32(user_behind(ns, uid), TCPA_UID_BITS),
	};
}

/*
 * As whom the socket was opened, or NULL. Who opens it and closes it at once may see to
 * it that this is wrong, but not that it does not exist: until the end of the RCU read
 * side section there are the socket's inode, which is freed after a grace period if it
 * was @sk's at the beginning, its file, which may be another's by then, and the
 * credentials of that with their user namespace, freed after one, too.
 */
static const struct cred *opened_as(const struct sock *sk)
{
	const struct socket *sock = READ_ONCE(sk->sk_socket);
	const struct file *file = sock ? READ_ONCE(sock->file) : NULL;

	return file ? READ_ONCE(file->f_cred) : NULL;
}

/*
 * fchown(2) changes the id of a socket, that of its file's credentials nothing does. A
 * socket of the kernel's own, as one of MPTCP may have below it, has no file: it is of
 * whoever calls listen(2). If a scan finds it, that is not known, and it is of one user
 * with all others of which it is not.
 */
struct tcpa_owner tcpa_quota_owner(const struct sock *sk)
{
	const struct net *net = sock_net(sk);
	const struct user_namespace *ns = current_user_ns();
	kuid_t uid = READ_ONCE(sk->sk_uid);
	const struct cred *cred;
	struct tcpa_owner owner;

	rcu_read_lock();
	cred = opened_as(sk);
	if (cred) {
		ns = cred->user_ns;
		uid = cred->fsuid;
	} else if ((current->flags & PF_KTHREAD) && !uid_eq(uid, GLOBAL_ROOT_UID)) {
		uid = INVALID_UID;
	}
	owner = owner_of(net, net->user_ns->level ? net->user_ns : ns, uid);
	rcu_read_unlock();
	return owner;
}

/*
 * The real user: a setuid program makes namespaces for whoever runs it. A runtime that has
 * all capabilities makes them for others, and who loads the module has made none of those
 * that are there.
 */
struct tcpa_owner tcpa_quota_maker(const struct net *net)
{
	kuid_t uid = current_uid();

	if (net->user_ns->level && ns_capable_noaudit(&init_user_ns, CAP_SYS_ADMIN))
		uid = INVALID_UID;
	return owner_of(net, net->user_ns, uid);
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
