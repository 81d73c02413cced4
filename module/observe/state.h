/* SPDX-License-Identifier: GPL-2.0 */
/*
 * state.h - what the module keeps per network namespace and per listener.
 *
 * Job: the data that several files of this wing work on, below all of them, and
 * the way from a kernel object to it.
 * Context: each field says who writes it and under which lock.
 * Does not: work on any of it.
 */
#ifndef _TCPA_STATE_H
#define _TCPA_STATE_H

#include <linux/in6.h>
#include <linux/kobject.h>
#include <linux/ktime.h>
#include <linux/list.h>
#include <linux/llist.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/sched.h>
#include <linux/seqlock.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/xarray.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>
#include <net/sock.h>

#include "counters.h"
#include "judge/evidence.h"
#include "mibs.h"
#include "owner.h"
#include "past.h"
#include "window.h"

struct tcpa_histograms;
struct tcpa_kept_loss;
struct tcpa_listened_set;
struct tcpa_net;
struct tcpa_set;

/* The evidence of a listener that was in use; allocated by the sampler. */
struct tcpa_track {
	struct tcpa_evidence cur;	/* the window that is running */
	struct tcpa_evidence kept;	/* the worst one so far */
	unsigned long since;		/* jiffies when cur began */
	unsigned long quiet_since;	/* jiffies, while there are no events */
};

/* Of a listener's state; a handler that reads the first alone is done. */
#define TCPA_STATE_QUEUED	1 /* need not say that it has an event; see activity.c */
#define TCPA_STATE_RECORDED	2 /* who comes is recorded; see record.c */
#define TCPA_STATE_RECORDING	8 /* from this bit on: the number of its recording */

/* 480 bytes, so that 17 fit two pages. */
struct tcpa_listener {
	/* Read by handlers. */
	struct hlist_node hash;		/* in the table; RCU */
	struct sock *sk;		/* holds a reference; NULL: stand-in, retired */
	struct tcpa_net *tn;
	struct tcpa_cells __percpu *quick; /* cells, while it is queued and not recorded;
					    * else, or if there are none, NULL; writer:
					    * tcpa_netns_lock, or who records it
					    */
	struct tcpa_cells __percpu *cells; /* NULL at first; writer: reconcile */
	u32 dead;			/* set once, by whoever sees the end first; a
					 * word, for not all architectures can exchange
					 * a byte
					 */
	atomic_t state;			/* as above */
	bool listen_failed;		/* written before dead */
	struct tcpa_owner owner;
	bool visible;			/* has a directory; under tcpa_netns_lock */
	bool leaving;			/* no event any more; same lock, see activity.c */
	bool pinned;			/* a snapshot points to it; reconcile's */
	bool histograms_on;		/* they are taken */

	/* Life; see reconcile.c. */
	union {
		struct llist_node added; /* on the list of new entries */
		struct tcpa_kept_loss __rcu *kept; /* while it is visible: the worst
						    * that was recorded; see kept.c
						    */
	};
	struct llist_node removal;	/* on the list of pending removals */
	struct list_head sibling;	/* in tn->entries; listener.c's lock */
	struct list_head node;		/* in tn->listeners, under tcpa_netns_lock, or
					 * before and after that on a list of reconcile's
					 */
	struct kobject kobj;		/* its reference count is the entry's */

	/*
	 * Written by handlers, for each refusal. Far from what they read, here and in
	 * the next entry: other CPUs have that in their caches.
	 */
	struct tcpa_deficit deficit;

	/* The same, until there are per-CPU ones; see cells.c. Under tn->first_lock. */
	struct tcpa_cells first;
	struct llist_node crowded;	/* on the list of those with too many */
	u32 first_events;		/* so many are in there */
	u32 aborted;			/* children that were reset at the close */

	/* What readers are shown. */
	u8 verdict;			/* enum tcpa_verdict; writer: sampler */
	bool histograms_unasked;	/* counted in its namespace's histograms_nr */
	bool unrecorded;		/* some who came were not; see record.c */
	u32 recommended;		/* writer: sampler */
	u32 wait_ms;			/* for accept(2); writer: sampler */
	u32 wait_peak_ms;		/* likewise */
	u32 prev_accept;		/* accept-queue depth at the last sample */
	u32 program;			/* hash of the name of who called listen(2), 0:
					 * not known; constant
					 */
	s64 requested;			/* listen(2)'s argument or TCPA_UNKNOWN */
	u64 inode;

	struct tcpa_histograms __percpu *histograms; /* NULL: never taken; all that is of
						      * histograms is distribution.c's
						      */

	/* The sampler's; under tcpa_netns_lock. */
	struct llist_node touched;	/* on the list of those with a first event */
	struct list_head active;	/* in tn->active, or on that of quiet ones */
	struct list_head troubled;	/* in tn->troubled */
	struct tcpa_track *track;	/* NULL: nothing seen for a window */
	u32 prev_backlog;
	u32 row;			/* its index in tn->rows; the view's */
	u32 prev[TCPA_COUNTERS];	/* sums at the last sample, by their low bits;
					 * once it is off tn->listeners, what is in
					 * tn->closed of them
					 */
};

/* Minisockets asked for, by what they will be. */
enum tcpa_tw_kind {
	TCPA_TW_SERVER,		/* TIME_WAIT, local port has a listener, or had lately */
	TCPA_TW_CLIENT,		/* TIME_WAIT, it has not */
	TCPA_TW_FIN_WAIT2,	/* an orphan in FIN_WAIT_2 */
	TCPA_TW_KINDS
};

/* Options of listeners, as far as the kernel counts what they do; see options.c. */
struct tcpa_options {
	u64 prev_overflows;		/* the kernel's counters at the last sample */
	u64 prev_fast;
	u64 prev_deferred;
	struct tcpa_window overflows;	/* of queues of TCP Fast Open */
	struct tcpa_window deferred;	/* final ACKs, by TCP_DEFER_ACCEPT */
	u64 need;			/* places that would have held all, most so far */
	u32 length;			/* of the shortest queue, of which these speak */
	u32 listeners;			/* that have one */
};

struct tcpa_tw_cells {
	unsigned long asked[TCPA_TW_KINDS];
};

struct tcpa_timewait {
	struct tcpa_tw_cells __percpu *cells;
	u64 base_overflows;		/* the kernel's counters at load */
	u64 base_reused;
	/* The sampler's; under tcpa_netns_lock. */
	u64 prev_asked;
	u64 prev_overflows;
	struct tcpa_window overflows;
	u64 prev_old;
	struct tcpa_window old;		/* segments refused as old */
	u64 peak_rate;			/* asked for per second, most seen */
	u32 limit;			/* sysctl these speak of */
	unsigned long fin_timeout;	/* sysctl, in jiffies */
	unsigned long fin_until;	/* jiffies until when there may be orphans of
					 * another timeout, 0: there are none
					 */
	u32 verdict;			/* enum tcpa_verdict */
};

/* Destinations that are remembered per namespace; the heaviest stay. */
#define TCPA_DESTS 32
/* As many of them before there is memory for all. */
#define TCPA_DESTS_FEW 2

/* Whom connections go to, and from where; IPv4 as v4-mapped. */
struct tcpa_dest_key {
	struct in6_addr saddr;
	struct in6_addr daddr;
	__be16 dport;
};

struct tcpa_dest {
	struct tcpa_dest_key key;
	u64 failures;			/* connect(2)s without a port */
	u64 past;			/* of these, under other settings */
	u64 judged;			/* of these, when ports were last counted */
	u32 used;			/* ports when last counted, TIME_WAIT too */
	u32 timewait;			/* of these */
	u32 growth;			/* ports a second, between two counts */
	u32 most_used;			/* at these settings */
	u32 most_live;
	u32 most_wanted;		/* a second: grown by, and failed */
	bool bound;			/* the last to fail had chosen its source,
					 * with IP_BIND_ADDRESS_NO_PORT
					 */
	pid_t pid;			/* who that was, as the initial PID namespace has
					 * it; 0: not to be told, or none yet
					 */
	u64 started;			/* when: tells it from later ones of that ID */
	char comm[TASK_COMM_LEN];
};

/* What counting the hash of connections found in the namespace. */
struct tcpa_occupancy {
	u32 tw_server;			/* TIME_WAITs, local port has a listener, or had */
	u32 tw_client;			/* TIME_WAITs, it has not */
	u32 fin_wait2;			/* minisockets in FIN_WAIT_2 */
	u32 pinned;			/* ports bound before connect(2), with no
					 * IP_BIND_ADDRESS_NO_PORT: of use for one
					 * destination, lost to all others
					 */
};

/* The sysctls that decide who finds a port. */
struct tcpa_port_settings {
	int low;
	int high;
	int reuse;
	int timestamps;
};

struct tcpa_ports {
	raw_spinlock_t lock;		/* over what is up to the next blank line */
	u64 failures;
	u64 failures_own_range;		/* of sockets with a range of their own; not
					 * among those
					 */
	u64 failures_own_port;		/* whose own port was in use; not among those */
	u64 evicted;			/* destinations that had to give way */
	u64 evicted_failures;		/* failures that went with them */
	struct tcpa_dest *dest;		/* few, or TCPA_DESTS: see ports.c */
	unsigned int dests;		/* how many there is room for */
	struct tcpa_dest few[TCPA_DESTS_FEW];

	/* The sampler's; under tcpa_netns_lock. */
	struct tcpa_occupancy now;
	u64 prev_failures;
	u64 prev_own_port;
	struct tcpa_window recent;	/* failures */
	struct tcpa_window own_port;
	unsigned long counted;		/* jiffies when occupancy was counted, or 0 */
	unsigned long idle;		/* when it was last too little to matter */
	ktime_t rested;			/* when it may be counted again while calm */
	u32 epoch;			/* in which it last had its turn; ports_queue.c */
	bool failed;			/* a connect(2), since it was counted */
	struct list_head waiting;	/* to be counted: see ports_queue.c */
	struct tcpa_port_settings settings; /* that all this speaks of */
	u32 verdict;			/* enum tcpa_verdict */
};

/* Connections that the kernel has counted; see coverage.c. */
struct tcpa_opened {
	u64 children;
	u64 without_request;		/* of these */
};

/* Totals of listeners that are gone. Written by reconcile. */
struct tcpa_closed {
	u32 changes;			/* odd while a listener goes from tn->rows to here */
	u64 listeners;
	u64 aborted;			/* children that were reset at the close */
	u64 v[TCPA_COUNTERS];
};

/* Ports that are remembered together, and how many such sets there are. */
#define TCPA_LISTENED_SPAN	1024
#define TCPA_LISTENED_SETS	(65536 / TCPA_LISTENED_SPAN)

/* Which local ports have a listener, or had one lately; see listened.c. */
struct tcpa_listened {
	struct tcpa_listened_set __rcu *set[TCPA_LISTENED_SETS];
	unsigned int sets;		/* how many are not NULL; tcpa_netns_lock */
	unsigned int left_out;		/* ports without one, at the last update; same */
	unsigned long since;		/* jiffies when the window began; same */
	bool stale;			/* a listener has gone, or was not noted */
};

/*
 * One network namespace. It outlives the namespace by as long as a snapshot
 * points to one of its entries or to a stand-in; see netns.c.
 */
struct tcpa_net {
	struct net *net;		/* NULL once that is gone */
	struct tcpa_owner owner;	/* who made it; constant */
	refcount_t users;		/* the namespace, twice, and each entry */
	void (*free)(struct tcpa_net *tn); /* when there are none any more */
	struct list_head node;		/* in the list of namespaces */
	struct list_head entries;	/* until they are retired; listener.c's lock */
	unsigned int entries_nr;	/* so many; same lock */
	unsigned int histograms_nr;	/* taken unasked; distribution.c's lock */
	bool ended;			/* takes no more entries; same lock */
	atomic_t recorded;		/* entries of which who comes is recorded */
	struct linux_mib __percpu *mib;	/* the kernel's own counters */
	struct list_head listeners;	/* shown entries; under tcpa_netns_lock */
	struct xarray rows;		/* the same, for readers under RCU; the view's */
	struct xarray curves;		/* what kept.c has of some, likewise */
	struct tcpa_closed closed;
	struct tcpa_pasts pasts;	/* the same by address; writer: reconcile */
	struct tcpa_listener untracked;	/* stands in for all without an entry */
	atomic_t untracked_listeners;	/* how many have no entry */
	struct tcpa_listener programs;	/* stands in for BPF programs that ask for SYN
					 * cookies
					 */
	raw_spinlock_t first_lock;	/* over what all CPUs share; see cells.c */
	spinlock_t first_readers;	/* one of them at a time may wait for that */
	seqcount_t first_seq;		/* of refusals that go there; same lock */
	struct tcpa_mibs attributed_first;
	struct tcpa_mibs __percpu *attributed; /* NULL at first; see attribution.c */
	struct tcpa_mibs base;		/* residual's zero, of all CPUs */
	struct tcpa_listened listened;
	struct tcpa_timewait tw;
	struct tcpa_ports ports;
	struct tcpa_options options;	/* sampler only */
	struct tcpa_opened opened;	/* when last looked at; sampler only */
	struct tcpa_set __rcu *set;	/* published text; writer: sampler */

	u32 queued;			/* as TCPA_STATE_QUEUED of a listener */
	u32 told_again;			/* a listener was told another backlog, or another
					 * is known to be right; any context
					 */
	struct llist_node touched;

	/* The sampler's; under tcpa_netns_lock. */
	struct list_head busy;		/* on the list of those to look at */
	bool leaving;
	struct list_head active;	/* entries to look at */
	struct list_head troubled;	/* entries with refusals or the like */
	struct tcpa_listener *next_look; /* at which a slow look goes on, or NULL */
	struct list_head remembered;	/* see remembered.c */
	unsigned int remembered_nr;
	struct tcpa_window group_aborted; /* at a close that a sibling outlived */
	bool stale;			/* to be judged, whatever the sample says */
	bool passing;			/* as time passes, there is something new */
	unsigned long judged;		/* jiffies */
	u32 settings;			/* a hash of the sysctls last judged by */
	u32 skipped_ms;			/* since it was last sampled; turns.c */
	u32 round;			/* in which it was last judged; the same */
	bool unjudged;			/* and was not in this one, for want of time */
	u64 generation;			/* of the set */
	u64 digest;			/* of the set */
};

/* What the kernel keeps for us beside a namespace. */
struct tcpa_net_slot {
	struct tcpa_net *tn;		/* NULL before and after its life */
	struct tcpa_net *ending;	/* the same, from there to the end */
};

extern unsigned int tcpa_net_id;

/*
 * Over what the sampler and readers keep of all namespaces. Namespaces come and
 * go without it.
 */
extern struct mutex tcpa_netns_lock;

/*
 * The state of @net; NULL while the namespace is being set up or torn down. Any
 * context. Valid in an RCU read side section, and as long as the caller knows
 * that @net is not torn down.
 */
static inline struct tcpa_net *tcpa_net(const struct net *net)
{
	const struct tcpa_net_slot *slot = net_generic(net, tcpa_net_id);

	return slot ? READ_ONCE(slot->tn) : NULL;
}

/* The same in an RCU read side section, which net_generic() would begin anew. */
static __always_inline struct tcpa_net *tcpa_net_rcu(const struct net *net)
{
	const struct tcpa_net_slot *slot =
		rcu_dereference_check(net->gen, rcu_read_lock_any_held())->ptr[tcpa_net_id];

	return slot ? READ_ONCE(slot->tn) : NULL;
}

/* @l is an entry, not one of the two stand-ins of its namespace. */
static inline bool tcpa_listener_is_entry(const struct tcpa_listener *l)
{
	return l != &l->tn->untracked && l != &l->tn->programs;
}

/*
 * Take and drop a reference. Taking one: any context, @tn valid. The last one is
 * dropped in process context that may sleep.
 */
void tcpa_net_get(struct tcpa_net *tn);
void tcpa_net_put(struct tcpa_net *tn);

/*
 * Namespaces that are alive, one after the other: the one after @tn, the first
 * after NULL, and NULL after the last. What is returned is not torn down before
 * it is handed in again, or to tcpa_netns_leave(). Process context.
 */
struct tcpa_net *tcpa_netns_next(struct tcpa_net *tn);
void tcpa_netns_leave(struct tcpa_net *tn);

/* As if it had been returned so: false if @tn is not set up yet, or ends. Process context. */
bool tcpa_netns_enter(struct tcpa_net *tn);

/*
 * Have the first become the last; the same of it, or NULL if it is not set up yet, or
 * ends. Process context.
 */
struct tcpa_net *tcpa_netns_rotate(void);

/*
 * Take a reference, for put_net(), that keeps @net from its end: false if it is not set up
 * yet, or ends. @net cannot be freed meanwhile; any context.
 */
bool tcpa_netns_hold(struct net *net);

/* A namespace begins and ends. Process context. */
void tcpa_netns_add(struct tcpa_net *tn);
void tcpa_netns_del(struct tcpa_net *tn);

/* It is on the list no more: a guess without a reference to it. */
bool tcpa_netns_ended(const struct tcpa_net *tn);

/* The state of the current process's namespace, NULL for an exiting task. */
struct tcpa_net *tcpa_net_current(void);

/* The number of the running sampling interval; see tcpa_cells_note(). */
extern u32 tcpa_epoch;

#endif /* _TCPA_STATE_H */
