/* SPDX-License-Identifier: GPL-2.0 */
/*
 * options.h - options of listeners that have a queue of their own, or change one.
 *
 * Job: read what the kernel counts of them in a network namespace, and which
 * listener it may speak of.
 * Context: process, tcpa_netns_lock held, but for tcpa_options_init().
 * Does not: judge.
 */
#ifndef _TCPA_OPTIONS_H
#define _TCPA_OPTIONS_H

#include <linux/types.h>

struct tcpa_listener;
struct tcpa_net;
struct tcpa_sample;

/* What was counted before counts for nothing. Before @tn is known to anybody. */
void tcpa_options_init(struct tcpa_net *tn);

/* Take an interval; windows are @window jiffies long. True if there was anything. */
bool tcpa_options_sample(struct tcpa_net *tn, unsigned long window);

/* @l puts final ACKs without data off (TCP_DEFER_ACCEPT). */
bool tcpa_options_defers(const struct tcpa_listener *l);

/* Tell the judge. */
void tcpa_options_fill(struct tcpa_net *tn, struct tcpa_sample *s);

#endif /* _TCPA_OPTIONS_H */
