// SPDX-License-Identifier: GPL-2.0
/*
 * knob_host.c - the catalogue, part two: data transfer and the host. The
 * module does not look at these; what decides them is counted elsewhere.
 */
#include <stddef.h>

#include "knob.h"

const struct knob knobs_host[] = {
	{
		"net.ipv4.tcp_rmem",
		"a bigger minimum and default; or 1 KB for a million connections",
		"Minimum, default and maximum of a receive buffer in bytes; autotuning moves between them. The maximum should be about bandwidth x round-trip time.",
		"TcpExtTCPRcvCollapsed, PruneCalled or TCPRcvQDrop grow.",
		"A bigger maximum then, with the arithmetic.",
	},
	{
		"net.ipv4.tcp_wmem",
		"the same as tcp_rmem",
		"Minimum, default and maximum of a send buffer in bytes, autotuned like net.ipv4.tcp_rmem.",
		"Throughput below the link's on a long path, with the send buffer full.",
		"A bigger maximum then, with the arithmetic.",
	},
	{
		"net.ipv4.tcp_mem",
		"copied in bytes",
		"Counts pages, not bytes: below the first TCP is free, from the second it saves, above the third it drops.",
		"TcpExtTCPMemoryPressures grows.",
		"Raised then, within memory.",
	},
	{
		"net.ipv4.tcp_window_scaling",
		"1",
		"The default. 0 caps every window at 64 KiB.",
		"0 is set.",
		"0 -> 1.",
	},
	{
		"net.ipv4.tcp_moderate_rcvbuf",
		"1",
		"The default. 0 turns off the autotuning of receive buffers.",
		"0 is set.",
		"0 -> 1.",
	},
	{
		"SO_RCVBUF",
		"don't set it, nor SO_SNDBUF",
		"True: setting either turns off autotuning for that socket.",
		"None from outside.",
		"Take it out of the application.",
	},
	{
		"net.core.netdev_max_backlog",
		"5000 to 400000",
		"A queue of packets per CPU, between the driver and the stack. It has nothing to do with connections.",
		"The second column of /proc/net/softnet_stat grows.",
		"Raised only then.",
	},
	{
		"nofile",
		"65535 to a million in limits.conf",
		"Without a free descriptor accept(2) fails with EMFILE, and the accept queue fills up. systemd's services do not read limits.conf.",
		"Verdict app-stalled, and the process is near its RLIMIT_NOFILE.",
		"\"LimitNOFILE=\" in the service's unit.",
	},
	{
		"fs.file-max",
		"a million or more",
		"The whole host's limit of open files; the default grows with memory.",
		"/proc/sys/fs/file-nr comes near it.",
		"Raised then.",
	},
	{
		"fs.nr_open",
		"a million or more",
		"The highest RLIMIT_NOFILE that can be set.",
		"A service needs more.",
		"Raised then.",
	},
	{
		"net.netfilter.nf_conntrack_max",
		"131072",
		"A full table drops SYNs before TCP sees them: no counter of TCP shows it.",
		"/proc/net/stat/nf_conntrack counts drops, or the count comes near the maximum.",
		"Raised then; about 320 bytes each. Or do not track this traffic.",
	},
	{
		"rps",
		"bind interrupts by hand; multi-queue NICs, RPS",
		"One CPU that does all of a NIC's softirq work limits everything behind it.",
		"time_squeeze in /proc/net/softnet_stat, or one CPU at its limit.",
		"Spread the queues, or turn on RPS.",
	},
	{
		"out-of-scope",
		"huge pages, NUMA, CPU affinity, ipset instead of iptables, LVS, autoscaling",
		"Not TCP's state: nothing here can measure whether they would help.",
		"None.",
		"No answer, and better said than guessed.",
	},
	{ NULL, NULL, NULL, NULL, NULL },
};
