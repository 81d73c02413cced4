// SPDX-License-Identifier: GPL-2.0
/*
 * attribution.c - exact attribution: which listener a change of this CPU's MIB
 * counters belongs to.
 *
 * The kernel counts a refusal on the refusing branch itself, in per-CPU
 * counters of the namespace, inside functions that run with bottom halves
 * off. So: note this CPU's counters when such a function is entered (open a
 * bracket), and whatever they have moved by when the CPU next passes a hook
 * (settle) happened inside, and is the decision itself, not a second guess of
 * it. Success paths pass a hook of their own right after the last branch that
 * can refuse (request hashed, child queued) and close the bracket; a bracket
 * stays open only after a refusal, whose increments are then already in.
 *
 * One call counts each MIB at most once, so a settlement takes at most one of
 * each. An increment from a path that nobody hooks therefore finds either no
 * open bracket or one that is used up, and shows in the residual instead of
 * on a listener; only after a call that neither refused in the MIBs nor
 * passed a closing hook (out-of-path drops such as a lost race) could it be
 * taken for that call's.
 *
 * Nesting (a v4-mapped child inside the v6 function, a Fast Open child inside
 * the SYN) needs no special case: entering the inner one settles the outer.
 *
 * Context and races: a bracket is touched by its own CPU only, with bottom
 * halves and preemption off, which excludes every other writer. On PREEMPT_RT a
 * bottom half can be preempted between two hooks, but it stays on its CPU and
 * holds a lock of that CPU that every other one takes first, so that none begins
 * in its middle. (If that lock is configured away, two may interleave, a hook of
 * one and a hook of the other: see TCPA_BH_TAKE_TURNS.) Within a hook preemption
 * is off there too (hook.c), so that a handler is whole on its CPU, and a reader
 * of a higher priority does not wait for a writer that it preempted. Other CPUs
 * read a bracket under its sequence count.
 *
 * A bracket points to a listener after the handler has returned,
 * so a listener is freed only after tcpa_bracket_flush(), which runs a closing
 * step on every CPU, and by hand for those that are offline and so run no
 * handler, with CPU hotplug held off. The flush comes after the listener has
 * left the table and an RCU grace period has passed, so no handler opens a
 * bracket for it again.
 * Does not: decide which calls open a bracket (probes.c).
 */
#include "attribution.h"

#include <linux/bottom_half.h>
#include <linux/cpu.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/seqlock.h>
#include <linux/workqueue.h>
#include <net/ip.h>
#include <net/snmp.h>

#include "counters.h"
#include "listener.h"
#include "netns.h"

struct bracket {
	seqcount_t seq;
	enum tcpa_event ev;
	struct tcpa_listener *l;	/* NULL: closed */
	const struct tcpa_net *tn;	/* l's, for readers that may not follow l */
	const struct request_sock *req;	/* compared, never followed */
	struct tcpa_mibs snap;
};

static DEFINE_PER_CPU(struct bracket, brackets);

bool tcpa_bracket_exact(void)
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
	copy_mibs(per_cpu_ptr(tn->mib, cpu), m);
}

u64 tcpa_mib_read(const struct tcpa_net *tn, int linux_mib)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu_ptr(tn->mib, cpu)->mibs[linux_mib]);
	return sum;
}

/* What @b has earned if the counters stand at @now; false if nothing. */
static bool bracket_delta(const struct bracket *b, const struct tcpa_mibs *now,
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

/* Spread one settlement over @v, the counters of a listener. */
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

static void account(const struct bracket *b, int cpu,
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
		tcpa_listener_refused(b->l);
}

/* This CPU's counters have moved since @b, which is its bracket, was opened. */
static bool has_moved(const struct bracket *b)
{
	const struct linux_mib *k = this_cpu_ptr(b->l->tn->mib);
	unsigned long moved = 0;
	unsigned int i;

	UNROLL_MIBS
	for (i = 0; i < TCPA_MIBS; i++)
		moved |= READ_ONCE(k->mibs[mibs[i].linux_mib]) ^ b->snap.v[i];
	return moved;
}

/* Settle and close @b, the open bracket of @cpu. */
static noinline void close_on(struct bracket *b, int cpu)
{
	struct tcpa_mibs now, delta;

	raw_write_seqcount_begin(&b->seq);
	read_mibs(b->l->tn, cpu, &now);
	if (bracket_delta(b, &now, &delta))
		account(b, cpu, &delta);
	b->l = NULL;
	b->ev = TCPA_EV_NONE;
	raw_write_seqcount_end(&b->seq);
}

/* The same for this CPU's, @b; most often there is nothing to settle. */
static void close_here(struct bracket *b)
{
	if (unlikely(has_moved(b))) {
		close_on(b, smp_processor_id());
		return;
	}
	raw_write_seqcount_begin(&b->seq);
	b->l = NULL;
	b->ev = TCPA_EV_NONE;
	raw_write_seqcount_end(&b->seq);
}

/* What was left open was, most often, a refusal. */
static noinline void reopen(struct tcpa_listener *l, enum tcpa_event ev,
			    const struct request_sock *req)
{
	close_on(this_cpu_ptr(&brackets), smp_processor_id());
	tcpa_bracket_open(l, ev, req);
}

/* What comes first is what is rare: the rest then needs no stack. */
void tcpa_bracket_open(struct tcpa_listener *l, enum tcpa_event ev,
		       const struct request_sock *req)
{
	struct bracket *b = this_cpu_ptr(&brackets);

	if (unlikely(b->l)) {
		reopen(l, ev, req);
		return;
	}
	raw_write_seqcount_begin(&b->seq);
	copy_mibs(this_cpu_ptr(l->tn->mib), &b->snap);
	b->l = l;
	b->tn = l->tn;
	b->ev = ev;
	b->req = req;
	raw_write_seqcount_end(&b->seq);
}

struct tcpa_listener *tcpa_bracket_close(void)
{
	struct bracket *b = this_cpu_ptr(&brackets);
	struct tcpa_listener *l = b->l;

	if (l)
		close_here(b);
	return l;
}

enum tcpa_event tcpa_bracket_take(const struct request_sock *req)
{
	struct bracket *b = this_cpu_ptr(&brackets);
	enum tcpa_event ev = b->ev;

	if (!b->l || b->req != req)
		return TCPA_EV_NONE;
	close_here(b);
	return ev;
}

static void flush_on(int cpu)
{
	struct bracket *b = per_cpu_ptr(&brackets, cpu);

	preempt_disable();
	if (b->l && READ_ONCE(b->l->dead))
		close_on(b, cpu);
	preempt_enable();
}

static void flush_this_cpu(struct work_struct *work)
{
	local_bh_disable();
	flush_on(smp_processor_id());
	local_bh_enable();
}

static DEFINE_PER_CPU(struct work_struct, flush_works);
/* Over flush_works: a namespace may end while a listener is buried. */
static DEFINE_MUTEX(flush_lock);

void tcpa_bracket_flush(void)
{
	int cpu;

	mutex_lock(&flush_lock);
	cpus_read_lock();
	for_each_possible_cpu(cpu) {
		if (cpu_online(cpu)) {
			INIT_WORK(per_cpu_ptr(&flush_works, cpu), flush_this_cpu);
			schedule_work_on(cpu, per_cpu_ptr(&flush_works, cpu));
		} else {
			flush_on(cpu);
		}
	}
	for_each_online_cpu(cpu)
		flush_work(per_cpu_ptr(&flush_works, cpu));
	cpus_read_unlock();
	mutex_unlock(&flush_lock);
}

/*
 * Read what @l counts on @cpu: its cells, and what an open bracket of its own
 * has earned but not yet settled.
 */
static void sum_on(const struct tcpa_listener *l, int cpu, unsigned long *v)
{
	const struct tcpa_cells *cells = per_cpu_ptr(l->cells, cpu);
	struct bracket *b = per_cpu_ptr(&brackets, cpu);
	struct tcpa_mibs now, delta;
	unsigned int i, seq;

	do {
		seq = read_seqcount_begin(&b->seq);
		for (i = 0; i < TCPA_COUNTERS; i++)
			v[i] = READ_ONCE(cells->v[i]);
		if (READ_ONCE(b->l) == l) {
			read_mibs(l->tn, cpu, &now);
			if (bracket_delta(b, &now, &delta))
				split_delta(b->ev, &delta, v);
		}
	} while (read_seqcount_retry(&b->seq, seq));
}

void tcpa_bracket_sum(const struct tcpa_listener *l, u64 *sum)
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
	struct bracket *b = per_cpu_ptr(&brackets, cpu);
	struct tcpa_mibs delta;
	unsigned int i, seq;

	do {
		bool open;

		seq = read_seqcount_begin(&b->seq);
		read_mibs(tn, cpu, m);
		open = READ_ONCE(b->l) && b->tn == tn &&
		       bracket_delta(b, m, &delta);
		for (i = 0; i < TCPA_MIBS; i++)
			m->v[i] -= READ_ONCE(att->v[i]) +
				   (open ? delta.v[i] : 0);
	} while (read_seqcount_retry(&b->seq, seq));
}

s64 tcpa_bracket_residual(const struct tcpa_net *tn, enum tcpa_mib i)
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

void tcpa_bracket_rebase(struct tcpa_net *tn)
{
	int cpu;

	for_each_possible_cpu(cpu)
		unattributed_on(tn, cpu, per_cpu_ptr(tn->base, cpu));
}
