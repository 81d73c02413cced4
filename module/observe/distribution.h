/* SPDX-License-Identifier: GPL-2.0 */
/*
 * distribution.h - how long connections of a listener take, and how deep its queue is.
 *
 * Job: histograms by powers of two, for those listeners for which root asks for
 * them.
 * Context: see each function.
 * Does not: format.
 */
#ifndef _TCPA_DISTRIBUTION_H
#define _TCPA_DISTRIBUTION_H

#include <linux/jump_label.h>
#include <linux/types.h>

struct request_sock;
struct sock;
struct tcpa_listener;

enum tcpa_distribution {
	TCPA_ACCEPT_WAIT,	/* microseconds in the accept queue */
	TCPA_HANDSHAKE,		/* microseconds from the first SYN-ACK to the child */
	TCPA_ACCEPT_DEPTH,	/* of the accept queue, with the one that comes */
	TCPA_DISTRIBUTIONS
};

/* Bucket i has what is less than 2^i, and not in one before; the last all else. */
#define TCPA_BUCKETS 30

/* One listener on one CPU, or summed up. */
struct tcpa_histograms {
	unsigned long n[TCPA_DISTRIBUTIONS][TCPA_BUCKETS];
	unsigned long sum[TCPA_DISTRIBUTIONS];
};

/* Somebody has asked for histograms. */
DECLARE_STATIC_KEY_FALSE(tcpa_distributions_wanted);

/*
 * So many listeners, at most, have them from their beginning, with nobody asking. Written
 * at load.
 */
extern unsigned int tcpa_histograms_unasked;

/* Before the hooks are armed, and last of all, with no listener left. Process; sleep. */
void tcpa_distribution_init(void);
void tcpa_distribution_exit(void);

/*
 * A child goes into the accept queue of @sk, whose entry @l is; @req has become it by a
 * handshake, NULL if it has not. Handlers, bottom halves off.
 */
void tcpa_distribution_queued(const struct tcpa_listener *l, const struct sock *sk,
			      const struct request_sock *req);

/* @l will be shown: it may have them from now on. Process context, sleeps. */
void tcpa_distribution_new(struct tcpa_listener *l);

/*
 * Begin or end to take them for @l, which is shown. What was taken stays until a new
 * beginning. Returns 0, -ENOMEM, or -EBUSY: what it takes is just being undone, try
 * again. Process context, sleeps.
 */
int tcpa_distribution_set(struct tcpa_listener *l, bool on);

/* Whether they are taken for @l. */
bool tcpa_distribution_is_on(const struct tcpa_listener *l);

/* @l is not shown any more. Process context. */
void tcpa_distribution_retire(struct tcpa_listener *l);

/* What was taken of @d for @l: false if nothing ever. Process context; @l is shown. */
bool tcpa_distribution_sum(const struct tcpa_listener *l, enum tcpa_distribution d,
			   u64 n[TCPA_BUCKETS], u64 *sum);

#endif /* _TCPA_DISTRIBUTION_H */
