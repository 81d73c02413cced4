// SPDX-License-Identifier: GPL-2.0
/*
 * guess_test.c - what is taken for a slip, and what is not.
 */
#include "tap.h"
#include "words/guess.h"

static const char *guess(const char *typed)
{
	static const char *const names[] = {
		"status", "listeners", "watch", "--only", "--help", "net.core.somaxconn",
		"net.ipv4.tcp_tw_reuse", "net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem",
	};
	static char text[GUESS_TEXT];
	struct guess g = { .slips = 0 };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++)
		guess_try(&g, typed, names[i]);
	return guess_words(&g, text);
}

int main(void)
{
	char longest[200];

	IS(guess_slips("", ""), 0);
	IS(guess_slips("", "ab"), 2);
	IS(guess_slips("ab", ""), 2);
	IS(guess_slips("status", "status"), 0);
	IS(guess_slips("stauts", "status"), 1);
	IS(guess_slips("statu", "status"), 1);
	IS(guess_slips("statusx", "status"), 1);
	IS(guess_slips("ztatus", "status"), 1);
	IS(guess_slips("kitten", "sitting"), 3);
	IS_STR(guess("stauts"), "; did you mean \"status\"?");
	IS_STR(guess("listner"), "; did you mean \"listeners\"?");
	IS_STR(guess("--onyl"), "; did you mean \"--only\"?");
	IS_STR(guess("somaxcon"), "; did you mean \"net.core.somaxconn\"?");
	IS_STR(guess("net.core.somaxcom"), "; did you mean \"net.core.somaxconn\"?");
	/* The nearest, whether it comes first or last. */
	IS_STR(guess("tcp_rmen"), "; did you mean \"net.ipv4.tcp_rmem\"?");
	IS_STR(guess("tcp_wmen"), "; did you mean \"net.ipv4.tcp_wmem\"?");
	/* Two slips are too many for four characters. */
	IS_STR(guess("with"), "");
	IS_STR(guess("frobnicate"), "");
	IS_STR(guess("ls"), "");
	IS_STR(guess(""), "");
	memset(longest, 's', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	IS_STR(guess(longest), "");
	return tap_done();
}
