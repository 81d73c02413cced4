// SPDX-License-Identifier: GPL-2.0
/*
 * complain.c - what went wrong. Messages quote names of files and namespaces, so
 * all of them are cleaned, here and nowhere else. They are kept until the document
 * they belong to is printed.
 */
#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "complain.h"
#include "printable.h"

#define KEPT	64	/* more are kept only while they may not be printed */

static struct {
	char **message;
	size_t nr;
	size_t room;
	bool held;
	size_t nr_printed;
} kept;

static bool line_shown;	/* by notice_line(), and not taken away yet */
static char line_prefix[64];

static void print(const char *message)
{
	notice_line_end();
	fprintf(stderr, "%s: %s\n", program_invocation_short_name, message);
}

static bool takes_it(void)
{
	struct pollfd pfd = { .fd = STDERR_FILENO, .events = POLLOUT };

	return poll(&pfd, 1, 0) == 1 && pfd.revents & POLLOUT;
}

void notice(const char *fmt, ...)
{
	va_list ap;

	if (!takes_it())
		return;
	notice_line_end();
	va_start(ap, fmt);
	fprintf(stderr, "%s: ", program_invocation_short_name);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
	va_end(ap);
}

bool notice_line_seen(void)
{
	return isatty(STDERR_FILENO);
}

void notice_line_prefix(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line_prefix, sizeof(line_prefix), fmt, ap);
	va_end(ap);
}

void notice_line(const char *fmt, ...)
{
	va_list ap;

	if (!notice_line_seen() || !takes_it())
		return;
	va_start(ap, fmt);
	fprintf(stderr, "\r\033[K%s", line_prefix);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	line_shown = true;
}

void notice_line_end(void)
{
	if (line_shown && takes_it())
		fputs("\r\033[K", stderr);
	line_shown = false;
}

/* Keep @message, which is freed if that is not to be. */
static void keep(char *message)
{
	char **more;

	if (kept.nr == kept.room && (kept.room < KEPT || kept.held)) {
		more = reallocarray(kept.message, kept.room + KEPT, sizeof(*more));
		if (more) {
			kept.message = more;
			kept.room += KEPT;
		}
	}
	if (kept.nr < kept.room)
		kept.message[kept.nr++] = message;
	else
		free(message);
}

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
	printable(message);
	if (!kept.held)
		print(message);
	keep(message);
}

void complaints_hold(void)
{
	kept.held = true;
	kept.nr_printed = kept.nr;
}

void complaints_release(void)
{
	kept.held = false;
	for (; kept.nr_printed < kept.nr; kept.nr_printed++)
		print(kept.message[kept.nr_printed]);
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
