/* SPDX-License-Identifier: GPL-2.0 */
/*
 * program.h - what in a program's own configuration sets the backlog that it calls
 * listen(2) with.
 */
#ifndef _TCPADVISOR_PROGRAM_H
#define _TCPADVISOR_PROGRAM_H

#include <linux/types.h>

#define PROGRAM_LINE	192

/*
 * The line for @backlog in the configuration of @program, a process's comm, for the
 * listener at @address; fills @line (PROGRAM_LINE bytes). Where it belongs, or NULL if
 * the program is not known. Pure.
 */
const char *program_setting(const char *program, const char *address, __u64 backlog, char *line);

#endif /* _TCPADVISOR_PROGRAM_H */
