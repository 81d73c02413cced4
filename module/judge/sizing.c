// SPDX-License-Identifier: GPL-2.0
/*
 * sizing.c - how big.
 *
 * Every upward size is need + 25 %, rounded up to a power of two: the headroom
 * for a burst a little worse than the worst seen, the rounding so that small
 * changes of the measurement do not move the advice. Then the bounds:
 * TCPA_BACKLOG_MAX, and a sixteenth of memory for what the queue may hold.
 *
 * Context: any; pure. Nothing here overflows for any input.
 * Does not: decide whether a size is advised.
 */
#include "sizing.h"

#include "saturate.h"

/* A connection in the accept queue: struct tcp_sock and a first packet. */
#define CONNECTION_BYTES	4096U

/* A TIME_WAIT: struct tcp_timewait_sock, and its share of bind buckets. */
#define TIMEWAIT_BYTES		280U

#define MEMORY_SHARE		16U	/* at most this part of RAM */
#define TIMEWAIT_S		60U	/* TCP_TIMEWAIT_LEN, a compile-time constant */
#define FIN_TIMEOUT_MIN		10U	/* s: retransmissions of a FIN need some */
#define PORT_MIN		1024U
#define PORT_MAX		65535U
#define PORT_STEP		1024U	/* the range grows in such steps */

static __u64 headroom(__u64 need)
{
	return tcpa_add(need, tcpa_add(need / 4, !!(need % 4)));
}

static __u64 round_up_pow2(__u64 n)
{
	__u64 p = 1;

	while (p < n && p < 1ULL << 32)
		p <<= 1;
	return p;
}

/* 0 for 0. */
static __u64 round_down_pow2(__u64 n)
{
	__u64 p = round_up_pow2(n);

	return p > n ? p / 2 : p;
}

/* How many of @bytes each may be allowed, a power of two. */
static __u64 memory_bound(__u64 memory, __u32 bytes)
{
	if (!memory)
		return U64_MAX;
	return round_down_pow2(div64_u64(memory / MEMORY_SHARE, bytes));
}

__u64 tcpa_size_waiting(const struct tcpa_sample *s, __u32 n)
{
	return n * ((__u64)CONNECTION_BYTES + s->rmem_default);
}

__u64 tcpa_size_memory(const struct tcpa_sample *s)
{
	__u64 n = div64_u64(s->memory / 2, tcpa_size_waiting(s, 1));
	__u64 memory = min_t(__u64, s->memory,
			     tcpa_mul(n, CONNECTION_BYTES * MEMORY_SHARE));

	/* 0 stands for a memory that is not known. */
	return s->memory ? max_t(__u64, memory, 1) : 0;
}

__u32 tcpa_size_backlog_bound(__u64 memory)
{
	return min_t(__u64, TCPA_BACKLOG_MAX,
		     memory_bound(memory, CONNECTION_BYTES));
}

__u32 tcpa_size_backlog(__u32 backlog, __u64 need, __u64 memory)
{
	__u64 size = min_t(__u64, round_up_pow2(headroom(need)),
			   tcpa_size_backlog_bound(memory));

	return size > backlog ? size : 0;
}

__u32 tcpa_size_max_syn_backlog(__u32 backlog)
{
	__u32 queue = min_t(__u32, backlog, TCPA_BACKLOG_MAX) + 1;

	return round_up_pow2(queue + queue / 3 + 1);
}

/*
 * Two upper bounds of what would have been alive at once, so the smaller one:
 * everything asked for in TIMEWAIT_S at the highest rate; and the limit with
 * all that were refused in the last TIMEWAIT_S on top.
 */
static __u64 timewaits(const struct tcpa_sample *s)
{
	__u32 window = s->window_s ? s->window_s : TIMEWAIT_S;
	__u64 refused = s->tw_overflows;
	__u64 by_rate = tcpa_mul(s->tw_peak_rate, TIMEWAIT_S);

	if (window < TIMEWAIT_S)
		refused = div64_u64(tcpa_mul(refused, TIMEWAIT_S), window);
	refused = tcpa_add(s->max_tw_buckets, refused);
	return s->tw_peak_rate ? min_t(__u64, refused, by_rate) : refused;
}

__u32 tcpa_size_tw_buckets(const struct tcpa_sample *s)
{
	__u64 need = max_t(__u64, timewaits(s), tcpa_add(s->max_tw_buckets, 1));
	__u64 size = round_up_pow2(headroom(need));

	size = min_t(__u64, size, memory_bound(s->memory, TIMEWAIT_BYTES));
	size = min_t(__u64, size, tcpa_key_max(TCPA_KEY_MAX_TW_BUCKETS));
	return size > s->max_tw_buckets ? size : 0;
}

__u64 tcpa_size_tw_memory(__u32 n)
{
	return (__u64)n * TIMEWAIT_BYTES;
}

__u32 tcpa_size_fin_timeout(const struct tcpa_sample *s)
{
	__u64 fit = tcpa_div(tcpa_mul(s->fin_timeout, s->max_tw_buckets / 8),
			     s->tw_finwait2);

	fit = max_t(__u64, fit, FIN_TIMEOUT_MIN);
	fit = min_t(__u64, fit, tcpa_key_max(TCPA_KEY_FIN_TIMEOUT));
	return min_t(__u64, fit, s->fin_timeout);
}

/* The lowest port that a range may begin with: even, as it ends with an odd. */
static __u32 lowest_port(const struct tcpa_ports_sample *p)
{
	__u32 lowest = min_t(__u32, max_t(__u32, p->lowest, PORT_MIN),
			     PORT_MAX - 1);

	return lowest + lowest % 2;
}

__u64 tcpa_size_port_range(const struct tcpa_ports_sample *p, __u64 need)
{
	__u64 unusable = tcpa_sub((__u64)p->high + 1, p->low);
	__u32 low = p->low - p->low % 2, lowest = lowest_port(p);

	if (!p->low || p->low > p->high || p->high > PORT_MAX)
		return 0;
	unusable = tcpa_sub(unusable, p->usable);
	need = tcpa_add(headroom(need), unusable);
	need = tcpa_mul(div64_u64(tcpa_add(need, PORT_STEP - 1), PORT_STEP),
			PORT_STEP);
	if (PORT_MAX + 1 - low < need)
		low = min_t(__u64, low, tcpa_sub(PORT_MAX + 1, need));
	if (low < lowest)	/* odd or privileged, if it was before */
		low = min_t(__u32, p->low, lowest);
	if (low == p->low && p->high == PORT_MAX)
		return 0;
	return TCPA_PORT_RANGE(low, PORT_MAX);
}
