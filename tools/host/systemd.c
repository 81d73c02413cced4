// SPDX-License-Identifier: GPL-2.0
/*
 * systemd.c - talk to systemd and its journal, one datagram for each message. Knows
 * nothing of what is said.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "root.h"
#include "systemd.h"

/* A datagram socket that is connected to the socket @path; @ is an abstract one. */
static int connect_to(const char *path)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	size_t len = strlen(path);
	int fd, err;

	if (len >= sizeof(to.sun_path))
		return -ENAMETOOLONG;
	memcpy(to.sun_path, path, len);
	if (*path == '@')
		to.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (!connect(fd, (struct sockaddr *)&to,
		     (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)))
		return fd;
	err = -errno;
	close(fd);
	return err;
}

static int send_all(int fd, const char *text, size_t len)
{
	return send(fd, text, len, MSG_NOSIGNAL) < 0 ? -errno : 0;
}

void systemd_notify(const char *state)
{
	const char *path = getenv("NOTIFY_SOCKET");
	int fd;

	if (!path || !*path)
		return;
	fd = connect_to(path);
	if (fd < 0)
		return;
	send_all(fd, state, strlen(state));
	close(fd);
}

int systemd_journal(void)
{
	struct path p;

	return connect_to(root_path(&p, JOURNAL_SOCKET));
}

int systemd_journal_send(int fd, const char *entry, size_t len)
{
	return send_all(fd, entry, len);
}
