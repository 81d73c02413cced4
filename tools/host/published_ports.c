// SPDX-License-Identifier: GPL-2.0
/*
 * published_ports.c - the module's ports/ directory, read and checked. A program chooses
 * its own name, so whatever stands there is made fit for a terminal. Reads only.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "words/complain.h"
#include "words/number.h"
#include "published_ports.h"
#include "root.h"
#include "util.h"

#define DIR_NAME	"ports"

static bool is_address(const char *s)
{
	unsigned char bits[16];

	return inet_pton(AF_INET, s, bits) == 1 || inet_pton(AF_INET6, s, bits) == 1;
}

/* "10.0.0.1:80" or "[fe80::1]:80". */
static bool is_peer(const char *s)
{
	char address[PORTS_PEER];
	unsigned char bits[16];
	const char *colon = strrchr(s, ':');
	size_t len = colon ? (size_t)(colon - s) : 0;
	__u64 port;

	if (!len || len >= sizeof(address) || number_in(colon + 1, 0, 65535, &port))
		return false;
	memcpy(address, s, len);
	address[len] = '\0';
	if (*address != '[')
		return inet_pton(AF_INET, address, bits) == 1;
	if (address[len - 1] != ']')
		return false;
	address[len - 1] = '\0';
	return inet_pton(AF_INET6, address + 1, bits) == 1;
}

static int take_text(char **s, char *buf, size_t size, bool (*good)(const char *))
{
	char *word = strsep(s, " ");

	if (!word || strlen(word) >= size || !good(word))
		return -EINVAL;
	memcpy(buf, word, strlen(word) + 1);
	return 0;
}

static int take_number(char **s, __u64 max, __u64 *v)
{
	char *word = strsep(s, " ");

	return word ? number_in(word, 0, max, v) : -EINVAL;
}

/* A number, or "-" for none. */
static int take_forecast(char **s, struct destination *d)
{
	char *word = strsep(s, " ");

	d->shrinks = word && strcmp(word, "-");
	if (!word)
		return -EINVAL;
	return d->shrinks ? number_u64(word, &d->forecast_s) : 0;
}

static int take_bound(char **s, struct destination *d)
{
	char *word = strsep(s, " ");

	d->bound = word && !strcmp(word, "bound");
	return word && (d->bound || !strcmp(word, "-")) ? 0 : -EINVAL;
}

/* The rest of the line, blanks and all; a program may have no name. */
static int take_program(char *s, struct destination *d)
{
	if (!s || strlen(s) >= sizeof(d->program))
		return -EINVAL;
	memcpy(d->program, s, strlen(s) + 1);
	root_clean(d->program);
	return 0;
}

static int destination_parse(char *s, struct destination *d)
{
	__u64 pid = 0;

	memset(d, 0, sizeof(*d));
	if (take_text(&s, d->source, sizeof(d->source), is_address) ||
	    take_text(&s, d->peer, sizeof(d->peer), is_peer) ||
	    take_number(&s, UINT64_MAX, &d->used) ||
	    take_number(&s, UINT64_MAX, &d->timewait) ||
	    take_number(&s, UINT64_MAX, &d->free) || take_forecast(&s, d) ||
	    take_number(&s, UINT64_MAX, &d->failures) || take_bound(&s, d) ||
	    take_number(&s, INT32_MAX, &pid))
		return -EINVAL;
	d->pid = (pid_t)pid;
	return take_program(s, d);
}

static int refuse(struct fault *fault, unsigned int line, const char *found)
{
	fault->line = line;
	fault->why = "expected nine words and a program's name, as the ABI document has it";
	snprintf(fault->found, sizeof(fault->found), "%.*s",
		 (int)sizeof(fault->found) - 1, found);
	root_clean(fault->found);
	return -EINVAL;
}

static int add_line(struct ports *p, const char *text, size_t len, struct fault *fault)
{
	char line[256], copy[256];
	struct destination *d;

	if (len >= sizeof(line) || memchr(text, '\0', len))
		return refuse(fault, (unsigned int)p->nr + 1, "");
	memcpy(line, text, len);
	line[len] = '\0';
	memcpy(copy, line, len + 1);
	d = reallocarray(p->item, p->nr + 1, sizeof(*d));
	if (!d)
		return -ENOMEM;
	p->item = d;
	if (destination_parse(line, &d[p->nr]))
		return refuse(fault, (unsigned int)p->nr + 1, copy);
	p->nr++;
	return 0;
}

int destinations_parse(const char *text, size_t len, struct ports *p, struct fault *fault)
{
	const char *nl;
	int err = 0;

	memset(fault, 0, sizeof(*fault));
	p->item = NULL;
	p->nr = 0;
	while (!err && len) {
		nl = memchr(text, '\n', len);
		if (nl)
			err = add_line(p, text, (size_t)(nl - text), fault);
		else
			err = refuse(fault, (unsigned int)p->nr + 1, "");
		if (nl) {
			len -= (size_t)(nl + 1 - text);
			text = nl + 1;
		}
	}
	if (err)
		ports_free(p);
	return err;
}

int ports_read_destinations(struct ports *p)
{
	char *text = malloc(RECOMMEND_MAX);
	struct fault fault;
	struct path path;
	ssize_t n;
	int err;

	if (!text)
		return -ENOMEM;
	n = root_read(text, RECOMMEND_MAX, SYSFS "/" DIR_NAME "/destinations");
	err = n < 0 ? (int)n : destinations_parse(text, (size_t)n, p, &fault);
	root_path(&path, SYSFS "/" DIR_NAME "/destinations");
	if (n >= 0 && err == -EINVAL)
		complain("%s:%u: found \"%s\": %s; are module and tool of the same version?",
			 path.s, fault.line, fault.found, fault.why);
	else if (err)
		complain("%s: %s", path.s, strerror(-err));
	free(text);
	return err;
}

static int numbers_read(int dir, struct ports *p)
{
	const struct {
		const char *name;
		__u64 *v;
	} files[] = {
		{ "failures", &p->failures }, { "evicted", &p->evicted },
		{ "usable", &p->usable }, { "pinned", &p->pinned },
	};
	size_t i;
	int err;

	for (i = 0; i < ARRAY_SIZE(files); i++) {
		err = sysfs_u64at(dir, files[i].name, files[i].v);
		if (!err)
			continue;
		sysfs_complain(err, DIR_NAME, files[i].name);
		return err == -ENOENT ? -EINVAL : err;
	}
	return 0;
}

int ports_read(struct ports *p)
{
	int dir = root_open(O_RDONLY | O_DIRECTORY, SYSFS "/" DIR_NAME), err;

	memset(p, 0, sizeof(*p));
	if (dir < 0) {
		if (dir != -ENOENT)
			sysfs_complain(dir, DIR_NAME, "");
		return dir;
	}
	err = numbers_read(dir, p);
	close(dir);
	if (!err)
		err = verdict_read(DIR_NAME, p->verdict);
	return err;
}

void ports_free(struct ports *p)
{
	free(p->item);
	p->item = NULL;
	p->nr = 0;
}
