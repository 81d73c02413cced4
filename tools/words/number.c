// SPDX-License-Identifier: GPL-2.0
/*
 * number.c - numbers from text. strtoull() accepts signs, blanks and wraps
 * around; nothing that comes from a file or a command line goes through it.
 */
#include <errno.h>
#include <string.h>

#include "number.h"
#include "util.h"

#define DURATION_MAX_MS	(7ULL * 24 * 3600 * 1000)

static int digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* The number that the first @len bytes of @s are, all of them digits. */
static int number_base(const char *s, size_t len, unsigned int base, __u64 *v)
{
	__u64 sum = 0;
	size_t i;
	int digit;

	if (!len)
		return -EINVAL;
	for (i = 0; i < len; i++) {
		digit = digit_of(s[i]);
		if (digit < 0 || (unsigned int)digit >= base)
			return -EINVAL;
		if (sum > (UINT64_MAX - (unsigned int)digit) / base)
			return -ERANGE;
		sum = sum * base + (unsigned int)digit;
	}
	*v = sum;
	return 0;
}

int number_u64(const char *s, __u64 *v)
{
	return number_base(s, strlen(s), 10, v);
}

int number_hex(const char *s, __u64 *v)
{
	return number_base(s, strlen(s), 16, v);
}

int number_in(const char *s, __u64 min, __u64 max, __u64 *v)
{
	__u64 n;
	int err = number_u64(s, &n);

	if (err)
		return err;
	if (n < min || n > max)
		return -ERANGE;
	*v = n;
	return 0;
}

int number_duration(const char *s, __u64 *ms)
{
	static const struct {
		const char *name;
		__u64 ms;
	} units[] = {
		{ "", 1000 }, { "s", 1000 }, { "ms", 1 },
		{ "m", 60 * 1000 }, { "h", 3600 * 1000 },
	};
	size_t len = strspn(s, "0123456789");
	__u64 n;
	size_t i;
	int err = number_base(s, len, 10, &n);

	if (err)
		return err;
	for (i = 0; i < ARRAY_SIZE(units); i++) {
		if (strcmp(s + len, units[i].name))
			continue;
		if (n > DURATION_MAX_MS / units[i].ms)
			return -ERANGE;
		*ms = n * units[i].ms;
		return 0;
	}
	return -EINVAL;
}
