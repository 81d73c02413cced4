// SPDX-License-Identifier: GPL-2.0
/*
 * tcpadvisor.c - the command table, and the frame in which a command runs.
 */
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command/command.h"
#include "util.h"
#include "words/complain.h"
#include "words/guess.h"
#include "words/output.h"

static int cmd_help(int argc, char **argv);

/* The order of --help. */
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
	{ "metrics", cmd_metrics, "what is counted, for Prometheus" },
	{ "record", cmd_record, "what each listener counts, again and again: a dataset" },
	{ "help", cmd_help, "this text, or that of a COMMAND" },
};

#define NR_COMMANDS	ARRAY_SIZE(commands)

static const char usage_head[] =
	"Usage: tcpadvisor [OPTION]... [COMMAND [ARGUMENT]...]\n"
	"Show which listening sockets refuse connections, say why, and cure it.\n"
	"\n"
	"Commands (each has its own --help; a part of a name will do):\n";

static const char usage_tail[] =
	"\n"
	"Options of every command:\n"
	"      --json         machine-readable output, described in tcpadvisor(8)\n"
	"      --netns NAME   work in this network namespace, or in that of a PID\n"
	"      --all-netns    in every network namespace of this host\n"
	"      --sysroot DIR  read /proc, /sys, /etc and /var/lib below DIR\n"
	"      --no-color     as with NO_COLOR in the environment\n"
	"  -h, --help         this text; -V, --version: the version\n";

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

/* "a, b or c" of the commands that start with @part; how many there are. */
static size_t commands_list(const char *part, char *list, size_t size)
{
	const char *last = NULL;
	size_t i, len = 0, nr = 0;

	*list = '\0';
	for (i = 0; i < NR_COMMANDS; i++) {
		if (strncmp(commands[i].name, part, strlen(part)))
			continue;
		if (last)
			len += (size_t)snprintf(list + len, size - len, "%s%s", len ? ", " : "",
						last);
		last = commands[i].name;
		nr++;
	}
	if (last)
		snprintf(list + len, size - len, "%s%s", len ? " or " : "", last);
	return nr;
}

/* The command of that name, or whose name alone starts so; NULL after a complaint. */
static const struct command *command_find(const char *name)
{
	char list[256], text[GUESS_TEXT];
	struct guess guess = { .name = NULL };
	const struct command *found = NULL;
	size_t i;

	for (i = 0; i < NR_COMMANDS; i++) {
		if (!strcmp(commands[i].name, name))
			return &commands[i];
		if (!strncmp(commands[i].name, name, strlen(name)))
			found = &commands[i];
		guess_try(&guess, name, commands[i].name);
	}
	switch (commands_list(name, list, sizeof(list))) {
	case 0:
		complain("found \"%s\": not a command (see \"tcpadvisor --help\")%s", name,
			 guess_words(&guess, text));
		return NULL;
	case 1:
		return found;
	}
	complain("found \"%s\": %s", name, *name ? list : "expected a command");
	return NULL;
}

/* No operand takes options: the command's name stops the parser. */
static int take_none(int c, const char *arg)
{
	(void)c;
	(void)arg;
	return -EINVAL;
}

static const char help_usage[] =
	"Usage: tcpadvisor help [COMMAND]\n"
	"What a command does, and its options; or what commands there are.\n";

static int cmd_help(int argc, char **argv)
{
	const struct command_options co = {
		.usage = help_usage, .take = take_none, .max_args = 1,
	};
	char option[] = "--help", *ask[] = { argv[0], option, NULL };
	const struct command *command;
	int status, first = options_parse(argc, argv, &co, &status);

	if (first < 0)
		return status;
	if (first == argc) {
		fputs(usage(), stdout);
		return EXIT_DONE;
	}
	command = command_find(argv[first]);
	return command ? command->run(2, ask) : EXIT_USAGE;
}

/* Who is started without them would have what it says end in the files that it opens. */
static void descriptors_open(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDWR);
	} while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
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

	descriptors_open();
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
	if (!command)
		return out_failed("", EXIT_USAGE);
	argv[0] = program_invocation_short_name;
	return out_failed(command->name, command->run(argc, argv));
}
