// SPDX-License-Identifier: GPL-2.0
/*
 * file_storm.c - read, poll and write every file of a tree in ways nobody means.
 *
 * usage: file_storm read|poll|write SECONDS SEED DIRECTORY...
 *
 * Job: until SECONDS are over or SIGTERM comes, walk the trees and do to each
 * file what the first word says: read it at odd offsets with odd sizes; poll(2)
 * it; write numbers, near numbers and noise. Some files stay open for a while,
 * past their own removal. With PAUSE in the environment it sleeps so many
 * microseconds after each, those among them that it may not open. Prints
 * `iterations=N`.
 * Does not: mind what the kernel answers, or that a file is gone by then.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define KEPT	16
#define DATA_MAX	9000

static atomic_bool over;
static unsigned long iterations;
static char data[DATA_MAX];
static void (*act)(int fd);
static useconds_t pause_us;
static int kept[KEPT];

static void stop(int sig)
{
	(void)sig;
	over = true;
}

static unsigned long any(unsigned long below)
{
	return (unsigned long)random() % below;
}

static void do_read(int fd)
{
	static const off_t far[] = { 1, 4095, 4096, 1L << 31, (1UL << 63) - 1 };
	off_t where = any(2) ? (off_t)any(300) : far[any(5)];

	(void)!read(fd, data, any(3) ? any(64) : sizeof(data));
	(void)!pread(fd, data, any(DATA_MAX), where);
	(void)!lseek(fd, 0, SEEK_SET);
	(void)!read(fd, data, sizeof(data));
}

static void do_poll(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLPRI | POLLIN };

	(void)!read(fd, data, sizeof(data));
	poll(&p, 1, (int)any(20));
	(void)!pread(fd, data, sizeof(data), 0);
}

/* A text that a careless parser might take; its length. */
static size_t near_number(void)
{
	static const char * const form[] = {
		"%ld\n", "%ld", " %ld", "%ldx", "-%ld", "+%ld", "0x%lx\n", "0%lo\n",
		"%ld %ld\n", "%ld.5\n", "\n%ld", "999999999999%ld\n",
	};
	long n = any(2) ? (long)any(5000) : random() << 33 | random();

	return (size_t)snprintf(data, sizeof(data),
				form[any(ARRAY_SIZE(form))], n, n);
}

static void write_once(int fd)
{
	size_t i, len;

	if (any(2)) {
		len = near_number();
	} else {
		len = any(4) ? any(40) : any(DATA_MAX);
		for (i = 0; i < len; i++)
			data[i] = (char)random();
	}
	(void)!pwrite(fd, data, len, any(8) ? 0 : (off_t)any(5000));
}

/* Few files can be opened for it, so more often. */
static void do_write(int fd)
{
	int i;

	for (i = 0; i < 8; i++, iterations++)
		write_once(fd);
}

static void try(const char *path)
{
	int *slot = &kept[any(KEPT)];
	int fd = open(path, act == do_write ? O_RDWR : O_RDONLY);

	if (fd < 0)
		return;
	act(fd);
	if (*slot >= 0) {
		act(*slot);
		close(*slot);
	}
	*slot = fd;
	iterations++;
}

static int visit(const char *path, const struct stat *st, int type,
		 struct FTW *ftw)
{
	(void)st;
	(void)ftw;
	if (over)
		return 1;
	if (type != FTW_F)
		return 0;
	try(path);
	if (pause_us)
		usleep(pause_us);
	return 0;
}

static int choose(const char *what)
{
	if (!strcmp(what, "read"))
		act = do_read;
	else if (!strcmp(what, "poll"))
		act = do_poll;
	else if (!strcmp(what, "write"))
		act = do_write;
	return act ? 0 : -1;
}

int main(int argc, char **argv)
{
	const struct sigaction on_end = { .sa_handler = stop };
	int i;

	if (argc < 5 || choose(argv[1])) {
		fprintf(stderr, "usage: %s read|poll|write SECONDS SEED DIRECTORY...\n",
			argv[0]);
		return 2;
	}
	if (getenv("PAUSE"))
		pause_us = (useconds_t)atoi(getenv("PAUSE"));
	sigaction(SIGTERM, &on_end, NULL);
	sigaction(SIGALRM, &on_end, NULL);
	alarm((unsigned int)atoi(argv[2]));
	srandom((unsigned int)atoi(argv[3]));
	for (i = 0; i < KEPT; i++)
		kept[i] = -1;
	while (!over) {
		for (i = 4; i < argc; i++)
			nftw(argv[i], visit, 8, FTW_PHYS);
		usleep(pause_us > 1000 ? pause_us : 1000);
	}
	printf("iterations=%lu\n", iterations);
	return 0;
}
