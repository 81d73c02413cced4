// SPDX-License-Identifier: GPL-2.0
/*
 * known_listener.c - one listener of those that the module publishes.
 * Reads nothing.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "known_listener.h"
#include "words/number.h"

/* Whether the @len bytes at @s look like an address: 192.0.2.1 or [2001:db8::1]. */
static bool is_address(const char *s, size_t len)
{
	if (len > 2 && s[0] == '[')
		return strspn(s + 1, "0123456789abcdef:.") == len - 2 && s[len - 1] == ']';
	return len && strspn(s, "0123456789.") >= len;
}

int listener_name_parse(const char *name, char *address, __u64 *cookie)
{
	const char *at = strrchr(name, '@');
	const char *colon;
	__u64 port;
	size_t len;

	if (!at || strlen(name) >= SUBJECT_MAX)
		return -EINVAL;
	len = (size_t)(at - name);
	memcpy(address, name, len);
	address[len] = '\0';
	colon = strrchr(address, ':');
	if (!colon || !is_address(address, (size_t)(colon - address)) ||
	    number_in(colon + 1, 0, 65535, &port))
		return -EINVAL;
	return number_hex(at + 1, cookie) ? -EINVAL : 0;
}

int listener_requested_parse(const char *text, struct listener *l)
{
	bool negative = text[0] == '-';
	__u64 v;
	int err;

	if (!strcmp(text, "unknown"))
		return 0;
	/* An int. */
	err = number_in(text + negative, 0, (1ULL << 31) - !negative, &v);
	if (err)
		return err;
	l->requested_known = true;
	l->requested = negative ? -(__s64)v : (__s64)v;
	return 0;
}

void listener_unread(struct listener *l, const char *file)
{
	const struct listener known = *l;

	memset(l, 0, sizeof(*l));
	memcpy(l->name, known.name, sizeof(l->name));
	memcpy(l->address, known.address, sizeof(l->address));
	l->cookie = known.cookie;
	l->cgroup = known.cgroup;
	l->unread = file;
	snprintf(l->verdict, sizeof(l->verdict), "unreadable");
}

bool listener_in_trouble(const struct listener *l)
{
	return counters_refused(&l->counters) || l->counters.v[COUNT_OTHER_DROPS] ||
	       strcmp(l->verdict, "ok");
}
