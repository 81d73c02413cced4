// SPDX-License-Identifier: GPL-2.0
/*
 * socket.c - a listening socket of another process. Everything is checked on
 * the duplicate itself, so that neither a recycled PID nor a recycled
 * descriptor can make us touch another socket. Keeps no record: callers do.
 */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "published_listeners.h"
#include "root.h"
#include "socket.h"
#include "words/complain.h"
#include "words/number.h"

/* Newer than the oldest C library this is built with. */
#ifndef SYS_pidfd_open
#define SYS_pidfd_open	434
#endif
#ifndef SYS_pidfd_getfd
#define SYS_pidfd_getfd	438
#endif
#ifndef SO_COOKIE
#define SO_COOKIE	57
#endif
#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP	262
#endif
#ifndef SIOCGSKNS
#define SIOCGSKNS	0x894C
#endif

/* Whether Yama forbids it for good. */
static bool nobody_may(void)
{
	char text[8];

	return root_read_line(text, sizeof(text), "/proc/sys/kernel/yama/ptrace_scope") > 0 &&
	       !strcmp(text, "3");
}

static int take_failed(const struct socket_id *id, pid_t pid, int err)
{
	switch (err) {
	case ENOSYS:
		complain("listener %s: this kernel cannot reach a socket of a running process (pidfd_getfd, since Linux 5.6): set the backlog in the application and restart it",
			 id->name);
		break;
	case EPERM:
	case EACCES:
		if (nobody_may()) {
			complain("listener %s: kernel.yama.ptrace_scope is 3, which keeps everybody, root too, from reaching into process %d until the next boot: set the backlog in the application",
				 id->name, pid);
			break;
		}
		complain("listener %s: no permission to reach into process %d: run as root with CAP_SYS_PTRACE in the host's PID namespace",
			 id->name, pid);
		break;
	case ESRCH:
	case EBADF:
		complain("listener %s: vanished: process %d has closed it or is gone; run the command again",
			 id->name, pid);
		break;
	default:
		complain("listener %s: process %d: %s", id->name, pid, strerror(err));
	}
	return -err;
}

static int sockopt_int(int sock, int name)
{
	int v = -1;
	socklen_t len = sizeof(v);

	return getsockopt(sock, SOL_SOCKET, name, &v, &len) ? -1 : v;
}

static bool same_inode(int sock, __u64 inode)
{
	struct stat st;

	return !fstat(sock, &st) && S_ISSOCK(st.st_mode) && st.st_ino == inode;
}

static bool same_cookie(int sock, __u64 cookie)
{
	__u64 v;
	socklen_t len = sizeof(v);

	return !getsockopt(sock, SOL_SOCKET, SO_COOKIE, &v, &len) && v == cookie;
}

/*
 * The process has the MPTCP socket, and the listener is the TCP socket inside: both
 * have the same inode and address, but not the same cookie.
 */
static bool same_port(int sock, const char *name)
{
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} a = { 0 };
	socklen_t len = sizeof(a);
	char address[SUBJECT_MAX];
	__u64 cookie, port;

	if (listener_name_parse(name, address, &cookie) ||
	    number_in(strrchr(address, ':') + 1, 0, 65535, &port) ||
	    getsockname(sock, &a.any, &len))
		return false;
	return ntohs(a.any.sa_family == AF_INET ? a.v4.sin_port : a.v6.sin6_port) == port;
}

/* True unless the socket is known to belong to another namespace. */
static bool same_netns(int sock, __u64 netns)
{
	int fd = netns ? ioctl(sock, SIOCGSKNS) : -1;
	struct stat st;
	bool same;

	if (fd < 0)
		return true;
	same = fstat(fd, &st) || st.st_ino == netns;
	close(fd);
	return same;
}

/* What is wrong with @sock as a duplicate of @id: NULL, or words and *@err. */
static const char *mismatch(int sock, const struct socket_id *id, int *err)
{
	int protocol;

	*err = -ESTALE;
	if (!same_inode(sock, id->inode))
		return "its descriptor has become something else; run the command again";
	*err = -EOPNOTSUPP;
	protocol = sockopt_int(sock, SO_PROTOCOL);
	if (sockopt_int(sock, SO_TYPE) != SOCK_STREAM ||
	    (protocol != IPPROTO_TCP && protocol != IPPROTO_MPTCP))
		return "no TCP socket: set the backlog in the application";
	*err = -ENXIO;
	if (protocol == IPPROTO_TCP ? !same_cookie(sock, id->cookie) : !same_port(sock, id->name))
		return "vanished: its inode is another socket's by now";
	*err = -ENXIO;
	if (sockopt_int(sock, SO_ACCEPTCONN) != 1)
		return "vanished: the socket no longer listens";
	*err = -EXDEV;
	if (!same_netns(sock, id->netns))
		return "belongs to another network namespace than this one: use --netns";
	return NULL;
}

int socket_take(const struct socket_id *id, pid_t pid, int fd)
{
	int pidfd, sock, err;
	const char *why;

	pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	if (pidfd < 0)
		return take_failed(id, pid, errno);
	sock = (int)syscall(SYS_pidfd_getfd, pidfd, fd, 0);
	err = errno;
	close(pidfd);
	if (sock < 0)
		return take_failed(id, pid, err);
	why = mismatch(sock, id, &err);
	if (!why)
		return sock;
	close(sock);
	complain("listener %s: %s", id->name, why);
	return err;
}

int socket_backlog(const char *name, int sock, __u64 *backlog)
{
	struct tcp_info info = { 0 };
	socklen_t len = sizeof(info);
	char text[32];
	int err;

	if (getsockopt(sock, IPPROTO_TCP, TCP_INFO, &info, &len)) {
		err = -errno;
		/* Older kernels do not answer for an MPTCP socket; the module does. */
		if (sockopt_int(sock, SO_PROTOCOL) == IPPROTO_MPTCP &&
		    root_read_line(text, sizeof(text), SYSFS "/listeners/%s/backlog", name) > 0 &&
		    !number_u64(text, backlog))
			return 0;
		complain("listener %s: TCP_INFO: %s", name, strerror(-err));
		return err;
	}
	/* Of a listening socket this is sk_max_ack_backlog. */
	*backlog = info.tcpi_sacked;
	return 0;
}

int socket_relisten(const char *name, int sock, __u64 backlog)
{
	int err = 0;

	if (listen(sock, (int)backlog)) {
		err = -errno;
		complain("listener %s: listen(2) with %d: %s", name, (int)backlog, strerror(-err));
	}
	return err;
}
