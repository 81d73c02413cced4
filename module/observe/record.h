/* SPDX-License-Identifier: GPL-2.0 */
/*
 * record.h - who wanted a place in an accept queue, while that is in trouble.
 *
 * Job: record clients of a listener whose accept queue got above half, and keep what
 * the loss curve (judge/curve.h) says of them.
 * Context: see each function.
 * Does not: judge.
 */
#ifndef _TCPA_RECORD_H
#define _TCPA_RECORD_H

#include "state.h"

struct request_sock;
struct sk_buff;
struct sock;

/* Process context. Handlers run between the two only. */
void tcpa_record_init(void);
void tcpa_record_exit(void);

/* Handlers: who comes to @l, maybe a stand-in, is to be recorded. */
static inline bool tcpa_recorded(const struct tcpa_listener *l)
{
	return unlikely(atomic_read(&l->state) & TCPA_STATE_RECORDED);
}

/*
 * The accept queue of @sk, whose entry @l is or for which it stands in, may be deeper
 * than it was in this sampling interval; one that is not is no news. RCU read side,
 * bottom halves off, as all here.
 */
void tcpa_record_deeper(struct tcpa_listener *l, const struct sock *sk);

/* A SYN, a final ACK or a child of @req, for a listener that is recorded. */
void tcpa_record_syn(struct tcpa_listener *l, const struct sock *sk,
		     const struct sk_buff *skb);
void tcpa_record_ack(struct tcpa_listener *l, const struct sock *sk,
		     const struct request_sock *req);
void tcpa_record_child(struct tcpa_listener *l, const struct sock *sk,
		       const struct request_sock *req);

#endif /* _TCPA_RECORD_H */
