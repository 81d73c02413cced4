// SPDX-License-Identifier: GPL-2.0
/*
 * sysctl.c - one sysctl: read, try, write and read back. Knows nothing of
 * which keys or values are allowed, and keeps no record: its callers do.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "words/complain.h"
#include "words/key.h"
#include "sysctl.h"

#define SYSCTL_NAME	256	/* longest name that we handle */
#define SYSCTL_TEXT	(VALUE_TEXT + 1)	/* longest file: a newline more */

/* The key as a path below /proc/sys: keys on the list have no dotted parts. */
static void slashed(const char *key, char *out, size_t size)
{
	size_t i;

	for (i = 0; i < size - 1 && key[i]; i++)
		out[i] = key[i] == '.' ? '/' : key[i];
	out[i] = '\0';
}

const char *sysctl_path(struct path *p, const char *key)
{
	char name[SYSCTL_NAME];

	slashed(key, name, sizeof(name));
	return root_path(p, "/proc/sys/%s", name);
}

static int sysctl_open(const char *key, int flags)
{
	char name[SYSCTL_NAME];

	slashed(key, name, sizeof(name));
	return root_open(flags, "/proc/sys/%s", name);
}

int sysctl_read(const char *key, struct value *v)
{
	int fd = sysctl_open(key, O_RDONLY);
	char buf[SYSCTL_TEXT];
	ssize_t n;

	if (fd < 0)
		return fd;
	n = root_read_fd(fd, buf, sizeof(buf));
	close(fd);
	if (n < 0)
		return (int)n;
	root_trim(buf);
	return key_parse(key, buf, ' ', v);
}

static void complain_of(const char *key, int err)
{
	struct path p;

	sysctl_path(&p, key);
	switch (err) {
	case -ENOENT:
		complain("%s does not exist: this kernel has no %s, or its module is not loaded",
			 p.s, key);
		break;
	case -EACCES:
	case -EPERM:
		complain("%s: no permission to change it: run as root, or with CAP_NET_ADMIN in this network namespace",
			 p.s);
		break;
	case -EROFS:
		complain("%s: /proc/sys is mounted read-only, as in an unprivileged container: run this on the host with --netns PID",
			 p.s);
		break;
	case -EINVAL:
	case -ERANGE:
		complain("%s: the kernel refuses the value as out of its range", p.s);
		break;
	default:
		complain("%s: %s", p.s, strerror(-err));
	}
}

int sysctl_writable(const char *key)
{
	int fd = sysctl_open(key, O_WRONLY);

	if (fd < 0) {
		complain_of(key, fd);
		return fd;
	}
	close(fd);
	return 0;
}

/*
 * One write(2), as the kernel wants it: of more it would join the lists. A lone
 * newline empties a list, where nothing at all would be no write. A recorded
 * sysctl under --sysroot has
 * a size, and may be longer than what is written: newlines cover the rest.
 */
static int write_once(int fd, const struct value *v)
{
	char buf[SYSCTL_TEXT];
	struct stat st;
	ssize_t n;
	size_t len;

	value_text(v, ' ', buf);
	len = strlen(buf);
	buf[len++] = '\n';
	if (fstat(fd, &st))
		return -errno;
	while ((off_t)len < st.st_size && len < sizeof(buf))
		buf[len++] = '\n';
	n = write(fd, buf, len);
	if (n < 0)
		return -errno;
	return (size_t)n == len ? 0 : -EIO;
}

int sysctl_write(const char *key, const struct value *v, struct value *now)
{
	int fd = sysctl_open(key, O_WRONLY), err = fd < 0 ? fd : 0, seen;
	char want[VALUE_TEXT], got[VALUE_TEXT];
	struct path p;

	if (!err)
		err = write_once(fd, v);
	if (fd >= 0)
		close(fd);
	if (err)
		complain_of(key, err);
	now->nr = 0;
	seen = sysctl_read(key, now);
	if (err || seen) {
		if (!err)
			complain_of(key, seen);
		return err ? err : seen;
	}
	if (value_equal(now, v))
		return 0;
	complain("%s: wrote %s, but reads back %s", sysctl_path(&p, key),
		 value_shown(v, want), value_shown(now, got));
	return -EILSEQ;
}
