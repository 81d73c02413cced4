/* SPDX-License-Identifier: GPL-2.0 */
/*
 * fates.h - what became of the clients whom an accept queue refused.
 *
 * Job: follow refused clients, event after event, until each got in or gave up, and
 * tell which prefixes of addresses they came from most.
 * Context: any; pure functions of their arguments, no clock, no lock, no
 * allocation. Compiles unchanged in user space.
 * Does not: record (observe/record.c), or follow a client to another address or port.
 */
#ifndef _TCPA_FATES_H
#define _TCPA_FATES_H

#include "curve.h"
#include "env.h"

/* Clients are followed one by one until there are so many: three quarters of the slots. */
#define TCPA_FATES_SLOTS	2048U
#define TCPA_FATES_MOST		(TCPA_FATES_SLOTS / 4 * 3)

/* Prefixes that are counted, and the worst of these, which are told. */
#define TCPA_FATES_PREFIXES	16U
#define TCPA_HURT_PREFIXES	8U

struct tcpa_prefix_refusals {
	__u32 prefix[2];	/* as in struct tcpa_curve_event */
	__u32 refusals;		/* so many at most ... */
	__u32 error;		/* ... and by so many fewer at least */
};

/* Who was hurt. Numbers of clients are multiples of one_in. */
struct tcpa_hurt {
	bool complete;		/* nobody was missed: whoever records knows */
	__u64 refusals;		/* SYNs and final ACKs, of all clients */
	__u32 one_in;		/* of so many clients one was followed; 1: all */
	__u64 admitted;		/* clients who got in when they came again, */
	__u64 gave_up;		/* who did not come again when they should have, */
	__u64 pending;		/* and of whom neither is known */
	__u32 from_ms;		/* the shortest and the longest time until one got in */
	__u32 to_ms;
	__u32 prefixes;		/* how many follow, the worst first */
	struct tcpa_prefix_refusals prefix[TCPA_HURT_PREFIXES];
};

struct tcpa_fate {
	__u32 client;		/* the hash */
	__u32 first_ms;		/* when it was refused first; 0: it got in */
	__u32 last_ms;		/* and last */
	__u16 gap_ms;		/* the longest between two refusals */
	__u16 admitted;		/* how often it got in after that; with first_ms 0: free */
};

struct tcpa_fates {
	bool began;
	__u32 last_us;		/* of the last event, by its clock */
	__u64 now_us;		/* since the first one */
	__u64 refusals;
	__u32 shift;		/* only hashes with so many low zero bits are followed */
	__u32 used;		/* slots */
	__u32 from_ms;
	__u32 to_ms;
	__u32 prefixes;
	struct tcpa_prefix_refusals prefix[TCPA_FATES_PREFIXES];	/* the worst first */
	struct tcpa_fate slot[TCPA_FATES_SLOTS];
};

/* Begin anew; @f is tens of KiB. */
void tcpa_fates_begin(struct tcpa_fates *f);

/* The next event. */
void tcpa_fates_add(struct tcpa_fates *f, const struct tcpa_curve_event *ev);

/* What is known by now. All of @hurt is written, so that two can be compared as bytes. */
void tcpa_fates_sum(const struct tcpa_fates *f, struct tcpa_hurt *hurt);

/* How many clients were refused, and how far any of the numbers of clients may be off. */
__u64 tcpa_hurt_clients(const struct tcpa_hurt *hurt);
__u64 tcpa_hurt_error(const struct tcpa_hurt *hurt);

#endif /* _TCPA_FATES_H */
