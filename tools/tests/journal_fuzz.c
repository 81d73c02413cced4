// SPDX-License-Identifier: GPL-2.0
/*
 * journal_fuzz.c - whatever the text, the parser of the journal keeps to its
 * buffers, and what it accepts it can write and read again. A fuzzer does not
 * guess checksums: each line of the input is tried with its right one too.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "change/journal.h"
#include "words/key.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static void again(const struct change *c)
{
	char text[2 * RECORD_MAX];
	struct journal j;
	struct fault fault;
	size_t len = journal_header(text);

	if (c->kind == CHANGE_UNKNOWN)
		return;
	len += journal_begin(text + len, c);
	if (journal_parse(text, len, &j, &fault) || j.nr != 1 ||
	    !value_equal(&j.item[0].to, &c->to) || strcmp(j.item[0].name, c->name))
		abort();
	journal_free(&j);
}

/*
 * What a newer version has written after it takes nothing away from what this one
 * knows, and is not taken for something to undo.
 */
static void with_unknown(const char *text, const struct journal *j)
{
	char *more = malloc(j->valid + 2 * RECORD_MAX), record[64];
	size_t len = j->valid, i;
	struct journal k;
	struct fault fault;

	if (j->last_id == UINT64_MAX) {
		free(more);
		return;
	}
	memcpy(more, text, len);
	snprintf(record, sizeof(record), "begin id=%llu kind=route", j->last_id + 1);
	len += journal_seal(more + len, record);
	len += journal_seal(more + len, "note of=it");
	if (journal_parse(more, len, &k, &fault) || k.nr != j->nr + 1 ||
	    k.unknown != j->unknown + 2 || k.item[j->nr].kind != CHANGE_UNKNOWN)
		abort();
	for (i = 0; i < j->nr; i++)
		if (k.item[i].kind != j->item[i].kind || k.item[i].state != j->item[i].state ||
		    !value_equal(&k.item[i].from, &j->item[i].from))
			abort();
	journal_free(&k);
	free(more);
}

static void try(const char *text, size_t len)
{
	struct journal j;
	struct fault fault;
	size_t i;

	if (journal_parse(text, len, &j, &fault))
		return;
	for (i = 0; i < j.nr; i++) {
		if (j.item[i].kind != CHANGE_BACKLOG && j.item[i].kind != CHANGE_UNKNOWN &&
		    !key_find(j.item[i].name))
			abort();
		again(&j.item[i]);
	}
	if (j.valid)
		with_unknown(text, &j);
	journal_free(&j);
}

/* Seal every line of the input as a record of its own. */
static void try_sealed(const char *text, size_t len)
{
	char *out = malloc(len * 10 + RECORD_MAX + 64), line[RECORD_MAX];
	size_t used = journal_header(out), n;
	const char *nl;

	for (; len; len -= n, text += n) {
		nl = memchr(text, '\n', len);
		n = nl ? (size_t)(nl + 1 - text) : len;
		if (n > RECORD_MAX - 32 || memchr(text, '\0', n))
			continue;
		memcpy(line, text, n);
		line[n - (nl ? 1 : 0)] = '\0';
		used += journal_seal(out + used, line);
	}
	try(out, used);
	free(out);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	try((const char *)data, size);
	try_sealed((const char *)data, size);
	return 0;
}
