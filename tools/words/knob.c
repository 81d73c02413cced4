// SPDX-License-Identifier: GPL-2.0
/*
 * knob.c - finding one's way in the catalogue.
 */
#include <stddef.h>
#include <string.h>

#include "knob.h"

const struct tcpa_verdict_prose *verdict_find(const char *name)
{
	const struct tcpa_verdict_prose *v;
	unsigned int i;

	for (i = 0; (v = tcpa_verdict_prose(i)); i++)
		if (!strcmp(v->name, name))
			return v;
	return NULL;
}

const struct tcpa_knob_prose *knob_find(const char *name)
{
	const struct tcpa_knob_prose *k, *found = NULL;
	const char *last;
	unsigned int i;

	for (i = 0; (k = tcpa_knob_prose(i)); i++) {
		if (!strcmp(k->name, name))
			return k;
		last = strrchr(k->name, '.');
		if (!last || strcmp(last + 1, name))
			continue;
		if (found)
			return NULL;
		found = k;
	}
	return found;
}
