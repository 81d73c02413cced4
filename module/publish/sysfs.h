/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sysfs.h - /sys/kernel/tcpadvisor.
 *
 * Job: the tree and its files; see Documentation/ABI.
 * Context: process, may sleep.
 * Does not: count or judge; files show what others keep.
 */
#ifndef _TCPA_SYSFS_H
#define _TCPA_SYSFS_H

#include <linux/kobject.h>
#include <linux/sysfs.h>

struct net;
struct tcpa_listener;
struct tcpa_net;
struct tcpa_view;

/* A file with a number of the reader's namespace. */
struct tcpa_net_attr {
	struct kobj_attribute ka;
	s64 (*get)(const struct tcpa_net *tn, int arg);
	int arg;
};

ssize_t tcpa_net_attr_show(struct kobject *kobj, struct kobj_attribute *ka,
			   char *buf);

#define TCPA_NET_ATTR(_group, _name, _get, _arg) \
	static struct tcpa_net_attr _group##_##_name = { \
		.ka = __ATTR(_name, 0444, tcpa_net_attr_show, NULL), \
		.get = _get, \
		.arg = _arg, \
	}

/* The directory ports/. */
extern const struct attribute_group tcpa_sysfs_ports;

/* Make and remove the tree. Returns 0 or a negative error. */
int tcpa_sysfs_init(void);
void tcpa_sysfs_exit(void);

/* Wake who polls `recommend` of @net, which must stay. Any context but an interrupt. */
void tcpa_sysfs_notify(const struct net *net);

/* The file `histograms` of @l; what is written to it is 0 or -EINVAL, -ENOMEM, -EBUSY. */
ssize_t tcpa_sysfs_show_histograms(const struct tcpa_listener *l, char *buf);
int tcpa_sysfs_store_histograms(struct tcpa_listener *l, const char *buf);

/* How the entries of listeners are shown: as directories below listeners/. */
extern const struct tcpa_view tcpa_sysfs_view;

/*
 * A directory whose children are tagged by network namespace: a sysfs shows
 * those of the one that it was mounted from. NULL: no memory. Removing waits until
 * nothing of the directory is left.
 */
struct kobject *tcpa_sysfs_tagged_dir(struct kobject *parent, const char *name);
void tcpa_sysfs_tagged_dir_remove(struct kobject *kobj);

/* The directories listeners/ and netns/ below @root; for tcpa_sysfs_init(). */
int tcpa_sysfs_listeners_init(struct kobject *root);
void tcpa_sysfs_listeners_exit(void);
int tcpa_sysfs_netns_init(struct kobject *root);
void tcpa_sysfs_netns_exit(struct kobject *root);

#endif /* _TCPA_SYSFS_H */
