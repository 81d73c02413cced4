// SPDX-License-Identifier: GPL-2.0
/*
 * seal_helper.c - make journal lines of records on standard input, so that a
 * test can write a journal as another run would have left it.
 */
#include <stdio.h>
#include <string.h>

#include "change/journal.h"

int main(void)
{
	char line[RECORD_MAX - 32], out[RECORD_MAX];

	while (fgets(line, sizeof(line), stdin)) {
		line[strcspn(line, "\n")] = '\0';
		journal_seal(out, line);
		fputs(out, stdout);
	}
	return 0;
}
