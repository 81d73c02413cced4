// SPDX-License-Identifier: GPL-2.0
/*
 * journal_file.c - the journal on disk. Records are only ever appended; the
 * file is replaced as a whole when it has grown and most of it is history,
 * and removed when nothing in it is left to undo. The lock is on a file of its own,
 * which outlives both.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "audit.h"
#include "holder.h"
#include "journal_file.h"
#include "replace.h"
#include "host/root.h"
#include "words/complain.h"

#define FILE_NAME	"journal"
#define DAMAGED_NAME	"journal.damaged"
#define COMPACT_BYTES	(256u << 10)	/* smaller files are left to grow */

static int complain_of(int err, const char *what)
{
	struct path p;

	root_path(&p, JOURNAL_DIR "/" FILE_NAME);
	complain("%s: %s: %s", p.s, what, strerror(-err));
	return err;
}

/* Create the directory below /var/lib for root alone, if it is not there. */
static int dir_create(void)
{
	int parent = root_open(O_RDONLY | O_DIRECTORY, "/var/lib"), err = 0;

	if (parent < 0)
		return parent;
	if (mkdirat(parent, strrchr(JOURNAL_DIR, '/') + 1, 0700)) {
		if (errno != EEXIST)
			err = -errno;
	} else if (fsync(parent)) {
		err = -errno;
	}
	close(parent);
	return err;
}

void journal_says(const struct journal_file *jf, const char *what)
{
	holder_write(jf->lock, what);
}

/*
 * One at a time. The lock is on a file that only its owner can open: on the
 * directory, anybody who may read that could hold it. Where there is no room for
 * the file, and only to undo, the directory must do.
 */
static int take_lock(struct journal_file *jf)
{
	int err;

	jf->lock = openat(jf->dir, HOLDER_FILE, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (jf->lock < 0 && flock(jf->dir, LOCK_EX | LOCK_NB))
		return complain_of(-errno, "cannot lock its directory");
	if (jf->lock < 0)
		return 0;
	if (flock(jf->lock, LOCK_EX | LOCK_NB)) {
		err = -errno;
		if (err == -EWOULDBLOCK)
			holder_complain(jf->lock);
		else
			complain_of(err, "cannot lock it");
		return err;
	}
	journal_says(jf, jf->verb);
	return 0;
}

static int dir_open(struct journal_file *jf, enum journal_mode mode)
{
	int err = mode == JOURNAL_CHANGE ? dir_create() : 0;
	struct path p;

	root_path(&p, JOURNAL_DIR);
	jf->dir = err ? err : dir_open_private(JOURNAL_DIR);
	if (jf->dir == -ENOENT && mode != JOURNAL_CHANGE)
		return 0;
	if (jf->dir < 0 && mode == JOURNAL_PEEK)
		return jf->dir;
	switch (jf->dir) {
	case -EPERM:
		complain("%s: must belong to the user who runs this and be writable by nobody else",
			 p.s);
		return jf->dir;
	case -EACCES:
		complain("%s: no permission: run as root", p.s);
		return jf->dir;
	case -ELOOP:
	case -ENOTDIR:
		complain("%s: not a directory, or a symbolic link: remove it", p.s);
		return jf->dir;
	}
	if (jf->dir < 0) {
		complain("%s: %s: nothing was changed, because it could not have been undone",
			 p.s, strerror(-jf->dir));
		return jf->dir;
	}
	return mode == JOURNAL_PEEK ? 0 : take_lock(jf);
}

/* Read the whole file. Length or -errno; the caller frees *@text. */
static ssize_t text_read(int fd, char **text)
{
	struct stat st;
	ssize_t n, len = 0;

	if (fstat(fd, &st))
		return -errno;
	if (!S_ISREG(st.st_mode) || st.st_uid != geteuid() || st.st_mode & (0022))
		return -EPERM;
	if (st.st_size > (off_t)JOURNAL_MAX)
		return -EFBIG;
	*text = malloc((size_t)st.st_size + 1);
	if (!*text)
		return -ENOMEM;
	do {
		n = pread(fd, *text + len, (size_t)(st.st_size - len), len);
		if (n < 0 && errno != EINTR)
			return -errno;
		len += n > 0 ? n : 0;
	} while (n && len < st.st_size);
	return len;
}

static int load(struct journal_file *jf, enum journal_mode mode)
{
	struct fault fault;
	char *text = NULL;
	struct path p;
	ssize_t len;
	int err;

	jf->fd = openat(jf->dir, FILE_NAME, (mode == JOURNAL_PEEK ? O_RDONLY : O_RDWR | O_APPEND) |
			O_NOFOLLOW | O_CLOEXEC);
	if (jf->fd < 0 && errno == EROFS && mode == JOURNAL_UNDO) {
		jf->frozen = true;
		jf->fd = openat(jf->dir, FILE_NAME, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
		if (jf->fd >= 0)
			complain("%s: on a read-only file system: what is undone now cannot be recorded",
				 root_path(&p, JOURNAL_DIR "/" FILE_NAME));
	}
	if (jf->fd < 0)
		return errno == ENOENT ? 0 : complain_of(-errno, "cannot open it");
	len = text_read(jf->fd, &text);
	if (len < 0) {
		free(text);
		return complain_of((int)len, "must be a file of ours, writable by nobody else");
	}
	err = journal_parse(text, (size_t)len, &jf->j, &fault);
	free(text);
	if (err == -EINVAL) {
		complain("%s:%u: found \"%s\": %s; nothing was changed",
			 root_path(&p, JOURNAL_DIR "/" FILE_NAME), fault.line, fault.found,
			 fault.why);
		return err;
	}
	if (err)
		return complain_of(err, "cannot read it");
	if (mode != JOURNAL_PEEK && !jf->frozen && (size_t)len > jf->j.valid &&
	    ftruncate(jf->fd, (off_t)jf->j.valid))
		return complain_of(-errno, "cannot cut off its broken end");
	return 0;
}

/*
 * Whether our sysctl.d file still has what @c's key was set to: that was written in the
 * same boot, and after it, or as the same value. The file is the host's: a change of the
 * same key in another namespace ended with that.
 */
static bool persisted(const struct journal *j, const struct change *c)
{
	const struct change *o;
	size_t i;

	for (i = 0; i < j->nr; i++) {
		o = &j->item[i];
		if (o->kind == CHANGE_PERSIST && o->state != CHANGE_ENDED &&
		    netns_same(&o->netns, &c->netns) && !strcmp(o->name, c->name) &&
		    !strcmp(o->boot, c->boot) &&
		    (o->id > c->id || value_equal(&o->to, &c->to)))
			return true;
	}
	return false;
}

/*
 * Sysctls and sockets do not outlive a boot. What our sysctl.d file has set
 * again since does, and so does that file.
 */
static void expire(struct journal_file *jf)
{
	struct change *c;
	size_t i;

	for (i = 0; i < jf->j.nr; i++) {
		c = &jf->j.item[i];
		if (c->state == CHANGE_ENDED || !strcmp(c->boot, jf->boot))
			continue;
		if (c->kind == CHANGE_BACKLOG ||
		    (c->kind == CHANGE_SYSCTL && !persisted(&jf->j, c)))
			c->state = CHANGE_ENDED;
	}
}

static int boot_read(char *boot)
{
	char buf[64] = "";
	ssize_t n = root_read_line(buf, sizeof(buf), "/proc/sys/kernel/random/boot_id");
	struct path p;

	if (n == BOOT_ID - 1 && strspn(buf, "0123456789abcdef-") == BOOT_ID - 1) {
		memcpy(boot, buf, BOOT_ID);
		return 0;
	}
	root_path(&p, "/proc/sys/kernel/random/boot_id");
	root_clean(buf);
	if (n < 0)
		complain("%s: %s; mount /proc", p.s, strerror((int)-n));
	else
		complain("%s: found \"%s\": expected a UUID", p.s, buf);
	return n < 0 ? (int)n : -EINVAL;
}

static void drop(struct journal_file *jf)
{
	journal_free(&jf->j);
	if (jf->fd >= 0)
		close(jf->fd);
	if (jf->lock >= 0)
		close(jf->lock);
	if (jf->dir >= 0)
		close(jf->dir);
	jf->fd = -1;
	jf->lock = -1;
	jf->dir = -1;
}

int journal_open(struct journal_file *jf, enum journal_mode mode)
{
	struct path p;
	int err;

	memset(jf, 0, sizeof(*jf));
	jf->fd = -1;
	jf->lock = -1;
	jf->dir = -1;
	jf->verb = mode == JOURNAL_CHANGE ? "apply" : "rollback";
	err = boot_read(jf->boot);
	if (!err)
		err = dir_open(jf, mode);
	if (!err && jf->dir >= 0)
		err = load(jf, mode);
	root_path(&p, JOURNAL_DIR "/" FILE_NAME);
	if (!err && jf->j.damaged && mode == JOURNAL_CHANGE) {
		complain("%s:%u: damaged: run \"tcpadvisor rollback\" first; nothing was changed",
			 p.s, jf->j.damaged);
		err = -EUCLEAN;
	}
	if (!err && jf->j.damaged)
		complain("%s:%u: damaged: a change that it held here is not known",
			 p.s, jf->j.damaged);
	if (err)
		drop(jf);
	else
		expire(jf);
	return err;
}

/* Append to the file; on failure put it back to what it was. */
static int append(struct journal_file *jf, const char *text, size_t len)
{
	struct stat st;
	int err;

	if (fstat(jf->fd, &st))
		return complain_of(-errno, "cannot look at it");
	if ((size_t)st.st_size + len > JOURNAL_MAX)
		return complain_of(-EFBIG, "full: run \"tcpadvisor rollback\" first");
	err = file_write_all(jf->fd, text, len);
	if (!err)
		return 0;
	complain_of(err, "cannot write to it");
	if (ftruncate(jf->fd, st.st_size))
		complain_of(-errno, "cannot cut off its broken end");
	return err;
}

/* Create the file if there is none. 1 if it has no header yet, 0 if it has. */
static int ensure(struct journal_file *jf)
{
	struct stat st;

	if (jf->fd < 0) {
		jf->fd = openat(jf->dir, FILE_NAME, O_RDWR | O_APPEND | O_CREAT | O_EXCL |
				O_NOFOLLOW | O_CLOEXEC, 0600);
		if (jf->fd < 0)
			return complain_of(-errno, "cannot create it");
		if (fsync(jf->dir))
			return complain_of(-errno, "cannot sync its directory");
	}
	if (fstat(jf->fd, &st))
		return complain_of(-errno, "cannot look at it");
	return !st.st_size;
}

static int remember(struct journal *j, struct change **changes, size_t nr)
{
	struct change *item;
	size_t i, room = 1;

	/* The parser grows by doubling: keep to a power of two. */
	while (room < j->nr + nr)
		room *= 2;
	item = reallocarray(j->item, room, sizeof(*item));
	if (!item)
		return -ENOMEM;
	j->item = item;
	for (i = 0; i < nr; i++)
		item[j->nr++] = *changes[i];
	return 0;
}

int journal_announce(struct journal_file *jf, struct change **changes, size_t nr)
{
	int fresh = ensure(jf), err = 0;
	size_t i, len = 0;
	char *text;

	if (fresh < 0)
		return fresh;
	text = malloc((nr + 1) * RECORD_MAX);
	if (!text)
		return -ENOMEM;
	if (fresh)
		len = journal_header(text);
	for (i = 0; i < nr; i++) {
		changes[i]->id = ++jf->j.last_id;
		changes[i]->state = CHANGE_BEGUN;
		changes[i]->time = (__u64)time(NULL);
		memcpy(changes[i]->boot, jf->boot, sizeof(jf->boot));
		if (!change_sane(changes[i]))
			err = -EINVAL;
		len += journal_begin(text + len, changes[i]);
	}
	err = err ? complain_of(err, "a record would not be read again") : append(jf, text, len);
	free(text);
	if (!err && fsync(jf->fd))
		err = complain_of(-errno, "cannot sync it");
	return err ? err : remember(&jf->j, changes, nr);
}

static int mark(struct journal_file *jf, __u64 id, enum change_state state,
		const char *text, size_t len)
{
	struct change *c = journal_find(&jf->j, id);

	if (c)
		c->state = state;
	return jf->frozen ? 0 : append(jf, text, len);
}

int journal_mark_done(struct journal_file *jf, __u64 id)
{
	char buf[RECORD_MAX];

	return mark(jf, id, CHANGE_DONE, buf, journal_done(buf, id));
}

int journal_mark_end(struct journal_file *jf, __u64 id, const char *result)
{
	char buf[RECORD_MAX];

	return mark(jf, id, CHANGE_ENDED, buf, journal_end(buf, id, result));
}

/* Replace the file by one that holds only what is still open. */
static void compact(struct journal_file *jf, size_t nr)
{
	char *text = malloc((2 * nr + 1) * RECORD_MAX);
	size_t i, len;
	int err;

	if (!text)
		return;
	len = journal_header(text);
	for (i = 0; i < jf->j.nr; i++) {
		if (jf->j.item[i].state == CHANGE_ENDED)
			continue;
		len += journal_begin(text + len, &jf->j.item[i]);
		if (jf->j.item[i].state == CHANGE_DONE)
			len += journal_done(text + len, jf->j.item[i].id);
	}
	err = file_replace(jf->dir, FILE_NAME, 0600, text, len);
	if (err)
		complain_of(err, "cannot shorten it");
	free(text);
}

static void tidy(struct journal_file *jf)
{
	size_t nr = journal_open_changes(&jf->j) + jf->j.unknown;
	struct stat st;
	int err = 0;

	if (fsync(jf->fd))
		complain_of(-errno, "cannot sync it");
	if (nr) {
		if (!jf->j.damaged && !jf->j.unknown && nr < jf->j.nr / 2 && !fstat(jf->fd, &st) &&
		    st.st_size > (off_t)COMPACT_BYTES)
			compact(jf, nr);
		return;
	}
	if (jf->j.damaged)
		err = renameat(jf->dir, FILE_NAME, jf->dir, DAMAGED_NAME) ? -errno : 0;
	else
		err = file_remove(jf->dir, FILE_NAME);
	if (err) {
		complain_of(err, "cannot remove it");
		return;
	}
	close(jf->fd);
	jf->fd = -1;
}

/* Whether there is a file that may be written. */
static bool writable(const struct journal_file *jf)
{
	return jf->fd >= 0 && (fcntl(jf->fd, F_GETFL) & O_ACCMODE) != O_RDONLY;
}

void journal_settle(struct journal_file *jf)
{
	if (writable(jf) && !journal_open_changes(&jf->j) && !jf->j.unknown)
		tidy(jf);
}

void journal_close(struct journal_file *jf)
{
	audit_flush();
	if (writable(jf))
		tidy(jf);
	drop(jf);
}
