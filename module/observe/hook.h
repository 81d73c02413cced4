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
#include <linux/jump_label.h>
#include <linux/ptrace.h>
#include <linux/types.h>

/* The registers of a hooked call: ftrace's or a kprobe's. */
struct tcpa_regs;

typedef void (*tcpa_handler)(const struct tcpa_regs *regs);

/* One hooked function. Static, in one array, busiest first. */
struct tcpa_hook {
	const char *symbol;
	tcpa_handler handler;
	const char *blind;	/* what is not seen without it */
	bool required;		/* the module does not load without it */
	bool newer;		/* a kernel without the function needs no hook */
	u8 floor;		/* enum tcpa_floor: how often it must be called */
	/* Written before the hooks run, then constant. */
	bool armed;
	bool absent;		/* newer, and there is no such function */
};

/* The least number of calls of a hooked function, by what the kernel counts. */
enum tcpa_floor {
	TCPA_FLOOR_NONE,
	TCPA_FLOOR_HANDSHAKE,	/* one for each handshake with a request socket */
	TCPA_FLOOR_CHILD,	/* one of all these functions for each child */
};

#define TCPA_HOOKS_MAX 16

/* How to hook. */
enum tcpa_hooking {
	TCPA_HOOK_AUTO,		/* by ftrace, or by kprobes if that refuses */
	TCPA_HOOK_FTRACE,
	TCPA_HOOK_KPROBES,
};

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

/* How often hook @i of the armed array ran. */
u64 tcpa_hook_hits(unsigned int i);

/* How often the kernel says that it did not, though its function was called. */
u64 tcpa_hook_missed(unsigned int i);

/* Whether the registers are those of a kprobe, where that is a difference. */
DECLARE_STATIC_KEY_FALSE(tcpa_hooks_use_kprobes);

/* Argument @n, from 0 on, of the hooked call. For handlers. */
static __always_inline unsigned long tcpa_hook_arg(const struct tcpa_regs *regs,
						   unsigned int n)
{
#ifdef TCPA_REGS_DIFFER
	if (!static_branch_unlikely(&tcpa_hooks_use_kprobes))
		return tcpa_ftrace_arg((struct ftrace_regs *)regs, n);
#endif
	return regs_get_kernel_argument((struct pt_regs *)regs, n);
}

#endif /* _TCPA_HOOK_H */
