// SPDX-License-Identifier: GPL-2.0
/*
 * trial.c - a change on probation. The journal knows of it like of any other,
 * so a trial that is killed leaves nothing that `rollback` could not undo.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "apply.h"
#include "words/complain.h"
#include "words/output.h"
#include "rollback.h"
#include "host/sample.h"
#include "exit_status.h"
#include "trial.h"
#include "util.h"

/* Signals that end a trial: they wait until the trial waits. */
static void signals_hold(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGTERM);
	sigaddset(set, SIGHUP);
	sigprocmask(SIG_BLOCK, set, NULL);
}

/* Wait; 0, or -EINTR if a signal wants an end. */
static int wait_ms(__u64 ms)
{
	__u64 end = monotonic_ms() + ms, now;
	struct timespec left;
	sigset_t set;

	signals_hold(&set);
	while ((now = monotonic_ms()) < end) {
		left.tv_sec = (time_t)((end - now) / 1000);
		left.tv_nsec = (long)((end - now) % 1000) * 1000000;
		if (sigtimedwait(&set, NULL, &left) > 0)
			return -EINTR;
	}
	return 0;
}

/* What happens in one span. */
static int watch(const struct trial_spec *spec, const char *when, struct sample *span)
{
	struct sample a, b;
	int err;

	err = sample_read(&a);
	if (err)
		return err;
	complain("watching for %llu.%03llu s %s the change", spec->ms / 1000, spec->ms % 1000, when);
	err = wait_ms(spec->ms);
	/* The signal was meant for whatever is left to try, too. */
	*spec->stopped = err == -EINTR;
	if (!err)
		err = sample_read(&b);
	if (!err)
		sample_diff(&a, &b, span);
	return err;
}

static void row(const char *name, __u64 before, __u64 after)
{
	table_row();
	cell_str("counter", name);
	cell_uint("before", before);
	cell_uint("after", after);
	table_row_end();
}

static void show(const struct sample *before, const struct sample *after, bool keep,
		 const char *why)
{
	static const struct column columns[] = {
		{ .head = "TRIAL" },
		{ .head = "BEFORE", .right = true },
		{ .head = "AFTER", .right = true },
	};
	unsigned int i;

	out_object("trial");
	table_begin("counters", columns, 3);
	row("refused", counters_refused(&before->counters), counters_refused(&after->counters));
	for (i = 0; i < COUNTERS; i++)
		row(counter_name(i), before->counters.v[i], after->counters.v[i]);
	row("aborted", before->aborted, after->aborted);
	row("timewait_overflows", before->tw_overflows, after->tw_overflows);
	row("timewait_created", before->tw_created, after->tw_created);
	row("port_failures", before->port_failures, after->port_failures);
	row("opens", before->opens, after->opens);
	table_end();
	field_bool("kept", keep);
	out_text("%s: ", keep ? "Kept" : "Not kept");
	out_str("reason", "", why, ".\n");
	out_object_end();
}

/* Undo what this trial did; the steps' fates say so. */
static int take_back(struct plan *p, const struct trial_spec *spec, __u64 since)
{
	const struct undo_wish wish = { .since = since };
	struct undo_list list;
	int status;
	size_t i;

	if (rollback_changes(spec->journal, spec->ns, &wish, &list))
		return EXIT_PARTLY;
	status = rollback_status(&list);
	undo_list_free(&list);
	if (status) {
		complain("not all of it could be undone: run \"tcpadvisor rollback\"");
		return EXIT_PARTLY;
	}
	for (i = 0; i < p->nr; i++) {
		if (p->item[i].fate != STEP_DONE)
			continue;
		p->item[i].fate = STEP_LEFT;
		snprintf(p->item[i].note, sizeof(p->item[i].note), "tried, and set back");
	}
	return EXIT_FAILED;
}

int trial_run(struct plan *p, const struct trial_spec *spec)
{
	__u64 since = spec->journal->j.last_id;
	struct sample before, after;
	char why[JUDGE_TEXT];
	sigset_t set;
	bool keep;

	signals_hold(&set);
	if (watch(spec, "before", &before)) {
		complain("nothing was changed");
		return EXIT_FAILED;
	}
	if (apply_plan(p, spec->journal, spec->ns))
		return EXIT_FAILED;
	if (!plan_count(p, STEP_DONE))
		return apply_status(p);
	if (watch(spec, "after", &after)) {
		complain("the trial was cut short: setting everything back");
		return take_back(p, spec, since);
	}
	keep = sample_judge(&before, &after, why);
	show(&before, &after, keep, why);
	return keep ? apply_status(p) : take_back(p, spec, since);
}
