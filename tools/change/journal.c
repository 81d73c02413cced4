// SPDX-License-Identifier: GPL-2.0
/*
 * journal.c - the journal's text, in and out. What it reads was written by
 * this tool, but a root tool writes values from it into the kernel: names are
 * checked against the allow-list, sizes are bounded, and nothing is guessed.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "journal.h"
#include "host/published_listeners.h"
#include "words/number.h"
#include "host/root.h"
#include "util.h"

#define HEADER	"tcpadvisor-journal version=1"

static const char *const kind_names[] = {
	[CHANGE_SYSCTL] = "sysctl",
	[CHANGE_BACKLOG] = "backlog",
	[CHANGE_PERSIST] = "persist",
	[CHANGE_UNKNOWN] = "unknown",
};

const char *change_kind_name(enum change_kind kind)
{
	return kind_names[kind];
}

/* The CRC-32 of Ethernet and zip. Records are short: no table. */
static __u32 crc32(const char *s, size_t len)
{
	__u32 crc = 0xffffffff;
	int bit;

	while (len--) {
		crc ^= (unsigned char)*s++;
		for (bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
	}
	return ~crc;
}

size_t journal_seal(char *buf, const char *record)
{
	int n = snprintf(buf, RECORD_MAX, "%08x %s\n",
			 crc32(record, strlen(record)), record);

	return (size_t)n;
}

size_t journal_header(char *buf)
{
	return journal_seal(buf, HEADER);
}

size_t journal_begin(char *buf, const struct change *c)
{
	char record[RECORD_MAX - 16], from[VALUE_TEXT], to[VALUE_TEXT];

	snprintf(record, sizeof(record),
		 "begin id=%llu kind=%s name=%s from=%s to=%s boot=%s netns=%llu netns_cookie=%llu time=%llu pid=%d start=%llu inode=%llu cookie=%llx",
		 c->id, kind_names[c->kind], c->name, value_text(&c->from, ',', from),
		 value_text(&c->to, ',', to), c->boot, c->netns.inode, c->netns.cookie,
		 c->time, c->pid, c->start, c->inode, c->cookie);
	return journal_seal(buf, record);
}

size_t journal_done(char *buf, __u64 id)
{
	char record[64];

	snprintf(record, sizeof(record), "done id=%llu", id);
	return journal_seal(buf, record);
}

size_t journal_end(char *buf, __u64 id, const char *result)
{
	char record[96];

	snprintf(record, sizeof(record), "end id=%llu result=%s", id, result);
	return journal_seal(buf, record);
}

/* The next word at *@s, which must be @name=VALUE: the value, or NULL. */
static char *word(char **s, const char *name)
{
	size_t len = strlen(name);
	char *w = strsep(s, " ");

	if (!w || strncmp(w, name, len) || w[len] != '=')
		return NULL;
	return w + len + 1;
}

static int word_u64(char **s, const char *name, __u64 *v)
{
	char *w = word(s, name);

	return w ? number_u64(w, v) : -EINVAL;
}

/* @key decides what a value is. A list without ports is no text at all. */
static int word_value(char **s, const char *name, const char *key, struct value *v)
{
	char *w = word(s, name);

	if (!w)
		return -EINVAL;
	if (!strcmp(w, "-")) {
		v->nr = 0;
		return 0;
	}
	return key_parse(key, w, ',', v);
}

static int word_copy(char **s, const char *name, char *buf, size_t size)
{
	char *w = word(s, name);

	if (!w || !*w || strlen(w) >= size)
		return -EINVAL;
	memcpy(buf, w, strlen(w) + 1);
	return 0;
}

static int word_kind(char **s, enum change_kind *kind)
{
	char *w = word(s, "kind");
	unsigned int i;

	for (i = 0; w && i < CHANGE_UNKNOWN; i++) {
		if (!strcmp(w, kind_names[i])) {
			*kind = i;
			return 0;
		}
	}
	*kind = CHANGE_UNKNOWN;
	return w && *w ? 0 : -EINVAL;
}

bool change_sane(const struct change *c)
{
	char address[SUBJECT_MAX];
	const struct key *k;
	__u64 cookie;

	if (!c->to.nr || strspn(c->boot, "0123456789abcdef-") != BOOT_ID - 1)
		return false;
	if (c->kind == CHANGE_BACKLOG)
		return c->from.nr == 1 && c->to.nr == 1 && c->pid > 0 && c->inode &&
		       c->from.v[0] <= INT32_MAX && c->to.v[0] <= INT32_MAX &&
		       !listener_name_parse(c->name, address, &cookie) &&
		       cookie == c->cookie;
	k = key_find(c->name);
	if (!k || c->to.nr != k->nr)
		return false;
	return c->from.nr == k->nr || (c->kind == CHANGE_PERSIST && !c->from.nr);
}

static int parse_begin(char *s, struct change *c)
{
	__u64 pid = 0;
	char *w;

	memset(c, 0, sizeof(*c));
	if (word_u64(&s, "id", &c->id) || word_kind(&s, &c->kind))
		return -EINVAL;
	if (c->kind == CHANGE_UNKNOWN)
		return 0;
	if (word_copy(&s, "name", c->name, sizeof(c->name)) ||
	    word_value(&s, "from", c->name, &c->from) ||
	    word_value(&s, "to", c->name, &c->to) ||
	    word_copy(&s, "boot", c->boot, sizeof(c->boot)) ||
	    word_u64(&s, "netns", &c->netns.inode) ||
	    word_u64(&s, "netns_cookie", &c->netns.cookie) ||
	    word_u64(&s, "time", &c->time) || word_u64(&s, "pid", &pid) ||
	    word_u64(&s, "start", &c->start) || word_u64(&s, "inode", &c->inode))
		return -EINVAL;
	w = word(&s, "cookie");
	if (!w || s || pid > INT32_MAX || number_hex(w, &c->cookie))
		return -EINVAL;
	c->pid = (pid_t)pid;
	return change_sane(c) ? 0 : -EINVAL;
}

static int add_begin(struct journal *j, char *s)
{
	struct change *item;

	/* Grow by doubling: the number below is 0 at each power of two. */
	if (!(j->nr & (j->nr - 1))) {
		item = reallocarray(j->item, j->nr ? 2 * j->nr : 1, sizeof(*item));
		if (!item)
			return -ENOMEM;
		j->item = item;
	}
	item = &j->item[j->nr];
	if (parse_begin(s, item) || item->id <= j->last_id)
		return -EINVAL;
	j->last_id = item->id;
	j->unknown += item->kind == CHANGE_UNKNOWN;
	j->nr++;
	return 0;
}

/* `done` or `end`. The change itself may have been lost to damage. */
static int set_state(struct journal *j, char *s, enum change_state state)
{
	struct change *c;
	__u64 id;

	if (word_u64(&s, "id", &id))
		return -EINVAL;
	if (state == CHANGE_ENDED && !word(&s, "result"))
		return -EINVAL;
	if (s)
		return -EINVAL;
	c = journal_find(j, id);
	if (c && c->state < state)
		c->state = state;
	return 0;
}

/* The first record must be the header, unless damage has taken it. */
static int parse_record(struct journal *j, char *s, bool damaged)
{
	char *verb;

	if (!j->valid && !damaged)
		return strcmp(s, HEADER) ? -EINVAL : 0;
	verb = strsep(&s, " ");
	if (!s)
		return -EINVAL;
	if (!strcmp(verb, "begin"))
		return add_begin(j, s);
	if (!strcmp(verb, "done"))
		return set_state(j, s, CHANGE_DONE);
	if (!strcmp(verb, "end"))
		return set_state(j, s, CHANGE_ENDED);
	/* A word of a newer version, or no record at all. */
	if (!*verb || strspn(verb, "abcdefghijklmnopqrstuvwxyz") != strlen(verb))
		return -EINVAL;
	j->unknown++;
	return 0;
}

/* Copy a whole record into @buf (RECORD_MAX bytes); false if it is broken. */
static bool unseal(const char *line, size_t len, char *buf)
{
	char digits[9];
	__u64 crc;

	if (len < 10 || len >= RECORD_MAX || line[8] != ' ' || memchr(line, '\0', len))
		return false;
	memcpy(digits, line, 8);
	digits[8] = '\0';
	memcpy(buf, line + 9, len - 9);
	buf[len - 9] = '\0';
	return !number_hex(digits, &crc) && crc == crc32(buf, len - 9);
}

static int fault_at(struct fault *fault, unsigned int line, const char *record)
{
	fault->line = line;
	snprintf(fault->found, sizeof(fault->found), "%.*s", (int)sizeof(fault->found) - 1, record);
	root_clean(fault->found);
	fault->why = "not a record that this version understands";
	return -EINVAL;
}

static int parse_all(const char *text, size_t len, struct journal *j, struct fault *fault)
{
	char record[RECORD_MAX], copy[RECORD_MAX];
	unsigned int line = 0, broken = 0;
	const char *at = text, *nl;
	int err;

	while ((nl = memchr(at, '\n', len - (size_t)(at - text)))) {
		line++;
		if (unseal(at, (size_t)(nl - at), record)) {
			memcpy(copy, record, strlen(record) + 1);
			err = parse_record(j, record, broken);
			if (err == -EINVAL)
				return fault_at(fault, line, copy);
			if (err)
				return err;
			j->valid = (size_t)(nl + 1 - text);
			if (broken && !j->damaged)
				j->damaged = broken;
		} else if (!broken) {
			broken = line;
		}
		at = nl + 1;
	}
	return 0;
}

int journal_parse(const char *text, size_t len, struct journal *j, struct fault *fault)
{
	int err;

	memset(j, 0, sizeof(*j));
	memset(fault, 0, sizeof(*fault));
	err = parse_all(text, len, j, fault);
	if (err)
		journal_free(j);
	return err;
}

void journal_free(struct journal *j)
{
	free(j->item);
	memset(j, 0, sizeof(*j));
}

static int by_id(const void *key, const void *item)
{
	const __u64 *id = key;
	const struct change *c = item;

	return (*id > c->id) - (*id < c->id);
}

struct change *journal_find(struct journal *j, __u64 id)
{
	return j->nr ? bsearch(&id, j->item, j->nr, sizeof(*j->item), by_id) : NULL;
}

size_t journal_open_changes(const struct journal *j)
{
	size_t i, nr = 0;

	for (i = 0; i < j->nr; i++)
		nr += j->item[i].state != CHANGE_ENDED;
	return nr;
}
