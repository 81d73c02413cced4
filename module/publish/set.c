// SPDX-License-Identifier: GPL-2.0
/*
 * set.c - the published set: what `recommend` shows, complete and immutable.
 *
 * One allocation holds number and text; a reader under RCU sees the old or
 * the new one, never a mixture.
 * Context: see set.h.
 * Does not: judge or write the text.
 */
#include "set.h"

#include <linux/slab.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "observe/state.h"

u64 tcpa_set_next_generation(struct tcpa_net *tn)
{
	lockdep_assert_held(&tcpa_netns_lock);
	return ++tn->generation;
}

int tcpa_set_publish(struct tcpa_net *tn, u64 generation, const char *text,
		     unsigned int len)
{
	struct tcpa_set *set = kmalloc(struct_size(set, text, len), GFP_KERNEL);
	struct tcpa_set *old;

	if (!set)
		return -ENOMEM;
	set->generation = generation;
	set->len = len;
	memcpy(set->text, text, len);
	old = rcu_replace_pointer(tn->set, set,
				  lockdep_is_held(&tcpa_netns_lock));
	if (old)
		kfree_rcu(old, rcu);
	return 0;
}

bool tcpa_set_says(const struct tcpa_net *tn, const char *text, unsigned int len)
{
	const struct tcpa_set *set =
		rcu_dereference_protected(tn->set, lockdep_is_held(&tcpa_netns_lock));

	return set && set->len == len && !memcmp(set->text, text, len);
}

void tcpa_set_withdraw(struct tcpa_net *tn)
{
	struct tcpa_set *old = rcu_replace_pointer(tn->set, NULL, true);

	if (old)
		kfree_rcu(old, rcu);
}

ssize_t tcpa_set_show(struct tcpa_net *tn, char *buf)
{
	const struct tcpa_set *set;
	ssize_t len = 0;

	rcu_read_lock();
	set = rcu_dereference(tn->set);
	if (set) {
		len = set->len;
		memcpy(buf, set->text, len);
	}
	rcu_read_unlock();
	return len ?: sysfs_emit(buf, "# tcpadvisor netns=%u generation=0\n# no sample taken yet\n",
				 tn->net->ns.inum);
}

u64 tcpa_set_generation(struct tcpa_net *tn)
{
	const struct tcpa_set *set;
	u64 generation;

	rcu_read_lock();
	set = rcu_dereference(tn->set);
	generation = set ? set->generation : 0;
	rcu_read_unlock();
	return generation;
}
