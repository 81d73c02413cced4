/* SPDX-License-Identifier: GPL-2.0 */
/*
 * timewait.h - TIME_WAIT of one network namespace.
 *
 * Job: count what is asked for, by kind; read the kernel's own numbers.
 * Context: see each function.
 * Does not: judge.
 */
#ifndef _TCPA_TIMEWAIT_H
#define _TCPA_TIMEWAIT_H

#include <linux/types.h>

#include "window.h"

struct sock;
struct tcpa_net;

/* Minisockets asked for, by what they will be. */
enum tcpa_tw_kind {
	TCPA_TW_SERVER,		/* TIME_WAIT, local port has had a listener */
	TCPA_TW_CLIENT,		/* TIME_WAIT, it has not */
	TCPA_TW_FIN_WAIT2,	/* an orphan in FIN_WAIT_2 */
	TCPA_TW_KINDS
};

struct tcpa_tw_cells {
	unsigned long asked[TCPA_TW_KINDS];
};

struct tcpa_timewait {
	struct tcpa_tw_cells __percpu *cells;
	unsigned long *ports;		/* bitmap: ports that have listened */
	u64 base_overflows;		/* the kernel's counters at load */
	u64 base_reused;
	/* The sampler's; under tcpa_netns_lock. */
	u64 prev_asked;
	u64 prev_overflows;
	struct tcpa_window overflows;
	u64 peak_rate;			/* asked for per second, most seen */
	u32 limit;			/* sysctl these speak of */
	unsigned long fin_timeout;	/* sysctl, in jiffies */
	unsigned long fin_until;	/* jiffies until when there may be orphans of
					 * another timeout, 0: there are none
					 */
	u32 verdict;			/* enum tcpa_verdict */
};

/* Returns 0, -ENOMEM. Process context. */
int tcpa_timewait_init(struct tcpa_net *tn);
void tcpa_timewait_free(struct tcpa_net *tn);

/* @sk asks for a minisocket in @state (TCP_TIME_WAIT, TCP_FIN_WAIT2). Any. */
void tcpa_timewait_asked(const struct sock *sk, int state);

/* A listener of @tn has @port (host order). Process context. */
void tcpa_timewait_port(struct tcpa_net *tn, u16 port);

/*
 * Take an interval of @ms milliseconds into the evidence; windows are @window
 * jiffies long. True if it moved any. tcpa_netns_lock held.
 */
bool tcpa_timewait_sample(struct tcpa_net *tn, u32 ms, unsigned long window);

/* Totals since load. Process context. */
u64 tcpa_timewait_asked_sum(const struct tcpa_net *tn, enum tcpa_tw_kind kind);
u64 tcpa_timewait_created(const struct tcpa_net *tn);
u64 tcpa_timewait_overflows(const struct tcpa_net *tn);
u64 tcpa_timewait_reused(const struct tcpa_net *tn);

#endif /* _TCPA_TIMEWAIT_H */
