// SPDX-License-Identifier: GPL-2.0
/*
 * events.c - the tracepoints' own code, which the kernel's macros make of events.h.
 *
 * Context: that of each event.
 * Does not: anything besides.
 */
#define CREATE_TRACE_POINTS
#include "trace/events.h"
