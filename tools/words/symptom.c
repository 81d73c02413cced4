// SPDX-License-Identifier: GPL-2.0
/*
 * symptom.c - what to type next, to find out more, for each verdict. What the verdict
 * means is in the catalogue; what the module advises for it, in recommend.
 */
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

/* Verdicts that a refusal at a full accept queue, or SYN queue, may be of. */
static const char *const accept_queue[] = {
	"backlog-capped", "backlog-small", "app-slow", "app-stalled", "reuseport-skew", NULL
};

static const char *const syn_queue[] = {
	"backlog-capped", "backlog-small", "app-slow", "app-stalled", "reuseport-skew",
	"rtt-bound", "defer-accept", "syn-flood", NULL
};

static const char *const buckets[] = { "buckets-full", NULL };
static const char *const ports[] = { "ports-exhausted", NULL };
static const char *const fin_wait[] = { "finwait2-held", NULL };
static const char *const files[] = { "app-stalled", NULL };

/*
 * Parts of what the kernel logs, of what strerror(3) and netstat -s say, in lower case;
 * of those that a text holds the first counts.
 */
static const struct {
	const char *words;
	const char *const *verdicts;
} sayings[] = {
	/* The kernel says so of any full SYN queue, most often not for a flood. */
	{ "syn flood", syn_queue },
	{ "sending cookies", syn_queue },
	{ "syns to listen sockets dropped", syn_queue },
	{ "listendrops", syn_queue },
	{ "listen queue of a socket overflowed", accept_queue },
	{ "listenoverflows", accept_queue },
	{ "time wait bucket table overflow", buckets },
	{ "cannot assign requested address", ports },
	{ "eaddrnotavail", ports },
	{ "fin_wait_2", fin_wait },
	{ "fin_wait2", fin_wait },
	{ "too many open files", files },
};

const char *symptom_verdict(const char *words, unsigned int i)
{
	const char *const *verdict;
	size_t k;

	for (k = 0; k < ARRAY_SIZE(sayings); k++) {
		if (!strcasestr(words, sayings[k].words))
			continue;
		verdict = sayings[k].verdicts;
		while (*verdict && i--)
			verdict++;
		return *verdict;
	}
	return NULL;
}
