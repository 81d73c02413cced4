// SPDX-License-Identifier: GPL-2.0
/*
 * hook_kprobes.c - hooks by kprobes, and the addresses of functions by the same.
 *
 * At a function's entry a kprobe is a call from ftrace where the kernel has
 * KPROBES_ON_FTRACE, a breakpoint elsewhere, which the kernel replaces by a jump
 * where it can. The first kind is silent with ftrace switched off; so there is a
 * second method, which puts breakpoints behind ftrace's call, where the arguments
 * are still in their registers.
 *
 * A kprobe that fires while a handler of any other runs on that CPU is skipped by
 * the kernel, and counted.
 * Context: arm and disarm sleep; for handlers see hook.c.
 * Does not: know what the handlers do.
 */
#include "hook_method.h"

#ifdef CONFIG_KPROBES

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/kprobes.h>
#include <linux/lockdep.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/slab.h>

int tcpa_hook_addresses(struct tcpa_hook *const *hooks, unsigned int n,
			unsigned long *addresses)
{
	struct kprobe *kps = kcalloc(n, sizeof(*kps), GFP_KERNEL);
	struct kprobe *found[TCPA_HOOKS_ALL];
	unsigned int i, nr = 0;

	if (!kps)
		return -ENOMEM;
	/* All go together, for one RCU grace period instead of one each. */
	for (i = 0; i < n; i++) {
		kps[i].symbol_name = hooks[i]->symbol;
		kps[i].flags = KPROBE_FLAG_DISABLED;
		if (!register_kprobe(&kps[i]))
			found[nr++] = &kps[i];
		/* Also where ftrace has the entry, and no kprobe can: riscv from 6.10 on. */
		addresses[i] = (unsigned long)kps[i].addr;
	}
	unregister_kprobes(found, nr);
	kfree(kps);
	return 0;
}

#ifdef TCPA_BY_KPROBES

static struct hook_probe {
	struct kprobe kp;
	tcpa_handler handler;
	bool armed;
} probes[TCPA_HOOKS_ALL];

/*
 * To lockdep an x86 breakpoint is an NMI, which may come while the CPU holds the lock that
 * it wants. It cannot at the functions hooked (hook.c), so lockdep looks away meanwhile.
 */
static __always_inline void lockdep_looks_away(int n)
{
#ifdef CONFIG_PROVE_LOCKING
	if (in_nmi())
		this_cpu_add(lockdep_recursion, n);
#endif
}

static int on_hit(struct kprobe *kp, struct pt_regs *regs)
{
	const struct hook_probe *p = container_of(kp, struct hook_probe, kp);

	this_cpu_inc(tcpa_hits.n[p - probes]);
	lockdep_looks_away(1);
	p->handler((const struct tcpa_regs *)regs);
	lockdep_looks_away(-1);
	return 0;
}

NOKPROBE_SYMBOL(on_hit);

static void disarm(void)
{
	struct kprobe *armed[TCPA_HOOKS_ALL];
	unsigned int i, nr = 0;

	for (i = 0; i < TCPA_HOOKS_ALL; i++)
		if (probes[i].armed)
			armed[nr++] = &probes[i].kp;
	unregister_kprobes(armed, nr);
	memset(probes, 0, sizeof(probes));
	static_branch_disable(&tcpa_hooks_use_kprobes);
}

/* At @address, or at the entry of the function if that is NULL. */
static int register_one(struct hook_probe *p, const struct tcpa_hook *hook,
			const unsigned long *address)
{
	int err;

	if (address && !*address)
		return -ENOENT;
	if (address)
		p->kp.addr = (kprobe_opcode_t *)*address;
	else
		p->kp.symbol_name = hook->symbol;
	p->kp.pre_handler = on_hit;
	p->handler = hook->handler;
	err = register_kprobe(&p->kp);
	p->armed = !err;
	return err;
}

static int arm_at(struct tcpa_hook *const *hooks, unsigned int n,
		  const unsigned long *addresses)
{
	unsigned int i;
	int err;

	static_branch_enable(&tcpa_hooks_use_kprobes);
	for (i = 0; i < n; i++) {
		if (tcpa_hook_needless(hooks[i]))
			continue;
		err = register_one(&probes[i], hooks[i],
				   addresses ? &addresses[i] : NULL);
		hooks[i]->armed = !err;
		if (err && tcpa_hook_refused("kprobes", hooks[i], err)) {
			disarm();
			return err;
		}
	}
	return 0;
}

static int arm(struct tcpa_hook *const *hooks, unsigned int n)
{
	return arm_at(hooks, n, NULL);
}

static u64 missed(unsigned int i)
{
	return READ_ONCE(probes[i].kp.nmissed);
}

const struct tcpa_method tcpa_by_kprobes = {
	.how = TCPA_HOOK_KPROBES,
	.name = "kprobes",
	.arm = arm,
	.disarm = disarm,
	.missed = missed,
};

#ifdef TCPA_BY_KPROBES_BEHIND

static int arm_behind(struct tcpa_hook *const *hooks, unsigned int n)
{
	unsigned long addresses[TCPA_HOOKS_ALL];
	int err = tcpa_hook_addresses(hooks, n, addresses);
	unsigned int i;

	for (i = 0; i < n; i++)
		if (!err && addresses[i])
			addresses[i] += TCPA_FTRACE_CALL_END;
	return err ?: arm_at(hooks, n, addresses);
}

const struct tcpa_method tcpa_by_kprobes_behind = {
	.how = TCPA_HOOK_KPROBES,
	.name = "kprobes",
	.arm = arm_behind,
	.disarm = disarm,
	.missed = missed,
};

#endif /* TCPA_BY_KPROBES_BEHIND */
#endif /* TCPA_BY_KPROBES */
#endif /* CONFIG_KPROBES */
