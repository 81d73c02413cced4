// SPDX-License-Identifier: GPL-2.0
/*
 * journal_test.c - the journal's text: what is written can be read back, what
 * a crash tears off is left out, what is damaged is noticed.
 */
#include <errno.h>
#include <stdlib.h>

#include "change/journal.h"
#include "tap.h"
#include "change/target.h"
#include "util.h"

#define TEXT_MAX	8192

static struct journal j;
static struct fault fault;
static char text[TEXT_MAX];
static size_t len;

static const struct change sysctl = {
	.id = 1, .kind = CHANGE_SYSCTL, .name = "net.core.somaxconn",
	.from = { .nr = 1, .v = { 128 } }, .to = { .nr = 1, .v = { 8192 } },
	.boot = "06154749-4526-4f53-a5c8-e8cbded3cc8d",
	.netns = { 4026531840, 1 }, .time = 1795316703,
};

static const struct change backlog = {
	.id = 2, .kind = CHANGE_BACKLOG, .name = "[::1]:443@2a",
	.from = { .nr = 1, .v = { 511 } }, .to = { .nr = 1, .v = { 8192 } },
	.boot = "06154749-4526-4f53-a5c8-e8cbded3cc8d",
	.netns = { 4026531840, 1 }, .time = 1795316703,
	.pid = 4242, .start = 99, .inode = 18231, .cookie = 0x2a,
};

static const struct change persist = {
	.id = 3, .kind = CHANGE_PERSIST, .name = "net.ipv4.tcp_rmem",
	.from = { 0 }, .to = { .nr = 3, .v = { 4096, 131072, 6291456 } },
	.boot = "06154749-4526-4f53-a5c8-e8cbded3cc8d",
	.netns = { 4026531840, 1 }, .time = 1795316703,
};

/* A list of ports that was empty. */
static const struct change ports = {
	.id = 4, .kind = CHANGE_SYSCTL, .name = "net.ipv4.ip_local_reserved_ports",
	.from = { .nr = VALUE_PORTS },
	.to = { .nr = VALUE_PORTS, .ports = "8080,9000-9010" },
	.boot = "06154749-4526-4f53-a5c8-e8cbded3cc8d",
	.netns = { 4026531840, 1 }, .time = 1795316703,
};

static void compose(void)
{
	len = journal_header(text);
	len += journal_begin(text + len, &sysctl);
	len += journal_begin(text + len, &backlog);
	len += journal_begin(text + len, &persist);
	len += journal_begin(text + len, &ports);
	len += journal_done(text + len, 1);
	len += journal_end(text + len, 2, "undone");
}

static int parse(void)
{
	return journal_parse(text, len, &j, &fault);
}

static void same(const struct change *got, const struct change *want)
{
	IS(got->id, want->id);
	IS(got->kind, want->kind);
	IS_STR(got->name, want->name);
	OK(value_equal(&got->from, &want->from));
	OK(value_equal(&got->to, &want->to));
	IS_STR(got->boot, want->boot);
	OK(netns_same(&got->netns, &want->netns));
	IS(got->time, want->time);
	IS(got->pid, want->pid);
	IS(got->start, want->start);
	IS(got->inode, want->inode);
	IS(got->cookie, want->cookie);
}

static void round_trip(void)
{
	compose();
	IS(parse(), 0);
	IS(j.nr, 4);
	IS(j.last_id, 4);
	IS(j.valid, len);
	IS(j.damaged, 0);
	IS(journal_open_changes(&j), 3);
	same(&j.item[0], &sysctl);
	same(&j.item[1], &backlog);
	same(&j.item[2], &persist);
	same(&j.item[3], &ports);
	IS(j.item[0].state, CHANGE_DONE);
	IS(j.item[1].state, CHANGE_ENDED);
	IS(j.item[2].state, CHANGE_BEGUN);
	OK(journal_find(&j, 2) == &j.item[1]);
	OK(!journal_find(&j, 5));
	journal_free(&j);
}

/* Cut at every byte: never an error, never a change that was not whole. */
static void torn(void)
{
	size_t whole, bad = 0, i;

	compose();
	whole = len;
	for (len = 0; len < whole; len++) {
		if (parse()) {
			bad++;
			continue;
		}
		bad += j.valid > len || j.damaged || j.nr > 4;
		for (i = 0; i < j.valid; i++)
			bad += i + 1 == j.valid && text[i] != '\n';
		journal_free(&j);
	}
	IS(bad, 0);
	len = whole;
	memset(text + len, 0, 100);	/* as a file system may leave it */
	len += 100;
	IS(parse(), 0);
	IS(j.valid, whole);
	IS(j.damaged, 0);
	IS(j.nr, 4);
	journal_free(&j);
}

/* Flip each byte: noticed wherever it is, and no change is invented. */
static void damaged(void)
{
	size_t i, last, unnoticed = 0, invented = 0;
	char kept;

	compose();
	/* Without the newline before it, the last record is a torn tail too. */
	last = len - journal_end(text + TEXT_MAX / 2, 2, "undone") - 1;
	for (i = 0; i < len; i++) {
		kept = text[i];
		text[i] ^= 1;
		if (!parse()) {
			unnoticed += i < last && !j.damaged;
			unnoticed += i >= last && j.valid == len;
			invented += j.nr > 4;
			journal_free(&j);
		}
		text[i] = kept;
	}
	IS(unnoticed, 0);
	IS(invented, 0);
	IS(parse(), 0);
	journal_free(&j);
}

static int parse_one(const struct change *c)
{
	int err;

	len = journal_header(text);
	len += journal_begin(text + len, c);
	err = parse();
	if (!err)
		journal_free(&j);
	return err;
}

/* Whole records, with a right checksum, that say what nobody may ask for. */
static void hostile(void)
{
	struct change c = sysctl;

	IS(parse_one(&c), 0);
	snprintf(c.name, sizeof(c.name), "kernel.core_pattern");
	IS(parse_one(&c), -EINVAL);
	snprintf(c.name, sizeof(c.name), "../../etc/passwd");
	IS(parse_one(&c), -EINVAL);
	c = sysctl;
	c.to.nr = 0;
	IS(parse_one(&c), -EINVAL);
	c = sysctl;
	c.from.nr = 0;
	IS(parse_one(&c), -EINVAL);
	c = sysctl;
	c.to.nr = 3;
	IS(parse_one(&c), -EINVAL);
	c = sysctl;
	snprintf(c.boot, sizeof(c.boot), "x");
	IS(parse_one(&c), -EINVAL);
	c = backlog;
	c.pid = 0;
	IS(parse_one(&c), -EINVAL);
	c = backlog;
	c.inode = 0;
	IS(parse_one(&c), -EINVAL);
	c = backlog;
	c.cookie = 1;
	IS(parse_one(&c), -EINVAL);
	c = backlog;
	c.from.v[0] = 1ULL << 31;
	IS(parse_one(&c), -EINVAL);
	c = backlog;
	snprintf(c.name, sizeof(c.name), "/etc/passwd:1@2a");
	IS(parse_one(&c), -EINVAL);
	c = persist;
	c.from.nr = 1;
	IS(parse_one(&c), -EINVAL);
	c = ports;
	IS(parse_one(&c), 0);
	c.to = value_one(8080);	/* reads as a list of one */
	IS(parse_one(&c), 0);
	c.to.nr = 2;		/* and two numbers as a list of two */
	IS(parse_one(&c), 0);
	snprintf(c.name, sizeof(c.name), "net.core.somaxconn");
	IS(parse_one(&c), -EINVAL);
	c = ports;
	c.from.nr = 0;
	IS(parse_one(&c), -EINVAL);
	c = ports;
	snprintf(c.to.ports, sizeof(c.to.ports), "8080-");
	IS(parse_one(&c), -EINVAL);
	c = sysctl;
	c.to = ports.to;
	IS(parse_one(&c), -EINVAL);
}

static void out_of_order(void)
{
	len = journal_begin(text, &sysctl);
	IS(parse(), -EINVAL);	/* no header */
	IS(fault.line, 1);
	len = journal_header(text);
	len += journal_begin(text + len, &backlog);
	len += journal_begin(text + len, &sysctl);
	IS(parse(), -EINVAL);	/* ids go up */
	IS(fault.line, 3);
	len = journal_header(text);
	len += journal_done(text + len, 9);
	IS(parse(), 0);		/* its begin may have been lost */
	journal_free(&j);
	len = 0;
	IS(parse(), 0);
	IS(j.nr, 0);
}

static void many(void)
{
	struct change c = sysctl;
	size_t size = 1000 * RECORD_MAX;
	char *big = malloc(size);

	len = journal_header(big);
	for (c.id = 1; c.id <= 900; c.id++)
		len += journal_begin(big + len, &c);
	IS(journal_parse(big, len, &j, &fault), 0);
	IS(j.nr, 900);
	OK(journal_find(&j, 900) && journal_find(&j, 900)->id == 900);
	OK(journal_find(&j, 1) && journal_find(&j, 1)->id == 1);
	journal_free(&j);
	free(big);
}

static void longest_record(void)
{
	struct change c = persist;

	c.id = UINT64_MAX;
	c.time = UINT64_MAX;
	c.start = UINT64_MAX;
	c.inode = UINT64_MAX;
	c.cookie = UINT64_MAX;
	c.netns.inode = UINT64_MAX;
	c.netns.cookie = UINT64_MAX;
	c.pid = INT32_MAX;
	c.to.v[0] = UINT64_MAX;
	c.to.v[1] = UINT64_MAX;
	c.to.v[2] = UINT64_MAX;
	c.from = c.to;
	memset(c.name, 'x', sizeof(c.name) - 1);
	len = journal_begin(text, &c);
	OK(len < RECORD_MAX && text[len - 1] == '\n');
	c.to.nr = VALUE_PORTS;
	memset(c.to.ports, '1', PORTSET_TEXT - 1);
	c.from = c.to;
	len = journal_begin(text, &c);
	OK(len < RECORD_MAX && text[len - 1] == '\n');
	OK(strstr(text, " cookie=ffffffffffffffff\n"));
}

/* The heart of rollback. */
static void decide(void)
{
	struct value v;

	v = value_one(8192);
	IS(undo_decide(&sysctl, &v), UNDO_RESTORE);
	v = value_one(128);
	IS(undo_decide(&sysctl, &v), UNDO_NOTHING);
	v = value_one(4096);
	IS(undo_decide(&sysctl, &v), UNDO_LEAVE);
	v.nr = 0;
	IS(undo_decide(&persist, &v), UNDO_NOTHING);
	IS(undo_decide(&sysctl, &v), UNDO_LEAVE);
}

static void namespaces(void)
{
	struct netns_id a = { 1, 7 }, b = { 1, 8 }, unknown = { 1, 0 }, other = { 2, 7 };

	OK(netns_same(&a, &a));
	OK(!netns_same(&a, &b));	/* the inode number was used again */
	OK(netns_same(&a, &unknown));
	OK(!netns_same(&a, &other));
}

int main(void)
{
	puts("TAP version 13");
	round_trip();
	torn();
	damaged();
	hostile();
	out_of_order();
	many();
	longest_record();
	decide();
	namespaces();
	return tap_done();
}
