// SPDX-License-Identifier: GPL-2.0
/*
 * sysfs_listener.c - listeners/<addr>:<port>@<cookie>/, one value per file, but for
 * histograms. A file takes 160 bytes for each listener: what few read is in
 * tables/listeners only (how long connections wait for accept(2)).
 *
 * The directory listeners/ is tagged by network namespace as /sys/class/net
 * is: each entry is visible only in a sysfs mounted from the listener's own
 * namespace, and can be read only by whoever may see that (reader.h). A file is
 * read while sysfs holds its directory, whose removal waits for that; the entry,
 * and the reference it holds to its socket, outlive the directory.
 * Context: process. No file takes a lock of reconcile's, which removes directories, nor
 * does who writes `histograms` wait for one.
 * Does not: know the other files (sysfs.c).
 */
#include "sysfs.h"

#include <linux/cgroup.h>
#include <linux/kobject.h>
#include <linux/nsproxy.h>
#include <linux/slab.h>
#include <linux/sysfs.h>
#include <linux/xarray.h>
#include <net/net_namespace.h>

#include "judge/sample.h"
#include "observe/attribution.h"
#include "observe/entry.h"
#include "observe/listener.h"
#include "observe/state.h"
#include "observe/view.h"
#include "reader.h"
#include "set.h"

struct listener_attr {
	struct attribute attr;
	ssize_t (*show)(const struct tcpa_listener *l, char *buf, int arg);
	int (*store)(struct tcpa_listener *l, const char *buf);	/* NULL: read only */
	int arg;
};

static struct kobject *listeners_dir;

static ssize_t show_counter(const struct tcpa_listener *l, char *buf, int arg)
{
	u64 sum[TCPA_COUNTERS] = {};

	tcpa_attribution_sum(l, sum);
	return sysfs_emit(buf, "%llu\n", sum[arg]);
}

static ssize_t show_inode(const struct tcpa_listener *l, char *buf, int arg)
{
	return sysfs_emit(buf, "%llu\n", l->inode);
}

static ssize_t show_backlog(const struct tcpa_listener *l, char *buf, int arg)
{
	return sysfs_emit(buf, "%u\n", READ_ONCE(l->sk->sk_max_ack_backlog));
}

static ssize_t show_requested(const struct tcpa_listener *l, char *buf, int arg)
{
	s64 requested = READ_ONCE(l->requested);

	/* listen(2) takes an int: -1 asks for as much as there is. */
	return requested == TCPA_UNKNOWN ? sysfs_emit(buf, "unknown\n") :
					   sysfs_emit(buf, "%d\n", (int)requested);
}

static ssize_t show_accept_queue(const struct tcpa_listener *l, char *buf,
				 int arg)
{
	return sysfs_emit(buf, "%u\n", READ_ONCE(l->sk->sk_ack_backlog));
}

static ssize_t show_accept_peak(const struct tcpa_listener *l, char *buf,
				int arg)
{
	u32 peak = READ_ONCE(l->sk->sk_ack_backlog), syn = 0;

	tcpa_listener_peaks(l, &peak, &syn);
	return sysfs_emit(buf, "%u\n", peak);
}

static ssize_t show_syn_queue(const struct tcpa_listener *l, char *buf, int arg)
{
	return sysfs_emit(buf, "%u\n", tcpa_listener_syn_queue(l));
}

static ssize_t show_syn_peak(const struct tcpa_listener *l, char *buf, int arg)
{
	u32 peak = tcpa_listener_syn_queue(l), accept = 0;

	tcpa_listener_peaks(l, &accept, &peak);
	return sysfs_emit(buf, "%u\n", peak);
}

static ssize_t show_verdict(const struct tcpa_listener *l, char *buf, int arg)
{
	return sysfs_emit(buf, "%s\n",
			  tcpa_verdict_name(READ_ONCE(l->verdict)));
}

static ssize_t show_recommended(const struct tcpa_listener *l, char *buf,
				int arg)
{
	return sysfs_emit(buf, "%u\n", READ_ONCE(l->recommended));
}

#ifdef CONFIG_SOCK_CGROUP_DATA
/* Whether a cgroup's path begins above the reader's cgroup namespace. */
static bool leads_outside(const char *path)
{
	return !strncmp(path, "/..", 3) && (path[3] == '/' || !path[3]);
}

static ssize_t show_cgroup(const struct tcpa_listener *l, char *buf, int arg)
{
	struct cgroup *cgrp = sock_cgroup_ptr(&l->sk->sk_cgrp_data);
	int len;

	/* One byte is kept for the newline. */
	len = current->nsproxy ?
	      cgroup_path_ns(cgrp, buf, PAGE_SIZE - 1,
			     current->nsproxy->cgroup_ns) : 0;
	if (len <= 0 || (leads_outside(buf) && !tcpa_reader_may_see_host()))
		return sysfs_emit(buf, "-\n");
	len = strlen(buf);
	buf[len++] = '\n';
	return len;
}
#else
static ssize_t show_cgroup(const struct tcpa_listener *l, char *buf, int arg)
{
	return sysfs_emit(buf, "-\n");
}
#endif

static ssize_t show_histograms(const struct tcpa_listener *l, char *buf, int arg)
{
	return tcpa_sysfs_show_histograms(l, buf);
}

#define LISTENER_ATTR(_name, _show, _arg) \
	static struct listener_attr attr_##_name = { \
		.attr = { .name = #_name, .mode = 0444 }, \
		.show = _show, \
		.arg = _arg, \
	}

LISTENER_ATTR(inode, show_inode, 0);
LISTENER_ATTR(cgroup, show_cgroup, 0);
LISTENER_ATTR(backlog, show_backlog, 0);
LISTENER_ATTR(backlog_requested, show_requested, 0);
LISTENER_ATTR(accept_queue, show_accept_queue, 0);
LISTENER_ATTR(accept_queue_peak, show_accept_peak, 0);
LISTENER_ATTR(syn_queue, show_syn_queue, 0);
LISTENER_ATTR(syn_queue_peak, show_syn_peak, 0);
LISTENER_ATTR(syns, show_counter, TCPA_SYNS);
LISTENER_ATTR(completions, show_counter, TCPA_COMPLETIONS);
LISTENER_ATTR(accept_overflows_syn, show_counter, TCPA_OVERFLOWS_SYN);
LISTENER_ATTR(accept_overflows_ack, show_counter, TCPA_OVERFLOWS_ACK);
LISTENER_ATTR(syn_queue_drops, show_counter, TCPA_SYNQ_DROPS);
LISTENER_ATTR(syncookies_wanted, show_counter, TCPA_COOKIES_WANTED);
LISTENER_ATTR(syncookies_sent, show_counter, TCPA_COOKIES_SENT);
LISTENER_ATTR(syncookies_valid, show_counter, TCPA_COOKIES_VALID);
LISTENER_ATTR(other_drops, show_counter, TCPA_OTHER_DROPS);
LISTENER_ATTR(verdict, show_verdict, 0);
LISTENER_ATTR(backlog_recommended, show_recommended, 0);

static struct listener_attr attr_histograms = {
	.attr = { .name = "histograms", .mode = 0644 },
	.show = show_histograms,
	.store = tcpa_sysfs_store_histograms,
};

static struct attribute *listener_attrs[] = {
	&attr_inode.attr,
	&attr_cgroup.attr,
	&attr_backlog.attr,
	&attr_backlog_requested.attr,
	&attr_accept_queue.attr,
	&attr_accept_queue_peak.attr,
	&attr_syn_queue.attr,
	&attr_syn_queue_peak.attr,
	&attr_syns.attr,
	&attr_completions.attr,
	&attr_accept_overflows_syn.attr,
	&attr_accept_overflows_ack.attr,
	&attr_syn_queue_drops.attr,
	&attr_syncookies_wanted.attr,
	&attr_syncookies_sent.attr,
	&attr_syncookies_valid.attr,
	&attr_other_drops.attr,
	&attr_verdict.attr,
	&attr_backlog_recommended.attr,
	&attr_histograms.attr,
	NULL
};

ATTRIBUTE_GROUPS(listener);

static ssize_t listener_show(struct kobject *kobj, struct attribute *attr,
			     char *buf)
{
	const struct listener_attr *a =
		container_of(attr, struct listener_attr, attr);
	const struct tcpa_listener *l =
		container_of(kobj, struct tcpa_listener, kobj);

	if (!tcpa_reader_may_see(l->tn->net))
		return -EACCES;
	return a->show(l, buf, a->arg);
}

static ssize_t listener_store(struct kobject *kobj, struct attribute *attr,
			      const char *buf, size_t count)
{
	const struct listener_attr *a =
		container_of(attr, struct listener_attr, attr);
	struct tcpa_listener *l = container_of(kobj, struct tcpa_listener, kobj);
	int err;

	if (!a->store || !tcpa_reader_may_see(l->tn->net))
		return -EACCES;
	err = a->store(l, buf);
	return err ?: count;
}

static const struct sysfs_ops listener_ops = {
	.show = listener_show,
	.store = listener_store,
};

static tcpa_ns_tag listener_namespace(tcpa_const_kobject *kobj)
{
	const struct tcpa_listener *l =
		container_of(kobj, struct tcpa_listener, kobj);

	return tcpa_net_tag(l->tn->net);
}

static const struct kobj_type listener_type = {
	.release = tcpa_entry_release,
	.sysfs_ops = &listener_ops,
	.default_groups = listener_groups,
	.namespace = listener_namespace,
};

static void view_init(struct kobject *kobj)
{
	kobject_init(kobj, tcpa_ktype(&listener_type));
}

/* In tables/listeners (table_listeners.c) it has the name of its directory. */
static int view_show(struct tcpa_listener *l)
{
	char name[TCPA_NAME_MAX];
	int err;

	tcpa_listener_name(l, name, sizeof(name));
	err = kobject_add(&l->kobj, listeners_dir, "%s", name);
	if (err)
		return err;
	err = xa_alloc(&l->tn->rows, &l->row, l, xa_limit_31b, GFP_KERNEL);
	if (err)
		kobject_del(&l->kobj);
	return err;
}

static void view_unlist(struct tcpa_listener *l)
{
	xa_erase(&l->tn->rows, l->row);
}

static void view_hide(struct tcpa_listener *l)
{
	kobject_del(&l->kobj);
}

const struct tcpa_view tcpa_sysfs_view = {
	.init = view_init,
	.show = view_show,
	.unlist = view_unlist,
	.hide = view_hide,
	.forget = tcpa_set_withdraw,
};

int tcpa_sysfs_listeners_init(struct kobject *root)
{
	listeners_dir = tcpa_sysfs_tagged_dir(root, "listeners");
	return listeners_dir ? 0 : -ENOMEM;
}

void tcpa_sysfs_listeners_exit(void)
{
	tcpa_sysfs_tagged_dir_remove(listeners_dir);
}
