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

#include <linux/types.h>
#include <net/inet_sock.h>
#include <net/tcp_states.h>

#include "judge/sample.h"
#include "state.h"

void tcpa_ports_init(struct tcpa_net *tn);
void tcpa_ports_free(struct tcpa_net *tn);

/* Have room for TCPA_DESTS, if there is memory. Context as @gfp says. */
void tcpa_ports_make_room(struct tcpa_ports *p, gfp_t gfp);

/*
 * @sk, locked, leaves the hash: true if that is because connect(2) has found no
 * port for it, or its own in use, and so has not put it there. Any context.
 */
static inline bool tcpa_ports_lacking(const struct sock *sk)
{
	return READ_ONCE(sk->sk_state) == TCP_SYN_SENT && sk_unhashed(sk) &&
	       sk->sk_protocol == IPPROTO_TCP;
}

/* Count either. Process context, atomic: called with the socket locked. */
void tcpa_ports_failed(const struct sock *sk);

/*
 * @sk, locked, gives its source address back: count it if that is because
 * connect(2) has found no port for it, or its own in use. False if that cannot be
 * told. Process context, atomic.
 */
bool tcpa_ports_released(const struct sock *sk);

/* Ports of the range that are not reserved. Process context. */
u32 tcpa_ports_unreserved(const struct tcpa_net *tn);

/* Of these, those without a listener: connect(2) may choose from them. */
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
