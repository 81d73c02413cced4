// SPDX-License-Identifier: GPL-2.0
/*
 * distribution.c - how long connections of a listener take, and how deep its queue is.
 *
 * Both times rest on stamps that the kernel takes anyway: a child has one from when
 * it was established (rcvq_space.time, in microseconds of the monotonic clock, not
 * changed before somebody reads from it), a request one of its first SYN-ACK
 * (snt_synack). So nothing is stored for a connection, and each costs an increment.
 *
 * The accept wait is known when accept(2) has a child in its hands, at
 * __inet_accept(listening socket, new socket, child), a function that kernels have
 * from 6.9 on and stable ones before. It is hooked only while somebody wants it, by
 * an ftrace_ops of its own: process context, so a kprobe there would have those in
 * softirq be missed (hook.c). Where it cannot be hooked there are no waits.
 *
 * Memory: a listener's cells are given once, and freed with it. Root may ask for them
 * for any listener; what the module parameter gives unasked is bounded, as entries are,
 * for each user and namespace (quota.c).
 * Context: cells are incremented by their own CPU, by this_cpu operations: waits are
 * noted in process context, which may be preempted, the others with bottom halves off.
 * Locks: `turning` orders who turns them on and off for a listener, and is held while
 * the kernel's code is changed for that. To unhook a function waits for every CPU to
 * schedule, for ever beside a task that keeps one busy. reconcile must not wait for
 * that, neither by the lock (so `counting` is over what both count), nor because it
 * removes a directory in which somebody is writing: so a worker unhooks, and whoever
 * writes meanwhile is told to try again.
 * Does not: format (publish/sysfs_distribution.c).
 */
#include "distribution.h"

#include <linux/bitops.h>
#include <linux/ftrace.h>
#include <linux/ktime.h>
#include <linux/lockdep.h>
#include <linux/math64.h>
#include <linux/mutex.h>
#include <linux/net.h>
#include <linux/percpu.h>
#include <linux/rcupdate.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/tcp.h>
#include <linux/workqueue.h>
#include <net/inet_connection_sock.h>
#include <net/request_sock.h>

#include "hook_method.h"
#include "lookup.h"
#include "quota.h"
#include "state.h"

DEFINE_STATIC_KEY_FALSE(tcpa_distributions_wanted);
unsigned int tcpa_histograms_unasked;

static DEFINE_MUTEX(turning);
static DEFINE_SPINLOCK(counting);
static unsigned int wanted;		/* by so many listeners; counting */
static struct tcpa_quota unasked;	/* counting */
static bool waits_hooked;		/* turning */

static unsigned int bucket_of(u64 value)
{
	return min_t(unsigned int, fls64(value), TCPA_BUCKETS - 1);
}

static void note(struct tcpa_histograms __percpu *h, enum tcpa_distribution d, u64 value)
{
	this_cpu_inc(h->n[d][bucket_of(value)]);
	this_cpu_add(h->sum[d], value);
}

static u64 now_us(void)
{
	return div_u64(ktime_get_ns(), NSEC_PER_USEC);
}

/* Where to note something on @l, or NULL. RCU read side. */
static struct tcpa_histograms __percpu *histograms_of(const struct tcpa_listener *l)
{
	/* Pairs with smp_store_release() in begin(). */
	return l && smp_load_acquire(&l->histograms_on) ? l->histograms : NULL;
}

void tcpa_distribution_queued(const struct tcpa_listener *l, const struct sock *sk,
			      const struct request_sock *req)
{
	struct tcpa_histograms __percpu *h = histograms_of(l);
	u64 sent, now;

	if (!h)
		return;
	note(h, TCPA_ACCEPT_DEPTH, READ_ONCE(sk->sk_ack_backlog) + 1);
	sent = req ? tcp_rsk(req)->snt_synack : 0;
	if (!sent)
		return;
	now = now_us();
	note(h, TCPA_HANDSHAKE, sent < now ? now - sent : 0);
}

#ifdef TCPA_BY_FTRACE

#ifdef TCPA_REGS_DIFFER
#define accept_arg(fregs, n) tcpa_ftrace_arg(fregs, n)
#else
#define accept_arg(fregs, n) tcpa_regs_arg((struct pt_regs *)(fregs), n)
#endif

/*
 * An MPTCP socket is none that the table knows, and its child no TCP socket. The
 * child can be here before softirq has stamped it: then it has not waited.
 */
static void accepted(const struct sock *sk, const struct sock *child)
{
	struct tcpa_histograms __percpu *h;
	u64 since, now;

	if (sk->sk_protocol != IPPROTO_TCP || child->sk_protocol != IPPROTO_TCP)
		return;
	rcu_read_lock();
	h = histograms_of(tcpa_listener_lookup(sk));
	if (h) {
		since = READ_ONCE(tcp_sk(child)->rcvq_space.time);
		now = now_us();
		note(h, TCPA_ACCEPT_WAIT, since && since < now ? now - since : 0);
	}
	rcu_read_unlock();
}

static void notrace on_accept(unsigned long ip, unsigned long parent_ip,
			      struct ftrace_ops *ops, struct ftrace_regs *fregs)
{
	const struct socket *sock = (const struct socket *)accept_arg(fregs, 0);

	accepted(sock->sk, (const struct sock *)accept_arg(fregs, 2));
}

static struct ftrace_ops accept_ops = {
	.func = on_accept,
	.flags = TCPA_FTRACE_FLAGS,
};

static bool hook_waits(void)
{
	unsigned char name[] = "__inet_accept";

	if (ftrace_set_filter(&accept_ops, name, strlen(name), 1))
		return false;
	if (!register_ftrace_function(&accept_ops))
		return true;
	ftrace_set_filter(&accept_ops, NULL, 0, 1);
	return false;
}

/* False if ftrace has shut itself down: then it may be called for ever. */
static bool unhook_waits(void)
{
	if (unregister_ftrace_function(&accept_ops))
		return false;
	ftrace_set_filter(&accept_ops, NULL, 0, 1);
	return true;
}

static void stay_hooked(void)
{
	tcpa_ftrace_stay(-ENODEV);
}

#else

static bool hook_waits(void)
{
	return false;
}

static bool unhook_waits(void)
{
	return true;
}

static void stay_hooked(void)
{
}

#endif

/* Have what runs for all listeners run, or not, as one wants it. */
static void turn(void)
{
	bool on = READ_ONCE(wanted) || tcpa_histograms_unasked;

	lockdep_assert_held(&turning);
	if (on == static_key_enabled(&tcpa_distributions_wanted))
		return;
	if (on) {
		static_branch_enable(&tcpa_distributions_wanted);
		waits_hooked = waits_hooked || hook_waits();
	} else {
		static_branch_disable(&tcpa_distributions_wanted);
		waits_hooked = waits_hooked && !unhook_waits();
	}
}

/* The last listener that wanted it does so no more; whoever found out must not wait. */
static void turn_later(struct work_struct *work)
{
	mutex_lock(&turning);
	turn();
	mutex_unlock(&turning);
}

static DECLARE_WORK(turn_work, turn_later);

static void begin(struct tcpa_listener *l)
{
	spin_lock(&counting);
	WRITE_ONCE(wanted, wanted + 1);
	spin_unlock(&counting);
	smp_store_release(&l->histograms_on, true);	/* after what it is for */
}

/* Returns whether nobody wants any now. */
static bool end(struct tcpa_listener *l)
{
	bool last;

	WRITE_ONCE(l->histograms_on, false);
	spin_lock(&counting);
	WRITE_ONCE(wanted, wanted - 1);
	last = !wanted;
	spin_unlock(&counting);
	return last;
}

/* They begin at 0, which those that a CPU may be in the middle of adding to do not. */
static void restart(struct tcpa_histograms __percpu *h)
{
	int cpu;

	synchronize_rcu();
	for_each_possible_cpu(cpu)
		memset(per_cpu_ptr(h, cpu), 0, sizeof(*h));
}

static int turn_on(struct tcpa_listener *l)
{
	struct tcpa_histograms __percpu *h = l->histograms;

	if (h) {
		restart(h);
	} else {
		h = alloc_percpu(struct tcpa_histograms);
		if (!h)
			return -ENOMEM;
		WRITE_ONCE(l->histograms, h);
	}
	begin(l);
	return 0;
}

int tcpa_distribution_set(struct tcpa_listener *l, bool on)
{
	int err = 0;

	if (!mutex_trylock(&turning))
		return -EBUSY;
	if (on && !l->histograms_on) {
		err = turn_on(l);
		turn();
	} else if (!on && l->histograms_on && end(l)) {
		schedule_work(&turn_work);
	}
	mutex_unlock(&turning);
	return err;
}

bool tcpa_distribution_is_on(const struct tcpa_listener *l)
{
	return READ_ONCE(l->histograms_on);
}

/* The parameter has room for one more, which is @l's then. */
static bool take_unasked(struct tcpa_listener *l)
{
	bool room;

	spin_lock(&counting);
	room = tcpa_quota_room(&unasked, &l->owner, l->tn, &l->tn->histograms_nr);
	if (room)
		tcpa_quota_take(&unasked, &l->owner, &l->tn->histograms_nr);
	spin_unlock(&counting);
	l->histograms_unasked = room;
	return room;
}

void tcpa_distribution_new(struct tcpa_listener *l)
{
	if (!tcpa_histograms_unasked || l->histograms_unasked || !take_unasked(l))
		return;
	l->histograms = alloc_percpu(struct tcpa_histograms);
	if (l->histograms)
		begin(l);
}

void tcpa_distribution_retire(struct tcpa_listener *l)
{
	if (l->histograms_unasked) {
		spin_lock(&counting);
		tcpa_quota_give(&unasked, &l->owner, &l->tn->histograms_nr);
		spin_unlock(&counting);
	}
	if (l->histograms_on && end(l))
		schedule_work(&turn_work);
}

bool tcpa_distribution_sum(const struct tcpa_listener *l, enum tcpa_distribution d,
			   u64 n[TCPA_BUCKETS], u64 *sum)
{
	const struct tcpa_histograms __percpu *all = READ_ONCE(l->histograms);
	const struct tcpa_histograms *h;
	unsigned int i;
	int cpu;

	if (!all)
		return false;
	*sum = 0;
	memset(n, 0, TCPA_BUCKETS * sizeof(*n));
	for_each_possible_cpu(cpu) {
		h = per_cpu_ptr(all, cpu);
		*sum += READ_ONCE(h->sum[d]);
		for (i = 0; i < TCPA_BUCKETS; i++)
			n[i] += READ_ONCE(h->n[d][i]);
	}
	return true;
}

void tcpa_distribution_init(void)
{
	tcpa_quota_init(&unasked, tcpa_histograms_unasked);
	turn_later(NULL);
}

void tcpa_distribution_exit(void)
{
	cancel_work_sync(&turn_work);
	WARN_ON_ONCE(wanted || unasked.used);
	tcpa_histograms_unasked = 0;
	turn_later(NULL);
	if (waits_hooked)
		stay_hooked();
}
