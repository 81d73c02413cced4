// SPDX-License-Identifier: GPL-2.0
/*
 * probes.c - what is hooked.
 *
 * Handlers translate arguments and count; nothing else. Argument positions
 * are those of 5.10 to 7.3; only leading ones are read, which never moved.
 *
 * Context: those named on_* for the handshake run in softirq, or with bottom
 * halves off, on every CPU at once, under RCU: they look up, increment cells
 * of their own CPU, and take no lock. A call that comes with bottom halves on
 * (none known) is counted as missed rather than risk a migration in the middle.
 * The listen and close hooks run in process context with the socket locked.
 * Does not: know sampler, advice or sysfs.
 */
#include "probes.h"

#include <linux/net.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <net/inet_connection_sock.h>
#include <net/inet_sock.h>
#include <net/request_sock.h>
#include <net/tcp.h>

#include "activity.h"
#include "attribution.h"
#include "cells.h"
#include "distribution.h"
#include "hook.h"
#include "hook_dispatch.h"
#include "listener.h"
#include "lookup.h"
#include "ports.h"
#include "mib_snapshot.h"
#include "record.h"
#include "refusal.h"
#include "requested.h"
#include "state.h"
#include "timewait.h"
#include "trace/events.h"

/* In the order of how often each runs, and in which the dispatcher compares. */
enum probe {
	PROBE_CONN_REQUEST,
	PROBE_V4_SYN_RECV,
	PROBE_HASHDANCE,
	PROBE_HASH_ADD,
	PROBE_TWSK_ALLOC,
	PROBE_V6_SYN_RECV,
	PROBE_RESET_SADDR,
	PROBE_UNHASH,
	PROBE_QUEUE_ADD,
	PROBE_REQ_ERR,
	PROBE_SYNCOOKIE_MSS,
	PROBE_LISTEN_START,
	PROBE_LISTEN_STOP,
	PROBE_LISTEN_AGAIN,
	PROBE_LISTEN_SK,
	PROBES
};

struct missed {
	unsigned long n[PROBES];
};

static DEFINE_PER_CPU(struct missed, missed);

static __always_inline bool bh_off(enum probe p)
{
	if (likely(softirq_count()))
		return true;
	this_cpu_inc(missed.n[p]);
	return false;
}

static __always_inline struct sock *arg_sk(const struct tcpa_regs *regs,
					   unsigned int n)
{
	return (struct sock *)tcpa_hook_arg(regs, n);
}

static __always_inline struct request_sock *arg_req(const struct tcpa_regs *regs,
						    unsigned int n)
{
	return (struct request_sock *)tcpa_hook_arg(regs, n);
}

/* @l, maybe a stand-in, has had an event. The last thing that a handler says. */
static void touch(struct tcpa_listener *l)
{
	if (likely(l->sk))
		tcpa_listener_touch(l);
}

/*
 * End the attribution that is open on this CPU. Returns the entry of @sk, which as
 * a rule is the one that the snapshot was taken for.
 */
static struct tcpa_listener *close_and_get(const struct sock *sk)
{
	struct tcpa_listener *l = tcpa_attribution_end();

	return likely(l && l->sk == sk) ? l : tcpa_listener_get(sk);
}

/* A @counter of @sk's, whose entry is @l, and which is the last thing to be said. */
static noinline void count_and_touch(struct tcpa_listener *l, const struct sock *sk,
				     enum tcpa_counter counter)
{
	tcpa_count(l, sk, counter);
	touch(l);
}

/* The same of a SYN, which may be recorded. */
static noinline void unusual_syn(struct tcpa_listener *l, const struct tcpa_regs *regs)
{
	const struct sock *sk = arg_sk(regs, 2);

	count_and_touch(l, sk, TCPA_SYNS);
	if (tcpa_recorded(l))
		tcpa_record_syn(l, sk, (const struct sk_buff *)tcpa_hook_arg(regs, 3));
}

/* The same of a child of @req. */
static noinline void unusual_child(struct tcpa_listener *l, const struct sock *sk,
				   const struct request_sock *req)
{
	count_and_touch(l, sk, TCPA_COMPLETIONS);
	if (tcpa_recorded(l))
		tcpa_record_child(l, sk, req);
}

/* The same of a final ACK of @req, which is not counted here. */
static noinline void unusual_ack(struct tcpa_listener *l, const struct sock *sk,
				 const struct request_sock *req)
{
	touch(l);
	if (tcpa_recorded(l))
		tcpa_record_ack(l, sk, req);
}

/* Somebody is told if the packet of argument @skb, for @sk, is refused. */
static void note_packet(const struct sock *sk, const struct tcpa_regs *regs,
			unsigned int skb)
{
	tcpa_refusal_note(sk, (struct sk_buff *)tcpa_hook_arg(regs, skb));
	tcpa_attribution_end_soon();
}

/* Take a snapshot for @sk, or NULL if that is not all there is to do. */
static __always_inline struct tcpa_listener *
take(const struct sock *sk, enum tcpa_event ev, const struct request_sock *req)
{
	struct tcpa_listener *l;

	if (trace_listen_refused_enabled())
		return NULL;
	l = tcpa_listener_lookup(sk);
	return likely(l && tcpa_attribution_try(l, ev, req)) ? l : NULL;
}

static noinline void any_conn_request(const struct tcpa_regs *regs)
{
	const struct sock *sk = arg_sk(regs, 2);
	struct tcpa_listener *l = tcpa_listener_get(sk);

	if (!l)
		return;
	tcpa_attribution_begin(l, TCPA_EV_SYN, NULL);
	if (trace_listen_refused_enabled())
		note_packet(sk, regs, 3);
	unusual_syn(l, regs);
}

/*
 * tcp_conn_request(rsk_ops, af_ops, sk, skb): a SYN for a listener. Here and below,
 * an entry that has `quick` has said that it has events.
 */
static __always_inline void on_conn_request(const struct tcpa_regs *regs)
{
	const struct sock *sk = arg_sk(regs, 2);
	struct tcpa_cells __percpu *cells;
	struct tcpa_listener *l;

	if (!bh_off(PROBE_CONN_REQUEST))
		return;
	if (tcpa_attribution_is_open() && !trace_listen_refused_enabled())
		l = tcpa_attribution_again(sk);
	else
		l = take(sk, TCPA_EV_SYN, NULL);
	if (unlikely(!l)) {
		any_conn_request(regs);
		return;
	}
	cells = READ_ONCE(l->quick);
	if (likely(cells))
		tcpa_count_syn(this_cpu_ptr(cells), sk);
	else
		unusual_syn(l, regs);
}

static noinline void any_hash_add(const struct sock *sk)
{
	struct tcpa_listener *l = close_and_get(sk);

	if (l)
		count_and_touch(l, sk, TCPA_QUEUED);
}

/*
 * inet_csk_reqsk_queue_hash_add(sk, req): the SYN was accepted (there is a third
 * argument, a timeout, before 7.3).
 * Nothing after this refuses it, but for a duplicate in the hash (from 6.x),
 * which no MIB counts; such a SYN counts as queued here.
 */
static __always_inline void on_hash_add(const struct tcpa_regs *regs)
{
	const struct sock *sk = arg_sk(regs, 0);
	struct tcpa_cells __percpu *cells;
	struct tcpa_listener *l;

	if (!bh_off(PROBE_HASH_ADD))
		return;
	l = tcpa_attribution_close_syn(sk);
	if (unlikely(!l)) {
		any_hash_add(sk);
		return;
	}
	cells = READ_ONCE(l->quick);
	if (likely(cells))
		tcpa_cells_inc(this_cpu_ptr(cells), TCPA_QUEUED);
	else
		count_and_touch(l, sk, TCPA_QUEUED);
}

/*
 * Who makes a child of @req: tcp_check_req() passes the request to unhash,
 * cookie_v4_check() a route, tcp_fastopen_create_child() neither. A request
 * that was refused before has `acked` set; so has one whose bare ACK was put
 * off by TCP_DEFER_ACCEPT, which hides its first refusal from the deficit.
 */
static __always_inline enum tcpa_event ack_event(const struct tcpa_regs *regs,
						 const struct request_sock *req)
{
	if (likely(tcpa_hook_arg(regs, 4)))
		return unlikely(inet_rsk(req)->acked) ? TCPA_EV_ACK_AGAIN : TCPA_EV_ACK;
	return tcpa_hook_arg(regs, 3) ? TCPA_EV_COOKIE_ACK : TCPA_EV_TFO;
}

static noinline void any_syn_recv(const struct tcpa_regs *regs, enum probe p)
{
	const struct sock *sk = arg_sk(regs, 0);
	struct tcpa_listener *l = tcpa_listener_get(sk);

	if (!l)
		return;
	tcpa_attribution_begin(l, ack_event(regs, arg_req(regs, 2)), arg_req(regs, 2));
	if (trace_listen_refused_enabled())
		note_packet(sk, regs, 1);
	if (p != PROBE_V4_SYN_RECV || sk->sk_family == AF_INET)
		unusual_ack(l, sk, arg_req(regs, 2));
}

static __always_inline void syn_recv(const struct tcpa_regs *regs, enum probe p)
{
	const struct sock *sk = arg_sk(regs, 0);
	const struct request_sock *req = arg_req(regs, 2);
	struct tcpa_listener *l;

	if (!bh_off(p))
		return;
	l = take(sk, ack_event(regs, req), req);
	if (unlikely(!l))
		any_syn_recv(regs, p);
	else if (unlikely(!tcpa_listener_settled(l)))
		unusual_ack(l, sk, req);
}

/* tcp_v4_syn_recv_sock(sk, skb, req, dst, req_unhash, own_req): a child. */
static __always_inline void on_v4_syn_recv(const struct tcpa_regs *regs)
{
	syn_recv(regs, PROBE_V4_SYN_RECV);
}

/* The same for IPv6; calls the IPv4 one for a v4-mapped peer, which is recorded once. */
static __always_inline void on_v6_syn_recv(const struct tcpa_regs *regs)
{
	syn_recv(regs, PROBE_V6_SYN_RECV);
}

static __always_inline bool is_listening(const struct sock *sk)
{
	return likely(READ_ONCE(sk->sk_state) == TCP_LISTEN);
}

/* The child of inet_csk_complete_hashdance() is queued, if its socket still listens. */
static __always_inline bool own_req(const struct tcpa_regs *regs)
{
	return (u8)tcpa_hook_arg(regs, 3);
}

static noinline void any_hashdance(const struct tcpa_regs *regs)
{
	const struct sock *sk = arg_sk(regs, 0);
	struct tcpa_listener *l = close_and_get(sk);

	if (!l || !own_req(regs) || !is_listening(sk))
		return;
	if (static_branch_unlikely(&tcpa_distributions_wanted))
		tcpa_distribution_queued(l, sk, arg_req(regs, 2));
	unusual_child(l, sk, arg_req(regs, 2));
}

/* The child of @regs, of a listener whose entry is @l, is queued. */
static __always_inline void count_child(struct tcpa_listener *l,
					const struct tcpa_regs *regs)
{
	const struct sock *sk = arg_sk(regs, 0);
	struct tcpa_cells __percpu *cells = READ_ONCE(l->quick);

	if (unlikely(!cells))
		unusual_child(l, sk, arg_req(regs, 2));
	else if (unlikely(tcpa_count_child(this_cpu_ptr(cells), sk)))
		tcpa_record_deeper(l, sk);
}

/* The same, and the distributions. */
static noinline void queued(struct tcpa_listener *l, const struct tcpa_regs *regs)
{
	tcpa_distribution_queued(l, arg_sk(regs, 0), arg_req(regs, 2));
	count_child(l, regs);
}

/*
 * inet_csk_complete_hashdance(sk, child, req, own_req): the handshake's child
 * was made; it is queued if it owns the request.
 */
static __always_inline void on_hashdance(const struct tcpa_regs *regs)
{
	const struct sock *sk = arg_sk(regs, 0);
	struct tcpa_listener *l;

	if (!bh_off(PROBE_HASHDANCE))
		return;
	l = tcpa_attribution_close_ack(sk, arg_req(regs, 2));
	if (unlikely(!l)) {
		any_hashdance(regs);
		return;
	}
	if (unlikely(!own_req(regs)) || !is_listening(sk))
		return;
	if (static_branch_unlikely(&tcpa_distributions_wanted)) {
		queued(l, regs);
		return;
	}
	count_child(l, regs);
}

/*
 * inet_csk_reqsk_queue_add(sk, req, child): seen for children of a SYN cookie
 * or of TCP Fast Open, which are counted here; the compiler inlines it into
 * the hashdance on some kernels and not on others, so a child of an ordinary
 * handshake, whose attribution the hashdance has ended, is left alone.
 */
static void on_queue_add(const struct tcpa_regs *regs)
{
	const struct sock *sk = arg_sk(regs, 0);
	struct tcpa_listener *l;
	enum tcpa_event ev;

	if (!bh_off(PROBE_QUEUE_ADD))
		return;
	ev = tcpa_attribution_end_of(arg_req(regs, 1));
	if (ev != TCPA_EV_COOKIE_ACK && ev != TCPA_EV_TFO)
		return;
	l = tcpa_listener_get(sk);
	if (!l || !is_listening(sk))
		return;
	if (ev == TCPA_EV_COOKIE_ACK)
		tcpa_count(l, sk, TCPA_COOKIES_VALID);
	if (static_branch_unlikely(&tcpa_distributions_wanted))
		tcpa_distribution_queued(l, sk, NULL);
	unusual_child(l, sk, arg_req(regs, 1));
}

/* tcp_req_err(req, seq, abort): an ICMP error, maybe the end of a request. */
static void on_req_err(const struct tcpa_regs *regs)
{
	struct request_sock *req = inet_reqsk(arg_sk(regs, 0));
	struct tcpa_listener *l;

	if (!bh_off(PROBE_REQ_ERR))
		return;
	l = tcpa_listener_get(req->rsk_listener);
	if (!l)
		return;
	tcpa_attribution_begin(l, TCPA_EV_ICMP, req);
	if (trace_listen_refused_enabled()) {
		tcpa_refusal_note_req(req->rsk_listener, req);
		tcpa_attribution_end_soon();
	}
	touch(l);
}

/*
 * tcp_get_syncookie_mss(rsk_ops, af_ops, sk, th): a BPF program asks for a SYN cookie,
 * by bpf_tcp_gen_syncookie(). The next hook on this CPU ends it.
 */
static void on_syncookie_mss(const struct tcpa_regs *regs)
{
	struct tcpa_net *tn = tcpa_net(sock_net(arg_sk(regs, 2)));

	if (bh_off(PROBE_SYNCOOKIE_MSS) && tn)
		tcpa_attribution_begin(&tn->programs, TCPA_EV_PROGRAM, NULL);
}

/* inet_twsk_alloc(sk, death_row, state): a minisocket is asked for. */
static __always_inline void on_twsk_alloc(const struct tcpa_regs *regs)
{
	const struct sock *sk = arg_sk(regs, 0);
	int state = (int)tcpa_hook_arg(regs, 2);

	if (!tcpa_timewait_try(sk, state))
		tcpa_timewait_asked(sk, state);
}

/*
 * inet_unhash(sk): a socket is closed, or connect(2) gives up, which happens in
 * process context only; a softirq that claims so must not wait for a lock.
 */
static __always_inline void on_unhash(const struct tcpa_regs *regs)
{
	const struct sock *sk = arg_sk(regs, 0);

	if (likely(!tcpa_ports_lacking(sk)))
		return;
	if (in_serving_softirq())
		this_cpu_inc(missed.n[PROBE_UNHASH]);
	else
		tcpa_ports_failed(sk);
}

/*
 * inet_bhash2_reset_saddr(sk): connect(2) has failed, or a socket is disconnected,
 * in process context. Unlike the other it is not called for each connection.
 */
static void on_reset_saddr(const struct tcpa_regs *regs)
{
	const struct sock *sk = arg_sk(regs, 0);

	if (in_serving_softirq() || !tcpa_ports_released(sk))
		this_cpu_inc(missed.n[PROBE_RESET_SADDR]);
}

/* inet_csk_listen_start(sk): not yet listening, may still fail. */
static void on_listen_start(const struct tcpa_regs *regs)
{
	tcpa_listener_started(arg_sk(regs, 0), tcpa_requested_backlog());
}

/* inet_csk_listen_stop(sk): every end of a listener, children still there. */
static void on_listen_stop(const struct tcpa_regs *regs)
{
	struct sock *sk = arg_sk(regs, 0);

	tcpa_listener_stopped(sk, READ_ONCE(sk->sk_ack_backlog));
}

/* inet_listen(sock, backlog): maybe of a socket that listens already. */
static void on_listen_again(const struct tcpa_regs *regs)
{
	struct socket *sock = (struct socket *)tcpa_hook_arg(regs, 0);

	tcpa_listener_again(sock->sk, tcpa_requested_backlog());
}

/*
 * __inet_listen_sk(sk, backlog): what inet_listen() calls from 6.6 on; MPTCP, which
 * called inet_listen() for the TCP socket below its own before, calls it too.
 */
static void on_listen_sk(const struct tcpa_regs *regs)
{
	tcpa_listener_again(arg_sk(regs, 0), tcpa_requested_backlog());
}

static struct tcpa_hook probes[PROBES] = {
	[PROBE_CONN_REQUEST] = {
		"tcp_conn_request", on_conn_request,
		"refused SYNs", true,
		.floor = TCPA_FLOOR_HANDSHAKE },
	[PROBE_V4_SYN_RECV] = {
		"tcp_v4_syn_recv_sock", on_v4_syn_recv,
		"final ACKs refused over IPv4", true,
		.floor = TCPA_FLOOR_CHILD },
	[PROBE_HASHDANCE] = {
		"inet_csk_complete_hashdance", on_hashdance,
		"completed handshakes", true,
		.floor = TCPA_FLOOR_HANDSHAKE },
	[PROBE_HASH_ADD] = {
		"inet_csk_reqsk_queue_hash_add", on_hash_add,
		"SYNs put into the SYN queue", true,
		.floor = TCPA_FLOOR_HANDSHAKE },
	[PROBE_RESET_SADDR] = {
		"inet_bhash2_reset_saddr", on_reset_saddr,
		"connect(2)s that found no port", false, .newer = true },
	[PROBE_UNHASH] = {
		"inet_unhash", on_unhash,
		"connect(2)s that found no port", false,
		.better = &probes[PROBE_RESET_SADDR] },
	[PROBE_TWSK_ALLOC] = {
		"inet_twsk_alloc", on_twsk_alloc,
		"TIME_WAIT sockets created", false },
	[PROBE_V6_SYN_RECV] = {
		"tcp_v6_syn_recv_sock", on_v6_syn_recv,
		"final ACKs refused over IPv6", IS_ENABLED(CONFIG_IPV6),
		.floor = TCPA_FLOOR_CHILD, .newer = !IS_ENABLED(CONFIG_IPV6) },
	[PROBE_QUEUE_ADD] = {
		"inet_csk_reqsk_queue_add", on_queue_add,
		"children of SYN cookies and TCP Fast Open", false },
	[PROBE_REQ_ERR] = {
		"tcp_req_err", on_req_err,
		"requests ended by ICMP errors", false },
	[PROBE_SYNCOOKIE_MSS] = {
		"tcp_get_syncookie_mss", on_syncookie_mss,
		"SYN cookies that BPF programs ask for", false },
	[PROBE_LISTEN_START] = {
		"inet_csk_listen_start", on_listen_start,
		"listeners that start after load", true },
	[PROBE_LISTEN_STOP] = {
		"inet_csk_listen_stop", on_listen_stop,
		"ends of listeners", true },
	[PROBE_LISTEN_AGAIN] = {
		"inet_listen", on_listen_again,
		"backlogs asked for by repeated listen(2)", false },
	[PROBE_LISTEN_SK] = {
		"__inet_listen_sk", on_listen_sk,
		"backlogs asked for by repeated listen(2) of MPTCP sockets",
		false, .newer = true },
};

#ifdef TCPA_BY_FTRACE

static __always_inline void dispatch(unsigned long ip, const struct tcpa_regs *regs)
{
	if (tcpa_hook_is(ip, PROBE_CONN_REQUEST))
		on_conn_request(regs);
	else if (tcpa_hook_is(ip, PROBE_V4_SYN_RECV))
		on_v4_syn_recv(regs);
	else if (tcpa_hook_is(ip, PROBE_HASHDANCE))
		on_hashdance(regs);
	else if (tcpa_hook_is(ip, PROBE_HASH_ADD))
		on_hash_add(regs);
	else if (tcpa_hook_is(ip, PROBE_TWSK_ALLOC))
		on_twsk_alloc(regs);
	else if (tcpa_hook_is(ip, PROBE_V6_SYN_RECV))
		on_v6_syn_recv(regs);
	else if (tcpa_hook_is(ip, PROBE_UNHASH))
		on_unhash(regs);
	else
		tcpa_hook_dispatch_any(ip, regs);
}

void notrace tcpa_hook_dispatch(unsigned long ip, unsigned long parent_ip,
				struct ftrace_ops *ops, struct ftrace_regs *fregs)
{
	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		preempt_disable_notrace();
	dispatch(ip, (const struct tcpa_regs *)fregs);
	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		preempt_enable_notrace();
}

#endif /* TCPA_BY_FTRACE */

int tcpa_probes_init(enum tcpa_hooking how)
{
	tcpa_attribution_init();
	return tcpa_hooks_arm(probes, PROBES, how);
}

void tcpa_probes_exit(void)
{
	tcpa_hooks_disarm();
}

const struct tcpa_hook *tcpa_probes(unsigned int *n)
{
	*n = PROBES;
	return probes;
}

u64 tcpa_probe_missed(unsigned int i)
{
	u64 sum = tcpa_hook_missed(i);
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu(missed, cpu).n[i]);
	return sum;
}
