// SPDX-License-Identifier: GPL-2.0
/*
 * complain.c - what went wrong. Messages quote names of files and namespaces, so
 * all of them are cleaned, here and nowhere else. They are kept until the document
 * they belong to is printed.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "complain.h"
#include "text.h"

#define KEPT	64	/* more are printed, but not kept */

static struct {
	char *message[KEPT];
	size_t nr;
} kept;

void complain(const char *fmt, ...)
{
	char *message = NULL;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&message, fmt, ap) < 0)
		message = NULL;
	va_end(ap);
	if (!message) {
		fprintf(stderr, "%s: out of memory\n", program_invocation_short_name);
		return;
	}
	text_clean(message);
	fprintf(stderr, "%s: %s\n", program_invocation_short_name, message);
	if (kept.nr < KEPT)
		kept.message[kept.nr++] = message;
	else
		free(message);
}

const char *complaint_at(size_t i)
{
	return i < kept.nr ? kept.message[i] : NULL;
}

void complaints_forget(void)
{
	while (kept.nr)
		free(kept.message[--kept.nr]);
}
