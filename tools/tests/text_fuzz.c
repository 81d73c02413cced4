// SPDX-License-Identifier: GPL-2.0
/*
 * text_fuzz.c - whatever the text, the smaller parsers keep to their buffers, and
 * an edit of our sysctl.d file sets what it is to set, once, and nothing twice.
 */
#include <stdlib.h>
#include <string.h>

#include "host/cgroup.h"
#include "host/published_listeners.h"
#include "words/number.h"
#include "change/persist.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

#define KEY	"net.core.somaxconn"

/* How many lines of @text give a value to the key, which must be @v. */
static unsigned int lines(const char *text, const struct value *v)
{
	unsigned int nr = 0;
	struct value one;

	for (; *text; text += strcspn(text, "\n")) {
		text += *text == '\n';
		if (!persist_line(text, KEY, &one))
			continue;
		nr++;
		if (!value_equal(&one, v))
			abort();
	}
	return nr;
}

static void edit(const char *text)
{
	char *once = malloc(strlen(text) + PERSIST_ROOM), *twice;
	const struct value v = value_one(4096), none = { 0 };
	const struct reason why = { .was = value_one(128), .why = "because" };

	persist_edit(text, KEY, &v, &why, once);
	if (lines(once, &v) != 1)
		abort();
	twice = malloc(strlen(once) + PERSIST_ROOM);
	persist_edit(once, KEY, &v, &why, twice);
	if (strcmp(once, twice))
		abort();
	persist_edit(once, KEY, &none, &why, twice);
	if (lines(twice, &none))
		abort();
	free(once);
	free(twice);
}

static void words(const char *text)
{
	char address[SUBJECT_MAX], label[CGROUP_LABEL], shown[VALUE_TEXT];
	struct value v, again;
	__u64 n;

	if (strlen(cgroup_unit(text, label)) >= CGROUP_LABEL ||
	    strlen(cgroup_container(text, label)) >= CGROUP_LABEL ||
	    strlen(cgroup_pod(text, label)) >= CGROUP_LABEL)
		abort();
	if (!listener_name_parse(text, address, &n) && !listener_named(text, address))
		abort();
	number_duration(text, &n);
	if (!value_parse(text, ' ', &v) &&
	    (value_parse(value_text(&v, ' ', shown), ' ', &again) || !value_equal(&v, &again)))
		abort();
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	char *text = malloc(size + 1);

	memcpy(text, data, size);
	text[size] = '\0';
	words(text);
	edit(text);
	free(text);
	return 0;
}
