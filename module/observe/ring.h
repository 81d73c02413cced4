/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ring.h - events in the order in which they came, of one listener.
 *
 * Job: hand events from handlers on all CPUs to one reader, without a lock.
 * Context: see each function.
 * Does not: allocate, nor know what is recorded (record.c).
 */
#ifndef _TCPA_RING_H
#define _TCPA_RING_H

#include <linux/atomic.h>
#include <linux/types.h>

#include "judge/curve.h"

#define TCPA_RING_SLOTS	2048U

struct tcpa_ring_slot {
	u32 nr;			/* of the event, from 1 on; written last */
	struct tcpa_curve_event ev;
};

/* All zero at first. */
struct tcpa_ring {
	atomic_t head;		/* number of the last event */
	u32 tail;		/* of the last one that was taken; the reader's */
	struct tcpa_ring_slot slot[TCPA_RING_SLOTS];
};

/* Any context but NMI, preemption off; many at a time. */
void tcpa_ring_put(struct tcpa_ring *ring, const struct tcpa_curve_event *ev);

/*
 * The event that follows: 1, 0 if there is none yet, or -EOVERFLOW if some have been lost
 * to later ones, after which it goes on behind them. One reader at a time.
 */
int tcpa_ring_next(struct tcpa_ring *ring, struct tcpa_curve_event *ev);

/* All that has come has been taken, or is passed over. The same. */
bool tcpa_ring_empty(const struct tcpa_ring *ring);
void tcpa_ring_skip(struct tcpa_ring *ring);

#endif /* _TCPA_RING_H */
