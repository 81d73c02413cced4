/* SPDX-License-Identifier: GPL-2.0 */
/*
 * curve.h - the loss curve: how many connections each of a dozen backlogs would
 * have lost, under the load that was seen.
 *
 * Job: play the clients who wanted a place in an accept queue against backlogs from
 * the present one up, all at once, one event after the other.
 * Context: any; pure functions of their arguments, no clock, no lock, no
 * allocation. Compiles unchanged in user space.
 * Does not: record (observe/record.c) or judge.
 */
#ifndef _TCPA_CURVE_H
#define _TCPA_CURVE_H

#include "env.h"

struct tcpa_evidence;

/* The backlog itself, and powers of two above it up to 65535, as far as they go. */
#define TCPA_CURVE_POINTS	14

/* Refused clients who are remembered, so that who comes again is known. */
#define TCPA_CURVE_PENDING	2048U

/* When a refused one comes again, in steps, by its try (curve.c). */
#define TCPA_CURVE_STEP_MS	64U
#define TCPA_CURVE_STEPS	64U
#define TCPA_CURVE_TRIES	15U

enum tcpa_curve_kind {
	TCPA_CURVE_LOOK,	/* nobody came; how deep it is now */
	TCPA_CURVE_ADMITTED,	/* put into the accept queue */
	TCPA_CURVE_SYN,		/* refused at the SYN */
	TCPA_CURVE_ACK,		/* refused at the final ACK */
};

/* A client wants a place in the accept queue. */
struct tcpa_curve_event {
	__u32 us;		/* when, by any clock that wraps */
	__u32 client;		/* a hash of its address and port */
	__u32 depth;		/* of the queue as it found it */
	__u32 kind;
	__u32 prefix[2];	/* of its address, if it is refused; see fates.c */
};

struct tcpa_curve_point {
	__u32 backlog;
	__u32 wait_ms;		/* the longest wait for accept(2) */
	__u64 lost;		/* connections refused, once at least */
};

/* What was found out. */
struct tcpa_loss {
	bool complete;		/* nobody was missed */
	__u32 nr;		/* points; 0: nothing was recorded */
	__u64 need;		/* the least backlog that refuses nobody */
	struct tcpa_curve_point point[TCPA_CURVE_POINTS];
};

/* One backlog on its way; the last one takes everybody. */
struct tcpa_curve_queue {
	__u32 depth;
	__u32 deepest;
	__u32 ahead;		/* before the client whose wait is measured; 0: none */
	__u64 since_us;		/* when that came */
	__u16 again[TCPA_CURVE_TRIES][TCPA_CURVE_STEPS];
};

struct tcpa_curve {
	struct tcpa_loss loss;
	bool began;
	__u32 last_us;
	__u64 now_us;		/* since it began */
	__u64 step;		/* the last one that clients came again in: now's */
	__u32 depth;		/* of the queue itself, after the last event */
	__u64 busy_us;		/* time in which the queue was not empty ... */
	__u64 busy_accepts;	/* ... and accept(2)s in it */
	__u64 credit;		/* part of an accept(2), in 1 / busy_us */
	__u32 steady;		/* clients whose third SYN came a second after the
				 * second
				 */
	__u32 doubling;		/* and two seconds after it */
	struct tcpa_curve_queue queue[TCPA_CURVE_POINTS + 1];
	struct {
		__u32 client;
		__u32 ms;	/* when it was refused last, + 1; 0: free */
		__u32 syns;	/* that were refused */
	} pending[TCPA_CURVE_PENDING];
};

/* Begin at @backlog; @c is tens of KiB. */
void tcpa_curve_begin(struct tcpa_curve *c, __u32 backlog);

/* The next event, or that some were missed. */
void tcpa_curve_add(struct tcpa_curve *c, const struct tcpa_curve_event *ev);
void tcpa_curve_miss(struct tcpa_curve *c);

/* Nobody waits, and who was refused has come again or will not. */
bool tcpa_curve_over(const struct tcpa_curve *c);

/* @a lost more at the present backlog than @b. */
bool tcpa_loss_worse(const struct tcpa_loss *a, const struct tcpa_loss *b);

/* Let what @loss found, if it is complete, take the place of estimates in @ev. */
void tcpa_loss_apply(const struct tcpa_loss *loss, struct tcpa_evidence *ev);

#endif /* _TCPA_CURVE_H */
