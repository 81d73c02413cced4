/* SPDX-License-Identifier: GPL-2.0 */
/*
 * tap.h - results of a unit test in TAP: one line per check, the expression
 * as its name, both values where they differ.
 */
#ifndef _TCPADVISOR_TAP_H
#define _TCPADVISOR_TAP_H

#include <linux/types.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static unsigned int tap_number, tap_failed;

static inline bool tap_result(bool good, const char *file, int line, const char *what)
{
	printf("%sok %u - %s\n", good ? "" : "not ", ++tap_number, what);
	if (!good) {
		printf("# %s:%d\n", file, line);
		tap_failed++;
	}
	return good;
}

static inline void tap_num(__u64 got, __u64 want, const char *file, int line, const char *what)
{
	if (!tap_result(got == want, file, line, what))
		printf("# got %lld, expected %lld\n", got, want);
}

static inline void tap_str(const char *got, const char *want, const char *file, int line,
			   const char *what)
{
	if (!tap_result(!strcmp(got, want), file, line, what))
		printf("# got      \"%s\"\n# expected \"%s\"\n", got, want);
}

/* The plan comes last, which TAP allows. */
static inline int tap_done(void)
{
	printf("1..%u\n", tap_number);
	return tap_failed != 0;
}

#define OK(cond)	tap_result(!!(cond), __FILE__, __LINE__, #cond)
#define IS(got, want)	tap_num((__u64)(got), (__u64)(want), __FILE__, __LINE__, #got " is " #want)
#define IS_STR(got, want) tap_str(got, want, __FILE__, __LINE__, #got " is " #want)

#endif /* _TCPADVISOR_TAP_H */
