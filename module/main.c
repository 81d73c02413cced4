// SPDX-License-Identifier: GPL-2.0
/*
 * main.c - load and unload.
 *
 * Order of load: state before who writes it, the tree before what appears in
 * it, the hooks before the scan (so that no listener slips between them), the
 * residual's zero after all of these, the sampler last. Unload is the reverse;
 * with sampler and hooks stopped the entries are removed while the tree and the
 * state of their namespaces still stand, then the tree goes, so that no file
 * is read without state behind it.
 * Context: process.
 */
#include <linux/init.h>
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>

#include "observe/attribution.h"
#include "observe/hook.h"
#include "observe/listener.h"
#include "observe/netns.h"
#include "params.h"
#include "observe/probes.h"
#include "observe/reconcile.h"
#include "observe/record.h"
#include "observe/scan.h"
#include "observe/state.h"
#include "sampler.h"
#include "publish/sysfs.h"

/*
 * Calls that were under way when the hooks were armed have no snapshot. A grace
 * period later there are none, and the residual starts from 0.
 */
static void rebase_all(void)
{
	struct tcpa_net *tn;

	synchronize_rcu();
	for (tn = tcpa_netns_next(NULL); tn; tn = tcpa_netns_next(tn)) {
		tcpa_attribution_rebase(tn);
		cond_resched();
	}
}

static int __init tcpadvisor_init(void)
{
	int err;

	err = tcpa_listeners_init(tcpa_max_listeners, &tcpa_sysfs_view);
	if (err)
		return err;
	tcpa_reconcile_init(&tcpa_sysfs_view);
	err = tcpa_netns_init(&tcpa_sysfs_view);
	if (err)
		goto err_listeners;
	err = tcpa_sysfs_init();
	if (err)
		goto err_netns;
	tcpa_record_init();
	err = tcpa_probes_init(tcpa_hooks);
	if (err)
		goto err_hooks;
	if (!tcpa_attribution_exact())
		pr_warn("bottom halves of one CPU interleave on this kernel: a refusal may be counted for another listener\n");
	if (!tcpa_hooks_complete())
		pr_warn("kprobes leave out calls while another of them runs: what they missed may be counted for another listener, or not at all\n");
	rebase_all();
	tcpa_listeners_scan();
	err = tcpa_sampler_init();
	if (err)
		goto err_probes;
	return 0;

err_probes:
	tcpa_probes_exit();
err_hooks:
	/* Some hooks may have been there for a while, and have seen listeners. */
	tcpa_record_exit();
	tcpa_listeners_remove_all();
	tcpa_sysfs_exit();
err_netns:
	tcpa_netns_exit();
err_listeners:
	tcpa_reconcile_exit();
	tcpa_listeners_exit();
	return err;
}

static void __exit tcpadvisor_exit(void)
{
	tcpa_sampler_exit();
	tcpa_probes_exit();
	tcpa_record_exit();
	tcpa_listeners_remove_all();
	tcpa_sysfs_exit();
	tcpa_netns_exit();
	tcpa_reconcile_exit();
	tcpa_listeners_exit();
}

module_init(tcpadvisor_init);
module_exit(tcpadvisor_exit);

MODULE_DESCRIPTION("Counts, explains and advises on refused TCP connections");
MODULE_AUTHOR("tcpadvisor maintainers <maintainers@tcpadvisor.invalid>");
MODULE_LICENSE("GPL");
MODULE_VERSION(TCPA_VERSION);
