// SPDX-License-Identifier: GPL-2.0
/*
 * cgroup.c - the path of a cgroup as a short name. Paths of containers hold 64
 * hexadecimal digits and run to 200 bytes; a table has no room for that. JSON
 * has the path as it is.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "cgroup.h"

#define ID_LEN		64	/* hexadecimal digits of a container's id */
#define ID_SHOWN	12
#define TOOL_SHOWN	40

static size_t digits(const char *s)
{
	return strspn(s, "0123456789abcdef");
}

/*
 * The label, if @part of @path (@len bytes) is a container: "docker-<id>.scope"
 * and the like, or just "<id>" in a cgroup called after the tool.
 */
static bool container(const char *path, const char *part, size_t len, char *label)
{
	const char *id = part, *tool = part;

	while (id < part + len && digits(id) != ID_LEN)
		id += digits(id) + 1;
	if (id >= part + len)
		return false;
	len = (size_t)(id - part);
	if (len && strchr("-_:", part[len - 1]))
		len--;
	if (!len) {
		tool = path + (*path == '/');
		len = strcspn(tool, "/");
	}
	if (tool == id) {
		tool = "container";
		len = strlen(tool);
	}
	snprintf(label, CGROUP_LABEL, "%.*s %.*s", len < TOOL_SHOWN ? (int)len : TOOL_SHOWN, tool,
		 ID_SHOWN, id);
	return true;
}

const char *cgroup_label(const char *path, char *label)
{
	const char *part = path, *last = path;
	size_t len, last_len = strlen(path);

	while (*part) {
		part += *part == '/';
		len = strcspn(part, "/");
		if (container(path, part, len, label))
			return label;
		if (len) {
			last = part;
			last_len = len;
		}
		part += len;
	}
	snprintf(label, CGROUP_LABEL, "%.*s",
		 last_len < CGROUP_LABEL ? (int)last_len : CGROUP_LABEL - 1, last);
	return label;
}
