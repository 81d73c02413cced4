/* SPDX-License-Identifier: GPL-2.0 */
/*
 * values.h - what an event says, before it is one.
 *
 * Job: plain values, copied from the kernel's objects while these can be read. No
 * field is a pointer: what is traced leaves the kernel.
 * Context: filled and read by value, anywhere.
 * Does not: know who fills it.
 */
#ifndef _TCPA_TRACE_VALUES_H
#define _TCPA_TRACE_VALUES_H

#include <linux/in6.h>
#include <linux/types.h>

/* A network namespace. */
struct tcpa_traced_net {
	u64 cookie;		/* SO_NETNS_COOKIE; 0: it has none yet */
	u32 inum;		/* the inode of its file in /proc/PID/ns */
};

/* A listener. Addresses of IPv4 are v4-mapped. */
struct tcpa_traced_listener {
	struct in6_addr addr;
	struct tcpa_traced_net net;
	u64 cookie;		/* as in its directory's name; 0: it has none yet */
	u64 cgroup;		/* ID of its cgroup v2, 0: not known */
	u32 backlog;
	u16 port;
	u16 family;
};

/* A packet that can be refused, as it came. */
struct tcpa_traced_packet {
	struct tcpa_traced_listener to;
	struct in6_addr client;
	u64 ns;			/* when; local clock of its CPU */
	u32 accept_queue;	/* depths that it met */
	u32 syn_queue;
	u16 client_port;
	u16 family;		/* its own: an IPv6 socket gets IPv4, too */
};

/* Why it was refused: part of the format, as numbers. */
#define TCPA_CAUSE_ACCEPT_QUEUE_SYN	0
#define TCPA_CAUSE_ACCEPT_QUEUE_ACK	1
#define TCPA_CAUSE_SYN_QUEUE		2
#define TCPA_CAUSE_OTHER		3

/* Whom a verdict is on: likewise. */
#define TCPA_VERDICT_ON_LISTENER	0
#define TCPA_VERDICT_ON_TIMEWAIT	1
#define TCPA_VERDICT_ON_PORTS		2

/* Bytes of a verdict's name, its 0 included. */
#define TCPA_VERDICT_NAME		24

/* What a listener has counted, when it is gone. */
struct tcpa_traced_totals {
	u64 syns;
	u64 completions;
	u64 overflows_syn;
	u64 overflows_ack;
	u64 synq_drops;
	u64 other_drops;
	u32 aborted;
};

/* A connect(2) that found no port. */
struct tcpa_traced_connect {
	struct in6_addr saddr;
	struct in6_addr daddr;
	struct tcpa_traced_net net;
	u16 dport;
	u16 range_low;
	u16 range_high;
	bool own_range;		/* IP_LOCAL_PORT_RANGE: those are not its limits */
};

#endif /* _TCPA_TRACE_VALUES_H */
