/* SPDX-License-Identifier: GPL-2.0 */
/*
 * status_check.h - the option --check of `status`: one line and an exit status, for those
 * who monitor many hosts.
 */
#ifndef _TCPADVISOR_STATUS_CHECK_H
#define _TCPADVISOR_STATUS_CHECK_H

#include <linux/types.h>

/* Exit statuses that Nagios and its like go by; others see tcpadvisor(8). */
enum check_status {
	CHECK_OK = 0,
	CHECK_ADVICE = 1,	/* something is advised, or a verdict is not ok */
	CHECK_REFUSING = 2,	/* while it looked */
	CHECK_UNKNOWN = 3,
};

/* Look for @interval_ms in each namespace asked for; a check_status. */
int check_run(__u64 interval_ms);

#endif /* _TCPADVISOR_STATUS_CHECK_H */
