// SPDX-License-Identifier: GPL-2.0
/*
 * hook.c - entry hooks on kernel functions, by name.
 *
 * Job: see hook.h. Symbols are found by registering a disabled kprobe on each
 * (kallsyms_lookup_name() is not exported); the hooks themselves are one
 * ftrace_ops over all of them.
 *
 * Why not kprobes: while any kprobe handler runs on a CPU, the kernel skips
 * every other kprobe that fires there, so that a foreign probe in process
 * context (bpftrace, perf) makes softirq probes lose events. ftrace has no such
 * rule, costs a seventh, and needs no return instances that could run out.
 *
 * Why one ftrace_ops: each one that goes away waits for an RCU-tasks grace
 * period; one for all of them means one wait at unload.
 *
 * Context: arm and disarm sleep. The dispatcher runs in the context of the
 * hooked function; it takes no lock and cannot recurse, because no handler
 * calls a hooked function. Before 5.11 ftrace turned preemption off around it;
 * since then preemption is as the hooked function has it. On PREEMPT_RT that is on
 * even in a bottom half, so the dispatcher turns it off.
 * Does not: know what the handlers do.
 */
#include "hook.h"

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/kprobes.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/slab.h>

/*
 * ftrace reports the address of its call site, which lies at, or a few bytes
 * after, the function's first instruction (endbr64, bti, a moved link
 * register); a symbol resolves to either. Both are within this many bytes.
 */
#define TCPA_SITE_SPAN 16UL

struct hook_hits {
	unsigned long n[TCPA_HOOKS_MAX];
};

static DEFINE_PER_CPU(struct hook_hits, hits);

static struct tcpa_hook *armed_hooks __read_mostly;
static unsigned int armed_nr __read_mostly;
static unsigned long armed_ip[TCPA_HOOKS_MAX] __read_mostly;

/*
 * Which hook was found last for addresses that share these bits, to be tried
 * first. Two functions that share them take it from each other, which costs
 * each a search and nothing else.
 */
#define TCPA_GUESSES 256

static u8 guesses[TCPA_GUESSES] __read_mostly;

static bool is_site(unsigned long ip, unsigned int i)
{
	return ip - armed_ip[i] < TCPA_SITE_SPAN;
}

/* The hook of @ip, armed_nr if there is none. */
static noinline notrace unsigned int search(unsigned long ip, u8 *guess)
{
	unsigned int i;

	for (i = 0; i < armed_nr; i++)
		if (is_site(ip, i)) {
			WRITE_ONCE(*guess, i);
			break;
		}
	return i;
}

static void notrace dispatch(unsigned long ip, unsigned long parent_ip,
			     struct ftrace_ops *ops, struct ftrace_regs *fregs)
{
	u8 *guess = &guesses[ip / TCPA_SITE_SPAN % TCPA_GUESSES];
	unsigned int i = READ_ONCE(*guess);

	if (unlikely(!is_site(ip, i))) {
		i = search(ip, guess);
		if (i == armed_nr)
			return;
	}
	this_cpu_inc(hits.n[i]);
	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		preempt_disable_notrace();
	armed_hooks[i].handler(fregs);
	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		preempt_enable_notrace();
}

static struct ftrace_ops hook_ops = {
	.func = dispatch,
	.flags = TCPA_FTRACE_FLAGS,
};

/*
 * Find the first instruction of every symbol of @hooks, 0 where there is none.
 * All kprobes go together, for one RCU grace period instead of one each.
 * Process context, sleeps. Returns 0, -ENOMEM.
 */
static int resolve_all(const struct tcpa_hook *hooks, unsigned int n)
{
	struct kprobe *kps = kcalloc(n, sizeof(*kps), GFP_KERNEL);
	struct kprobe *found[TCPA_HOOKS_MAX];
	unsigned int i, nr = 0;

	if (!kps)
		return -ENOMEM;
	for (i = 0; i < n; i++) {
		kps[i].symbol_name = hooks[i].symbol;
		kps[i].flags = KPROBE_FLAG_DISABLED;
		armed_ip[i] = 0;
		if (register_kprobe(&kps[i]))
			continue;
		armed_ip[i] = (unsigned long)kps[i].addr;
		found[nr++] = &kps[i];
	}
	unregister_kprobes(found, nr);
	kfree(kps);
	return 0;
}

/*
 * Add the function that begins at @ip to the filter. Before 5.18 ftrace knows it
 * by nothing but the call site itself, which on arm64 is the second or third
 * instruction.
 */
static int filter_function(unsigned long ip)
{
	unsigned long offset;
	int err = -EINVAL;

	for (offset = 0; err == -EINVAL && offset < TCPA_SITE_SPAN; offset += 4)
		err = ftrace_set_filter_ip(&hook_ops, ip + offset, 0, 0);
	return err;
}

/* Add @hook's function to the filter. Returns 0, -ENOENT or ftrace's error. */
static int add_to_filter(struct tcpa_hook *hook, unsigned int i)
{
	int err;

	if (!armed_ip[i])
		return -ENOENT;
	err = filter_function(armed_ip[i]);
	if (err) {
		armed_ip[i] = 0;
		return err;
	}
	hook->armed = true;
	return 0;
}

/* As ftrace_free_filter() does, which 5.10 does not export. */
static void free_filter(void)
{
	ftrace_set_filter(&hook_ops, NULL, 0, 1);
}

int tcpa_hooks_arm(struct tcpa_hook *hooks, unsigned int n)
{
	unsigned int i;
	int err;

	if (WARN_ON_ONCE(n > TCPA_HOOKS_MAX))
		return -EINVAL;
	err = resolve_all(hooks, n);
	if (err)
		return err;
	for (i = 0; i < n; i++) {
		err = add_to_filter(&hooks[i], i);
		if (!err)
			continue;
		if (hooks[i].required) {
			pr_err("cannot hook %s (error %d), without it no %s; not loading\n",
			       hooks[i].symbol, err, hooks[i].blind);
			goto err_free_filter;
		}
		pr_info("cannot hook %s (error %d): no %s\n", hooks[i].symbol,
			err, hooks[i].blind);
	}
	armed_hooks = hooks;
	armed_nr = n;
	err = register_ftrace_function(&hook_ops);
	if (err) {
		pr_err("cannot register with ftrace (error %d), is kernel.ftrace_enabled 0? not loading\n",
		       err);
		goto err_free_filter;
	}
	return 0;

err_free_filter:
	free_filter();
	return err;
}

void tcpa_hooks_disarm(void)
{
	unregister_ftrace_function(&hook_ops);
	free_filter();
}

u64 tcpa_hook_hits(unsigned int i)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu(hits, cpu).n[i]);
	return sum;
}
