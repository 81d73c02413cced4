// SPDX-License-Identifier: GPL-2.0
/*
 * attribution.c - exact attribution: which listener a change of this CPU's MIB
 * counters belongs to.
 *
 * The kernel counts a refusal on the refusing branch itself, in per-CPU counters
 * of the namespace, inside functions that run with bottom halves off. A hook at
 * the entry of such a function takes a snapshot of this CPU's counters. The next
 * hook that this CPU passes reads them again. The delta happened inside the
 * function, so it is the kernel's decision itself and no second guess of it.
 *
 * A success passes a hook right after the last branch that can refuse (request
 * hashed, child queued), which ends the attribution. It has counted nothing, so its
 * snapshot, if that is of nothing else, is closed without a look at the counters. A
 * snapshot stays open only after a refusal, whose increments are in it by then.
 * A call counts in the MIBs of its own branches, and in no other of these.
 *
 * SYNs that are refused, or answered by a cookie, come in runs. One that meets the
 * open snapshot of its own listener, taken in the same jiffy, leaves it open and
 * adds itself to the number of calls; the delta of all is attributed later, by the
 * next call that is none of these. They are alike, so what the delta is split into
 * does not depend on when. The jiffy bounds how late the refusals of one second are
 * attributed to another (tcpa_deficit_add()).
 *
 * One call counts each MIB at most once, so a snapshot of n calls attributes at most
 * n of each, and a SYN that is answered by a cookie is not dropped, so ListenDrops
 * and ListenOverflows at most n less the cookies sent. An increment on a path that
 * nobody hooks finds no open snapshot, or one whose delta is used up, and shows in
 * the residual instead of on a listener. It is taken for a listener's only if among
 * the n calls there was one that neither counted in a MIB nor passed a hook at its
 * end (a drop off the path, such as a lost race): as many such increments as there
 * were such calls, until the snapshot is closed. (A SYN with malformed TCP-AO or MD5
 * options is dropped with its cookie sent; its drop shows in the residual.)
 *
 * A BPF program may ask, of a SYN that it answers itself, whether there is to be a
 * cookie. That counts as the SYN would for its listener, but for ListenDrops, and the
 * program may pass the SYN on, to be counted anew. So it is no listener's, but what
 * its namespace's programs have counted, by a stand-in of their own; ListenDrops and
 * SyncookiesSent are never in such a snapshot.
 *
 * Nested calls (a v4-mapped child inside the v6 function, a Fast Open child
 * inside the SYN) need no special case: the entry of the inner one attributes the
 * delta of the outer one.
 *
 * Context and races: a snapshot is written by its own CPU only, with bottom
 * halves and preemption off, which excludes every other writer. On PREEMPT_RT a
 * bottom half can be preempted between two hooks, but it stays on its CPU and
 * holds a lock of that CPU that every other one takes first, so that none begins
 * in its middle. (If that lock is configured away, two may interleave, a hook of
 * one and a hook of the other: see TCPA_BH_TAKE_TURNS.) Within a hook preemption
 * is off there too (hook.c), so a handler is whole on its CPU, and a reader of a
 * higher priority does not wait for a writer that it preempted.
 *
 * Other CPUs read a snapshot under its sequence count, which its opening and the
 * attribution of a delta change. Two writes do without. A call that is added comes
 * before its own increments, and a reader reads the counters first, then the number
 * of calls: so it never has an increment without its call, and one call too many
 * adds nothing. The snapshot of a success is closed by one write; a reader that had
 * found it open looks once more after it has read the counters, lest it take a later
 * increment for the listener's.
 *
 * A snapshot points to a listener after the handler has returned, on a CPU without
 * another call for as long as it likes. Only a handler that found the listener in
 * the table, or as a stand-in, makes it do so, within an RCU read side section: all
 * handlers run with bottom halves off. So when the listener has left the table and
 * a grace period has passed, no snapshot begins to point to it, and one look at each
 * CPU's (tcpa_attribution_pin()) tells which still do. No CPU has to do anything, and
 * a CPU that is off line, or that a real-time task keeps busy, keeps what it has. Its
 * delta is in every sum, as that of any open snapshot.
 *
 * The counters of a namespace that ends are exchanged for others before they are
 * freed (netns.c), so tn->mib is read once, in such a section.
 *
 * A delta that waits for the next hook would come late for who is told of each
 * refusal. While somebody is, a timer of the same CPU closes what it finds open. It
 * runs in softirq there, and so between two calls.
 * Does not: decide which calls take a snapshot (probes.c).
 */
#include "attribution.h"

#include <linux/bottom_half.h>
#include <linux/kernel.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>
#include <linux/seqlock.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/timer.h>
#include <net/ip.h>
#include <net/snmp.h>

#include "cells.h"
#include "mib_snapshot.h"
#include "refusal.h"
#include "state.h"
#include "trace/events.h"

DEFINE_PER_CPU(struct tcpa_snapshot, tcpa_snapshots);

bool tcpa_attribution_exact(void)
{
	return TCPA_BH_TAKE_TURNS;
}

static const char *const names[TCPA_MIBS] = {
	[TCPA_MIB_OVERFLOWS] = "ListenOverflows",
	[TCPA_MIB_DROPS] = "ListenDrops",
	[TCPA_MIB_QFULL_DROP] = "TCPReqQFullDrop",
	[TCPA_MIB_QFULL_COOKIE] = "TCPReqQFullDoCookies",
	[TCPA_MIB_COOKIES_SENT] = "SyncookiesSent",
};

const char *tcpa_mib_name(enum tcpa_mib i)
{
	return names[i];
}

static void read_mibs(const struct tcpa_net *tn, int cpu, struct tcpa_mibs *m)
{
	tcpa_mibs_copy(per_cpu_ptr(READ_ONCE(tn->mib), cpu), m, TCPA_EV_SYN);
}

u64 tcpa_mib_read(const struct tcpa_net *tn, int linux_mib)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu_ptr(tn->mib, cpu)->mibs[linux_mib]);
	return sum;
}

/*
 * The delta of @b, a snapshot of @calls, if the counters stand at @now; false if
 * there is none.
 */
static bool snapshot_delta(const struct tcpa_snapshot *b, unsigned long calls,
			   const struct tcpa_mibs *now, struct tcpa_mibs *delta)
{
	unsigned long any = 0, dropped;
	unsigned int i;

	for (i = 0; i < TCPA_MIBS; i++) {
		delta->v[i] = tcpa_event_counts(b->ev, i) ?
				      min(now->v[i] - b->snap.v[i], calls) : 0;
		any |= delta->v[i];
	}
	if (b->ev == TCPA_EV_SYN) {
		dropped = calls - delta->v[TCPA_MIB_COOKIES_SENT];
		delta->v[TCPA_MIB_DROPS] = min(delta->v[TCPA_MIB_DROPS], dropped);
		delta->v[TCPA_MIB_OVERFLOWS] = min(delta->v[TCPA_MIB_OVERFLOWS], dropped);
	}
	return any;
}

static void add(unsigned long *v, unsigned long n)
{
	if (n)
		WRITE_ONCE(*v, *v + n);
}

/* Other drops by what was called; SYNs that got no further are the rest of them. */
static void split_other(enum tcpa_event ev, unsigned long n, unsigned long *v)
{
	add(&v[TCPA_OTHER_DROPS], n);
	if (ev == TCPA_EV_ICMP)
		add(&v[TCPA_OTHER_ICMP], n);
	else if (ev != TCPA_EV_SYN && ev != TCPA_EV_PROGRAM)
		add(&v[TCPA_OTHER_CHILD], n);
}

/* Add one delta to @v, the counters of a listener, by cause. */
static void split_delta(enum tcpa_event ev, const struct tcpa_mibs *d,
			unsigned long *v)
{
	unsigned long explained = d->v[TCPA_MIB_OVERFLOWS] +
				  d->v[TCPA_MIB_QFULL_DROP];

	add(&v[ev == TCPA_EV_SYN || ev == TCPA_EV_TFO || ev == TCPA_EV_PROGRAM ?
	       TCPA_OVERFLOWS_SYN : TCPA_OVERFLOWS_ACK],
	    d->v[TCPA_MIB_OVERFLOWS]);
	add(&v[TCPA_SYNQ_DROPS], d->v[TCPA_MIB_QFULL_DROP]);
	add(&v[TCPA_COOKIES_WANTED], d->v[TCPA_MIB_QFULL_COOKIE]);
	add(&v[TCPA_COOKIES_SENT], d->v[TCPA_MIB_COOKIES_SENT]);
	if (d->v[TCPA_MIB_DROPS] > explained)
		split_other(ev, d->v[TCPA_MIB_DROPS] - explained, v);
}

/* How many connections the delta of @b says were refused for the first time. */
static unsigned int refused(const struct tcpa_snapshot *b,
			    const struct tcpa_mibs *delta)
{
	if (b->ev == TCPA_EV_ACK_AGAIN)
		return 0;
	return delta->v[TCPA_MIB_OVERFLOWS] + delta->v[TCPA_MIB_QFULL_DROP];
}

static void account(const struct tcpa_snapshot *b, const struct tcpa_mibs *delta,
		    struct tcpa_cells *cells, struct tcpa_mibs *attributed)
{
	unsigned int n = refused(b, delta);
	unsigned int i;

	split_delta(b->ev, delta, cells->v);
	for (i = 0; i < TCPA_MIBS; i++)
		add(&attributed->v[i], delta->v[i]);
	if (n)
		tcpa_deficit_add(&b->l->deficit, n, b->taken);
}

static noinline void tell(const struct tcpa_snapshot *b, int cpu,
			  const struct tcpa_mibs *delta)
{
	unsigned long v[TCPA_COUNTERS] = {};

	split_delta(b->ev, delta, v);
	tcpa_refusal_tell(b, cpu, v);
}

/*
 * Attribute the delta of @b, the open snapshot of @cpu, and close it. False if there
 * was none.
 */
static bool settle_in(struct tcpa_snapshot *b, int cpu, struct tcpa_cells *cells,
		      struct tcpa_mibs *attributed, struct tcpa_mibs *delta)
{
	struct tcpa_mibs now;
	bool any;

	raw_write_seqcount_begin(&b->seq);
	read_mibs(b->l->tn, cpu, &now);
	any = snapshot_delta(b, b->calls, &now, delta);
	if (any)
		account(b, delta, cells, attributed);
	WRITE_ONCE(b->l, NULL);
	raw_write_seqcount_end(&b->seq);
	return any;
}

/* The same, in what there is of cells by now; see cells.c. Who traces is told of it. */
static void settle_on(struct tcpa_snapshot *b, int cpu)
{
	struct tcpa_listener *l = b->l;
	struct tcpa_net *tn = l->tn;
	/* Pairs with smp_store_release() in cells.c: then tn->attributed is there, too. */
	struct tcpa_cells __percpu *cells = smp_load_acquire(&l->cells);
	struct tcpa_mibs delta;
	bool any;

	if (likely(cells)) {
		any = settle_in(b, cpu, per_cpu_ptr(cells, cpu),
				per_cpu_ptr(tn->attributed, cpu), &delta);
	} else {
		raw_spin_lock(&tn->first_lock);
		raw_write_seqcount_begin(&tn->first_seq);
		any = settle_in(b, cpu, &l->first, &tn->attributed_first, &delta);
		raw_write_seqcount_end(&tn->first_seq);
		tcpa_cells_event(l);
		raw_spin_unlock(&tn->first_lock);
	}
	if (trace_listen_refused_enabled() && any)
		tell(b, cpu, &delta);
}

void tcpa_attribution_begin(struct tcpa_listener *l, enum tcpa_event ev,
			    const struct request_sock *req)
{
	tcpa_attribution_end();
	tcpa_snapshot_take(this_cpu_ptr(&tcpa_snapshots), l, ev, req);
}

struct tcpa_listener *tcpa_attribution_end(void)
{
	struct tcpa_snapshot *b = this_cpu_ptr(&tcpa_snapshots);
	struct tcpa_listener *l = b->l;

	if (l)
		settle_on(b, smp_processor_id());
	return l;
}

enum tcpa_event tcpa_attribution_end_of(const struct request_sock *req)
{
	const struct tcpa_snapshot *b = this_cpu_ptr(&tcpa_snapshots);
	enum tcpa_event ev = b->ev;

	if (!b->l || b->req != req)
		return TCPA_EV_NONE;
	tcpa_attribution_end();
	return ev;
}

/* No dispatcher turns preemption off here, which on PREEMPT_RT a softirq leaves on. */
static void on_settle_timer(struct timer_list *t)
{
	preempt_disable();
	tcpa_attribution_end();
	preempt_enable();
}

static DEFINE_PER_CPU(struct timer_list, settle_timers);

/* What is per CPU in a module cannot be made ready by the compiler: no relocations. */
void tcpa_attribution_init(void)
{
	int cpu;

	for_each_possible_cpu(cpu)
		timer_setup(per_cpu_ptr(&settle_timers, cpu), on_settle_timer,
			    TIMER_PINNED);
}

void tcpa_attribution_end_soon(void)
{
	struct timer_list *t = this_cpu_ptr(&settle_timers);

	if (!timer_pending(t))
		mod_timer(t, jiffies + 1);
}

void tcpa_attribution_pin(void)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		struct tcpa_listener *l = READ_ONCE(per_cpu(tcpa_snapshots, cpu).l);

		if (l)
			l->pinned = true;
	}
}

void tcpa_attribution_close(void)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		struct tcpa_snapshot *b = per_cpu_ptr(&tcpa_snapshots, cpu);

		timer_delete_sync(per_cpu_ptr(&settle_timers, cpu));
		local_bh_disable();
		preempt_disable();
		if (b->l)
			settle_on(b, cpu);
		preempt_enable();
		local_bh_enable();
	}
}

/*
 * Read the counters of @tn on @cpu into @now, and the delta of @b, its snapshot,
 * which was open, into @delta; false if there is none, or @b has been closed since.
 */
static bool snapshot_read(const struct tcpa_snapshot *b, const struct tcpa_net *tn,
			  int cpu, struct tcpa_mibs *now, struct tcpa_mibs *delta)
{
	read_mibs(tn, cpu, now);
	smp_rmb();	/* pairs with that of tcpa_attribution_again() */
	return READ_ONCE(b->l) &&
	       snapshot_delta(b, READ_ONCE(b->calls), now, delta);
}

/*
 * Cells are looked for in the loop: if there are none, a refusal that has left the snapshot
 * for some that are new has moved its sequence count.
 */
unsigned int tcpa_attribution_sum_on(const struct tcpa_listener *l, int cpu, unsigned long *v)
{
	const struct tcpa_cells __percpu *all;
	const struct tcpa_cells *cells;
	struct tcpa_snapshot *b = per_cpu_ptr(&tcpa_snapshots, cpu);
	struct tcpa_mibs now, delta;
	unsigned int i, n, seq;

	rcu_read_lock();
	do {
		n = 0;
		seq = read_seqcount_begin(&b->seq);
		all = READ_ONCE(l->cells);
		cells = all ? per_cpu_ptr(all, cpu) : NULL;
		for (i = 0; i < TCPA_COUNTERS; i++)
			v[i] = cells ? READ_ONCE(cells->v[i]) : 0;
		if (READ_ONCE(b->l) == l &&
		    snapshot_read(b, l->tn, cpu, &now, &delta)) {
			split_delta(b->ev, &delta, v);
			n = refused(b, &delta);
		}
	} while (read_seqcount_retry(&b->seq, seq));
	rcu_read_unlock();
	return n;
}

/* All that @l counts, and the connections refused in open snapshots. */
static unsigned int sum_all(const struct tcpa_listener *l, u64 *sum)
{
	unsigned long v[TCPA_COUNTERS];
	unsigned int i, refused = 0;
	int cpu;

	for (i = 0; i < TCPA_COUNTERS; i++)
		sum[i] = READ_ONCE(l->first.v[i]);
	for_each_possible_cpu(cpu) {
		refused += tcpa_attribution_sum_on(l, cpu, v);
		for (i = 0; i < TCPA_COUNTERS; i++)
			sum[i] += v[i];
	}
	return refused;
}

/* How often a reader tries before it takes the lock; see cells.c. */
#define READ_TRIES 8

/*
 * Have nothing change in what all CPUs share. Handlers wait for no more than one reader,
 * though anybody may have many read: the others wait for that one, with bottom halves on.
 */
static void first_lock(const struct tcpa_net *of)
	__acquires(&of->first_readers) __acquires(&of->first_lock)
{
	struct tcpa_net *tn = (struct tcpa_net *)of;	/* locks are no part of what it says */

	spin_lock(&tn->first_readers);
	raw_spin_lock_bh(&tn->first_lock);
}

static void first_unlock(const struct tcpa_net *of)
	__releases(&of->first_lock) __releases(&of->first_readers)
{
	struct tcpa_net *tn = (struct tcpa_net *)of;

	raw_spin_unlock_bh(&tn->first_lock);
	spin_unlock(&tn->first_readers);
}

unsigned int tcpa_attribution_sum(const struct tcpa_listener *l, u64 *sum)
{
	struct tcpa_net *tn = l->tn;
	unsigned int i, seq, refused, tries = 0;
	u64 all[TCPA_COUNTERS];
	bool moved;

	do {
		seq = read_seqcount_begin(&tn->first_seq);
		refused = sum_all(l, all);
		moved = read_seqcount_retry(&tn->first_seq, seq);
	} while (moved && ++tries < READ_TRIES);
	if (moved) {
		first_lock(tn);
		refused = sum_all(l, all);
		first_unlock(tn);
	}
	for (i = 0; i < TCPA_COUNTERS; i++)
		sum[i] += all[i];
	return refused;
}

/* What is attributed is looked for in the loop, for the same reason. */
void tcpa_attribution_mibs_on(const struct tcpa_net *tn, int cpu, struct tcpa_mibs *counted,
			      struct tcpa_mibs *own)
{
	const struct tcpa_mibs __percpu *attributed;
	const struct tcpa_mibs *att;
	struct tcpa_snapshot *b = per_cpu_ptr(&tcpa_snapshots, cpu);
	struct tcpa_mibs delta;
	unsigned int i, seq;

	do {
		bool open;

		seq = read_seqcount_begin(&b->seq);
		attributed = READ_ONCE(tn->attributed);
		att = attributed ? per_cpu_ptr(attributed, cpu) : NULL;
		open = READ_ONCE(b->l) && b->tn == tn;
		if (open)
			open = snapshot_read(b, tn, cpu, counted, &delta);
		else
			read_mibs(tn, cpu, counted);
		for (i = 0; i < TCPA_MIBS; i++)
			own->v[i] = (att ? READ_ONCE(att->v[i]) : 0) +
				    (open ? delta.v[i] : 0);
	} while (read_seqcount_retry(&b->seq, seq));
}

/* What all CPUs counted in @tn since that was made and is not attributed. */
static void unattributed_all(const struct tcpa_net *tn, struct tcpa_mibs *sum)
{
	struct tcpa_mibs counted, own;
	unsigned int i;
	int cpu;

	memset(sum, 0, sizeof(*sum));
	for_each_possible_cpu(cpu) {
		tcpa_attribution_mibs_on(tn, cpu, &counted, &own);
		for (i = 0; i < TCPA_MIBS; i++)
			sum->v[i] += counted.v[i] - own.v[i];
	}
	for (i = 0; i < TCPA_MIBS; i++)
		sum->v[i] -= READ_ONCE(tn->attributed_first.v[i]);
}

static void unattributed(const struct tcpa_net *tn, struct tcpa_mibs *sum)
{
	unsigned int seq, tries = 0;
	bool moved;

	do {
		seq = read_seqcount_begin(&tn->first_seq);
		unattributed_all(tn, sum);
		moved = read_seqcount_retry(&tn->first_seq, seq);
	} while (moved && ++tries < READ_TRIES);
	if (!moved)
		return;
	first_lock(tn);
	unattributed_all(tn, sum);
	first_unlock(tn);
}

s64 tcpa_attribution_residual(const struct tcpa_net *tn, enum tcpa_mib i)
{
	struct tcpa_mibs sum;

	unattributed(tn, &sum);
	return (long)(sum.v[i] - tn->base.v[i]);
}

void tcpa_attribution_rebase(struct tcpa_net *tn)
{
	unattributed(tn, &tn->base);
}
