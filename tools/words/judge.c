// SPDX-License-Identifier: GPL-2.0
/*
 * judge.c - the command's side of the module's judge. Translates types, and
 * decides nothing.
 */
#include <string.h>

#include <judge/portlist.h>

#include "judge.h"

#if JUDGE_PORTS_TEXT - 1 != TCPA_PORTLIST_MAX
#error "the module advises lists of another length"
#endif

static enum tcpa_key key_named(const char *name)
{
	unsigned int key;

	for (key = TCPA_KEY_NONE + 1; key < TCPA_KEYS; key++)
		if (!strcmp(tcpa_key_name(key), name))
			return key;
	return TCPA_KEY_NONE;
}

bool judge_key_range(const char *name, __u64 *min, __u64 *max)
{
	enum tcpa_key key = key_named(name);

	*min = tcpa_key_min(key);
	*max = tcpa_key_max(key);
	/* Its number stands for the range whose listeners go on the list. */
	if (key == TCPA_KEY_RESERVED_PORTS || *min > *max)
		return false;
	if (key == TCPA_KEY_PORT_RANGE) {
		*min = TCPA_PORT_LOW(*min);
		*max = TCPA_PORT_HIGH(*max);
	}
	return true;
}

bool judge_ports_text(const unsigned long *ports, char *text)
{
	const struct tcpa_ports_sample sample = { .reserved = ports };

	if (tcpa_portlist_length(&sample, 0) >= JUDGE_PORTS_TEXT)
		return false;
	if (tcpa_portlist_count(&sample, 0))
		tcpa_portlist_text(&sample, 0, 0, text, JUDGE_PORTS_TEXT);
	else
		text[0] = '\0';
	return true;
}
