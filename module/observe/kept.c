// SPDX-License-Identifier: GPL-2.0
/*
 * kept.c - what other backlogs of listeners would have lost, and who was hurt.
 *
 * Its pointer in an entry is there from when that is visible, in the place of one that is
 * needed until then only: most listeners have none. Some hundred bytes each, of those who
 * may have an entry, once it has refused somebody.
 * Context: see kept.h. `lock` orders who keeps, one work item, and who forgets; it may be
 * taken with tcpa_netns_lock held, and is not held when that is taken. What is dead is
 * not kept any more, so that who retires it forgets for good.
 * Does not: record.
 */
#include "kept.h"

#include <linux/lockdep.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/xarray.h>

#include "state.h"

static DEFINE_MUTEX(lock);

static struct tcpa_kept_loss *kept_of(const struct tcpa_listener *l)
{
	return rcu_dereference_protected(l->kept, lockdep_is_held(&lock));
}

static bool is_news(const struct tcpa_loss *loss, const struct tcpa_hurt *hurt,
		    const struct tcpa_kept_loss *was, bool further)
{
	if (!was || tcpa_loss_worse(loss, &was->loss))
		return true;
	return further && (memcmp(loss->point, was->loss.point, sizeof(loss->point)) ||
			   memcmp(hurt, &was->hurt, sizeof(*hurt)));
}

/* Put @new in the place of @was, if there was any. False without memory. */
static bool replace(struct tcpa_listener *l, struct tcpa_kept_loss *was,
		    struct tcpa_kept_loss *new)
{
	struct xarray *curves = &l->tn->curves;

	if (!was && xa_alloc(curves, &new->row, new, xa_limit_31b, GFP_KERNEL))
		return false;
	if (was) {
		new->row = was->row;
		xa_store(curves, new->row, new, GFP_KERNEL);
		kfree_rcu(was, rcu);
	}
	rcu_assign_pointer(l->kept, new);
	return true;
}

static bool put(struct tcpa_listener *l, const struct tcpa_loss *loss,
		const struct tcpa_hurt *hurt, bool further)
{
	struct tcpa_kept_loss *was = kept_of(l), *new;

	if (READ_ONCE(l->dead) || !is_news(loss, hurt, was, further))
		return false;
	new = kmalloc(sizeof(*new), GFP_KERNEL);
	if (!new)
		return false;
	new->l = l;
	new->loss = *loss;
	new->hurt = *hurt;
	/* Of several recordings each must be complete. */
	new->loss.complete &= !was || was->loss.complete;
	if (replace(l, was, new))
		return true;
	kfree(new);
	return false;
}

bool tcpa_kept_put(struct tcpa_listener *l, const struct tcpa_loss *loss,
		   const struct tcpa_hurt *hurt, bool further)
{
	bool kept;

	mutex_lock(&lock);
	kept = put(l, loss, hurt, further);
	mutex_unlock(&lock);
	return kept;
}

bool tcpa_kept_read(const struct tcpa_listener *l, u32 backlog, struct tcpa_loss *loss)
{
	const struct tcpa_kept_loss *kept;
	bool any;

	rcu_read_lock();
	kept = rcu_dereference(l->kept);
	any = kept && kept->loss.point[0].backlog == backlog;
	if (any)
		*loss = kept->loss;
	rcu_read_unlock();
	if (any)
		loss->complete &= !READ_ONCE(l->unrecorded);
	return any;
}

void tcpa_kept_forget(struct tcpa_listener *l)
{
	struct tcpa_kept_loss *was;

	mutex_lock(&lock);
	WRITE_ONCE(l->unrecorded, false);
	was = kept_of(l);
	if (was) {
		RCU_INIT_POINTER(l->kept, NULL);
		xa_erase(&l->tn->curves, was->row);
		kfree_rcu(was, rcu);
	}
	mutex_unlock(&lock);
}
