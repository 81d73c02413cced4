// SPDX-License-Identifier: GPL-2.0
/*
 * catalogue.c - the words of the judgement: tokens of verdicts and rules, names
 * and ranges of sysctls.
 *
 * Job: one place that decides how a thing is called in sysfs, in the text and
 * in the catalogue (Documentation/recommendations.rst), and which values
 * advice may ever propose.
 * Context: any; pure.
 * Does not: decide anything.
 */
#include "catalogue.h"

static const char *const verdict_names[TCPA_VERDICTS] = {
	[TCPA_OK] = "ok",
	[TCPA_BACKLOG_CAPPED] = "backlog-capped",
	[TCPA_BACKLOG_SMALL] = "backlog-small",
	[TCPA_APP_SLOW] = "app-slow",
	[TCPA_APP_STALLED] = "app-stalled",
	[TCPA_SYN_FLOOD] = "syn-flood",
	[TCPA_RTT_BOUND] = "rtt-bound",
	[TCPA_REUSEPORT_SKEW] = "reuseport-skew",
	[TCPA_UNDECIDED] = "undecided",
	[TCPA_BUCKETS_FULL] = "buckets-full",
	[TCPA_SERVER_CLOSES] = "server-closes",
	[TCPA_FINWAIT2_HELD] = "finwait2-held",
	[TCPA_PORTS_TIGHT] = "ports-tight",
	[TCPA_PORTS_EXHAUSTED] = "ports-exhausted",
};

static const char *const rule_names[TCPA_RULES] = {
	[TCPA_RULE_SOMAXCONN_CAPS] = "somaxconn-caps",
	[TCPA_RULE_BACKLOG_SMALL] = "backlog-small",
	[TCPA_RULE_APP_SLOW] = "app-slow",
	[TCPA_RULE_APP_STALLED] = "app-stalled",
	[TCPA_RULE_SYN_FLOOD] = "syn-flood",
	[TCPA_RULE_RTT_BOUND] = "rtt-bound",
	[TCPA_RULE_REUSEPORT_SKEW] = "reuseport-skew",
	[TCPA_RULE_UNDECIDED] = "undecided",
	[TCPA_RULE_SYNCOOKIES_OFF] = "syncookies-off",
	[TCPA_RULE_SYN_RESERVE] = "syn-reserve",
	[TCPA_RULE_HALF_OPEN] = "half-open",
	[TCPA_RULE_ABORT_ON_OVERFLOW] = "abort-on-overflow",
	[TCPA_RULE_TW_BUCKETS_FULL] = "tw-buckets-full",
	[TCPA_RULE_FINWAIT2_HELD] = "finwait2-held",
	[TCPA_RULE_SERVER_CLOSES] = "server-closes",
	[TCPA_RULE_PORTS] = "ports",
	[TCPA_RULE_PORT_RANGE] = "port-range",
	[TCPA_RULE_RESERVED_PORTS] = "reserved-ports",
	[TCPA_RULE_TW_REUSE] = "tw-reuse",
	[TCPA_RULE_TIMESTAMPS] = "timestamps",
	[TCPA_RULE_NOT_SOMAXCONN] = "not-somaxconn",
	[TCPA_RULE_NOT_MAX_SYN_BACKLOG] = "not-max-syn-backlog",
	[TCPA_RULE_NOT_TW_RECYCLE] = "not-tw-recycle",
	[TCPA_RULE_NOT_SYNCOOKIES_0] = "not-syncookies-0",
	[TCPA_RULE_NOT_TW_BUCKETS] = "not-tw-buckets",
	[TCPA_RULE_NOT_TW_REUSE] = "not-tw-reuse",
	[TCPA_RULE_NOT_FIN_TIMEOUT] = "not-fin-timeout",
	[TCPA_RULE_NOT_LESS_TW_BUCKETS] = "not-less-tw-buckets",
};

/* Range 1 to 0 is empty: such a key is only ever spoken of. */
static const struct {
	const char *name;
	__u32 min;
	__u32 max;
} keys[TCPA_KEYS] = {
	[TCPA_KEY_NONE] = { "", 1, 0 },
	[TCPA_KEY_SOMAXCONN] = { "net.core.somaxconn", 1, 65535 },
	[TCPA_KEY_SYNCOOKIES] = { "net.ipv4.tcp_syncookies", 1, 1 },
	[TCPA_KEY_MAX_SYN_BACKLOG] = { "net.ipv4.tcp_max_syn_backlog",
				       1, 131072 },
	[TCPA_KEY_SYNACK_RETRIES] = { "net.ipv4.tcp_synack_retries", 2, 255 },
	[TCPA_KEY_ABORT_ON_OVERFLOW] = { "net.ipv4.tcp_abort_on_overflow",
					 0, 0 },
	[TCPA_KEY_MAX_TW_BUCKETS] = { "net.ipv4.tcp_max_tw_buckets",
				      1, 1U << 30 },
	[TCPA_KEY_TW_REUSE] = { "net.ipv4.tcp_tw_reuse", 1, 1 },
	[TCPA_KEY_FIN_TIMEOUT] = { "net.ipv4.tcp_fin_timeout", 10, 60 },
	[TCPA_KEY_TIMESTAMPS] = { "net.ipv4.tcp_timestamps", 1, 1 },
	[TCPA_KEY_PORT_RANGE] = { "net.ipv4.ip_local_port_range",
				  TCPA_PORT_RANGE(1, 65535),
				  TCPA_PORT_RANGE(65534, 65535) },
	[TCPA_KEY_RESERVED_PORTS] = { "net.ipv4.ip_local_reserved_ports",
				      TCPA_PORT_RANGE(1, 65535),
				      TCPA_PORT_RANGE(65534, 65535) },
	[TCPA_KEY_TW_RECYCLE] = { "net.ipv4.tcp_tw_recycle", 1, 0 },
};

const char *tcpa_verdict_name(enum tcpa_verdict v)
{
	return (unsigned int)v < TCPA_VERDICTS ? verdict_names[v] : "undecided";
}

const char *tcpa_rule_name(enum tcpa_rule rule)
{
	return (unsigned int)rule < TCPA_RULES ? rule_names[rule] : "unknown";
}

bool tcpa_rule_negative(enum tcpa_rule rule)
{
	return rule >= TCPA_RULE_NOT_SOMAXCONN;
}

const char *tcpa_key_name(enum tcpa_key key)
{
	return (unsigned int)key < TCPA_KEYS ? keys[key].name : "";
}

__u64 tcpa_key_min(enum tcpa_key key)
{
	return (unsigned int)key < TCPA_KEYS ? keys[key].min : 1;
}

__u64 tcpa_key_max(enum tcpa_key key)
{
	return (unsigned int)key < TCPA_KEYS ? keys[key].max : 0;
}
