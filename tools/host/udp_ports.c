// SPDX-License-Identifier: GPL-2.0
/*
 * udp_ports.c - the UDP ports of this namespace, from /proc/net. Reads only, and does
 * not know whose they are.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "words/number.h"
#include "root.h"
#include "udp_ports.h"

#define CONNECTED	0x01	/* TCP_ESTABLISHED, as the fourth word has it for UDP, too */

/* Add the port of a line's second word, ADDRESS:PORT in hexadecimal, if it has one. */
static void add_line(struct portset *ports, char *line)
{
	char *save = NULL, *word[4] = { strtok_r(line, " ", &save) }, *colon;
	__u64 port, state;
	size_t i;

	for (i = 1; i < 4 && word[i - 1]; i++)
		word[i] = strtok_r(NULL, " ", &save);
	colon = word[1] ? strchr(word[1], ':') : NULL;
	if (!colon || number_hex(colon + 1, &port) || port >= PORTSET_PORTS)
		return;
	if (!word[3] || number_hex(word[3], &state) || state == CONNECTED)
		return;
	portset_add(ports, (__u16)port);
}

static int add_file(struct portset *ports, const char *path)
{
	FILE *f;
	int err = root_fopen(&f, path);
	char line[256];

	if (err)
		return err == -ENOENT ? 0 : err;
	while (fgets(line, sizeof(line), f))
		add_line(ports, line);
	if (ferror(f))
		err = -EIO;
	fclose(f);
	return err;
}

int udp_ports_read(struct portset *ports)
{
	int err;

	memset(ports, 0, sizeof(*ports));
	err = add_file(ports, "/proc/self/net/udp");
	return err ? err : add_file(ports, "/proc/self/net/udp6");
}
