// SPDX-License-Identifier: GPL-2.0
/*
 * sampler.c - the periodic sample: counters into intervals, intervals into
 * evidence, evidence through the judge into a published set.
 *
 * Each tick starts a new epoch, so that the depths which handlers noted in the
 * one before are complete. Its work is in proportion to what has changed: it looks at
 * namespaces that a handler has touched (observe/activity.c), in each at the listeners
 * that had an event, and has the judge look at a namespace if that moved evidence, or
 * if a sysctl has changed. A namespace leaves when nothing moves.
 *
 * What users' namespaces take of the time is bounded (turns.c). Who has no turn at a tick
 * has an interval that is longer: counts are as exact, depths in between are lost.
 *
 * What no handler tells (a sysctl, connections that only grow in number, a close
 * that tracing was off for) is found by a slow look at some namespaces, and some of
 * their listeners, at each tick, all in turn.
 * Context: process, one work item, not bound to a CPU; holds tcpa_netns_lock for
 * one namespace at a time, and each namespace, so that it cannot end meanwhile.
 * Does not: judge (advice.c), word (recommend.c).
 */
#include "sampler.h"

#include <linux/bitmap.h>
#include <linux/hash.h>
#include <linux/jhash.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/workqueue.h>
#include <net/inet_connection_sock.h>

#include "judge/advice.h"
#include "judge/recommend.h"
#include "observe/activity.h"
#include "observe/coverage.h"
#include "observe/listener.h"
#include "observe/options.h"
#include "observe/ports_queue.h"
#include "observe/ports_sample.h"
#include "observe/ports_walk.h"
#include "observe/remembered.h"
#include "observe/scan.h"
#include "observe/state.h"
#include "observe/tell.h"
#include "observe/timewait.h"
#include "observe/track.h"
#include "observe/turns.h"
#include "params.h"
#include "publish/set.h"
#include "publish/sysfs.h"

/* How many are looked at slowly in a tick. */
#define LOOK_NETS	32
#define LOOK_LISTENERS	1024
/* And of how many the ports are counted, or passed over. */
#define COUNT_NETS	64

/* What one sampling tick works with. */
struct tick {
	struct tcpa_tick now;
	struct tcpa_turns turns;
	struct tcpa_findings findings;
	/*
	 * SO_REUSEPORT groups with a member in trouble, by a hash of 1024. A group
	 * that shares its bit with such a one is looked at for nothing.
	 */
	DECLARE_BITMAP(groups, 1024);
	bool grouped;			/* there are any */
	char text[PAGE_SIZE];
};

static struct sampler {
	struct delayed_work work;
	ktime_t last_tick;
	struct tick *tick;		/* memory of one, for all */
	struct list_head busy;		/* namespaces to look at, held */
} sampler;

/* A number that members of one SO_REUSEPORT group share; 0: in none. */
static u32 group_of(const struct tcpa_listener *l)
{
	const void *cb = rcu_access_pointer(l->sk->sk_reuseport_cb);

	return cb ? hash_ptr(cb, 31) + 1 : 0;
}

/* Siblings of those in trouble are of interest too: a skew is seen on them. */
static bool is_of_interest(const struct tick *tick,
			   const struct tcpa_listener *l)
{
	u32 group = group_of(l);

	if (READ_ONCE(l->dead))
		return false;
	return !list_empty(&l->troubled) ||
	       (group && test_bit(group % 1024, tick->groups));
}

static u32 note_groups(struct tick *tick, const struct tcpa_net *tn)
{
	const struct tcpa_listener *l;
	u32 n = 0;

	tick->grouped = false;
	bitmap_zero(tick->groups, 1024);
	list_for_each_entry(l, &tn->troubled, troubled) {
		u32 group = group_of(l);

		n++;
		cond_resched();
		if (!group)
			continue;
		tick->grouped = true;
		__set_bit(group % 1024, tick->groups);
	}
	return n;
}

static u32 nr_of_interest(struct tick *tick, const struct tcpa_net *tn)
{
	const struct tcpa_listener *l;
	u32 n = note_groups(tick, tn);

	if (!tick->grouped)
		return n;
	n = 0;
	list_for_each_entry(l, &tn->listeners, node) {
		n += is_of_interest(tick, l);
		cond_resched();
	}
	return n;
}

static void fill_listener(const struct tick *tick, const struct tcpa_listener *l,
			  struct tcpa_listener_sample *s)
{
	tcpa_listener_name(l, s->name, sizeof(s->name));
	s->inode = l->inode;
	s->backlog = l->prev_backlog;
	s->requested = READ_ONCE(l->requested);
	s->group = group_of(l);
	s->defers = tcpa_options_defers(l);
	s->previous = l->verdict;
	s->previous_recommended = l->recommended;
	tcpa_track_evidence(&tick->now, l, &s->ev);
}

static void add_listener(const struct tick *tick, struct tcpa_listener *l,
			 struct tcpa_sample *s, struct tcpa_listener **of, u32 max)
{
	cond_resched();
	if (s->nr_listeners == max || !is_of_interest(tick, l))
		return;
	of[s->nr_listeners] = l;
	fill_listener(tick, l, &s->listeners[s->nr_listeners++]);
}

/*
 * Fill @s->listeners, and @of with whom each is of; lists of shown entries do not
 * change under the lock.
 */
static int fill_listeners(struct tick *tick, struct tcpa_net *tn,
			  struct tcpa_sample *s, struct tcpa_listener ***of)
{
	struct tcpa_listener *l;
	u32 max = nr_of_interest(tick, tn);

	if (!max)
		return 0;
	s->listeners = kvcalloc(max, sizeof(*s->listeners), GFP_KERNEL);
	*of = kvcalloc(max, sizeof(**of), GFP_KERNEL);
	if (!s->listeners || !*of)
		return -ENOMEM;
	if (tick->grouped)
		list_for_each_entry(l, &tn->listeners, node)
			add_listener(tick, l, s, *of, max);
	else
		list_for_each_entry(l, &tn->troubled, troubled)
			add_listener(tick, l, s, *of, max);
	return 0;
}

/* Hand the judge's answers back. */
static void take_verdicts(const struct tcpa_sample *s, struct tcpa_listener **of)
{
	u32 i;

	for (i = 0; i < s->nr_listeners; i++) {
		u32 was = of[i]->verdict;

		WRITE_ONCE(of[i]->verdict, s->listeners[i].verdict);
		WRITE_ONCE(of[i]->recommended,
			   s->listeners[i].backlog_recommended);
		tcpa_tell_verdict(of[i], was);
		cond_resched();
	}
}

static void take_net_verdicts(struct tcpa_net *tn, const struct tcpa_sample *s)
{
	u32 tw = tn->tw.verdict, ports = tn->ports.verdict;

	WRITE_ONCE(tn->tw.verdict, s->tw_verdict);
	WRITE_ONCE(tn->ports.verdict, s->ports_verdict);
	tcpa_tell_timewait_verdict(tn, tw);
	tcpa_tell_ports_verdict(tn, ports);
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
	s->tw_old = tcpa_window_worst(&tn->tw.old);
	s->tw_server = tn->ports.now.tw_server;
	/* How many there are says nothing about a timeout that is new. */
	s->tw_finwait2 = tn->tw.fin_until ? 0 : tn->ports.now.fin_wait2;
	s->tw_verdict = tn->tw.verdict;
}

static unsigned int write_text(struct tick *tick, const struct tcpa_net *tn,
			       const struct tcpa_sample *s, u64 generation)
{
	return tcpa_recommend_text(tick->text, sizeof(tick->text),
				   tn->net->ns.inum, generation, s,
				   &tick->findings);
}

/*
 * Publish if something new is said, be it a number; tell pollers if the advice
 * changed. Advice that has changed is judged once more at the next tick, for a
 * verdict depends on the one before.
 */
static void publish(struct tick *tick, struct tcpa_net *tn,
		    const struct tcpa_sample *s, bool moved)
{
	u64 digest = tcpa_findings_digest(&tick->findings);
	bool first = !rcu_access_pointer(tn->set);
	bool changed = first || digest != tn->digest;
	unsigned int len;
	u64 generation;

	tn->stale = changed;
	if (!changed && !moved)
		return;
	len = write_text(tick, tn, s, tcpa_set_generation(tn));
	if (tcpa_set_says(tn, tick->text, len)) {
		/* What is new does not fit on the page. */
		tn->digest = digest;
		return;
	}
	generation = tcpa_set_next_generation(tn);
	len = write_text(tick, tn, s, generation);
	if (tcpa_set_publish(tn, generation, tick->text, len)) {
		tn->stale = true;
		return;
	}
	tn->digest = digest;
	if (changed && !first)
		tcpa_sysfs_notify(tn->net);
}

static void judge(struct tick *tick, struct tcpa_net *tn, bool moved)
{
	struct tcpa_listener **of = NULL;
	struct tcpa_sample s = {};

	tn->judged = jiffies;
	s.rmem_default = READ_ONCE(tn->net->ipv4.sysctl_tcp_rmem[1]);
	s.memory = (u64)totalram_pages() << PAGE_SHIFT;
	s.window_s = tick->now.window / HZ;
	s.group_aborted = tcpa_window_worst(&tn->group_aborted);
	s.gone_refused = tcpa_remembered_refused(tn);
	fill_sysctls(tn->net, &s);
	fill_timewait(tn, &s);
	tcpa_ports_fill(tn, &s);
	tcpa_options_fill(tn, &s);
	if (fill_listeners(tick, tn, &s, &of)) {
		tn->stale = true;
		goto out;
	}
	tcpa_advise(&s, &tick->findings);
	take_verdicts(&s, of);
	take_net_verdicts(tn, &s);
	publish(tick, tn, &s, moved);
out:
	kvfree(of);
	kvfree(s.listeners);
}

/* The reserved ports are of interest only where something is, or may be, said on ports. */
static u32 hash_reserved(const struct tcpa_net *tn)
{
	const unsigned long *word = tcpa_reserved_ports(tn->net);
	unsigned long hash = 0;
	unsigned int i;

	if ((tn->ports.verdict == TCPA_OK && !tn->ports.counted) || !word)
		return 0;
	for (i = 0; i < BITS_TO_LONGS(65536); i++)
		hash = hash * 31 + READ_ONCE(word[i]);
	return hash_long(hash, 32);
}

/*
 * A setting that the judge reads has another value than last time; those that
 * ports_sample.c keeps it looks at itself.
 */
static bool settings_changed(const struct tick *tick, struct tcpa_net *tn)
{
	struct {
		struct tcpa_sample s;
		unsigned long window;
		int lowest;
		u32 rmem, reserved;
	} now;
	u32 hash;

	memset(&now, 0, sizeof(now));
	fill_sysctls(tn->net, &now.s);
	now.window = tick->now.window;
	now.lowest = tcpa_lowest_port(tn->net);
	now.rmem = READ_ONCE(tn->net->ipv4.sysctl_tcp_rmem[1]);
	now.reserved = hash_reserved(tn);
	hash = jhash(&now, sizeof(now), 0);
	if (hash == tn->settings)
		return false;
	tn->settings = hash;
	return true;
}

/* Now, or at a later tick. */
static void judge_in_turn(struct tick *tick, struct tcpa_net *tn, bool moved)
{
	ktime_t start = ktime_get();

	if (!tcpa_turns_may_judge(&tick->turns, tn)) {
		tn->stale = true;
		return;
	}
	judge(tick, tn, moved);
	tcpa_turns_judged(&tick->turns, tn, start);
}

/*
 * Time alone changes what is to be said: TIME_WAITs that are many enough for a
 * verdict end one by one. How many ports are in use is said as of when they were counted.
 */
static bool passes(const struct tcpa_net *tn)
{
	u32 limit = READ_ONCE(tcpa_death_row(tn->net)->sysctl_max_tw_buckets);
	u32 few = tn->tw.verdict == TCPA_OK ? limit / 8 : 0;

	return tn->tw.fin_until || tcpa_tw_count(tn->net) > few;
}

/* The text says how long ago it was that a listener refused somebody. */
static bool has_aged(const struct tick *tick, const struct tcpa_net *tn)
{
	return !list_empty(&tn->troubled) &&
	       time_after_eq(jiffies, tn->judged + tick->now.window);
}

/* Sample @tn. True if there may be more at the next tick. */
static bool sample_net(struct tick *tick, struct tcpa_net *tn)
{
	struct tcpa_tick now = tick->now;
	u64 asked = tn->tw.prev_asked;
	bool moved, passed, again;

	mutex_lock(&tcpa_netns_lock);
	now.ms += tn->skipped_ms;
	now.longer = tn->skipped_ms;
	tn->skipped_ms = 0;
	passed = tn->passing;
	moved = tcpa_timewait_sample(tn, now.ms, now.window);
	moved |= tcpa_ports_sample(tn, now.window);
	moved |= tcpa_track_sample(&now, tn);
	moved |= tcpa_options_sample(tn, now.window);
	tn->passing = passes(tn);
	tn->stale |= xchg(&tn->told_again, 0);
	tn->stale |= settings_changed(tick, tn);
	again = moved || tn->stale || has_aged(tick, tn);
	if (again || tn->passing || passed)
		judge_in_turn(tick, tn, again);
	moved |= tn->stale || asked != tn->tw.prev_asked || tn->passing ||
		 !list_empty(&tn->active);
	mutex_unlock(&tcpa_netns_lock);
	return moved;
}

/* Sample @tn; what that takes is charged, and what judging takes apart. */
static bool sample_charged(struct tick *tick, struct tcpa_net *tn)
{
	s64 left = tick->turns.judging_ns;
	ktime_t start = ktime_get();
	bool more = sample_net(tick, tn);
	s64 took = ktime_to_ns(ktime_sub(ktime_get(), start));

	tcpa_turns_sampled(&tick->turns, tn, took - (left - tick->turns.judging_ns));
	return more;
}

/*
 * One that cannot be entered is in its setup, or nobody is in it any more. Then it may be
 * long until the kernel ends it, which ends one batch after another: no round waits for it.
 */
static void sample_busy(struct tick *tick)
{
	struct tcpa_net *tn, *next;

	mutex_lock(&tcpa_netns_lock);
	tcpa_activity_collect();
	mutex_unlock(&tcpa_netns_lock);
	tcpa_activity_take(&sampler.busy);
	list_for_each_entry_safe(tn, next, &sampler.busy, busy) {
		cond_resched();
		if (!tcpa_turns_may_sample(&tick->turns, tn, tick->now.ms))
			continue;
		if (tcpa_netns_enter(tn)) {
			tcpa_activity_looked_net(tn, sample_charged(tick, tn));
			tcpa_netns_leave(tn);
			continue;
		}
		tcpa_turns_leave(&tick->turns, tn);
		if (tcpa_netns_ended(tn)) {
			list_del_init(&tn->busy);
			tcpa_net_put(tn);
		}
	}
	/* Nothing but the look at it takes a namespace off the list, so it is on it. */
	if (tick->turns.unsampled)
		list_rotate_to_front(&tick->turns.unsampled->busy, &sampler.busy);
}

/* Judge @tn, whose ports have been counted, in the time that there is for counting. */
static void judge_counted(struct tick *tick, struct tcpa_net *tn)
{
	ktime_t start = ktime_get();

	judge_in_turn(tick, tn, true);
	tcpa_ports_queue_took(tn, ktime_to_ns(ktime_sub(ktime_get(), start)));
}

/*
 * Have the ports counted of those who wait for it, root's or users', while there is time for
 * it. Those in which nothing becomes short are passed over.
 */
static void count_ports(struct tick *tick, bool root)
{
	struct tcpa_net *tn;
	unsigned int i;
	bool stale;

	for (i = 0; i < COUNT_NETS; i++) {
		tn = tcpa_ports_queue_first(root);
		if (!tn)
			return;
		mutex_lock(&tcpa_netns_lock);
		stale = tn->stale;
		if (tcpa_ports_sample(tn, tick->now.window) || (tn->stale && !stale))
			judge_counted(tick, tn);
		if (tn->stale)
			tcpa_net_touch(tn);
		mutex_unlock(&tcpa_netns_lock);
		tcpa_netns_leave(tn);
		cond_resched();
	}
}

/* Look at @tn, that nothing is known of; returns how many listeners. */
static unsigned int look_at(struct tick *tick, struct tcpa_net *tn,
			    unsigned int most)
{
	unsigned int n;

	if (list_empty(&tn->busy) && sample_net(tick, tn))
		tcpa_net_touch(tn);
	mutex_lock(&tcpa_netns_lock);
	n = tcpa_track_look(tn, most);
	mutex_unlock(&tcpa_netns_lock);
	return n;
}

/* Namespaces and listeners that are not busy, all in turn. */
static void look_around(struct tick *tick)
{
	unsigned int listeners = LOOK_LISTENERS, i;
	const struct tcpa_net *first = NULL;
	struct tcpa_net *tn;

	for (i = 0; i < LOOK_NETS && listeners; i++) {
		cond_resched();
		tn = tcpa_netns_rotate();
		if (!tn)
			continue;
		if (tn == first) {
			tcpa_netns_leave(tn);
			return;
		}
		first = first ?: tn;
		listeners -= look_at(tick, tn, listeners);
		tcpa_netns_leave(tn);
	}
}

static void tick_begin(struct tick *tick)
{
	ktime_t now = ktime_get();

	tick->now.ms = max_t(s64, ktime_ms_delta(now, sampler.last_tick), 1);
	tick->now.window = READ_ONCE(tcpa_window_s) * HZ;
	tcpa_turns_begin(&tick->turns, READ_ONCE(tcpa_interval_ms));
	tick->now.epoch = tcpa_epoch;
	WRITE_ONCE(tcpa_epoch, tick->now.epoch + 1);
	sampler.last_tick = now;
}

static void tick_work(struct work_struct *work)
{
	struct tick *tick = sampler.tick;

	if (tcpa_listeners_want_scan())
		tcpa_listeners_scan();
	tick_begin(tick);
	sample_busy(tick);
	count_ports(tick, true);
	count_ports(tick, false);
	look_around(tick);
	mutex_lock(&tcpa_netns_lock);
	tcpa_track_expire(&tick->now);
	mutex_unlock(&tcpa_netns_lock);
	tcpa_coverage_check(tick->now.window);
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
	tcpa_turns_init(&sampler.tick->turns);
	INIT_LIST_HEAD(&sampler.busy);
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
	tcpa_activity_drop(&sampler.busy);
	tcpa_ports_walk_exit();
	kvfree(sampler.tick);
}
