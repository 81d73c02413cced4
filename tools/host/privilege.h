/* SPDX-License-Identifier: GPL-2.0 */
/*
 * privilege.h - giving up the capabilities that a command does not need.
 */
#ifndef _TCPADVISOR_PRIVILEGE_H
#define _TCPADVISOR_PRIVILEGE_H

enum need {
	NEED_LOOK = 1,		/* into other processes */
	NEED_ENTER = 2,		/* namespaces */
	NEED_CHANGE = 4,	/* network sysctls */
};

/*
 * Keep what these needs take, of what there is, and give up all other capabilities
 * for good. Complains itself; a negative errno if there are some left.
 */
int privilege_drop(unsigned int needs);

#endif /* _TCPADVISOR_PRIVILEGE_H */
