// SPDX-License-Identifier: GPL-2.0
/*
 * reload.c - load and unload a module, over and over.
 *
 * usage: reload FILE COUNT [PARAMETER=VALUE]
 *
 * Job: COUNT times finit_module(2) and delete_module(2), as modprobe and rmmod do
 * but in one process, which is most of what a load costs on a slow machine.
 * Prints `iterations=N`, how often both worked; exits 1, saying which did not, at
 * the first that fails.
 * Context: root; the module is not loaded and needs no other.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/module.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef MODULE_INIT_COMPRESSED_FILE	/* Linux 5.17 */
#define MODULE_INIT_COMPRESSED_FILE	4
#endif

static int flags;

static int once(const char *file, const char *parameter, const char *name)
{
	int rc, fd = open(file, O_RDONLY | O_CLOEXEC);

	if (fd < 0) {
		perror(file);
		return -1;
	}
	rc = (int)syscall(SYS_finit_module, fd, parameter, flags);
	if (rc)
		perror("finit_module");
	close(fd);
	if (rc)
		return rc;
	rc = (int)syscall(SYS_delete_module, name, O_NONBLOCK);
	if (rc)
		perror("delete_module");
	return rc;
}

int main(int argc, char **argv)
{
	const char *base, *parameter = argc > 3 ? argv[3] : "";
	char name[64];
	int i, count;

	if (argc < 3 || argc > 4) {
		fprintf(stderr, "usage: %s FILE COUNT [PARAMETER=VALUE]\n",
			argv[0]);
		return 2;
	}
	base = strrchr(argv[1], '/');
	base = base ? base + 1 : argv[1];
	snprintf(name, sizeof(name), "%.*s", (int)strcspn(base, "."), base);
	/* tcpadvisor.ko.xz and the like, as a distribution may have it. */
	if (strcmp(base + strcspn(base, "."), ".ko"))
		flags = MODULE_INIT_COMPRESSED_FILE;
	count = atoi(argv[2]);
	for (i = 0; i < count && !once(argv[1], parameter, name); i++)
		;
	printf("iterations=%d\n", i);
	return i < count;
}
