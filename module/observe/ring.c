// SPDX-License-Identifier: GPL-2.0
/*
 * ring.c - events in the order in which they came, of one listener.
 *
 * Each writer has a number of its own, and writes it last; a reader that meets another
 * number has been overtaken, or is too early. A writer that is held up for as long as it
 * takes the others to fill the ring may spoil a slot for a later one, once: the number is
 * compared before and after the event is read, and what is read is numbers only.
 * Context: see ring.h.
 * Does not: wait for anybody.
 */
#include "ring.h"

#include <linux/errno.h>

void tcpa_ring_put(struct tcpa_ring *ring, const struct tcpa_curve_event *ev)
{
	u32 nr = atomic_inc_return(&ring->head);
	struct tcpa_ring_slot *s = &ring->slot[nr % TCPA_RING_SLOTS];

	s->ev = *ev;
	smp_store_release(&s->nr, nr);	/* pairs with smp_load_acquire() below */
}

int tcpa_ring_next(struct tcpa_ring *ring, struct tcpa_curve_event *ev)
{
	u32 head = atomic_read(&ring->head), nr = ring->tail + 1;
	const struct tcpa_ring_slot *s = &ring->slot[nr % TCPA_RING_SLOTS];

	if (head == ring->tail)
		return 0;
	if (head - ring->tail > TCPA_RING_SLOTS) {
		ring->tail = head;
		return -EOVERFLOW;
	}
	/* Pairs with smp_store_release() in tcpa_ring_put(). */
	if (smp_load_acquire(&s->nr) != nr)
		return 0;
	*ev = s->ev;
	smp_rmb();	/* read before the number is compared once more */
	if (READ_ONCE(s->nr) != nr)
		return 0;
	ring->tail = nr;
	return 1;
}

bool tcpa_ring_empty(const struct tcpa_ring *ring)
{
	return atomic_read(&ring->head) == ring->tail;
}

void tcpa_ring_skip(struct tcpa_ring *ring)
{
	ring->tail = atomic_read(&ring->head);
}
