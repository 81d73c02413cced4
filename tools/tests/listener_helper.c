// SPDX-License-Identifier: GPL-2.0
/*
 * listener_helper.c - a listening process to try --live on, and an
 * independent look at its backlog.
 *
 * listener_helper serve BACKLOG [WORKERS]
 *	listen on a port of 127.0.0.1; print "ADDR:PORT@COOKIE INODE PID FD
 *	[WORKER-PID]..."; then obey lines on standard input, answering each with
 *	"done": listen N, shutdown, close, reopen (another listener on the same
 *	descriptor), leave (exit, but leave the workers).
 * listener_helper peek PID FD
 *	print the backlog that is in force
 */
#include <err.h>
#include <linux/types.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_pidfd_open
#define SYS_pidfd_open	434
#endif
#ifndef SYS_pidfd_getfd
#define SYS_pidfd_getfd	438
#endif

static int listener(int backlog)
{
	struct sockaddr_in sin = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int sock = socket(AF_INET, SOCK_STREAM, 0);

	if (sock < 0 || bind(sock, (struct sockaddr *)&sin, sizeof(sin)) || listen(sock, backlog))
		err(1, "listen");
	return sock;
}

static void introduce(int sock)
{
	struct sockaddr_in sin;
	socklen_t len = sizeof(sin);
	struct stat st;
	__u64 cookie;

	if (getsockname(sock, (struct sockaddr *)&sin, &len) || fstat(sock, &st))
		err(1, "getsockname");
	len = sizeof(cookie);
	if (getsockopt(sock, SOL_SOCKET, SO_COOKIE, &cookie, &len))
		err(1, "SO_COOKIE");
	printf("127.0.0.1:%u@%llx %llu %d %d", ntohs(sin.sin_port), cookie,
	       (unsigned long long)st.st_ino, getpid(), sock);
}

/* Have @nr processes that keep the socket open, and print their PIDs. */
static void fork_workers(int nr)
{
	pid_t pid, parent = getpid();

	while (nr-- > 0) {
		pid = fork();
		if (pid < 0)
			err(1, "fork");
		if (!pid) {
			/* Nobody waits for its output, nor outlives the test. */
			alarm(1800);
			close(STDIN_FILENO);
			close(STDOUT_FILENO);
			if (getppid() != parent)
				_exit(0);
			for (;;)
				pause();
		}
		printf(" %d", pid);
	}
}

static int serve(int backlog, int workers)
{
	int sock = listener(backlog), other;
	char line[64];

	alarm(1800);
	introduce(sock);
	fflush(stdout);
	fork_workers(workers);
	puts("");
	fflush(stdout);
	while (fgets(line, sizeof(line), stdin)) {
		if (!strncmp(line, "listen ", 7))
			listen(sock, atoi(line + 7));
		else if (!strcmp(line, "shutdown\n"))
			shutdown(sock, SHUT_RDWR);
		else if (!strcmp(line, "close\n"))
			close(sock);
		else if (!strcmp(line, "leave\n"))
			return 0;
		if (!strcmp(line, "reopen\n")) {
			other = listener(backlog);
			dup2(other, sock);
			close(other);
		}
		puts("done");
		fflush(stdout);
	}
	kill(0, SIGTERM);
	return 0;
}

static int peek(pid_t pid, int fd)
{
	int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	int sock = (int)syscall(SYS_pidfd_getfd, pidfd, fd, 0);
	struct tcp_info info;
	socklen_t len = sizeof(info);

	if (getsockopt(sock, IPPROTO_TCP, TCP_INFO, &info, &len))
		err(1, "process %d, descriptor %d", pid, fd);
	printf("%u\n", info.tcpi_sacked);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc >= 3 && !strcmp(argv[1], "serve")) {
		setpgid(0, 0);
		return serve(atoi(argv[2]), argc > 3 ? atoi(argv[3]) : 0);
	}
	if (argc == 4 && !strcmp(argv[1], "peek"))
		return peek(atoi(argv[2]), atoi(argv[3]));
	errx(2, "usage: serve BACKLOG [WORKERS] | peek PID FD");
}
