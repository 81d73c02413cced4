/* SPDX-License-Identifier: GPL-2.0 */
/*
 * model.h - a listener, its clients and its application, in millisecond steps.
 *
 * Job: let the judgement meet a load, and meet it again after its advice has
 * been followed, without a kernel. Queues, refusals and retransmissions are those
 * of ../model_tcp.h, which is compared with a kernel.
 * Does not: pretend to be exact in time; what it checks is which conclusion is
 * drawn, over a range of loads, seeds and sampling intervals.
 */
#ifndef _MODEL_H
#define _MODEL_H

#include "../../module/judge/advice.h"

/* What comes in, and who takes it out. Times in ms, rates per second. */
struct model_load {
	__u32 seconds;		/* how long it lasts */
	__u32 rate;		/* new clients, at random times */
	__u32 burst;		/* clients that come in one burst ... */
	__u32 burst_ms;		/* ... spread over this time ... */
	__u32 burst_every_ms;	/* ... once (0) or again and again */
	__u32 loop;		/* clients that connect again once accepted */
	__u32 flood;		/* SYNs that never complete */
	__u32 rtt_ms;		/* round trip of clients */
	bool speak;		/* they send as soon as they are connected */
	__u32 syn_linear;	/* and their kernel sends a SYN again (model_tcp.h) */
	__u32 accept_rate;	/* the application's */
	__u32 stall_at_ms;	/* it stops accepting ... */
	__u32 stall_ms;		/* ... for this long */
	__u32 slice_every_ms;	/* 0, or it gets the CPU only so often ... */
	__u32 slice_ms;		/* ... and for so long */
};

/* The listener and its host: what advice may change. */
struct model_host {
	__u32 backlog;		/* effective */
	bool syn_queue_exact;	/* holds the backlog, not one more: vendors differ */
	__s64 requested;	/* of listen(2), or TCPA_UNKNOWN */
	__u32 somaxconn;
	__u32 syncookies;
	__u32 max_syn_backlog;
	__u32 synack_retries;
	__u32 interval_ms;	/* of the sampler */
	__u32 seed;
};

#define MODEL_HISTORY 64

struct model_result {
	__u64 refusals;		/* of both queues */
	__u64 lost;		/* the same, and drops by the reserve */
	__u64 cookies;		/* sent */
	__u64 lost_clients;	/* gave up */
	__u32 longest_wait_ms;	/* in the accept queue */
	/* Each change of verdict or of the recommended backlog, in order. */
	__u32 changes;
	enum tcpa_verdict verdicts[MODEL_HISTORY];
	__u32 sizes[MODEL_HISTORY];
	/* The last word; findings point into sample and listener. */
	struct tcpa_listener_sample listener;
	struct tcpa_sample sample;
	struct tcpa_findings findings;
};

/* Run @load against @host, 30 quiet seconds after it included. */
void model_run(const struct model_load *load, const struct model_host *host,
	       struct model_result *r);

/*
 * Do to @host what @r says, as an operator would: set the keys, then have the
 * listener ask for the backlog that is recommended, or, if none is, leave it.
 */
void model_follow(struct model_host *host, const struct model_result *r);

#endif /* _MODEL_H */
