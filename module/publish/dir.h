/* SPDX-License-Identifier: GPL-2.0 */
/*
 * dir.h - the end of a directory in sysfs.
 *
 * Job: have it gone at once, and not when its last reference happens to go.
 * Context: process, may sleep.
 * Does not: wait until the kobject is released.
 */
#ifndef _TCPA_DIR_H
#define _TCPA_DIR_H

#include <linux/kobject.h>

/*
 * Remove @dir and all below it, and put the reference to it. To put the reference alone is
 * not enough: with CONFIG_DEBUG_KOBJECT_RELEASE that removes it seconds later, when the
 * module may be gone.
 */
static inline void tcpa_dir_remove(struct kobject *dir)
{
	kobject_del(dir);
	kobject_put(dir);
}

#endif /* _TCPA_DIR_H */
