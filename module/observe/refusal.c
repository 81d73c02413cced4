// SPDX-License-Identifier: GPL-2.0
/*
 * refusal.c - each refused packet as an event, tcpadvisor:listen_refused.
 *
 * While somebody traces, every call takes a snapshot of its own (probes.c), and
 * what the packet was is noted beside it. When the snapshot is closed its delta
 * says whether it was refused. So the events of one listener add up to its
 * counters, for all calls that began while the event was on, and by the same
 * arithmetic (attribution.c).
 *
 * A note belongs to the snapshot whose sequence count it has. One that was taken
 * before the event was turned on, or that others were added to after it was turned
 * off, has none, and is not told.
 * Context: see refusal.h. A note is written by its own CPU, bottom halves off.
 * Does not: decide when a snapshot is closed.
 */
#include "refusal.h"

#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/math64.h>
#include <linux/percpu.h>
#include <linux/sched/clock.h>
#include <linux/skbuff.h>
#include <linux/string.h>
#include <linux/tcp.h>
#include <net/inet_connection_sock.h>
#include <net/inet_sock.h>
#include <net/ipv6.h>

#include "counters.h"
#include "mib_snapshot.h"
#include "trace/events.h"
#include "traced.h"

struct note {
	unsigned int seq;	/* of the snapshot it is for */
	struct tcpa_traced_packet packet;
};

static DEFINE_PER_CPU(struct note, notes);

unsigned int tcpa_trace_clients = TCPA_CLIENTS_PREFIX;

/* A note on the open snapshot, but for whom it is from. */
static struct tcpa_traced_packet *note_begin(const struct sock *sk)
{
	struct note *n = this_cpu_ptr(&notes);

	n->seq = this_cpu_ptr(&tcpa_snapshots)->seq.sequence;
	n->packet.ns = local_clock();
	n->packet.accept_queue = READ_ONCE(sk->sk_ack_backlog);
	n->packet.syn_queue = max(inet_csk_reqsk_queue_len(sk), 0);
	tcpa_traced_listener(sk, &n->packet.to);
	return &n->packet;
}

void tcpa_refusal_note(const struct sock *sk, const struct sk_buff *skb)
{
	struct tcpa_traced_packet *p = note_begin(sk);

	p->client_port = ntohs(tcp_hdr(skb)->source);
	if (skb->protocol == htons(ETH_P_IP)) {
		p->family = AF_INET;
		ipv6_addr_set_v4mapped(ip_hdr(skb)->saddr, &p->client);
	} else {
		p->family = AF_INET6;
		p->client = ipv6_hdr(skb)->saddr;
	}
}

/* On a socket of both families an IPv4 client's request is one of IPv6. */
void tcpa_refusal_note_req(const struct sock *sk, const struct request_sock *req)
{
	struct tcpa_traced_packet *p = note_begin(sk);
	const struct inet_request_sock *ireq = inet_rsk(req);

	p->client_port = ntohs(ireq->ir_rmt_port);
	p->family = AF_INET;
	ipv6_addr_set_v4mapped(ireq->ir_rmt_addr, &p->client);
#if IS_ENABLED(CONFIG_IPV6)
	if (ireq->ireq_family == AF_INET6 && !ipv6_addr_v4mapped(&ireq->ir_v6_rmt_addr)) {
		p->family = AF_INET6;
		p->client = ireq->ir_v6_rmt_addr;
	}
#endif
}

/* Leave of the client's address what may be told. */
static void mask_client(struct tcpa_traced_packet *p)
{
	struct in6_addr full = p->client;

	switch (READ_ONCE(tcpa_trace_clients)) {
	case TCPA_CLIENTS_NONE:
		p->client = in6addr_any;
		p->client_port = 0;
		break;
	case TCPA_CLIENTS_PREFIX:
		ipv6_addr_prefix(&p->client, &full,
				 p->family == AF_INET ? 96 + 24 : 64);
		p->client_port = 0;
		break;
	}
}

static void tell(const struct tcpa_traced_packet *p, unsigned int cause,
		 unsigned long count, unsigned int delay_us)
{
	if (count)
		trace_listen_refused(p, cause, count, delay_us);
}

void tcpa_refusal_tell(const struct tcpa_snapshot *b, int cpu,
		       const unsigned long *v)
{
	struct note *n = per_cpu_ptr(&notes, cpu);
	s64 delay;

	/* Closing it has moved its sequence count by two. */
	if (n->seq + 2 != b->seq.sequence || b->calls != 1)
		return;
	mask_client(&n->packet);
	delay = max_t(s64, local_clock() - n->packet.ns, 0);
	delay = min_t(u64, div_u64(delay, NSEC_PER_USEC), U32_MAX);
	tell(&n->packet, TCPA_CAUSE_ACCEPT_QUEUE_SYN, v[TCPA_OVERFLOWS_SYN], delay);
	tell(&n->packet, TCPA_CAUSE_ACCEPT_QUEUE_ACK, v[TCPA_OVERFLOWS_ACK], delay);
	tell(&n->packet, TCPA_CAUSE_SYN_QUEUE, v[TCPA_SYNQ_DROPS], delay);
	tell(&n->packet, TCPA_CAUSE_OTHER, v[TCPA_OTHER_DROPS], delay);
}
