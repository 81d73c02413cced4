/* SPDX-License-Identifier: GPL-2.0 */
/*
 * events.h - the tracepoints tcpadvisor:*.
 *
 * Job: their format, which Documentation/tracepoints.rst promises to keep: fields
 * are added at the end, none is changed or removed. It knows only values (values.h)
 * and lies below all wings, so that each may use it; without CONFIG_TRACEPOINTS
 * all of it is nothing.
 * Context: each event's, see who calls it. While one is off it costs a nop.
 * Does not: decide when there is one.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM tcpadvisor

#if !defined(_TCPA_EVENTS_H) || defined(TRACE_HEADER_MULTI_READ)
#define _TCPA_EVENTS_H

#include <linux/string.h>
#include <linux/tracepoint.h>

#include "trace/values.h"

/* The fields that say which listener it is. */
#define TCPA_LISTENER_FIELDS \
	__field(__u64, netns_cookie) \
	__field(__u64, cookie) \
	__field(__u64, cgroup) \
	__field(__u32, netns) \
	__field(__u32, backlog) \
	__field(__u16, port) \
	__field(__u16, family) \
	__array(__u8, addr, 16)

#define TCPA_LISTENER_ASSIGN(l) \
	__entry->netns_cookie = (l)->net.cookie; \
	__entry->cookie = (l)->cookie; \
	__entry->cgroup = (l)->cgroup; \
	__entry->netns = (l)->net.inum; \
	__entry->backlog = (l)->backlog; \
	__entry->port = (l)->port; \
	__entry->family = (l)->family; \
	memcpy(__entry->addr, &(l)->addr, sizeof(__entry->addr))

#define TCPA_LISTENER_FORMAT \
	"listener=[%pI6c]:%u@%llx netns=%u cgroup=%llu backlog=%u"

#define TCPA_LISTENER_ARGS \
	__entry->addr, __entry->port, __entry->cookie, __entry->netns, \
	__entry->cgroup, __entry->backlog

/* @p was refused, or @count like it, and nobody was told for @delay_us. */
TRACE_EVENT(listen_refused,

	TP_PROTO(const struct tcpa_traced_packet *p, unsigned int cause,
		 unsigned int count, unsigned int delay_us),

	TP_ARGS(p, cause, count, delay_us),

	TP_STRUCT__entry(
		TCPA_LISTENER_FIELDS
		__array(__u8, client, 16)
		__field(__u16, client_port)
		__field(__u16, client_family)
		__field(__u32, accept_queue)
		__field(__u32, syn_queue)
		__field(__u32, cause)
		__field(__u32, count)
		__field(__u32, delay_us)
	),

	TP_fast_assign(
		TCPA_LISTENER_ASSIGN(&p->to);
		memcpy(__entry->client, &p->client, sizeof(__entry->client));
		__entry->client_port = p->client_port;
		__entry->client_family = p->family;
		__entry->accept_queue = p->accept_queue;
		__entry->syn_queue = p->syn_queue;
		__entry->cause = cause;
		__entry->count = count;
		__entry->delay_us = delay_us;
	),

	TP_printk(TCPA_LISTENER_FORMAT " cause=%s count=%u accept_queue=%u syn_queue=%u client=[%pI6c]:%u delay_us=%u",
		  TCPA_LISTENER_ARGS,
		  __print_symbolic(__entry->cause,
				   { TCPA_CAUSE_ACCEPT_QUEUE_SYN, "accept_queue_syn" },
				   { TCPA_CAUSE_ACCEPT_QUEUE_ACK, "accept_queue_ack" },
				   { TCPA_CAUSE_SYN_QUEUE, "syn_queue" },
				   { TCPA_CAUSE_OTHER, "other" }),
		  __entry->count, __entry->accept_queue, __entry->syn_queue,
		  __entry->client, __entry->client_port, __entry->delay_us)
);

/* A listener has its directory. */
TRACE_EVENT(listener_born,

	TP_PROTO(const struct tcpa_traced_listener *l, long long requested,
		 unsigned long long inode),

	TP_ARGS(l, requested, inode),

	TP_STRUCT__entry(
		TCPA_LISTENER_FIELDS
		__field(__s64, requested)
		__field(__u64, inode)
	),

	TP_fast_assign(
		TCPA_LISTENER_ASSIGN(l);
		__entry->requested = requested;
		__entry->inode = inode;
	),

	TP_printk(TCPA_LISTENER_FORMAT " requested=%lld inode=%llu",
		  TCPA_LISTENER_ARGS, __entry->requested, __entry->inode)
);

/* It has another backlog than @was. */
TRACE_EVENT(listener_changed,

	TP_PROTO(const struct tcpa_traced_listener *l, long long requested,
		 unsigned int was),

	TP_ARGS(l, requested, was),

	TP_STRUCT__entry(
		TCPA_LISTENER_FIELDS
		__field(__s64, requested)
		__field(__u32, was)
	),

	TP_fast_assign(
		TCPA_LISTENER_ASSIGN(l);
		__entry->requested = requested;
		__entry->was = was;
	),

	TP_printk(TCPA_LISTENER_FORMAT " was=%u requested=%lld",
		  TCPA_LISTENER_ARGS, __entry->was, __entry->requested)
);

/* It has been closed, and its directory goes. */
TRACE_EVENT(listener_gone,

	TP_PROTO(const struct tcpa_traced_listener *l,
		 const struct tcpa_traced_totals *t),

	TP_ARGS(l, t),

	TP_STRUCT__entry(
		TCPA_LISTENER_FIELDS
		__field(__u64, syns)
		__field(__u64, completions)
		__field(__u64, accept_overflows_syn)
		__field(__u64, accept_overflows_ack)
		__field(__u64, syn_queue_drops)
		__field(__u64, other_drops)
		__field(__u32, aborted)
	),

	TP_fast_assign(
		TCPA_LISTENER_ASSIGN(l);
		__entry->syns = t->syns;
		__entry->completions = t->completions;
		__entry->accept_overflows_syn = t->overflows_syn;
		__entry->accept_overflows_ack = t->overflows_ack;
		__entry->syn_queue_drops = t->synq_drops;
		__entry->other_drops = t->other_drops;
		__entry->aborted = t->aborted;
	),

	TP_printk(TCPA_LISTENER_FORMAT " syns=%llu completions=%llu accept_overflows_syn=%llu accept_overflows_ack=%llu syn_queue_drops=%llu other_drops=%llu aborted=%u",
		  TCPA_LISTENER_ARGS, __entry->syns, __entry->completions,
		  __entry->accept_overflows_syn, __entry->accept_overflows_ack,
		  __entry->syn_queue_drops, __entry->other_drops,
		  __entry->aborted)
);

/* The verdict on @l, or on something else of its namespace, is another one. */
TRACE_EVENT(verdict_changed,

	TP_PROTO(const struct tcpa_traced_listener *l, unsigned int on,
		 const char *was, const char *is, unsigned int recommended),

	TP_ARGS(l, on, was, is, recommended),

	TP_STRUCT__entry(
		TCPA_LISTENER_FIELDS
		__field(__u32, on)
		__field(__u32, recommended)
		__array(char, was, TCPA_VERDICT_NAME)
		__array(char, verdict, TCPA_VERDICT_NAME)
	),

	TP_fast_assign(
		TCPA_LISTENER_ASSIGN(l);
		__entry->on = on;
		__entry->recommended = recommended;
		memset(__entry->was, 0, sizeof(__entry->was));
		memset(__entry->verdict, 0, sizeof(__entry->verdict));
		strscpy(__entry->was, was, TCPA_VERDICT_NAME);
		strscpy(__entry->verdict, is, TCPA_VERDICT_NAME);
	),

	TP_printk(TCPA_LISTENER_FORMAT " on=%s was=%s verdict=%s recommended=%u",
		  TCPA_LISTENER_ARGS,
		  __print_symbolic(__entry->on,
				   { TCPA_VERDICT_ON_LISTENER, "listener" },
				   { TCPA_VERDICT_ON_TIMEWAIT, "timewait" },
				   { TCPA_VERDICT_ON_PORTS, "ports" }),
		  __entry->was, __entry->verdict, __entry->recommended)
);

/* Since the last look, @count sockets found no place among the TIME_WAITs. */
TRACE_EVENT(timewait_refused,

	TP_PROTO(const struct tcpa_traced_net *net, unsigned long long count,
		 unsigned int used, unsigned int limit),

	TP_ARGS(net, count, used, limit),

	TP_STRUCT__entry(
		__field(__u64, netns_cookie)
		__field(__u64, count)
		__field(__u32, netns)
		__field(__u32, used)
		__field(__u32, limit)
	),

	TP_fast_assign(
		__entry->netns_cookie = net->cookie;
		__entry->count = count;
		__entry->netns = net->inum;
		__entry->used = used;
		__entry->limit = limit;
	),

	TP_printk("netns=%u count=%llu used=%u limit=%u", __entry->netns,
		  __entry->count, __entry->used, __entry->limit)
);

/* A connect(2) of the current task found no port. */
TRACE_EVENT(port_exhausted,

	TP_PROTO(const struct tcpa_traced_connect *c),

	TP_ARGS(c),

	TP_STRUCT__entry(
		__field(__u64, netns_cookie)
		__field(__u32, netns)
		__field(__u16, dport)
		__field(__u16, range_low)
		__field(__u16, range_high)
		__field(__u16, own_range)
		__array(__u8, saddr, 16)
		__array(__u8, daddr, 16)
	),

	TP_fast_assign(
		__entry->netns_cookie = c->net.cookie;
		__entry->netns = c->net.inum;
		__entry->dport = c->dport;
		__entry->range_low = c->range_low;
		__entry->range_high = c->range_high;
		__entry->own_range = c->own_range;
		memcpy(__entry->saddr, &c->saddr, sizeof(__entry->saddr));
		memcpy(__entry->daddr, &c->daddr, sizeof(__entry->daddr));
	),

	TP_printk("netns=%u saddr=[%pI6c] daddr=[%pI6c]:%u range=%u-%u own_range=%u",
		  __entry->netns, __entry->saddr, __entry->daddr, __entry->dport,
		  __entry->range_low, __entry->range_high, __entry->own_range)
);

#endif /* _TCPA_EVENTS_H */

/* Found through -I of the module's directory. */
#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH trace
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE events

#include <trace/define_trace.h>
