// SPDX-License-Identifier: GPL-2.0
/*
 * listener.c - the table of listening TCP sockets.
 *
 * An entry begins here, in the hash and on the list of new entries, and ends here,
 * marked dead and on the list of pending removals; what it is in between, and then,
 * is reconcile's (reconcile.c).
 *
 * An entry holds a reference to its socket until it is retired. So the pointer
 * that is the key cannot be reused while the entry is in the hash, and the
 * sampler may read the socket at any time, even if the close hook was never
 * called (tracing disabled). The reference keeps memory, and the network
 * namespace, not the port: that is released by close(2) itself.
 *
 * Locks: table_lock orders hash changes. It is a raw one, because on PREEMPT_RT
 * the listen hook has preemption off, and held for one entry at a time. Handlers
 * in softirq take none, they look up under RCU.
 * Context: see listener.h.
 * Does not: attribute (attribution.c), judge, or know how an entry is shown
 * (view.h).
 */

#include "listener.h"

#include <linux/jhash.h>
#include <linux/jiffies.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/rculist.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <net/inet_connection_sock.h>
#include <net/inet_sock.h>
#include <net/sock_reuseport.h>
#include <net/tcp_states.h>

#include "activity.h"
#include "entry.h"
#include "lookup.h"
#include "judge/sample.h"
#include "pending.h"
#include "quota.h"
#include "state.h"

struct hlist_head *tcpa_listener_table __read_mostly;
unsigned int tcpa_listener_shift __read_mostly;
static unsigned int table_bits __read_mostly;
static bool table_wants_scan;		/* it may find an entry for somebody */
static bool table_short;		/* somebody was left out for want of room */
static DEFINE_RAW_SPINLOCK(table_lock);
static struct tcpa_quota quota;		/* of entries; table_lock */

int tcpa_listeners_init(unsigned int max, const struct tcpa_view *shown_by)
{
	int err;

	tcpa_quota_init(&quota, max);
	table_bits = max_t(unsigned int, 1, ilog2(roundup_pow_of_two(max)));
	tcpa_listener_shift = BITS_PER_LONG - table_bits;
	tcpa_listener_table = kvcalloc(1UL << table_bits,
				       sizeof(*tcpa_listener_table), GFP_KERNEL);
	if (!tcpa_listener_table)
		return -ENOMEM;
	err = tcpa_entries_init(shown_by);
	if (err)
		kvfree(tcpa_listener_table);
	return err;
}

void tcpa_listeners_exit(void)
{
	WARN_ON_ONCE(quota.used);
	tcpa_entries_exit();
	kvfree(tcpa_listener_table);
}

struct tcpa_listener *tcpa_listener_find(const struct sock *sk)
{
	return tcpa_listener_lookup(sk);
}

struct tcpa_listener *tcpa_listener_untracked(const struct sock *sk)
{
	struct tcpa_net *tn = tcpa_net(sock_net(sk));

	return tn ? &tn->untracked : NULL;
}

static bool has_room(const struct tcpa_owner *owner, const struct tcpa_net *tn)
{
	return tcpa_quota_room(&quota, owner, tn, &tn->entries_nr);
}

/*
 * Put @l into the hash, before a dead entry of the same socket if that has been
 * shut down and listens again. Returns 0, -EEXIST, -ENOSPC or, for a namespace that
 * ends, -EAGAIN. The caller's references go to the entry on success.
 */
static int listener_insert(struct tcpa_listener *l)
{
	const struct tcpa_listener *has;
	int err = 0;

	raw_spin_lock(&table_lock);
	has = tcpa_listener_find(l->sk);
	if (has && !READ_ONCE(has->dead)) {
		err = -EEXIST;
	} else if (l->tn->ended) {
		err = -EAGAIN;
	} else if (!has_room(&l->owner, l->tn)) {
		err = -ENOSPC;
	} else {
		tcpa_quota_take(&quota, &l->owner, &l->tn->entries_nr);
		list_add_tail(&l->sibling, &l->tn->entries);
		/* Whoever finds it in the hash may kill it: see tcpa_pending_take(). */
		tcpa_pending_new(l);
		hlist_add_head_rcu(&l->hash, tcpa_listener_bucket(l->sk));
	}
	raw_spin_unlock(&table_lock);
	return err;
}

void tcpa_listeners_need_scan(void)
{
	WRITE_ONCE(table_wants_scan, true);
}

bool tcpa_listener_has_room(const struct sock *sk)
{
	struct tcpa_owner owner = tcpa_quota_owner(sk);
	const struct tcpa_net *tn = tcpa_net(sock_net(sk));

	return tn && has_room(&owner, tn);
}

/*
 * Nobody asks who is left out of a namespace that ends. Where there is no room a
 * scan is of no use before there is; whoever makes some sees `table_short`, or what
 * he has made is seen here.
 */
void tcpa_listener_left_out(const struct sock *sk)
{
	struct tcpa_net *tn = tcpa_net(sock_net(sk));

	if (!tn)
		return;
	atomic_inc(&tn->untracked_listeners);
	WRITE_ONCE(table_short, true);
	smp_mb();	/* pairs with that in room_made() */
	if (tcpa_listener_has_room(sk))
		tcpa_listeners_need_scan();
}

/* There is an entry less, or one less is left out. */
static void room_made(void)
{
	smp_mb();	/* pairs with that in tcpa_listener_left_out() */
	if (READ_ONCE(table_short))
		tcpa_listeners_need_scan();
}

static void listener_fill(struct tcpa_listener *l, struct sock *sk,
			  struct tcpa_net *tn, s64 requested, u32 program)
{
	l->sk = sk;
	l->tn = tn;
	l->owner = tcpa_quota_owner(sk);
	l->requested = requested;
	l->program = program;
	l->deficit.second_end = jiffies;
	l->prev_accept = READ_ONCE(sk->sk_ack_backlog);
}

/*
 * Who calls listen(2), as far as a name tells: that of the process, for those of
 * threads are often numbered.
 */
static u32 caller(void)
{
	char comm[TASK_COMM_LEN];

	if (current->flags & PF_KTHREAD)
		return 0;
	/* It may change meanwhile; then it is another's. */
	strscpy(comm, current->group_leader->comm, sizeof(comm));
	return jhash(comm, strlen(comm), 0) ?: 1;
}

/* The state of @sk's namespace, with a reference, or NULL if that ends. */
static struct tcpa_net *net_of(const struct sock *sk)
{
	struct tcpa_net *tn;

	rcu_read_lock();
	tn = tcpa_net(sock_net(sk));
	if (tn)
		tcpa_net_get(tn);
	rcu_read_unlock();
	return tn;
}

/*
 * Give @sk an entry. Consumes nothing: takes its own references. Returns 0, -EEXIST,
 * -EAGAIN, -ENOSPC or -ENOMEM.
 */
static int listener_add(struct sock *sk, s64 requested, bool may_sleep)
{
	struct tcpa_owner owner = tcpa_quota_owner(sk);
	struct tcpa_net *tn = net_of(sk);
	struct tcpa_listener *l;
	int err;

	if (!tn)
		return -EAGAIN;
	l = has_room(&owner, tn) ? tcpa_entry_get(may_sleep) : NULL;
	if (!l) {
		err = has_room(&owner, tn) ? -ENOMEM : -ENOSPC;
		tcpa_net_put(tn);
		return err;
	}
	listener_fill(l, sk, tn, requested, may_sleep ? 0 : caller());
	sock_hold(sk);
	err = listener_insert(l);
	if (err) {
		sock_put(sk);
		tcpa_net_put(tn);
		tcpa_entry_put(l, may_sleep);
		return err;
	}
	tcpa_listeners_kick();
	return 0;
}

void tcpa_listener_started(struct sock *sk, s64 requested)
{
	int err;

	if (sk->sk_protocol != IPPROTO_TCP)
		return;
	rcu_read_lock();
	err = listener_add(sk, requested, false);
	if (err && err != -EEXIST)
		tcpa_listener_left_out(sk);
	rcu_read_unlock();
}

void tcpa_listener_again(const struct sock *sk, s64 requested)
{
	struct tcpa_listener *l;

	rcu_read_lock();
	l = tcpa_listener_find(sk);
	if (l) {
		WRITE_ONCE(l->requested, requested);
		/* Pairs with xchg() in the sampler, which then reads that. */
		smp_store_release(&l->tn->told_again, 1);
		tcpa_listener_touch(l);
	}
	rcu_read_unlock();
}

/*
 * Children that wait at @sk, which does not listen any more, go to another member of
 * its SO_REUSEPORT group. It has left that, unless that is to happen. A BPF program
 * that chooses may choose nobody, which is not seen here.
 */
static bool children_migrate(const struct sock *sk)
{
	const struct sock_reuseport *group = rcu_dereference(sk->sk_reuseport_cb);

	return group && READ_ONCE(group->num_socks);
}

void tcpa_listener_stopped(const struct sock *sk, u32 waiting)
{
	struct tcpa_listener *l;

	rcu_read_lock();
	l = tcpa_listener_find(sk);
	if (l) {
		/* Even if the sampler saw the end first: it is not removed yet. */
		l->aborted = children_migrate(sk) ? 0 : waiting;
		tcpa_listener_kill(l);
	} else {
		room_made();
	}
	rcu_read_unlock();
}

bool tcpa_listener_has_predecessor(const struct tcpa_listener *l)
{
	const struct tcpa_listener *other;
	bool has = false;

	rcu_read_lock();
	hlist_for_each_entry_rcu(other, tcpa_listener_bucket(l->sk), hash)
		has |= other != l && other->sk == l->sk;
	rcu_read_unlock();
	return has;
}

void tcpa_listener_unhash(struct tcpa_listener *l)
{
	if (!l->sk)
		return;		/* a stand-in is not in it */
	raw_spin_lock(&table_lock);
	hlist_del_rcu(&l->hash);
	tcpa_quota_give(&quota, &l->owner, &l->tn->entries_nr);
	raw_spin_unlock(&table_lock);
	room_made();
}

void tcpa_listener_leave_net(struct tcpa_listener *l)
{
	raw_spin_lock(&table_lock);
	list_del(&l->sibling);
	raw_spin_unlock(&table_lock);
}

/*
 * The socket may be closed while it is given an entry. Either its close hook
 * comes after the insertion and finds the entry, or it came before, and then
 * so did the change of state (both sides pass table_lock or are ordered by
 * it), which is seen here.
 */
int tcpa_listener_adopt(struct sock *sk)
{
	int err = listener_add(sk, TCPA_UNKNOWN, true);

	if (!err && READ_ONCE(sk->sk_state) != TCP_LISTEN) {
		struct tcpa_listener *l;

		rcu_read_lock();
		l = tcpa_listener_find(sk);
		if (l)
			tcpa_listener_kill(l);
		rcu_read_unlock();
	}
	return err;
}

void tcpa_listeners_end_net(struct tcpa_net *tn)
{
	raw_spin_lock(&table_lock);
	tn->ended = true;
	raw_spin_unlock(&table_lock);
}

bool tcpa_listeners_kill_net(struct tcpa_net *tn)
{
	struct tcpa_listener *l;
	bool any;

	raw_spin_lock(&table_lock);
	any = !list_empty(&tn->entries);
	list_for_each_entry(l, &tn->entries, sibling)
		tcpa_listener_kill(l);
	raw_spin_unlock(&table_lock);
	return any;
}

void tcpa_listeners_kill_all(void)
{
	struct tcpa_listener *l;
	unsigned int i;

	rcu_read_lock();
	for (i = 0; i < 1U << table_bits; i++)
		hlist_for_each_entry_rcu(l, &tcpa_listener_table[i], hash)
			tcpa_listener_kill(l);
	rcu_read_unlock();
}

void tcpa_listeners_recount(void)
{
	struct tcpa_net *tn;

	WRITE_ONCE(table_wants_scan, false);
	WRITE_ONCE(table_short, false);
	for (tn = tcpa_netns_next(NULL); tn; tn = tcpa_netns_next(tn))
		atomic_set(&tn->untracked_listeners, 0);
}

bool tcpa_listeners_want_scan(void)
{
	return READ_ONCE(table_wants_scan);
}

void tcpa_listener_init_stand_in(struct tcpa_net *tn, struct tcpa_listener *l)
{
	l->tn = tn;
	l->owner = tn->owner;
	INIT_LIST_HEAD(&l->node);
	l->requested = TCPA_UNKNOWN;
	l->deficit.second_end = jiffies;
}

void tcpa_listener_name(const struct tcpa_listener *l, char *buf, size_t size)
{
	const struct sock *sk = l->sk;
	u64 cookie = atomic64_read(&sk->sk_cookie);

#if IS_ENABLED(CONFIG_IPV6)
	if (sk->sk_family == AF_INET6) {
		snprintf(buf, size, "[%pI6c]:%u@%llx", &sk->sk_v6_rcv_saddr,
			 inet_sk(sk)->inet_num, cookie);
		return;
	}
#endif
	snprintf(buf, size, "%pI4:%u@%llx", &sk->sk_rcv_saddr,
		 inet_sk(sk)->inet_num, cookie);
}

u32 tcpa_listener_syn_queue(const struct tcpa_listener *l)
{
	int len = inet_csk_reqsk_queue_len(l->sk);

	return max(len, 0);
}

static void add_peaks(const struct tcpa_cells *cells, u32 *accept, u32 *syn)
{
	*accept = max(*accept, READ_ONCE(cells->accept_peak));
	*syn = max(*syn, READ_ONCE(cells->syn_peak));
}

void tcpa_listener_peaks(const struct tcpa_listener *l, u32 *accept, u32 *syn)
{
	const struct tcpa_cells __percpu *cells = READ_ONCE(l->cells);
	int cpu;

	add_peaks(&l->first, accept, syn);
	if (!cells)
		return;
	for_each_possible_cpu(cpu)
		add_peaks(per_cpu_ptr(cells, cpu), accept, syn);
}
