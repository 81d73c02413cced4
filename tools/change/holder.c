// SPDX-License-Identifier: GPL-2.0
/*
 * holder.c - who makes changes now. The file names a PID, which may be another process
 * by the time somebody goes by it: the one that is signalled is held by a pidfd, and is
 * found to have this very file open, and locked, after that was opened. Undoes nothing
 * itself: a trial that is told to end does.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "holder.h"
#include "host/root.h"
#include "replace.h"
#include "util.h"
#include "words/complain.h"
#include "words/number.h"

/* Newer than the oldest C library this is built with. */
#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal	424
#endif
#ifndef SYS_pidfd_open
#define SYS_pidfd_open	434
#endif

#define TRIAL		"trial"
#define PATIENCE_MS	10000	/* for a trial to undo what it did */
#define LOOK_MS		20

struct holder {
	pid_t pid;
	__u64 since;	/* seconds since the epoch */
	char what[32];	/* "" from an older version, which does not say */
};

/* It is no harm if this is lost. */
void holder_write(int lock, const char *what)
{
	char text[64];
	int len = snprintf(text, sizeof(text), "%d %lld %s", getpid(), (long long)time(NULL),
			   what);

	if (lock < 0 || fchmod(lock, 0600) || ftruncate(lock, 0) ||
	    pwrite(lock, text, (size_t)len, 0) < 0)
		return;
}

/* False if what the file says makes no sense. */
static bool holder_read(int lock, struct holder *h)
{
	char buf[64], *text = buf, *pid_word, *since_word;
	ssize_t n = pread(lock, buf, sizeof(buf) - 1, 0);
	__u64 pid;

	buf[n > 0 ? n : 0] = '\0';
	root_trim(buf);
	pid_word = strsep(&text, " ");
	since_word = strsep(&text, " ");
	if (!since_word || number_in(pid_word, 1, INT32_MAX, &pid) ||
	    number_in(since_word, 0, (__u64)time(NULL), &h->since))
		return false;
	h->pid = (pid_t)pid;
	snprintf(h->what, sizeof(h->what), "%s", text ? text : "");
	return true;
}

void holder_complain(int lock)
{
	char clock[32] = "?";
	struct holder h;
	struct path p;
	struct tm tm;
	time_t begun;

	root_path(&p, JOURNAL_DIR);
	if (!holder_read(lock, &h)) {
		complain("%s: another tcpadvisor is making changes; run this again when it is done",
			 p.s);
		return;
	}
	begun = (time_t)h.since;
	if (localtime_r(&begun, &tm))
		strftime(clock, sizeof(clock), "%Y-%m-%d %H:%M:%S", &tm);
	complain("%s: another tcpadvisor is making changes: pid %d%s%s, for %llu s, since %s; run this again when it is done%s",
		 p.s, h.pid, *h.what ? ", " : "", h.what, (__u64)time(NULL) - h.since, clock,
		 strcmp(h.what, TRIAL) ? "" :
		 ", or end that trial, which undoes it: tcpadvisor rollback --end-trial");
}

/* Whether descriptor @name of the process is @lock, and has a lock on it. */
static bool fd_has_lock(int fds, int infos, const char *name, const struct stat *lock)
{
	struct stat st;
	char text[4096];
	ssize_t n;
	int fd;

	if (fstatat(fds, name, &st, 0) || st.st_dev != lock->st_dev || st.st_ino != lock->st_ino)
		return false;
	fd = openat(infos, name, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : root_read_fd(fd, text, sizeof(text));
	if (fd >= 0)
		close(fd);
	return n > 0 && strstr(text, "FLOCK");
}

static bool has_lock(pid_t pid, const struct stat *lock)
{
	char path[48];
	struct dirent *de;
	bool found = false;
	DIR *fds;
	int infos;

	snprintf(path, sizeof(path), "/proc/%d/fdinfo", pid);
	infos = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	snprintf(path, sizeof(path), "/proc/%d/fd", pid);
	fds = infos < 0 ? NULL : opendir(path);
	while (fds && !found && (de = readdir(fds)))
		found = *de->d_name != '.' && fd_has_lock(dirfd(fds), infos, de->d_name, lock);
	if (fds)
		closedir(fds);
	if (infos >= 0)
		close(infos);
	return found;
}

/* The process of @h, if it is the one that has @lock for a trial; or a negative errno. */
static int holder_pidfd(int lock, const struct holder *h)
{
	struct holder now;
	struct stat st;
	int pidfd;

	pidfd = (int)syscall(SYS_pidfd_open, h->pid, 0);
	if (pidfd < 0)
		return -errno;
	if (!fstat(lock, &st) && has_lock(h->pid, &st) && holder_read(lock, &now) &&
	    now.pid == h->pid && !strcmp(now.what, TRIAL))
		return pidfd;
	close(pidfd);
	return -ESRCH;
}

/* Until nobody has the lock, or @pidfd is gone, which comes to the same; @ms at most. */
static bool await_free(int lock, int pidfd, __u64 ms)
{
	__u64 end = monotonic_ms() + ms;
	struct pollfd pfd = { .fd = pidfd, .events = POLLIN };

	do {
		if (!flock(lock, LOCK_EX | LOCK_NB))
			return !flock(lock, LOCK_UN);
		if (poll(&pfd, 1, LOOK_MS) > 0)
			return true;
	} while (monotonic_ms() < end);
	return false;
}

static int end_trial(int lock, const struct holder *h)
{
	int pidfd = holder_pidfd(lock, h), err = pidfd < 0 ? pidfd : 0;
	bool free = false;
	unsigned int i;

	/* Once to end the trial; and once if nobody reads what it says of that. */
	for (i = 0; !err && !free && i < 2; i++) {
		if (syscall(SYS_pidfd_send_signal, pidfd, SIGTERM, NULL, 0))
			err = -errno;
		else
			free = await_free(lock, pidfd, PATIENCE_MS / 2);
	}
	/* It may have gone by itself in between. */
	if (err == -ESRCH && i > 1)
		err = 0;
	else if (!err && !free)
		err = -ETIMEDOUT;
	if (pidfd >= 0)
		close(pidfd);
	switch (err) {
	case 0:
		notice("the trial of pid %d has ended", h->pid);
		break;
	case -ETIMEDOUT:
		complain("--end-trial: pid %d was told to end its trial, and has not within %d s; if it still does not, kill -KILL %d, and run this again",
			 h->pid, PATIENCE_MS / 1000, h->pid);
		break;
	case -ESRCH:
		complain("--end-trial: pid %d is not found to have the lock (is it in another PID namespace?): run this again, where that one runs",
			 h->pid);
		break;
	default:
		complain("--end-trial: pid %d: %s", h->pid, strerror(-err));
	}
	return err;
}

int holder_end_trial(void)
{
	int dir = dir_open_private(JOURNAL_DIR);
	int lock = dir < 0 ? -1 : openat(dir, HOLDER_FILE, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
	struct holder h;
	int err = 0;

	/* What is wrong with the directory, journal_open() will say. */
	if (lock >= 0 && flock(lock, LOCK_EX | LOCK_NB) && holder_read(lock, &h) &&
	    !strcmp(h.what, TRIAL))
		err = end_trial(lock, &h);
	if (lock >= 0)
		close(lock);
	if (dir >= 0)
		close(dir);
	return err;
}
