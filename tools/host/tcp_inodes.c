// SPDX-License-Identifier: GPL-2.0
/*
 * tcp_inodes.c - the inodes of this namespace's TCP sockets, from /proc/net.
 * Tells a listener that is closed from one whose process cannot be seen. Reads
 * only, and all of it once: thousands of listeners may have to be looked up.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "words/number.h"
#include "root.h"
#include "tcp_inodes.h"

#define LISTENING	0x0a	/* TCP_LISTEN, as the fourth word has it */

/*
 * The tenth word of a line of /proc/net/tcp; 0 if there is none, or if the socket
 * does not listen and only those that do are wanted.
 */
static __u64 line_inode(char *line, bool listening, bool *end)
{
	char *save = NULL, *word = strtok_r(line, " ", &save);
	__u64 inode, state;
	int i;

	for (i = 1; word && i < 10; i++) {
		word = strtok_r(NULL, " ", &save);
		if (i == 3 && listening && word && !number_hex(word, &state) && state != LISTENING)
			*end = true;
	}
	return word && !*end && !number_u64(word, &inode) ? inode : 0;
}

static int append(struct tcp_inodes *t, __u64 inode)
{
	__u64 *item;

	/* Grow by doubling: the number below is 0 at each power of two. */
	if (!(t->nr & (t->nr - 1))) {
		item = reallocarray(t->item, t->nr ? 2 * t->nr : 1, sizeof(*item));
		if (!item)
			return -ENOMEM;
		t->item = item;
	}
	t->item[t->nr++] = inode;
	return 0;
}

static int file_read(struct tcp_inodes *t, const char *path, bool listening)
{
	FILE *f;
	int err = root_fopen(&f, path);
	char line[256];
	bool end = false;
	__u64 inode;

	if (err)
		return err == -ENOENT ? 0 : err;
	while (!err && !end && fgets(line, sizeof(line), f)) {
		inode = line_inode(line, listening, &end);
		if (inode)
			err = append(t, inode);
	}
	if (!err && ferror(f))
		err = -EIO;
	fclose(f);
	return err;
}

static int cmp(const void *a, const void *b)
{
	const __u64 *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static int all_read(struct tcp_inodes *t, bool listening)
{
	int err;

	memset(t, 0, sizeof(*t));
	err = file_read(t, "/proc/self/net/tcp", listening);
	if (!err)
		err = file_read(t, "/proc/self/net/tcp6", listening);
	if (err)
		tcp_inodes_free(t);
	else if (t->nr)
		qsort(t->item, t->nr, sizeof(*t->item), cmp);
	return err;
}

int tcp_inodes_read(struct tcp_inodes *t)
{
	return all_read(t, false);
}

int tcp_inodes_listening(struct tcp_inodes *t)
{
	return all_read(t, true);
}

bool tcp_inodes_have(const struct tcp_inodes *t, __u64 inode)
{
	return t->nr && bsearch(&inode, t->item, t->nr, sizeof(*t->item), cmp);
}

void tcp_inodes_free(struct tcp_inodes *t)
{
	free(t->item);
	memset(t, 0, sizeof(*t));
}
