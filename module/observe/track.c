// SPDX-License-Identifier: GPL-2.0
/*
 * track.c - from what a listener's cells have counted to its evidence.
 *
 * Evidence is kept per listener as the worst window at its present backlog:
 * advice stands until it is followed, and starts afresh when the backlog
 * changes. The interval of the change is left out, for most of it may belong to
 * the backlog before.
 *
 * Only entries with events are looked at. An entry has none when its counters have
 * not moved for an interval, both its queues are empty and nothing in its evidence is
 * still open, as a queue-full episode is; such an interval may be left out
 * (evidence.h). The windows that pass meanwhile are added to the evidence's age when
 * it is looked at again. If nothing in it is what a verdict can rest on, on this
 * listener or on another of its group, it is freed after a window without events.
 *
 * What no handler tells: that tracing was off as a listener was closed or told
 * another backlog. So all shown entries are looked at in turn, some at each tick.
 * Context: see track.h.
 * Does not: judge.
 */
#include "track.h"

#include <linux/jiffies.h>
#include <linux/list.h>
#include <linux/lockdep.h>
#include <linux/minmax.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <net/sock.h>
#include <net/tcp_states.h>

#include "activity.h"
#include "attribution.h"
#include "counters.h"
#include "judge/evidence.h"
#include "judge/sample.h"
#include "judge/saturate.h"
#include "kept.h"
#include "listener.h"
#include "pending.h"
#include "remembered.h"
#include "state.h"
#include "tell.h"
#include "waiting.h"

/* Freed at one tick, at most. */
#define EXPIRE_MOST 1024

/* So many are looked at for a sibling of one that is closed. */
#define SIBLINGS_MOST 4096

/* Entries with evidence of no trouble and without events, longest first. */
static LIST_HEAD(quiet);

/* Length of a window at the last tick, in jiffies. */
static unsigned long window_now = 60 * HZ;

static void add_depths(const struct tcpa_tick *tick, const struct tcpa_cells *cells,
		       struct tcpa_interval *iv)
{
	const struct tcpa_depths *d = &cells->depths[tick->epoch & 1];

	if (READ_ONCE(d->epoch) != tick->epoch)
		return;
	iv->accept_lo = min(iv->accept_lo, READ_ONCE(d->accept_lo));
	iv->accept_hi = max(iv->accept_hi, READ_ONCE(d->accept_hi));
	iv->syn_hi = max(iv->syn_hi, READ_ONCE(d->syn_hi));
}

static void read_depths(const struct tcpa_tick *tick, const struct tcpa_listener *l,
			struct tcpa_interval *iv)
{
	const struct tcpa_cells __percpu *cells = READ_ONCE(l->cells);
	int cpu;

	iv->accept_now = READ_ONCE(l->sk->sk_ack_backlog);
	iv->accept_lo = iv->accept_now;
	iv->accept_hi = iv->accept_now;
	iv->syn_now = tcpa_listener_syn_queue(l);
	iv->syn_hi = iv->syn_now;
	add_depths(tick, &l->first, iv);
	if (!cells)
		return;
	for_each_possible_cpu(cpu)
		add_depths(tick, per_cpu_ptr(cells, cpu), iv);
}

static void read_counters(struct tcpa_listener *l, struct tcpa_interval *iv)
{
	u64 now[TCPA_COUNTERS] = {};
	u32 delta[TCPA_COUNTERS];
	unsigned int i, running, open;

	iv->deficit = atomic_xchg(&l->deficit.most, 0);
	running = tcpa_deficit_running(&l->deficit);
	/* What is attributed between these two is in neither, but in the next. */
	open = tcpa_attribution_sum(l, now);
	for (i = 0; i < TCPA_COUNTERS; i++)
		delta[i] = tcpa_interval_moved(&l->prev[i], now[i]);
	iv->syns = delta[TCPA_SYNS];
	iv->queued = delta[TCPA_QUEUED];
	iv->completions = delta[TCPA_COMPLETIONS];
	iv->cookies_valid = delta[TCPA_COOKIES_VALID];
	iv->overflows_syn = delta[TCPA_OVERFLOWS_SYN];
	iv->overflows_ack = delta[TCPA_OVERFLOWS_ACK];
	iv->synq_drops = delta[TCPA_SYNQ_DROPS];
	/* A snapshot may stay open for long: what it has is news once. */
	if (open && tcpa_interval_refusals(iv))
		iv->deficit = max_t(u64, iv->deficit, running + open);
	iv->cookies_wanted = delta[TCPA_COOKIES_WANTED];
	iv->cookies_sent = delta[TCPA_COOKIES_SENT];
	iv->other_drops = delta[TCPA_OTHER_DROPS];
	iv->other_syns = tcpa_sub(iv->other_drops, tcpa_add(delta[TCPA_OTHER_CHILD],
							    delta[TCPA_OTHER_ICMP]));
}

static void read_interval(const struct tcpa_tick *tick, struct tcpa_listener *l,
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
	/* It may have been empty in one of the epochs whose depths are lost. */
	if (tick->longer && iv->accepts)
		iv->accept_lo = 0;
	iv->refusing_ms = atomic_xchg(&l->deficit.steps, 0) * TCPA_REFUSING_STEP_MS;
	if (min3(iv->accept_lo, iv->accept_now, l->prev_accept) >= TCPA_LATE_MIN)
		tcpa_waiting_look(l->sk, &iv->next, &iv->gone);
	l->prev_accept = iv->accept_now;
}

/* Evidence of another backlog, and what was said on it, counts no more. */
static void forget(struct tcpa_listener *l)
{
	u32 was = l->verdict;

	kfree(l->track);
	l->track = NULL;
	tcpa_kept_forget(l);
	if (!list_empty(&l->troubled)) {
		list_del_init(&l->troubled);
		l->tn->stale = true;
	}
	WRITE_ONCE(l->verdict, TCPA_OK);
	WRITE_ONCE(l->recommended, 0);
	tcpa_tell_verdict(l, was);
}

static bool backlog_changed(struct tcpa_listener *l)
{
	u32 backlog = READ_ONCE(l->sk->sk_max_ack_backlog);
	u32 was = l->prev_backlog;

	if (was == backlog)
		return false;
	l->prev_backlog = backlog;
	tcpa_tell_changed(l, was);
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

/* Windows that have passed since the running one began. */
static u32 windows_passed(const struct tcpa_tick *tick, const struct tcpa_track *t)
{
	return (jiffies - t->since) / tick->window;
}

static void track_add(const struct tcpa_tick *tick, struct tcpa_track *t,
		      const struct tcpa_interval *iv)
{
	u32 passed = windows_passed(tick, t);

	if (passed) {
		tcpa_evidence_roll(&t->cur);
		/* Nothing was in those that were left out. */
		t->cur.window += passed - 1;
		t->since = jiffies;
	}
	tcpa_evidence_add(&t->cur, iv);
	tcpa_evidence_keep(&t->kept, &t->cur);
}

/* A verdict can rest on its evidence: it is to be in samples. */
static void note_trouble(struct tcpa_listener *l)
{
	if (list_empty(&l->troubled) && tcpa_evidence_events(&l->track->kept))
		list_add_tail(&l->troubled, &l->tn->troubled);
}

/* For readers: how long connections wait, as far as there is evidence. */
static void note_wait(struct tcpa_listener *l, u32 ms)
{
	WRITE_ONCE(l->wait_ms, ms);
	if (ms > l->wait_peak_ms)
		WRITE_ONCE(l->wait_peak_ms, ms);
}

/*
 * Take one interval of @l. True if it had events, or decided something that was
 * open. Without memory for a track the interval is lost to the advice, not to the
 * counters.
 */
static bool sample(const struct tcpa_tick *tick, struct tcpa_listener *l)
{
	bool open = l->track && tcpa_evidence_open(&l->track->cur);
	bool changed = backlog_changed(l);
	struct tcpa_interval iv;

	read_interval(tick, l, &iv);
	if (changed) {
		forget(l);
		note_wait(l, 0);
		return true;
	}
	if (!l->track && tcpa_interval_active(&iv))
		l->track = track_alloc();
	if (l->track) {
		track_add(tick, l->track, &iv);
		note_trouble(l);
	}
	note_wait(l, l->track ? tcpa_evidence_wait(&l->track->cur) : 0);
	return open || tcpa_interval_active(&iv);
}

/* What a listener at its place has shown that has gone, and its verdict. */
static void inherit(struct tcpa_listener *l)
{
	struct tcpa_remembered *r;

	if (!list_empty(&l->troubled))
		return;
	r = tcpa_remembered_find(l);
	if (r && !l->track)
		l->track = track_alloc();
	if (!r || !l->track)
		return;
	tcpa_evidence_inherit(&l->track->kept, &l->track->cur, &r->kept,
			      tcpa_remembered_age(r, window_now));
	note_trouble(l);
	if (!list_empty(&l->troubled)) {
		u32 was = l->verdict;

		WRITE_ONCE(l->verdict, r->verdict);
		WRITE_ONCE(l->recommended, r->recommended);
		if (was != r->verdict)
			tcpa_tell_verdict(l, was);
	}
	tcpa_remembered_forget(l->tn, r);
	l->tn->stale = true;
	tcpa_net_touch(l->tn);
}

/* A member of a group is compared with others of it that are in trouble. */
static bool may_be_compared(const struct tcpa_listener *l)
{
	return rcu_access_pointer(l->sk->sk_reuseport_cb) &&
	       !list_empty(&l->tn->troubled);
}

/* What is said of it, or of a member of its group, may be another thing now. */
static bool matters(const struct tcpa_listener *l)
{
	return !list_empty(&l->troubled) || may_be_compared(l);
}

static void be_quiet(struct tcpa_listener *l)
{
	if (!l->track || !list_empty(&l->troubled))
		return;
	l->track->quiet_since = jiffies;
	list_add_tail(&l->active, &quiet);
}

bool tcpa_track_sample(const struct tcpa_tick *tick, struct tcpa_net *tn)
{
	struct tcpa_listener *l, *next;
	bool moved = false;

	list_for_each_entry_safe(l, next, &tn->active, active) {
		bool any;

		/* What is not shown may not listen yet. */
		if (READ_ONCE(l->dead) || !l->visible)
			continue;
		if (READ_ONCE(l->sk->sk_state) != TCP_LISTEN) {
			tcpa_listener_kill(l);
			continue;
		}
		any = sample(tick, l);
		moved |= any && matters(l);
		if (tcpa_activity_looked(l, any))
			be_quiet(l);
		cond_resched();
	}
	return moved;
}

/* What is seen of @l without its counters is as it was. */
static bool is_still(const struct tcpa_listener *l)
{
	return READ_ONCE(l->sk->sk_ack_backlog) == l->prev_accept &&
	       READ_ONCE(l->sk->sk_max_ack_backlog) == l->prev_backlog &&
	       !tcpa_listener_syn_queue(l);
}

static struct tcpa_listener *look_after(struct tcpa_net *tn,
					struct tcpa_listener *l)
{
	return list_is_last(&l->node, &tn->listeners) ?
		       list_first_entry(&tn->listeners, struct tcpa_listener, node) :
		       list_next_entry(l, node);
}

unsigned int tcpa_track_look(struct tcpa_net *tn, unsigned int most)
{
	struct tcpa_listener *first, *l;
	unsigned int n = 0;

	if (tcpa_remembered_expire(tn, window_now)) {
		tn->stale = true;
		tcpa_net_touch(tn);
	}
	first = tn->next_look ?:
		list_first_entry_or_null(&tn->listeners, struct tcpa_listener, node);
	l = first;
	while (l && n < most) {
		n++;
		if (READ_ONCE(l->sk->sk_state) != TCP_LISTEN)
			tcpa_listener_kill(l);
		else if (!is_still(l))
			tcpa_listener_touch(l);
		else if (!READ_ONCE(l->dead))
			inherit(l);
		l = look_after(tn, l);
		if (l == first)
			break;
	}
	tn->next_look = l;
	return n;
}

void tcpa_track_expire(const struct tcpa_tick *tick)
{
	struct tcpa_listener *l, *next;
	unsigned int n = 0;

	window_now = tick->window;
	list_for_each_entry_safe(l, next, &quiet, active) {
		if (n++ == EXPIRE_MOST ||
		    time_before(jiffies, l->track->quiet_since + tick->window))
			return;
		/* It has inherited meanwhile. */
		if (!list_empty(&l->troubled)) {
			list_del_init(&l->active);
			continue;
		}
		if (may_be_compared(l)) {
			l->track->quiet_since = jiffies;
			list_move_tail(&l->active, &quiet);
			continue;
		}
		list_del_init(&l->active);
		kfree(l->track);
		l->track = NULL;
	}
}

void tcpa_track_evidence(const struct tcpa_tick *tick, const struct tcpa_listener *l,
			 struct tcpa_evidence *ev)
{
	struct tcpa_loss loss;

	if (l->track) {
		*ev = l->track->kept;
		ev->age += windows_passed(tick, l->track);
		if (tcpa_kept_read(l, l->prev_backlog, &loss))
			tcpa_loss_apply(&loss, ev);
	} else {
		struct tcpa_interval iv = {
			.ms = tick->ms,
			.backlog = l->prev_backlog,
		};

		read_depths(tick, l, &iv);
		tcpa_evidence_reset(ev);
		tcpa_evidence_add(ev, &iv);
	}
}

/* Others of its group may be in trouble. */
void tcpa_track_begin(struct tcpa_listener *l)
{
	lockdep_assert_held(&tcpa_netns_lock);
	if (may_be_compared(l))
		l->tn->stale = true;
	inherit(l);
	tcpa_listener_touch(l);
}

/*
 * Another one listens at the address of @l, whose socket is closed, and so shared it
 * with @l. One that takes over at a reload is among the latest.
 */
static bool has_sibling(const struct tcpa_listener *l)
{
	const char *name = kobject_name(&l->kobj);
	size_t len = strcspn(name, "@") + 1;
	const struct tcpa_listener *other;
	unsigned int n = 0;

	list_for_each_entry_reverse(other, &l->tn->listeners, node) {
		if (other != l && !READ_ONCE(other->dead) &&
		    !strncmp(kobject_name(&other->kobj), name, len))
			return true;
		if (n++ == SIBLINGS_MOST)
			break;
	}
	return false;
}

/* Connections that its closing has reset could have gone to a sibling. */
static void note_aborted(const struct tcpa_listener *l)
{
	if (!l->aborted || !l->visible || !l->sk->sk_reuseport || !has_sibling(l))
		return;
	tcpa_window_add(&l->tn->group_aborted, l->aborted, window_now);
	l->tn->stale = true;
	tcpa_net_touch(l->tn);
}

void tcpa_track_end(struct tcpa_listener *l)
{
	struct tcpa_net *tn = l->tn;

	note_aborted(l);
	if (tn->next_look == l) {
		tn->next_look = look_after(tn, l);
		if (tn->next_look == l)
			tn->next_look = NULL;
	}
	list_del_init(&l->active);
	/* It may have been of the group of one in trouble. */
	if (list_empty(&tn->troubled))
		return;
	if (!list_empty(&l->troubled) && l->visible)
		tcpa_remembered_leave(l);
	list_del_init(&l->troubled);
	tn->stale = true;
	tcpa_net_touch(tn);
}
