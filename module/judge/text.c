// SPDX-License-Identifier: GPL-2.0
/*
 * text.c - a bounded buffer that only ever holds whole lines.
 *
 * Context: any; pure. At most 192 bytes of stack for a piece of text.
 * Does not: know what the text is about.
 */
#include "text.h"

#define PIECE 192

void tcpa_text_init(struct tcpa_text *t, char *buf, size_t room)
{
	t->buf = buf;
	t->room = room;
	t->len = 0;
	t->column = 0;
	t->full = false;
	if (room)
		buf[0] = '\0';
}

static void put(struct tcpa_text *t, const char *s, size_t n)
{
	if (t->full || t->len >= t->room || n >= t->room - t->len) {
		t->full = true;
		return;
	}
	memcpy(t->buf + t->len, s, n);
	t->len += n;
	t->buf[t->len] = '\0';
	t->column += n;
}

void tcpa_text_end(struct tcpa_text *t)
{
	put(t, "\n", 1);
	t->column = 0;
}

/* One word and the blanks in front of it. */
static void put_word(struct tcpa_text *t, const char *s, size_t blanks, size_t n)
{
	if (blanks && t->column + blanks + n > TCPA_TEXT_WIDTH) {
		tcpa_text_end(t);
		put(t, "#   ", 4);
		put(t, s + blanks, n);
	} else {
		put(t, s, blanks + n);
	}
}

void tcpa_text_say(struct tcpa_text *t, const char *fmt, ...)
{
	char piece[PIECE];
	const char *s = piece;
	va_list args;

	va_start(args, fmt);
	vscnprintf(piece, sizeof(piece), fmt, args);
	va_end(args);
	while (*s) {
		size_t blanks = strspn(s, " ");
		size_t n = strcspn(s + blanks, " ");

		put_word(t, s, blanks, n);
		s += blanks + n;
	}
}

void tcpa_text_start(struct tcpa_text *t, const char *fmt, ...)
{
	char piece[PIECE];
	va_list args;

	va_start(args, fmt);
	put(t, piece, vscnprintf(piece, sizeof(piece), fmt, args));
	va_end(args);
}

void tcpa_text_line(struct tcpa_text *t, const char *fmt, ...)
{
	char piece[PIECE];
	va_list args;

	va_start(args, fmt);
	put(t, piece, vscnprintf(piece, sizeof(piece), fmt, args));
	va_end(args);
	tcpa_text_end(t);
}

size_t tcpa_text_mark(struct tcpa_text *t)
{
	t->full = false;
	return t->len;
}

bool tcpa_text_undo_if_full(struct tcpa_text *t, size_t mark)
{
	if (!t->full)
		return false;
	t->len = mark;
	t->column = 0;
	t->full = false;
	if (t->len < t->room)
		t->buf[t->len] = '\0';
	return true;
}
