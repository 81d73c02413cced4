// SPDX-License-Identifier: GPL-2.0
/*
 * ports_walk.c - who uses how many ephemeral ports.
 *
 * To follow every connection from its birth to the end of its TIME_WAIT would
 * cost each of them; so nothing is followed, and what is there is counted when
 * it may matter: two passes over the hash of connections. The first spreads
 * them over TALLIES counters by a hash of their destination, the second, if there is
 * any, counts exactly those destinations whose counter is among the largest, or
 * which are remembered already.
 *
 * The chains are read under RCU without their locks: sockets are never unmapped
 * before a grace period, though one may be freed and used anew, in which case
 * an integer of another connection is counted in its stead. So occupancy is a
 * sample, and published as such; failures are counted exactly elsewhere.
 *
 * Context: process; sleeps between buckets. One walk at a time, under
 * tcpa_netns_lock.
 * Does not: judge.
 */
#include "ports_walk.h"

#include <linux/jhash.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/rculist_nulls.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <net/inet_hashtables.h>
#include <net/inet_timewait_sock.h>
#include <net/ip.h>
#include <net/sock.h>
#include <net/tcp.h>
#include <net/transp_v6.h>

#include "listened.h"
#include "ports.h"
#include "ports_queue.h"

#define TALLIES		4096
/* A destination is of interest that holds this part of the ports. */
#define SHARE		8
/* The part of the time that walks of a namespace may take in which nothing becomes short. */
#define DUTY_CALM	3000

struct found {
	struct tcpa_dest_key key;
	u32 used;
	u32 timewait;
};

/* What one walk works with. Under tcpa_netns_lock. */
static struct {
	const struct tcpa_net *tn;
	int low, high;
	u32 threshold;
	struct tcpa_occupancy occupancy;
	unsigned int nr;
	struct found found[2 * TCPA_DESTS];
	u32 tally[TALLIES];
	/* The last found of those with this tally, from 1 on; 0: there is none. */
	u8 of[TALLIES];
} *walk;

int tcpa_ports_walk_init(void)
{
	walk = kvzalloc(sizeof(*walk), GFP_KERNEL);
	return walk ? 0 : -ENOMEM;
}

void tcpa_ports_walk_exit(void)
{
	kvfree(walk);
}

/* It uses a port of the range that connect(2) may have chosen. */
static bool is_client(const struct sock *sk)
{
	return sk->sk_num >= walk->low && sk->sk_num <= walk->high &&
	       !tcpa_listened_now(walk->tn, sk->sk_num);
}

static unsigned int tally_of(const struct tcpa_dest_key *key)
{
	const u32 *saddr = (__force const u32 *)key->saddr.s6_addr32;
	const u32 *daddr = (__force const u32 *)key->daddr.s6_addr32;
	u32 port = (__force u32)key->dport;
	u32 hash;

	if (ipv6_addr_v4mapped(&key->daddr))
		hash = jhash_3words(saddr[3], daddr[3], port, 0);
	else
		hash = jhash2(daddr, 4, jhash2(saddr, 4, port));
	return hash % TALLIES;
}

static void add_timewait(const struct sock *sk)
{
	if (inet_twsk(sk)->tw_substate == TCP_FIN_WAIT2)
		walk->occupancy.fin_wait2++;
	else if (tcpa_listened_lately(walk->tn, sk->sk_num))
		walk->occupancy.tw_server++;
	else
		walk->occupancy.tw_client++;
}

/* bind(2) has taken the port, not connect(2). */
static bool is_pinned(const struct sock *sk)
{
	return (sk->sk_userlocks & SOCK_BINDADDR_LOCK) &&
	       !(sk->sk_userlocks & SOCK_BINDPORT_LOCK) &&
	       !tcpa_bind_address_no_port(sk);
}

/* First pass. */
static void tally_socket(const struct sock *sk)
{
	struct tcpa_dest_key key;

	if (sk->sk_state == TCP_TIME_WAIT)
		add_timewait(sk);
	if (!is_client(sk))
		return;
	if (sk_fullsock(sk) && is_pinned(sk))
		walk->occupancy.pinned++;
	tcpa_dest_key(sk, &key);
	walk->tally[tally_of(&key)]++;
}

static bool is_of(const struct found *f, const struct tcpa_dest_key *key)
{
	return !memcmp(&f->key, key, sizeof(*key));
}

static struct found *find(const struct tcpa_dest_key *key, unsigned int tally)
{
	unsigned int i;

	if (!walk->of[tally])
		return NULL;
	if (is_of(&walk->found[walk->of[tally] - 1], key))
		return &walk->found[walk->of[tally] - 1];
	for (i = 0; i < walk->nr; i++)
		if (is_of(&walk->found[i], key))
			return &walk->found[i];
	return NULL;
}

static struct found *find_or_add(const struct tcpa_dest_key *key, unsigned int tally)
{
	struct found *f = find(key, tally);

	BUILD_BUG_ON(ARRAY_SIZE(walk->found) > U8_MAX);
	if (f || walk->nr == ARRAY_SIZE(walk->found))
		return f;
	f = &walk->found[walk->nr++];
	memset(f, 0, sizeof(*f));
	f->key = *key;
	walk->of[tally] = walk->nr;
	return f;
}

/* Second pass. */
static void count_socket(const struct sock *sk)
{
	struct tcpa_dest_key key;
	unsigned int tally;
	struct found *f;

	if (!is_client(sk))
		return;
	tcpa_dest_key(sk, &key);
	tally = tally_of(&key);
	f = walk->tally[tally] >= walk->threshold ? find_or_add(&key, tally) :
						    find(&key, tally);
	if (!f)
		return;
	f->used++;
	f->timewait += sk->sk_state == TCP_TIME_WAIT;
}

static void each_connection(struct inet_hashinfo *h,
			    void (*fn)(const struct sock *sk))
{
	const struct hlist_nulls_node *node;
	const struct sock *sk;
	unsigned int i;

	for (i = 0; i <= h->ehash_mask; i++) {
		if (hlist_nulls_empty(&h->ehash[i].chain))
			continue;
		rcu_read_lock();
		sk_nulls_for_each_rcu(sk, node, &h->ehash[i].chain)
			if (net_eq(sock_net(sk), walk->tn->net) &&
			    sk->sk_state != TCP_NEW_SYN_RECV)
				fn(sk);
		rcu_read_unlock();
		cond_resched();
	}
}

/* Whoever is remembered is counted, however little it uses by now. */
static void find_remembered(struct tcpa_ports *p)
{
	unsigned int i;

	raw_spin_lock(&p->lock);
	for (i = 0; i < p->dests; i++)
		if (p->dest[i].failures || p->dest[i].used)
			find_or_add(&p->dest[i].key, tally_of(&p->dest[i].key));
	raw_spin_unlock(&p->lock);
}

/* All sockets of @tn that are in some hash; those in TIME_WAIT are not. */
static int sockets(const struct tcpa_net *tn)
{
	int n = tcpa_prot_inuse(tn->net, &tcp_prot);

#if IS_ENABLED(CONFIG_IPV6)
	n += tcpa_prot_inuse(tn->net, &tcpv6_prot);
#endif
	return n;
}

/*
 * With fewer sockets no destination is short of ports: a quarter of those that
 * are not reserved. (Listeners' ports, which are not usable either, are few.)
 */
static u32 matters_from(const struct tcpa_net *tn)
{
	return tcpa_ports_unreserved(tn) / 4;
}

/* As many TIME_WAITs as their sides are of interest for. */
static bool near_limit(const struct tcpa_net *tn)
{
	u32 limit = READ_ONCE(tcpa_death_row(tn->net)->sysctl_max_tw_buckets);

	return tcpa_tw_count(tn->net) > limit / 4;
}

static bool may_matter(const struct tcpa_net *tn)
{
	u32 n = sockets(tn) + tcpa_tw_count(tn->net);

	return n && (n > matters_from(tn) || near_limit(tn));
}

/* @n in @span jiffies, as so many a second. */
static u32 rate(u64 n, unsigned long span)
{
	return span ? min_t(u64, div64_u64(n * HZ, span), U32_MAX) : 0;
}

static void take_one(struct tcpa_dest *d, const struct found *f, u32 before,
		     unsigned long span)
{
	u64 grown = f->used > before ? f->used - before : 0;

	d->growth = rate(grown, span);
	d->used = f->used;
	d->timewait = f->timewait;
	d->most_used = max(d->most_used, d->used);
	d->most_live = max(d->most_live, d->used - d->timewait);
	d->most_wanted = max(d->most_wanted,
			     rate(grown + d->failures - d->judged, span));
	d->judged = d->failures;
}

/*
 * Where nothing was counted before, all was too little to matter, so what it
 * has grown by is at least what is more than that.
 */
static void take_found(struct tcpa_ports *p)
{
	unsigned long since = p->counted ? p->counted : p->idle;
	unsigned long span = since ? jiffies - since : 0;
	unsigned int i;

	raw_spin_lock(&p->lock);
	for (i = 0; i < walk->nr; i++) {
		const struct found *f = &walk->found[i];
		struct tcpa_dest *d = tcpa_dest_get(p, &f->key);

		take_one(d, f, p->counted ? d->used : matters_from(walk->tn),
			 span);
	}
	raw_spin_unlock(&p->lock);
	p->now = walk->occupancy;
	p->counted = jiffies | 1;
}

static void walk_begin(struct tcpa_net *tn)
{
	memset(walk, 0, sizeof(*walk));
	walk->tn = tn;
	inet_get_local_port_range(tn->net, &walk->low, &walk->high);
	walk->threshold = max(tcpa_ports_usable(tn) / SHARE, 1U);
	find_remembered(&tn->ports);
}

/* Leave no more for the second pass than can be remembered; whether there are any. */
static bool raise_threshold(void)
{
	unsigned int i, large;

	for (;; walk->threshold *= 2) {
		large = 0;
		for (i = 0; i < TALLIES; i++)
			large += walk->tally[i] >= walk->threshold;
		if (large <= TCPA_DESTS)
			return large;
	}
}

/* Until it matters again. What nobody counts is not said to be in use. */
static void nothing_to_count(struct tcpa_ports *p)
{
	unsigned int i;

	p->counted = 0;
	p->idle = jiffies | 1;
	memset(&p->now, 0, sizeof(p->now));
	raw_spin_lock(&p->lock);
	for (i = 0; i < p->dests; i++) {
		p->dest[i].used = 0;
		p->dest[i].timewait = 0;
		p->dest[i].growth = 0;
	}
	raw_spin_unlock(&p->lock);
}

/*
 * There are more TIME_WAITs than the last walk found, or fewer, by so many that what is
 * said of their sides would not be true.
 */
static bool timewaits_changed(const struct tcpa_net *tn)
{
	const struct tcpa_occupancy *then = &tn->ports.now;
	u32 before = then->tw_server + then->tw_client + then->fin_wait2;
	u32 now = tcpa_tw_count(tn->net);

	return max(now, before) - min(now, before) > now / 64;
}

/* Neither ports nor TIME_WAITs become short, as far as the last walk could tell. */
static bool is_calm(struct tcpa_net *tn)
{
	struct tcpa_ports *p = &tn->ports;
	u32 used = 0;
	unsigned int i;

	if (p->failed || p->verdict != TCPA_OK ||
	    tcpa_window_worst(&tn->tw.overflows) ||
	    (near_limit(tn) && timewaits_changed(tn)))
		return false;
	raw_spin_lock(&p->lock);
	for (i = 0; i < p->dests; i++)
		used |= p->dest[i].used;
	raw_spin_unlock(&p->lock);
	return !used;
}

/* @tn has had its walk, since @start. */
static void rest(struct tcpa_net *tn, ktime_t start)
{
	ktime_t end = ktime_get();
	s64 took = ktime_to_ns(ktime_sub(end, start));

	tcpa_ports_queue_took(tn, took);
	tn->ports.rested = ktime_add_ns(end, DUTY_CALM * took);
}

bool tcpa_ports_walk(struct tcpa_net *tn, u64 failures)
{
	struct inet_hashinfo *h = tcpa_death_row(tn->net)->hashinfo;
	struct tcpa_ports *p = &tn->ports;
	ktime_t start = ktime_get();

	lockdep_assert_held(&tcpa_netns_lock);
	p->failed |= failures;
	if (!p->failed && !p->counted && !may_matter(tn)) {
		tcpa_ports_queue_leave(tn);
		p->idle = jiffies | 1;
		return false;
	}
	if (!tcpa_ports_queue_turn(tn, start)) {
		tcpa_ports_queue_wait(tn);
		return false;
	}
	tcpa_ports_queue_last(tn);
	if (ktime_before(start, p->rested) && is_calm(tn))
		return false;
	tcpa_ports_make_room(p, GFP_KERNEL | __GFP_NOWARN);
	walk_begin(tn);
	each_connection(h, tally_socket);
	if (raise_threshold() || walk->nr)
		each_connection(h, count_socket);
	take_found(p);
	p->failed = false;
	if (!may_matter(tn)) {
		nothing_to_count(p);
		tcpa_ports_queue_leave(tn);
	}
	rest(tn, start);
	return true;
}
