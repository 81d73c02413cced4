/* SPDX-License-Identifier: GPL-2.0 */
/*
 * attribution.h - exact attribution: which listener a change of this CPU's MIB
 * counters belongs to.
 *
 * Job: take one MIB snapshot per CPU, attribute its delta; read both elsewhere.
 * Context: see each function.
 * Does not: know hooks or sysfs.
 */
#ifndef _TCPA_ATTRIBUTION_H
#define _TCPA_ATTRIBUTION_H

#include <linux/types.h>

struct net;
struct request_sock;
struct tcpa_listener;
struct tcpa_net;

/* The counters that are attributed; names in tcpa_mib_name(). */
enum tcpa_mib {
	TCPA_MIB_OVERFLOWS,	/* ListenOverflows */
	TCPA_MIB_DROPS,		/* ListenDrops */
	TCPA_MIB_QFULL_DROP,	/* TCPReqQFullDrop */
	TCPA_MIB_QFULL_COOKIE,	/* TCPReqQFullDoCookies */
	TCPA_MIB_COOKIES_SENT,	/* SyncookiesSent */
	TCPA_MIBS
};

struct tcpa_mibs {
	unsigned long v[TCPA_MIBS];
};

/* The call that a snapshot was taken for. */
enum tcpa_event {
	TCPA_EV_NONE,		/* closed */
	TCPA_EV_SYN,		/* tcp_conn_request() */
	TCPA_EV_ACK,		/* *_syn_recv_sock(), end of the handshake */
	TCPA_EV_ACK_AGAIN,	/* the same for a request refused before */
	TCPA_EV_COOKIE_ACK,	/* *_syn_recv_sock(), valid SYN cookie */
	TCPA_EV_TFO,		/* *_syn_recv_sock(), TCP Fast Open child */
	TCPA_EV_ICMP,		/* tcp_req_err() */
};

/*
 * Attribute what is open on this CPU, then take a snapshot for @l. @req tells
 * tcpa_attribution_end_of() whose it is. Bottom halves off; @l is live or the
 * namespace's stand-in.
 */
void tcpa_attribution_begin(struct tcpa_listener *l, enum tcpa_event ev,
			    const struct request_sock *req);

/*
 * Attribute and close what is open on this CPU. Returns whose it was, as valid as
 * when the snapshot was taken, or NULL. Bottom halves off.
 */
struct tcpa_listener *tcpa_attribution_end(void);

/*
 * If the snapshot open on this CPU is that of @req, attribute its delta, close
 * it and return the call it was taken for; else TCPA_EV_NONE. Bottom halves off.
 */
enum tcpa_event tcpa_attribution_end_of(const struct request_sock *req);

/*
 * Set `pinned` in every listener that a CPU's snapshot points to. Process context,
 * asks nothing of the other CPUs; all those listeners must stay, so only for whoever
 * frees them.
 */
void tcpa_attribution_pin(void);

/* Attribute what is open on any CPU, and close it. Process; hooks disarmed. */
void tcpa_attribution_close(void);

/*
 * Add what @l counts on all CPUs to @sum[TCPA_COUNTERS], the open snapshot
 * included. Process context; @l must stay.
 */
void tcpa_attribution_sum(const struct tcpa_listener *l, u64 *sum);

/*
 * The kernel's counter @i of @tn minus what was attributed, since @tn's base,
 * over all CPUs. Process context.
 */
s64 tcpa_attribution_residual(const struct tcpa_net *tn, enum tcpa_mib i);

/* Make the residual of @tn 0 as of now. Process context. */
void tcpa_attribution_rebase(struct tcpa_net *tn);

/*
 * Whether what is attributed is exact on this kernel. Where it is not, a refusal
 * may be counted for another listener that the same CPU was busy with, or show
 * in the residual. Any context.
 */
bool tcpa_attribution_exact(void);

/* The kernel's counter @i in @tn, summed over CPUs. Process context. */
u64 tcpa_mib_read(const struct tcpa_net *tn, int linux_mib);

/* The kernel's name for @i, as in /proc/net/netstat. */
const char *tcpa_mib_name(enum tcpa_mib i);

#endif /* _TCPA_ATTRIBUTION_H */
