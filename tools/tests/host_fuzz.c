// SPDX-License-Identifier: GPL-2.0
/*
 * host_fuzz.c - whatever a recorded host is made of, names with any byte, FIFOs, and
 * links that lead round in circles or out of it: nothing hangs, nothing outside is
 * read, and what was read may be given to a terminal.
 *
 * Each line of the input makes one thing: a letter for its place, one for its kind,
 * its name, a tab, and what is in it or where it leads. Where {OUT} is, the link
 * leads to a file outside.
 */
#include <err.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "change/journal_file.h"
#include "change/persist.h"
#include "host/published_listeners.h"
#include "host/published_ports.h"
#include "host/root.h"
#include "host/sysctl.h"
#include "words/complain.h"
#include "words/printable.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

/* What is in the file outside: no name, and no number of any other. */
#define SECRET	73409134ull
#define KEY	"net.core.somaxconn"

static const char *const places[] = {
	"sys/kernel/tcpadvisor/listeners", "sys/kernel/tcpadvisor/listeners/0.0.0.0:80@1",
	"etc/sysctl.d", "proc/sys/net/core", "proc/1", "proc/1/fd", "var/lib/tcpadvisor",
	"usr/lib/sysctl.d", "sys/kernel/tcpadvisor/ports", "etc", "run", "sys/kernel/tcpadvisor/tables",
};

#define NR_PLACES	(sizeof(places) / sizeof(*places))

static char root[64];
static char outside[128];

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static void leave(void)
{
	nftw(root, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static void make_dirs(const char *path)
{
	char part[256];
	size_t i;

	for (i = 1; path[i - 1]; i++) {
		if (path[i] && path[i] != '/')
			continue;
		snprintf(part, sizeof(part), "%s/host/%.*s", root, (int)i, path);
		mkdir(part, 0755);
	}
}

static void write_file(const char *path, const char *text, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC,
		      0644);

	if (fd < 0)
		return;
	if (write(fd, text, len) < 0)
		err(1, "%s", path);
	close(fd);
}

static void begin(void)
{
	char secret[32];
	int len;

	if (*outside)
		return;
	/* In memory, where there is such a place: it is made anew for each input. */
	snprintf(root, sizeof(root), "%s/host_fuzz.XXXXXX",
		 access("/dev/shm", W_OK) ? "/tmp" : "/dev/shm");
	if (!mkdtemp(root))
		err(1, "%s", root);
	atexit(leave);
	snprintf(outside, sizeof(outside), "%s/secret", root);
	len = snprintf(secret, sizeof(secret), "%llu\n", SECRET);
	write_file(outside, secret, (size_t)len);
	complaints_hold();
}

/* An empty host below @root. */
static void host_make(void)
{
	char path[128];
	size_t i;

	snprintf(path, sizeof(path), "%s/host", root);
	nftw(path, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	if (mkdir(path, 0755))
		err(1, "%s", path);
	for (i = 0; i < NR_PLACES; i++)
		make_dirs(places[i]);
	if (root_set(path))
		errx(1, "%s", path);
}

static void thing_make(const char *place, char kind, const char *name, const char *what, size_t len)
{
	char path[PATH_MAX], target[PATH_MAX];
	const char *to = !strncmp(what, "{OUT}", 5) ? outside : what;

	if (!*name || strchr(name, '/') || !strcmp(name, ".") || !strcmp(name, ".."))
		return;
	snprintf(path, sizeof(path), "%s/host/%s/%s", root, place, name);
	switch (kind) {
	case 'd':
		mkdir(path, 0755);
		return;
	case 'p':
		mkfifo(path, 0644);
		return;
	case 'l':
		snprintf(target, sizeof(target), "%s", to);
		unlink(path);
		if (symlink(target, path))
			return;
		return;
	default:
		write_file(path, what, len);
	}
}

/* One line of the input. */
static void line_make(const char *line, size_t len)
{
	char text[512], *tab;

	if (len < 3 || len >= sizeof(text) || memchr(line, '\0', len))
		return;
	memcpy(text, line, len);
	text[len] = '\0';
	tab = strchr(text + 2, '\t');
	if (tab)
		*tab++ = '\0';
	else
		tab = text + len;
	thing_make(places[(unsigned char)text[0] % NR_PLACES], text[1], text + 2, tab,
		   strlen(tab));
}

static void fit(const char *s)
{
	char *copy = strdup(s);

	printable(copy);
	if (strcmp(copy, s) || strstr(s, "73409134"))
		abort();
	free(copy);
}

static void inside(__u64 v)
{
	if (v == SECRET)
		abort();
}

static void look_at_listeners(void)
{
	struct listeners ls;
	size_t i;

	if (listeners_read(&ls))
		return;
	listeners_own(&ls);
	for (i = 0; i < ls.nr; i++) {
		fit(ls.item[i].name);
		fit(ls.item[i].cgroup);
		fit(ls.item[i].verdict);
		fit(ls.item[i].owner.program);
		inside(ls.item[i].backlog);
		inside(ls.item[i].accept_queue);
		inside(ls.item[i].counters.v[COUNT_SYNS]);
	}
	listeners_free(&ls);
}

static void look_at_files(void)
{
	struct setter setter;
	struct ports ports;
	struct value v;

	if (persist_setter(KEY, false, &setter)) {
		fit(setter.path.s);
		inside(setter.value.v[0]);
	}
	if (!persist_read(KEY, &v) && v.nr)
		inside(v.v[0]);
	if (!sysctl_read(KEY, &v))
		inside(v.v[0]);
	if (!ports_read(&ports)) {
		fit(ports.verdict);
		inside(ports.failures);
	}
}

static void look_at_journal(void)
{
	struct journal_file jf;

	if (!journal_open(&jf, JOURNAL_PEEK))
		journal_close(&jf);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	const char *text = (const char *)data, *nl;
	size_t len, i;

	/* Who writes the secret himself has not read it. */
	if (memmem(data, size, "73409134", 8))
		return 0;
	begin();
	host_make();
	for (; size; size -= len, text += len) {
		nl = memchr(text, '\n', size);
		len = nl ? (size_t)(nl + 1 - text) : size;
		line_make(text, nl ? len - 1 : len);
	}
	look_at_listeners();
	look_at_files();
	look_at_journal();
	for (i = 0; complaint_at(i); i++)
		fit(complaint_at(i));
	complaints_forget();
	return 0;
}
