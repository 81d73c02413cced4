/* SPDX-License-Identifier: GPL-2.0 */
/*
 * refusal.h - each refused packet as an event, tcpadvisor:listen_refused.
 *
 * Job: keep what a packet was until it is known whether it is refused; tell.
 * Context: handlers, with bottom halves off, but for tcpa_refusal_tell().
 * Does not: attribute (attribution.c).
 */
#ifndef _TCPA_REFUSAL_H
#define _TCPA_REFUSAL_H

struct request_sock;
struct sk_buff;
struct sock;
struct tcpa_snapshot;

/* How much of a client's address is told. */
enum tcpa_clients {
	TCPA_CLIENTS_NONE,
	TCPA_CLIENTS_PREFIX,	/* 24 bits of IPv4, 64 of IPv6, no port */
	TCPA_CLIENTS_FULL,
};

/* One of these; any context. Written through a module parameter. */
extern unsigned int tcpa_trace_clients;

/*
 * This CPU has just taken a snapshot for @skb, which came for the listener @sk, or
 * for what becomes of @req.
 */
void tcpa_refusal_note(const struct sock *sk, const struct sk_buff *skb);
void tcpa_refusal_note_req(const struct sock *sk, const struct request_sock *req);

/*
 * @b, the snapshot of @cpu, has been closed, with @v[TCPA_COUNTERS] in it. Bottom
 * halves off on @cpu, or no handler there any more.
 */
void tcpa_refusal_tell(const struct tcpa_snapshot *b, int cpu,
		       const unsigned long *v);

#endif /* _TCPA_REFUSAL_H */
