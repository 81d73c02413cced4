/* SPDX-License-Identifier: GPL-2.0 */
/*
 * listener.h - the table of listening TCP sockets.
 *
 * Job: an entry per listener from listen(2) to its close, found by its socket.
 * Context: see each function.
 * Does not: attribute, judge or format.
 */
#ifndef _TCPA_LISTENER_H
#define _TCPA_LISTENER_H

#include <linux/kobject.h>
#include <linux/list.h>
#include <linux/llist.h>
#include <linux/types.h>
#include <net/sock.h>

#include "judge/advice.h"
#include "counters.h"

struct tcpa_net;

#define TCPA_LISTENERS_MIN 1U
#define TCPA_LISTENERS_MAX 65536U
/*
 * Measured with 10 000 listeners on 6.12 with two CPUs: 3.8 KiB of slab (mostly
 * the sysfs directory) and 0.24 KiB per-CPU each, 5.3 KiB of free memory in all;
 * so 84 MiB if it is ever filled, and 128 bytes more each for a further CPU.
 */
#define TCPA_LISTENERS_DEFAULT 16384U

/* The evidence of a listener that had trouble; allocated by the sampler. */
struct tcpa_track {
	struct tcpa_evidence cur;	/* the window that is running */
	struct tcpa_evidence kept;	/* the worst one so far */
	unsigned long since;		/* jiffies when cur began */
};

struct tcpa_listener {
	/* Read by handlers. */
	struct hlist_node hash;		/* in the table; RCU */
	struct sock *sk;		/* holds a reference; NULL: stand-in */
	struct tcpa_net *tn;
	struct tcpa_cells __percpu *cells;
	bool dead;			/* set once, by whoever sees the end first */
	bool stillborn;			/* listen(2) has failed; written before dead */

	/* Written by handlers, only when this listener refuses or wakes. */
	u32 touched;			/* epoch of the last event */
	unsigned long bin_end;		/* jiffies; see tcpa_listener_refused() */
	atomic_t bin;
	atomic_t deficit;

	/* Life; see listener.c. */
	struct llist_node born;
	struct llist_node died;
	struct list_head node;		/* in tn->listeners; tcpa_netns_lock */
	struct kobject kobj;		/* its reference count is the entry's */
	bool visible;			/* has a directory; tcpa_netns_lock */
	u32 aborted;			/* children that waited at the close */

	/* What readers are shown. */
	u64 cookie;
	u64 inode;
	s64 requested;			/* listen(2)'s argument or TCPA_UNKNOWN */
	u32 verdict;			/* enum tcpa_verdict; writer: sampler */
	u32 recommended;		/* writer: sampler */

	/* The sampler's; under tcpa_netns_lock. */
	u64 prev[TCPA_COUNTERS];	/* sums at the last sample */
	u32 prev_accept;		/* accept-queue depth then */
	u32 prev_backlog;
	struct tcpa_track *track;	/* NULL: no trouble at this backlog */
	u32 sample;			/* 1 + its place in the sample of this turn */
};

/* The number of the running sampling interval; see tcpa_cells_note(). */
extern u32 tcpa_epoch;

/* @l has an event in this interval: the sampler shall look at it. Any context. */
static inline void tcpa_listener_touch(struct tcpa_listener *l)
{
	u32 epoch = READ_ONCE(tcpa_epoch);

	if (READ_ONCE(l->touched) != epoch)
		WRITE_ONCE(l->touched, epoch);
}

/*
 * Prepare a table for @max listeners. Process context. Returns 0, -ENOMEM.
 * tcpa_listeners_exit() needs every entry gone.
 */
int tcpa_listeners_init(unsigned int max);
void tcpa_listeners_exit(void);

/*
 * The entry of @sk, or the stand-in of its namespace, or NULL while that is
 * being set up. RCU read side, bottom halves off; valid until they are on.
 */
struct tcpa_listener *tcpa_listener_get(const struct sock *sk);

/* Only a real entry, or NULL. RCU read side. */
struct tcpa_listener *tcpa_listener_find(const struct sock *sk);

/*
 * Count one connection that @l refused, towards the deficit of the current
 * second. Bottom halves off.
 */
void tcpa_listener_refused(struct tcpa_listener *l);

/*
 * @sk starts to listen, asked for @requested. Process context, atomic: called
 * with the socket locked, before it has an address or is sure to succeed.
 */
void tcpa_listener_started(struct sock *sk, s64 requested);

/* A listening @sk was told listen(@requested) again. Same context. */
void tcpa_listener_again(const struct sock *sk, s64 requested);

/* @sk is closed with @waiting children not accepted. Same context. */
void tcpa_listener_stopped(const struct sock *sk, u32 waiting);

/*
 * Give every listener without an entry one, and count anew those that cannot
 * have one. Process context, sleeps; takes tcpa_netns_lock.
 */
void tcpa_listeners_scan(void);

/* True if some were left out, or not shown for want of memory. Any context. */
bool tcpa_listeners_want_scan(void);

/*
 * Show what was born, bury what died. Process context, sleeps; takes
 * tcpa_netns_lock. Handlers and sampler ask for it by tcpa_listeners_kick().
 */
void tcpa_listeners_reconcile(void);
void tcpa_listeners_kick(void);

/* Mark @l as gone, once; the next reconcile buries it. Any context. */
void tcpa_listener_kill(struct tcpa_listener *l);

/* Mark every entry of @tn, and its stand-in, as gone. tcpa_netns_lock held. */
void tcpa_listeners_kill_net(struct tcpa_net *tn);

/* Bury every entry. Process context, sleeps; hooks disarmed. */
void tcpa_listeners_kill_all(void);

/* A stand-in for @tn's listeners without entry. Returns 0, -ENOMEM. */
int tcpa_listener_init_untracked(struct tcpa_net *tn);
void tcpa_listener_free_untracked(struct tcpa_net *tn);

/* "addr:port@cookie". Process context; the entry must have been shown. */
void tcpa_listener_name(const struct tcpa_listener *l, char *buf, size_t size);

/* The depth of its SYN queue now. Process context. */
u32 tcpa_listener_syn_queue(const struct tcpa_listener *l);

#endif /* _TCPA_LISTENER_H */
