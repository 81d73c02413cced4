/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ports_sample.h - the sampler's part in ephemeral ports.
 *
 * Job: turn what was counted into evidence.
 * Context: process.
 * Does not: count or judge.
 */
#ifndef _TCPA_PORTS_SAMPLE_H
#define _TCPA_PORTS_SAMPLE_H

#include <linux/types.h>

struct tcpa_net;
struct tcpa_sample;

/*
 * Take an interval into the evidence, and count occupancy if that may have
 * something to show and was not done too recently; windows are @window jiffies
 * long. True if it moved any. Sleeps; tcpa_netns_lock held.
 */
bool tcpa_ports_sample(struct tcpa_net *tn, unsigned long window);

/*
 * Fill @s->ports, which is good until the next call, and what was said of it.
 * tcpa_netns_lock held.
 */
void tcpa_ports_fill(struct tcpa_net *tn, struct tcpa_sample *s);

#endif /* _TCPA_PORTS_SAMPLE_H */
