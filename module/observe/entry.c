// SPDX-License-Identifier: GPL-2.0
/*
 * entry.c - the memory of listeners' entries.
 *
 * The listen hook must not sleep: ftrace of 5.10 calls it with preemption off,
 * and on PREEMPT_RT hook.c turns it off. A kernel may allocate then, but on
 * PREEMPT_RT, where the allocators' locks sleep. On that one the hook takes an
 * entry made ahead in process context; after a burst of new listeners has taken
 * all, those that follow are left out until the next scan finds them.
 * Context: see entry.h.
 * Does not: know what an entry is for (listener.c).
 */
#include "entry.h"

#include <linux/atomic.h>
#include <linux/build_bug.h>
#include <linux/llist.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/stddef.h>
#include <linux/wait.h>

#include "cells.h"
#include "state.h"
#include "view.h"

/* Charged to whoever listens, and not worth the reserves of an emergency. */
#define HOOK_GFP (GFP_NOWAIT | __GFP_NOWARN | __GFP_ACCOUNT)

/* How many are made ahead. */
#define SPARES (IS_ENABLED(CONFIG_PREEMPT_RT) ? 128 : 0)

/* One of their own: kmalloc() would round an entry up by two thirds. */
static struct kmem_cache *cache;
static const struct tcpa_view *view __read_mostly;

/*
 * With CONFIG_DEBUG_KOBJECT_RELEASE an entry is released up to some seconds after
 * its last reference was put.
 */
static atomic_t unreleased = ATOMIC_INIT(0);
static DECLARE_WAIT_QUEUE_HEAD(released);

static LLIST_HEAD(spares);
static atomic_t spares_nr = ATOMIC_INIT(0);
static DEFINE_RAW_SPINLOCK(takers);	/* a llist bears only one at a time */

static struct tcpa_listener *entry_alloc(gfp_t gfp)
{
	struct tcpa_listener *l = kmem_cache_zalloc(cache, gfp);

	if (!l)
		return NULL;
	INIT_LIST_HEAD(&l->node);
	INIT_LIST_HEAD(&l->active);
	INIT_LIST_HEAD(&l->troubled);
	view->init(&l->kobj);
	atomic_inc(&unreleased);
	return l;
}

void tcpa_entry_release(struct kobject *kobj)
{
	struct tcpa_listener *l = container_of(kobj, struct tcpa_listener, kobj);

	kfree(l->track);
	free_percpu(l->histograms);
	tcpa_cells_free(l);
	kmem_cache_free(cache, l);
	if (atomic_dec_and_test(&unreleased))
		wake_up(&released);
}

static void add_spare(struct tcpa_listener *l)
{
	atomic_inc(&spares_nr);
	llist_add(&l->added, &spares);
}

static struct tcpa_listener *take_spare(void)
{
	struct llist_node *n;

	raw_spin_lock(&takers);
	n = llist_del_first(&spares);
	raw_spin_unlock(&takers);
	if (!n)
		return NULL;
	atomic_dec(&spares_nr);
	return llist_entry(n, struct tcpa_listener, added);
}

void tcpa_entries_fill(void)
{
	struct tcpa_listener *l;

	while (atomic_read(&spares_nr) < SPARES) {
		l = entry_alloc(GFP_KERNEL);
		if (!l)
			return;
		add_spare(l);
	}
}

int tcpa_entries_init(const struct tcpa_view *shown_by)
{
	/* See state.h; mostly a cache line is so long. Pointers of 32 bits fill less. */
	BUILD_BUG_ON(IS_ENABLED(CONFIG_64BIT) && offsetof(struct tcpa_listener, deficit) <
		     offsetof(struct tcpa_listener, added) + 64);
	BUILD_BUG_ON(IS_ENABLED(CONFIG_64BIT) && sizeof(struct tcpa_listener) <
		     offsetofend(struct tcpa_listener, deficit) + 64);
	view = shown_by;
	cache = KMEM_CACHE(tcpa_listener, 0);
	if (!cache)
		return -ENOMEM;
	tcpa_entries_fill();
	return 0;
}

void tcpa_entries_exit(void)
{
	struct tcpa_listener *l, *next;

	llist_for_each_entry_safe(l, next, llist_del_all(&spares), added)
		kobject_put(&l->kobj);
	if (atomic_read(&unreleased)) {
		wait_event(released, !atomic_read(&unreleased));
		/* Whoever released the last one has left this module's code, too. */
		synchronize_rcu_tasks();
	}
	kmem_cache_destroy(cache);
}

struct tcpa_listener *tcpa_entry_get(bool may_sleep)
{
	if (may_sleep)
		return entry_alloc(GFP_KERNEL);
	return SPARES ? take_spare() : entry_alloc(HOOK_GFP);
}

void tcpa_entry_put(struct tcpa_listener *l, bool may_sleep)
{
	if (may_sleep || !SPARES)
		kobject_put(&l->kobj);
	else
		add_spare(l);
}
