/* SPDX-License-Identifier: GPL-2.0 */
/*
 * env_user.h - user-space stand-ins for the kernel names that the pure
 * files use; reached only through env.h.
 *
 * Job: same names, same meaning, same result for every argument.
 * Does not: offer anything that the pure files do not use.
 */
#ifndef _TCPA_ENV_USER_H
#define _TCPA_ENV_USER_H

#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <linux/types.h>

#define U32_MAX			((__u32)~0U)
#define U64_MAX			((__u64)~0ULL)
#ifndef ARRAY_SIZE			/* kselftest.h has both */
#define ARRAY_SIZE(a)		(sizeof(a) / sizeof((a)[0]))
#endif
#ifndef __printf
#define __printf(fmt, args)	__attribute__((__format__(printf, fmt, args)))
#endif

#define min_t(type, a, b) \
	({ type _a = (a), _b = (b); _a < _b ? _a : _b; })
#define max_t(type, a, b) \
	({ type _a = (a), _b = (b); _a > _b ? _a : _b; })

/* Nobody waits for a process of his own to give way. */
static inline int cond_resched(void)
{
	return 0;
}

static inline __u64 div64_u64(__u64 dividend, __u64 divisor)
{
	return dividend / divisor;
}

/* Like vsnprintf(), but returns what was written, without the NUL. */
static inline __printf(3, 0)
int vscnprintf(char *buf, size_t size, const char *fmt, va_list args)
{
	int len = vsnprintf(buf, size, fmt, args);

	if (len < 0 || !size)
		return 0;
	return (size_t)len < size ? len : (int)(size - 1);
}

#endif /* _TCPA_ENV_USER_H */
