// SPDX-License-Identifier: GPL-2.0
/*
 * ports.c - connect(2)s that found no ephemeral port, and towards whom.
 *
 * A connect(2) that lacks a port fails in __inet_hash_connect(), which no
 * entry hook can see. But the failure path of tcp_v4_connect() and
 * tcp_v6_connect() closes the socket and, from 6.1 on, calls
 * inet_bhash2_reset_saddr(), as tcp_disconnect() does and nobody else. There the
 * socket still knows its destination, which tcp_disconnect() has cleared, and has
 * given any port back (inet_num). What tells a search that failed from a connect(2)
 * that failed later is inet_sport, which nobody clears: 0, or that of an earlier
 * connection of the same socket. So the ports of sockets that came by are remembered
 * until these fail. Where another socket has taken the place, and so it cannot be
 * told, that is counted as missed. (A connect(2) to port 0 is not seen.)
 *
 * Older kernels call inet_unhash() on that path, while the socket is still in
 * SYN_SENT; and only a socket whose search for a port failed is in SYN_SENT without
 * one. It runs once per socket, so that hook costs a compare each.
 *
 * Besides EADDRNOTAVAIL both count ENOMEM for the port's bucket.
 *
 * A socket that binds its source first and leaves the port to connect(2), by
 * IP_BIND_ADDRESS_NO_PORT, fails here like any other. Without that option it is
 * bind(2) that fails, with EADDRINUSE, which is not counted: no function is
 * called on that path and no other, so only a hook on the return of every
 * bind(2) could tell.
 *
 * A socket may have a port range of its own, by IP_LOCAL_PORT_RANGE. That it found
 * none there says nothing about the namespace's range, so it is counted apart.
 *
 * Whoever has bound a port of its own choice keeps that, and fails with EADDRNOTAVAIL
 * as well if it is in use towards the same destination: by a connection, or, without
 * timestamps, by its TIME_WAIT. No range of ports would help it, so that too is counted
 * apart. On the failure path of 6.1 and later it is told from a connect(2) that failed
 * later by its first sequence number, which is chosen in between; so only the first
 * connect(2) of a socket counts there.
 *
 * Most namespaces never lack a port. So there is room for a few destinations until
 * the first failure asks for more, and where memory cannot be had there (PREEMPT_RT),
 * until the sampler comes by; whoever has to give way before is counted as evicted.
 *
 * Locking: that path runs in process context, with the socket locked; readers
 * are in process context. Nothing in an interrupt or softirq takes the lock, so
 * it needs to keep none out, and it is a raw one because a handler must not sleep
 * on PREEMPT_RT. It is taken only for a failure, which has just looked at every
 * port of the range.
 * Does not: count who uses how many ports (ports_walk.c), or judge.
 */
#include "ports.h"

#include <linux/bitmap.h>
#include <linux/bitops.h>
#include <linux/hash.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/string.h>
#include <linux/tcp.h>
#include <linux/user_namespace.h>
#include <net/inet_sock.h>
#include <net/ip.h>
#include <net/ipv6.h>

#include "activity.h"
#include "listened.h"
#include "tell.h"

void tcpa_ports_init(struct tcpa_net *tn)
{
	struct tcpa_ports *p = &tn->ports;

	raw_spin_lock_init(&p->lock);
	INIT_LIST_HEAD(&p->waiting);
	p->dest = p->few;
	p->dests = TCPA_DESTS_FEW;
}

void tcpa_ports_free(struct tcpa_net *tn)
{
	struct tcpa_ports *p = &tn->ports;

	if (p->dest != p->few)
		kfree(p->dest);
}

void tcpa_ports_make_room(struct tcpa_ports *p, gfp_t gfp)
{
	struct tcpa_dest *all;

	if (READ_ONCE(p->dests) == TCPA_DESTS)
		return;
	all = kcalloc(TCPA_DESTS, sizeof(*all), gfp);
	if (!all)
		return;
	raw_spin_lock(&p->lock);
	if (p->dest == p->few) {
		memcpy(all, p->few, sizeof(p->few));
		p->dest = all;
		WRITE_ONCE(p->dests, TCPA_DESTS);
		all = NULL;
	}
	raw_spin_unlock(&p->lock);
	kfree(all);
}

void tcpa_dest_key(const struct sock *sk, struct tcpa_dest_key *key)
{
	memset(key, 0, sizeof(*key));
	key->dport = sk->sk_dport;
#if IS_ENABLED(CONFIG_IPV6)
	if (sk->sk_family == AF_INET6 && !ipv6_addr_v4mapped(&sk->sk_v6_daddr)) {
		key->saddr = sk->sk_v6_rcv_saddr;
		key->daddr = sk->sk_v6_daddr;
		return;
	}
#endif
	ipv6_addr_set_v4mapped(sk->sk_rcv_saddr, &key->saddr);
	ipv6_addr_set_v4mapped(sk->sk_daddr, &key->daddr);
}

void tcpa_dest_source(const struct tcpa_dest_key *k, char source[TCPA_ADDRESS_MAX])
{
	if (ipv6_addr_v4mapped(&k->daddr))
		snprintf(source, TCPA_ADDRESS_MAX, "%pI4", &k->saddr.s6_addr32[3]);
	else
		snprintf(source, TCPA_ADDRESS_MAX, "%pI6c", &k->saddr);
}

void tcpa_dest_peer(const struct tcpa_dest_key *k, char peer[TCPA_PEER_MAX])
{
	u16 port = ntohs(k->dport);

	if (ipv6_addr_v4mapped(&k->daddr))
		snprintf(peer, TCPA_PEER_MAX, "%pI4:%u", &k->daddr.s6_addr32[3],
			 port);
	else
		snprintf(peer, TCPA_PEER_MAX, "[%pI6c]:%u", &k->daddr, port);
}

bool tcpa_dest_loopback(const struct tcpa_dest_key *k)
{
	return ipv6_addr_v4mapped(&k->daddr) ?
		       ipv4_is_loopback(k->daddr.s6_addr32[3]) :
		       ipv6_addr_loopback(&k->daddr);
}

static u64 weight(const struct tcpa_dest *d)
{
	return d->failures + d->used;
}

struct tcpa_dest *tcpa_dest_get(struct tcpa_ports *p, const struct tcpa_dest_key *key)
{
	struct tcpa_dest *least = &p->dest[0];
	unsigned int i;

	for (i = 0; i < p->dests; i++) {
		if (!memcmp(&p->dest[i].key, key, sizeof(*key)))
			return &p->dest[i];
		if (weight(&p->dest[i]) < weight(least))
			least = &p->dest[i];
	}
	p->evicted += !!weight(least);
	p->evicted_failures += least->failures;
	memset(least, 0, sizeof(*least));
	least->key = *key;
	return least;
}

/* A process may call itself anything; readers get printable ASCII. */
static void copy_comm(char *comm)
{
	unsigned int i;

	memcpy(comm, current->comm, TASK_COMM_LEN);
	comm[TASK_COMM_LEN - 1] = '\0';
	for (i = 0; comm[i]; i++)
		if (comm[i] < ' ' || comm[i] > '~')
			comm[i] = '?';
}

/*
 * The current process was the last to fail. One that has only come into the namespace,
 * from outside the user namespace that owns it, is not told of to those in there.
 */
static void note_program(struct tcpa_dest *d, const struct net *net)
{
	d->pid = 0;
	if (!current_in_userns(net->user_ns))
		return;
	d->pid = task_tgid_nr(current);
	d->started = current->group_leader->start_time;
	copy_comm(d->comm);
}

/* Its program has chosen its port. */
static bool has_own_port(const struct sock *sk)
{
	return inet_sk(sk)->inet_num && (sk->sk_userlocks & SOCK_BINDPORT_LOCK);
}

/* That port is in use towards the same destination. */
static void count_own_port(struct tcpa_net *tn)
{
	raw_spin_lock(&tn->ports.lock);
	tn->ports.failures_own_port++;
	raw_spin_unlock(&tn->ports.lock);
	tcpa_net_touch(tn);
}

void tcpa_ports_failed(const struct sock *sk)
{
	struct tcpa_dest_key key;
	struct tcpa_ports *p;
	struct tcpa_net *tn;
	struct tcpa_dest *d;

	tcpa_dest_key(sk, &key);
	rcu_read_lock();
	tn = tcpa_net(sock_net(sk));
	if (!tn)
		goto out;
	if (inet_sk(sk)->inet_num) {
		if (has_own_port(sk))
			count_own_port(tn);
		goto out;
	}
	p = &tn->ports;
	if (!IS_ENABLED(CONFIG_PREEMPT_RT))
		tcpa_ports_make_room(p, GFP_NOWAIT | __GFP_NOWARN | __GFP_ACCOUNT);
	raw_spin_lock(&p->lock);
	if (tcpa_own_port_range(sk)) {
		p->failures_own_range++;
	} else {
		p->failures++;
		d = tcpa_dest_get(p, &key);
		d->failures++;
		d->bound = sk->sk_userlocks & SOCK_BINDADDR_LOCK;
		note_program(d, sock_net(sk));
	}
	raw_spin_unlock(&p->lock);
	tcpa_tell_no_port(sk, &key);
	tcpa_net_touch(tn);
out:
	rcu_read_unlock();
}

/*
 * Sockets that may be used again, and the ports they had: a socket's address shifted
 * by a port, beside which its highest bits, which all have in common, are lost. It is
 * compared, never followed. A value that is torn on a 32-bit kernel is nobody's.
 */
#define LEFT_BITS 9

static u64 left[1 << LEFT_BITS];

bool tcpa_ports_released(const struct sock *sk)
{
	u64 *place = &left[hash_ptr((void *)sk, LEFT_BITS)];
	__be16 port = inet_sk(sk)->inet_sport;
	u64 was, is = (u64)(unsigned long)sk << 16 | (__force u16)port;

	if (sk->sk_protocol != IPPROTO_TCP)
		return true;
	if (inet_sk(sk)->inet_num) {
		if (sk->sk_dport && !tcp_sk(sk)->write_seq)
			tcpa_ports_failed(sk);
		return true;
	}
	if (!port) {
		if (sk->sk_dport)
			tcpa_ports_failed(sk);
		return true;
	}
	was = READ_ONCE(*place);
	if (was != is && sk->sk_socket)
		WRITE_ONCE(*place, is);
	if (!sk->sk_dport)
		return true;
	if (was == is)
		tcpa_ports_failed(sk);
	return !was || was >> 16 == is >> 16;
}

static int heavier(const void *a, const void *b)
{
	u64 wa = weight(a), wb = weight(b);

	return wa == wb ? 0 : wa < wb ? 1 : -1;
}

u32 tcpa_ports_copy(struct tcpa_net *tn, struct tcpa_dest *dest)
{
	u32 n = 0, i;

	raw_spin_lock(&tn->ports.lock);
	for (i = 0; i < tn->ports.dests; i++)
		if (weight(&tn->ports.dest[i]))
			dest[n++] = tn->ports.dest[i];
	raw_spin_unlock(&tn->ports.lock);
	sort(dest, n, sizeof(*dest), heavier, NULL);
	return n;
}

/* Ports from @low to @high among those of word @i of a bitmap of all ports. */
static unsigned long word_of_range(unsigned int i, unsigned int low,
				   unsigned int high)
{
	unsigned long word = ~0UL;

	if (i == low / BITS_PER_LONG)
		word &= BITMAP_FIRST_WORD_MASK(low);
	if (i == high / BITS_PER_LONG)
		word &= BITMAP_LAST_WORD_MASK(high + 1);
	return word;
}

static u32 weigh_range(const struct tcpa_net *tn, bool without_listeners)
{
	const unsigned long *reserved = tcpa_reserved_ports(tn->net);
	unsigned int i;
	int low, high;
	u32 n = 0;

	inet_get_local_port_range(tn->net, &low, &high);
	rcu_read_lock();
	for (i = low / BITS_PER_LONG; i <= high / BITS_PER_LONG; i++) {
		unsigned long word = word_of_range(i, low, high);

		if (reserved)
			word &= ~READ_ONCE(reserved[i]);
		if (without_listeners)
			word &= ~tcpa_listened_word(tn, i);
		n += hweight_long(word);
	}
	rcu_read_unlock();
	return n;
}

u32 tcpa_ports_unreserved(const struct tcpa_net *tn)
{
	return weigh_range(tn, false);
}

u32 tcpa_ports_usable(const struct tcpa_net *tn)
{
	return weigh_range(tn, true);
}
