/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sysfs.h - /sys/kernel/tcpadvisor.
 *
 * Job: the tree and its files; see Documentation/ABI.
 * Context: process, may sleep, but for tcpa_sysfs_listener_init().
 * Does not: count or judge; files show what others keep.
 */
#ifndef _TCPA_SYSFS_H
#define _TCPA_SYSFS_H

struct kobject;
struct tcpa_listener;

/* Make and remove the tree. Returns 0 or a negative error. */
int tcpa_sysfs_init(void);
void tcpa_sysfs_exit(void);

/* Wake who polls `recommend`. */
void tcpa_sysfs_notify(void);

/* Prepare a listener's kobject; its last put frees the entry. Any context. */
void tcpa_sysfs_listener_init(struct kobject *kobj);

/*
 * Make and remove the directory of @l. Removal waits for readers; a directory
 * that was never made is no error. Returns 0 or a negative error.
 */
int tcpa_sysfs_listener_add(struct tcpa_listener *l);
void tcpa_sysfs_listener_del(struct tcpa_listener *l);

/* The directory listeners/ below @root; for tcpa_sysfs_init(). */
int tcpa_sysfs_listeners_init(struct kobject *root);
void tcpa_sysfs_listeners_exit(void);

#endif /* _TCPA_SYSFS_H */
