/* SPDX-License-Identifier: GPL-2.0 */
/*
 * journal.h - the record of every change: what it says, and how its text is
 * read and written. Pure: files, locks and disks are journal_file.h's.
 *
 * One record a line: a CRC-32 of the rest in 8 hexadecimal digits, a blank,
 * the record. The first record names the format. A change is recorded three
 * times: `begin` before it is made, `done` after, `end` once it is undone or
 * has nothing left to undo.
 */
#ifndef _TCPADVISOR_JOURNAL_H
#define _TCPADVISOR_JOURNAL_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "host/namespaces.h"
#include "host/published_advice.h"
#include "words/value.h"

#define BOOT_ID		37	/* a UUID and NUL */
#define JOURNAL_MAX	(16u << 20)	/* bytes; some 40 000 changes as a rule */
#define RECORD_MAX	(512 + 2 * VALUE_TEXT)	/* longest line, newline and NUL included */

enum change_kind {
	CHANGE_SYSCTL,		/* name: a key on the allow-list */
	CHANGE_BACKLOG,		/* name: a listener's ADDR:PORT@COOKIE */
	CHANGE_PERSIST,		/* name: a key; the line in our sysctl.d file */
	CHANGE_UNKNOWN,		/* of a newer version: only its id is known */
};

enum change_state {
	CHANGE_BEGUN,		/* intended; may or may not have been made */
	CHANGE_DONE,		/* made and read back */
	CHANGE_ENDED,		/* nothing left to undo */
};

struct change {
	__u64 id;
	enum change_kind kind;
	enum change_state state;
	char name[SUBJECT_MAX];
	struct value from;	/* nr 0: the file had no such line */
	struct value to;
	char boot[BOOT_ID];	/* of the boot in which it was made */
	struct netns_id netns;
	__u64 time;		/* seconds since the epoch, for the reader */
	/* CHANGE_BACKLOG: whose socket it was */
	pid_t pid;
	__u64 start;		/* of the process, ticks since boot */
	__u64 inode;
	__u64 cookie;
};

struct journal {
	struct change *item;	/* ascending ids */
	size_t nr;
	__u64 last_id;
	size_t valid;		/* bytes up to the end of the last whole record */
	size_t unknown;		/* records that say what this version does not know */
	unsigned int damaged;	/* line of a broken record before a whole one, or 0 */
};

/*
 * Parse @len bytes. Kinds of changes and records that a newer version has are kept
 * apart, for it to deal with. A broken tail is what a crash leaves behind and is left
 * out; 0. -EINVAL with @fault filled in if a whole record makes no sense;
 * -ENOMEM. Needs journal_free() after success.
 */
int journal_parse(const char *text, size_t len, struct journal *j, struct fault *fault);

void journal_free(struct journal *j);

/* The change with this id, or NULL. */
struct change *journal_find(struct journal *j, __u64 id);

/* Number of changes that have not ended, of unknown kinds too. */
size_t journal_open_changes(const struct journal *j);

/* Whether a change of a known kind can be acted on, and undone: known name, sane values. */
bool change_sane(const struct change *c);

/* "sysctl", "backlog", "persist". */
const char *change_kind_name(enum change_kind kind);

/* @record, shorter than RECORD_MAX - 16, as a line with its checksum. */
size_t journal_seal(char *buf, const char *record);

/* Write one line into @buf (RECORD_MAX bytes); its length. */
size_t journal_header(char *buf);
size_t journal_begin(char *buf, const struct change *c);
size_t journal_done(char *buf, __u64 id);

/* @result: one word for the reader: undone, void, gone, failed, forgotten. */
size_t journal_end(char *buf, __u64 id, const char *result);

#endif /* _TCPADVISOR_JOURNAL_H */
