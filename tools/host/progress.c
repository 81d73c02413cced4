// SPDX-License-Identifier: GPL-2.0
/*
 * progress.c - what is counted while one waits. Decides nothing, and reads nothing that
 * nobody sees.
 */
#include <time.h>

#include "progress.h"
#include "util.h"
#include "words/complain.h"

#define LOOK_MS		1000	/* one look this often, */
#define LOOK_SHARE	20	/* unless looking would take more than this part of it */

void progress_show(__u64 ms, __u64 left_ms, const struct counts *so_far)
{
	notice_line("%llu s of %llu s left: %llu refused, %llu accepted, %llu connects without a port",
		    (left_ms + 999) / 1000, (ms + 999) / 1000,
		    counters_refused(&so_far->counters), so_far->counters.v[COUNT_COMPLETIONS],
		    so_far->port_failures);
}

static void sleep_ms(__u64 ms)
{
	const struct timespec span = {
		.tv_sec = (time_t)(ms / 1000),
		.tv_nsec = (long)(ms % 1000) * 1000000,
	};

	nanosleep(&span, NULL);
}

void progress_wait(__u64 ms, const struct counts *first)
{
	__u64 end = monotonic_ms() + ms, now, slice = LOOK_MS;
	struct counts so_far, d;

	while (notice_line_seen() && monotonic_ms() + slice < end) {
		sleep_ms(slice);
		now = monotonic_ms();
		if (counts_read(&so_far))
			break;
		counts_diff(first, &so_far, &d);
		slice = (monotonic_ms() - now) * LOOK_SHARE;
		if (slice < LOOK_MS)
			slice = LOOK_MS;
		now = monotonic_ms();
		progress_show(ms, now < end ? end - now : 0, &d);
	}
	now = monotonic_ms();
	if (now < end)
		sleep_ms(end - now);
	notice_line_end();
}
