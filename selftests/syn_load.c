// SPDX-License-Identifier: GPL-2.0
/*
 * syn_load.c - a storm of connections from clients on CPUs of their own.
 *
 * usage: syn_load [-p MICROSECONDS] ADDRESS PORT COUNT SECONDS CPU...
 *
 * Job: one thread for each CPU named (name one twice for two), each of which
 * opens COUNT connections (0: any number) as fast as it can and closes each at
 * once with a reset, so that neither ports nor TIME_WAIT bound the rate; with -p
 * it sleeps so long after each. Ends after SECONDS even if not all were made.
 * Prints `attempts=N`.
 * Does not: wait for an answer; the test reads the kernel's counters.
 */
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "agent.h"

#define CLIENTS_MAX	64

static struct sockaddr_storage target;
static socklen_t target_len;
static unsigned long count;
static useconds_t pause_us;
static time_t end;

struct client {
	pthread_t thread;
	int cpu;
	unsigned long attempts;
};

static time_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec;
}

static bool attempt(void)
{
	const struct linger reset = { .l_onoff = 1 };
	int fd = socket(target.ss_family, SOCK_STREAM | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return false;
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	/* Whether it is in progress, refused or out of ports: next one. */
	(void)!connect(fd, (struct sockaddr *)&target, target_len);
	close(fd);
	return true;
}

static void *run(void *arg)
{
	struct client *c = arg;
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET(c->cpu, &cpus);
	if (sched_setaffinity(0, sizeof(cpus), &cpus))
		perror("sched_setaffinity");
	while ((!count || c->attempts < count) && now() < end) {
		c->attempts += attempt();
		if (pause_us)
			usleep(pause_us);
	}
	return NULL;
}

static int refuse(const char *name)
{
	fprintf(stderr,
		"usage: %s [-p MICROSECONDS] ADDRESS PORT COUNT SECONDS CPU...\n",
		name);
	return 2;
}

int main(int argc, char **argv)
{
	static struct client clients[CLIENTS_MAX];
	const char *name = argv[0];
	unsigned long attempts = 0;
	int i, n;

	if (argc > 2 && !strcmp(argv[1], "-p")) {
		pause_us = atoi(argv[2]);
		argc -= 2;
		argv += 2;
	}
	n = argc - 5;
	if (n >= 1 && n <= CLIENTS_MAX)
		target_len = agent_address(argv[1], argv[2], &target);
	if (!target_len)
		return refuse(name);
	count = strtoul(argv[3], NULL, 0);
	end = now() + atoi(argv[4]);
	for (i = 0; i < n; i++) {
		clients[i].cpu = atoi(argv[i + 5]);
		if (pthread_create(&clients[i].thread, NULL, run, &clients[i])) {
			fprintf(stderr, "no thread\n");
			return 1;
		}
	}
	for (i = 0; i < n; i++) {
		pthread_join(clients[i].thread, NULL);
		attempts += clients[i].attempts;
	}
	printf("attempts=%lu\n", attempts);
	return 0;
}
