/* SPDX-License-Identifier: GPL-2.0 */
/*
 * privilege.h - giving up the capabilities that a command does not need.
 */
#ifndef _TCPADVISOR_PRIVILEGE_H
#define _TCPADVISOR_PRIVILEGE_H

#include <stdbool.h>

/*
 * Keep what it takes to look into other processes and, if @enters, to enter
 * namespaces and, if @changes, to write network sysctls; give up all other capabilities
 * for good. Silent: a kernel that says no leaves us as we were.
 */
void privilege_drop(bool changes, bool enters);

#endif /* _TCPADVISOR_PRIVILEGE_H */
