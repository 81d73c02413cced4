// SPDX-License-Identifier: GPL-2.0
/*
 * output.c - text or JSON from the same calls. JSON is built as a tree and
 * printed when it is complete; text goes out at once. Tables are in table.c.
 */
#include <err.h>
#include <errno.h>
#include <json.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "complain.h"
#include "number.h"
#include "exit_status.h"
#include "output.h"

#define DEPTH_MAX	16

static struct {
	bool json;
	bool color;
	bool lines;				/* one document a line */
	bool printed;				/* a document has been */
	struct json_object *stack[DEPTH_MAX];	/* the open objects, outermost first */
	unsigned int depth;
	FILE *wrapped;				/* collects text; else NULL */
	char *text;				/* what that has collected */
	size_t len;
	unsigned int indent;
} out;

void out_init(bool json, bool color)
{
	const char *none = getenv("NO_COLOR"), *term = getenv("TERM");

	out.json = json;
	out.color = color && !json && isatty(STDOUT_FILENO) && !(none && *none) &&
		    term && strcmp(term, "dumb");
}

bool out_json(void)
{
	return out.json;
}

static struct json_object *checked(struct json_object *o)
{
	if (!o)
		err(EXIT_FAILURE, "JSON");
	return o;
}

static void add(const char *key, struct json_object *o)
{
	struct json_object *parent = out.stack[out.depth - 1];

	if (json_object_is_type(parent, json_type_array))
		json_object_array_add(parent, o);
	else
		json_object_object_add(parent, key, o);
}

static void open_child(const char *key, struct json_object *o)
{
	checked(o);
	if (out.depth)
		add(key, o);
	if (out.depth == DEPTH_MAX)
		errx(EXIT_FAILURE, "JSON: nested too deep");
	out.stack[out.depth++] = o;
}

void out_object(const char *key)
{
	if (out.json)
		open_child(key, json_object_new_object());
}

void out_array(const char *key)
{
	if (out.json)
		open_child(key, json_object_new_array());
}

void out_object_end(void)
{
	if (out.json)
		out.depth--;
}

void out_array_end(void)
{
	out_object_end();
}

void out_begin(const char *command)
{
	out.printed = true;
	out_object(NULL);
	field_uint("schema", OUTPUT_SCHEMA);
	field_str("command", command);
}

void out_lines(void)
{
	out.lines = true;
}

/* What went wrong, if anything. */
static void add_errors(void)
{
	size_t i;

	if (!complaint_at(0))
		return;
	out_array("errors");
	for (i = 0; complaint_at(i); i++)
		field_str(NULL, complaint_at(i));
	out_array_end();
	complaints_forget();
}

int out_end(void)
{
	int style = out.lines ? JSON_C_TO_STRING_PLAIN :
		    JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED;

	notice_line_end();
	if (out.json) {
		add_errors();
		puts(json_object_to_json_string_ext(out.stack[0],
						    style | JSON_C_TO_STRING_NOSLASHESCAPE));
		json_object_put(out.stack[0]);
		out.depth = 0;
	}
	if (!fflush(stdout) && !ferror(stdout))
		return 0;
	complain("standard output: %s", strerror(errno));
	return -EIO;
}

int out_failed(const char *command, int status)
{
	if (!out.json || out.printed || status == EXIT_DONE)
		return status;
	out_begin(command);
	field_uint("exit_status", (unsigned int)status);
	return out_end() ? EXIT_FAILED : status;
}

unsigned int out_width(void)
{
	const char *columns = getenv("COLUMNS");
	struct winsize ws;
	__u64 n;

	if (columns && !number_in(columns, 1, 10000, &n))
		return (unsigned int)n;
	if (!isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &ws))
		return 0;
	return ws.ws_col;
}

void field_uint(const char *key, __u64 v)
{
	if (out.json)
		add(key, checked(json_object_new_uint64(v)));
}

void field_int(const char *key, __s64 v)
{
	if (out.json)
		add(key, checked(json_object_new_int64(v)));
}

void field_str(const char *key, const char *v)
{
	if (out.json)
		add(key, checked(json_object_new_string(v)));
}

void field_bool(const char *key, bool v)
{
	if (out.json)
		add(key, checked(json_object_new_boolean(v)));
}

void field_null(const char *key)
{
	if (out.json)
		add(key, NULL);
}

static void field_value(const char *key, const struct value *v)
{
	unsigned int i;

	if (!v->nr) {
		field_null(key);
	} else if (v->nr == VALUE_PORTS) {
		field_str(key, v->ports);
	} else if (v->nr == 1) {
		field_uint(key, v->v[0]);
	} else {
		out_array(key);
		for (i = 0; i < v->nr; i++)
			field_uint(NULL, v->v[i]);
		out_array_end();
	}
}

void out_uint(const char *key, const char *before, __u64 v, const char *after)
{
	field_uint(key, v);
	out_text("%s%llu%s", before, v, after);
}

void out_str(const char *key, const char *before, const char *v, const char *after)
{
	field_str(key, v);
	out_text("%s%s%s", before, v, after);
}

void out_value(const char *key, const char *before, const struct value *v, const char *after)
{
	char text[VALUE_TEXT];

	if (out.json)
		field_value(key, v);
	out_text("%s%s%s", before, value_shown(v, text), after);
}

void out_text(const char *fmt, ...)
{
	va_list ap;

	if (out.json)
		return;
	notice_line_end();
	va_start(ap, fmt);
	vfprintf(out.wrapped ? out.wrapped : stdout, fmt, ap);
	va_end(ap);
}

void out_paragraph(const char *key, unsigned int indent, const char *text)
{
	unsigned int width = out_width(), room;
	size_t len, cut;

	if (out.json) {
		field_str(key, text);
		return;
	}
	notice_line_end();
	if (!width || width > 100)
		width = 100;
	room = width > indent + 20 ? width - indent : 20;
	while (*text) {
		len = strlen(text);
		cut = len;
		if (len > room) {
			for (cut = room; cut && text[cut] != ' '; cut--)
				;
			if (!cut)
				cut = strcspn(text, " ");
		}
		printf("%*s%.*s\n", (int)indent, "", (int)cut, text);
		text += cut;
		text += strspn(text, " ");
	}
}

/* How many of @len bytes are seen: the sequences of out_color() are not. */
static size_t visible(const char *text, size_t len)
{
	size_t i, seen = 0;
	bool hidden = false;

	for (i = 0; i < len; i++) {
		hidden |= text[i] == '\033';
		seen += !hidden;
		hidden &= text[i] != 'm';
	}
	return seen;
}

void out_rest(size_t at, unsigned int indent, const char *text)
{
	unsigned int width = out_width();
	size_t len;

	for (; *text; text += len) {
		len = strspn(text, " ");
		len += strcspn(text + len, " ");
		if (width && at > indent && at + visible(text, len) > width) {
			out_text("\n%*s", (int)indent, "");
			at = indent;
			text += strspn(text, " ");
			len = strcspn(text, " ");
		}
		out_text("%.*s", (int)len, text);
		at += visible(text, len);
	}
	out_text("\n");
}

void out_wrap(unsigned int indent)
{
	if (out.json)
		return;
	out.indent = indent;
	out.wrapped = open_memstream(&out.text, &out.len);
	if (!out.wrapped)
		err(EXIT_FAILURE, "text");
}

void out_wrap_end(void)
{
	char *line, *rest;

	if (!out.wrapped)
		return;
	if (fclose(out.wrapped))
		err(EXIT_FAILURE, "text");
	out.wrapped = NULL;
	rest = out.text;
	while (*rest) {
		line = strsep(&rest, "\n");
		out_rest(0, out.indent, line);
		if (!rest)
			break;
	}
	free(out.text);
}

void out_color(enum color color)
{
	static const char *const codes[] = {
		[COLOR_NONE] = "\033[0m", [COLOR_GOOD] = "\033[32m",
		[COLOR_WARN] = "\033[33m", [COLOR_BAD] = "\033[31m",
		[COLOR_BOLD] = "\033[1m",
	};

	if (out.color)
		fputs(codes[color], out.wrapped ? out.wrapped : stdout);
}
