// SPDX-License-Identifier: GPL-2.0
/*
 * csv.c - comma-separated values, RFC 4180, to standard output.
 */
#include <stdio.h>
#include <string.h>

#include "csv.h"

void csv_cell(const char *text)
{
	if (!strpbrk(text, ",\"\r\n")) {
		fputs(text, stdout);
		return;
	}
	putchar('"');
	for (; *text; text++) {
		if (*text == '"')
			putchar('"');
		putchar(*text);
	}
	putchar('"');
}
