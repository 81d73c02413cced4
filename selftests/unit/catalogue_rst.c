// SPDX-License-Identifier: GPL-2.0
/*
 * catalogue_rst.c - the catalogue as Documentation/recommendations.rst.
 *
 * Does not: add to what catalogue.def says, but for headings and a preface.
 */
#include "catalogue_rst.h"

#include <string.h>

#include "../../module/judge/prose.h"

#define WIDTH	80

static const char preface[] =
	"..\x20SPDX-License-Identifier: GPL-2.0\n"
	".. Made of module/judge/catalogue.def by `make -C selftests/unit catalogue`.\n"
	"\n"
	"==============================\n"
	"Catalogue of recommendations\n"
	"==============================\n"
	"\n"
	"What tcpadvisor says, when, and why. The terms, the formulas and the sizes are in\n"
	"judgement.rst.\n"
	"\n"
	"``tcpadvisor rollback`` undoes what ``tcpadvisor apply`` did; by hand, write the\n"
	"old value back, which the first comment of each key names (``old -> new``).\n"
	"\n"
	"``selftests/advice/scenarios.sh`` has, for each verdict on a listener, real\n"
	"servers that must get it and near twins that must not. ``make advice`` runs them\n"
	"all at half, once and twice the load, follows the advice, repeats the load, and\n"
	"prints the verdicts expected and given, refusals before and after, and what the\n"
	"usual guides and bpftune make of the same; ``make test`` runs some of them once.\n";

static void underline(FILE *out, const char *title, char with)
{
	size_t n;

	fprintf(out, "%s\n", title);
	for (n = strlen(title); n > 0; n--)
		fputc(with, out);
	fputc('\n', out);
}

static void chapter(FILE *out, const char *title, const char *about)
{
	fputs("\n\n", out);
	underline(out, title, '=');
	fprintf(out, "\n%s\n", about);
}

static void section(FILE *out, const char *title)
{
	fputc('\n', out);
	underline(out, title, '-');
	fputc('\n', out);
}

/* ":name: text", broken between words and indented by three. */
static void field(FILE *out, const char *name, const char *text)
{
	int column = fprintf(out, ":%s:", name);

	while (*text) {
		int n = (int)strcspn(text, " ");

		if (column + 1 + n > WIDTH)
			column = fprintf(out, "\n   %.*s", n, text) - 1;
		else
			column += fprintf(out, " %.*s", n, text);
		text += n;
		text += strspn(text, " ");
	}
	fputc('\n', out);
}

static void verdicts(FILE *out)
{
	const struct tcpa_verdict_prose *v;
	unsigned int i;

	chapter(out, "Verdicts",
		"What they mean. In which order they are tried is in judgement.rst.");
	for (i = 0; (v = tcpa_verdict_prose(i)); i++) {
		section(out, v->name);
		field(out, "Means", v->meaning);
		field(out, "What helps", v->cure);
		field(out, "What does not", v->no_cure);
	}
}

static void rules(FILE *out, int negative)
{
	const struct tcpa_rule_prose *r;
	unsigned int i;

	for (i = 0; (r = tcpa_rule_prose(i)); i++) {
		if (r->negative != negative)
			continue;
		section(out, r->name);
		if (r->says)
			field(out, "Says", r->says);
		field(out, "Signal", r->signal);
		field(out, "Threshold", r->threshold);
		field(out, "Arithmetic", r->arithmetic);
		field(out, "Key", r->sets);
		field(out, "Risk", r->risk);
		field(out, "Undo", r->undo);
		field(out, "Source", r->source);
	}
}

static void knobs(FILE *out)
{
	const struct tcpa_knob_prose *k;
	unsigned int i;

	chapter(out, "Knobs",
		"What tuning guides say of each, and what is true: ``tcpadvisor explain NAME``.");
	for (i = 0; (k = tcpa_knob_prose(i)); i++) {
		section(out, k->name);
		field(out, "Guides say", k->guides);
		field(out, "The kernel", k->truth);
		field(out, "It matters if", k->matters);
		field(out, "tcpadvisor", k->answer);
	}
}

void catalogue_rst(FILE *out)
{
	fputs(preface, out);
	verdicts(out);
	chapter(out, "Findings",
		"The signal that is looked at, the threshold and why it is that, the arithmetic\n"
		"of a proposed value, the key that is set if any, the risk of following the\n"
		"advice, how to undo it, and the source of the claim. A sentence has its numbers\n"
		"in braces; those on listeners and ports are worded in ``reason.c``.");
	rules(out, 0);
	chapter(out, "Negative answers",
		"What a guide would have the operator try, and that does not help with what was\n"
		"found. They are given beside findings only.");
	rules(out, 1);
	knobs(out);
}
