// SPDX-License-Identifier: GPL-2.0
/*
 * exposition.c - metrics as text. The two formats differ in what they call a metric
 * with a suffix, and in an end mark. Does not know what the metrics are about.
 */
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exit_status.h"
#include "exposition.h"

struct exposition {
	const struct metric *metrics;
	size_t nr;
	struct values {
		FILE *stream;	/* NULL: none yet */
		char *text;
		size_t len;
	} of[];			/* one for each metric */
};

static const struct {
	const char *suffix;
	const char *type;		/* for promtool, */
	const char *openmetrics_type;	/* and in OpenMetrics */
} types[] = {
	[METRIC_GAUGE] = { "", "gauge", "gauge" },
	[METRIC_COUNTER] = { "_total", "counter", "counter" },
	[METRIC_INFO] = { "_info", "gauge", "info" },
	[METRIC_HISTOGRAM] = { "", "histogram", "histogram" },
};

/* Bytes that @c takes in a quoted value. */
static size_t quoted_len(char c)
{
	return c == '"' || c == '\\' || c == '\n' ? 2 : 1;
}

void labels_add(struct labels *l, const char *name, const char *value)
{
	size_t room = strlen(name) + sizeof(",=\"\"");
	const char *c;

	for (c = value; *c; c++)
		room += quoted_len(*c);
	if (!*value || l->len + room > sizeof(l->text))
		return;
	l->len += (size_t)sprintf(l->text + l->len, "%s%s=\"", l->len ? "," : "", name);
	for (c = value; *c; c++) {
		if (quoted_len(*c) == 2)
			l->text[l->len++] = '\\';
		l->text[l->len++] = *c == '\n' ? 'n' : *c;
	}
	l->text[l->len++] = '"';
	l->text[l->len] = '\0';
}

void labels_add_u64(struct labels *l, const char *name, __u64 value)
{
	char text[24];

	snprintf(text, sizeof(text), "%llu", value);
	labels_add(l, name, text);
}

struct exposition *exposition_new(const struct metric *metrics, size_t nr)
{
	struct exposition *e = calloc(1, sizeof(*e) + nr * sizeof(e->of[0]));

	if (!e)
		err(EXIT_FAILED, "metrics");
	e->metrics = metrics;
	e->nr = nr;
	return e;
}

/* A line of the metric at index @metric, with @suffix to its name. */
static void add_line(struct exposition *e, unsigned int metric, const char *suffix,
		     const struct labels *l, const char *value)
{
	struct values *of = &e->of[metric];

	if (!of->stream)
		of->stream = open_memstream(&of->text, &of->len);
	if (!of->stream)
		err(EXIT_FAILED, "metrics");
	fprintf(of->stream, "%s%s", e->metrics[metric].name, suffix);
	if (l->len)
		fprintf(of->stream, "{%s}", l->text);
	if (fprintf(of->stream, " %s\n", value) < 0)
		err(EXIT_FAILED, "metrics");
}

static void add_u64(struct exposition *e, unsigned int metric, const char *suffix,
		    const struct labels *l, __u64 v)
{
	char text[24];

	snprintf(text, sizeof(text), "%llu", v);
	add_line(e, metric, suffix, l, text);
}

void exposition_add(struct exposition *e, unsigned int metric, const struct labels *l,
		    long long v)
{
	char text[24];

	snprintf(text, sizeof(text), "%lld", v);
	add_line(e, metric, types[e->metrics[metric].type].suffix, l, text);
}

void exposition_add_histogram(struct exposition *e, unsigned int metric, const struct labels *l,
			      const struct bucket *b, size_t nr, const char *sum)
{
	struct labels more;
	__u64 n = 0;
	size_t i;

	for (i = 0; i < nr; i++) {
		n += b[i].n;
		more = *l;
		labels_add(&more, "le", b[i].le);
		add_u64(e, metric, "_bucket", &more, n);
	}
	add_u64(e, metric, "_count", l, n);
	add_line(e, metric, "_sum", l, sum);
}

static void print_head(const struct metric *m, bool openmetrics)
{
	const char *suffix = openmetrics ? "" : types[m->type].suffix;

	printf("# HELP %s%s %s\n", m->name, suffix, m->help);
	printf("# TYPE %s%s %s\n", m->name, suffix,
	       openmetrics ? types[m->type].openmetrics_type : types[m->type].type);
}

int exposition_print(struct exposition *e, bool openmetrics)
{
	size_t i;

	for (i = 0; i < e->nr; i++) {
		if (!e->of[i].stream)
			continue;
		if (fflush(e->of[i].stream))
			err(EXIT_FAILED, "metrics");
		print_head(&e->metrics[i], openmetrics);
		fwrite(e->of[i].text, 1, e->of[i].len, stdout);
	}
	/* A comment to those who read the other format. */
	puts("# EOF");
	return fflush(stdout) || ferror(stdout) ? -EIO : 0;
}

void exposition_free(struct exposition *e)
{
	size_t i;

	for (i = 0; i < e->nr; i++) {
		if (e->of[i].stream)
			fclose(e->of[i].stream);
		free(e->of[i].text);
	}
	free(e);
}
