/* SPDX-License-Identifier: GPL-2.0 */
/*
 * hook.h - entry hooks on kernel functions, by name.
 *
 * Job: resolve symbols, arm and disarm all hooks at once, dispatch, count hits.
 * Context: arm/disarm in process context and may sleep; handlers in whatever
 * context the hooked function runs in, on PREEMPT_RT with preemption off besides,
 * with arguments through tcpa_hook_arg().
 * Does not: know what is hooked or why (probes.c).
 */
#ifndef _TCPA_HOOK_H
#define _TCPA_HOOK_H

#include <linux/ftrace.h>
#include <linux/types.h>

/* One hooked function. Static, in one array, busiest first. */
struct tcpa_hook {
	const char *symbol;
	void (*handler)(struct ftrace_regs *fregs);
	const char *blind;	/* what is not seen without it */
	bool required;		/* the module does not load without it */
	bool armed;		/* written before the hooks run, then constant */
};

#define TCPA_HOOKS_MAX 16

/*
 * Resolve and arm @hooks (@n at most TCPA_HOOKS_MAX). Returns 0, or the error
 * of the first required hook that cannot be had, whose symbol is then logged;
 * nothing is armed in that case. The array must outlive tcpa_hooks_disarm().
 */
int tcpa_hooks_arm(struct tcpa_hook *hooks, unsigned int n);

/* Disarm. On return no handler runs any more, on any CPU. */
void tcpa_hooks_disarm(void);

/* How often hook @i of the armed array ran. */
u64 tcpa_hook_hits(unsigned int i);

#endif /* _TCPA_HOOK_H */
