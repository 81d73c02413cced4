// SPDX-License-Identifier: GPL-2.0
/*
 * select.c - the listeners that somebody means by a word, as ss(8) and netstat(8)
 * print addresses, and as people call programs.
 */
#include <arpa/inet.h>
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

#include "cgroup.h"
#include "select.h"
#include "words/number.h"

/* An address and a port that were asked for; "" and 0: any. */
struct place {
	char host[SUBJECT_MAX];
	__u64 port;
};

/* Brackets make a textual IPv6 address of the form that listeners have. */
static bool host_parse(const char *s, size_t len, char *host)
{
	unsigned char addr[16];

	if (!len || (len == 1 && *s == '*')) {
		host[0] = '\0';
		return true;
	}
	if (len > 2 && s[0] == '[' && s[len - 1] == ']') {
		s++;
		len -= 2;
	}
	if (len >= INET6_ADDRSTRLEN)
		return false;
	snprintf(host, SUBJECT_MAX, "%.*s", (int)len, s);
	if (inet_pton(AF_INET, host, addr) == 1)
		return true;
	if (inet_pton(AF_INET6, host, addr) != 1)
		return false;
	host[0] = '[';
	inet_ntop(AF_INET6, addr, host + 1, INET6_ADDRSTRLEN);
	strcat(host, "]");
	return true;
}

static bool place_parse(const char *what, struct place *p)
{
	const char *colon = strrchr(what, ':');

	p->port = 0;
	if (!number_in(what, 1, 65535, &p->port)) {
		p->host[0] = '\0';
		return true;
	}
	if (colon && !number_in(colon + 1, 1, 65535, &p->port) &&
	    host_parse(what, (size_t)(colon - what), p->host))
		return true;
	p->port = 0;
	return *what && strcmp(what, "*") && host_parse(what, strlen(what), p->host);
}

bool select_is_address(const char *what)
{
	struct place p;

	return strchr(what, '@') || place_parse(what, &p);
}

static bool is_named(const struct listener *l, const void *what)
{
	return listener_named(l->name, what);
}

static bool at_port(const struct listener *l, const struct place *p)
{
	__u64 port;

	return !p->port || (!number_in(strrchr(l->address, ':') + 1, 0, 65535, &port) &&
			    port == p->port);
}

static bool has_host(const struct listener *l, const char *host)
{
	return !strncmp(l->address, host, strlen(host)) && l->address[strlen(host)] == ':';
}

static bool at_place(const struct listener *l, const void *place)
{
	const struct place *p = place;

	return at_port(l, p) && (!*p->host || has_host(l, p->host));
}

/* An IPv6 socket on any address takes IPv4 connections too, unless told not to. */
static bool serves_place(const struct listener *l, const void *place)
{
	const struct place *p = place;

	return at_port(l, p) &&
	       (has_host(l, "[::]") || (*p->host != '[' && has_host(l, "0.0.0.0")));
}

static bool has_program(const struct listener *l, const char *what)
{
	return l->owner.pid && !fnmatch(what, l->owner.program, 0);
}

static bool is_called(const struct listener *l, const void *what)
{
	return has_program(l, what) || !strcmp(l->verdict, what) || cgroup_is(l->cgroup, what);
}

static bool any(const struct listeners *ls, bool (*is)(const struct listener *l, const void *arg),
		const void *arg)
{
	size_t i;

	for (i = 0; i < ls->nr; i++)
		if (is(&ls->item[i], arg))
			return true;
	return false;
}

void listeners_select(struct listeners *ls, const char *what)
{
	struct place p;

	if (any(ls, is_named, what))
		listeners_keep(ls, is_named, what);
	else if (!place_parse(what, &p))
		listeners_keep(ls, is_called, what);
	else if (any(ls, at_place, &p) || !*p.host)
		listeners_keep(ls, at_place, &p);
	else
		listeners_keep(ls, serves_place, &p);
}
