// SPDX-License-Identifier: GPL-2.0
/*
 * fault_agent.c - let the Nth allocation of a system call fail, for every N.
 *
 * usage: fault_agent load FILE.ko [PARAMETER=VALUE]...
 *        fault_agent listen LISTENERS
 *        fault_agent netns
 *        fault_agent read FILE...
 *
 * Job: repeat one action with /proc/self/fail-nth at 1, 2, 3... until it runs
 * through with no failure. What fails must say so by an errno that an
 * allocation's failure explains, and what survives one must work. `load` loads
 * a module, which is unloaded again; `listen` opens a listener, LISTENERS times
 * for each N; `netns` makes a network namespace; `read` opens and reads files.
 * With FAULT_STEP in the environment, every so many N only, for a slow machine.
 * Prints `faults=N failures=N`: how many were injected, how many of these the
 * caller noticed. Exits 1, saying at which N, if the kernel answered otherwise.
 * Context: root; CONFIG_FAILSLAB. What fails is narrowed by the caller through
 * debugfs (GFP_KERNEL allocations too, a call stack).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* No action allocates so often; one that seems to never ends. */
#define NTH_MAX	20000

static int fail_nth = -1;
static int faults, failures;
static char **words;
static int nr_words;

static void set_nth(int nth)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%d", nth);

	if (pwrite(fail_nth, text, (size_t)len, 0) != len) {
		perror("/proc/self/fail-nth");
		exit(2);
	}
}

/* What is left of it: 0 once the failure was injected. */
static int get_nth(void)
{
	char text[16] = "";

	if (pread(fail_nth, text, sizeof(text) - 1, 0) <= 0) {
		perror("/proc/self/fail-nth");
		exit(2);
	}
	return atoi(text);
}

static int module_name(char *name, size_t size)
{
	const char *base = strrchr(words[0], '/');

	base = base ? base + 1 : words[0];
	return snprintf(name, size, "%.*s", (int)strcspn(base, "."), base);
}

/* Load the module under injection; unload it unfailingly. */
static int do_load(int nth)
{
	char name[64], parameters[256] = "";
	int fd = open(words[0], O_RDONLY | O_CLOEXEC);
	int i, err = 0;

	if (fd < 0)
		return -errno;
	for (i = 1; i < nr_words; i++) {
		strncat(parameters, words[i], sizeof(parameters) / 8);
		strcat(parameters, " ");
	}
	set_nth(nth);
	if (syscall(SYS_finit_module, fd, parameters, 0))
		err = -errno;
	nth = get_nth();
	set_nth(0);
	close(fd);
	module_name(name, sizeof(name));
	if (!err && syscall(SYS_delete_module, name, O_NONBLOCK)) {
		perror("delete_module");
		exit(1);
	}
	return err ?: nth;
}

static int listener(void)
{
	struct sockaddr_in sin = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd >= 0 && bind(fd, (struct sockaddr *)&sin, sizeof(sin))) {
		close(fd);
		fd = -1;
	}
	return fd;
}

static int do_listen(int nth)
{
	int i, left = nth, err = 0;

	for (i = 0; i < atoi(words[0]) && !err; i++) {
		int fd = listener();

		if (fd < 0)
			return -errno;
		set_nth(nth);
		if (listen(fd, 5))
			err = -errno;
		left = get_nth();
		set_nth(0);
		close(fd);
	}
	return err ?: left;
}

static int do_netns(int nth)
{
	int err = 0;

	set_nth(nth);
	if (unshare(CLONE_NEWNET))
		err = -errno;
	nth = get_nth();
	set_nth(0);
	return err ?: nth;
}

static int do_read(int nth)
{
	static char data[8192];
	int i, err = 0;

	set_nth(nth);
	for (i = 0; i < nr_words && !err; i++) {
		int fd = open(words[i], O_RDONLY);

		if (fd < 0) {
			err = -errno;
		} else {
			if (read(fd, data, sizeof(data)) < 0)
				err = -errno;
			close(fd);
		}
	}
	nth = get_nth();
	set_nth(0);
	return err ?: nth;
}

static const struct action {
	const char *name;
	/* What is left of @nth, 0 if injected; or a negative errno. */
	int (*run)(int nth);
	int words;
} actions[] = {
	{ "load", do_load, 1 },
	{ "listen", do_listen, 1 },
	{ "netns", do_netns, 0 },
	{ "read", do_read, 1 },
	{ }
};

/* Whether a call may answer so because an allocation in it failed. */
static bool explained(int err)
{
	return err == -ENOMEM || err == -ENOBUFS || err == -EINVAL ||
	       err == -EFAULT || err == -ENOENT || err == -EAGAIN;
}

static int get_step(void)
{
	const char *text = getenv("FAULT_STEP");
	int step = text ? atoi(text) : 1;

	return step > 0 ? step : 1;
}

static int sweep(const struct action *a)
{
	int nth, rc, step = get_step();

	for (nth = 1; nth < NTH_MAX; nth += step) {
		rc = a->run(nth);
		if (rc > 0)
			break;
		faults++;
		failures += rc < 0;
		if (rc < 0 && !explained(rc)) {
			printf("%s: allocation %d: %s\n", a->name, nth,
			       strerror(-rc));
			return 1;
		}
	}
	printf("faults=%d failures=%d\n", faults, failures);
	return nth >= NTH_MAX;
}

int main(int argc, char **argv)
{
	const struct action *a;

	nr_words = argc - 2;
	words = argv + 2;
	for (a = actions; a->name; a++) {
		if (argc < 2 || strcmp(a->name, argv[1]) || nr_words < a->words)
			continue;
		fail_nth = open("/proc/self/fail-nth", O_RDWR);
		if (fail_nth < 0) {
			perror("/proc/self/fail-nth");
			return 2;
		}
		return sweep(a);
	}
	fprintf(stderr, "usage: %s load|listen|netns|read [WORD]...\n", argv[0]);
	return 2;
}
