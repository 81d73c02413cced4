/* SPDX-License-Identifier: GPL-2.0 */
/*
 * util.h - what the C library does not have.
 */
#ifndef _TCPADVISOR_UTIL_H
#define _TCPADVISOR_UTIL_H

#include <stdint.h>	/* UINT64_MAX, INT32_MAX */

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

#endif /* _TCPADVISOR_UTIL_H */
