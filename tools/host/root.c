// SPDX-License-Identifier: GPL-2.0
/*
 * root.c - files of the host under a common prefix. The prefix is the one
 * piece of global state: it is set once, before anything is read.
 *
 * Somebody may have laid links, devices and FIFOs below it. A path there is
 * resolved as if the prefix were /, and only files and directories are opened.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "root.h"

#ifndef SYS_openat2
#define SYS_openat2	437	/* since Linux 5.6 */
#endif

static char prefix[PATH_MAX];
static int prefix_fd = -1;	/* -1: no prefix */

static int fd_or_errno(long fd)
{
	return fd < 0 ? -errno : (int)fd;
}

int root_set(const char *dir)
{
	int fd = fd_or_errno(open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC)), err = 0;
	struct stat st = { 0 }, top = { 0 };
	size_t len = strlen(dir);

	if (fd < 0)
		return fd;
	if (fstat(fd, &st) || stat("/", &top))
		err = -errno;
	else if (len >= sizeof(prefix))
		err = -ENAMETOOLONG;
	/* Its owner, or whoever may write there, could change it under our hands. */
	else if ((st.st_uid != geteuid() && st.st_uid) || st.st_mode & (0022))
		err = -EPERM;
	if (err) {
		close(fd);
		return err;
	}
	/* The last one counts. */
	if (prefix_fd >= 0)
		close(prefix_fd);
	prefix_fd = -1;
	prefix[0] = '\0';
	/* However it is written: this is no other host. */
	if (st.st_dev == top.st_dev && st.st_ino == top.st_ino) {
		close(fd);
		return 0;
	}
	memcpy(prefix, dir, len + 1);
	while (len && prefix[len - 1] == '/')
		prefix[--len] = '\0';
	prefix_fd = fd;
	return 0;
}

bool root_is_live(void)
{
	return prefix_fd < 0;
}

static int __attribute__((format(printf, 2, 0)))
root_vpath(struct path *p, const char *fmt, va_list ap)
{
	size_t len = strlen(prefix);
	int n;

	memcpy(p->s, prefix, len + 1);
	n = vsnprintf(p->s + len, sizeof(p->s) - len, fmt, ap);
	if (n < 0 || (size_t)n >= sizeof(p->s) - len)
		return -ENAMETOOLONG;
	return 0;
}

const char *root_path(struct path *p, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	root_vpath(p, fmt, ap);
	va_end(ap);
	return p->s;
}

/* The path of the host, without the prefix. */
static int __attribute__((format(printf, 2, 0)))
host_vpath(struct path *p, const char *fmt, va_list ap)
{
	int n = vsnprintf(p->s, sizeof(p->s), fmt, ap);

	return n < 0 || (size_t)n >= sizeof(p->s) ? -ENAMETOOLONG : 0;
}

/* Open @path below the prefix, whatever it is; O_PATH opens no device or FIFO. */
static int below_open(const char *path, int flags)
{
	const struct open_how how = {
		.flags = (unsigned int)(flags | O_CLOEXEC),
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
	};

	return fd_or_errno(syscall(SYS_openat2, prefix_fd, path, &how, sizeof(how)));
}

/* Open what @fd, an O_PATH descriptor that this closes, stands for. */
static int reopen(int fd, int flags)
{
	char self[32];
	struct stat st;
	int opened;

	if (fd < 0)
		return fd;
	snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
	if (fstat(fd, &st))
		opened = -errno;
	else if (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))
		opened = S_ISLNK(st.st_mode) ? -ELOOP : -EINVAL;
	else
		opened = fd_or_errno(open(self, (flags & ~O_NOFOLLOW) | O_CLOEXEC));
	close(fd);
	return opened;
}

static int path_open(const char *path, int flags)
{
	if (root_is_live())
		return fd_or_errno(open(path, flags | O_CLOEXEC | O_NONBLOCK));
	return reopen(below_open(path, O_PATH | (flags & (O_NOFOLLOW | O_DIRECTORY))), flags);
}

static int __attribute__((format(printf, 2, 0)))
root_vopen(int flags, const char *fmt, va_list ap)
{
	struct path p = { 0 };
	int err = host_vpath(&p, fmt, ap);

	return err ? err : path_open(p.s, flags);
}

int root_open(int flags, const char *fmt, ...)
{
	va_list ap;
	int fd;

	va_start(ap, fmt);
	fd = root_vopen(flags, fmt, ap);
	va_end(ap);
	return fd;
}

int root_fopen(FILE **f, const char *path)
{
	int fd = root_open(O_RDONLY, "%s", path);

	if (fd < 0)
		return fd;
	*f = fdopen(fd, "r");
	if (*f)
		return 0;
	close(fd);
	return -ENOMEM;
}

int root_openat(int dir, const char *name)
{
	/* O_NONBLOCK is nothing to a file, and does not wait for a FIFO's writer. */
	return fd_or_errno(openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
}

bool root_exists(const char *fmt, ...)
{
	struct path p = { 0 };
	va_list ap;
	int fd;

	va_start(ap, fmt);
	fd = host_vpath(&p, fmt, ap);
	va_end(ap);
	if (!fd && root_is_live())
		fd = fd_or_errno(open(p.s, O_PATH | O_NOFOLLOW | O_CLOEXEC));
	else if (!fd)
		fd = below_open(p.s, O_PATH | O_NOFOLLOW);
	if (fd >= 0)
		close(fd);
	return fd != -ENOENT && fd != -ENOTDIR;
}

DIR *root_opendir(const char *fmt, ...)
{
	va_list ap;
	DIR *dir;
	int fd;

	va_start(ap, fmt);
	fd = root_vopen(O_RDONLY | O_DIRECTORY, fmt, ap);
	va_end(ap);
	if (fd < 0) {
		errno = -fd;
		return NULL;
	}
	dir = fdopendir(fd);
	if (!dir)
		close(fd);
	return dir;
}

ssize_t root_read_fd(int fd, char *buf, size_t size)
{
	size_t len = 0;
	ssize_t n;

	do {
		n = read(fd, buf + len, size - len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		len += (size_t)n;
		if (len == size)
			return -EFBIG;
	} while (n);
	buf[len] = '\0';
	return strlen(buf) == len ? (ssize_t)len : -EINVAL;
}

static ssize_t __attribute__((format(printf, 3, 0)))
root_vread(char *buf, size_t size, const char *fmt, va_list ap)
{
	int fd = root_vopen(O_RDONLY, fmt, ap);
	ssize_t n;

	if (fd < 0)
		return fd;
	n = root_read_fd(fd, buf, size);
	close(fd);
	return n;
}

ssize_t root_read(char *buf, size_t size, const char *fmt, ...)
{
	va_list ap;
	ssize_t n;

	va_start(ap, fmt);
	n = root_vread(buf, size, fmt, ap);
	va_end(ap);
	return n;
}

ssize_t root_read_line(char *buf, size_t size, const char *fmt, ...)
{
	va_list ap;
	ssize_t n;

	va_start(ap, fmt);
	n = root_vread(buf, size, fmt, ap);
	va_end(ap);
	return n < 0 ? n : (ssize_t)root_trim(buf);
}

ssize_t root_readlink(char *buf, size_t size, const char *fmt, ...)
{
	struct path p = { 0 };
	va_list ap;
	ssize_t n;
	int fd, err;

	va_start(ap, fmt);
	err = host_vpath(&p, fmt, ap);
	va_end(ap);
	if (err)
		return err;
	if (root_is_live()) {
		n = readlink(p.s, buf, size - 1);
		err = -errno;
	} else {
		fd = below_open(p.s, O_PATH | O_NOFOLLOW);
		if (fd < 0)
			return fd;
		n = readlinkat(fd, "", buf, size - 1);
		err = -errno;
		close(fd);
	}
	if (n < 0)
		return err;
	buf[n] = '\0';
	return n;
}

size_t root_trim(char *s)
{
	size_t len = strlen(s);

	while (len && strchr(" \t\n", s[len - 1]))
		s[--len] = '\0';
	return len;
}

void root_clean(char *s)
{
	for (; *s; s++)
		if (*s < ' ' || *s > '~')
			*s = '?';
}
