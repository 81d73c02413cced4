// SPDX-License-Identifier: GPL-2.0
/*
 * record.c - who wanted a place in an accept queue, while that is in trouble.
 *
 * A listener is recorded from the moment when an arrival finds its accept queue above
 * half. It gets a ring from a small stock, because a handler may not allocate; when
 * none is left, or its user has his share of them, that is noted, and what is said
 * of it is not complete. Handlers put into the ring who comes; every LOOK_MS a work
 * item takes that out, looks how deep the queue is, and plays both to the loss curve
 * (judge/curve.c), and who comes to the table of those who were refused
 * (judge/fates.c). When nobody waits and those who were refused have come again or
 * given up, the recording ends, and the work item with the last one. The curve may be
 * over earlier, as its clients come again as most do: the next trouble is another one.
 *
 * A handler looks for a ring only if the listener's `state` says that there is one,
 * which it reads anyhow, or if it has no `quick`, which a recorded one has not. That
 * word also says which one. So a listener without trouble pays nothing, not even a pointer.
 *
 * What was found out is kept (kept.c), the worst of a listener's recordings.
 *
 * Anybody may have a queue in trouble. Rings are bounded: MOST in all, MOST_OF_OTHERS of
 * users other than root, MOST_OF_USER of one, MOST_OF_NET in a namespace but the initial
 * one; and half of the stock is for root there. So are time and rate: see LONGEST and FLOOD.
 *
 * Why it is safe in handlers, which run with bottom halves off on all CPUs at once, some
 * of them in the middle of a call for a listener that is being closed:
 *   entry    Whoever begins has found it in the hash, or in a snapshot, in an RCU read
 *            side section, at whose end it is still there (reconcile.c). So its
 *            reference count is not 0, and a recording takes one of its own, one of
 *            its namespace's state, and one of the socket if that has any left.
 *   ring     Who has set TCPA_STATE_RECORDED may write the number of a recording behind
 *            it, until the work item clears both. It does so when the recording is
 *            ready; and a ring is freed, and its number with it, a grace period after it
 *            has been taken back, so that nobody finds another one by its number.
 *            A handler that finds the bit without a number records nothing: a client
 *            more or less in the moment of beginning.
 *   waiting  There is none: no lock, no allocation, no loop. The work item is asked for
 *            by an irq_work, because to queue one takes a lock.
 * Locks: none of its own. The list of recordings is that of the work item that looks; who
 * is ready goes from there to another one, which waits, frees and makes rings.
 * Does not: judge.
 */
#include "record.h"

#include <linux/bitmap.h>
#include <linux/irq_work.h>
#include <linux/jhash.h>
#include <linux/jiffies.h>
#include <linux/kobject.h>
#include <linux/ktime.h>
#include <linux/llist.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/random.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/timekeeping.h>
#include <linux/workqueue.h>
#include <net/inet_connection_sock.h>
#include <net/inet_sock.h>
#include <net/ipv6.h>
#include <net/request_sock.h>
#include <net/tcp.h>

#include "activity.h"
#include "judge/curve.h"
#include "judge/fates.h"
#include "kept.h"
#include "owner.h"
#include "rest.h"
#include "ring.h"
#include "state.h"

#define LOOK_MS		10U

/* Recordings that wait for a trouble, and recordings in all, 140 KiB each. */
#define STOCK		4
#define MOST		16
#define MOST_OF_OTHERS	8
#define MOST_OF_USER	4
#define MOST_OF_NET	4

/* A queue that is low and refuses nobody is not recorded for longer. */
#define CALM		(2 * HZ)

/*
 * No recording is longer, in seconds, and the next one of a listener does not begin
 * before ten times as long: what looks take of a CPU is taken in one of eleven parts of
 * the time.
 */
#define LONGEST		20
#define REST		(10 * LONGEST)

/*
 * More in a second are a flood, whose SYNs are to cost no more than others: it is not
 * recorded any further, as if the time were over.
 */
#define FLOOD		8192

struct tcpa_record {
	unsigned int nr;		/* its index in recordings */
	struct llist_node begun;	/* or ended */
	struct list_head node;		/* in `recorded` */
	struct tcpa_listener *l;	/* with references to all three */
	struct tcpa_net *tn;
	struct sock *sk;
	unsigned long since;		/* jiffies when it began */
	unsigned long second;		/* when the running second did, */
	unsigned int events;		/* and what has come in it */
	bool flooded;
	unsigned long trouble;		/* and when there was some last */
	bool published;			/* what the listener shows is of this one */
	bool over;			/* as far as the curve goes */
	struct tcpa_hurt hurt;		/* at the last look */
	struct tcpa_fates fates;
	struct tcpa_curve curve;
	struct tcpa_ring ring;
};

static struct tcpa_share share = {
	.most = MOST_OF_OTHERS, .user_most = MOST_OF_USER
};

/* All that have a ring, those in stock among them; and their numbers, writer: supply_work(). */
static struct tcpa_record __rcu *recordings[MOST];
static DECLARE_BITMAP(numbers, MOST);
static struct tcpa_record *stock[STOCK];

static LLIST_HEAD(begun);
static LIST_HEAD(recorded);		/* the work item's */
static LLIST_HEAD(ended);
static struct irq_work kick;
static struct irq_work want;		/* of a ring */
static struct delayed_work look;
static struct work_struct supply;
static u32 seed __read_mostly;

static u32 now_us(void)
{
	return div_u64(ktime_get_mono_fast_ns(), NSEC_PER_USEC);
}

static bool in_first_net(const struct tcpa_listener *l)
{
	return l->tn->net == &init_net;
}

/* It is one more of its user's and of its namespace's. */
static bool may_have(struct tcpa_listener *l)
{
	if (!tcpa_share_take(&share, &l->owner))
		return false;
	if (in_first_net(l) || atomic_inc_return(&l->tn->recorded) <= MOST_OF_NET)
		return true;
	atomic_dec(&l->tn->recorded);
	tcpa_share_count(&share, &l->owner, -1);
	return false;
}

static void give_back(struct tcpa_listener *l)
{
	if (!in_first_net(l))
		atomic_dec(&l->tn->recorded);
	tcpa_share_count(&share, &l->owner, -1);
}

static struct tcpa_record *take_ring(const struct tcpa_listener *l)
{
	struct tcpa_record *r = NULL;
	unsigned int i;

	for (i = l->owner.first ? 0 : STOCK / 2; i < STOCK && !r; i++)
		r = xchg(&stock[i], NULL);
	return r;
}

/* With a reference to @sk, which the recording has from then on, or NULL. */
static struct tcpa_record *ring_of(struct tcpa_listener *l, struct sock *sk)
{
	struct tcpa_record *r;

	if (!may_have(l))
		return NULL;
	if (refcount_inc_not_zero(&sk->sk_refcnt)) {
		r = take_ring(l);
		if (r)
			return r;
		/* Where all have one, whoever ends sees to it. */
		if (!bitmap_full(numbers, MOST))
			irq_work_queue(&want);
		__sock_put(sk);
	}
	give_back(l);
	return NULL;
}

static void begin(struct tcpa_listener *l, struct sock *sk)
{
	struct tcpa_record *r = ring_of(l, sk);

	if (!r) {
		WRITE_ONCE(l->unrecorded, true);
		atomic_andnot(TCPA_STATE_RECORDED, &l->state);
		return;
	}
	kobject_get(&l->kobj);
	tcpa_net_get(l->tn);
	r->l = l;
	r->tn = l->tn;
	r->sk = sk;
	smp_mb__before_atomic();	/* pairs with atomic_read_acquire() below */
	atomic_or((r->nr + 1) << TCPA_STATE_RECORDING, &l->state);
	smp_mb__after_atomic();		/* pairs with that of tcpa_activity_quicken() */
	WRITE_ONCE(l->quick, NULL);
	if (llist_add(&r->begun, &begun))
		irq_work_queue(&kick);
}

/* The entry of a socket that listens has a reference to it. */
void tcpa_record_deeper(struct tcpa_listener *l, const struct sock *sk)
{
	u64 depth = (u64)READ_ONCE(sk->sk_ack_backlog) + 1;
	u32 backlog = READ_ONCE(sk->sk_max_ack_backlog);

	/* A single connection is no trouble, unless there is room for no other. */
	if (2 * depth <= backlog || (depth == 1 && backlog))
		return;
	/* Pairs with smp_store_release() in reconcile.c. */
	if (READ_ONCE(l->sk) != sk || tcpa_recorded(l) || !smp_load_acquire(&l->visible))
		return;
	if (tcpa_rests(l)) {
		WRITE_ONCE(l->unrecorded, true);
		return;
	}
	if (!(atomic_fetch_or(TCPA_STATE_RECORDED, &l->state) & TCPA_STATE_RECORDED))
		begin(l, (struct sock *)sk);
}

/* Where to record who comes to @l, or NULL. */
static struct tcpa_record *recording_of(const struct tcpa_listener *l)
{
	/* Pairs with smp_mb__before_atomic() in begin(). */
	u32 nr = (u32)atomic_read_acquire(&l->state) >> TCPA_STATE_RECORDING;

	return nr ? rcu_dereference_check(recordings[nr - 1], rcu_read_lock_any_held()) :
		    NULL;
}

/* Of a client at @v6, or else at @v4. */
static void record(struct tcpa_listener *l, const struct sock *sk,
		   enum tcpa_curve_kind kind, const struct in6_addr *v6, __be32 v4,
		   __be16 port)
{
	struct tcpa_record *r = recording_of(l);
	struct tcpa_curve_event ev = {
		.us = now_us(),
		.depth = READ_ONCE(sk->sk_ack_backlog),
		.kind = kind,
	};

	if (!r)
		return;
	if (v6) {
		ev.client = jhash2((const u32 *)v6, 4, seed ^ (__force u32)port);
		memcpy(ev.prefix, v6, sizeof(ev.prefix));
	} else {
		ev.client = jhash_2words((__force u32)v4, (__force u32)port, seed);
		ev.prefix[0] = TCPA_PREFIX_IPV4;
		ev.prefix[1] = (__force u32)(v4 & htonl(0xffffff00));
	}
	tcpa_ring_put(&r->ring, &ev);
}

/* Only who is refused now; who is not comes with its final ACK. */
void tcpa_record_syn(struct tcpa_listener *l, const struct sock *sk,
		     const struct sk_buff *skb)
{
	bool v4 = skb->protocol == htons(ETH_P_IP);
	bool lacking = inet_csk_reqsk_queue_is_full(sk) &&
		       !READ_ONCE(sock_net(sk)->ipv4.sysctl_tcp_syncookies);

	if (lacking || sk_acceptq_is_full(sk))
		record(l, sk, TCPA_CURVE_SYN, v4 ? NULL : &ipv6_hdr(skb)->saddr,
		       v4 ? ip_hdr(skb)->saddr : 0, tcp_hdr(skb)->source);
}

/* On a socket of both families an IPv4 client's request is one of IPv6, its SYN is not. */
static void record_req(struct tcpa_listener *l, const struct sock *sk,
		       const struct request_sock *req, enum tcpa_curve_kind kind)
{
	const struct inet_request_sock *ireq = inet_rsk(req);
	const struct in6_addr *v6 = NULL;

#if IS_ENABLED(CONFIG_IPV6)
	if (ireq->ireq_family == AF_INET6 && !ipv6_addr_v4mapped(&ireq->ir_v6_rmt_addr))
		v6 = &ireq->ir_v6_rmt_addr;
#endif
	record(l, sk, kind, v6, ireq->ir_rmt_addr, ireq->ir_rmt_port);
}

/* The same: only who is refused. Who is not is told of as a child. */
void tcpa_record_ack(struct tcpa_listener *l, const struct sock *sk,
		     const struct request_sock *req)
{
	if (sk_acceptq_is_full(sk))
		record_req(l, sk, req, TCPA_CURVE_ACK);
}

void tcpa_record_child(struct tcpa_listener *l, const struct sock *sk,
		       const struct request_sock *req)
{
	record_req(l, sk, req, TCPA_CURVE_ADMITTED);
}

static bool is_long(const struct tcpa_record *r)
{
	return time_after(jiffies, r->since + LONGEST * HZ);
}

static bool is_calm(const struct tcpa_record *r)
{
	return time_after(jiffies, r->trouble + CALM);
}

/* There will be more of it, which is not recorded. */
static bool is_too_much(const struct tcpa_record *r)
{
	return r->flooded || (is_long(r) && !is_calm(r));
}

/* Show what was found out, if it is worse than what was. */
static void publish(struct tcpa_record *r)
{
	if (READ_ONCE(r->l->unrecorded))
		tcpa_curve_miss(&r->curve);
	tcpa_fates_sum(&r->fates, &r->hurt);
	r->hurt.complete = !is_too_much(r);
	if (!r->curve.loss.point[0].lost ||
	    !tcpa_kept_put(r->l, &r->curve.loss, &r->hurt, r->published))
		return;
	r->published = true;
	/* Pairs with xchg() in the sampler: it reads what is kept after that. */
	smp_store_release(&r->tn->told_again, 1);
	tcpa_net_touch(r->tn);
}

/* At the backlog that it has now. */
static void start(struct tcpa_record *r)
{
	tcpa_curve_begin(&r->curve, READ_ONCE(r->sk->sk_max_ack_backlog));
	tcpa_fates_begin(&r->fates);
	r->trouble = jiffies;
	r->published = false;
	r->over = false;
}

static void note_trouble(struct tcpa_record *r)
{
	if (r->over) {
		start(r);
		r->since = jiffies;
	}
	r->trouble = jiffies;
}

static void play(struct tcpa_record *r, const struct tcpa_curve_event *ev)
{
	if (time_after(jiffies, r->second + HZ)) {
		r->second = jiffies;
		r->events = 0;
	}
	r->flooded |= ++r->events > FLOOD;
	if (ev->kind != TCPA_CURVE_ADMITTED)
		note_trouble(r);
	tcpa_curve_add(&r->curve, ev);
	tcpa_fates_add(&r->fates, ev);
}

static void take_events(struct tcpa_record *r)
{
	struct tcpa_curve_event ev;
	unsigned int n;
	int got = 1;

	for (n = 0; n < TCPA_RING_SLOTS && got > 0 && !r->flooded; n++) {
		got = tcpa_ring_next(&r->ring, &ev);
		if (got > 0)
			play(r, &ev);
		r->flooded |= got < 0;
	}
	/* An event that is being written is older than the look would be. */
	if (!tcpa_ring_empty(&r->ring))
		return;
	ev = (struct tcpa_curve_event){
		.us = now_us(),
		.depth = READ_ONCE(r->sk->sk_ack_backlog),
	};
	if (2 * (u64)ev.depth > r->curve.loss.point[0].backlog)
		note_trouble(r);
	tcpa_curve_add(&r->curve, &ev);
	tcpa_fates_add(&r->fates, &ev);
}

/* At another backlog, but no longer for that: anybody may change it all the time. */
static void restart(struct tcpa_record *r)
{
	start(r);
	tcpa_ring_skip(&r->ring);
}

/* Play what has come since the last look. True if the recording is over. */
static bool look_at(struct tcpa_record *r)
{
	/* It may listen again by now, but then with another entry. */
	if (READ_ONCE(r->l->dead) || READ_ONCE(r->sk->sk_state) != TCP_LISTEN)
		return true;
	if (READ_ONCE(r->sk->sk_max_ack_backlog) != r->curve.loss.point[0].backlog) {
		tcpa_kept_forget(r->l);
		restart(r);
	}
	take_events(r);
	if (is_too_much(r)) {
		tcpa_curve_miss(&r->curve);
		return true;
	}
	publish(r);
	r->over |= is_calm(r) && (is_long(r) || tcpa_curve_over(&r->curve));
	return r->over && (is_long(r) || !r->hurt.pending);
}

/* The listener's ring goes; handlers may still have it for a grace period. */
static void end(struct tcpa_record *r)
{
	publish(r);
	if (is_too_much(r))
		tcpa_rest(r->l, REST);
	atomic_and(TCPA_STATE_QUEUED, &r->l->state);
	RCU_INIT_POINTER(recordings[r->nr], NULL);
	list_del(&r->node);
	llist_add(&r->begun, &ended);
	queue_work(system_unbound_wq, &supply);
}

/* Handlers need not look any more whether it is recorded. */
static void quicken(struct tcpa_listener *l)
{
	mutex_lock(&tcpa_netns_lock);
	if (l->sk && (atomic_read(&l->state) & TCPA_STATE_QUEUED))
		tcpa_activity_quicken(l);
	mutex_unlock(&tcpa_netns_lock);
}

static void free_ring(struct tcpa_record *r)
{
	__clear_bit(r->nr, numbers);
	kvfree(r);
}

static void free_ended(void)
{
	struct llist_node *all = llist_del_all(&ended);
	struct tcpa_record *r, *next;

	if (!all)
		return;
	synchronize_rcu();
	llist_for_each_entry_safe(r, next, all, begun) {
		quicken(r->l);
		give_back(r->l);
		sock_put(r->sk);
		kobject_put(&r->l->kobj);
		tcpa_net_put(r->tn);
		free_ring(r);
	}
}

/* A recording with a number of its own; NULL if there are none left, or no memory. */
static struct tcpa_record *new_ring(void)
{
	unsigned int nr = find_first_zero_bit(numbers, MOST);
	struct tcpa_record *r;

	if (nr == MOST)
		return NULL;
	r = kvzalloc(sizeof(*r), GFP_KERNEL);
	if (!r)
		return NULL;
	r->nr = nr;
	__set_bit(nr, numbers);
	rcu_assign_pointer(recordings[nr], r);
	return r;
}

static void fill_stock(void)
{
	struct tcpa_record *r;
	unsigned int i;

	for (i = 0; i < STOCK; i++) {
		if (READ_ONCE(stock[i]))
			continue;
		r = new_ring();
		if (!r)
			return;
		/* Pairs with xchg() in take_ring(). */
		smp_store_release(&stock[i], r);
	}
}

/* When one has begun or ended, or had no ring. No look waits for it: rings fill meanwhile. */
static void supply_work(struct work_struct *work)
{
	fill_stock();
	free_ended();
	fill_stock();
}

static void take_begun(void)
{
	struct tcpa_record *r, *next;

	llist_for_each_entry_safe(r, next, llist_del_all(&begun), begun) {
		start(r);
		r->since = jiffies;
		r->second = jiffies;
		list_add_tail(&r->node, &recorded);
		queue_work(system_unbound_wq, &supply);
	}
}

static void look_work(struct work_struct *work)
{
	struct tcpa_record *r, *next;

	take_begun();
	list_for_each_entry_safe(r, next, &recorded, node) {
		if (look_at(r))
			end(r);
		cond_resched();
	}
	if (!list_empty(&recorded))
		queue_delayed_work(system_unbound_wq, &look,
				   msecs_to_jiffies(LOOK_MS));
}

static void kicked(struct irq_work *work)
{
	mod_delayed_work(system_unbound_wq, &look, 0);
}

static void wanted(struct irq_work *work)
{
	queue_work(system_unbound_wq, &supply);
}

void tcpa_record_init(void)
{
	get_random_bytes(&seed, sizeof(seed));
	init_irq_work(&kick, kicked);
	init_irq_work(&want, wanted);
	INIT_DELAYED_WORK(&look, look_work);
	INIT_WORK(&supply, supply_work);
	fill_stock();
}

void tcpa_record_exit(void)
{
	struct tcpa_record *r, *next;
	unsigned int i;

	irq_work_sync(&kick);
	irq_work_sync(&want);
	cancel_delayed_work_sync(&look);
	take_begun();
	list_for_each_entry_safe(r, next, &recorded, node)
		end(r);
	cancel_work_sync(&supply);
	free_ended();
	for (i = 0; i < STOCK; i++) {
		if (!stock[i])
			continue;
		RCU_INIT_POINTER(recordings[stock[i]->nr], NULL);
		free_ring(stock[i]);
		stock[i] = NULL;
	}
}
