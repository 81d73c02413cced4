// SPDX-License-Identifier: GPL-2.0
/*
 * crowd.c - clients that come when they come, however busy the server is.
 *
 * usage: crowd [-l reset|close|last|never] [-f] [-d DESTINATIONS]
 *              [-b SOURCE[:PORT]] [-n] ADDRESS PORT SIZE PERIOD_MS TIMES
 *              REQUEST
 *
 * Job: every PERIOD_MS, TIMES times, SIZE clients at once: each connects, sends
 * REQUEST and leaves with the first bytes of an answer, by a reset or (close) so
 * that the TIME_WAIT is its own; or when the server has closed (last); or is
 * still there when all are done (never), until the program is ended. Without an
 * answer it leaves after PATIENCE_MS; with an empty REQUEST it only waits.
 *   -f  by TCP Fast Open: REQUEST goes with the SYN
 *   -d  towards so many IPv4 addresses from ADDRESS on, in turn
 *   -b  binds its source before it connects, as some proxies do: to a port of the
 *       kernel's choice, or all to PORT
 *   -n  leaves that choice to connect(2), by IP_BIND_ADDRESS_NO_PORT
 * Prints one line of how they fared, times in ms:
 *   clients=N answered=N failed=N lost=N lacking=N unbound=N taken=N
 *   wait_p50= wait_p99= wait_max= queue_p50= queue_max=
 * `wait` is from the first SYN to the answer, `queue` from the moment when the
 * client takes itself for connected. Both are of those who were answered;
 * failed were reset or refused, lost ran out of patience; connect(2) found no port
 * for those lacking, bind(2) none for those unbound, and PORT was taken towards
 * that destination already for those taken.
 * Context: runs before anything else on its CPU, as clients on other machines
 * would: how deep a burst gets must not depend on whom the scheduler favours.
 * Does not: reuse a connection.
 */
#include <sched.h>
#include <stdbool.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "agent.h"

#define PATIENCE_MS	10000	/* the SYN after 1, 3, 7 s is the last */
#define CLIENTS_MAX	60000	/* descriptors, and ports of one address */
#define EVENTS		64

static const char * const ways[] = { "reset", "close", "last", "never" };

enum way {
	RESET,
	CLOSE,
	LAST,
	NEVER,
	WAYS
};

struct client {
	int fd;			/* -1: gone */
	bool asked;
	bool connected;
	bool answered;
	long long began_us;
	long long connected_us;
};

/* How often who was answered waited, one entry each. */
struct waits {
	long long us[CLIENTS_MAX];
	int n;
};

static struct client clients[CLIENTS_MAX];
static struct waits wait_us, queue_us;
static struct sockaddr_storage target, source;
static socklen_t target_len, source_len;
static const char *request;
static enum way way = RESET;
static bool fast, no_port;
static int destinations = 1;
static int poller, began, oldest, failed, lost, lacking, unbound, taken;

static long long now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000LL + ts.tv_nsec / 1000;
}

static void leave(struct client *c)
{
	close(c->fd);
	c->fd = -1;
}

/* A socket for @c, bound if need be, or false: there was no port to bind. */
static bool prepare(struct client *c)
{
	const struct linger reset = { .l_onoff = way == RESET || way == NEVER };
	struct epoll_event ev = { .events = EPOLLOUT, .data.ptr = c };
	const int on = 1;

	c->fd = socket(target.ss_family, SOCK_STREAM | SOCK_NONBLOCK, 0);
	if (c->fd < 0) {
		perror("socket");
		exit(1);
	}
	setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	if (epoll_ctl(poller, EPOLL_CTL_ADD, c->fd, &ev)) {
		perror("epoll_ctl");
		exit(1);
	}
	if (!source_len)
		return true;
	if (no_port)
		setsockopt(c->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof(on));
	if (((struct sockaddr_in *)&source)->sin_port)
		setsockopt(c->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	return !bind(c->fd, (struct sockaddr *)&source, source_len);
}

/* Connect, with the request in the SYN or without. */
static int set_out(struct client *c)
{
	struct sockaddr_storage to = target;

	if (destinations > 1) {
		struct in_addr *a = &((struct sockaddr_in *)&to)->sin_addr;

		a->s_addr = htonl(ntohl(a->s_addr) + began % destinations);
	}
	if (!fast)
		return connect(c->fd, (struct sockaddr *)&to, target_len);
	if (sendto(c->fd, request, strlen(request), MSG_FASTOPEN | MSG_NOSIGNAL,
		   (struct sockaddr *)&to, target_len) < 0)
		return -1;
	c->asked = true;
	return 0;
}

static void begin(struct client *c)
{
	c->began_us = now_us();
	if (!prepare(c)) {
		unbound++;
		leave(c);
	} else if (set_out(c) && errno != EINPROGRESS) {
		if (errno != EADDRNOTAVAIL)
			failed++;
		else if (source_len && ((struct sockaddr_in *)&source)->sin_port)
			taken++;
		else
			lacking++;
		leave(c);
	}
}

static void ask(struct client *c)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.ptr = c };

	c->connected = true;
	c->connected_us = now_us();
	if ((!c->asked && *request &&
	     send(c->fd, request, strlen(request), MSG_NOSIGNAL) < 0) ||
	    epoll_ctl(poller, EPOLL_CTL_MOD, c->fd, &ev)) {
		failed++;
		leave(c);
	}
}

static void note(struct waits *w, long long us)
{
	w->us[w->n++] = us;
}

/* Nothing more will happen to it. */
static void stay(struct client *c)
{
	epoll_ctl(poller, EPOLL_CTL_DEL, c->fd, NULL);
	c->fd = -1;
}

static void hear(struct client *c)
{
	long long now = now_us();
	char answer[512];
	bool end = read(c->fd, answer, sizeof(answer)) <= 0;

	if (!end && !c->answered) {
		c->answered = true;
		note(&wait_us, now - c->began_us);
		note(&queue_us, now - c->connected_us);
	}
	failed += !c->answered;
	if (c->answered && way == NEVER)
		stay(c);
	else if (end || way == RESET || way == CLOSE)
		leave(c);
}

static void happened(const struct epoll_event *ev)
{
	struct client *c = ev->data.ptr;

	if (c->fd < 0)
		return;
	if (c->connected) {
		hear(c);
	} else if (ev->events & (EPOLLERR | EPOLLHUP)) {
		failed++;
		leave(c);
	} else {
		ask(c);
	}
}

/* They came in order, so they run out of patience in order. */
static void lose_patience(long long now)
{
	for (; oldest < began; oldest++) {
		struct client *c = &clients[oldest];

		if (c->fd >= 0) {
			if (now - c->began_us < PATIENCE_MS * 1000LL)
				return;
			lost++;
			leave(c);
		}
	}
}

/* Until the time @until, or without one (0) until all clients have left. */
static void attend(long long until)
{
	struct epoll_event ev[EVENTS];
	long long now = now_us();
	int i, n, ms = 100;

	do {
		if (until)
			ms = until > now ? (until - now + 999) / 1000 : 0;
		n = epoll_wait(poller, ev, EVENTS, ms);
		for (i = 0; i < n; i++)
			happened(&ev[i]);
		now = now_us();
		lose_patience(now);
	} while (until ? now < until : oldest < began);
}

static int by_length(const void *a, const void *b)
{
	long long x = *(const long long *)a, y = *(const long long *)b;

	return (x > y) - (x < y);
}

/* What @percent of @w are at most, in ms. */
static double at_most(struct waits *w, int percent)
{
	if (!w->n)
		return 0;
	qsort(w->us, w->n, sizeof(w->us[0]), by_length);
	return w->us[(w->n - 1) * percent / 100] / 1000.0;
}

static void print_result(void)
{
	printf("clients=%d answered=%d failed=%d lost=%d lacking=%d ", began,
	       wait_us.n, failed, lost, lacking);
	printf("unbound=%d taken=%d ", unbound, taken);
	printf("wait_p50=%.0f wait_p99=%.0f wait_max=%.0f ",
	       at_most(&wait_us, 50), at_most(&wait_us, 99),
	       at_most(&wait_us, 100));
	printf("queue_p50=%.0f queue_max=%.0f\n", at_most(&queue_us, 50),
	       at_most(&queue_us, 100));
}

static void come(int size, long long period_us, int times)
{
	long long start = now_us();
	int i, j;

	for (i = 0; i < times; i++) {
		for (j = 0; j < size; j++, began++)
			begin(&clients[began]);
		attend(start + (i + 1) * period_us);
	}
	attend(0);
}

static int refuse(const char *name)
{
	fprintf(stderr,
		"usage: %s [-l reset|close|last|never] [-f] [-d DESTINATIONS] [-b SOURCE[:PORT]] [-n] ADDRESS PORT SIZE PERIOD_MS TIMES REQUEST\n",
		name);
	return 2;
}

static bool take_way(const char *name)
{
	for (way = 0; way < WAYS; way++)
		if (!strcmp(name, ways[way]))
			return true;
	return false;
}

/* An IPv4 address, with a port or without. */
static bool take_source(char *name)
{
	char *port = strchr(name, ':');

	if (port)
		*port++ = '\0';
	source_len = agent_address(name, port ? port : "0", &source);
	return source_len;
}

static bool take_option(int option)
{
	switch (option) {
	case 'l':
		return take_way(optarg);
	case 'f':
		fast = true;
		return true;
	case 'n':
		no_port = true;
		return true;
	case 'd':
		destinations = atoi(optarg);
		return destinations > 0;
	case 'b':
		return take_source(optarg);
	default:
		return false;
	}
}

int main(int argc, char **argv)
{
	const struct sched_param first = { .sched_priority = 1 };
	int option, size, times;

	while ((option = getopt(argc, argv, "l:fnd:b:")) != -1)
		if (!take_option(option))
			return refuse(argv[0]);
	argv += optind - 1;
	if (argc - optind != 6)
		return refuse("crowd");
	target_len = agent_address(argv[1], argv[2], &target);
	size = atoi(argv[3]);
	times = atoi(argv[5]);
	request = argv[6];
	poller = epoll_create1(0);
	if (!target_len || size < 1 || times < 1 ||
	    (long long)size * times > CLIENTS_MAX || poller < 0) {
		fprintf(stderr, "crowd: no such load\n");
		return 2;
	}
	if (sched_setscheduler(0, SCHED_FIFO, &first))
		perror("sched_setscheduler");
	come(size, atoi(argv[4]) * 1000LL, times);
	print_result();
	if (way == NEVER && !fflush(stdout))
		pause();
	return 0;
}
