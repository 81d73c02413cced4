/* SPDX-License-Identifier: GPL-2.0 */
/*
 * hook.h - entry hooks on kernel functions, by name.
 *
 * Job: arm and disarm all hooks at once, by ftrace or by kprobes; count hits.
 * Context: arm/disarm in process context and may sleep; handlers in whatever
 * context the hooked function runs in, with preemption and interrupts off besides
 * where the method or PREEMPT_RT wants it (hook.c), with arguments through
 * tcpa_hook_arg().
 * Does not: know what is hooked or why (probes.c).
 */
#ifndef _TCPA_HOOK_H
#define _TCPA_HOOK_H

#include <linux/ftrace.h>
#include <linux/ptrace.h>
#include <linux/types.h>

#include "hook_method.h"

/*
 * Resolve and arm @hooks (@n at most TCPA_HOOKS_MAX) as @how says. Returns 0, or
 * the error of the first required hook that cannot be had, whose symbol is then
 * logged, or -ENODEV if a hooked function calls no hook; nothing is armed in that
 * case. The array must outlive tcpa_hooks_disarm().
 */
int tcpa_hooks_arm(struct tcpa_hook *hooks, unsigned int n, enum tcpa_hooking how);

/* Disarm. On return no handler runs any more, on any CPU. */
void tcpa_hooks_disarm(void);

/* What the armed hooks use, as the parameter calls it. Process context. */
const char *tcpa_hooks_method(void);

/*
 * Whether each call of an armed function runs its hook: kprobes leave out what hits
 * while another of them runs on the same CPU. Process context.
 */
bool tcpa_hooks_complete(void);

/* How often hook @i of the armed array ran. */
u64 tcpa_hook_hits(unsigned int i);

/* How often the kernel says that it did not, though its function was called. */
u64 tcpa_hook_missed(unsigned int i);

/* The function of our own that is hooked, to see whether hooks run (hook.c). */
void tcpa_hook_trial(void);

/* Argument @n, from 0 on, of the hooked call. For handlers. */
static __always_inline unsigned long tcpa_hook_arg(const struct tcpa_regs *regs,
						   unsigned int n)
{
#ifdef TCPA_REGS_DIFFER
	if (!static_branch_unlikely(&tcpa_hooks_use_kprobes))
		return tcpa_ftrace_arg((struct ftrace_regs *)regs, n);
#endif
	return tcpa_regs_arg((struct pt_regs *)regs, n);
}

#endif /* _TCPA_HOOK_H */
