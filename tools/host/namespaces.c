// SPDX-License-Identifier: GPL-2.0
/*
 * namespaces.c - going into network namespaces. Entering one changes what
 * /proc/sys/net shows, but not an already mounted /sys: so a private mount
 * namespace gets a fresh one, as `ip netns exec` does it. Processes and files
 * stay those of the caller.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include "namespaces.h"
#include "words/complain.h"
#include "words/number.h"
#include "words/printable.h"
#include "process.h"
#include "root.h"
#include "exit_status.h"
#include "util.h"

#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE	71	/* since Linux 5.14 */
#endif

/* The kernel's names of what it booted with: cookies count from 1. */
#define NET_INIT_COOKIE	1
#define PID_INIT_INODE	0xEFFFFFFCU	/* PROC_PID_INIT_INO */

#define PATH_TEXT	96
#define QUIET_MS	500	/* of all namespaces, before one says how far it is */

/* A namespace that could be entered, and where. */
struct candidate {
	__u64 inode;
	char path[PATH_TEXT];
	char name[64];
};

struct candidates {
	struct candidate *item;
	size_t nr;
};

/* The inode in a link like "net:[4026531840]", or 0. */
static __u64 link_inode(const char *path)
{
	char link[64], *end;
	__u64 inode;

	if (root_readlink(link, sizeof(link), "%s", path) < 0 || strncmp(link, "net:[", 5))
		return 0;
	end = strchr(link, ']');
	if (!end)
		return 0;
	*end = '\0';
	return number_u64(link + 5, &inode) ? 0 : inode;
}

static __u64 cookie_now(void)
{
	int sock = root_is_live() ? socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0) : -1;
	__u64 cookie = 0;
	socklen_t len = sizeof(cookie);

	if (sock < 0)
		return 0;
	if (getsockopt(sock, SOL_SOCKET, SO_NETNS_COOKIE, &cookie, &len))
		cookie = 0;
	close(sock);
	return cookie;
}

bool netns_same(const struct netns_id *a, const struct netns_id *b)
{
	return a->inode == b->inode &&
	       (a->cookie == b->cookie || !a->cookie || !b->cookie);
}

struct netns_id netns_current(void)
{
	struct netns_id id = {
		.inode = link_inode("/proc/self/ns/net"),
		.cookie = cookie_now(),
	};

	return id;
}

/* The inode of a namespace of this type; 0 if @fd is something else. */
static __u64 ns_inode(int fd, int type)
{
	struct statfs fs;
	struct stat st;

	if (fstatfs(fd, &fs) || fs.f_type != NSFS_MAGIC ||
	    ioctl(fd, NS_GET_NSTYPE) != type || fstat(fd, &st))
		return 0;
	return st.st_ino;
}

/* The same of an open network namespace. */
static __u64 fd_inode(int fd)
{
	return ns_inode(fd, CLONE_NEWNET);
}

/* The same of the namespace at @path. */
static __u64 path_inode(const char *path, int type)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	__u64 inode = fd < 0 ? 0 : ns_inode(fd, type);

	if (fd >= 0)
		close(fd);
	return inode;
}

/* Whether /proc/1 is the host's init, and not a container's. */
static bool init_is_hosts(void)
{
	return path_inode("/proc/self/ns/pid", CLONE_NEWPID) == PID_INIT_INODE &&
	       path_inode("/proc/1/ns/pid", CLONE_NEWPID) == PID_INIT_INODE;
}

int netns_is_initial(void)
{
	__u64 self, init, cookie;

	if (!root_is_live()) {
		self = link_inode("/proc/self/ns/net");
		init = link_inode("/proc/1/ns/net");
		return !self || !init || self == init;
	}
	cookie = cookie_now();
	if (cookie)
		return cookie == NET_INIT_COOKIE;
	if (!init_is_hosts())
		return -EACCES;
	self = path_inode("/proc/self/ns/net", CLONE_NEWNET);
	init = path_inode("/proc/1/ns/net", CLONE_NEWNET);
	return self && init ? self == init : -EACCES;
}

int etc_is_hosts(void)
{
	struct stat own, init;

	if (!root_is_live())
		return 1;
	if (!init_is_hosts() || stat("/etc", &own) || stat("/proc/1/root/etc", &init))
		return -EACCES;
	return own.st_dev == init.st_dev && own.st_ino == init.st_ino;
}

static int candidate_add(struct candidates *cs, __u64 inode, const char *path, const char *name)
{
	struct candidate *item;
	size_t i;

	for (i = 0; i < cs->nr; i++)
		if (cs->item[i].inode == inode)
			return 0;
	item = reallocarray(cs->item, cs->nr + 1, sizeof(*item));
	if (!item)
		return -ENOMEM;
	cs->item = item;
	item += cs->nr++;
	item->inode = inode;
	snprintf(item->path, sizeof(item->path), "%s", path);
	snprintf(item->name, sizeof(item->name), "%s", name);
	return 0;
}

/* The bind mounts of /run/netns. */
static int add_named(struct candidates *cs)
{
	DIR *dir = opendir("/run/netns");
	char path[PATH_TEXT];
	struct dirent *de;
	__u64 inode;
	int fd, err = 0;

	if (!dir)
		return 0;
	while (!err && (de = readdir(dir))) {
		if (de->d_name[0] == '.' || strlen(de->d_name) > 63)
			continue;
		snprintf(path, sizeof(path), "/run/netns/%.63s", de->d_name);
		fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
		inode = fd < 0 ? 0 : fd_inode(fd);
		if (fd >= 0)
			close(fd);
		if (inode)
			err = candidate_add(cs, inode, path, de->d_name);
	}
	closedir(dir);
	return err;
}

/* The namespaces of running processes. */
static int add_processes(struct candidates *cs)
{
	char path[PATH_TEXT], name[64];
	struct dirent *de;
	__u64 pid, inode;
	int err = 0;
	DIR *dir = opendir("/proc");

	if (!dir)
		return -errno;
	while (!err && (de = readdir(dir))) {
		if (number_in(de->d_name, 1, INT32_MAX, &pid))
			continue;
		snprintf(path, sizeof(path), "/proc/%d/ns/net", (int)pid);
		snprintf(name, sizeof(name), "pid %d", (int)pid);
		inode = link_inode(path);
		if (inode)
			err = candidate_add(cs, inode, path, name);
	}
	closedir(dir);
	return err;
}

/*
 * Have a /sys of the namespace we are in now, for this process only, over the one that is
 * there. Cgroups are no network namespace's: they stay.
 */
static int sys_mount(void)
{
	static bool private, covered;
	static int cgroups;
	char path[PATH_TEXT];

	if (!private) {
		if (unshare(CLONE_NEWNS) || mount("", "/", "none", MS_SLAVE | MS_REC, NULL))
			return -errno;
		private = true;
		cgroups = open("/sys/fs/cgroup", O_PATH | O_DIRECTORY | O_CLOEXEC);
	}
	if (covered && umount2("/sys", MNT_DETACH))
		return -errno;
	covered = false;
	/* Busy: what is there is that of this namespace already. */
	if (mount("sysfs", "/sys", "sysfs", MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_RDONLY, NULL))
		return errno == EBUSY ? 0 : -errno;
	covered = true;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", cgroups);
	mount(path, "/sys/fs/cgroup", NULL, MS_BIND | MS_REC, NULL);	/* if there are any */
	return 0;
}

static int enter(const struct candidate *c)
{
	int fd = open(c->path, O_RDONLY | O_CLOEXEC), err = 0;

	if (fd < 0)
		return -errno;
	if (fd_inode(fd) != c->inode)
		err = -ENOENT;
	else if (setns(fd, CLONE_NEWNET))
		err = -errno;
	close(fd);
	return err ? err : sys_mount();
}

/*
 * Into the namespace of @c by any process in it: the one that was found first may have
 * gone meanwhile, or be one that we may not look into. The first error, if none lets us.
 */
static int enter_any(const struct candidate *c)
{
	int first = enter(c), err = first;
	struct candidate other = *c;
	struct dirent *de;
	__u64 pid;
	DIR *dir;

	dir = first ? opendir("/proc") : NULL;
	while (err && dir && (de = readdir(dir))) {
		if (number_in(de->d_name, 1, INT32_MAX, &pid))
			continue;
		snprintf(other.path, sizeof(other.path), "/proc/%d/ns/net", (int)pid);
		if (link_inode(other.path) == c->inode)
			err = enter(&other);
	}
	if (dir)
		closedir(dir);
	return err ? first : 0;
}

static int visit(const struct candidate *c, int (*fn)(const struct netns *ns, void *arg), void *arg)
{
	struct netns ns;
	int err = 0;

	if (link_inode("/proc/self/ns/net") != c->inode)
		err = enter_any(c);
	if (err) {
		complain("namespace %s: cannot enter it: %s%s", c->name, strerror(-err),
			 err == -EPERM ? "; run as root" : "");
		return err;
	}
	snprintf(ns.name, sizeof(ns.name), "%s", c->name);
	printable(ns.name);
	ns.id = netns_current();
	return fn(&ns, arg);
}

/* A systemd unit, container or pod may be meant: its first process shows the way. */
static void path_of_cgroup(const char *name, struct candidate *c)
{
	pid_t pid = process_in(name);

	if (pid)
		snprintf(c->path, sizeof(c->path), "/proc/%d/ns/net", pid);
}

/* Find what the user means by @name. */
static int find_named(const char *name, struct candidate *c)
{
	__u64 pid;
	int fd;

	memset(c, 0, sizeof(*c));
	if (name[0] == '.' || strchr(name, '/') || strlen(name) > 63) {
		complain("--netns: found \"%s\": expected a name in /run/netns, a PID, a systemd unit, container or pod",
			 name);
		return -ENOENT;
	}
	snprintf(c->path, sizeof(c->path), "/run/netns/%s", name);
	snprintf(c->name, sizeof(c->name), "%s", name);
	if (access(c->path, F_OK)) {
		if (!number_in(name, 1, INT32_MAX, &pid)) {
			snprintf(c->path, sizeof(c->path), "/proc/%d/ns/net", (int)pid);
			snprintf(c->name, sizeof(c->name), "pid %d", (int)pid);
		}
		if (access(c->path, F_OK))
			path_of_cgroup(name, c);
	}
	fd = open(c->path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		complain("--netns %s: %s: %s", name, c->path, strerror(errno));
		return -ENOENT;
	}
	c->inode = fd_inode(fd);
	close(fd);
	if (c->inode)
		return 0;
	complain("--netns %s: %s is not a network namespace", name, c->path);
	return -ENOENT;
}

static int each_of_all(int (*fn)(const struct netns *ns, void *arg), void *arg)
{
	struct candidates cs = { 0 };
	__u64 begun = monotonic_ms();
	int err, status = -1;
	size_t i;

	err = candidate_add(&cs, link_inode("/proc/self/ns/net"), "/proc/self/ns/net", "");
	if (!err)
		err = add_named(&cs);
	if (!err)
		err = add_processes(&cs);
	if (err)
		complain("/proc: %s", strerror(-err));
	for (i = 0; !err && i < cs.nr; i++) {
		int one;

		/* Whoever waits that long may wonder. */
		if (monotonic_ms() - begun > QUIET_MS)
			notice_line("network namespace %zu of %zu", i + 1, cs.nr);
		notice_line_prefix("namespace %zu of %zu: ", i + 1, cs.nr);
		one = visit(&cs.item[i], fn, arg);
		notice_line_prefix("%s", "");
		if (one < 0)
			one = EXIT_FAILED;
		status = status < 0 ? one : exit_combine(status, one);
	}
	notice_line_end();
	free(cs.item);
	return err ? err : status;
}

int netns_each(const char *name, bool all, int (*fn)(const struct netns *ns, void *arg), void *arg)
{
	struct netns own = { .name = "" };
	struct candidate c;
	int err;

	if (all)
		return each_of_all(fn, arg);
	if (name) {
		err = find_named(name, &c);
		return err ? err : visit(&c, fn, arg);
	}
	own.id = netns_current();
	return fn(&own, arg);
}
