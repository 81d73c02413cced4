// SPDX-License-Identifier: GPL-2.0
/*
 * hook_ftrace.c - hooks by ftrace.
 *
 * One ftrace_ops for all functions: each one that goes away waits for an RCU-tasks
 * grace period; one for all of them means one wait at unload. Its dispatcher, which
 * knows the busiest hooks, lies with their handlers (hook_dispatch.h); here is the
 * search for all others, and for the first call of each.
 *
 * Symbols are found by registering a disabled kprobe on each, for
 * kallsyms_lookup_name() is not exported. A kernel without kprobes is given names,
 * and asked for the name of an address when that is first hit.
 *
 * Context: arm and disarm sleep. The dispatcher runs in the context of the hooked
 * function and takes no lock.
 * Does not: know what the handlers do.
 */
#include "hook_dispatch.h"
#include "hook_method.h"

#ifdef TCPA_BY_FTRACE

#include <linux/errno.h>
#include <linux/kallsyms.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/string.h>

/*
 * ftrace reports the address of its call site, which lies at, or a few bytes
 * after, the function's first instruction (endbr64, bti, a moved link
 * register); a symbol resolves to either. Both are within this many bytes.
 */
#define TCPA_SITE_SPAN 16UL

static unsigned int armed_nr __read_mostly;
static unsigned long armed_ip[TCPA_HOOKS_ALL] __read_mostly;
static tcpa_handler armed_handler[TCPA_HOOKS_ALL] __read_mostly;

unsigned long tcpa_hook_site[TCPA_HOOKS_ALL] __read_mostly;

static struct ftrace_ops hook_ops = {
	.func = tcpa_hook_dispatch,
	.flags = TCPA_FTRACE_FLAGS,
};

#ifdef CONFIG_KPROBES

/* The addresses of all hooks are known from the beginning. */
static int find_all(struct tcpa_hook *const *hooks, unsigned int n)
{
	return tcpa_hook_addresses(hooks, n, armed_ip);
}

/*
 * Add hook @i's function to the filter. Before 5.18 ftrace knows it by nothing but
 * the call site itself, which on arm64 is the second or third instruction.
 */
static int filter_function(const struct tcpa_hook *hook, unsigned int i)
{
	unsigned long offset;
	int err = -EINVAL;

	if (!armed_ip[i])
		return -ENOENT;
	for (offset = 0; err == -EINVAL && offset < TCPA_SITE_SPAN; offset += 4)
		err = ftrace_set_filter_ip(&hook_ops, armed_ip[i] + offset, 0, 0);
	return err;
}

static void learn(unsigned long ip)
{
}

#else

static const char *armed_symbol[TCPA_HOOKS_ALL] __read_mostly;

static int find_all(struct tcpa_hook *const *hooks, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++) {
		armed_ip[i] = 0;
		armed_symbol[i] = hooks[i]->symbol;
	}
	return 0;
}

/* The same by name, of which ftrace says -EINVAL if it is none that it can trace. */
static int filter_function(const struct tcpa_hook *hook, unsigned int i)
{
	unsigned char name[KSYM_NAME_LEN];
	int len = strscpy(name, hook->symbol, sizeof(name));
	int err = ftrace_set_filter(&hook_ops, name, len, 0);

	return err == -EINVAL ? -ENOENT : err;
}

/*
 * @name, maybe with its module, is that of hook @i's function, and not of another
 * module's that has one of the same name.
 */
static bool notrace is_named(const char *name, unsigned int i)
{
	size_t len = strlen(armed_symbol[i]);

	if (strncmp(name, armed_symbol[i], len))
		return false;
	name += len;
	return !*name || !strcmp(name, " [ipv6]") ||
	       !strcmp(name, " [" KBUILD_MODNAME "]");
}

/* @ip was hit and is not known. CPUs that meet here write the same. */
static noinline notrace void learn(unsigned long ip)
{
	char name[KSYM_SYMBOL_LEN];
	unsigned int i;

	sprint_symbol_no_offset(name, ip);
	for (i = 0; i < armed_nr; i++)
		if (!READ_ONCE(armed_ip[i]) && is_named(name, i))
			WRITE_ONCE(armed_ip[i], ip);
}

#endif

static bool is_site(unsigned long ip, unsigned int i)
{
	return ip - READ_ONCE(armed_ip[i]) < TCPA_SITE_SPAN;
}

static notrace unsigned int find(unsigned long ip)
{
	unsigned int i;

	for (i = 0; i < armed_nr; i++)
		if (is_site(ip, i))
			break;
	return i;
}

/* The hook of @ip, which is called for the first time; armed_nr if there is none. */
static noinline notrace unsigned int search(unsigned long ip)
{
	unsigned int i = find(ip);

	if (i == armed_nr) {
		learn(ip);
		i = find(ip);
	}
	if (i != armed_nr)
		WRITE_ONCE(tcpa_hook_site[i], ip);
	return i;
}

void notrace tcpa_hook_dispatch_any(unsigned long ip, const struct tcpa_regs *regs)
{
	unsigned int i;

	for (i = 0; i < armed_nr; i++)
		if (ip == READ_ONCE(tcpa_hook_site[i]))
			break;
	if (unlikely(i == armed_nr))
		i = search(ip);
	if (i == armed_nr)
		return;
	this_cpu_inc(tcpa_hits.n[i]);
	armed_handler[i](regs);
}

/* As ftrace_free_filter() does, which 5.10 does not export. */
static void free_filter(void)
{
	ftrace_set_filter(&hook_ops, NULL, 0, 1);
}

static int arm(struct tcpa_hook *const *hooks, unsigned int n)
{
	unsigned int i;
	int err;

	err = find_all(hooks, n);
	if (err)
		return err;
	for (i = 0; i < n; i++) {
		armed_handler[i] = hooks[i]->handler;
		tcpa_hook_site[i] = 0;
		if (tcpa_hook_needless(hooks[i])) {
			armed_ip[i] = 0;
			continue;
		}
		err = filter_function(hooks[i], i);
		hooks[i]->armed = !err;
		if (err)
			armed_ip[i] = 0;
		if (err && tcpa_hook_refused("ftrace", hooks[i], err))
			goto err_free_filter;
	}
	armed_nr = n;
	err = register_ftrace_function(&hook_ops);
	if (err) {
		pr_info("ftrace takes no hooks (error %d): is kernel.ftrace_enabled 0?\n",
			err);
		goto err_free_filter;
	}
	return 0;

err_free_filter:
	free_filter();
	return err;
}

/*
 * ftrace refuses to unregister after it has shut itself down, because of an error
 * that it found in its own bookkeeping. It then leaves functions patched as they
 * are, so that ours may be called as long as the kernel runs. So this process, who
 * holds neither lock nor memory of others, waits for ever, and the module stays in
 * memory with all that handlers use.
 */
void tcpa_ftrace_stay(int err)
{
	pr_alert("ftrace has shut itself down and does not give hooks back (error %d): not unloading until the next boot\n",
		 err);
	for (;;)
		schedule_timeout_idle(MAX_SCHEDULE_TIMEOUT);
}

static void disarm(void)
{
	int err = unregister_ftrace_function(&hook_ops);

	if (err)
		tcpa_ftrace_stay(err);
	free_filter();
}

const struct tcpa_method tcpa_by_ftrace = {
	.how = TCPA_HOOK_FTRACE,
	.name = "ftrace",
	.arm = arm,
	.disarm = disarm,
};

#endif /* TCPA_BY_FTRACE */
