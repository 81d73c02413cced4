// SPDX-License-Identifier: GPL-2.0
/*
 * cmd_metrics.c - the command `metrics`: what is counted, for Prometheus and the
 * like. Prints it once, for a timer to put where node_exporter reads it; listens
 * nowhere, so that nothing of this is in a process that anybody can reach.
 */
#include <errno.h>
#include <string.h>

#include "command.h"
#include "host/root.h"
#include "host/snapshot.h"
#include "metric_list.h"
#include "words/complain.h"
#include "words/number.h"
#include "words/output.h"

#define WORST		20	/* addresses, destinations shown one by one */
#define WORST_MAX	1000
/* Listeners come and go; how often to begin anew until none does meanwhile. */
#define TRIES		5

static const char usage[] =
	"Usage: tcpadvisor metrics [OPTION]...\n"
	"What is counted, for Prometheus by way of node_exporter's textfile collector.\n"
	"\n"
	"      --top COUNT    addresses shown one by one, the worst first; default 20;\n"
	"                     the others are summed up as address=\"other\"\n"
	"      --openmetrics  OpenMetrics 1.0, which that collector does not read\n";

enum { OPT_TOP = 0x2000, OPT_OPENMETRICS };

static const struct option longs[] = {
	{ "top", required_argument, NULL, OPT_TOP },
	{ "openmetrics", no_argument, NULL, OPT_OPENMETRICS },
	{ 0 },
};

static __u64 top = WORST;
static bool openmetrics;

struct collected {
	struct exposition *e;
	struct addresses addresses;
};

/* All that a namespace has of listeners, as of one moment. */
struct reading {
	struct snapshot snap;
	struct totals totals;
	struct closeds before, after;	/* by address */
	bool closed;	/* there are these */
	bool whole;	/* no listener was closed meanwhile: the sums are right */
};

static int take(int c, const char *arg)
{
	if (c == OPT_OPENMETRICS) {
		openmetrics = true;
		return 0;
	}
	if (c != OPT_TOP)
		return -EINVAL;
	if (number_in(arg, 0, WORST_MAX, &top))
		return bad_argument("--top", arg, "a number from 0 to 1000");
	return 0;
}

static void reading_free(struct reading *r)
{
	snapshot_free(&r->snap);
	closeds_free(&r->before);
	closeds_free(&r->after);
}

/*
 * A listener that is closed takes its counts to closed/, between one file that is
 * read and the next: they would be there twice or not at all, and a sum that goes
 * down is, to Prometheus, a counter that started anew.
 */
static int read_once(struct reading *r, const struct netns *ns)
{
	struct totals before;
	int err = totals_read(&before);

	if (err)
		return err;
	r->closed = !closeds_read(&r->before);
	err = snapshot_read(&r->snap, ns);
	if (!err)
		err = totals_read(&r->totals);
	/* The files of one that is being closed are there a moment longer than its row. */
	r->closed = r->closed && !closeds_read(&r->after) && r->snap.listeners.tabled &&
		    !r->snap.listeners.unread;
	if (err) {
		reading_free(r);
		return err;
	}
	r->whole = before.closed_listeners == r->totals.closed_listeners &&
		   !r->snap.listeners.unread && listeners_still_there(&r->snap.listeners);
	return err;
}

static int reading_take(struct reading *r, const struct netns *ns)
{
	int err = 0, i;

	memset(r, 0, sizeof(*r));
	for (i = 0; !err && !r->whole && i < TRIES; i++) {
		if (i)
			reading_free(r);
		err = read_once(r, ns);
	}
	return err;
}

static int ports_of(struct exposition *e, const struct labels *l)
{
	struct ports p;
	int err = ports_read(&p);

	if (err)
		return err == -ENOENT ? 0 : err;
	err = ports_read_destinations(&p);
	if (err)
		return err;
	metrics_of_ports(e, l, &p, (size_t)top);
	ports_free(&p);
	return 0;
}

/* Listeners and their sums; without these the status is "partly". */
static int listeners_of(struct collected *all, const struct labels *l, const struct netns *ns,
			struct reading *r)
{
	struct counts sample;

	listeners_own(&r->snap.listeners);
	if (addresses_add(&all->addresses, ns->id.inode, &r->snap.listeners) ||
	    (r->closed &&
	     addresses_add_closed(&all->addresses, ns->id.inode, &r->before, &r->after))) {
		complain("metrics: %s", strerror(ENOMEM));
		return EXIT_FAILED;
	}
	metrics_of_totals(all->e, l, &r->totals);
	metrics_of_histograms(all->e, l, &r->snap.listeners, (size_t)top);
	if (r->closed)
		exposition_add(all->e, METRIC_EVICTED, l, (long long)r->after.evicted);
	exposition_add(all->e, METRIC_LISTENERS, l, (long long)r->snap.listeners.nr);
	metrics_of_advice(all->e, l, &r->snap.recommend);
	if (!r->whole) {
		complain("network namespace %llu: listeners close faster than they are read: no sums this time",
			 ns->id.inode);
		return EXIT_PARTLY;
	}
	counts_of(&r->totals, &r->snap.listeners, &sample);
	metrics_of_sample(all->e, l, &sample);
	return EXIT_DONE;
}

static int in_namespace(const struct netns *ns, void *arg)
{
	struct labels l = { .len = 0 }, named;
	struct collected *all = arg;
	struct reading r;
	int status;

	if (reading_take(&r, ns))
		return EXIT_FAILED;
	labels_add_u64(&l, "netns", ns->id.inode);
	named = l;
	labels_add(&named, "name", ns->name);
	exposition_add(all->e, METRIC_NETNS, &named, 1);
	status = listeners_of(all, &l, ns, &r);
	reading_free(&r);
	metrics_of_residuals(all->e, &l);
	if (metrics_of_refused(all->e, &l, (size_t)top))
		status = EXIT_PARTLY;
	return ports_of(all->e, &l) ? EXIT_FAILED : status;
}

static int collect(struct collected *all)
{
	struct health health;
	int status;

	if (!root_exists(SYSFS)) {
		/* That, too, is for Prometheus to know. */
		metrics_of_host(all->e, NULL);
		return EXIT_DONE;
	}
	health_read(&health);
	metrics_of_host(all->e, &health);
	status = netns_each(globals.netns, globals.all_netns, in_namespace, all);
	if (status < 0)
		return EXIT_FAILED;
	metrics_of_addresses(all->e, &all->addresses, (size_t)top);
	return status;
}

int cmd_metrics(int argc, char **argv)
{
	const struct command_options co = { .usage = usage, .longs = longs, .take = take };
	struct collected all = { 0 };
	int status;

	if (options_parse(argc, argv, &co, &status) < 0)
		return status;
	if (out_json()) {
		complain("metrics have a format of their own: see the other commands for --json");
		return EXIT_USAGE;
	}
	all.e = exposition_new(metric_list, METRICS);
	status = collect(&all);
	if (status != EXIT_FAILED && exposition_print(all.e, openmetrics)) {
		complain("standard output: %s", strerror(errno));
		status = EXIT_FAILED;
	}
	exposition_free(all.e);
	addresses_free(&all.addresses);
	return status;
}
