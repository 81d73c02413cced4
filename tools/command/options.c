// SPDX-License-Identifier: GPL-2.0
/*
 * options.c - the options that every command takes, before or after its name,
 * merged with its own.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "change/plan.h"
#include "command.h"
#include "host/privilege.h"
#include "host/root.h"
#include "words/complain.h"
#include "words/output.h"

#define LONGS_MAX	32

struct globals globals = { .color = true };

enum {
	OPT_JSON = 0x1000,
	OPT_NETNS,
	OPT_ALL_NETNS,
	OPT_SYSROOT,
	OPT_NO_COLOR,
};

static const struct option global_longs[] = {
	{ "json", no_argument, NULL, OPT_JSON },
	{ "netns", required_argument, NULL, OPT_NETNS },
	{ "all-netns", no_argument, NULL, OPT_ALL_NETNS },
	{ "sysroot", required_argument, NULL, OPT_SYSROOT },
	{ "no-color", no_argument, NULL, OPT_NO_COLOR },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ 0 },
};

int bad_argument(const char *option, const char *arg, const char *expected)
{
	complain("%s: found \"%s\": expected %s", option, arg, expected);
	return -EINVAL;
}

int select_add(const char *option, const char **names, size_t *nr, const char *arg)
{
	if (!key_find(arg) && !strchr(arg, ':'))
		return bad_argument(option, arg, "a sysctl that this tool may set, or ADDR:PORT");
	if (*nr == SELECT_MAX)
		return bad_argument(option, arg, "no more of these");
	names[(*nr)++] = arg;
	return 0;
}

static int take_sysroot(const char *dir)
{
	int err = root_set(dir);

	if (err)
		complain("--sysroot %s: %s", dir, err != -EPERM ? strerror(-err) :
			 "must belong to you or root, and be writable by nobody else");
	return err;
}

/* 0 if it was a global option, 1 if not, or a negative errno. */
static int take_global(int c, const char *arg)
{
	switch (c) {
	case OPT_JSON:
		globals.json = true;
		return 0;
	case OPT_NETNS:
		globals.netns = arg;
		return 0;
	case OPT_ALL_NETNS:
		globals.all_netns = true;
		return 0;
	case OPT_SYSROOT:
		return take_sysroot(arg);
	case OPT_NO_COLOR:
		globals.color = false;
		return 0;
	}
	return 1;
}

/* Only what the tests run changes anything there: see the Makefile. */
static bool sysroot_takes_changes(void)
{
#ifdef CHANGE_SYSROOT
	return true;
#else
	return false;
#endif
}

int sysroot_refuses(void)
{
	if (root_is_live() || sysroot_takes_changes())
		return 0;
	complain("--sysroot is for looking at a recorded host: nothing is changed there");
	return -EINVAL;
}

static int check_globals(void)
{
	if (globals.netns && globals.all_netns) {
		complain("--netns and --all-netns exclude each other");
		return -EINVAL;
	}
	if (!root_is_live() && (globals.netns || globals.all_netns)) {
		complain("--sysroot holds one namespace: --netns and --all-netns need the running host");
		return -EINVAL;
	}
	return 0;
}

static size_t append(struct option *all, size_t nr, const struct option *more)
{
	for (; more && more->name && nr < LONGS_MAX - 1; more++)
		all[nr++] = *more;
	return nr;
}

static int loop(int argc, char **argv, const struct command_options *co, const char *shorts,
		const struct option *all)
{
	int c, ret;

	optind = 0;
	while ((c = getopt_long(argc, argv, shorts, all, NULL)) != -1) {
		if (c == 'h') {
			fputs(co->usage, stdout);
			return 1;
		}
		if (c == 'V') {
			puts("tcpadvisor " VERSION);
			return 1;
		}
		if (c == '?')
			return -EINVAL;
		ret = take_global(c, optarg);
		if (ret > 0)
			ret = co->take(c, optarg);
		if (ret)
			return ret;
	}
	return check_globals();
}

/* A recorded host has no processes and no namespaces. */
static unsigned int needs(const struct command_options *co)
{
	unsigned int n = NEED_LOOK;

	if (!root_is_live() && !sysroot_takes_changes())
		return 0;
	if (globals.netns || globals.all_netns)
		n |= NEED_ENTER;
	if (co->changes)
		n |= NEED_CHANGE;
	return n;
}

int options_parse(int argc, char **argv, const struct command_options *co, int *status)
{
	struct option all[LONGS_MAX] = { { 0 } };
	char shorts[64];
	int ret, args;

	append(all, append(all, 0, global_longs), co->longs);
	snprintf(shorts, sizeof(shorts), "%shV", co->shorts ? co->shorts : "");
	ret = loop(argc, argv, co, shorts, all);
	out_init(globals.json, globals.color);
	args = argc - optind;
	if (!ret && args > co->max_args) {
		complain("found \"%s\": one operand too many", argv[optind + co->max_args]);
		ret = -EINVAL;
	}
	/* The command's name stops the first pass: more will follow. */
	if (!ret && shorts[0] != '+' && privilege_drop(needs(co))) {
		*status = EXIT_FAILED;
		return -1;
	}
	if (!ret)
		return optind;
	*status = ret > 0 ? EXIT_DONE : EXIT_USAGE;
	if (ret < 0)
		fputs("Try \"tcpadvisor --help\" or \"man tcpadvisor\".\n", stderr);
	return -1;
}
