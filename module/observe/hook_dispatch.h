/* SPDX-License-Identifier: GPL-2.0 */
/*
 * hook_dispatch.h - from ftrace's call to a handler.
 *
 * Job: let the file with the handlers tell its busiest hooks by a comparison each,
 * so that they become one function with the dispatcher: one ftrace_ops serves all,
 * for each one that goes away waits for an RCU-tasks grace period.
 * Context: that of the hooked function, see hook.c.
 * Does not: know any hook; what is left goes to hook_ftrace.c.
 */
#ifndef _TCPA_HOOK_DISPATCH_H
#define _TCPA_HOOK_DISPATCH_H

#include "hook_method.h"

#ifdef TCPA_BY_FTRACE

#include <linux/ftrace.h>
#include <linux/percpu.h>

/* Where ftrace calls hook i from, 0 until it has done so once. */
extern unsigned long tcpa_hook_site[TCPA_HOOKS_ALL];

/*
 * What ftrace calls. Defined beside the handlers; it is notrace and turns
 * preemption off on PREEMPT_RT.
 */
void tcpa_hook_dispatch(unsigned long ip, unsigned long parent_ip,
			struct ftrace_ops *ops, struct ftrace_regs *fregs);

/* Any hook, by a search. */
void tcpa_hook_dispatch_any(unsigned long ip, const struct tcpa_regs *regs);

/* Hook @i is called from @ip: then count it. */
static __always_inline bool tcpa_hook_is(unsigned long ip, unsigned int i)
{
	/*
	 * A word; what finds it unwritten goes to the search. READ_ONCE() would cost each
	 * comparison an instruction.
	 */
	if (ip != data_race(tcpa_hook_site[i]))
		return false;
	this_cpu_inc(tcpa_hits.n[i]);
	return true;
}

#endif /* TCPA_BY_FTRACE */
#endif /* _TCPA_HOOK_DISPATCH_H */
