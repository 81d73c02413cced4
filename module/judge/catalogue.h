/* SPDX-License-Identifier: GPL-2.0 */
/*
 * catalogue.h - the words of the judgement: verdicts, sysctls and rules, their
 * tokens, and the values that advice may propose.
 *
 * Context: any; pure. Depends on nothing but its environment.
 * Does not: decide anything.
 */
#ifndef _TCPA_CATALOGUE_H
#define _TCPA_CATALOGUE_H

#include "env.h"

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

/* Both ends of net.ipv4.ip_local_port_range as one number, and back. */
#define TCPA_PORT_RANGE(low, high)	((__u64)(low) << 16 | (high))
#define TCPA_PORT_LOW(range)		((__u32)((range) >> 16) & 0xffff)
#define TCPA_PORT_HIGH(range)		((__u32)(range) & 0xffff)

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

#endif /* _TCPA_CATALOGUE_H */
