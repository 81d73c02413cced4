// SPDX-License-Identifier: GPL-2.0
/*
 * waiting.c - who waits in the accept queue of a listener.
 *
 * A client that gives up closes its end, which the child in the queue learns as any
 * socket does: by a FIN (CLOSE_WAIT) or a reset (CLOSE). It keeps its place. A FIN may
 * also be of a client that has asked and now waits for the answer, which cannot be
 * told from one that went away.
 *
 * The queue's own lock is what accept(2) takes to get one child out. It is held for a
 * few children only: those who have waited for longest say enough.
 * Context: process.
 * Does not: decide whose queue is looked at (track.c).
 */
#include "waiting.h"

#include <linux/compiler.h>
#include <linux/spinlock.h>
#include <net/inet_connection_sock.h>
#include <net/request_sock.h>
#include <net/sock.h>
#include <net/tcp_states.h>

/* So many are looked at. */
#define MOST	16

static bool has_gone(const struct sock *child)
{
	int state = child ? READ_ONCE(child->sk_state) : TCP_ESTABLISHED;

	return state == TCP_CLOSE_WAIT || state == TCP_CLOSE;
}

void tcpa_waiting_look(struct sock *sk, u32 *looked, u32 *gone)
{
	struct request_sock_queue *queue = &inet_csk(sk)->icsk_accept_queue;
	const struct request_sock *req;

	*looked = 0;
	*gone = 0;
	spin_lock_bh(&queue->rskq_lock);
	for (req = queue->rskq_accept_head; req && *looked < MOST; req = req->dl_next) {
		*looked += 1;
		*gone += has_gone(req->sk);
	}
	spin_unlock_bh(&queue->rskq_lock);
}
