/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sysctl.h - one sysctl of this namespace: read, try, write. The only writer
 * of /proc/sys in this tool.
 */
#ifndef _TCPADVISOR_SYSCTL_H
#define _TCPADVISOR_SYSCTL_H

#include "root.h"
#include "words/value.h"

/* /proc/sys/… of @key, for a message; returns p->s. */
const char *sysctl_path(struct path *p, const char *key);

/* Its value now. Silent; negative errno. */
int sysctl_read(const char *key, struct value *v);

/*
 * Whether a write may work, without writing. Complains itself, with what to
 * do; negative errno.
 */
int sysctl_writable(const char *key);

/*
 * Write and read back; @now gets what is in force afterwards, which is also
 * meaningful on error. Complains itself; negative errno, -EILSEQ if the
 * kernel took another value than the one written.
 */
int sysctl_write(const char *key, const struct value *v, struct value *now);

#endif /* _TCPADVISOR_SYSCTL_H */
