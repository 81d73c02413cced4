// SPDX-License-Identifier: GPL-2.0
/*
 * tcpadvisor.c - the command table, and the frame in which a command runs.
 */
#include <errno.h>
#include <limits.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command/command.h"
#include "util.h"
#include "words/complain.h"
#include "words/output.h"

/* The order of --help. To come: top, metrics, snapshot, doctor. */
static const struct command commands[] = {
	{ "status", cmd_status, "what is refused, and what to do about it (the default)" },
	{ "listeners", cmd_listeners, "every listening socket: queues, refusals, verdict" },
	{ "timewait", cmd_timewait, "TIME_WAIT sockets against their limit" },
	{ "ports", cmd_ports, "local ports: the destinations towards which they run out" },
	{ "explain", cmd_explain, "KEY, VERDICT, ADDR:PORT or PID: what it is about" },
	{ "apply", cmd_apply, "make the advised changes; without --yes only show them" },
	{ "rollback", cmd_rollback, "undo what apply has changed" },
	{ "verify", cmd_verify, "whether what apply has changed is still in force" },
	{ "watch", cmd_watch, "print the advice each time it changes" },
};

#define NR_COMMANDS	ARRAY_SIZE(commands)

static const char usage_head[] =
	"Usage: tcpadvisor [OPTION]... [COMMAND [ARGUMENT]...]\n"
	"Show which listening sockets refuse connections, say why, and cure it.\n"
	"\n"
	"Commands (\"tcpadvisor help COMMAND\" says more):\n";

static const char usage_tail[] =
	"\n"
	"Options of every command:\n"
	"      --json         machine-readable output, described in tcpadvisor(8)\n"
	"      --netns NAME   work in this network namespace, or in that of a PID\n"
	"      --all-netns    in every network namespace of this host\n"
	"      --sysroot DIR  read /proc, /sys, /etc and /var/lib below DIR\n"
	"      --no-color     as with NO_COLOR in the environment\n"
	"  -h, --help         this text\n"
	"  -V, --version      the version\n";

static const char *usage(void)
{
	static char text[2048];
	size_t i, len;

	len = (size_t)snprintf(text, sizeof(text), "%s", usage_head);
	for (i = 0; i < NR_COMMANDS; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "  %-11s  %s\n",
					commands[i].name, commands[i].summary);
	snprintf(text + len, sizeof(text) - len, "%s", usage_tail);
	return text;
}

static const struct command *command_find(const char *name)
{
	size_t i;

	for (i = 0; i < NR_COMMANDS; i++)
		if (!strcmp(commands[i].name, name))
			return &commands[i];
	return NULL;
}

/* How many letters differ, are missing or are too many. */
static unsigned int distance(const char *a, const char *b)
{
	unsigned int row[16], i, k, left, up, best;

	for (i = 0; i < ARRAY_SIZE(row); i++)
		row[i] = i;
	for (; *a; a++) {
		left = row[0]++;
		for (i = 1; i < ARRAY_SIZE(row) && b[i - 1]; i++) {
			up = row[i];
			best = left + (*a != b[i - 1]);
			best = row[i - 1] + 1 < best ? row[i - 1] + 1 : best;
			row[i] = up + 1 < best ? up + 1 : best;
			left = up;
		}
	}
	k = (unsigned int)strlen(b);
	return k < ARRAY_SIZE(row) ? row[k] : UINT_MAX;
}

/* The command that was meant by @name, or NULL. */
static const struct command *command_guess(const char *name)
{
	const struct command *best = NULL;
	unsigned int least = 3, d;
	size_t i;

	for (i = 0; i < NR_COMMANDS; i++) {
		d = distance(name, commands[i].name);
		if (strlen(name) > 1 && !strncmp(commands[i].name, name, strlen(name)))
			d = 0;
		if (d < least) {
			least = d;
			best = &commands[i];
		}
	}
	return best;
}

static int complain_of(const char *name)
{
	const struct command *c = command_guess(name);

	if (c)
		complain("found \"%s\": not a command; did you mean \"%s\"? See \"tcpadvisor --help\"",
			 name, c->name);
	else
		complain("found \"%s\": not a command; see \"tcpadvisor --help\"", name);
	return out_failed("", EXIT_USAGE);
}

/* help [COMMAND]: the same as --help, which people type as well. */
static int help(int argc, char **argv)
{
	char option[] = "--help", *as_option[] = { argv[0], option, NULL };
	const struct command *c = argc > 1 ? command_find(argv[1]) : NULL;

	if (argc > 1 && !c)
		return complain_of(argv[1]);
	if (c)
		return c->run(2, as_option);
	fputs(usage(), stdout);
	return EXIT_DONE;
}

/* No operand takes options: the command's name stops the parser. */
static int take_none(int c, const char *arg)
{
	(void)c;
	(void)arg;
	return -EINVAL;
}

int main(int argc, char **argv)
{
	const struct command_options co = {
		.usage = usage(),
		.shorts = "+",
		.take = take_none,
		.max_args = argc,
	};
	const struct command *command;
	int first, status;

	setlocale(LC_CTYPE, "C.UTF-8");
	/* What getopt(3) complains as, like err(3). */
	argv[0] = program_invocation_short_name;
	first = options_parse(argc, argv, &co, &status);
	if (first < 0)
		return out_failed("", status);
	command = first < argc ? command_find(argv[first]) : &commands[0];
	if (first < argc) {
		argc -= first;
		argv += first;
	} else {
		argc = 1;
	}
	if (!command && !strcmp(argv[0], "help"))
		return help(argc, argv);
	if (!command)
		return complain_of(argv[0]);
	argv[0] = program_invocation_short_name;
	return out_failed(command->name, command->run(argc, argv));
}
