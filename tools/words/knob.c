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
	{
		"buckets-full",
		"This side closes connections faster than net.ipv4.tcp_max_tw_buckets lets them wait: those above it skip TIME_WAIT, and a segment that is late may end up in a new connection between the same two ports.",
		"Raise net.ipv4.tcp_max_tw_buckets, within memory: each takes a few hundred bytes for 60 s. Or have clients close first, and keep connections open for more than one request.",
		"Lowering net.ipv4.tcp_max_tw_buckets \"to limit TIME_WAIT\": that is the fault, not the cure. net.ipv4.tcp_fin_timeout: TIME_WAIT is 60 s, whatever it says. net.ipv4.tcp_tw_reuse: it takes over TIME_WAITs for outgoing connections and does nothing for a server's. net.ipv4.tcp_tw_recycle: gone since Linux 4.12.",
	},
	{
		"server-closes",
		"Many connections are in TIME_WAIT on the server's side, because it closes first. That is harmless: they hold some memory for 60 s, no port that anybody needs, and no descriptor.",
		"Nothing has to be done. Keep-alive, and clients that close first, make them fewer.",
		"net.ipv4.tcp_tw_reuse: it is about outgoing connections. net.ipv4.tcp_fin_timeout: does not shorten TIME_WAIT. net.ipv4.tcp_tw_recycle: gone since Linux 4.12. A lower net.ipv4.tcp_max_tw_buckets: cuts short what protects new connections. SO_LINGER {1, 0}: throws data away.",
	},
	{
		"finwait2-held",
		"Most of what counts as TIME_WAIT is in FIN_WAIT_2: this side has closed, no process owns the connection any more, and the peer does not close.",
		"Lower net.ipv4.tcp_fin_timeout: this is the one case in which it helps. Better still, find out why the peers keep their side open.",
		"net.ipv4.tcp_tw_reuse: FIN_WAIT_2 is not reused. A higher net.ipv4.tcp_max_tw_buckets makes room for more of them. net.ipv4.tcp_keepalive_time: no longer applies, once the connection has no owner.",
	},
	{
		"ports-tight",
		"Outgoing connections towards one destination use most of the local ports that there are; at this rate, connect(2) will fail soon. \"tcpadvisor ports\" shows towards whom, and when.",
		"Keep connections open and share them (a pool, HTTP keep-alive). Widen net.ipv4.ip_local_port_range, with the ports of services in net.ipv4.ip_local_reserved_ports. net.ipv4.tcp_tw_reuse 1 if TIME_WAIT holds most of them and this side is the client. More destination addresses or ports.",
		"net.ipv4.tcp_fin_timeout: does not shorten TIME_WAIT. net.ipv4.tcp_max_tw_buckets: a lower limit frees ports by breaking what TIME_WAIT is for. net.core.somaxconn and backlogs: are about incoming connections. More descriptors: they are not what is short.",
	},
	{
		"ports-exhausted",
		"connect(2) has failed with EADDRNOTAVAIL: no local port was free towards that destination. \"tcpadvisor ports\" shows the destination, the process, and whether it had chosen its source address first.",
		"If ports are lost by bind(2), set IP_BIND_ADDRESS_NO_PORT in the programs that call it before connect(2): it takes a port for all destinations at once. One that had chosen its source (BOUND) has set it. Widen net.ipv4.ip_local_port_range, with the ports of services in net.ipv4.ip_local_reserved_ports. net.ipv4.tcp_tw_reuse 1, with net.ipv4.tcp_timestamps 1, if TIME_WAIT holds most of them. Reuse connections; use more source or destination addresses.",
		"net.ipv4.tcp_fin_timeout: does not shorten TIME_WAIT. net.ipv4.tcp_tw_recycle: gone since Linux 4.12. A lower net.ipv4.tcp_max_tw_buckets: frees ports by breaking what TIME_WAIT is for. net.ipv4.tcp_syn_retries, net.core.somaxconn: no SYN was sent. SO_LINGER {1, 0}: avoids TIME_WAIT, and throws data away.",
	},
};

const struct verdict *verdict_at(unsigned int i)
{
	return i < ARRAY_SIZE(verdicts) ? &verdicts[i] : NULL;
}

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
