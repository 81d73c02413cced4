/* SPDX-License-Identifier: GPL-2.0 */
/*
 * replace.h - files that must be whole at any moment, power loss included.
 *
 * Functions are silent and return a negative errno.
 */
#ifndef _TCPADVISOR_REPLACE_H
#define _TCPADVISOR_REPLACE_H

#include <stddef.h>
#include <sys/types.h>

/*
 * Make @name in the open directory @dir hold these @len bytes, with @mode, on
 * disk before this returns. Any reader sees the old file or the new one.
 */
int file_replace(int dir, const char *name, mode_t mode, const char *text, size_t len);

/* Remove @name for good; it is no error if it is not there. */
int file_remove(int dir, const char *name);

/* Write all of it, however often write(2) has to be called. */
int file_write_all(int fd, const char *text, size_t len);

/*
 * The directory @path of the host, which must exist, belong to us, and be writable by
 * nobody else. The descriptor, -EPERM if it is not so, or another error.
 */
int dir_open_private(const char *path);

#endif /* _TCPADVISOR_REPLACE_H */
