// SPDX-License-Identifier: GPL-2.0
/*
 * wait_clients.c - clients that measure how long their own connections wait.
 *
 * usage: wait_clients ADDRESS PORT BATCHES DEEP
 *
 * Job: listen, say `ready`, and after a line of input: connect DEEP times, sleep some
 * milliseconds, accept all of these, and so on, BATCHES times. For each connection a
 * line of three numbers, in microseconds: it waited to be accepted at least and at most
 * so long, and its connect(2) took so long. The clocks are read around the system
 * calls, on one CPU, and a connection is waited for until it is in the accept queue: so
 * what the kernel sees lies in between. Stays, with its listener, until there is no
 * more input.
 * Does not: judge.
 */
#define _GNU_SOURCE
#include <netinet/tcp.h>
#include <sched.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "agent.h"

#define DEEP_MAX 64

struct client {
	int fd;
	long long before, after;	/* its connect(2) */
};

static long long now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000LL + ts.tv_nsec / 1000;
}

static void fatal(const char *what)
{
	perror(what);
	exit(1);
}

static unsigned int waiting(int listener)
{
	struct tcp_info info;
	socklen_t len = sizeof(info);

	if (getsockopt(listener, IPPROTO_TCP, TCP_INFO, &info, &len))
		fatal("TCP_INFO");
	return info.tcpi_unacked;
}

/* The @nth to wait. */
static void client_open(struct client *c, int listener, unsigned int nth,
			const struct sockaddr_storage *to, socklen_t len)
{
	c->fd = socket(to->ss_family, SOCK_STREAM, 0);
	c->before = now_us();
	if (c->fd < 0 || connect(c->fd, (const struct sockaddr *)to, len))
		fatal("connect");
	while (waiting(listener) < nth)
		sched_yield();
	c->after = now_us();
}

/* They are accepted in the order in which they came. */
static void client_accepted(struct client *c, int listener)
{
	long long before = now_us(), after;
	int fd = accept(listener, NULL, NULL);

	after = now_us();
	if (fd < 0)
		fatal("accept");
	printf("%lld %lld %lld\n", before - c->after, after - c->before,
	       c->after - c->before);
	close(c->fd);
	close(fd);
}

static void batch(int listener, int deep, const struct sockaddr_storage *to,
		  socklen_t len, useconds_t us)
{
	struct client client[DEEP_MAX];
	int i;

	for (i = 0; i < deep; i++)
		client_open(&client[i], listener, i + 1, to, len);
	usleep(us);
	for (i = 0; i < deep; i++)
		client_accepted(&client[i], listener);
}

int main(int argc, char **argv)
{
	const int yes = 1;
	struct sockaddr_storage to;
	int listener, batches, deep, i;
	cpu_set_t one;
	socklen_t len;

	CPU_ZERO(&one);
	CPU_SET(0, &one);
	if (argc != 5)
		return 2;
	if (sched_setaffinity(0, sizeof(one), &one))
		fatal("sched_setaffinity");
	len = agent_address(argv[1], argv[2], &to);
	batches = atoi(argv[3]);
	deep = atoi(argv[4]);
	listener = socket(to.ss_family, SOCK_STREAM, 0);
	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
	if (deep < 1 || deep > DEEP_MAX || bind(listener, (struct sockaddr *)&to, len) ||
	    listen(listener, DEEP_MAX))
		fatal("listen");
	setvbuf(stdout, NULL, _IOLBF, 0);
	puts("ready");
	if (getchar() == EOF)
		return 1;
	for (i = 0; i < batches; i++)
		batch(listener, deep, &to, len, 1000 << i % 6);
	puts("done");
	while (getchar() != EOF)
		;
	return 0;
}
