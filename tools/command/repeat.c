// SPDX-License-Identifier: GPL-2.0
/*
 * repeat.c - arguments that say how long something goes on, and how often.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>

#include "command.h"
#include "repeat.h"
#include "words/number.h"

int span_argument(const char *option, const char *arg, __u64 least_ms, const char *such_as,
		  __u64 *ms)
{
	char expected[80];
	__u64 n;

	if (number_duration(arg, &n) || n < least_ms) {
		snprintf(expected, sizeof(expected), "a span from %llums to 168h, such as %s",
			 least_ms, such_as);
		return bad_argument(option, arg, expected);
	}
	*ms = n;
	return 0;
}

int repeat_take(struct repeat *r, int c, const char *arg)
{
	switch (c) {
	case 'i':
		return span_argument("--interval", arg, r->interval_least_ms, "1s or 500ms",
				     &r->interval_ms);
	case 'c':
		if (number_in(arg, 1, UINT64_MAX, &r->count))
			return bad_argument("--count", arg, "a number from 1");
		return 0;
	case 't':
		return span_argument("--time", arg, 1, "60s or 5m", &r->time_ms);
	}
	return -EINVAL;
}
