/* SPDX-License-Identifier: GPL-2.0 */
/*
 * symptom.h - what to type next, to find out more, for each verdict.
 */
#ifndef _TCPADVISOR_SYMPTOM_H
#define _TCPADVISOR_SYMPTOM_H

/* A command for a template (see template.h), and what it shows. */
struct look {
	const char *command;	/* {address}, {port}, {pid}, {cgroup} */
	const char *why;
};

/* The @i-th command for @verdict; NULL past the last. */
const struct look *symptom_look(const char *verdict, unsigned int i);

/* The @i-th verdict that the words of a log or an error may be of; NULL past the last. */
const char *symptom_verdict(const char *words, unsigned int i);

#endif /* _TCPADVISOR_SYMPTOM_H */
