/* SPDX-License-Identifier: GPL-2.0 */
/*
 * watch_log.h - the advice as entries of systemd's journal, with fields to search by.
 */
#ifndef _TCPADVISOR_WATCH_LOG_H
#define _TCPADVISOR_WATCH_LOG_H

#include "host/published_advice.h"

/* Have the journal. 0, or a negative errno after a complaint. */
int watch_log_open(void);

/* Write @r there, one entry for each change it proposes; the same errors. */
int watch_log(const struct recommend *r);

#endif /* _TCPADVISOR_WATCH_LOG_H */
