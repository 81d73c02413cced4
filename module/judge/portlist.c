// SPDX-License-Identifier: GPL-2.0
/*
 * portlist.c - net.ipv4.ip_local_reserved_ports as it is and as it should be.
 *
 * Context: any; pure. Linear in the number of ports that are on some list, and in the
 * words of a set of all ports.
 * Does not: decide that a range gets wider (exhaustion.c).
 */
#include "portlist.h"

#define PORTS		65536U
#define LONG_BITS	(8U * (__u32)sizeof(long))

/* Characters of the list that go by; those of the window are kept. */
struct window {
	__u32 at;		/* how many went by */
	__u32 from;		/* the first that is kept */
	char *buf;		/* or NULL */
	size_t room;		/* without the NUL */
	__u32 kept;
};

static bool has_bit(const unsigned long *map, __u32 bit)
{
	return map && map[bit / LONG_BITS] >> bit % LONG_BITS & 1;
}

static bool within(__u64 range, __u32 port)
{
	return range && port >= TCPA_PORT_LOW(range) &&
	       port <= TCPA_PORT_HIGH(range);
}

/* Of a listener that is gone, which had chosen the port itself. */
static bool gone(const struct tcpa_ports_sample *p, __u32 port)
{
	return has_bit(p->listened, port) && !has_bit(p->listening, port) &&
	       (port < p->low || port > p->high);
}

static bool on_list(const struct tcpa_ports_sample *p, __u64 range, __u32 port)
{
	if (has_bit(p->reserved, port))
		return true;
	return within(range, port) &&
	       (has_bit(p->listening, port) || gone(p, port));
}

static unsigned long word(const unsigned long *map, __u32 port)
{
	return map ? map[port / LONG_BITS] : 0;
}

/* The first port from @port on that may be on the list, or PORTS. Most words have none. */
static __u32 next(const struct tcpa_ports_sample *p, __u32 port)
{
	while (port < PORTS && !(port % LONG_BITS) &&
	       !(word(p->reserved, port) | word(p->listening, port) |
		 word(p->listened, port)))
		port += LONG_BITS;
	return port;
}

/* How many ports these are, if any. */
static __u32 width(__u32 low, __u32 high)
{
	return high < low ? 0 : high - low + 1;
}

static void put(struct window *w, char c)
{
	if (w->buf && w->at >= w->from && w->kept < w->room)
		w->buf[w->kept++] = c;
	w->at++;
}

static void put_number(struct window *w, __u32 n)
{
	__u32 unit;

	for (unit = 10000; unit > 1 && n < unit; unit /= 10)
		;
	for (; unit; unit /= 10)
		put(w, '0' + n / unit % 10);
}

static void put_run(struct window *w, __u32 first, __u32 last)
{
	if (w->at)
		put(w, ',');
	put_number(w, first);
	if (last == first)
		return;
	put(w, '-');
	put_number(w, last);
}

static void put_list(struct window *w, const struct tcpa_ports_sample *p,
		     __u64 range)
{
	__u32 port, first;

	for (port = next(p, 0); port < PORTS; port = next(p, port + 1)) {
		if (!on_list(p, range, port))
			continue;
		first = port;
		while (port + 1 < PORTS && on_list(p, range, port + 1))
			port++;
		put_run(w, first, port);
	}
	if (!w->at)
		put(w, '-');
}

__u32 tcpa_portlist_count(const struct tcpa_ports_sample *p, __u64 range)
{
	__u32 port, n = 0;

	for (port = next(p, 0); port < PORTS; port = next(p, port + 1))
		n += on_list(p, range, port);
	return n;
}

__u32 tcpa_portlist_gone(const struct tcpa_ports_sample *p, __u64 range)
{
	__u32 port, n = 0;

	if (!range)
		return 0;
	for (port = next(p, 0); port < PORTS; port = next(p, port + 1))
		n += within(range, port) && gone(p, port) &&
		     !has_bit(p->reserved, port);
	return n;
}

__u32 tcpa_portlist_gained(const struct tcpa_ports_sample *p, __u64 range)
{
	__u32 low = TCPA_PORT_LOW(range), high = TCPA_PORT_HIGH(range), port, n;

	if (!range)
		return 0;
	n = width(low, high) - width(max_t(__u32, low, p->low), min_t(__u32, high, p->high));
	for (port = next(p, 0); port < PORTS; port = next(p, port + 1))
		n -= within(range, port) && (port < p->low || port > p->high) &&
		     on_list(p, range, port);
	return n;
}

__u32 tcpa_portlist_length(const struct tcpa_ports_sample *p, __u64 range)
{
	struct window w = {};

	put_list(&w, p, range);
	return w.at;
}

__u32 tcpa_portlist_text(const struct tcpa_ports_sample *p, __u64 range,
			 __u32 from, char *buf, size_t size)
{
	struct window w = { .from = from, .buf = buf, .room = size - 1 };

	put_list(&w, p, range);
	buf[w.kept] = '\0';
	return w.kept;
}
