// SPDX-License-Identifier: GPL-2.0
/*
 * trial.c - a change on probation. The journal knows of it like of any other,
 * so a trial that is killed leaves nothing that `rollback` could not undo. What is read
 * at boot is written only once the change has helped.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "apply.h"
#include "audit.h"
#include "forecast.h"
#include "words/complain.h"
#include "words/output.h"
#include "rollback.h"
#include "host/counts.h"
#include "host/progress.h"
#include "exit_status.h"
#include "trial.h"
#include "util.h"

#define SLICES		20	/* looks in a span, */
#define SLICE_MS	1000	/* or one this often, */
#define LOOK_SHARE	20	/* unless looking would take more than this part of it */

/* Whatever would end this process does so by default, and may be asked to wait. */
static void signals_that_end(sigset_t *set)
{
	static const int others[] = {
		/* faults, that cannot wait */
		SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS,
		/* what ends nothing */
		SIGCHLD, SIGCONT, SIGURG, SIGWINCH,
	};
	struct sigaction now;
	size_t i;
	int sig;

	sigfillset(set);
	for (i = 0; i < ARRAY_SIZE(others); i++)
		sigdelset(set, others[i]);
	/*
	 * What nohup(1) ignores, for one, would be seen all the same if it were asked to
	 * wait. With SIGTERM `rollback --end-trial` comes.
	 */
	for (sig = 1; sig <= SIGRTMAX; sig++)
		if (sig != SIGTERM && !sigaction(sig, NULL, &now) && now.sa_handler == SIG_IGN)
			sigdelset(set, sig);
}

/* What was to wait before a trial. */
static sigset_t held_before;

/*
 * From here on a signal waits until the trial waits: a change on probation is never
 * left behind. A reader that is gone, or Ctrl-Z, is nothing to it.
 */
static void signals_hold(void)
{
	sigset_t set;

	signal(SIGPIPE, SIG_IGN);
	signal(SIGTSTP, SIG_IGN);
	signal(SIGTTIN, SIG_IGN);
	signal(SIGTTOU, SIG_IGN);
	signals_that_end(&set);
	sigprocmask(SIG_BLOCK, &set, &held_before);
}

/* All is decided, and what is left is to show it, for which somebody may not wait. */
static void signals_release(const struct trial_spec *spec)
{
	static const struct timespec none;
	sigset_t set;

	journal_settle(spec->journal);
	signals_that_end(&set);
	while (sigtimedwait(&set, NULL, &none) > 0)
		*spec->stopped = true;
	sigprocmask(SIG_SETMASK, &held_before, NULL);
}

/* Wait; 0, or -EINTR if a signal wants an end. */
static int wait_until(__u64 end)
{
	struct timespec left;
	sigset_t set;
	__u64 now;

	signals_that_end(&set);
	/* A signal that waits already is seen even if there is no time left. */
	do {
		now = monotonic_ms();
		now = now < end ? end - now : 0;
		left.tv_sec = (time_t)(now / 1000);
		left.tv_nsec = (long)(now % 1000) * 1000000;
		if (sigtimedwait(&set, NULL, &left) > 0)
			return -EINTR;
	} while (monotonic_ms() < end);
	return 0;
}

/* How long until the next look, if the last one took @took ms. */
static __u64 slice(const struct trial_spec *spec, __u64 took)
{
	__u64 ms = spec->ms / SLICES;

	if (ms > SLICE_MS)
		ms = SLICE_MS;
	return ms < took * LOOK_SHARE ? took * LOOK_SHARE : ms + 1;
}

/*
 * What happens in one span. 0; 1, with @why, if it is clearly worse than @before
 * (which may be NULL) and goes no further; or a negative errno.
 */
static int watch(const struct trial_spec *spec, const struct counts *before, struct counts *span,
		 char *why)
{
	__u64 end, now, took = 0;
	struct counts a, b;
	int err;

	/* A signal may end it before the first look. */
	memset(span, 0, sizeof(*span));
	err = counts_read(&a);
	/* To look takes a while itself: the span is what lies between two looks. */
	end = monotonic_ms() + spec->ms;
	notice("watching for %llu.%03llu s %s the change", spec->ms / 1000, spec->ms % 1000,
	       before ? "after" : "before");
	while (!err) {
		now = monotonic_ms() + slice(spec, took);
		err = wait_until(now < end ? now : end);
		/* The signal was meant for whatever is left to try, too. */
		*spec->stopped = err == -EINTR;
		now = monotonic_ms();
		if (!err)
			err = counts_read(&b);
		if (err)
			break;
		took = monotonic_ms() - now;
		counts_diff(&a, &b, span);
		progress_show(spec->ms, end > now ? end - now : 0, span);
		if (before && counts_clearly_worse(before, span, why)) {
			err = 1;
			break;
		}
		if (now >= end)
			break;
	}
	notice_line_end();
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

static void show(const struct counts *before, const struct counts *after,
		 const struct forecasts *predicted, bool early, bool keep, const char *why)
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
	forecasts_show(predicted);
	field_bool("kept", keep);
	field_bool("ended_early", early);
	out_wrap(0);
	out_text("%s%s: ", keep ? "Kept" : "Not kept", early ? ", and ended early" : "");
	out_str("reason", "", why, ".\n");
	out_wrap_end();
	out_object_end();
}

/* What is still planned is not done. */
static void leave_planned(struct plan *p, enum fate f, const char *note)
{
	size_t i;

	for (i = 0; i < p->nr; i++)
		if (p->item[i].fate == STEP_PLANNED)
			step_leave(&p->item[i], f, note);
}

/* What has helped is kept, over a reboot too if that was planned; an exit status. */
static int keep_it(struct plan *p, const struct trial_spec *spec)
{
	if (plan_count(p, STEP_PLANNED) &&
	    apply_plan(p, spec->journal, spec->ns, APPLY_AT_BOOT))
		leave_planned(p, STEP_FAILED, "not written");
	return apply_status(p);
}

/* Undo what this trial did; the steps' fates say so. */
static int take_back(struct plan *p, const struct trial_spec *spec, __u64 since)
{
	const struct undo_wish wish = { .since = since };
	struct undo_list list;
	int status = EXIT_FAILED;
	size_t i;

	leave_planned(p, STEP_LEFT, "not written: the trial was not kept");
	spec->journal->verb = "trial undone";
	if (!rollback_changes(spec->journal, spec->ns, &wish, &list)) {
		status = rollback_status(&list);
		undo_list_free(&list);
	}
	if (status) {
		complain("not all of it could be undone: run \"tcpadvisor rollback\"");
		return EXIT_PARTLY;
	}
	for (i = 0; i < p->nr; i++)
		if (p->item[i].fate == STEP_DONE)
			step_leave(&p->item[i], STEP_LEFT, "tried, and set back");
	return EXIT_FAILED;
}

/* The first span saw no loss: a trial could prove nothing, and costs evidence. */
static int not_tried(struct plan *p, const char *why)
{
	leave_planned(p, STEP_LEFT, "not tried");
	out_object("trial");
	field_bool("kept", false);
	field_bool("ended_early", true);
	out_wrap(0);
	out_str("reason", "Not tried: ", why, ".\n");
	out_wrap_end();
	out_object_end();
	return EXIT_FAILED;
}

/* The change is made, and watched; an exit status. */
static int try(struct plan *p, const struct trial_spec *spec, const struct counts *before,
	       struct forecasts *predicted)
{
	__u64 since = spec->journal->j.last_id;
	struct counts after;
	char why[JUDGE_TEXT];
	int ended, status;
	bool keep;

	if (apply_plan(p, spec->journal, spec->ns, APPLY_NOW) || !plan_count(p, STEP_DONE)) {
		leave_planned(p, STEP_LEFT, "not tried");
		signals_release(spec);
		complaints_release();
		return EXIT_FAILED;
	}
	ended = watch(spec, before, &after, why);
	keep = !ended && counts_judge(before, &after, why);
	/* While the change is in force. */
	if (ended >= 0)
		forecasts_meet(predicted);
	status = keep ? keep_it(p, spec) : take_back(p, spec, since);
	audit_note(spec->journal->dir, keep ? "trial kept" : "trial not kept",
		   ended < 0 ? "cut short" : why);
	forecasts_note(predicted, spec->journal->dir);
	audit_flush();
	signals_release(spec);
	complaints_release();
	if (ended < 0)
		complain("the trial was cut short%s",
			 status == EXIT_PARTLY ? "" : ": everything was set back");
	else
		show(before, &after, predicted, ended, keep, why);
	return status;
}

/* With signals held, which try() gives up before it shows what came of it. */
static int run_held(struct plan *p, const struct trial_spec *spec)
{
	struct forecasts predicted;
	struct counts before;
	char why[JUDGE_TEXT];
	int status;

	journal_says(spec->journal, "trial");
	if (watch(spec, NULL, &before, why)) {
		complain("nothing was changed");
		return EXIT_FAILED;
	}
	if (!counts_has_loss(&before, why))
		return not_tried(p, why);
	if (forecasts_make(&predicted, p)) {
		complain("nothing was changed");
		return EXIT_FAILED;
	}
	/* Who does not read must not keep it from being undone. */
	complaints_hold();
	spec->journal->verb = "trial";
	status = try(p, spec, &before, &predicted);
	forecasts_free(&predicted);
	return status;
}

int trial_run(struct plan *p, const struct trial_spec *spec)
{
	int status;

	signals_hold();
	status = run_held(p, spec);
	signals_release(spec);
	return status;
}
