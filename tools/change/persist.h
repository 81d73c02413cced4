/* SPDX-License-Identifier: GPL-2.0 */
/*
 * persist.h - our own sysctl.d(5) file, /etc/sysctl.d/90-tcpadvisor.conf, and
 * what the other files of that kind say.
 */
#ifndef _TCPADVISOR_PERSIST_H
#define _TCPADVISOR_PERSIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "host/root.h"
#include "words/value.h"

#define PERSIST_NAME	"90-tcpadvisor.conf"
#define PERSIST_FILE	"/etc/sysctl.d/" PERSIST_NAME

/* What our file sets @key to; nr 0: nothing. Complains itself; -errno. */
int persist_read(const char *key, struct value *v);

/* Remove what a writer that was killed has left; silent. For who has the lock. */
void persist_tidy(void);

/* Whether our file could be written now. Complains itself; -errno. */
int persist_writable(void);

/* What the comment above a line says. */
struct reason {
	struct value was;	/* in force before; nr 0: not known */
	const char *why;
};

/*
 * Have our file set @key to @v, with @why as a comment, or not set it any more
 * (@v->nr 0). All else in it stays; an empty file is removed. The
 * old file or the new one is there at any moment. Complains itself; -errno.
 */
int persist_write(const char *key, const struct value *v, const struct reason *why);

/* A file that sets a key; its path as it is shown. */
struct setter {
	struct path path;
	struct value value;
};

/*
 * The file that has the last word on @key at boot, ours left out: only those
 * read after ours if @later. False if there is none.
 */
bool persist_setter(const char *key, bool later, struct setter *s);

/*
 * The text of our file after a change to @key, as persist_write() makes it;
 * @out needs strlen(@text) + PERSIST_ROOM bytes. Pure. True if the result
 * sets anything or holds a comment of somebody else.
 */
#define PERSIST_ROOM	2048
bool persist_edit(const char *text, const char *key, const struct value *v,
		  const struct reason *why, char *out);

/* The value that a sysctl.d line gives to @key by its name. Pure. False: none. */
bool persist_line(const char *line, const char *key, struct value *v);

/* The value that it gives to @key by a pattern, such as net.core.*. The same. */
bool persist_glob(const char *line, const char *key, struct value *v);

/* Whether it keeps @key from all patterns: "-key" and no value. The same. */
bool persist_excludes(const char *line, const char *key);

#endif /* _TCPADVISOR_PERSIST_H */
