// SPDX-License-Identifier: GPL-2.0
/*
 * sampler.c - the periodic sample: counters into intervals, intervals into
 * evidence, evidence through the judge into a published set.
 *
 * Each tick starts a new epoch, so that the depths which handlers noted in the
 * one before are complete. A listener that has seen no event, holds nothing and
 * never refused anybody costs a few loads.
 *
 * Evidence is kept per listener as the worst window at its present backlog:
 * advice stands until it is followed, and starts afresh when the backlog
 * changes. The interval of the change is left out, for most of it may belong to
 * the backlog before.
 * Context: process, one work item, not bound to a CPU; holds tcpa_netns_lock for
 * one namespace at a time.
 * Does not: judge (advice.c), word (recommend.c).
 */
#include "sampler.h"

#include <linux/bitmap.h>
#include <linux/hash.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/workqueue.h>
#include <net/inet_connection_sock.h>

#include "judge/advice.h"
#include "observe/attribution.h"
#include "observe/coverage.h"
#include "observe/listener.h"
#include "observe/pending.h"
#include "observe/scan.h"
#include "observe/state.h"
#include "observe/timewait.h"
#include "params.h"
#include "observe/ports_sample.h"
#include "observe/ports_walk.h"
#include "judge/recommend.h"
#include "publish/set.h"
#include "publish/sysfs.h"

/* What one sampling tick works with. */
struct tick {
	u32 epoch;			/* the interval that has ended */
	u32 ms;				/* its length */
	unsigned long window;		/* jiffies */
	struct tcpa_findings findings;
	/*
	 * SO_REUSEPORT groups with a member that has evidence, by a hash of 1024.
	 * A group that shares its bit with such a one is looked at for nothing.
	 */
	DECLARE_BITMAP(groups, 1024);
	char text[PAGE_SIZE];
};

static struct sampler {
	struct delayed_work work;
	ktime_t last_tick;
	struct tick *tick;		/* memory of one, for all */
} sampler;

/* Depths that handlers noted in the interval, and what is there now. */
static void read_depths(const struct tick *tick, const struct tcpa_listener *l,
			struct tcpa_interval *iv)
{
	int cpu;

	iv->accept_now = READ_ONCE(l->sk->sk_ack_backlog);
	iv->accept_lo = iv->accept_now;
	iv->accept_hi = iv->accept_now;
	iv->syn_now = tcpa_listener_syn_queue(l);
	iv->syn_hi = iv->syn_now;
	for_each_possible_cpu(cpu) {
		const struct tcpa_depths *d =
			&per_cpu_ptr(l->cells, cpu)->depths[tick->epoch & 1];

		if (READ_ONCE(d->epoch) != tick->epoch)
			continue;
		iv->accept_lo = min(iv->accept_lo, READ_ONCE(d->accept_lo));
		iv->accept_hi = max(iv->accept_hi, READ_ONCE(d->accept_hi));
		iv->syn_hi = max(iv->syn_hi, READ_ONCE(d->syn_hi));
	}
}

static void read_counters(struct tcpa_listener *l, struct tcpa_interval *iv)
{
	u64 now[TCPA_COUNTERS] = {}, delta[TCPA_COUNTERS];
	unsigned int i;

	tcpa_attribution_sum(l, now);
	for (i = 0; i < TCPA_COUNTERS; i++) {
		delta[i] = tcpa_moved(now[i], l->prev[i]);
		l->prev[i] = now[i];
	}
	iv->syns = delta[TCPA_SYNS];
	iv->queued = delta[TCPA_QUEUED];
	iv->completions = delta[TCPA_COMPLETIONS];
	iv->cookies_valid = delta[TCPA_COOKIES_VALID];
	iv->overflows_syn = delta[TCPA_OVERFLOWS_SYN];
	iv->overflows_ack = delta[TCPA_OVERFLOWS_ACK];
	iv->synq_drops = delta[TCPA_SYNQ_DROPS];
	iv->cookies_wanted = delta[TCPA_COOKIES_WANTED];
	iv->cookies_sent = delta[TCPA_COOKIES_SENT];
	iv->other_drops = delta[TCPA_OTHER_DROPS];
}

static void read_interval(const struct tick *tick, struct tcpa_listener *l,
			  struct tcpa_interval *iv)
{
	u64 had;

	memset(iv, 0, sizeof(*iv));
	iv->ms = tick->ms;
	iv->backlog = l->prev_backlog;
	read_counters(l, iv);
	read_depths(tick, l, iv);
	had = l->prev_accept + iv->completions;
	iv->accepts = had > iv->accept_now ? had - iv->accept_now : 0;
	iv->deficit = atomic_xchg(&l->deficit.most, 0);
	l->prev_accept = iv->accept_now;
}

static bool is_idle(const struct tick *tick, const struct tcpa_listener *l)
{
	/* It may have been touched in the interval that has just begun, too. */
	return (s32)(READ_ONCE(l->touched) - tick->epoch) < 0 && !l->track &&
	       !READ_ONCE(l->sk->sk_ack_backlog) && !l->prev_accept &&
	       !tcpa_listener_syn_queue(l);
}

/* Evidence of another backlog, and what was said on it, counts no more. */
static void forget(struct tcpa_listener *l)
{
	kfree(l->track);
	l->track = NULL;
	WRITE_ONCE(l->verdict, TCPA_OK);
	WRITE_ONCE(l->recommended, 0);
}

static bool backlog_changed(struct tcpa_listener *l)
{
	u32 backlog = READ_ONCE(l->sk->sk_max_ack_backlog);

	if (l->prev_backlog == backlog)
		return false;
	l->prev_backlog = backlog;
	return true;
}

static struct tcpa_track *track_alloc(void)
{
	struct tcpa_track *t = kzalloc(sizeof(*t), GFP_KERNEL);

	if (t) {
		tcpa_evidence_reset(&t->cur);
		tcpa_evidence_reset(&t->kept);
		t->since = jiffies;
	}
	return t;
}

static void track_add(const struct tick *tick, struct tcpa_track *t,
		      const struct tcpa_interval *iv)
{
	if (time_after_eq(jiffies, t->since + tick->window)) {
		tcpa_evidence_roll(&t->cur);
		t->since = jiffies;
	}
	tcpa_evidence_add(&t->cur, iv);
	tcpa_evidence_keep(&t->kept, &t->cur);
}

/*
 * Take one interval of @l. True if it moved any evidence. Without memory for a
 * track the interval is lost to the advice, not to the counters.
 */
static bool sample_listener(const struct tick *tick, struct tcpa_listener *l)
{
	struct tcpa_interval iv;
	bool changed;

	if (READ_ONCE(l->sk->sk_state) != TCP_LISTEN) {
		tcpa_listener_kill(l);
		return false;
	}
	changed = backlog_changed(l);
	if (!changed && is_idle(tick, l))
		return false;
	read_interval(tick, l, &iv);
	if (changed) {
		forget(l);
		return true;
	}
	if (!l->track && tcpa_interval_active(&iv))
		l->track = track_alloc();
	if (l->track)
		track_add(tick, l->track, &iv);
	return tcpa_interval_active(&iv);
}

/* A number that members of one SO_REUSEPORT group share; 0: in none. */
static u32 group_of(const struct tcpa_listener *l)
{
	const void *cb = rcu_access_pointer(l->sk->sk_reuseport_cb);

	return cb ? hash_ptr(cb, 31) + 1 : 0;
}

static bool is_of_interest(const struct tick *tick,
			   const struct tcpa_listener *l)
{
	u32 group = group_of(l);

	if (READ_ONCE(l->dead))
		return false;
	return l->track || (group && test_bit(group % 1024, tick->groups));
}

/* Siblings of those with evidence are of interest too: a skew is seen on them. */
static u32 nr_of_interest(struct tick *tick, const struct tcpa_net *tn)
{
	const struct tcpa_listener *l;
	u32 n = 0;

	bitmap_zero(tick->groups, 1024);
	list_for_each_entry(l, &tn->listeners, node)
		if (l->track && group_of(l))
			__set_bit(group_of(l) % 1024, tick->groups);
	list_for_each_entry(l, &tn->listeners, node)
		n += is_of_interest(tick, l);
	return n;
}

static void fill_listener(const struct tick *tick, struct tcpa_listener *l,
			  struct tcpa_listener_sample *s)
{
	const struct tcpa_track *t = l->track;

	tcpa_listener_name(l, s->name, sizeof(s->name));
	s->inode = l->inode;
	s->backlog = l->prev_backlog;
	s->requested = READ_ONCE(l->requested);
	s->group = group_of(l);
	s->previous = l->verdict;
	s->previous_recommended = l->recommended;
	if (t) {
		s->ev = t->kept;
	} else {
		struct tcpa_interval iv = { .ms = tick->ms };

		iv.backlog = s->backlog;
		read_depths(tick, l, &iv);
		tcpa_evidence_reset(&s->ev);
		tcpa_evidence_add(&s->ev, &iv);
	}
}

/* Fill @s->listeners; lists of shown entries do not change under the lock. */
static int fill_listeners(struct tick *tick, struct tcpa_net *tn,
			  struct tcpa_sample *s)
{
	struct tcpa_listener *l;
	u32 max = nr_of_interest(tick, tn);

	if (!max)
		return 0;
	s->listeners = kvcalloc(max, sizeof(*s->listeners), GFP_KERNEL);
	if (!s->listeners)
		return -ENOMEM;
	list_for_each_entry(l, &tn->listeners, node) {
		if (s->nr_listeners == max || !is_of_interest(tick, l))
			continue;
		fill_listener(tick, l, &s->listeners[s->nr_listeners]);
		l->sample = ++s->nr_listeners;
	}
	return 0;
}

/* Hand the judge's answers back, and forget where they were. */
static void take_verdicts(struct tcpa_net *tn, const struct tcpa_sample *s)
{
	struct tcpa_listener *l;

	list_for_each_entry(l, &tn->listeners, node) {
		const struct tcpa_listener_sample *of;

		if (!l->sample)
			continue;
		of = &s->listeners[l->sample - 1];
		WRITE_ONCE(l->verdict, of->verdict);
		WRITE_ONCE(l->recommended, of->backlog_recommended);
		l->sample = 0;
	}
}

static void fill_sysctls(const struct net *net, struct tcpa_sample *s)
{
#define SYSCTL(id, name, min, max, field, value, ...)	s->field = value;
#include "judge/catalogue.def"
}

static void fill_timewait(const struct tcpa_net *tn, struct tcpa_sample *s)
{
	s->tw_count = tcpa_tw_count(tn->net);
	s->tw_overflows = tcpa_window_worst(&tn->tw.overflows);
	s->tw_peak_rate = tn->tw.peak_rate;
	s->tw_server = tn->ports.now.tw_server;
	/* How many there are says nothing about a timeout that is new. */
	s->tw_finwait2 = tn->tw.fin_until ? 0 : tn->ports.now.fin_wait2;
	s->tw_verdict = tn->tw.verdict;
}

/* Publish if there is something new; tell pollers if the advice changed. */
static void publish(struct tick *tick, struct tcpa_net *tn,
		    const struct tcpa_sample *s, bool moved)
{
	u64 digest = tcpa_findings_digest(&tick->findings);
	bool first = !rcu_access_pointer(tn->set);
	bool changed = first || digest != tn->digest;
	u64 generation;
	int len;

	if (!changed && !moved)
		return;
	generation = tcpa_set_next_generation(tn);
	len = tcpa_recommend_text(tick->text, sizeof(tick->text),
				  tn->net->ns.inum, generation, s,
				  &tick->findings);
	if (tcpa_set_publish(tn, generation, tick->text, len))
		return;
	tn->digest = digest;
	if (changed && !first)
		tcpa_sysfs_notify(tn->net);
}

static void judge(struct tick *tick, struct tcpa_net *tn, bool moved)
{
	struct tcpa_sample s = {};

	s.rmem_default = READ_ONCE(tn->net->ipv4.sysctl_tcp_rmem[1]);
	s.memory = (u64)totalram_pages() << PAGE_SHIFT;
	s.window_s = tick->window / HZ;
	fill_sysctls(tn->net, &s);
	fill_timewait(tn, &s);
	tcpa_ports_fill(tn, &s);
	if (fill_listeners(tick, tn, &s))
		return;
	tcpa_advise(&s, &tick->findings);
	take_verdicts(tn, &s);
	WRITE_ONCE(tn->tw.verdict, s.tw_verdict);
	WRITE_ONCE(tn->ports.verdict, s.ports_verdict);
	publish(tick, tn, &s, moved);
	kvfree(s.listeners);
}

static void sample_net(struct tick *tick, struct tcpa_net *tn)
{
	struct tcpa_listener *l;
	bool moved;

	moved = tcpa_timewait_sample(tn, tick->ms, tick->window);
	moved |= tcpa_ports_sample(tn, tick->window);
	list_for_each_entry(l, &tn->listeners, node)
		if (!READ_ONCE(l->dead))
			moved |= sample_listener(tick, l);
	judge(tick, tn, moved);
}

static void tick_begin(struct tick *tick)
{
	ktime_t now = ktime_get();

	tick->ms = max_t(s64, ktime_ms_delta(now, sampler.last_tick), 1);
	tick->window = READ_ONCE(tcpa_window_s) * HZ;
	tick->epoch = tcpa_epoch;
	WRITE_ONCE(tcpa_epoch, tick->epoch + 1);
	sampler.last_tick = now;
}

static void tick_work(struct work_struct *work)
{
	struct tick *tick = sampler.tick;
	struct tcpa_net *tn;

	if (tcpa_listeners_want_scan())
		tcpa_listeners_scan();
	tick_begin(tick);
	for (tn = tcpa_netns_next(NULL); tn; tn = tcpa_netns_next(tn)) {
		mutex_lock(&tcpa_netns_lock);
		sample_net(tick, tn);
		mutex_unlock(&tcpa_netns_lock);
		cond_resched();
	}
	tcpa_coverage_check(tick->window);
	/* Each is the first to walk its ports some time. */
	tcpa_netns_rotate();
	queue_delayed_work(system_unbound_wq, &sampler.work,
			   msecs_to_jiffies(READ_ONCE(tcpa_interval_ms)));
}

int tcpa_sampler_init(void)
{
	sampler.tick = kvzalloc(sizeof(*sampler.tick), GFP_KERNEL);
	if (!sampler.tick)
		return -ENOMEM;
	if (tcpa_ports_walk_init()) {
		kvfree(sampler.tick);
		return -ENOMEM;
	}
	INIT_DELAYED_WORK(&sampler.work, tick_work);
	sampler.last_tick = ktime_get();
	/* What was opened before counts for nothing. */
	tcpa_coverage_check(tcpa_window_s * HZ);
	queue_delayed_work(system_unbound_wq, &sampler.work,
			   msecs_to_jiffies(tcpa_interval_ms));
	return 0;
}

void tcpa_sampler_exit(void)
{
	cancel_delayed_work_sync(&sampler.work);
	tcpa_ports_walk_exit();
	kvfree(sampler.tick);
}
