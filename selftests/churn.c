// SPDX-License-Identifier: GPL-2.0
/*
 * churn.c - short connections, one batch after the other, both ends at once.
 *
 * usage: churn [-r] [-b BATCH] [-p PINGS] [-i MS] [-w MS]
 *              [-N NETNS] [-n COUNT | -s SECONDS] ADDRESS PORT
 *
 * Job: listen on ADDRESS and PORT, in the network namespace of the file NETNS if
 * that is given; then, COUNT times or for SECONDS, connect BATCH times, accept
 * them all, send a byte there and back PINGS times on each, close the clients'
 * ends, by a reset with -r, and then the servers'. So TIME_WAITs are the
 * clients', and nobody waits for a scheduler. A batch begins every MS of -i, or
 * when the one before is done; a client without a port ends it and sleeps MS of
 * -w. Prints one line:
 *   connections=N lacking=N failed=N ns=N median=N
 * connections were accepted, lacking found no port, failed for another reason;
 * ns is the time of all but the set-up, median that of a batch, of the first
 * 65536, which no timer's interrupts move.
 * Context: single thread, blocking sockets.
 * Does not: judge.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "agent.h"

#define BATCH_MAX	1024
#define TIMES_MAX	65536
#define SECOND_NS	1000000000LL
#define BACKLOG		65535	/* so that somaxconn is what binds */

static struct {
	bool reset;
	int batch;
	int pings;
	const char *netns;
	int interval_ms;
	int pause_ms;
	unsigned long count;	/* 0: until the time is over */
	long long ns;		/* 0: until the count is reached */
} how = { .batch = 1 };

static struct sockaddr_storage target;
static socklen_t target_len;
static unsigned long connections, lacking, failed;
static long long times[TIMES_MAX];	/* of batches */
static unsigned int nr_times;

static long long now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * SECOND_NS + ts.tv_nsec;
}

static void must(bool ok, const char *what)
{
	if (!ok) {
		perror(what);
		exit(1);
	}
}

static int open_netns(const char *file)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC);

	must(fd >= 0, file);
	return fd;
}

static void enter(int netns)
{
	must(!setns(netns, CLONE_NEWNET), "setns");
	close(netns);
}

static int listener_here(void)
{
	int fd = socket(target.ss_family, SOCK_STREAM, 0), on = 1;

	must(fd >= 0, "socket");
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	must(!bind(fd, (struct sockaddr *)&target, target_len), "bind");
	must(!listen(fd, BACKLOG), "listen");
	return fd;
}

/* A socket stays in the namespace where it was made. */
static int make_listener(void)
{
	int home, fd;

	if (!how.netns)
		return listener_here();
	home = open_netns("/proc/self/ns/net");
	enter(open_netns(how.netns));
	fd = listener_here();
	enter(home);
	return fd;
}

/* A connected socket, or -1. */
static int client(void)
{
	const struct linger reset = { .l_onoff = 1 };
	int fd = socket(target.ss_family, SOCK_STREAM, 0);

	must(fd >= 0, "socket");
	if (how.reset)
		setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	if (!connect(fd, (struct sockaddr *)&target, target_len))
		return fd;
	if (errno == EADDRNOTAVAIL)
		lacking++;
	else
		failed++;
	close(fd);
	return -1;
}

static void ping(int ours, int theirs)
{
	char byte = 0;
	int i;

	for (i = 0; i < how.pings; i++) {
		must(write(ours, &byte, 1) == 1, "write");
		must(read(theirs, &byte, 1) == 1, "read");
		must(write(theirs, &byte, 1) == 1, "write");
		must(read(ours, &byte, 1) == 1, "read");
	}
}

static void close_all(const int *fd, int n)
{
	while (n--)
		close(*fd++);
}

/* One batch. */
static void turn(int listener)
{
	int ours[BATCH_MAX], theirs[BATCH_MAX];
	int i, n = 0;

	for (i = 0; i < how.batch; i++) {
		ours[n] = client();
		if (ours[n] < 0)
			break;
		n++;
	}
	for (i = 0; i < n; i++) {
		theirs[i] = accept(listener, NULL, NULL);
		must(theirs[i] >= 0, "accept");
	}
	for (i = 0; i < n; i++)
		ping(ours[i], theirs[i]);
	close_all(ours, n);
	close_all(theirs, n);
	connections += n;
	if (n < how.batch)
		usleep(how.pause_ms * 1000);
}

static void timed_turn(int listener)
{
	long long begin = now_ns();

	turn(listener);
	if (nr_times < TIMES_MAX)
		times[nr_times++] = now_ns() - begin;
}

static int compare(const void *a, const void *b)
{
	long long diff = *(const long long *)a - *(const long long *)b;

	return (diff > 0) - (diff < 0);
}

static long long median(void)
{
	qsort(times, nr_times, sizeof(*times), compare);
	return times[nr_times / 2];
}

/* TIME_WAIT's age counts in whole seconds: to begin with one makes runs alike. */
static void await_second(void)
{
	usleep((SECOND_NS - now_ns() % SECOND_NS) / 1000);
}

static void run(int listener)
{
	long long begin, now, next;

	if (how.ns)
		await_second();
	begin = now_ns();
	next = begin;
	do {
		timed_turn(listener);
		next += how.interval_ms * 1000000LL;
		now = now_ns();
		if (now < next)
			usleep((next - now) / 1000);
	} while (how.count ? connections < how.count : now - begin < how.ns);
	printf("connections=%lu lacking=%lu failed=%lu ns=%lld median=%lld\n",
	       connections, lacking, failed, now - begin, median());
}

static int refuse(const char *name)
{
	fprintf(stderr,
		"usage: %s [-r] [-b BATCH] [-p PINGS] [-i MS] [-w MS] [-N NETNS] [-n COUNT | -s SECONDS] ADDRESS PORT\n",
		name);
	return 2;
}

static void take_option(int option)
{
	switch (option) {
	case 'r':
		how.reset = true;
		break;
	case 'b':
		how.batch = atoi(optarg);
		break;
	case 'p':
		how.pings = atoi(optarg);
		break;
	case 'N':
		how.netns = optarg;
		break;
	case 'i':
		how.interval_ms = atoi(optarg);
		break;
	case 'w':
		how.pause_ms = atoi(optarg);
		break;
	case 'n':
		how.count = strtoul(optarg, NULL, 0);
		break;
	case 's':
		how.ns = atoi(optarg) * SECOND_NS;
		break;
	}
}

int main(int argc, char **argv)
{
	int option;

	while ((option = getopt(argc, argv, "rb:p:i:w:N:n:s:")) != -1) {
		if (option == '?')
			return refuse(argv[0]);
		take_option(option);
	}
	if (argc - optind == 2)
		target_len = agent_address(argv[optind], argv[optind + 1], &target);
	if (!target_len || how.batch < 1 || how.batch > BATCH_MAX ||
	    (!how.count == !how.ns))
		return refuse(argv[0]);
	run(make_listener());
	return 0;
}
