/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sample.h - what the judge is told: one network namespace, its listeners, its
 * TIME_WAITs and its ephemeral ports.
 *
 * Job: the data that observe/ fills in and judge/ reads, below all code of
 * both; and the few fields that the judge answers in.
 * Context: any; plain data.
 * Does not: hold a pointer that outlives the call it is made for.
 */
#ifndef _TCPA_SAMPLE_H
#define _TCPA_SAMPLE_H

#include "catalogue.h"
#include "evidence.h"

#define TCPA_NAME_MAX		72	/* "[v6 address]:port@cookie" and NUL */
#define TCPA_UNKNOWN		(-1LL)	/* a number that could not be observed */

/* What an undecided listener waits for. */
enum tcpa_missing {
	TCPA_MISSING_NOTHING,
	TCPA_MISSING_REFUSALS,	/* so few that they may be chance */
	TCPA_MISSING_DRAIN,	/* first burst is still on: will it drain? */
	TCPA_MISSING_TIME,	/* handshakes may still complete */
	TCPA_MISSING_CAUSE,	/* many complete, many do not */
};

/* A SO_REUSEPORT group: how its members fare. See group.h. */
struct tcpa_group {
	__u32 group;			/* its number; 0: none */
	__u32 members;
	__u32 below_half;		/* refused nobody, deepest below half */
	__u32 below_quarter;		/* the same, a quarter */
};

/* One listener as the judge sees it. */
struct tcpa_listener_sample {
	char name[TCPA_NAME_MAX];	/* as in sysfs: addr:port@cookie */
	__u64 inode;			/* of the socket; 0 if it has none */
	__u32 backlog;			/* effective now: sk_max_ack_backlog */
	__s64 requested;		/* asked of listen(2), or TCPA_UNKNOWN */
	__u32 group;			/* SO_REUSEPORT group in this sample, 0: none */
	bool defers;			/* has TCP_DEFER_ACCEPT */
	struct tcpa_evidence ev;	/* the worst window at this backlog */

	/*
	 * The previous verdict and advice, at this backlog; 0 if none. The
	 * judge gives up a verdict later than it comes to it (hysteresis), and
	 * its advice on a backlog only grows, so that a number near a threshold
	 * does not make the advice flicker.
	 */
	enum tcpa_verdict previous;
	__u32 previous_recommended;

	/* Out: written by tcpa_advise(). */
	enum tcpa_verdict verdict;
	enum tcpa_missing missing;	/* if undecided */
	__u32 backlog_recommended;	/* 0: leave it */
	struct tcpa_group bucket;		/* of group.c's hash table; its own */
};

#define TCPA_ADDRESS_MAX	46	/* an IPv6 address and NUL */
#define TCPA_PEER_MAX		56	/* "[address]:port" and NUL */

/* Whom ephemeral ports are used towards. */
struct tcpa_dest_sample {
	char source[TCPA_ADDRESS_MAX];
	char peer[TCPA_PEER_MAX];
	__u64 failures;		/* connect(2)s without a port, at these settings */
	__u32 used;		/* ports, when last counted */
	__u32 timewait;		/* of these */
	__u32 growth;		/* ports a second */
	__u32 most_used;	/* the largest of these at these settings, */
	__u32 most_live;	/* without TIME_WAITs, */
	__u32 most_wanted;	/* a second, those that nobody got included */
	bool bound;		/* who failed last had chosen its source */
	bool loopback;
};

/* Ephemeral ports of a namespace. Bitmaps of 65536 bits, one long after another. */
struct tcpa_ports_sample {
	__u32 low;		/* net.ipv4.ip_local_port_range */
	__u32 high;
	__u32 lowest;		/* net.ipv4.ip_unprivileged_port_start */
	__u32 usable;		/* in the range, not reserved, not a listener's */
	__u32 pinned;		/* of these, taken by bind(2) before connect(2) */
	__u32 reuse;		/* net.ipv4.tcp_tw_reuse */
	__u32 timestamps;
	__u64 failures;		/* in the worst window at these settings */
	__u64 own_port;		/* connect(2)s whose own port was in use, likewise */
	const unsigned long *listening;	/* ports of live listeners, or NULL */
	const unsigned long *listened;	/* and of listeners lately gone, or NULL */
	const unsigned long *reserved;	/* ip_local_reserved_ports, or NULL */
	__u32 nr_dests;
	const struct tcpa_dest_sample *dests; /* heaviest first */
};

/*
 * Queues of TCP Fast Open, each a listener's own. Of which of them a request found no
 * place the kernel does not tell, so the shortest is spoken of.
 */
struct tcpa_fastopen_sample {
	char name[TCPA_NAME_MAX];	/* of the listener that has it */
	__u32 listeners;		/* that have one at all; 0: no more */
	__u32 length;			/* what the option TCP_FASTOPEN says */
	__u64 overflows;		/* TCPFastOpenListenOverflow in the worst window */
	__u64 need;			/* length that would have held all of them */
};

/* One network namespace. */
struct tcpa_sample {
	/* Sysctls as the host has them now, called as in the catalogue. */
#define SYSCTL(id, name, min, max, field, ...)	__u32 field;
#include "catalogue.def"
	__u32 tw_count;			/* live TIME_WAIT and FIN_WAIT_2 minisockets */
	__u64 tw_overflows;		/* TCPTimeWaitOverflow in the worst window */
	__u64 tw_peak_rate;		/* TIME_WAITs asked for per second, most seen */
	__u32 tw_server;		/* of tw_count, when last counted: local port */
					/* of a listener, */
	__u32 tw_finwait2;		/* and orphans in FIN_WAIT_2 */
	__u64 tw_old;			/* segments that a TIME_WAIT refused as old in the
					 * worst window; of older kernels any connection
					 */
	struct tcpa_ports_sample ports;
	__u64 memory;			/* bytes of RAM: bounds every upward advice */
	__u32 rmem_default;		/* bytes, net.ipv4.tcp_rmem's second: what a
					 * connection may receive before accept(2)
					 */
	__u32 window_s;			/* length of a window */
	__u64 gone_refused;		/* by listeners that are gone and may come back */
	__u64 group_aborted;		/* connections that waited at a listener closed
					 * while another of its SO_REUSEPORT group
					 * listened on, in the worst window
					 */
	struct tcpa_fastopen_sample fastopen;
	__u64 deferred;			/* TCPDeferAcceptDrop in the worst window */
	__u32 nr_listeners;		/* how many are in @listeners */
	struct tcpa_listener_sample *listeners; /* those with any evidence */

	/* As in a listener's: in, what the last call said; out, what this does. */
	enum tcpa_verdict tw_verdict;
	enum tcpa_verdict ports_verdict;
};

#endif /* _TCPA_SAMPLE_H */
