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

#include "state.h"

/* Returns 0, -ENOMEM. Process context. */
int tcpa_timewait_init(struct tcpa_net *tn);
void tcpa_timewait_free(struct tcpa_net *tn);

/* @sk asks for a minisocket in @state (TCP_TIME_WAIT, TCP_FIN_WAIT2). Any. */
void tcpa_timewait_asked(const struct sock *sk, int state);

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
