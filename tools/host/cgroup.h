/* SPDX-License-Identifier: GPL-2.0 */
/*
 * cgroup.h - the path of a cgroup as a short name for people.
 */
#ifndef _TCPADVISOR_CGROUP_H
#define _TCPADVISOR_CGROUP_H

#define CGROUP_LABEL	64

/*
 * What people call the cgroup @path: its container by the digits that container
 * tools print ("docker 4f5ae1b2c3d4"), or else its last part ("nginx.service").
 * Fills and returns @label, CGROUP_LABEL bytes. Pure.
 */
const char *cgroup_label(const char *path, char *label);

#endif /* _TCPADVISOR_CGROUP_H */
