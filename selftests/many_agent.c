// SPDX-License-Identifier: GPL-2.0
/*
 * many_agent.c - many listeners, and a connection to each of them.
 *
 * Job: commands of agent.h, see the table at the end; ADDRESS:PORT is the first of
 * COUNT ports in a row.
 * Context: single thread.
 * Does not: know any other state of a socket than listening: sock_agent.c does.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

#include "agent.h"

static int listening[65536];	/* descriptors, by port */

static int done(int ret)
{
	if (ret < 0)
		return -errno;
	puts("ok");
	return 0;
}

static socklen_t address(const char *text, int port, struct sockaddr_storage *ss)
{
	char number[16];

	snprintf(number, sizeof(number), "%d", port);
	return agent_address(text, number, ss);
}

/* open ADDRESS PORT COUNT: they listen, for as long as the agent lives */
static int do_open(char **word)
{
	int port = atoi(word[1]), end = port + atoi(word[2]), fd;
	struct sockaddr_storage ss;
	socklen_t len;

	for (; port < end; port++) {
		len = address(word[0], port, &ss);
		fd = socket(ss.ss_family, SOCK_STREAM, 0);
		if (fd < 0 || bind(fd, (struct sockaddr *)&ss, len) ||
		    listen(fd, 16))
			return -errno;
		listening[port] = fd;
	}
	return done(0);
}

/* One connection, accepted and reset, so that no TIME_WAIT is left. */
static int visit(int port, const struct sockaddr *sa, socklen_t len)
{
	struct linger reset = { .l_onoff = 1 };
	int fd = socket(sa->sa_family, SOCK_STREAM, 0), child;

	if (fd < 0 || connect(fd, sa, len))
		return -1;
	child = accept(listening[port], NULL, NULL);
	if (child < 0 || setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset)))
		return -1;
	close(fd);
	close(child);
	return 0;
}

/* close: all of them */
static int do_close(char **word)
{
	size_t port;

	(void)word;
	for (port = 0; port < sizeof(listening) / sizeof(*listening); port++) {
		if (listening[port] && close(listening[port]))
			return -errno;
		listening[port] = 0;
	}
	return done(0);
}

/* namespace: what follows is in a new one, which stays, as descriptor FD of PID */
static int do_namespace(char **word)
{
	int fd;

	(void)word;
	if (unshare(CLONE_NEWNET) || agent_lo_up())
		return -errno;
	fd = open("/proc/self/ns/net", O_RDONLY);
	if (fd < 0)
		return -errno;
	printf("pid=%d fd=%d\n", getpid(), fd);
	return 0;
}

/* visit ADDRESS PORT COUNT: a connection to each */
static int do_visit(char **word)
{
	int port = atoi(word[1]), end = port + atoi(word[2]);
	struct sockaddr_storage ss;
	socklen_t len;

	for (; port < end; port++) {
		len = address(word[0], port, &ss);
		if (visit(port, (struct sockaddr *)&ss, len))
			return -errno;
	}
	return done(0);
}

static const struct agent_command commands[] = {
	{ "open", 3, do_open },
	{ "visit", 3, do_visit },
	{ "close", 0, do_close },
	{ "namespace", 0, do_namespace },
	{ }
};

int main(void)
{
	return agent_main(commands);
}
