// SPDX-License-Identifier: GPL-2.0
/*
 * listener_storm.c - listeners that come and go, in this network namespace or in
 * ones that come and go with them.
 *
 * usage: listener_storm here COUNT MOST PORTS SEED
 *        listener_storm netns COUNT MOST LISTENERS SEED
 *
 * Job: `here` opens COUNT listeners in all, at most MOST at a time, each on one
 * of PORTS ports from 20000 on, as members of SO_REUSEPORT groups, and closes
 * them in any order. `netns` makes COUNT namespaces, at most MOST alive at a
 * time, each with LISTENERS listeners in it, of which one is refusing, and lets
 * each die with them. Prints `iterations=N` in the end.
 * Context: root, for `netns`. SIGTERM ends it early.
 * Does not: wait for what the kernel does later.
 */
#define _GNU_SOURCE
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "agent.h"

#define FDS_MAX	8192
#define PORT	20000

static atomic_bool over;
static int fds[FDS_MAX];
static int most, wide;

static void stop(int sig)
{
	(void)sig;
	over = true;
}

static int any(int below)
{
	return (int)(random() % below);
}

static struct sockaddr_in port_of(int i)
{
	struct sockaddr_in sin = { .sin_family = AF_INET };

	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	sin.sin_port = htons((in_port_t)(PORT + i));
	return sin;
}

static int fail(const char *what)
{
	perror(what);
	exit(1);
}

static int listener(int port)
{
	struct sockaddr_in sin = port_of(port);
	int one = 1, fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd < 0)
		fail("socket");
	setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof(one));
	if (bind(fd, (struct sockaddr *)&sin, sizeof(sin)))
		fail("bind");
	if (listen(fd, any(8)))
		fail("listen");
	return fd;
}

/* More connections than the backlog, that nobody accepts. */
static void knock(int port)
{
	struct sockaddr_in sin = port_of(port);
	int i, fd;

	for (i = 0; i < 12; i++) {
		fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
		if (fd < 0)
			fail("socket");
		(void)!connect(fd, (struct sockaddr *)&sin, sizeof(sin));
		close(fd);
	}
}

static void close_slot(int i)
{
	if (fds[i] >= 0)
		close(fds[i]);
	fds[i] = -1;
}

static void one_here(void)
{
	int i = any(most), port = any(wide);

	close_slot(i);
	fds[i] = listener(port);
	if (!any(8))
		knock(port);
	if (!any(16))
		for (i = any(most); i < most && any(32); i++)
			close_slot(i);
}

static void lo_up(void)
{
	struct ifreq lo = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &lo))
		fail("lo up");
	close(fd);
}

static void one_netns(void)
{
	int i, first = any(most) * wide;

	for (i = first; i < first + wide; i++)
		close_slot(i);
	if (unshare(CLONE_NEWNET))
		fail("unshare");
	lo_up();
	for (i = first; i < first + wide; i++)
		fds[i] = listener(i - first);
	knock(0);
}

int main(int argc, char **argv)
{
	const struct sigaction on_end = { .sa_handler = stop };
	int i, count, slots;
	bool netns;

	if (argc != 6) {
		fprintf(stderr, "usage: %s here|netns COUNT MOST PORTS|LISTENERS SEED\n",
			argv[0]);
		return 2;
	}
	netns = !strcmp(argv[1], "netns");
	count = atoi(argv[2]);
	most = atoi(argv[3]);
	wide = atoi(argv[4]);
	slots = netns ? most * wide : most;
	if (most < 1 || wide < 1 || slots > FDS_MAX) {
		fprintf(stderr, "1 to %d listeners\n", FDS_MAX);
		return 2;
	}
	srandom((unsigned int)atoi(argv[5]));
	sigaction(SIGTERM, &on_end, NULL);
	for (i = 0; i < slots; i++)
		fds[i] = -1;
	for (i = 0; i < count && !over; i++)
		netns ? one_netns() : one_here();
	printf("iterations=%d\n", i);
	return 0;
}
