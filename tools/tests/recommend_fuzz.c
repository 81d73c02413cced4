// SPDX-License-Identifier: GPL-2.0
/*
 * recommend_fuzz.c - whatever the text, the parser of `recommend` keeps to
 * its buffers, and lets nothing through that may not be written.
 */
#include <stdlib.h>
#include <string.h>

#include "host/published_advice.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	struct recommend r;
	struct fault fault;
	size_t i;

	if (size > RECOMMEND_MAX || recommend_parse((const char *)data, size, &r, &fault))
		return 0;
	for (i = 0; i < r.nr_settings; i++)
		if (key_find(r.setting[i].key->name) != r.setting[i].key ||
		    key_check(r.setting[i].key, &r.setting[i].value))
			abort();
	for (i = 0; i < r.nr_remarks; i++)
		if (strpbrk(r.remark[i].text, "\n\033") || strpbrk(r.remark[i].subject, "\n\033"))
			abort();
	recommend_free(&r);
	return 0;
}
