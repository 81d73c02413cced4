/* SPDX-License-Identifier: GPL-2.0 */
/*
 * command.h - what the commands share: the options that every command takes, the
 * frame in which most run, and the commands themselves.
 */
#ifndef _TCPADVISOR_COMMAND_H
#define _TCPADVISOR_COMMAND_H

#include <getopt.h>
#include <stdbool.h>
#include <stddef.h>

#include "exit_status.h"
#include "host/namespaces.h"

/* Options that every command takes. */
struct globals {
	bool json;
	bool color;
	const char *netns;	/* --netns, or NULL */
	bool all_netns;
};

extern struct globals globals;

struct command {
	const char *name;
	int (*run)(int argc, char **argv);	/* an exit status */
	const char *summary;			/* one line of --help */
};

/* What a command takes besides the options of all. */
struct command_options {
	const char *usage;			/* its own --help, whole */
	const struct option *longs;		/* ends with a zeroed entry; may be NULL */
	const char *shorts;			/* may be NULL */
	/* Take option @c: 0, or -EINVAL after a complaint. */
	int (*take)(int c, const char *arg);
	int max_args;				/* operands */
	bool changes;				/* the host, not only shows it */
};

/*
 * Parse a command's options, and give up the privileges it does not need with
 * them; a @co->shorts that starts with + is of no command yet. Index of the
 * first operand, or -1 if the caller shall return *@status at once (--help, bad
 * usage).
 */
int options_parse(int argc, char **argv, const struct command_options *co, int *status);

/* Complain and return -EINVAL if a --sysroot stands in the way of a change. */
int sysroot_refuses(void);

/* Complain and return -EINVAL if both --yes and --dry-run are wanted. */
int yes_and_no(bool yes, bool dry_run);

/* Complain about an option's argument; returns -EINVAL. */
int bad_argument(const char *option, const char *arg, const char *expected);

/* Take an argument of --only or --except: 0, or -EINVAL after a complaint. */
int select_add(const char *option, const char **names, size_t *nr, const char *arg);

/*
 * The frame of most commands: one document, and in it an array "namespaces"
 * with what @fn adds for each. @fn returns an exit status. @end, if not NULL, is
 * given that of all and returns the final one, which this returns too.
 */
int run_in_namespaces(const char *command, int (*fn)(const struct netns *ns, void *arg),
		      int (*end)(int status, void *arg), void *arg);

int cmd_status(int argc, char **argv);
int cmd_listeners(int argc, char **argv);
int cmd_timewait(int argc, char **argv);
int cmd_ports(int argc, char **argv);
int cmd_explain(int argc, char **argv);
int cmd_apply(int argc, char **argv);
int cmd_rollback(int argc, char **argv);
int cmd_verify(int argc, char **argv);
int cmd_watch(int argc, char **argv);
int cmd_metrics(int argc, char **argv);
int cmd_record(int argc, char **argv);

#endif /* _TCPADVISOR_COMMAND_H */
