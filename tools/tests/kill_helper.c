// SPDX-License-Identifier: GPL-2.0
/*
 * kill_helper.c - let something happen to a program at its N-th stop at a system
 * call: each call stops twice, before it takes effect and after.
 *
 * kill_helper [-s SIGNAL | -p | -t] [-c FILE]... N PROGRAM ARGUMENT...
 *	-s SIGNAL  a number: send that signal (default: SIGKILL, and do not wait
 *	           for what comes of it)
 *	-p         its output is a pipe, whose reader goes
 *	-t         it runs on a terminal, which closes
 *	-c FILE    add 500 to the number in FILE whenever it begins to wait for
 *	           signals: so much is refused in the meantime
 *	exit status 0 if it came so far, 1 if it ended before; then the number of
 *	stops is printed
 */
#include <err.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <fcntl.h>
#include <unistd.h>

#define FILES_MAX	4

static struct {
	int signal;
	bool pipe, terminal;
	const char *file[FILES_MAX];
	size_t nr_files;
	long stop;
	int reader;	/* the other end of its output, or -1 */
} self = { .signal = SIGKILL, .reader = -1 };

/* Its standard output and error; what to close so that its reader is gone. */
static int output_open(int *reader)
{
	int ends[2] = { -1, -1 };

	if (self.pipe) {
		if (pipe(ends))
			err(2, "pipe");
	} else if (self.terminal) {
		ends[0] = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
		if (ends[0] < 0 || grantpt(ends[0]) || unlockpt(ends[0]))
			err(2, "terminal");
		ends[1] = open(ptsname(ends[0]), O_RDWR | O_NOCTTY | O_CLOEXEC);
		if (ends[1] < 0)
			err(2, "terminal");
	}
	*reader = ends[0];
	return ends[1];
}

static void start(char **argv, int output)
{
	if (output >= 0) {
		if (self.terminal && (setsid() < 0 || ioctl(output, TIOCSCTTY, 0)))
			err(2, "terminal");
		close(self.reader);
		dup2(output, STDOUT_FILENO);
		dup2(output, STDERR_FILENO);
		close(output);
	}
	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL))
		err(2, "ptrace");
	execv(argv[0], argv);
	err(2, "%s", argv[0]);
}

/* In one step: the program may be about to read it. */
static void count(const char *file)
{
	char next[4096];
	FILE *f = fopen(file, "re");
	unsigned long long v;

	snprintf(next, sizeof(next), "%s.next", file);
	if (!f || fscanf(f, "%llu", &v) != 1)
		err(2, "%s", file);
	fclose(f);
	f = fopen(next, "we");
	if (!f)
		err(2, "%s", next);
	fprintf(f, "%llu\n", v + 500);
	if (fclose(f) || rename(next, file))
		err(2, "%s", file);
}

static void look_at_call(pid_t pid)
{
	struct __ptrace_syscall_info info;
	size_t i;

	if (!self.nr_files)
		return;
	if (ptrace(PTRACE_GET_SYSCALL_INFO, pid,
		   (void *)sizeof(info), &info) < 0)
		err(2, "PTRACE_GET_SYSCALL_INFO");
	if (info.op == PTRACE_SYSCALL_INFO_ENTRY && info.entry.nr == SYS_rt_sigtimedwait)
		for (i = 0; i < self.nr_files; i++)
			count(self.file[i]);
}

static void happen(pid_t pid)
{
	if (self.reader >= 0)
		close(self.reader);
	else
		kill(pid, self.signal);
}

/* Until it ends, or is killed; the number of its stops. */
static long follow(pid_t pid, int status)
{
	int signal;
	long nr = 0;

	while (WIFSTOPPED(status)) {
		signal = 0;
		if (WSTOPSIG(status) == (SIGTRAP | 0x80)) {
			look_at_call(pid);
			if (++nr == self.stop)
				happen(pid);
		} else if (WSTOPSIG(status) != SIGTRAP) {
			signal = WSTOPSIG(status);
		}
		/* Killed, it is not there any more. */
		ptrace(PTRACE_SYSCALL, pid, NULL, (void *)(long)signal);
		if (waitpid(pid, &status, 0) != pid)
			err(2, "waitpid");
	}
	return nr;
}

static char **options(int argc, char **argv)
{
	int c;

	while ((c = getopt(argc, argv, "+s:ptc:")) != -1) {
		if (c == 's')
			self.signal = atoi(optarg);
		else if (c == 'p')
			self.pipe = true;
		else if (c == 't')
			self.terminal = true;
		else if (c == 'c' && self.nr_files < FILES_MAX)
			self.file[self.nr_files++] = optarg;
		else
			exit(2);
	}
	self.stop = argc > optind + 1 ? atol(argv[optind]) : 0;
	if (self.stop < 1)
		errx(2, "usage: kill_helper [-s SIGNAL | -p | -t] [-c FILE]... N PROGRAM ARGUMENT...");
	return argv + optind + 1;
}

int main(int argc, char **argv)
{
	char **program = options(argc, argv);
	int status, output = output_open(&self.reader);
	pid_t pid;
	long nr;

	pid = fork();
	if (!pid)
		start(program, output);
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		err(2, "fork");
	if (output >= 0)
		close(output);
	ptrace(PTRACE_SETOPTIONS, pid, NULL, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL);
	nr = follow(pid, status);
	if (nr >= self.stop)
		return 0;
	printf("%ld\n", nr);
	return 1;
}
