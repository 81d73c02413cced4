// SPDX-License-Identifier: GPL-2.0
/*
 * poll_file.c - wait until a sysfs file says that it has changed.
 *
 * usage: poll_file FILE MILLISECONDS
 *
 * Job: read FILE, print `armed`, poll(2) it for POLLPRI; print `changed` and
 * exit 0, or `unchanged` and exit 1 after MILLISECONDS.
 * Does not: look at what the file says.
 */
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct pollfd p = { .events = POLLPRI };
	char data[4096];
	int n;

	if (argc != 3) {
		fprintf(stderr, "usage: %s FILE MILLISECONDS\n", argv[0]);
		return 2;
	}
	p.fd = open(argv[1], O_RDONLY);
	/* A sysfs file that was never read has always changed. */
	if (p.fd < 0 || read(p.fd, data, sizeof(data)) < 0) {
		perror(argv[1]);
		return 2;
	}
	puts("armed");
	fflush(stdout);
	n = poll(&p, 1, atoi(argv[2]));
	if (n < 0) {
		perror("poll");
		return 2;
	}
	puts(n && p.revents & POLLPRI ? "changed" : "unchanged");
	return !(n && p.revents & POLLPRI);
}
