/* SPDX-License-Identifier: GPL-2.0 */
/*
 * advice.h - the judgement: a sample of one network namespace in, verdicts and
 * findings with their evidence out.
 *
 * Job: decide whose fault a refusal is, what to change, to which value, and
 * which popular change would not help.
 * Context: any; a pure function of its arguments: no clock, no lock, no
 * allocation, no printk. Compiles unchanged in user space.
 * Does not: collect (sampler.c), format (recommend.c), or change anything.
 */
#ifndef _TCPA_ADVICE_H
#define _TCPA_ADVICE_H

#include "env.h"
#include "evidence.h"

#define TCPA_NAME_MAX		72	/* "[v6 address]:port@cookie" and NUL */
#define TCPA_FINDINGS_MAX	32	/* what one page of text can hold */
#define TCPA_UNKNOWN		(-1LL)	/* a number that could not be observed */

/* Whose fault it is, per listener. Tokens: tcpa_verdict_name(). */
enum tcpa_verdict {
	TCPA_OK,
	TCPA_BACKLOG_CAPPED,	/* bursts; net.core.somaxconn caps the backlog */
	TCPA_BACKLOG_SMALL,	/* bursts; the application asked for too little */
	TCPA_APP_SLOW,		/* accept(2) is slower than arrivals, for good */
	TCPA_APP_STALLED,	/* accept(2) stopped for a while */
	TCPA_SYN_FLOOD,		/* SYNs that never complete */
	TCPA_RTT_BOUND,		/* SYN queue too small for rate x round trip */
	TCPA_REUSEPORT_SKEW,	/* one member full while its siblings idle */
	TCPA_UNDECIDED,		/* refusals, but too little seen to judge yet */
	/* Of a namespace's TIME_WAITs. */
	TCPA_BUCKETS_FULL,	/* cut short at tcp_max_tw_buckets */
	TCPA_SERVER_CLOSES,	/* many, on the server's side: harmless */
	TCPA_FINWAIT2_HELD,	/* orphans in FIN_WAIT_2 dominate */
	/* Of a namespace's ephemeral ports. */
	TCPA_PORTS_TIGHT,	/* they will run out towards a destination */
	TCPA_PORTS_EXHAUSTED,	/* connect(2) has found none */
	TCPA_VERDICTS
};

/* Every sysctl that a finding may name. Names, ranges: tcpa_key_*(). */
enum tcpa_key {
	TCPA_KEY_NONE,
	TCPA_KEY_SOMAXCONN,
	TCPA_KEY_SYNCOOKIES,
	TCPA_KEY_MAX_SYN_BACKLOG,
	TCPA_KEY_SYNACK_RETRIES,
	TCPA_KEY_ABORT_ON_OVERFLOW,
	TCPA_KEY_MAX_TW_BUCKETS,
	TCPA_KEY_TW_REUSE,
	TCPA_KEY_FIN_TIMEOUT,
	TCPA_KEY_TIMESTAMPS,
	TCPA_KEY_PORT_RANGE,	/* a value is TCPA_PORT_RANGE(low, high) */
	TCPA_KEY_RESERVED_PORTS, /* a value is that range, 0: as it is; see portlist.h */
	TCPA_KEY_TW_RECYCLE,	/* only ever in a negative answer */
	TCPA_KEYS
};

/* One rule, one kind of finding. */
enum tcpa_rule {
	TCPA_RULE_SOMAXCONN_CAPS,	/* key + listener */
	TCPA_RULE_BACKLOG_SMALL,	/* listener, maybe key */
	TCPA_RULE_APP_SLOW,		/* listener */
	TCPA_RULE_APP_STALLED,		/* listener, maybe key */
	TCPA_RULE_SYN_FLOOD,		/* listener */
	TCPA_RULE_RTT_BOUND,		/* listener, maybe key */
	TCPA_RULE_REUSEPORT_SKEW,	/* listener */
	TCPA_RULE_UNDECIDED,		/* listener */
	TCPA_RULE_SYNCOOKIES_OFF,	/* key */
	TCPA_RULE_SYN_RESERVE,		/* key: last quarter kept, syncookies 0 */
	TCPA_RULE_HALF_OPEN,		/* key: dead handshakes live too long */
	TCPA_RULE_ABORT_ON_OVERFLOW,	/* key */
	TCPA_RULE_TW_BUCKETS_FULL,	/* key */
	TCPA_RULE_FINWAIT2_HELD,	/* key */
	TCPA_RULE_SERVER_CLOSES,	/* the namespace */
	TCPA_RULE_PORTS,		/* destination: who runs out of ports, why */
	TCPA_RULE_PORT_RANGE,		/* key */
	TCPA_RULE_RESERVED_PORTS,	/* key: goes with a wider range */
	TCPA_RULE_TW_REUSE,		/* key */
	TCPA_RULE_TIMESTAMPS,		/* key: reuse needs them */
	TCPA_RULE_NOT_SOMAXCONN,	/* negative answers from here on */
	TCPA_RULE_NOT_MAX_SYN_BACKLOG,
	TCPA_RULE_NOT_TW_RECYCLE,
	TCPA_RULE_NOT_SYNCOOKIES_0,
	TCPA_RULE_NOT_TW_BUCKETS,	/* full, but memory bounds it */
	TCPA_RULE_NOT_TW_REUSE,		/* nothing for the server's side */
	TCPA_RULE_NOT_FIN_TIMEOUT,	/* nothing for TIME_WAIT */
	TCPA_RULE_NOT_LESS_TW_BUCKETS,	/* a lower limit breaks connections */
	TCPA_RULES
};

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
	struct tcpa_evidence ev;	/* the worst window at this backlog */

	/*
	 * What the last call said of it at this backlog; 0 if nothing. A
	 * verdict is given up later than it is come to, and advice on a
	 * backlog only grows, so that a number near a threshold says one thing.
	 */
	enum tcpa_verdict prior;
	__u32 prior_recommended;

	/* Out: written by tcpa_advise(). */
	enum tcpa_verdict verdict;
	enum tcpa_missing missing;	/* if undecided */
	__u32 backlog_recommended;	/* 0: leave it */
	struct tcpa_group slot;		/* of no interest to anyone else */
};

#define TCPA_ADDRESS_MAX	46	/* an IPv6 address and NUL */
#define TCPA_PEER_MAX		56	/* "[address]:port" and NUL */
#define TCPA_PROGRAM_MAX	32	/* "name, pid 4194304" and NUL */

/* Both ends of net.ipv4.ip_local_port_range as one number, and back. */
#define TCPA_PORT_RANGE(low, high)	((__u64)(low) << 16 | (high))
#define TCPA_PORT_LOW(range)		((__u32)((range) >> 16) & 0xffff)
#define TCPA_PORT_HIGH(range)		((__u32)(range) & 0xffff)

/* Whom ephemeral ports are used towards. */
struct tcpa_dest_sample {
	char source[TCPA_ADDRESS_MAX];
	char peer[TCPA_PEER_MAX];
	char program[TCPA_PROGRAM_MAX];	/* who failed last, or "" */
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
	const unsigned long *listening;	/* ports of live listeners, or NULL */
	const unsigned long *reserved;	/* ip_local_reserved_ports, or NULL */
	__u32 nr_dests;
	const struct tcpa_dest_sample *dests; /* heaviest first */
};

/* One network namespace. Sysctl values as the host has them now. */
struct tcpa_sample {
	__u32 somaxconn;
	__u32 syncookies;		/* 0, 1, 2 */
	__u32 max_syn_backlog;
	__u32 synack_retries;
	__u32 abort_on_overflow;
	__u32 max_tw_buckets;
	__u32 tw_count;			/* live TIME_WAIT and FIN_WAIT_2 minisockets */
	__u64 tw_overflows;		/* TCPTimeWaitOverflow in the worst window */
	__u64 tw_peak_rate;		/* TIME_WAITs asked for per second, most seen */
	__u32 tw_server;		/* of tw_count, when last counted: local port */
					/* of a listener, */
	__u32 tw_finwait2;		/* and orphans in FIN_WAIT_2 */
	__u32 fin_timeout;		/* seconds */
	struct tcpa_ports_sample ports;
	__u64 memory;			/* bytes of RAM: bounds every upward advice */
	__u32 window_s;			/* length of a window */
	__u32 nr_listeners;		/* how many are in @listeners */
	struct tcpa_listener_sample *listeners; /* those with any evidence */

	/* As in a listener's: in, what the last call said; out, what this does. */
	enum tcpa_verdict tw_verdict;
	enum tcpa_verdict ports_verdict;
};

/* One thing to say. */
struct tcpa_finding {
	enum tcpa_rule rule;
	enum tcpa_key key;		/* TCPA_KEY_NONE: not a sysctl */
	__u64 value;			/* now: of the key, or of the listener's backlog */
	__u64 proposed;			/* same; 0 for a negative answer */
	__u64 weight;			/* refusals explained: worst first */
	const struct tcpa_listener_sample *listener; /* NULL: the namespace */
	const struct tcpa_dest_sample *dest;	/* of whom it speaks, or NULL */
};

/*
 * Worst first. Several findings may name the same key (one per listener that
 * a low somaxconn caps); all of them then carry the same, largest, proposal.
 */
struct tcpa_findings {
	__u32 nr;
	__u32 omitted;			/* did not fit; counted, never silently lost */
	struct tcpa_finding item[TCPA_FINDINGS_MAX];
};

/* Judge @s: fills the out fields of every listener and @out. Never fails. */
void tcpa_advise(struct tcpa_sample *s, struct tcpa_findings *out);

/*
 * A digest of what the list tells an operator to do: rules, keys, proposals
 * and subjects, in any order; evidence does not enter. Two samples whose
 * digests are equal give the same advice.
 */
__u64 tcpa_findings_digest(const struct tcpa_findings *f);

/* The token of a verdict, e.g. "backlog-capped"; never NULL. */
const char *tcpa_verdict_name(enum tcpa_verdict v);

/* The token of a rule, e.g. "somaxconn-caps"; never NULL. */
const char *tcpa_rule_name(enum tcpa_rule rule);

/* True for the answers "this will not help". */
bool tcpa_rule_negative(enum tcpa_rule rule);

/* The sysctl's name, e.g. "net.core.somaxconn"; "" for TCPA_KEY_NONE. */
const char *tcpa_key_name(enum tcpa_key key);

/* Inclusive range that advice for @key stays in; empty if it is never set. */
__u64 tcpa_key_min(enum tcpa_key key);
__u64 tcpa_key_max(enum tcpa_key key);

#endif /* _TCPA_ADVICE_H */
