// SPDX-License-Identifier: GPL-2.0
/*
 * kill_helper.c - kill a program at its N-th stop at a system call: each call
 * stops twice, before it takes effect and after.
 *
 * kill_helper N PROGRAM ARGUMENT...
 *	exit status 0 if it was killed there, 1 if it ended before
 */
#include <err.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

static void start(char **argv)
{
	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL))
		err(2, "ptrace");
	execv(argv[0], argv);
	err(2, "%s", argv[0]);
}

int main(int argc, char **argv)
{
	long left = argc > 2 ? atol(argv[1]) : 0;
	int status;
	pid_t pid;

	if (left < 1)
		errx(2, "usage: kill_helper N PROGRAM ARGUMENT...");
	pid = fork();
	if (!pid)
		start(argv + 2);
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		err(2, "fork");
	ptrace(PTRACE_SETOPTIONS, pid, NULL, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL);
	for (;;) {
		if (WIFEXITED(status) || WIFSIGNALED(status))
			return 1;
		if (WSTOPSIG(status) == (SIGTRAP | 0x80) && !--left)
			break;
		if (ptrace(PTRACE_SYSCALL, pid, NULL, NULL) || waitpid(pid, &status, 0) != pid)
			err(2, "ptrace");
	}
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	return 0;
}
