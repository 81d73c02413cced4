// SPDX-License-Identifier: GPL-2.0
/*
 * sysfs_netns.c - netns/, the files that exist once for each network namespace.
 *
 * poll(2) wakes whoever waits for a file of sysfs, in whatever namespace. So that
 * a change wakes its own namespace alone, `recommend` is a file of each: all have
 * the same name in one directory that is tagged as /sys/class/net is, and a sysfs
 * shows the one of the namespace that it was mounted from.
 *
 * The old place, one directory up, is a symbolic link. A link of sysfs is text,
 * made from the place of what it points to: so one that was made to point to the
 * initial namespace's file leads each reader to the file of his own mount.
 *
 * Context: process. The sampler may notify while a namespace ends; nodes_lock
 * orders both.
 * Does not: know what is published.
 */
#include "sysfs.h"

#include <linux/completion.h>
#include <linux/kernfs.h>
#include <linux/kobject.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/sysfs.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "observe/state.h"
#include "dir.h"
#include "set.h"

/* What a namespace has in the directory. */
struct netns_nodes {
	struct kernfs_node *recommend;	/* holds a reference; nodes_lock */
};

static unsigned int netns_nodes_id;
static DEFINE_SPINLOCK(nodes_lock);
static struct kobject *netns_dir;

struct tagged_dir {
	struct kobject kobj;
	struct completion released;
};

static const struct kobj_ns_type_operations *
tagged_child_ns_type(tcpa_const_kobject *kobj)
{
	return &net_ns_type_operations;
}

/* With CONFIG_DEBUG_KOBJECT_RELEASE this comes some time after the last put. */
static void tagged_release(struct kobject *kobj)
{
	complete(&container_of(kobj, struct tagged_dir, kobj)->released);
}

static const struct kobj_type tagged_type = {
	.release = tagged_release,
	.sysfs_ops = &kobj_sysfs_ops,
	.child_ns_type = tagged_child_ns_type,
};

void tcpa_sysfs_tagged_dir_remove(struct kobject *kobj)
{
	struct tagged_dir *dir = container_of(kobj, struct tagged_dir, kobj);

	tcpa_dir_remove(kobj);
	wait_for_completion(&dir->released);
	kfree(dir);
}

struct kobject *tcpa_sysfs_tagged_dir(struct kobject *parent, const char *name)
{
	struct tagged_dir *dir = kzalloc(sizeof(*dir), GFP_KERNEL);

	if (!dir)
		return NULL;
	init_completion(&dir->released);
	if (kobject_init_and_add(&dir->kobj, tcpa_ktype(&tagged_type), parent,
				 "%s", name)) {
		tcpa_sysfs_tagged_dir_remove(&dir->kobj);
		return NULL;
	}
	return &dir->kobj;
}

static ssize_t recommend_show(struct kobject *kobj, struct kobj_attribute *ka,
			      char *buf)
{
	struct tcpa_net *tn = tcpa_net_current();

	return tn ? tcpa_set_show(tn, buf) : -ENXIO;
}

static struct kobj_attribute recommend_attr = __ATTR_RO(recommend);

static int __net_init nodes_init(struct net *net)
{
	struct netns_nodes *nodes = net_generic(net, netns_nodes_id);
	int err;

	err = sysfs_create_file_ns(netns_dir, &recommend_attr.attr,
				   tcpa_net_tag(net));
	if (err)
		return err;
	nodes->recommend = kernfs_find_and_get_ns(netns_dir->sd, "recommend",
						  tcpa_net_tag(net));
	return 0;
}

static void __net_exit nodes_exit(struct net *net)
{
	struct netns_nodes *nodes = net_generic(net, netns_nodes_id);
	struct kernfs_node *recommend;

	spin_lock(&nodes_lock);
	recommend = nodes->recommend;
	nodes->recommend = NULL;
	spin_unlock(&nodes_lock);
	sysfs_remove_file_ns(netns_dir, &recommend_attr.attr, tcpa_net_tag(net));
	kernfs_put(recommend);
}

static struct pernet_operations nodes_ops = {
	.init = nodes_init,
	.exit = nodes_exit,
	.id = &netns_nodes_id,
	.size = sizeof(struct netns_nodes),
};

void tcpa_sysfs_notify(const struct net *net)
{
	const struct netns_nodes *nodes = net_generic(net, netns_nodes_id);

	spin_lock(&nodes_lock);
	if (nodes->recommend)
		kernfs_notify(nodes->recommend);
	spin_unlock(&nodes_lock);
}

/* sysfs links to directories; of the one here it looks at the node alone. */
static int link_to(struct kobject *root, const struct netns_nodes *nodes)
{
	struct kobject target = { .sd = nodes->recommend };

	return sysfs_create_link(root, &target, "recommend");
}

int tcpa_sysfs_netns_init(struct kobject *root)
{
	int err;

	netns_dir = tcpa_sysfs_tagged_dir(root, "netns");
	if (!netns_dir)
		return -ENOMEM;
	err = register_pernet_subsys(&nodes_ops);
	if (err)
		goto err_remove_dir;
	err = link_to(root, net_generic(&init_net, netns_nodes_id));
	if (err)
		goto err_unregister;
	return 0;

err_unregister:
	unregister_pernet_subsys(&nodes_ops);
err_remove_dir:
	tcpa_sysfs_tagged_dir_remove(netns_dir);
	return err;
}

void tcpa_sysfs_netns_exit(struct kobject *root)
{
	sysfs_remove_link(root, "recommend");
	unregister_pernet_subsys(&nodes_ops);
	tcpa_sysfs_tagged_dir_remove(netns_dir);
}
