// SPDX-License-Identifier: GPL-2.0
/*
 * params.c - the module's parameters.
 *
 * A value out of range is refused with a line in the log that names the
 * parameter, the value and the range; the old value stays.
 * Context: process.
 * Does not: act on a change; the sampler reads the values at each tick.
 */
#include "params.h"

#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "observe/distribution.h"
#include "observe/hook.h"
#include "observe/listener.h"
#include "observe/refusal.h"

unsigned int tcpa_interval_ms = 1000;
unsigned int tcpa_window_s = 60;
unsigned int tcpa_max_listeners = TCPA_LISTENERS_DEFAULT;
unsigned int tcpa_hooks = TCPA_HOOK_AUTO;

static const char *const hookings[] = {
	[TCPA_HOOK_AUTO] = "auto",
	[TCPA_HOOK_FTRACE] = "ftrace",
	[TCPA_HOOK_KPROBES] = "kprobes",
};

static const char *const clients[] = {
	[TCPA_CLIENTS_NONE] = "none",
	[TCPA_CLIENTS_PREFIX] = "prefix",
	[TCPA_CLIENTS_FULL] = "full",
};

static int set_in_range(const char *val, const struct kernel_param *kp,
			unsigned int min, unsigned int max)
{
	unsigned int n;
	int err = kstrtouint(val, 0, &n);

	if (!err && (n < min || n > max))
		err = -ERANGE;
	if (err) {
		pr_err("%s: want a number from %u to %u, left at %u\n",
		       kp->name, min, max, *(unsigned int *)kp->arg);
		return err;
	}
	WRITE_ONCE(*(unsigned int *)kp->arg, n);
	return 0;
}

static int set_interval(const char *val, const struct kernel_param *kp)
{
	return set_in_range(val, kp, 100, 1000);
}

static int set_window(const char *val, const struct kernel_param *kp)
{
	return set_in_range(val, kp, 5, 3600);
}

static int set_max_listeners(const char *val, const struct kernel_param *kp)
{
	return set_in_range(val, kp, TCPA_LISTENERS_MIN, TCPA_LISTENERS_MAX);
}

static int set_histograms(const char *val, const struct kernel_param *kp)
{
	return set_in_range(val, kp, 0, TCPA_LISTENERS_MAX);
}

static int set_hooks(const char *val, const struct kernel_param *kp)
{
	int how = sysfs_match_string(hookings, val);

	if (how < 0) {
		pr_err("%s: want auto, ftrace or kprobes\n", kp->name);
		return how;
	}
	*(unsigned int *)kp->arg = how;
	return 0;
}

static int get_hooks(char *buf, const struct kernel_param *kp)
{
	return sysfs_emit(buf, "%s\n", hookings[*(unsigned int *)kp->arg]);
}

static int set_clients(const char *val, const struct kernel_param *kp)
{
	int how = sysfs_match_string(clients, val);

	if (how < 0) {
		pr_err("%s: want none, prefix or full\n", kp->name);
		return how;
	}
	WRITE_ONCE(*(unsigned int *)kp->arg, how);
	return 0;
}

static int get_clients(char *buf, const struct kernel_param *kp)
{
	return sysfs_emit(buf, "%s\n", clients[*(unsigned int *)kp->arg]);
}

static const struct kernel_param_ops interval_ops = {
	.set = set_interval,
	.get = param_get_uint,
};

static const struct kernel_param_ops window_ops = {
	.set = set_window,
	.get = param_get_uint,
};

static const struct kernel_param_ops max_listeners_ops = {
	.set = set_max_listeners,
	.get = param_get_uint,
};

static const struct kernel_param_ops histograms_ops = {
	.set = set_histograms,
	.get = param_get_uint,
};

static const struct kernel_param_ops hooks_ops = {
	.set = set_hooks,
	.get = get_hooks,
};

static const struct kernel_param_ops clients_ops = {
	.set = set_clients,
	.get = get_clients,
};

module_param_cb(interval_ms, &interval_ops, &tcpa_interval_ms, 0644);
MODULE_PARM_DESC(interval_ms, "sampling interval in ms, 100 to 1000 (1000)");
module_param_cb(window_s, &window_ops, &tcpa_window_s, 0644);
MODULE_PARM_DESC(window_s, "window of evidence in seconds, 5 to 3600 (60)");
module_param_cb(max_listeners, &max_listeners_ops, &tcpa_max_listeners, 0444);
MODULE_PARM_DESC(max_listeners,
		 "listeners with an entry of their own, 1 to 65536 (16384)");
module_param_cb(hooks, &hooks_ops, &tcpa_hooks, 0444);
MODULE_PARM_DESC(hooks, "how functions are hooked: auto, ftrace or kprobes (auto)");
module_param_cb(trace_clients, &clients_ops, &tcpa_trace_clients, 0644);
MODULE_PARM_DESC(trace_clients,
		 "of a refused client's address events have none, prefix or full (prefix)");
module_param_cb(histograms, &histograms_ops, &tcpa_histograms_unasked, 0444);
MODULE_PARM_DESC(histograms,
		 "listeners with histograms from their beginning, 0 to 65536 (0)");
