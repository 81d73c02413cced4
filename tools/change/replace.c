// SPDX-License-Identifier: GPL-2.0
/*
 * replace.c - files that must be whole at any moment. The new text goes to a
 * temporary file in the same directory, to disk, and takes the old one's name
 * in one step; then the directory goes to disk too.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/root.h"
#include "replace.h"

int file_write_all(int fd, const char *text, size_t len)
{
	ssize_t n;

	while (len) {
		n = write(fd, text, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		text += n;
		len -= (size_t)n;
	}
	return 0;
}

static int temporary_write(int dir, const char *name, mode_t mode, const char *text, size_t len)
{
	int fd, err;

	/* One writer at a time (the journal's lock): a leftover is nobody's. */
	if (unlinkat(dir, name, 0) && errno != ENOENT)
		return -errno;
	fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
	if (fd < 0)
		return -errno;
	err = file_write_all(fd, text, len);
	if (!err && fchmod(fd, mode))
		err = -errno;
	if (!err && fsync(fd))
		err = -errno;
	if (close(fd) && !err)
		err = -errno;
	return err;
}

int file_replace(int dir, const char *name, mode_t mode, const char *text, size_t len)
{
	char tmp[256];
	int err;

	if (snprintf(tmp, sizeof(tmp), ".%s.new", name) >= (int)sizeof(tmp))
		return -ENAMETOOLONG;
	err = temporary_write(dir, tmp, mode, text, len);
	if (!err && renameat(dir, tmp, dir, name))
		err = -errno;
	if (err) {
		unlinkat(dir, tmp, 0);
		return err;
	}
	return fsync(dir) ? -errno : 0;
}

int file_remove(int dir, const char *name)
{
	if (unlinkat(dir, name, 0) && errno != ENOENT)
		return -errno;
	return fsync(dir) ? -errno : 0;
}

int dir_open_private(const char *path)
{
	int fd = root_open(O_RDONLY | O_DIRECTORY | O_NOFOLLOW, "%s", path);
	struct stat st;
	int err = 0;

	if (fd < 0)
		return fd;
	if (fstat(fd, &st))
		err = -errno;
	else if (st.st_uid != geteuid() || st.st_mode & (0022))
		err = -EPERM;
	if (!err)
		return fd;
	close(fd);
	return err;
}
