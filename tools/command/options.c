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
#include "words/guess.h"
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

/*
 * A key by its name or what is behind its last dot, if that is one key's alone; NULL,
 * and then @guess.
 */
static const struct key *key_meant(const char *name, struct guess *guess)
{
	const struct key *k, *found = key_find(name);
	unsigned int i, nr = 0;

	if (found)
		return found;
	for (i = 0; (k = key_at(i)); i++) {
		guess_try(guess, name, k->name);
		if (strcmp(strrchr(k->name, '.') + 1, name))
			continue;
		found = k;
		nr++;
	}
	return nr == 1 ? found : NULL;
}

int select_add(const char *option, const char **names, size_t *nr, const char *arg)
{
	struct guess guess = { .name = NULL };
	const struct key *k = key_meant(arg, &guess);
	char text[GUESS_TEXT];

	if (k)
		arg = k->name;
	if (!k && !strchr(arg, ':')) {
		complain("%s: found \"%s\": expected a sysctl that this tool may set, or ADDR:PORT%s",
			 option, arg, guess_words(&guess, text));
		return -EINVAL;
	}
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

int yes_and_no(bool yes, bool dry_run)
{
	if (!yes || !dry_run)
		return 0;
	complain("--yes and --dry-run exclude each other");
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

/* The one that @c stands for, "-i" or "--netns", in @text; "" if there is none. */
static const char *option_name(int c, const struct option *all, char *text, size_t size)
{
	*text = '\0';
	for (; all->name; all++)
		if (all->val == c)
			snprintf(text, size, "--%s", all->name);
	if (!*text && c)
		snprintf(text, size, "-%c", c);
	return text;
}

static bool option_is_long(int c, const struct option *all)
{
	for (; all->name; all++)
		if (all->val == c)
			return true;
	return false;
}

/* "--a, --b" of those that start as @typed does. */
static unsigned int options_list(const char *typed, size_t len, const struct option *all,
				 char *text, size_t size)
{
	unsigned int nr = 0;
	size_t used = 0;

	*text = '\0';
	for (; all->name; all++) {
		if (strncmp(all->name, typed, len) || used >= size)
			continue;
		used += (size_t)snprintf(text + used, size - used, "%s--%s", nr ? ", " : "",
					 all->name);
		nr++;
	}
	return nr;
}

/* A long option that getopt(3) does not know, or takes for several: "--x" or "--x=y". */
static void complain_of_long(const char *arg, const struct option *all)
{
	size_t len = strcspn(arg, "=") - 2;
	struct guess guess = { .name = NULL };
	char typed[64], text[GUESS_TEXT], list[256];
	const struct option *o;

	if (options_list(arg + 2, len, all, list, sizeof(list)) > 1) {
		complain("%s: ambiguous: %s", arg, list);
		return;
	}
	snprintf(typed, sizeof(typed), "%.*s", (int)(len < sizeof(typed) ? len : 0), arg + 2);
	for (o = all; o->name; o++)
		guess_try(&guess, typed, o->name);
	if (guess.name) {
		snprintf(list, sizeof(list), "--%s", guess.name);
		guess.name = list;
	}
	complain("%.*s: no such option here%s", (int)len + 2, arg, guess_words(&guess, text));
}

/* What getopt(3) returned ':' or '?' for. */
static void complain_of_option(int c, char **argv, const struct option *all)
{
	char text[64];

	if (c == ':')
		complain("%s: expected an argument", option_name(optopt, all, text, sizeof(text)));
	else if (!optopt)
		complain_of_long(argv[optind - 1], all);
	else if (option_is_long(optopt, all))
		complain("%s: takes no argument", option_name(optopt, all, text, sizeof(text)));
	else
		complain("-%c: no such option here", optopt);
}

static int loop(int argc, char **argv, const struct command_options *co, const char *shorts,
		const struct option *all)
{
	int c, ret;

	optind = 0;
	opterr = 0;
	while ((c = getopt_long(argc, argv, shorts, all, NULL)) != -1) {
		if (c == 'h') {
			fputs(co->usage, stdout);
			return 1;
		}
		if (c == 'V') {
			puts("tcpadvisor " VERSION);
			return 1;
		}
		if (c == '?' || c == ':') {
			complain_of_option(c, argv, all);
			return -EINVAL;
		}
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
	/* The colon tells a missing argument from an unknown option. */
	snprintf(shorts, sizeof(shorts), "%s:%shV", co->shorts && *co->shorts == '+' ? "+" : "",
		 co->shorts ? co->shorts + (*co->shorts == '+') : "");
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
