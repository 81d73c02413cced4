// SPDX-License-Identifier: GPL-2.0
/*
 * audit.c - who changed what. The system's log gets it as LOG_AUTHPRIV, like what
 * sudo(8) does: it says which person used root, and is not for everybody to read.
 * Nothing goes there below a --sysroot, which is not this system.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "audit.h"
#include "host/root.h"
#include "replace.h"
#include "words/complain.h"

#define FILE_NAME	"history"
#define OLD_NAME	"history.1"
#define FILE_MAX	1048576	/* bytes; one older file of that size is kept */
#define WHO_TEXT	96

static struct {
	char **text;
	size_t nr;
} pending;

/* The user, and who that was when he logged in; "-" if nobody did. */
static void who(char *text)
{
	char login[32] = "-";

	if (root_read_line(login, sizeof(login), "/proc/self/loginuid") < 0 ||
	    !strcmp(login, "4294967295"))
		snprintf(login, sizeof(login), "-");
	root_clean(login);
	snprintf(text, WHO_TEXT, "uid %u loginuid %s pid %d", getuid(), login, getpid());
}

void audit_text(char *text, const char *verb, const struct change *c, const struct value *from,
		const struct value *to)
{
	char a[VALUE_TEXT], b[VALUE_TEXT];

	snprintf(text, AUDIT_TEXT, "%s: %s%s%s %s -> %s netns %llu", verb,
		 c->kind == CHANGE_PERSIST ? "sysctl.d " : "", c->name,
		 c->kind == CHANGE_BACKLOG ? " backlog" : "", value_shown(from, a),
		 value_shown(to, b), c->netns.inode);
}

/* It has grown: what is in it becomes the older one. */
static void rotate(int dir)
{
	struct stat st;

	if (!fstatat(dir, FILE_NAME, &st, AT_SYMLINK_NOFOLLOW) && st.st_size > (off_t)FILE_MAX)
		renameat(dir, FILE_NAME, dir, OLD_NAME);
}

static int append(int dir, const char *line)
{
	int fd, err;

	rotate(dir);
	fd = openat(dir, FILE_NAME, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK |
		    O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	err = file_write_all(fd, line, strlen(line));
	close(fd);
	return err;
}

static void keep(int dir, const char *text)
{
	static bool said;
	char *line = NULL, when[40] = "";
	time_t now = time(NULL);
	struct tm tm;
	int err;

	if (dir < 0 || !gmtime_r(&now, &tm))
		return;
	strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%SZ", &tm);
	if (asprintf(&line, "%s %s\n", when, text) < 0)
		return;
	err = append(dir, line);
	free(line);
	/* A read-only file system has been said already, by whoever opened the journal. */
	if (err && err != -EROFS && !said) {
		complain("/var/lib/tcpadvisor/" FILE_NAME ": %s: it will not have what is done now",
			 strerror(-err));
		said = true;
	}
}

void audit_note(int dir, const char *verb, const char *text)
{
	char by[WHO_TEXT], *whole = NULL, **more;

	who(by);
	if (asprintf(&whole, "%s%s%s %s", verb, *verb ? ": " : "", text, by) < 0)
		return;
	keep(dir, whole);
	more = root_is_live() ? reallocarray(pending.text, pending.nr + 1, sizeof(*more)) : NULL;
	if (!more) {
		free(whole);
		return;
	}
	pending.text = more;
	more[pending.nr++] = whole;
}

void audit_change(int dir, const char *verb, const struct change *c, const struct value *from,
		  const struct value *to)
{
	char text[AUDIT_TEXT];

	audit_text(text, verb, c, from, to);
	audit_note(dir, "", text);
}

void audit_flush(void)
{
	size_t i;

	if (!pending.nr)
		return;
	openlog("tcpadvisor", LOG_PID, LOG_AUTHPRIV);
	for (i = 0; i < pending.nr; i++) {
		syslog(LOG_NOTICE, "%s", pending.text[i]);
		free(pending.text[i]);
	}
	closelog();
	free(pending.text);
	pending.text = NULL;
	pending.nr = 0;
}
