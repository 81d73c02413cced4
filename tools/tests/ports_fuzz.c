// SPDX-License-Identifier: GPL-2.0
/*
 * ports_fuzz.c - whatever the text, the parser of ports/destinations keeps to
 * its buffers, and lets nothing through that a terminal must not be given.
 */
#include <stdlib.h>

#include "host/published_ports.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static bool printable(const char *s)
{
	for (; *s; s++)
		if (*s < ' ' || *s > '~')
			return false;
	return true;
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	struct fault fault;
	struct ports p;
	size_t i;

	if (destinations_parse((const char *)data, size, &p, &fault)) {
		if (p.item || p.nr || !printable(fault.found))
			abort();
		return 0;
	}
	for (i = 0; i < p.nr; i++)
		if (!printable(p.item[i].source) || !printable(p.item[i].peer) ||
		    !printable(p.item[i].program) || p.item[i].pid < 0)
			abort();
	ports_free(&p);
	return 0;
}
