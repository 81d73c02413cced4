// SPDX-License-Identifier: GPL-2.0
/*
 * sock_agent.c - sockets under a test's command: a system call per line.
 *
 * Job: listen, connect, accept and close exactly when the test says so, with
 * file descriptors as names, so that a queue is as full as the test wants.
 * Context: sockets are non-blocking; a command that has to wait (accept, wait,
 * drain, cycle) gives up after a time no machine needs.
 * Does not: judge; see agent.h for the conversation.
 */
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/userfaultfd.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent.h"

#define PATIENCE_MS	60000
#define NAP_MS		10
#define SERVE_NAP_US	2000
#define NAPS_MAX	50
#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

static pid_t server = -1;
static int filled_to = -1;	/* the highest descriptor that fill has left */

static int done(int rc)
{
	if (rc < 0)
		return -errno;
	puts("ok");
	return 0;
}

static int answer(int fd)
{
	if (fd < 0)
		return -errno;
	printf("%d\n", fd);
	return 0;
}

/* socket 4|6 [mptcp] */
static int do_socket(char **word)
{
	int family = atoi(word[0]) == 6 ? AF_INET6 : AF_INET;
	int protocol = word[1] ? IPPROTO_MPTCP : IPPROTO_TCP;

	return answer(socket(family, SOCK_STREAM | SOCK_NONBLOCK, protocol));
}

/* bind FD ADDRESS PORT */
static int do_bind(char **word)
{
	struct sockaddr_storage ss;
	socklen_t len = agent_address(word[1], word[2], &ss);

	return done(bind(atoi(word[0]), (struct sockaddr *)&ss, len));
}

#ifdef __x86_64__
/* By i386's system calls, which a process of x86-64 may make as well. */
static int listen_i386(int fd, int backlog, int by_socketcall)
{
	long nr = by_socketcall ? 102 : 363, first = fd, second = backlog, rc;
	int *args = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);

	if (args == MAP_FAILED)
		return -1;
	args[0] = fd;
	args[1] = backlog;
	if (by_socketcall) {
		first = 4;	/* SYS_LISTEN */
		second = (long)args;
	}
	asm volatile("int $0x80" : "=a"(rc) : "a"(nr), "b"(first), "c"(second)
		     : "memory", "cc", "r8", "r9", "r10", "r11");
	munmap(args, 4096);
	errno = -rc;
	return rc < 0 ? -1 : 0;
}
#else
static int listen_i386(int fd, int backlog, int by_socketcall)
{
	(void)fd;
	(void)backlog;
	(void)by_socketcall;
	errno = ENOSYS;
	return -1;
}
#endif

/* listen FD BACKLOG [i386|socketcall] */
static int do_listen(char **word)
{
	int fd = atoi(word[0]), backlog = atoi(word[1]);

	if (word[2])
		return done(listen_i386(fd, backlog, !strcmp(word[2], "socketcall")));
	return done(listen(fd, backlog));
}

/* crowd ADDRESS PORT COUNT: listeners on so many ports from PORT on, kept */
static int do_crowd(char **word)
{
	int port = atoi(word[1]), end = port + atoi(word[2]), fd;
	struct sockaddr_storage ss;
	char text[16];
	socklen_t len;

	for (; port < end; port++) {
		snprintf(text, sizeof(text), "%d", port);
		len = agent_address(word[0], text, &ss);
		fd = socket(ss.ss_family, SOCK_STREAM | SOCK_NONBLOCK, 0);
		if (fd < 0 || bind(fd, (struct sockaddr *)&ss, len) ||
		    listen(fd, 16))
			return -errno;
	}
	return done(0);
}

static const struct {
	const char *name;
	int level;
	int option;
} options[] = {
	{ "range", IPPROTO_IP, IP_LOCAL_PORT_RANGE },
	{ "reuseaddr", SOL_SOCKET, SO_REUSEADDR },
	{ "reuseport", SOL_SOCKET, SO_REUSEPORT },
	{ "v6only", IPPROTO_IPV6, IPV6_V6ONLY },
	{ "defer", IPPROTO_TCP, TCP_DEFER_ACCEPT },
	{ "fastopen", IPPROTO_TCP, TCP_FASTOPEN },
	{ "syncnt", IPPROTO_TCP, TCP_SYNCNT },
};

/* A filter of @n instructions that lets everything pass. */
static int attach_filter(int fd, int n)
{
	struct sock_filter code[64];
	struct sock_fprog prog = { .len = n, .filter = code };
	int i;

	if (n < 1 || n > (int)ARRAY_SIZE(code))
		return -EINVAL;
	for (i = 0; i < n; i++)
		code[i] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, 0x40000);
	return done(setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &prog,
			       sizeof(prog)));
}

/*
 * set FD OPTION VALUE; OPTION is one of the above, linger in seconds, or filter
 * in instructions
 */
static int do_set(char **word)
{
	int fd = atoi(word[0]), value = atoi(word[2]);
	struct linger linger = { .l_onoff = 1, .l_linger = value };
	unsigned int i;

	if (!strcmp(word[1], "linger"))
		return done(setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger,
				       sizeof(linger)));
	if (!strcmp(word[1], "filter"))
		return attach_filter(fd, value);
	for (i = 0; i < ARRAY_SIZE(options); i++)
		if (!strcmp(word[1], options[i].name))
			return done(setsockopt(fd, options[i].level,
					       options[i].option, &value,
					       sizeof(value)));
	return -ENOPROTOOPT;
}

/* port FD: what it is bound to */
static int do_port(char **word)
{
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);

	if (getsockname(atoi(word[0]), (struct sockaddr *)&ss, &len))
		return -errno;
	/* sin_port and sin6_port are at the same place. */
	printf("%u\n", ntohs(((struct sockaddr_in *)&ss)->sin_port));
	return 0;
}

/* cookie FD: as `ss -e` prints it */
static int do_cookie(char **word)
{
	unsigned long long cookie;
	socklen_t len = sizeof(cookie);

	if (getsockopt(atoi(word[0]), SOL_SOCKET, SO_COOKIE, &cookie, &len))
		return -errno;
	printf("%llx\n", cookie);
	return 0;
}

/* 0 once @fd is ready for @events, or a negative errno. */
static int await(int fd, short events)
{
	struct pollfd p = { .fd = fd, .events = events };
	int n = poll(&p, 1, PATIENCE_MS);

	if (n < 0)
		return -errno;
	return n ? 0 : -ETIMEDOUT;
}

static int take(int fd)
{
	int err = await(fd, POLLIN);

	if (err)
		return err;
	fd = accept4(fd, NULL, NULL, SOCK_NONBLOCK);
	return fd < 0 ? -errno : fd;
}

/* accept FD: the connection's descriptor */
static int do_accept(char **word)
{
	int fd = take(atoi(word[0]));

	return fd < 0 ? fd : answer(fd);
}

/* drain FD COUNT: accept and close so many */
static int do_drain(char **word)
{
	int fd, i;

	for (i = 0; i < atoi(word[1]); i++) {
		fd = take(atoi(word[0]));
		if (fd < 0)
			return fd;
		close(fd);
	}
	return done(0);
}

/* connect FD ADDRESS PORT: does not wait */
static int do_connect(char **word)
{
	struct sockaddr_storage ss;
	socklen_t len = agent_address(word[1], word[2], &ss);
	int rc = connect(atoi(word[0]), (struct sockaddr *)&ss, len);

	return done(rc && errno == EINPROGRESS ? 0 : rc);
}

/* unconnect FD: it may be connected again */
static int do_unconnect(char **word)
{
	return done(connect(atoi(word[0]), &(struct sockaddr){ AF_UNSPEC },
			    sizeof(struct sockaddr)));
}

/* fill ADDRESS PORT COUNT: so many connections; how many found no port */
static int do_fill(char **word)
{
	struct sockaddr_storage ss;
	socklen_t len = agent_address(word[0], word[1], &ss);
	int i, fd, failed = 0;

	for (i = 0; i < atoi(word[2]); i++) {
		fd = socket(ss.ss_family, SOCK_STREAM | SOCK_NONBLOCK, 0);
		if (fd < 0)
			return -errno;
		if (!connect(fd, (struct sockaddr *)&ss, len) ||
		    errno == EINPROGRESS) {
			filled_to = fd > filled_to ? fd : filled_to;
			continue;
		}
		if (errno != EADDRNOTAVAIL)
			return -errno;
		failed++;
		close(fd);
	}
	return answer(failed);
}

/* ended: how many of all connections the other side has closed */
static int do_ended(char **word)
{
	struct pollfd p = { .events = POLLRDHUP };
	int ended = 0;

	(void)word;
	for (p.fd = STDERR_FILENO + 1; p.fd <= filled_to; p.fd++)
		if (poll(&p, 1, 0) > 0 && (p.revents & POLLRDHUP))
			ended++;
	return answer(ended);
}

static int connected(int fd)
{
	socklen_t len = sizeof(int);
	int err = await(fd, POLLOUT);

	if (err)
		return err;
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &err, &len))
		return -errno;
	return -err;
}

/* wait FD: until it is connected, or not going to be */
static int do_wait(char **word)
{
	int err = connected(atoi(word[0]));

	return err ? err : done(0);
}

/* send FD COUNT bytes */
static int do_send(char **word)
{
	static const char data[4096];

	return done(send(atoi(word[0]), data, atoi(word[1]) % sizeof(data),
			 MSG_NOSIGNAL));
}

/* shutdown FD */
static int do_shutdown(char **word)
{
	return done(shutdown(atoi(word[0]), SHUT_RDWR));
}

/* close FD */
static int do_close(char **word)
{
	return done(close(atoi(word[0])));
}

/* Read @fd, until the other side has closed. */
static int await_end(int fd)
{
	char data[64];
	ssize_t n;

	do {
		int err = await(fd, POLLIN);

		if (err)
			return err;
		n = read(fd, data, sizeof(data));
	} while (n > 0);
	return n ? -errno : 0;
}

/* End a connection: @first begins, all at once or one direction first. */
static int end(int first, int second, bool half)
{
	int err;

	if (half)
		shutdown(first, SHUT_WR);
	else
		close(first);
	err = await_end(second);
	close(second);
	if (half) {
		err = err ?: await_end(first);
		close(first);
	}
	return err;
}

/* A client on its way to @ss, once there is a port for it. */
static int begin(const struct sockaddr_storage *ss, socklen_t len)
{
	int tries, fd, err = 0;

	for (tries = 0; tries < PATIENCE_MS / NAP_MS; tries++) {
		fd = socket(ss->ss_family, SOCK_STREAM | SOCK_NONBLOCK, 0);
		if (fd < 0)
			return -errno;
		if (!connect(fd, (struct sockaddr *)ss, len) ||
		    errno == EINPROGRESS)
			return fd;
		err = -errno;
		close(fd);
		if (err != -EADDRNOTAVAIL)
			break;
		usleep(NAP_MS * 1000);
	}
	return err;
}

/* A connection to @ss that @listener accepts; a word says who ends it, how. */
static int cycle(int listener, const struct sockaddr_storage *ss, socklen_t len,
		 const char *who)
{
	bool half = strstr(who, "half");
	int client = begin(ss, len), child;

	if (client < 0)
		return client;
	child = take(listener);
	if (child < 0) {
		close(client);
		return child;
	}
	return strstr(who, "client") ? end(client, child, half) :
				       end(child, client, half);
}

/* cycle LISTENER ADDRESS PORT COUNT [half-]server|client: who closes first */
static int do_cycle(char **word)
{
	struct sockaddr_storage ss;
	socklen_t len = agent_address(word[1], word[2], &ss);
	int err, i;

	for (i = 0; i < atoi(word[3]); i++) {
		err = cycle(atoi(word[0]), &ss, len, word[4]);
		if (err)
			return err;
	}
	return done(0);
}

/* Does listener @fd refuse? (TCP_INFO has its accept queue and the limit.) */
static bool full(int fd)
{
	struct tcp_info info = {};
	socklen_t len = sizeof(info);

	return !getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len) &&
	       info.tcpi_unacked > info.tcpi_sacked;
}

/*
 * Rest until listener @fd has been full for as long as it took to fill, on a
 * machine of any speed; or not at all, if nobody comes.
 */
static void let_fill(int fd)
{
	int naps = 0;

	while (naps < NAPS_MAX && !full(fd)) {
		usleep(SERVE_NAP_US);
		naps++;
	}
	usleep(naps * SERVE_NAP_US);
}

/*
 * Accept and close a few at a time, with pauses, so that the queue is full at
 * one moment and not at the next.
 */
static void serve(int fd, bool late)
{
	int child, i;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;) {
		for (i = 0; i < 3 && (child = take(fd)) >= 0; i++)
			close(child);
		usleep(SERVE_NAP_US);
		if (late)
			let_fill(fd);
	}
}

/*
 * serve FD [late]: from now on, in a process of its own, until `rest`; late: too
 * slow for whoever comes
 */
static int do_serve(char **word)
{
	if (server > 0)
		return -EBUSY;
	server = fork();
	if (!server)
		serve(atoi(word[0]), word[1]);
	return answer(server);
}

static int do_rest(char **word)
{
	(void)word;
	if (server <= 0)
		return -ESRCH;
	kill(server, SIGKILL);
	waitpid(server, NULL, 0);
	server = -1;
	return done(0);
}

/* A socket that a system call has locked, whose argument never comes. */
static struct {
	int fd;
	int faults;	/* a userfaultfd over @page */
	void *page;
	size_t size;
	pthread_t thread;
} held;

static void *set_options(void *arg)
{
	(void)arg;
	/* It reads what is to be set with the socket locked. */
	setsockopt(held.fd, IPPROTO_IP, IP_OPTIONS, held.page, 4);
	return NULL;
}

static int register_page(void)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register over = { .mode = UFFDIO_REGISTER_MODE_MISSING };

	held.size = (size_t)sysconf(_SC_PAGESIZE);
	held.page = mmap(NULL, held.size, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (held.page == MAP_FAILED)
		return -errno;
	over.range.start = (unsigned long)held.page;
	over.range.len = held.size;
	if (ioctl(held.faults, UFFDIO_API, &api) ||
	    ioctl(held.faults, UFFDIO_REGISTER, &over))
		return -errno;
	return 0;
}

/* hold FD: have it locked until `let` */
static int do_hold(char **word)
{
	int err;

	held.fd = atoi(word[0]);
	held.faults = (int)syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);
	if (held.faults < 0)
		return -errno;
	err = register_page();
	if (!err)
		err = -pthread_create(&held.thread, NULL, set_options, NULL);
	if (!err)
		err = await(held.faults, POLLIN);
	return err ? err : done(0);
}

/* let: the argument comes */
static int do_let(char **word)
{
	struct uffdio_zeropage zero = {};

	(void)word;
	zero.range.start = (unsigned long)held.page;
	zero.range.len = held.size;
	if (ioctl(held.faults, UFFDIO_ZEROPAGE, &zero))
		return -errno;
	pthread_join(held.thread, NULL);
	return done(0);
}

static const struct agent_command commands[] = {
	{ "socket", 1, do_socket },
	{ "bind", 3, do_bind },
	{ "listen", 2, do_listen },
	{ "crowd", 3, do_crowd },
	{ "set", 3, do_set },
	{ "port", 1, do_port },
	{ "cookie", 1, do_cookie },
	{ "accept", 1, do_accept },
	{ "drain", 2, do_drain },
	{ "connect", 3, do_connect },
	{ "unconnect", 1, do_unconnect },
	{ "fill", 3, do_fill },
	{ "ended", 0, do_ended },
	{ "wait", 1, do_wait },
	{ "send", 2, do_send },
	{ "shutdown", 1, do_shutdown },
	{ "close", 1, do_close },
	{ "cycle", 5, do_cycle },
	{ "serve", 1, do_serve },
	{ "rest", 0, do_rest },
	{ "hold", 1, do_hold },
	{ "let", 0, do_let },
	{ }
};

int main(void)
{
	return agent_main(commands);
}
