// SPDX-License-Identifier: GPL-2.0
/*
 * replay.c - a schedule of clients, on this kernel.
 *
 * usage: replay HZ KEY=VALUE...	(schedule.h)
 *
 * Job: listen on 127.0.0.1, have each client connect and each accept(2) happen
 * when the schedule says so, and print one line of how the clients fared:
 *   refused=N unserved=N overflows=N drops=N cookies=N worst_ms=N
 *   admitted=N from_ms=N to_ms=N gave_up=N
 * refused were so at least once: their SYN, their first data or (unless
 * TCP_DEFER_ACCEPT asks for that) the SYN-ACK to them had to be sent again, or they
 * were reset. unserved were not accepted by the end.
 * admitted were refused, and accepted in the end, from_ms to to_ms after they came;
 * gave_up were impatient.
 * overflows, drops and cookies are ListenOverflows, ListenDrops and SyncookiesSent.
 * Context: one process and thread, before anything else on its CPU; clients and
 * listener are in the network namespace that it finds, whose sysctls and round
 * trip the test has set. With a clock that counts instructions the same schedule
 * is the same run.
 * Does not: give up on a client before the end, but on those who are impatient.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "schedule.h"

#define EVENTS	64

struct client {
	int fd;
	int child;		/* -1: not accepted */
	bool spoke;
	bool reset;
	bool gave_up;
	long long began_us, served_us;
};

struct mibs {
	long long overflows, drops, cookies;
};

static struct schedule s;
static struct client clients[SCHEDULE_CLIENTS_MAX];
static int of_port[65536];	/* client + 1 */
static int began, poller, listener;
static int waited_for;		/* clients before this one have run out of patience */
static long long start_us;
static struct sockaddr_in server = { .sin_family = AF_INET };

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static long long now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000LL + ts.tv_nsec / 1000 - start_us;
}

/* On a port of its own: who is left of a run before might still be heard. */
static void listen_there(void)
{
	const int one = 1, no = 0, defer = s.defer_s;
	struct sockaddr_in6 both = { .sin6_family = AF_INET6 };
	const struct sockaddr *at = (const struct sockaddr *)&server;
	socklen_t len = sizeof(server);

	server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	server.sin_port = htons(10000 + getpid() % 20000);
	if (s.dual) {
		both.sin6_port = server.sin_port;
		at = (const struct sockaddr *)&both;
		len = sizeof(both);
	}
	listener = socket(at->sa_family, SOCK_STREAM | SOCK_NONBLOCK, 0);
	if (s.dual)
		setsockopt(listener, IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof(no));
	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (defer)
		setsockopt(listener, IPPROTO_TCP, TCP_DEFER_ACCEPT, &defer,
			   sizeof(defer));
	if (bind(listener, at, len) ||
	    listen(listener, s.backlog))
		die("listen");
}

static void begin(struct client *c)
{
	struct epoll_event ev = { .events = EPOLLOUT, .data.ptr = c };
	struct sockaddr_in own;
	socklen_t len = sizeof(own);

	c->child = -1;
	c->began_us = now_us();
	c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	if (c->fd < 0 || epoll_ctl(poller, EPOLL_CTL_ADD, c->fd, &ev))
		die("socket");
	if (connect(c->fd, (const struct sockaddr *)&server, sizeof(server)) &&
	    errno != EINPROGRESS)
		die("connect");
	getsockname(c->fd, (struct sockaddr *)&own, &len);
	of_port[ntohs(own.sin_port)] = c - clients + 1;
}

/* It is connected, or has been reset. */
static void happened(struct client *c, __u32 events)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.ptr = c };

	if (events & (EPOLLERR | EPOLLHUP)) {
		c->reset = true;
		epoll_ctl(poller, EPOLL_CTL_DEL, c->fd, NULL);
		return;
	}
	if (s.speak && !c->spoke && send(c->fd, "hello", 5, MSG_NOSIGNAL) != 5)
		c->reset = true;
	c->spoke = true;
	epoll_ctl(poller, EPOLL_CTL_MOD, c->fd, &ev);
}

static void give_up(void)
{
	struct client *c;

	for (; waited_for < began; waited_for++) {
		c = &clients[waited_for];
		if (now_us() < c->began_us + s.patience_ms * 1000LL)
			break;
		if (waited_for % s.impatient || c->spoke || c->reset)
			continue;
		close(c->fd);
		c->gave_up = true;
	}
}

static void attend(int ms)
{
	struct epoll_event ev[EVENTS];
	int i, n;

	if (s.impatient) {
		give_up();
		ms = ms > 10 ? 10 : ms;
	}
	do {
		n = epoll_wait(poller, ev, EVENTS, ms);
		for (i = 0; i < n; i++)
			happened(ev[i].data.ptr, ev[i].events);
		ms = 0;
	} while (n == EVENTS);
}

/* Until @until, with what clients see meanwhile. */
static void sleep_until(long long until)
{
	long long now = now_us();

	while (now < until) {
		struct timespec ts = { .tv_nsec = (until - now) * 1000 };

		if (until - now >= 2000) {
			attend((until - now) / 1000 - 1);
		} else {
			clock_nanosleep(CLOCK_MONOTONIC, 0, &ts, NULL);
			attend(0);
		}
		now = now_us();
	}
}

static void take_one(void)
{
	struct sockaddr_in6 peer;	/* the port is in the same place in both */
	socklen_t len = sizeof(peer);
	int fd = accept(listener, (struct sockaddr *)&peer, &len), i;

	if (fd < 0)
		return;
	i = of_port[ntohs(peer.sin6_port)];
	if (!i)
		die("a child of nobody");
	clients[i - 1].child = fd;
	clients[i - 1].served_us = now_us();
}

/* When client @i comes. */
static long long comes_us(int i)
{
	const struct schedule_part *p = s.clients;

	while (p < s.clients + s.nr_clients && i >= (int)p->count)
		i -= p++->count;
	return p == s.clients + s.nr_clients ? -1 :
	       p->at_ms * 1000LL + (long long)i * p->gap_us;
}

static void run(void)
{
	long long accept_at = schedule_next_accept(&s, -1), end = s.until_ms * 1000LL, come;

	for (;;) {
		come = comes_us(began);
		if (come < 0 && accept_at < 0)
			break;
		if (come >= 0 && (accept_at < 0 || come <= accept_at)) {
			sleep_until(come);
			begin(&clients[began++]);
			attend(0);
		} else {
			if (accept_at >= end)
				break;
			sleep_until(accept_at);
			take_one();
			accept_at = schedule_next_accept(&s, accept_at);
		}
	}
	sleep_until(end);
}

static unsigned long long read_jiffies(void)
{
	unsigned long long jiffies = 0;
	char line[256];
	FILE *f = fopen("/proc/timer_list", "r");

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "jiffies: %llu", &jiffies) == 1)
			break;
	if (f)
		fclose(f);
	return jiffies;
}

/*
 * Begin where the timer wheel's buckets do, on its third level: which clients come
 * again together depends on it. Without the file a run begins anywhere.
 */
static void begin_with_wheel(int hz)
{
	unsigned long long was = read_jiffies(), now = was;

	while (was && now == was)
		now = read_jiffies();
	start_us = now_us() + (64 - now % 64) * 1000000LL / hz;
	sleep_until(0);
}

static __u32 retransmits(int fd)
{
	struct tcp_info info = {};
	socklen_t len = sizeof(info);

	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len))
		die("TCP_INFO");
	return info.tcpi_total_retrans;
}

static long long served_ms(const struct client *c)
{
	return (c->served_us - c->began_us) / 1000;
}

static bool was_refused(const struct client *c)
{
	return c->child < 0 || c->reset || retransmits(c->fd) ||
	       (!s.defer_s && retransmits(c->child));
}

static void read_mibs(struct mibs *m)
{
	char names[8192], values[8192], *n, *v, *ns, *vs;
	FILE *f = fopen("/proc/net/netstat", "r");

	if (!f || !fgets(names, sizeof(names), f) ||
	    !fgets(values, sizeof(values), f))
		die("/proc/net/netstat");
	fclose(f);
	n = strtok_r(names, " ", &ns);
	v = strtok_r(values, " ", &vs);
	for (; n && v; n = strtok_r(NULL, "\n ", &ns), v = strtok_r(NULL, "\n ", &vs)) {
		if (!strcmp(n, "ListenOverflows"))
			m->overflows = atoll(v);
		if (!strcmp(n, "ListenDrops"))
			m->drops = atoll(v);
		if (!strcmp(n, "SyncookiesSent"))
			m->cookies = atoll(v);
	}
}

static void report(const struct mibs *was)
{
	int i, refused = 0, unserved = 0, admitted = 0, gave_up = 0;
	long long worst = 0, from = 0, to = 0;
	struct mibs now;

	read_mibs(&now);
	for (i = 0; i < began; i++) {
		const struct client *c = &clients[i];
		bool served = c->child >= 0;

		unserved += !served;
		gave_up += c->gave_up;
		if (served && served_ms(c) > worst)
			worst = served_ms(c);
		if (!was_refused(c))
			continue;
		refused++;
		if (!served)
			continue;
		if (!admitted++ || served_ms(c) < from)
			from = served_ms(c);
		if (served_ms(c) > to)
			to = served_ms(c);
	}
	printf("refused=%d unserved=%d overflows=%lld drops=%lld cookies=%lld worst_ms=%lld admitted=%d from_ms=%lld to_ms=%lld gave_up=%d\n",
	       refused, unserved, now.overflows - was->overflows,
	       now.drops - was->drops, now.cookies - was->cookies, worst,
	       admitted, from, to, gave_up);
}

int main(int argc, char **argv)
{
	const struct rlimit many = { .rlim_cur = 65536, .rlim_max = 65536 };
	const struct sched_param first = { .sched_priority = 1 };
	struct mibs was;

	if (argc < 3 || atoi(argv[1]) < 1 || !schedule_read(&s, argv + 2)) {
		fprintf(stderr, "usage: replay HZ KEY=VALUE...\n");
		return 2;
	}
	poller = epoll_create1(0);
	if (poller < 0 || setrlimit(RLIMIT_NOFILE, &many) ||
	    sched_setscheduler(0, SCHED_FIFO, &first))
		die("replay");
	prctl(PR_SET_TIMERSLACK, 1);
	listen_there();
	read_mibs(&was);
	begin_with_wheel(atoi(argv[1]));
	run();
	/* Who is not connected is not to come to it when all of them end. */
	close(listener);
	report(&was);
	return 0;
}
