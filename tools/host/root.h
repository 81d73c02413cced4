/* SPDX-License-Identifier: GPL-2.0 */
/*
 * root.h - files of the host under a common prefix (--sysroot), so that every
 * reader can be tried on a recorded host.
 *
 * Every function takes an absolute path as a printf format. Errors are
 * negative errno values; nothing here complains.
 */
#ifndef _TCPADVISOR_ROOT_H
#define _TCPADVISOR_ROOT_H

#include <dirent.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdint.h>
#include <sys/types.h>

struct path {
	char s[PATH_MAX];
};

/*
 * Prefix all paths with @dir from now on, unless it is the root directory of this
 * host. -ENOTDIR, -ENAMETOOLONG, -EPERM unless it belongs to us or root and nobody
 * else may write to it, …
 */
int root_set(const char *dir);

/* True while no prefix is set: the files are those of the running host. */
bool root_is_live(void);

/* The path with its prefix, for a message or a system call; returns p->s. */
const char *root_path(struct path *p, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * open(2) of a file or a directory that exists, with O_CLOEXEC. Links that lead out
 * of the prefix end at it. The descriptor, or an error: -EINVAL for a FIFO and other
 * things below a prefix.
 */
int root_open(int flags, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* The same for reading line by line, in *@f, which fclose(3) ends. 0 or an error. */
int root_fopen(FILE **f, const char *path);

/*
 * The file @name in the open directory @dir, for reading; a link is not followed.
 * The descriptor, or an error.
 */
int root_openat(int dir, const char *name);

/* False only if there is nothing of that name, not even a link that leads nowhere. */
bool root_exists(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* opendir(3); NULL with errno set. */
DIR *root_opendir(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/*
 * The whole file as a string in @buf. Its length, -EFBIG if it does not fit
 * into @size with its NUL, -EINVAL if it holds a NUL itself.
 */
ssize_t root_read(char *buf, size_t size, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* The same of an open file, from where it stands. */
ssize_t root_read_fd(int fd, char *buf, size_t size);

/* The same without trailing blanks and newlines. */
ssize_t root_read_line(char *buf, size_t size, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* The target of a symbolic link as a string; its length. */
ssize_t root_readlink(char *buf, size_t size, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Cut trailing blanks and newlines off @s; the length left. */
size_t root_trim(char *s);

/* Make @s fit for a terminal: every byte but printable ASCII becomes '?'. */
void root_clean(char *s);

#endif /* _TCPADVISOR_ROOT_H */
