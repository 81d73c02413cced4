// SPDX-License-Identifier: GPL-2.0
/*
 * knob.c - finding one's way in the catalogue, and the verdicts' meanings. The
 * entries are in knob_handshake.c and knob_host.c.
 */
#include <stddef.h>
#include <string.h>

#include "knob.h"
#include "util.h"

static const struct verdict verdicts[] = {
	{
		"ok",
		"Nothing was refused that another setting would have saved.",
		"Nothing to change.",
		"Raising net.core.somaxconn or the backlog \"to be safe\" changes nothing now and lets a later stall grow a longer queue.",
	},
	{
		"backlog-capped",
		"Bursts overflow the accept queue, which drains in between. The application asked listen(2) for more than it got: net.core.somaxconn capped it.",
		"Raise net.core.somaxconn and have the listener call listen(2) again: restart it, or \"tcpadvisor apply --live\".",
		"Raising net.core.somaxconn alone: a listener keeps the limit it had when it called listen(2). net.ipv4.tcp_max_syn_backlog: it does not size the accept queue. net.ipv4.tcp_abort_on_overflow: resets clients that would have got in.",
	},
	{
		"backlog-small",
		"Bursts overflow the accept queue, which drains in between. The limit is the application's own listen(2) argument.",
		"Configure a bigger backlog in the application (nginx \"listen ... backlog=\", redis \"tcp-backlog\", systemd \"Backlog=\"), or \"tcpadvisor apply --live\" while it runs.",
		"net.core.somaxconn: it only caps what is asked for. net.ipv4.tcp_max_syn_backlog: it does not size the accept queue. net.ipv4.tcp_tw_reuse: it is about outgoing connections.",
	},
	{
		"app-slow",
		"The accept queue never drains: the application accepts more slowly than connections arrive.",
		"Make it accept faster: more workers or threads, an accept loop that takes all that wait, no blocking work between accepts.",
		"A bigger backlog: the queue would fill up too, and each connection would wait for backlog / accept rate seconds longer.",
	},
	{
		"app-stalled",
		"The application stopped accepting for a while: a pause (garbage collection, a lock, disk, a debugger), or no descriptors left.",
		"Find what stopped it. Look at its log, at the open files limit (systemd \"LimitNOFILE=\"), at CPU throttling of its cgroup.",
		"A bigger backlog hides a short stall and turns a long one into timeouts instead of refusals.",
	},
	{
		"syn-flood",
		"Most SYNs never complete the handshake.",
		"Leave SYN cookies on; filter upstream. Fewer net.ipv4.tcp_synack_retries free half-open slots sooner.",
		"A bigger backlog gives the attacker more memory to fill. net.ipv4.tcp_syncookies 0 would lose real clients.",
	},
	{
		"rtt-bound",
		"The SYN queue is full although handshakes do complete: it must hold arrival rate x round-trip time of half-open connections.",
		"Raise the backlog, which bounds the SYN queue as well.",
		"net.ipv4.tcp_max_syn_backlog: with SYN cookies on it is not looked at.",
	},
	{
		"reuseport-skew",
		"One member of a SO_REUSEPORT group is full while its siblings have room.",
		"Make all members accept equally fast; steer with a BPF program (SO_ATTACH_REUSEPORT_EBPF), or share one socket.",
		"A bigger backlog: the slow member would keep more clients waiting.",
	},
	{
		"undecided",
		"There are refusals, but too few or too short a time to tell why.",
		"Wait for the next window under load.",
		"Any change: there is no evidence for one yet.",
	},
};

const struct verdict *verdict_find(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(verdicts); i++)
		if (!strcmp(verdicts[i].name, name))
			return &verdicts[i];
	return NULL;
}

const struct knob *knob_at(unsigned int i)
{
	unsigned int n;

	for (n = 0; knobs_handshake[n].name; n++)
		if (n == i)
			return &knobs_handshake[n];
	for (i -= n, n = 0; knobs_host[n].name; n++)
		if (n == i)
			return &knobs_host[n];
	return NULL;
}

const struct knob *knob_find(const char *name)
{
	const struct knob *k, *found = NULL;
	const char *last;
	unsigned int i;

	for (i = 0; (k = knob_at(i)); i++) {
		if (!strcmp(k->name, name))
			return k;
		last = strrchr(k->name, '.');
		if (!last || strcmp(last + 1, name))
			continue;
		if (found)
			return NULL;
		found = k;
	}
	return found;
}
