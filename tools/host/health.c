// SPDX-License-Identifier: GPL-2.0
/*
 * health.c - how far the module's numbers can be trusted. Reads only; does not
 * judge.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "health.h"
#include "published.h"
#include "root.h"
#include "words/number.h"

static const char *const states[PROBE_STATES] = {
	[PROBE_ARMED] = "armed",
	[PROBE_ABSENT] = "absent",
	[PROBE_MISSING] = "missing",
	[PROBE_SILENT] = "silent",
};

const char *probe_state_name(enum probe_state state)
{
	return states[state];
}

/* "armed", or "missing: " and what is blind. False if it is none of these. */
static bool state_parse(const char *text, enum probe_state *state)
{
	size_t len = strcspn(text, ":");
	unsigned int i;

	for (i = 0; i < PROBE_STATES; i++)
		if (strlen(states[i]) == len && !strncmp(text, states[i], len)) {
			*state = i;
			return true;
		}
	return false;
}

static bool number_read(const char *dir, const char *name, __u64 *v)
{
	char buf[64];

	return root_read_line(buf, sizeof(buf), SYSFS "/%s/%s", dir, name) >= 0 &&
	       !number_u64(buf, v);
}

static bool probe_read(const char *symbol, struct probe *p)
{
	char dir[sizeof("probes/") + HEALTH_NAME], state[512], *blind;

	if (strlen(symbol) >= sizeof(p->symbol))
		return false;
	snprintf(dir, sizeof(dir), "probes/%s", symbol);
	if (root_read_line(state, sizeof(state), SYSFS "/%s/state", dir) < 0 ||
	    !state_parse(state, &p->state) || !number_read(dir, "missed", &p->missed))
		return false;
	memcpy(p->symbol, symbol, strlen(symbol) + 1);
	root_clean(p->symbol);
	blind = strstr(state, ": ");
	snprintf(p->blind, sizeof(p->blind), "%.*s", (int)sizeof(p->blind) - 1,
		 blind ? blind + 2 : "");
	root_clean(p->blind);
	return true;
}

static int by_symbol(const void *a, const void *b)
{
	const struct probe *x = a, *y = b;

	return strcmp(x->symbol, y->symbol);
}

static void probes_read(struct health *h)
{
	DIR *dir = root_opendir(SYSFS "/probes");
	struct dirent *de;

	if (!dir)
		return;
	while (h->nr_probes < PROBES_MAX && (de = readdir(dir)))
		if (de->d_name[0] != '.' && probe_read(de->d_name, &h->probe[h->nr_probes]))
			h->nr_probes++;
	closedir(dir);
	qsort(h->probe, h->nr_probes, sizeof(h->probe[0]), by_symbol);
}

/* The word in file @name of ours, "" if it cannot be read. */
static void word_read(char *word, size_t size, const char *name)
{
	if (root_read_line(word, size, "%s", name) < 0)
		word[0] = '\0';
	root_clean(word);
}

void health_read(struct health *h)
{
	char exact[8];

	memset(h, 0, sizeof(*h));
	word_read(h->version, sizeof(h->version), "/sys/module/tcpadvisor/version");
	word_read(h->hooks, sizeof(h->hooks), SYSFS "/hooks");
	word_read(exact, sizeof(exact), SYSFS "/exact");
	h->exact_known = *exact;
	h->exact = !strcmp(exact, "1");
	probes_read(h);
}

size_t residuals_read(struct residual *r)
{
	static const char *const mibs[RESIDUALS] = {
		"ListenOverflows", "ListenDrops", "TCPReqQFullDrop",
		"TCPReqQFullDoCookies", "SyncookiesSent",
	};
	size_t i, nr = 0;
	char text[32], *end;

	for (i = 0; i < RESIDUALS; i++) {
		if (root_read_line(text, sizeof(text), SYSFS "/residual/%s", mibs[i]) <= 0)
			continue;
		errno = 0;
		r[nr].v = strtoll(text, &end, 10);
		if (errno || *end)
			continue;
		r[nr++].mib = mibs[i];
	}
	return nr;
}
