/* SPDX-License-Identifier: GPL-2.0 */
/*
 * exit_status.h - how the command ends, which scripts go by.
 */
#ifndef _TCPADVISOR_EXIT_STATUS_H
#define _TCPADVISOR_EXIT_STATUS_H

enum exit_status {
	EXIT_DONE = 0,
	EXIT_FAILED = 1,
	EXIT_USAGE = 2,
	EXIT_PARTLY = 64,	/* some of it was done, some was not */
};

/*
 * The status of two parts together: equal ones stay as they are, a success
 * and a failure make EXIT_PARTLY.
 */
static inline int exit_combine(int a, int b)
{
	return a == b ? a : EXIT_PARTLY;
}

#endif /* _TCPADVISOR_EXIT_STATUS_H */
