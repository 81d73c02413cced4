/* SPDX-License-Identifier: GPL-2.0 */
/*
 * judge.h - what the command uses of the module's judge, which compiles in user
 * space too: the range in which it advises a key, and how it writes a list of
 * ports. Beside this, knob.h has the catalogue's prose.
 */
#ifndef _TCPADVISOR_JUDGE_H
#define _TCPADVISOR_JUDGE_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

/* Longest list of ports that the module advises, and NUL. */
#define JUDGE_PORTS_TEXT	1025

/*
 * The range, inclusive, of each number of @key that the module may advise. False
 * if it never advises @key, or advises no numbers for it.
 */
bool judge_key_range(const char *key, __u64 *min, __u64 *max);

/*
 * The ports of a bitmap of 65536 bits as the module writes them, "" if there are
 * none, in @text (JUDGE_PORTS_TEXT bytes). False if that is longer.
 */
bool judge_ports_text(const unsigned long *ports, char *text);

#endif /* _TCPADVISOR_JUDGE_H */
