/* SPDX-License-Identifier: GPL-2.0 */
/*
 * cgroup.h - the path of a cgroup as what people call it.
 */
#ifndef _TCPADVISOR_CGROUP_H
#define _TCPADVISOR_CGROUP_H

#include <stdbool.h>

#define CGROUP_LABEL	80

/*
 * Each fills and returns @label (CGROUP_LABEL bytes), "" if there is no such thing in
 * @path. Pure.
 *
 * Its unit of the system's systemd: a service, socket, or a scope that is no container's.
 * A user's own units are not told from user@UID.service, which runs them: anybody may call
 * one as he likes.
 */
const char *cgroup_unit(const char *path, char *label);

/*
 * Its container, by the digits that container tools print ("docker 4f5ae1b2c3d4"), or
 * by name ("machine web", "lxc web").
 */
const char *cgroup_container(const char *path, char *label);

/* The UID of its Kubernetes pod, as kubectl prints it. */
const char *cgroup_pod(const char *path, char *label);

/* Whether @what is the full name of a unit that a listener can belong to. Pure. */
bool cgroup_is_unit(const char *what);

/*
 * Whether @what names it: its unit, with or without suffix; its container by the name
 * or the beginning of the id, 4 digits at least; its pod by the same of the UID. Pure.
 */
bool cgroup_is(const char *path, const char *what);

#endif /* _TCPADVISOR_CGROUP_H */
