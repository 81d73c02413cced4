// SPDX-License-Identifier: GPL-2.0
/*
 * warnings.c - what to know before one believes the module's numbers. Does not read
 * them itself (host/health.c).
 */
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "host/health.h"
#include "warnings.h"
#include "words/output.h"

static bool any;	/* has been shown, of this namespace */

static void __attribute__((format(printf, 1, 2))) warning(const char *fmt, ...)
{
	char text[320];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (!any)
		out_array("warnings");
	any = true;
	field_str(NULL, text);
	out_color(COLOR_WARN);
	out_text("warning      %s\n", text);
	out_color(COLOR_NONE);
}

static void warn_of_probes(const struct health *h)
{
	const struct probe *p;

	for (p = h->probe; p < h->probe + h->nr_probes; p++)
		if (p->state == PROBE_MISSING || p->state == PROBE_SILENT)
			warning("the hook of %s is %s: %s", p->symbol, probe_state_name(p->state),
				p->blind);
}

static void warn_of_host(void)
{
	struct health h;

	health_read(&h);
	if (*h.version && strcmp(h.version, VERSION))
		warning("module %s is loaded, this command is %s", h.version, VERSION);
	if (h.exact_known && !h.exact)
		warning("counts are not exact here: a refusal may be missed, or counted for another listener");
	warn_of_probes(&h);
}

static bool all_zero(const struct residual *r, size_t nr)
{
	size_t i;

	for (i = 0; i < nr; i++)
		if (r[i].v)
			return false;
	return true;
}

/* A call that is under way shows for a moment: only what stays is said. */
static void warn_of_residuals(void)
{
	const struct timespec moment = { .tv_nsec = 20 * 1000 * 1000 };
	struct residual first[RESIDUALS], r[RESIDUALS];
	size_t i, nr = residuals_read(first);

	if (all_zero(first, nr))
		return;
	nanosleep(&moment, NULL);
	if (residuals_read(r) != nr)
		return;
	for (i = 0; i < nr; i++)
		if (r[i].v && r[i].v == first[i].v)
			warning("%s: the kernel has counted %lld %s than all listeners together",
				r[i].mib, r[i].v < 0 ? -r[i].v : r[i].v,
				r[i].v < 0 ? "fewer" : "more");
}

void show_warnings(void)
{
	static bool host_shown;

	any = false;
	if (!host_shown)
		warn_of_host();
	host_shown = true;
	warn_of_residuals();
	if (any)
		out_array_end();
}
