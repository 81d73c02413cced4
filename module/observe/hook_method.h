/* SPDX-License-Identifier: GPL-2.0 */
/*
 * hook_method.h - one way to have the kernel call a hook.
 *
 * Job: what hook.c asks of hook_ftrace.c and hook_kprobes.c.
 * Context: process; sleeps. The cells of hits are incremented by the methods,
 * in the context of the hooked function.
 */
#ifndef _TCPA_HOOK_METHOD_H
#define _TCPA_HOOK_METHOD_H

#include <linux/percpu.h>
#include <linux/types.h>

#include "hook.h"

/* The hooks of the armed array, and one more (hook.c). */
#define TCPA_HOOKS_ALL (TCPA_HOOKS_MAX + 1)

struct tcpa_method {
	enum tcpa_hooking how;
	const char *name;

	/*
	 * Arm each of @hooks that can be had and say so in it. Returns 0 or the
	 * error of the first required one that cannot be, with none armed then.
	 */
	int (*arm)(struct tcpa_hook *const *hooks, unsigned int n);

	/* On return no handler runs any more. */
	void (*disarm)(void);

	/* Calls of @i that the method knows it has left out; NULL: none. */
	u64 (*missed)(unsigned int i);
};

extern const struct tcpa_method tcpa_by_ftrace;
extern const struct tcpa_method tcpa_by_kprobes;
extern const struct tcpa_method tcpa_by_kprobes_behind;

struct tcpa_hits {
	unsigned long n[TCPA_HOOKS_ALL];
};

DECLARE_PER_CPU(struct tcpa_hits, tcpa_hits);

/* The function of our own that is hooked, to see whether hooks run (hook.c). */
void tcpa_hook_trial(void);

/*
 * @method cannot have @hook: log it if that matters. Returns @err if the hook is
 * required, else 0.
 */
int tcpa_hook_refused(const char *method, struct tcpa_hook *hook, int err);

/*
 * Fill @addresses with that of each hook's first instruction, 0 where there is
 * no such function. Returns 0, -ENOMEM. Needs CONFIG_KPROBES.
 */
int tcpa_hook_addresses(struct tcpa_hook *const *hooks, unsigned int n,
			unsigned long *addresses);

#endif /* _TCPA_HOOK_METHOD_H */
