/* SPDX-License-Identifier: GPL-2.0 */
/*
 * cells.h - the cells that a listener counts in: of all CPUs, then of each CPU.
 *
 * Job: count in what there is; give a listener that is in use per-CPU cells.
 * Context: see each function.
 * Does not: attribute (attribution.c) or sum up (the same).
 */
#ifndef _TCPA_CELLS_H
#define _TCPA_CELLS_H

#include <net/inet_connection_sock.h>
#include <net/sock.h>

#include "counters.h"
#include "state.h"

/* A SYN for @sk. Handlers, bottom halves off; @cells: this CPU's, or locked ones. */
static __always_inline void tcpa_count_syn(struct tcpa_cells *cells,
					   const struct sock *sk)
{
	tcpa_cells_inc(cells, TCPA_SYNS);
	tcpa_cells_note(cells, READ_ONCE(tcpa_epoch), READ_ONCE(sk->sk_ack_backlog),
			inet_csk_reqsk_queue_len(sk));
}

/*
 * A child of @sk, which listens, goes into its accept queue. As above. True if that may
 * be deeper than it was in this interval.
 */
static __always_inline bool tcpa_count_child(struct tcpa_cells *cells,
					     const struct sock *sk)
{
	tcpa_cells_inc(cells, TCPA_COMPLETIONS);
	return tcpa_cells_note(cells, READ_ONCE(tcpa_epoch),
			       READ_ONCE(sk->sk_ack_backlog) + 1,
			       inet_csk_reqsk_queue_len(sk));
}

/*
 * That @counter of @sk's, whose entry @l is or for which it stands in, in what it has
 * of cells by now. Handlers, bottom halves off.
 */
void tcpa_count(struct tcpa_listener *l, const struct sock *sk,
		enum tcpa_counter counter);

/* @l has had an event that its shared cells have. Handlers, with tn->first_lock. */
void tcpa_cells_event(struct tcpa_listener *l);

/*
 * Make cells for those that have had many. Sleeps; only reconcile. After a grace
 * period, in which none of those can get there any more that are about to be freed,
 * none of them is known.
 */
void tcpa_cells_grow(void);

/* Nobody uses them any more: @l's, those of @tn itself. Process context. */
void tcpa_cells_free(struct tcpa_listener *l);
void tcpa_cells_free_net(struct tcpa_net *tn);

#endif /* _TCPA_CELLS_H */
