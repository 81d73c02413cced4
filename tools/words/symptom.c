// SPDX-License-Identifier: GPL-2.0
/*
 * symptom.c - what to type next, to find out more, for each verdict. What the verdict
 * means is in the catalogue; what the module advises for it, in recommend.
 */
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "symptom.h"
#include "util.h"

static const struct {
	const char *verdict;
	struct look look;
} symptoms[] = {
	{ "app-slow", { "top -H -p {pid}", "whether its threads are busy or wait" } },
	{ "app-slow", { "grep -h . /proc/{pid}/task/*/wchan",
			"what its threads wait for, by the kernel's function; 0 if busy" } },
	{ "app-slow", { "grep throttled /sys/fs/cgroup{cgroup}/cpu.stat",
			"whether the CPU limit of its cgroup (cpu.max) stops it" } },
	{ "app-stalled", { "grep -h . /proc/{pid}/task/*/wchan",
			   "what its threads wait for, by the kernel's function; 0 if busy" } },
	{ "app-stalled", { "ls /proc/{pid}/fd | wc -l; grep 'open files' /proc/{pid}/limits",
			   "whether it has run out of descriptors" } },
	{ "app-stalled", { "grep throttled /sys/fs/cgroup{cgroup}/cpu.stat",
			   "whether the CPU limit of its cgroup (cpu.max) stops it" } },
	{ "syn-flood", { "ss -Htn state syn-recv sport = {port}",
			 "from where the half-open connections come: filter that upstream" } },
	{ "syn-flood", { "sysctl net.ipv4.tcp_syncookies",
			 "must not be 0: cookies let real clients in meanwhile" } },
	{ "rtt-bound", { "ss -Htin sport = {port}",
			 "the round-trip times (rtt:) that its handshakes take" } },
	{ "defer-accept", { "ss -Htno state syn-recv sport = {port}",
			    "from where the silent clients come, and for how long" } },
	{ "reuseport-skew", { "ss -Htlnp sport = {port}",
			      "the members of its group, with their queues and processes" } },
	{ "undecided", { "tcpadvisor watch", "prints the advice as soon as there is any" } },
	{ "buckets-full", { "tcpadvisor timewait", "who closes first, and against which limit" } },
	{ "finwait2-held", { "ss -Htn state fin-wait-2", "whose peers do not close" } },
	{ "ports-tight", { "tcpadvisor ports", "towards whom they run out, and when" } },
	{ "ports-exhausted", { "tcpadvisor ports",
			       "towards whom they ran out, and in which process" } },
};

const struct look *symptom_look(const char *verdict, unsigned int i)
{
	size_t k;

	for (k = 0; k < ARRAY_SIZE(symptoms); k++)
		if (!strcmp(symptoms[k].verdict, verdict) && !i--)
			return &symptoms[k].look;
	return NULL;
}

/*
 * Parts of what the kernel logs, of what strerror(3) and netstat -s say, in lower case.
 */
static const struct {
	const char *words, *verdict;
} sayings[] = {
	/* Of any SYN queue that is full, most often for another cause than a flood. */
	{ "syn flood", "backlog-capped" },
	{ "syn flood", "backlog-small" },
	{ "syn flood", "app-slow" },
	{ "syn flood", "app-stalled" },
	{ "syn flood", "rtt-bound" },
	{ "syn flood", "defer-accept" },
	{ "syn flood", "syn-flood" },
	{ "sending cookies", "backlog-capped" },
	{ "sending cookies", "backlog-small" },
	{ "sending cookies", "app-slow" },
	{ "sending cookies", "app-stalled" },
	{ "sending cookies", "rtt-bound" },
	{ "sending cookies", "defer-accept" },
	{ "sending cookies", "syn-flood" },
	{ "time wait bucket table overflow", "buckets-full" },
	{ "cannot assign requested address", "ports-exhausted" },
	{ "eaddrnotavail", "ports-exhausted" },
	{ "listen queue of a socket overflowed", "backlog-capped" },
	{ "listen queue of a socket overflowed", "backlog-small" },
	{ "listen queue of a socket overflowed", "app-slow" },
	{ "listen queue of a socket overflowed", "app-stalled" },
	{ "listenoverflows", "backlog-capped" },
	{ "listenoverflows", "backlog-small" },
	{ "listenoverflows", "app-slow" },
	{ "listenoverflows", "app-stalled" },
	{ "syns to listen sockets dropped", "syn-flood" },
	{ "syns to listen sockets dropped", "backlog-small" },
	{ "fin_wait_2", "finwait2-held" },
	{ "fin_wait2", "finwait2-held" },
	{ "too many open files", "app-stalled" },
};

/* One message may hold several of these. */
static bool named_before(const char *words, size_t row)
{
	size_t k;

	for (k = 0; k < row; k++)
		if (!strcmp(sayings[k].verdict, sayings[row].verdict) &&
		    strcasestr(words, sayings[k].words))
			return true;
	return false;
}

const char *symptom_verdict(const char *words, unsigned int i)
{
	size_t k;

	for (k = 0; k < ARRAY_SIZE(sayings); k++)
		if (strcasestr(words, sayings[k].words) && !named_before(words, k) && !i--)
			return sayings[k].verdict;
	return NULL;
}
