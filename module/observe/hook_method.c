// SPDX-License-Identifier: GPL-2.0
/*
 * hook_method.c - what the ways to have the kernel call a hook have in common.
 *
 * Context: process, but for the hits (hook_method.h).
 * Does not: choose one (hook.c).
 */
#include "hook_method.h"

#include <linux/errno.h>
#include <linux/printk.h>

DEFINE_PER_CPU(struct tcpa_hits, tcpa_hits);
DEFINE_STATIC_KEY_FALSE(tcpa_hooks_use_kprobes);

bool tcpa_hook_needless(struct tcpa_hook *hook)
{
	hook->absent = hook->better && hook->better->armed;
	return hook->absent;
}

int tcpa_hook_refused(const char *name, struct tcpa_hook *hook, int err)
{
	hook->absent = hook->newer && err == -ENOENT;
	if (hook->absent)
		return 0;
	pr_info("%s cannot hook %s (error %d)%s no %s\n", name, hook->symbol, err,
		hook->required ? ", without it" : ":", hook->blind);
	return hook->required ? err : 0;
}
