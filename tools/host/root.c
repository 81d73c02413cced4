// SPDX-License-Identifier: GPL-2.0
/*
 * root.c - files of the host under a common prefix. The prefix is the one
 * piece of global state: it is set once, before anything is read.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "root.h"

static char prefix[PATH_MAX];

int root_set(const char *dir)
{
	struct stat st;
	size_t len = strlen(dir);

	if (len >= sizeof(prefix))
		return -ENAMETOOLONG;
	if (stat(dir, &st))
		return -errno;
	if (!S_ISDIR(st.st_mode))
		return -ENOTDIR;
	/* Its owner, or whoever may write there, could lay links for root. */
	if ((st.st_uid != geteuid() && st.st_uid) || st.st_mode & (0022))
		return -EPERM;
	memcpy(prefix, dir, len + 1);
	while (len && prefix[len - 1] == '/')
		prefix[--len] = '\0';
	return 0;
}

bool root_is_live(void)
{
	return !prefix[0];
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

static int __attribute__((format(printf, 2, 0)))
root_vopen(int flags, const char *fmt, va_list ap)
{
	struct path p;
	int fd, err;

	err = root_vpath(&p, fmt, ap);
	if (err)
		return err;
	fd = open(p.s, flags | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
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
	struct path p;
	va_list ap;
	ssize_t n;
	int err;

	va_start(ap, fmt);
	err = root_vpath(&p, fmt, ap);
	va_end(ap);
	if (err)
		return err;
	n = readlink(p.s, buf, size - 1);
	if (n < 0)
		return -errno;
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
