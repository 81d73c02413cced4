/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sizing.h - how big: from what was measured to the value to set.
 *
 * Job: headroom, rounding and bounds of every number that is advised.
 * Context: any; pure, saturating.
 * Does not: decide whether a number is advised at all (verdict.c, advice.c).
 */
#ifndef _TCPA_SIZING_H
#define _TCPA_SIZING_H

#include "sample.h"

#define TCPA_BACKLOG_MAX	65535U	/* listen(2) of older kernels and many
					 * runtimes keep 16 bits of it
					 */

/*
 * The backlog for @need waiting connections on a host with @memory bytes of
 * RAM (0: unknown), or 0 if the bounds leave nothing above @backlog.
 */
__u32 tcpa_size_backlog(__u32 backlog, __u64 need, __u64 memory);

/*
 * The memory to give tcpa_size_backlog() for @s: all, or less if a backlog that
 * this allows could take more than half of it, with all who wait having sent as
 * much as their receive buffers hold.
 */
__u64 tcpa_size_memory(const struct tcpa_sample *s);

/* Bytes that @n connections waiting in the accept queue may hold at worst. */
__u64 tcpa_size_waiting(const struct tcpa_sample *s, __u32 n);

/* The most that tcpa_size_backlog() answers on such a host. */
__u32 tcpa_size_backlog_bound(__u64 memory);

/*
 * net.ipv4.tcp_max_syn_backlog whose last quarter begins only beyond a SYN
 * queue of @backlog.
 */
__u32 tcpa_size_max_syn_backlog(__u32 backlog);

/*
 * net.ipv4.tcp_max_tw_buckets for the TIME_WAITs that @s was asked for, or 0
 * if memory leaves nothing above the current value.
 */
__u32 tcpa_size_tw_buckets(const struct tcpa_sample *s);

/* Bytes that @n TIME_WAITs hold. */
__u64 tcpa_size_tw_memory(__u32 n);

/*
 * net.ipv4.tcp_fin_timeout in seconds, at least 10, with which the orphans in
 * FIN_WAIT_2 of @s hold an eighth of the TIME_WAIT limit, or the current value.
 */
__u32 tcpa_size_fin_timeout(const struct tcpa_sample *s);

/*
 * net.ipv4.ip_local_port_range, as TCPA_PORT_RANGE(), that has @need ports for
 * connect(2) and takes none away; 0 if that is not possible, or no change. Its
 * ends have different parity, which the kernel's search prefers; it begins at
 * net.ipv4.ip_unprivileged_port_start or above, unless it did not before.
 */
__u64 tcpa_size_port_range(const struct tcpa_ports_sample *p, __u64 need);

#endif /* _TCPA_SIZING_H */
