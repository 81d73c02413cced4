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
 * hashed, child queued), which ends the attribution. A snapshot stays open only
 * after a refusal, whose increments are in it by then.
 *
 * One call counts each MIB at most once, so one snapshot attributes at most one
 * of each. An increment on a path that nobody hooks finds no open snapshot, or
 * one whose delta is used up, and shows in the residual instead of on a listener.
 * It is taken for a listener's only after a call that neither counted in a MIB
 * nor passed a hook at its end (a drop off the path, such as a lost race).
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
 * higher priority does not wait for a writer that it preempted. Other CPUs read a
 * snapshot under its sequence count.
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
 * Does not: decide which calls take a snapshot (probes.c).
 */
#include "attribution.h"

#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>
#include <linux/seqlock.h>
#include <net/ip.h>
#include <net/snmp.h>

#include "state.h"

struct snapshot {
	seqcount_t seq;
	enum tcpa_event ev;
	struct tcpa_listener *l;	/* NULL: closed */
	const struct tcpa_net *tn;	/* l's, for readers that may not follow l */
	const struct request_sock *req;	/* compared, never followed */
	struct tcpa_mibs snap;
};

static DEFINE_PER_CPU(struct snapshot, snapshots);

bool tcpa_attribution_exact(void)
{
	return TCPA_BH_TAKE_TURNS;
}

static const struct {
	int linux_mib;
	const char *name;
} mibs[TCPA_MIBS] = {
	[TCPA_MIB_OVERFLOWS] = { LINUX_MIB_LISTENOVERFLOWS, "ListenOverflows" },
	[TCPA_MIB_DROPS] = { LINUX_MIB_LISTENDROPS, "ListenDrops" },
	[TCPA_MIB_QFULL_DROP] = { LINUX_MIB_TCPREQQFULLDROP, "TCPReqQFullDrop" },
	[TCPA_MIB_QFULL_COOKIE] = { LINUX_MIB_TCPREQQFULLDOCOOKIES,
				    "TCPReqQFullDoCookies" },
	[TCPA_MIB_COOKIES_SENT] = { LINUX_MIB_SYNCOOKIESSENT, "SyncookiesSent" },
};

const char *tcpa_mib_name(enum tcpa_mib i)
{
	return mibs[i].name;
}

/* A loop over the MIBs, unrolled, finds each at a fixed place. */
#define UNROLL_MIBS _Pragma("GCC unroll 8")

static void copy_mibs(const struct linux_mib *k, struct tcpa_mibs *m)
{
	unsigned int i;

	UNROLL_MIBS
	for (i = 0; i < TCPA_MIBS; i++)
		m->v[i] = READ_ONCE(k->mibs[mibs[i].linux_mib]);
}

static void read_mibs(const struct tcpa_net *tn, int cpu, struct tcpa_mibs *m)
{
	copy_mibs(per_cpu_ptr(READ_ONCE(tn->mib), cpu), m);
}

u64 tcpa_mib_read(const struct tcpa_net *tn, int linux_mib)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu_ptr(tn->mib, cpu)->mibs[linux_mib]);
	return sum;
}

/* The delta of @b if the counters stand at @now; false if there is none. */
static bool snapshot_delta(const struct snapshot *b, const struct tcpa_mibs *now,
			   struct tcpa_mibs *delta)
{
	unsigned long any = 0;
	unsigned int i;

	UNROLL_MIBS
	for (i = 0; i < TCPA_MIBS; i++)
		delta->v[i] = now->v[i] != b->snap.v[i];
	UNROLL_MIBS
	for (i = 0; i < TCPA_MIBS; i++)
		any |= delta->v[i];
	return any;
}

static void add(unsigned long *v, unsigned long n)
{
	if (n)
		WRITE_ONCE(*v, *v + n);
}

/* Add one delta to @v, the counters of a listener, by cause. */
static void split_delta(enum tcpa_event ev, const struct tcpa_mibs *d,
			unsigned long *v)
{
	unsigned long explained = d->v[TCPA_MIB_OVERFLOWS] +
				  d->v[TCPA_MIB_QFULL_DROP];

	add(&v[ev == TCPA_EV_SYN || ev == TCPA_EV_TFO ?
	       TCPA_OVERFLOWS_SYN : TCPA_OVERFLOWS_ACK],
	    d->v[TCPA_MIB_OVERFLOWS]);
	add(&v[TCPA_SYNQ_DROPS], d->v[TCPA_MIB_QFULL_DROP]);
	add(&v[TCPA_COOKIES_WANTED], d->v[TCPA_MIB_QFULL_COOKIE]);
	add(&v[TCPA_COOKIES_SENT], d->v[TCPA_MIB_COOKIES_SENT]);
	if (d->v[TCPA_MIB_DROPS] > explained)
		add(&v[TCPA_OTHER_DROPS], d->v[TCPA_MIB_DROPS] - explained);
}

static void account(const struct snapshot *b, int cpu,
		    const struct tcpa_mibs *delta)
{
	struct tcpa_mibs *att = per_cpu_ptr(b->l->tn->attributed, cpu);
	unsigned int i;

	split_delta(b->ev, delta, per_cpu_ptr(b->l->cells, cpu)->v);
	UNROLL_MIBS
	for (i = 0; i < TCPA_MIBS; i++)
		add(&att->v[i], delta->v[i]);
	if ((delta->v[TCPA_MIB_OVERFLOWS] || delta->v[TCPA_MIB_QFULL_DROP]) &&
	    b->ev != TCPA_EV_ACK_AGAIN)
		tcpa_deficit_add(&b->l->deficit);
}

/* This CPU's counters have moved since @b, its snapshot, was taken. */
static bool has_moved(const struct snapshot *b)
{
	const struct linux_mib *k = this_cpu_ptr(READ_ONCE(b->l->tn->mib));
	unsigned long moved = 0;
	unsigned int i;

	UNROLL_MIBS
	for (i = 0; i < TCPA_MIBS; i++)
		moved |= READ_ONCE(k->mibs[mibs[i].linux_mib]) ^ b->snap.v[i];
	return moved;
}

/* Attribute the delta of @b, the open snapshot of @cpu, and close it. */
static noinline void attribute_on(struct snapshot *b, int cpu)
{
	struct tcpa_mibs now, delta;

	raw_write_seqcount_begin(&b->seq);
	read_mibs(b->l->tn, cpu, &now);
	if (snapshot_delta(b, &now, &delta))
		account(b, cpu, &delta);
	WRITE_ONCE(b->l, NULL);
	b->ev = TCPA_EV_NONE;
	raw_write_seqcount_end(&b->seq);
}

/* The same for this CPU's, @b; most often there is no delta. */
static void attribute_here(struct snapshot *b)
{
	if (unlikely(has_moved(b))) {
		attribute_on(b, smp_processor_id());
		return;
	}
	raw_write_seqcount_begin(&b->seq);
	WRITE_ONCE(b->l, NULL);
	b->ev = TCPA_EV_NONE;
	raw_write_seqcount_end(&b->seq);
}

/* A snapshot that was left open is, most often, that of a refusal. */
static noinline void attribute_and_begin(struct tcpa_listener *l,
					 enum tcpa_event ev,
					 const struct request_sock *req)
{
	attribute_on(this_cpu_ptr(&snapshots), smp_processor_id());
	tcpa_attribution_begin(l, ev, req);
}

/*
 * The rare case is a call of its own, so that the compiler sets up no stack frame
 * for the common one.
 */
void tcpa_attribution_begin(struct tcpa_listener *l, enum tcpa_event ev,
			    const struct request_sock *req)
{
	struct snapshot *b = this_cpu_ptr(&snapshots);

	if (unlikely(b->l)) {
		attribute_and_begin(l, ev, req);
		return;
	}
	raw_write_seqcount_begin(&b->seq);
	copy_mibs(this_cpu_ptr(READ_ONCE(l->tn->mib)), &b->snap);
	WRITE_ONCE(b->l, l);
	b->tn = l->tn;
	b->ev = ev;
	b->req = req;
	raw_write_seqcount_end(&b->seq);
}

struct tcpa_listener *tcpa_attribution_end(void)
{
	struct snapshot *b = this_cpu_ptr(&snapshots);
	struct tcpa_listener *l = b->l;

	if (l)
		attribute_here(b);
	return l;
}

enum tcpa_event tcpa_attribution_end_of(const struct request_sock *req)
{
	struct snapshot *b = this_cpu_ptr(&snapshots);
	enum tcpa_event ev = b->ev;

	if (!b->l || b->req != req)
		return TCPA_EV_NONE;
	attribute_here(b);
	return ev;
}

void tcpa_attribution_pin(void)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		struct tcpa_listener *l = READ_ONCE(per_cpu(snapshots, cpu).l);

		if (l)
			l->pinned = true;
	}
}

void tcpa_attribution_close(void)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		struct snapshot *b = per_cpu_ptr(&snapshots, cpu);

		preempt_disable();
		if (b->l)
			attribute_on(b, cpu);
		preempt_enable();
	}
}

/*
 * Read what @l counts on @cpu: its cells, and the delta of an open snapshot of
 * its own, which is not attributed yet.
 */
static void sum_on(const struct tcpa_listener *l, int cpu, unsigned long *v)
{
	const struct tcpa_cells *cells = per_cpu_ptr(l->cells, cpu);
	struct snapshot *b = per_cpu_ptr(&snapshots, cpu);
	struct tcpa_mibs now, delta;
	unsigned int i, seq;

	rcu_read_lock();
	do {
		seq = read_seqcount_begin(&b->seq);
		for (i = 0; i < TCPA_COUNTERS; i++)
			v[i] = READ_ONCE(cells->v[i]);
		if (READ_ONCE(b->l) == l) {
			read_mibs(l->tn, cpu, &now);
			if (snapshot_delta(b, &now, &delta))
				split_delta(b->ev, &delta, v);
		}
	} while (read_seqcount_retry(&b->seq, seq));
	rcu_read_unlock();
}

void tcpa_attribution_sum(const struct tcpa_listener *l, u64 *sum)
{
	unsigned long v[TCPA_COUNTERS];
	unsigned int i;
	int cpu;

	for_each_possible_cpu(cpu) {
		sum_on(l, cpu, v);
		for (i = 0; i < TCPA_COUNTERS; i++)
			sum[i] += v[i];
	}
}

/* What @cpu counted in @tn beyond what it attributed, since it booted. */
static void unattributed_on(const struct tcpa_net *tn, int cpu,
			    struct tcpa_mibs *m)
{
	const struct tcpa_mibs *att = per_cpu_ptr(tn->attributed, cpu);
	struct snapshot *b = per_cpu_ptr(&snapshots, cpu);
	struct tcpa_mibs delta;
	unsigned int i, seq;

	do {
		bool open;

		seq = read_seqcount_begin(&b->seq);
		read_mibs(tn, cpu, m);
		open = READ_ONCE(b->l) && b->tn == tn &&
		       snapshot_delta(b, m, &delta);
		for (i = 0; i < TCPA_MIBS; i++)
			m->v[i] -= READ_ONCE(att->v[i]) +
				   (open ? delta.v[i] : 0);
	} while (read_seqcount_retry(&b->seq, seq));
}

s64 tcpa_attribution_residual(const struct tcpa_net *tn, enum tcpa_mib i)
{
	struct tcpa_mibs m;
	s64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu) {
		unattributed_on(tn, cpu, &m);
		sum += (long)(m.v[i] - per_cpu_ptr(tn->base, cpu)->v[i]);
	}
	return sum;
}

void tcpa_attribution_rebase(struct tcpa_net *tn)
{
	int cpu;

	for_each_possible_cpu(cpu)
		unattributed_on(tn, cpu, per_cpu_ptr(tn->base, cpu));
}
