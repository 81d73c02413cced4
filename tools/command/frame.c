// SPDX-License-Identifier: GPL-2.0
/*
 * frame.c - the frame in which most commands run: one document, and in it one
 * part per network namespace.
 */
#include "command.h"
#include "words/output.h"

struct visit {
	int (*fn)(const struct netns *ns, void *arg);
	void *arg;
};

static int visit(const struct netns *ns, void *arg)
{
	const struct visit *v = arg;
	int status;

	out_object(NULL);
	out_object("netns");
	field_uint("inode", ns->id.inode);
	field_str("name", ns->name);
	out_object_end();
	if (globals.all_netns) {
		out_color(COLOR_BOLD);
		out_text("== network namespace %s (%llu)\n", *ns->name ? ns->name : "of this process",
			 ns->id.inode);
		out_color(COLOR_NONE);
	}
	status = v->fn(ns, v->arg);
	out_object_end();
	return status;
}

int run_in_namespaces(const char *command, int (*fn)(const struct netns *ns, void *arg),
		      int (*end)(int status, void *arg), void *arg)
{
	struct visit v = { .fn = fn, .arg = arg };
	int status;

	out_begin(command);
	out_array("namespaces");
	status = netns_each(globals.netns, globals.all_netns, visit, &v);
	out_array_end();
	if (status < 0)
		status = EXIT_FAILED;
	if (end)
		status = end(status, arg);
	field_uint("exit_status", (unsigned int)status);
	if (out_end())
		return EXIT_FAILED;
	return status;
}
