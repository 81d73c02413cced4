// SPDX-License-Identifier: GPL-2.0
/*
 * idle_netns.c - many network namespaces in which nothing happens (any more).
 *
 * usage: idle_netns COUNT clean|lacking|holding|waiting|passing
 *
 * Job: makes them, `lacking` with an ephemeral range of two ports for which two
 * connect(2)s too many are made, prints `made=COUNT` and holds them until it is
 * ended. In `holding` ones these connections stay open; in `waiting` ones one waits for
 * accept(2). `passing` ones end each as the next begins; then it prints `median=TIME`,
 * which unshare(2) took, in microseconds, and ends, too.
 * Context: root, of a user namespace at least. No connection is left otherwise, nor its
 * TIME_WAIT.
 * Does not: use a process for each.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "agent.h"

#define PORT		80
#define CONNECTIONS	4	/* of which two find a port */

static int fail(const char *what)
{
	perror(what);
	exit(1);
}

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		fail(path);
	close(fd);
}

static int tcp_socket(void)
{
	struct linger reset = { .l_onoff = 1 };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd < 0)
		fail("socket");
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	return fd;
}

static struct sockaddr_in sin;	/* of the server */

static int listening(void)
{
	int server = tcp_socket();

	sin.sin_family = AF_INET;
	sin.sin_port = htons(PORT);
	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (agent_lo_up())
		fail("lo");
	if (bind(server, (struct sockaddr *)&sin, sizeof(sin)) ||
	    listen(server, CONNECTIONS))
		fail("listen");
	return server;
}

/* A connection that nobody accepts: the sampler looks how long it waits. */
static void wait_for_accept(void)
{
	listening();
	if (connect(tcp_socket(), (struct sockaddr *)&sin, sizeof(sin)))
		fail("connect");
}

/* More connections to one server than there are ports, and then none. */
static void lack_ports(bool hold)
{
	int server = listening(), fd[CONNECTIONS], i, failed = 0;

	write_file("/proc/sys/net/ipv4/ip_local_port_range", "40000 40001");
	for (i = 0; i < CONNECTIONS; i++) {
		fd[i] = tcp_socket();
		failed += connect(fd[i], (struct sockaddr *)&sin, sizeof(sin)) &&
			  errno == EADDRNOTAVAIL;
	}
	if (!failed)
		fail("connect");
	/* Nobody waits for accept(2), which the sampler would look at. */
	for (i = failed; i < CONNECTIONS && hold; i++)
		if (accept(server, NULL, NULL) < 0)
			fail("accept");
	for (i = 0; i < CONNECTIONS && !hold; i++)
		close(fd[i]);
	if (!hold)
		close(server);
}

static void make(void)
{
	if (unshare(CLONE_NEWNET))
		fail("unshare");
}

static int by_time(const void *a, const void *b)
{
	const long *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static int pass(int count)
{
	long *took = calloc(count, sizeof(*took));
	struct timespec begin, end;
	int i;

	if (!took)
		fail("calloc");
	for (i = 0; i < count; i++) {
		clock_gettime(CLOCK_MONOTONIC, &begin);
		make();
		clock_gettime(CLOCK_MONOTONIC, &end);
		took[i] = (end.tv_sec - begin.tv_sec) * 1000000 +
			  (end.tv_nsec - begin.tv_nsec) / 1000;
	}
	qsort(took, count, sizeof(*took), by_time);
	printf("median=%ld\n", took[count / 2]);
	return 0;
}

int main(int argc, char **argv)
{
	int count = argc > 2 ? atoi(argv[1]) : 0, i;
	bool holding = argc > 2 && !strcmp(argv[2], "holding");
	bool lacking = holding || (argc > 2 && !strcmp(argv[2], "lacking"));
	bool waiting = argc > 2 && !strcmp(argv[2], "waiting");

	if (argc > 2 && !strcmp(argv[2], "passing"))
		return pass(count);
	for (i = 0; i < count; i++) {
		make();
		if (lacking)
			lack_ports(holding);
		if (waiting)
			wait_for_accept();
		/* Held by this descriptor, when there is another one. */
		if (open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC) < 0)
			fail("/proc/thread-self/ns/net");
	}
	printf("made=%d\n", count);
	fflush(stdout);
	for (;;)
		pause();
}
