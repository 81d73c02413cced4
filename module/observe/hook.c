// SPDX-License-Identifier: GPL-2.0
/*
 * hook.c - entry hooks on kernel functions, by name.
 *
 * Two methods can have them. ftrace comes first: while any kprobe handler runs on
 * a CPU, the kernel skips every other kprobe that fires there, so that a foreign
 * probe in process context (bpftrace, perf) makes softirq probes lose events.
 * ftrace has no such rule and costs a seventh. kprobes serve where ftrace is not
 * built in, has no arguments to give, or refuses; what they skip is counted as
 * missed.
 *
 * Either may take all hooks and then run none: ftrace while kernel.ftrace_enabled
 * is 0, kprobes after a 0 in debugfs' kprobes/enabled. So a function of our own is
 * hooked with the others, and called.
 *
 * Context of handlers: that of the hooked function, with what the method adds.
 * Before 5.11 ftrace turned preemption off around them; since then it is as the
 * hooked function has it, except on PREEMPT_RT, where it is on even in a bottom
 * half and the dispatcher turns it off. A kprobe has preemption off, and, where it
 * is a breakpoint (no ftrace at that place: arm64, or an x86 kernel without it),
 * interrupts too; on x86 that counts as an NMI. Handlers are safe in all of these:
 * they never sleep, enable neither interrupts nor bottom halves, and take only raw
 * spinlocks and the allocators' and workqueues' own, under none of which a hooked
 * function is ever called. So whoever holds one is no part of the interrupted
 * call, and gives it back. A real NMI runs no hooked function.
 *
 * No handler calls a hooked function, so they do not recurse.
 * Does not: know what the handlers do.
 */
#include "hook.h"

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/percpu.h>

#include "hook_method.h"

static const struct tcpa_method *const methods[] = {
#ifdef TCPA_BY_FTRACE
	&tcpa_by_ftrace,
#endif
#ifdef TCPA_BY_KPROBES
	&tcpa_by_kprobes,
#endif
#ifdef TCPA_BY_KPROBES_BEHIND
	&tcpa_by_kprobes_behind,
#endif
};

/* The one that all hooks are armed by; NULL before and after. */
static const struct tcpa_method *method;

static void on_trial(const struct tcpa_regs *regs)
{
}

static struct tcpa_hook trial = {
	.symbol = "tcpa_hook_trial",
	.handler = on_trial,
	.blind = "test whether hooks run",
};

/* Not static, lest the compiler give it another name or no call. */
noinline void tcpa_hook_trial(void)
{
	barrier();
}

u64 tcpa_hook_hits(unsigned int i)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu(tcpa_hits, cpu).n[i]);
	return sum;
}

u64 tcpa_hook_missed(unsigned int i)
{
	const struct tcpa_method *m = READ_ONCE(method);

	return m && m->missed ? m->missed(i) : 0;
}

bool tcpa_hooks_complete(void)
{
	const struct tcpa_method *m = READ_ONCE(method);

	return m && !m->missed;
}

const char *tcpa_hooks_method(void)
{
	const struct tcpa_method *m = READ_ONCE(method);

	return m ? m->name : "none";
}

/* The hook of our own, the last of @n, runs when its function is called. */
static bool hooks_run(unsigned int n)
{
	u64 before = tcpa_hook_hits(n - 1);

	tcpa_hook_trial();
	return !trial.armed || tcpa_hook_hits(n - 1) != before;
}

static int arm_by(const struct tcpa_method *m, struct tcpa_hook **hooks,
		  unsigned int n)
{
	unsigned int i;
	int err;

	for (i = 0; i < n; i++)
		hooks[i]->armed = false;
	err = m->arm(hooks, n);
	if (err)
		return err;
	if (hooks_run(n))
		return 0;
	m->disarm();
	pr_info("%s takes all hooks and runs none: is kernel.ftrace_enabled 0?\n",
		m->name);
	return -ENODEV;
}

int tcpa_hooks_arm(struct tcpa_hook *hooks, unsigned int n, enum tcpa_hooking how)
{
	struct tcpa_hook *all[TCPA_HOOKS_ALL];
	unsigned int i;
	int err = 0;

	if (WARN_ON_ONCE(n > TCPA_HOOKS_MAX))
		return -EINVAL;
	for (i = 0; i < n; i++)
		all[i] = &hooks[i];
	all[n] = &trial;
	for (i = 0; i < ARRAY_SIZE(methods); i++) {
		if (how != TCPA_HOOK_AUTO && how != methods[i]->how)
			continue;
		err = arm_by(methods[i], all, n + 1);
		if (!err) {
			WRITE_ONCE(method, methods[i]);
			pr_info("functions are hooked by %s\n", methods[i]->name);
			return 0;
		}
	}
	if (!err) {
		pr_err("this kernel was built without %s; not loading\n",
		       how == TCPA_HOOK_FTRACE ? "ftrace for hooks" : "kprobes");
		return -EOPNOTSUPP;
	}
	pr_err("cannot hook what it has to (error %d, see above); not loading\n",
	       err);
	return err;
}

void tcpa_hooks_disarm(void)
{
	const struct tcpa_method *m = method;

	WRITE_ONCE(method, NULL);
	m->disarm();
}
