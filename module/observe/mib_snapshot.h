/* SPDX-License-Identifier: GPL-2.0 */
/*
 * mib_snapshot.h - the part of attribution that runs in every call.
 *
 * Job: take this CPU's MIB snapshot, add a call to it, close that of a success.
 * It is inline so that a handler is one function, and calls nothing, so that the
 * compiler saves no register for it.
 * Context: handlers, with bottom halves off; see attribution.c for why that is
 * enough, and for what it means.
 * Does not: attribute a delta (attribution.c).
 */
#ifndef _TCPA_MIB_SNAPSHOT_H
#define _TCPA_MIB_SNAPSHOT_H

#include <linux/jiffies.h>
#include <linux/percpu.h>
#include <linux/seqlock.h>
#include <net/ip.h>
#include <net/snmp.h>

#include "state.h"

/* The call that a snapshot was taken for. */
enum tcpa_event {
	TCPA_EV_NONE,		/* closed */
	TCPA_EV_SYN,		/* tcp_conn_request() */
	TCPA_EV_ACK,		/* *_syn_recv_sock(), end of the handshake */
	TCPA_EV_ACK_AGAIN,	/* the same for a request refused before */
	TCPA_EV_COOKIE_ACK,	/* *_syn_recv_sock(), valid SYN cookie */
	TCPA_EV_TFO,		/* *_syn_recv_sock(), TCP Fast Open child */
	TCPA_EV_ICMP,		/* tcp_req_err() */
	TCPA_EV_PROGRAM,	/* tcp_get_syncookie_mss(), for a BPF program */
};

struct tcpa_snapshot {
	seqcount_t seq;
	enum tcpa_event ev;
	struct tcpa_listener *l;	/* NULL: closed */
	const struct tcpa_net *tn;	/* l's, for readers that may not follow l */
	const struct request_sock *req;	/* compared, never followed */
	unsigned long calls;		/* since it was taken */
	unsigned long taken;		/* jiffies */
	struct tcpa_mibs snap;
};

DECLARE_PER_CPU(struct tcpa_snapshot, tcpa_snapshots);

/* The kernel's number of a MIB. */
static __always_inline int tcpa_linux_mib(enum tcpa_mib i)
{
	switch (i) {
	case TCPA_MIB_OVERFLOWS:
		return LINUX_MIB_LISTENOVERFLOWS;
	case TCPA_MIB_DROPS:
		return LINUX_MIB_LISTENDROPS;
	case TCPA_MIB_QFULL_DROP:
		return LINUX_MIB_TCPREQQFULLDROP;
	case TCPA_MIB_QFULL_COOKIE:
		return LINUX_MIB_TCPREQQFULLDOCOOKIES;
	default:
		return LINUX_MIB_SYNCOOKIESSENT;
	}
}

/*
 * What is called at @ev may count @i: tcp_conn_request() any, tcp_get_syncookie_mss()
 * what says that the SYN queue is full, the others by tcp_listendrop() and as they find
 * the accept queue full (5.10 to 7.3).
 */
static __always_inline bool tcpa_event_counts(enum tcpa_event ev, enum tcpa_mib i)
{
	switch (ev) {
	case TCPA_EV_SYN:
		return true;
	case TCPA_EV_PROGRAM:
		return i != TCPA_MIB_DROPS && i != TCPA_MIB_COOKIES_SENT;
	default:
		return i == TCPA_MIB_DROPS || i == TCPA_MIB_OVERFLOWS;
	}
}

/* A loop over the MIBs, unrolled, finds each at a fixed place. */
#define TCPA_UNROLL_MIBS _Pragma("GCC unroll 8")

/* Those that @ev may count. */
static __always_inline void tcpa_mibs_copy(const struct linux_mib *k,
					   struct tcpa_mibs *m, enum tcpa_event ev)
{
	unsigned int i;

	TCPA_UNROLL_MIBS
	for (i = 0; i < TCPA_MIBS; i++)
		if (tcpa_event_counts(ev, i))
			m->v[i] = READ_ONCE(k->mibs[tcpa_linux_mib(i)]);
}

static __always_inline void tcpa_snapshot_take(struct tcpa_snapshot *b,
					       struct tcpa_listener *l,
					       enum tcpa_event ev,
					       const struct request_sock *req)
{
	const struct tcpa_net *tn = l->tn;

	raw_write_seqcount_begin(&b->seq);
	tcpa_mibs_copy(this_cpu_ptr(READ_ONCE(tn->mib)), &b->snap, ev);
	WRITE_ONCE(b->l, l);
	b->tn = tn;
	b->ev = ev;
	b->req = req;
	b->taken = jiffies;
	WRITE_ONCE(b->calls, 1);
	raw_write_seqcount_end(&b->seq);
}

/* A snapshot is open on this CPU. Bottom halves off. */
static __always_inline bool tcpa_attribution_is_open(void)
{
	return this_cpu_ptr(&tcpa_snapshots)->l;
}

/*
 * Take a snapshot for @l if none is open on this CPU; false if one is. @req tells
 * tcpa_attribution_end_of() whose it is. Bottom halves off; @l is live or the
 * namespace's stand-in.
 */
static __always_inline bool tcpa_attribution_try(struct tcpa_listener *l,
						 enum tcpa_event ev,
						 const struct request_sock *req)
{
	struct tcpa_snapshot *b = this_cpu_ptr(&tcpa_snapshots);

	if (unlikely(b->l))
		return false;
	tcpa_snapshot_take(b, l, ev, req);
	return true;
}

/*
 * A SYN for @sk comes while a snapshot is open on this CPU. If that is of another one
 * for @sk, of the same jiffy, which has been refused, or answered by a cookie, this SYN
 * is added to it. Returns the listener, or NULL if it is not.
 * The socket of an entry that is retired is NULL (reconcile.c), so that another socket
 * at its address does not meet it.
 * Bottom halves off.
 */
static __always_inline struct tcpa_listener *
tcpa_attribution_again(const struct sock *sk)
{
	struct tcpa_snapshot *b = this_cpu_ptr(&tcpa_snapshots);
	struct tcpa_listener *l = b->l;
	unsigned long now;

	if (l->sk != sk || b->ev != TCPA_EV_SYN)
		return NULL;
	now = jiffies;
	if (time_before(b->taken, now))
		return NULL;
	WRITE_ONCE(b->calls, b->calls + 1);
	smp_wmb();	/* pairs with that of snapshot_read() */
	return l;
}

/*
 * A SYN for @sk was accepted. Close this CPU's snapshot if it is of that call alone,
 * which has counted nothing then. Returns the listener, or NULL if there is more to do,
 * with nothing done. Bottom halves off.
 */
static __always_inline struct tcpa_listener *
tcpa_attribution_close_syn(const struct sock *sk)
{
	struct tcpa_snapshot *b = this_cpu_ptr(&tcpa_snapshots);
	struct tcpa_listener *l = b->l;

	if (unlikely(!l || l->sk != sk || b->ev != TCPA_EV_SYN || b->calls != 1))
		return NULL;
	WRITE_ONCE(b->l, NULL);
	return l;
}

/* The same of a child of @req, made for @sk. */
static __always_inline struct tcpa_listener *
tcpa_attribution_close_ack(const struct sock *sk, const struct request_sock *req)
{
	struct tcpa_snapshot *b = this_cpu_ptr(&tcpa_snapshots);
	struct tcpa_listener *l = b->l;

	if (unlikely(!l || l->sk != sk || b->req != req))
		return NULL;
	WRITE_ONCE(b->l, NULL);
	return l;
}

#endif /* _TCPA_MIB_SNAPSHOT_H */
