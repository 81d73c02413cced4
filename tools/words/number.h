/* SPDX-License-Identifier: GPL-2.0 */
/*
 * number.h - numbers from text, strictly: the whole string, digits only, no
 * sign, no blank, no overflow.
 */
#ifndef _TCPADVISOR_NUMBER_H
#define _TCPADVISOR_NUMBER_H

#include <linux/types.h>

/* Decimal. 0, -EINVAL (not a number) or -ERANGE (does not fit). */
int number_u64(const char *s, __u64 *v);

/* Hexadecimal without 0x. Same errors. */
int number_hex(const char *s, __u64 *v);

/* Decimal within [@min, @max]. Same errors; @v is untouched on error. */
int number_in(const char *s, __u64 min, __u64 max, __u64 *v);

/*
 * A span of time: a decimal number with the unit ms, s, m or h, seconds if
 * there is none; at most a week. Milliseconds in @ms. Same errors.
 */
int number_duration(const char *s, __u64 *ms);

#endif /* _TCPADVISOR_NUMBER_H */
