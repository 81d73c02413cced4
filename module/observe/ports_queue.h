/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ports_queue.h - the namespaces that wait to have their ports counted.
 *
 * Job: let counting take a part of a CPU and no more, however many they are, and each
 * have its turn. Root's wait in one queue and users' in another, who may have so many
 * that root's would wait for hours.
 * Context: process; under tcpa_netns_lock, but where it says otherwise.
 * Does not: count (ports_walk.c), or hold a namespace, which leaves when it ends.
 */
#ifndef _TCPA_PORTS_QUEUE_H
#define _TCPA_PORTS_QUEUE_H

#include <linux/ktime.h>
#include <linux/types.h>

struct tcpa_net;

/*
 * @tn may be counted @now: it is long enough since the last count, nobody is before it, and
 * it has not had its turn in this tick, for a rate wants some time between two counts.
 */
bool tcpa_ports_queue_turn(const struct tcpa_net *tn, ktime_t now);

/* @tn waits, and keeps its place if it does already. */
void tcpa_ports_queue_wait(struct tcpa_net *tn);

/* @tn has its turn, and then waits behind all others. */
void tcpa_ports_queue_last(struct tcpa_net *tn);

/* @tn does not wait any more. Any process context. */
void tcpa_ports_queue_leave(struct tcpa_net *tn);

/*
 * A count in @tn, or the judgement that followed, took so many nanoseconds. Its queue may
 * take a hundredth of the time, of which it may save up a second's.
 */
void tcpa_ports_queue_took(const struct tcpa_net *tn, s64 ns);

/*
 * The first of root's (@root), or of users', entered as by tcpa_netns_enter(), or NULL if
 * it is nobody's turn: none waits, it is too soon, or the first had its own in this tick.
 * The sampler only, without tcpa_netns_lock.
 */
struct tcpa_net *tcpa_ports_queue_first(bool root);

#endif /* _TCPA_PORTS_QUEUE_H */
