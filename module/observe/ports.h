/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ports.h - ephemeral ports of one network namespace.
 *
 * Job: count every connect(2) that found no port, remember towards which
 * destinations, and how many ports the busiest of these use.
 * Context: see each function.
 * Does not: judge.
 */
#ifndef _TCPA_PORTS_H
#define _TCPA_PORTS_H

#include <linux/in6.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <net/inet_sock.h>
#include <net/tcp_states.h>

#include "judge/advice.h"
#include "window.h"

struct tcpa_net;

/* Destinations that are remembered per namespace; the heaviest stay. */
#define TCPA_DESTS 32

/* Whom connections go to, and from where; IPv4 as v4-mapped. */
struct tcpa_dest_key {
	struct in6_addr saddr;
	struct in6_addr daddr;
	__be16 dport;
};

struct tcpa_dest {
	struct tcpa_dest_key key;
	u64 failures;			/* connect(2)s without a port */
	u64 past;			/* of these, under other settings */
	u64 judged;			/* of these, when ports were last counted */
	u32 used;			/* ports when last counted, TIME_WAIT too */
	u32 timewait;			/* of these */
	u32 growth;			/* ports a second, between two counts */
	u32 most_used;			/* at these settings */
	u32 most_live;
	u32 most_wanted;		/* a second: grown by, and failed */
	bool bound;			/* the last to fail had chosen its source,
					 * with IP_BIND_ADDRESS_NO_PORT
					 */
	pid_t pid;			/* who that was, 0: none yet */
	char comm[TASK_COMM_LEN];
};

/* What counting the hash of connections found in the namespace. */
struct tcpa_occupancy {
	u32 tw_server;			/* TIME_WAITs, local port has had a listener */
	u32 tw_client;			/* TIME_WAITs, it has not */
	u32 fin_wait2;			/* minisockets in FIN_WAIT_2 */
	u32 pinned;			/* ports bound before connect(2), with no
					 * IP_BIND_ADDRESS_NO_PORT: of use for one
					 * destination, lost to all others
					 */
};

/* The sysctls that decide who finds a port. */
struct tcpa_port_settings {
	int low;
	int high;
	int reuse;
	int timestamps;
};

struct tcpa_ports {
	raw_spinlock_t lock;		/* over what is up to the next blank line */
	u64 failures;
	u64 evicted;			/* destinations that had to give way */
	u64 evicted_failures;		/* failures that went with them */
	struct tcpa_dest dest[TCPA_DESTS];

	/* The sampler's; under tcpa_netns_lock. */
	struct tcpa_occupancy now;
	u64 prev_failures;
	struct tcpa_window recent;	/* failures */
	unsigned long counted;		/* jiffies when occupancy was counted, or 0 */
	unsigned long idle;		/* when it was last too little to matter */
	struct tcpa_port_settings settings; /* that all this speaks of */
	u32 verdict;			/* enum tcpa_verdict */
};

void tcpa_ports_init(struct tcpa_net *tn);

/*
 * @sk, locked, leaves the hash: true if that is because connect(2) has found no
 * port for it. Any context.
 */
static inline bool tcpa_ports_lacking(const struct sock *sk)
{
	return READ_ONCE(sk->sk_state) == TCP_SYN_SENT &&
	       !inet_sk(sk)->inet_num && sk->sk_protocol == IPPROTO_TCP;
}

/* Count that. Process context, atomic: called with the socket locked. */
void tcpa_ports_failed(const struct sock *sk);

/* Ephemeral ports that connect(2) may choose from. Process context. */
u32 tcpa_ports_usable(const struct tcpa_net *tn);

/* Copy up to TCPA_DESTS destinations, heaviest first. Process context. */
u32 tcpa_ports_copy(struct tcpa_net *tn, struct tcpa_dest *dest);

/*
 * The destination of @sk, full socket or minisocket; bits of it may be stale
 * if the socket is not locked. RCU read side.
 */
void tcpa_dest_key(const struct sock *sk, struct tcpa_dest_key *key);

/* The two ends of @key as the sockets API writes them. Any context. */
void tcpa_dest_source(const struct tcpa_dest_key *k, char source[TCPA_ADDRESS_MAX]);
void tcpa_dest_peer(const struct tcpa_dest_key *k, char peer[TCPA_PEER_MAX]);

/* @key does not leave the host, by its address. Any context. */
bool tcpa_dest_loopback(const struct tcpa_dest_key *k);

/* The entry of @key, made if need be. p->lock held. */
struct tcpa_dest *tcpa_dest_get(struct tcpa_ports *p, const struct tcpa_dest_key *key);

#endif /* _TCPA_PORTS_H */
