/* SPDX-License-Identifier: GPL-2.0 */
/*
 * counters.h - what is counted per listener, and where.
 *
 * Job: the cells, one set per listener and CPU, the deficit, one per listener,
 * and the increments that handlers make.
 * Context: cells are written in softirq (bottom halves off) on the owning CPU
 * only, so plain increments suffice; read from anywhere with READ_ONCE().
 * Does not: attribute (attribution.c) or sum up (listener.c).
 */
#ifndef _TCPA_COUNTERS_H
#define _TCPA_COUNTERS_H

#include <linux/atomic.h>
#include <linux/compiler.h>
#include <linux/jiffies.h>
#include <linux/types.h>

#include "judge/evidence.h"

enum tcpa_counter {
	TCPA_SYNS,
	TCPA_QUEUED,
	TCPA_COMPLETIONS,
	TCPA_COOKIES_VALID,
	TCPA_OVERFLOWS_SYN,
	TCPA_OVERFLOWS_ACK,
	TCPA_SYNQ_DROPS,
	TCPA_COOKIES_WANTED,
	TCPA_COOKIES_SENT,
	TCPA_OTHER_DROPS,
	TCPA_OTHER_CHILD,	/* of these, for want of a child, */
	TCPA_OTHER_ICMP,	/* and by an ICMP error */
	TCPA_COUNTERS
};

/*
 * How many connections were refused within one second, at most. A client tries
 * again after a second at the earliest, so within one second each refusal is
 * another connection.
 */
struct tcpa_deficit {
	unsigned long second_end;	/* jiffies */
	atomic_t in_second;
	atomic_t most;			/* taken and reset by the sampler */
	u32 step;			/* number of the last one with a refusal */
	atomic_t steps;			/* how many had one; as above */
};

/* Jiffies; with HZ 100, five. */
#define TCPA_REFUSING_STEP	(HZ * TCPA_REFUSING_STEP_MS / MSEC_PER_SEC)

/* Depths seen in one sampling interval; stale unless epoch matches. */
struct tcpa_depths {
	u32 epoch;
	u32 accept_lo;
	u32 accept_hi;
	u32 syn_hi;
};

/* One listener on one CPU. */
struct tcpa_cells {
	unsigned long v[TCPA_COUNTERS];
	u32 accept_peak;		/* since creation */
	u32 syn_peak;
	struct tcpa_depths depths[2];	/* of even and odd epochs */
};

/*
 * How far a sum over CPUs has moved. Each part is a word, which wraps on a 32-bit
 * kernel (as in /proc/net/netstat there), and takes the sum along.
 */
static inline u64 tcpa_moved(u64 now, u64 then)
{
	return (unsigned long)(now - then);
}

/* A word with one writer, incremented as the kernel does its MIBs: in place. */
static inline void tcpa_cells_inc(struct tcpa_cells *c, enum tcpa_counter i)
{
	c->v[i]++;
}

static inline void tcpa_cells_peak(struct tcpa_cells *c, u32 accept, u32 syn)
{
	if (accept > c->accept_peak)
		WRITE_ONCE(c->accept_peak, accept);
	if (syn > c->syn_peak)
		WRITE_ONCE(c->syn_peak, syn);
}

/*
 * Note the depth of both queues as an arrival saw them in interval @epoch.
 * The sampler reads the slot of the interval that has ended while handlers
 * write the other one; a reader that meets a slot in mid-change sees one
 * arrival more or less, which a high-water mark can bear. True if this CPU has seen
 * none as deep in the interval.
 */
static inline bool tcpa_cells_note(struct tcpa_cells *c, u32 epoch, u32 accept,
				   u32 syn)
{
	struct tcpa_depths *d = &c->depths[epoch & 1];

	if (d->epoch != epoch) {
		d->accept_lo = accept;
		d->accept_hi = accept;
		d->syn_hi = syn;
		WRITE_ONCE(d->epoch, epoch);
		tcpa_cells_peak(c, accept, syn);
		return true;
	}
	if (accept < d->accept_lo)
		d->accept_lo = accept;
	if (likely(accept <= d->accept_hi && syn <= d->syn_hi))
		return false;
	d->accept_hi = accept > d->accept_hi ? accept : d->accept_hi;
	d->syn_hi = syn > d->syn_hi ? syn : d->syn_hi;
	tcpa_cells_peak(c, accept, syn);
	return true;
}

/*
 * Count @n connections refused at @when, a moment ago. A second begins with the
 * first refusal after a second without one, so that no burst is cut in two. A race
 * between CPUs at its end moves a few refusals to the next one, and those of a run
 * that was left open since before the present second are no part of it; the deficit
 * sizes a backlog, it is no counter. Any context.
 */
static inline void tcpa_deficit_add(struct tcpa_deficit *d, unsigned int n,
				    unsigned long when)
{
	unsigned long end = READ_ONCE(d->second_end);
	u32 step = when / TCPA_REFUSING_STEP;

	if (time_after_eq(when, end) &&
	    cmpxchg(&d->second_end, end,
		    (time_before(when, end + HZ) ? end : when) + HZ) == end)
		atomic_set(&d->in_second, 0);
	if (!time_before(when, READ_ONCE(d->second_end) - HZ))
		n = atomic_add_return(n, &d->in_second);
	if ((int)n > atomic_read(&d->most))
		atomic_set(&d->most, n);
	if (step != READ_ONCE(d->step)) {
		WRITE_ONCE(d->step, step);
		atomic_inc(&d->steps);
	}
}

/* How many were refused so far in the second that is running. Any context. */
static inline unsigned int tcpa_deficit_running(const struct tcpa_deficit *d)
{
	return time_before(jiffies, READ_ONCE(d->second_end)) ?
		       atomic_read(&d->in_second) : 0;
}

#endif /* _TCPA_COUNTERS_H */
