/* SPDX-License-Identifier: GPL-2.0 */
/*
 * hook_method.h - a hook, and one way to have the kernel call it.
 *
 * Job: what hook.c asks of hook_ftrace.c and hook_kprobes.c, and what both have in
 * common.
 * Context: process; sleeps. The cells of hits are incremented by the methods,
 * in the context of the hooked function.
 */
#ifndef _TCPA_HOOK_METHOD_H
#define _TCPA_HOOK_METHOD_H

#include <linux/jump_label.h>
#include <linux/percpu.h>
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
	const struct tcpa_hook *better;	/* before it in the array: with that armed,
					 * this one is not
					 */
	/* Written before the hooks run, then constant. */
	bool armed;
	bool absent;		/* newer, and there is no such function, or there is a
				 * better one
				 */
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

/* Whether the registers are those of a kprobe, where that is a difference. */
DECLARE_STATIC_KEY_FALSE(tcpa_hooks_use_kprobes);

/*
 * ftrace does not give a function back (@err): the module must stay in memory. To be
 * called at unload, without a lock.
 */
void tcpa_ftrace_stay(int err);

/* @hook is not to be armed, for a better one is: then say so in it. */
bool tcpa_hook_needless(struct tcpa_hook *hook);

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
