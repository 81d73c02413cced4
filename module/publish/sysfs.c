// SPDX-License-Identifier: GPL-2.0
/*
 * sysfs.c - /sys/kernel/tcpadvisor, but for listeners/, netns/ and ports/.
 *
 * Files of a namespace are plain files whose show() asks for the reader's
 * namespace, which under `ip netns exec` and in containers is that of the
 * mount; so they need no tagging and no directory per namespace.
 * Context: process. No file takes a lock that is held while files are removed.
 * Does not: count or judge; files show what others keep.
 */
#include "sysfs.h"

#include <linux/kobject.h>
#include <linux/slab.h>
#include <linux/sysfs.h>

#include "judge/sample.h"
#include "observe/attribution.h"
#include "observe/coverage.h"
#include "observe/hook.h"
#include "observe/listener.h"
#include "observe/state.h"
#include "observe/probes.h"
#include "dir.h"
#include "set.h"
#include "tables.h"
#include "observe/timewait.h"

static struct kobject *root;
static struct kobject *probes_dir;

ssize_t tcpa_net_attr_show(struct kobject *kobj, struct kobj_attribute *ka,
			   char *buf)
{
	const struct tcpa_net_attr *a =
		container_of(ka, struct tcpa_net_attr, ka);
	const struct tcpa_net *tn = tcpa_net_current();

	return tn ? sysfs_emit(buf, "%lld\n", a->get(tn, a->arg)) : -ENXIO;
}

static s64 get_closed(const struct tcpa_net *tn, int arg)
{
	return READ_ONCE(tn->closed.v[arg]);
}

static s64 get_closed_listeners(const struct tcpa_net *tn, int arg)
{
	return READ_ONCE(tn->closed.listeners);
}

static s64 get_closed_aborted(const struct tcpa_net *tn, int arg)
{
	return READ_ONCE(tn->closed.aborted);
}

static s64 get_untracked(const struct tcpa_net *tn, int arg)
{
	u64 sum[TCPA_COUNTERS] = {};

	tcpa_attribution_sum(&tn->untracked, sum);
	return sum[arg];
}

static s64 get_untracked_listeners(const struct tcpa_net *tn, int arg)
{
	return atomic_read(&tn->untracked_listeners);
}

static s64 get_untracked_ports(const struct tcpa_net *tn, int arg)
{
	return READ_ONCE(tn->listened.left_out);
}

/* The counters that closed/ and untracked/ have in common. */
#define TOTALS(_group, _get) \
	TCPA_NET_ATTR(_group, syns, _get, TCPA_SYNS); \
	TCPA_NET_ATTR(_group, completions, _get, TCPA_COMPLETIONS); \
	TCPA_NET_ATTR(_group, accept_overflows_syn, _get, TCPA_OVERFLOWS_SYN); \
	TCPA_NET_ATTR(_group, accept_overflows_ack, _get, TCPA_OVERFLOWS_ACK); \
	TCPA_NET_ATTR(_group, syn_queue_drops, _get, TCPA_SYNQ_DROPS); \
	TCPA_NET_ATTR(_group, syncookies_wanted, _get, TCPA_COOKIES_WANTED); \
	TCPA_NET_ATTR(_group, syncookies_sent, _get, TCPA_COOKIES_SENT); \
	TCPA_NET_ATTR(_group, syncookies_valid, _get, TCPA_COOKIES_VALID); \
	TCPA_NET_ATTR(_group, other_drops, _get, TCPA_OTHER_DROPS)

#define TOTALS_LIST(_group) \
	&_group##_syns.ka.attr, \
	&_group##_completions.ka.attr, \
	&_group##_accept_overflows_syn.ka.attr, \
	&_group##_accept_overflows_ack.ka.attr, \
	&_group##_syn_queue_drops.ka.attr, \
	&_group##_syncookies_wanted.ka.attr, \
	&_group##_syncookies_sent.ka.attr, \
	&_group##_syncookies_valid.ka.attr, \
	&_group##_other_drops.ka.attr

TCPA_NET_ATTR(closed, listeners, get_closed_listeners, 0);
TCPA_NET_ATTR(closed, aborted, get_closed_aborted, 0);
TOTALS(closed, get_closed);

static struct attribute *closed_attrs[] = {
	&closed_listeners.ka.attr,
	&closed_aborted.ka.attr,
	TOTALS_LIST(closed),
	NULL
};

static const struct attribute_group closed_group = {
	.name = "closed",
	.attrs = closed_attrs,
};

TCPA_NET_ATTR(untracked, listeners, get_untracked_listeners, 0);
TCPA_NET_ATTR(untracked, ports, get_untracked_ports, 0);
TOTALS(untracked, get_untracked);

static struct attribute *untracked_attrs[] = {
	&untracked_listeners.ka.attr,
	&untracked_ports.ka.attr,
	TOTALS_LIST(untracked),
	NULL
};

static const struct attribute_group untracked_group = {
	.name = "untracked",
	.attrs = untracked_attrs,
};

static s64 get_bpf(const struct tcpa_net *tn, int arg)
{
	u64 sum[TCPA_COUNTERS] = {};

	tcpa_attribution_sum(&tn->programs, sum);
	return sum[arg];
}

TCPA_NET_ATTR(bpf, accept_overflows, get_bpf, TCPA_OVERFLOWS_SYN);
TCPA_NET_ATTR(bpf, syn_queue_drops, get_bpf, TCPA_SYNQ_DROPS);
TCPA_NET_ATTR(bpf, syncookies_wanted, get_bpf, TCPA_COOKIES_WANTED);

static struct attribute *bpf_attrs[] = {
	&bpf_accept_overflows.ka.attr,
	&bpf_syn_queue_drops.ka.attr,
	&bpf_syncookies_wanted.ka.attr,
	NULL
};

static const struct attribute_group bpf_group = {
	.name = "bpf",
	.attrs = bpf_attrs,
};

static s64 get_tw_count(const struct tcpa_net *tn, int arg)
{
	return tcpa_tw_count(tn->net);
}

static s64 get_tw_limit(const struct tcpa_net *tn, int arg)
{
	return READ_ONCE(tcpa_death_row(tn->net)->sysctl_max_tw_buckets);
}

static s64 get_tw_created(const struct tcpa_net *tn, int arg)
{
	return tcpa_timewait_created(tn);
}

static s64 get_tw_overflows(const struct tcpa_net *tn, int arg)
{
	return tcpa_timewait_overflows(tn);
}

static s64 get_tw_reused(const struct tcpa_net *tn, int arg)
{
	return tcpa_timewait_reused(tn);
}

static s64 get_tw_asked(const struct tcpa_net *tn, int arg)
{
	return tcpa_timewait_asked_sum(tn, arg);
}

TCPA_NET_ATTR(timewait, count, get_tw_count, 0);
TCPA_NET_ATTR(timewait, limit, get_tw_limit, 0);
TCPA_NET_ATTR(timewait, created, get_tw_created, 0);
TCPA_NET_ATTR(timewait, overflows, get_tw_overflows, 0);
TCPA_NET_ATTR(timewait, reused, get_tw_reused, 0);
TCPA_NET_ATTR(timewait, server_side, get_tw_asked, TCPA_TW_SERVER);
TCPA_NET_ATTR(timewait, client_side, get_tw_asked, TCPA_TW_CLIENT);
TCPA_NET_ATTR(timewait, fin_wait2, get_tw_asked, TCPA_TW_FIN_WAIT2);

static ssize_t timewait_verdict_show(struct kobject *kobj,
				     struct kobj_attribute *ka, char *buf)
{
	const struct tcpa_net *tn = tcpa_net_current();

	return tn ? sysfs_emit(buf, "%s\n",
			       tcpa_verdict_name(READ_ONCE(tn->tw.verdict))) :
		    -ENXIO;
}

static struct kobj_attribute timewait_verdict =
	__ATTR(verdict, 0444, timewait_verdict_show, NULL);

static struct attribute *timewait_attrs[] = {
	&timewait_count.ka.attr,
	&timewait_limit.ka.attr,
	&timewait_created.ka.attr,
	&timewait_overflows.ka.attr,
	&timewait_reused.ka.attr,
	&timewait_server_side.ka.attr,
	&timewait_client_side.ka.attr,
	&timewait_fin_wait2.ka.attr,
	&timewait_verdict.attr,
	NULL
};

static const struct attribute_group timewait_group = {
	.name = "timewait",
	.attrs = timewait_attrs,
};

static s64 get_residual(const struct tcpa_net *tn, int arg)
{
	return tcpa_attribution_residual(tn, arg);
}

TCPA_NET_ATTR(residual, ListenOverflows, get_residual, TCPA_MIB_OVERFLOWS);
TCPA_NET_ATTR(residual, ListenDrops, get_residual, TCPA_MIB_DROPS);
TCPA_NET_ATTR(residual, TCPReqQFullDrop, get_residual, TCPA_MIB_QFULL_DROP);
TCPA_NET_ATTR(residual, TCPReqQFullDoCookies, get_residual, TCPA_MIB_QFULL_COOKIE);
TCPA_NET_ATTR(residual, SyncookiesSent, get_residual, TCPA_MIB_COOKIES_SENT);

static struct attribute *residual_attrs[] = {
	&residual_ListenOverflows.ka.attr,
	&residual_ListenDrops.ka.attr,
	&residual_TCPReqQFullDrop.ka.attr,
	&residual_TCPReqQFullDoCookies.ka.attr,
	&residual_SyncookiesSent.ka.attr,
	NULL
};

static const struct attribute_group residual_group = {
	.name = "residual",
	.attrs = residual_attrs,
};

static ssize_t generation_show(struct kobject *kobj, struct kobj_attribute *ka,
			       char *buf)
{
	struct tcpa_net *tn = tcpa_net_current();

	return tn ? sysfs_emit(buf, "%llu\n", tcpa_set_generation(tn)) : -ENXIO;
}

static ssize_t exact_show(struct kobject *kobj, struct kobj_attribute *ka,
			  char *buf)
{
	return sysfs_emit(buf, "%d\n", tcpa_attribution_exact() &&
			  tcpa_hooks_complete());
}

static ssize_t hooks_show(struct kobject *kobj, struct kobj_attribute *ka,
			  char *buf)
{
	return sysfs_emit(buf, "%s\n", tcpa_hooks_method());
}

static struct kobj_attribute generation_attr = __ATTR_RO(generation);
static struct kobj_attribute exact_attr = __ATTR_RO(exact);
static struct kobj_attribute hooks_attr = __ATTR_RO(hooks);

static struct attribute *root_attrs[] = {
	&generation_attr.attr,
	&exact_attr.attr,
	&hooks_attr.attr,
	NULL
};

static const struct attribute_group root_group = {
	.attrs = root_attrs,
};

static const struct attribute_group *root_groups[] = {
	&root_group,
	&closed_group,
	&untracked_group,
	&bpf_group,
	&timewait_group,
	&tcpa_sysfs_ports,
	&residual_group,
	NULL
};

/* One directory per hooked function, for root: it counts for all namespaces. */
struct probe_dir {
	struct kobj_attribute state, hits, missed;
	struct attribute *attrs[4];
	struct attribute_group group;
};

static struct probe_dir *probe_dirs;

static ssize_t state_show(struct kobject *kobj, struct kobj_attribute *ka,
			  char *buf)
{
	const struct probe_dir *d = container_of(ka, struct probe_dir, state);
	unsigned int n;
	const struct tcpa_hook *hook = &tcpa_probes(&n)[d - probe_dirs];

	if (hook->armed && tcpa_coverage_silent(d - probe_dirs))
		return sysfs_emit(buf, "silent: no %s\n", hook->blind);
	if (hook->armed)
		return sysfs_emit(buf, "armed\n");
	if (hook->absent)
		return sysfs_emit(buf, "absent\n");
	return sysfs_emit(buf, "missing: no %s\n", hook->blind);
}

static ssize_t hits_show(struct kobject *kobj, struct kobj_attribute *ka,
			 char *buf)
{
	const struct probe_dir *d = container_of(ka, struct probe_dir, hits);

	return sysfs_emit(buf, "%llu\n", tcpa_hook_hits(d - probe_dirs));
}

static ssize_t missed_show(struct kobject *kobj, struct kobj_attribute *ka,
			   char *buf)
{
	const struct probe_dir *d = container_of(ka, struct probe_dir, missed);

	return sysfs_emit(buf, "%llu\n", tcpa_probe_missed(d - probe_dirs));
}

static int add_probe_dir(struct probe_dir *d, const char *symbol)
{
	d->state = (struct kobj_attribute)__ATTR(state, 0400, state_show, NULL);
	d->hits = (struct kobj_attribute)__ATTR(hits, 0400, hits_show, NULL);
	d->missed = (struct kobj_attribute)__ATTR(missed, 0400, missed_show, NULL);
	sysfs_attr_init(&d->state.attr);
	sysfs_attr_init(&d->hits.attr);
	sysfs_attr_init(&d->missed.attr);
	d->attrs[0] = &d->state.attr;
	d->attrs[1] = &d->hits.attr;
	d->attrs[2] = &d->missed.attr;
	d->group.name = symbol;
	d->group.attrs = d->attrs;
	return sysfs_create_group(probes_dir, &d->group);
}

static int add_probes(void)
{
	const struct tcpa_hook *hooks;
	unsigned int i, n;
	int err = 0;

	hooks = tcpa_probes(&n);
	probe_dirs = kcalloc(n, sizeof(*probe_dirs), GFP_KERNEL);
	if (!probe_dirs)
		return -ENOMEM;
	probes_dir = kobject_create_and_add("probes", root);
	if (!probes_dir) {
		err = -ENOMEM;
		goto err_free_dirs;
	}
	for (i = 0; i < n && !err; i++)
		err = add_probe_dir(&probe_dirs[i], hooks[i].symbol);
	if (err)
		goto err_put_dir;
	return 0;

err_put_dir:
	tcpa_dir_remove(probes_dir);
err_free_dirs:
	kfree(probe_dirs);
	return err;
}

static void remove_probes(void)
{
	tcpa_dir_remove(probes_dir);
	kfree(probe_dirs);
}

int tcpa_sysfs_init(void)
{
	int err;

	root = kobject_create_and_add("tcpadvisor", kernel_kobj);
	if (!root)
		return -ENOMEM;
	err = sysfs_create_groups(root, root_groups);
	if (err)
		goto err_put_root;
	err = add_probes();
	if (err)
		goto err_put_root;
	err = tcpa_sysfs_listeners_init(root);
	if (err)
		goto err_remove_probes;
	err = tcpa_sysfs_netns_init(root);
	if (err)
		goto err_remove_listeners;
	err = tcpa_tables_init(root);
	if (err)
		goto err_remove_netns;
	return 0;

err_remove_netns:
	tcpa_sysfs_netns_exit(root);
err_remove_listeners:
	tcpa_sysfs_listeners_exit();
err_remove_probes:
	remove_probes();
err_put_root:
	tcpa_dir_remove(root);
	return err;
}

void tcpa_sysfs_exit(void)
{
	tcpa_tables_exit();
	tcpa_sysfs_netns_exit(root);
	tcpa_sysfs_listeners_exit();
	remove_probes();
	tcpa_dir_remove(root);
}
