// SPDX-License-Identifier: GPL-2.0
/*
 * cgroup.c - the path of a cgroup as what people call it: systemd unit, container,
 * pod. Paths of containers hold 64 hexadecimal digits and run to 200 bytes; a table
 * has no room for that. JSON has the path as it is, too.
 */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "cgroup.h"
#include "util.h"

#define ID_LEN		64	/* hexadecimal digits of a container's id */
#define ID_SHOWN	12
#define ID_LEAST	4	/* to name one by */
#define TOOL_SHOWN	40
#define POD_LEN		36	/* of a UID */

/* The next part of the path at *@path, between slashes; its length, 0 at the end. */
static size_t part_next(const char **path, const char **part)
{
	size_t len;

	*path += strspn(*path, "/");
	*part = *path;
	len = strcspn(*path, "/");
	*path += len;
	return len;
}

static bool ends_in(const char *part, size_t len, const char *suffix)
{
	size_t n = strlen(suffix);

	return len > n && !strncmp(part + len - n, suffix, n);
}

static bool is_unit_name(const char *part, size_t len)
{
	return ends_in(part, len, ".service") || ends_in(part, len, ".socket") ||
	       ends_in(part, len, ".scope");
}

static bool starts_with(const char *part, size_t len, const char *prefix)
{
	return len > strlen(prefix) && !strncmp(part, prefix, strlen(prefix));
}

static size_t digits(const char *s)
{
	return strspn(s, "0123456789abcdef");
}

/* The 64 digits in @part, or NULL. */
static const char *id_in(const char *part, size_t len)
{
	const char *id = part;

	while (id < part + len && digits(id) != ID_LEN)
		id += digits(id) + 1;
	return id < part + len ? id : NULL;
}

/*
 * The label, if @part of @path is a container with an id: "docker-<id>.scope" and the
 * like, or just "<id>" in a cgroup called after the tool.
 */
static bool with_id(const char *path, const char *part, size_t len, char *label)
{
	const char *id = id_in(part, len), *tool = part;

	if (!id)
		return false;
	len = (size_t)(id - part);
	if (len && strchr("-_:", part[len - 1]))
		len--;
	if (!len) {
		tool = path + strspn(path, "/");
		len = strcspn(tool, "/");
	}
	if (tool == id || !strncmp(tool, "kubepods", 8)) {
		tool = "container";
		len = strlen(tool);
	}
	snprintf(label, CGROUP_LABEL, "%.*s %.*s", len < TOOL_SHOWN ? (int)len : TOOL_SHOWN, tool,
		 ID_SHOWN, id);
	return true;
}

/* The same of one that has a name: systemd-nspawn(1), libvirt and LXC. */
static bool with_name(const char *part, size_t len, char *label)
{
	static const struct {
		const char *prefix, *suffix, *tool;
	} kinds[] = {
		{ "machine-", ".scope", "machine" },
		{ "systemd-nspawn@", ".service", "machine" },
		{ "lxc.payload.", "", "lxc" },
	};
	size_t i, cut;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		cut = strlen(kinds[i].prefix) + strlen(kinds[i].suffix);
		if (len <= cut || !starts_with(part, len, kinds[i].prefix) ||
		    !ends_in(part, len, kinds[i].suffix))
			continue;
		len -= cut;
		snprintf(label, CGROUP_LABEL, "%s %.*s", kinds[i].tool,
			 len < CGROUP_LABEL ? (int)len : CGROUP_LABEL,
			 part + strlen(kinds[i].prefix));
		return true;
	}
	return false;
}

const char *cgroup_container(const char *path, char *label)
{
	const char *at = path, *part;
	size_t len;

	while ((len = part_next(&at, &part)))
		if (with_id(path, part, len, label) || with_name(part, len, label))
			return label;
	label[0] = '\0';
	return label;
}

const char *cgroup_unit(const char *path, char *label)
{
	char other[CGROUP_LABEL];
	const char *part;
	size_t len;

	/*
	 * Slices hold units. What is below a unit is named by whoever runs that. In a cgroup
	 * namespace of our own the way to others leads up.
	 */
	do {
		len = part_next(&path, &part);
	} while (len && (ends_in(part, len, ".slice") || (len == 2 && !strncmp(part, "..", 2))));
	label[0] = '\0';
	if (len && is_unit_name(part, len) && !with_id(part, part, len, other) &&
	    !with_name(part, len, other))
		snprintf(label, CGROUP_LABEL, "%.*s",
			 len < CGROUP_LABEL ? (int)len : CGROUP_LABEL - 1, part);
	return label;
}

const char *cgroup_pod(const char *path, char *label)
{
	const char *part, *pod;
	size_t len, i;

	label[0] = '\0';
	if (!strstr(path, "kubepods"))
		return label;
	while ((len = part_next(&path, &part))) {
		pod = memmem(part, len, "pod", 3);
		if (pod && starts_with(part, len, "kubepods"))
			pod = memmem(part + 8, len - 8, "pod", 3);
		if (!pod || pod + 3 + POD_LEN > part + len)
			continue;
		/* systemd has its own use for the dash. */
		for (i = 0; i < POD_LEN; i++)
			label[i] = pod[3 + i] == '_' ? '-' : pod[3 + i];
		label[i] = '\0';
		if (strspn(label, "0123456789abcdef-") == POD_LEN)
			return label;
		label[0] = '\0';
	}
	return label;
}

bool cgroup_is_unit(const char *what)
{
	return is_unit_name(what, strlen(what));
}

static bool is_unit(const char *unit, const char *what)
{
	size_t len = strlen(what);

	return !strncmp(unit, what, len) && len &&
	       (!unit[len] || (unit[len] == '.' && !strchr(unit + len + 1, '.')));
}

/* The whole id of the container, which the label has only the beginning of. */
static bool has_id(const char *path, const char *what)
{
	const char *part, *id;
	size_t len;

	if (strlen(what) < ID_LEAST || digits(what) != strlen(what))
		return false;
	while ((len = part_next(&path, &part))) {
		id = id_in(part, len);
		if (id)
			return !strncmp(id, what, strlen(what));
	}
	return false;
}

bool cgroup_is(const char *path, const char *what)
{
	char label[CGROUP_LABEL];
	const char *name;

	if (is_unit(cgroup_unit(path, label), what))
		return true;
	/* A unit is meant, or what is below is named by a user. */
	if (cgroup_is_unit(what) || !strncmp(label, "user@", 5))
		return false;
	if (has_id(path, what))
		return true;
	name = strchr(cgroup_container(path, label), ' ');
	if (!strcmp(label, what) || (name && !strcmp(name + 1, what)))
		return *what;
	cgroup_pod(path, label);
	return strlen(what) >= ID_LEAST && !strncmp(label, what, strlen(what));
}
