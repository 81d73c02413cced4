/* SPDX-License-Identifier: GPL-2.0 */
/*
 * agent.h - how a helper and its test talk: a command per line on stdin, one
 * line of answer to each on stdout.
 *
 * Job: split a line into words, run the command, report a failure as
 * `error REASON`. lib.sh has the other end.
 * Context: single thread, until stdin ends.
 * Does not: know what commands there are. A header with its code, because
 * kselftest's lib.mk builds a program from one file.
 */
#ifndef _TCPA_AGENT_H
#define _TCPA_AGENT_H

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

/* What older headers do not name. */
#ifndef IP_LOCAL_PORT_RANGE
#define IP_LOCAL_PORT_RANGE	51
#endif
#ifndef SO_COOKIE
#define SO_COOKIE	57
#endif
#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP	262
#endif

#define AGENT_WORDS	8

struct agent_command {
	const char *name;
	int words;	/* fewest that it takes, its name not counted */
	/* Prints one line, or returns a negative errno; missing words are NULL. */
	int (*run)(char **word);
};

/*
 * "192.0.2.1", 80 to an address; a colon makes it IPv6. Returns its length, or
 * 0 if it is none.
 */
static inline socklen_t agent_address(const char *text, const char *port,
				      struct sockaddr_storage *ss)
{
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)ss;
	struct sockaddr_in *v4 = (struct sockaddr_in *)ss;

	memset(ss, 0, sizeof(*ss));
	if (strchr(text, ':')) {
		v6->sin6_family = AF_INET6;
		v6->sin6_port = htons(atoi(port));
		return inet_pton(AF_INET6, text, &v6->sin6_addr) == 1 ?
			sizeof(*v6) : 0;
	}
	v4->sin_family = AF_INET;
	v4->sin_port = htons(atoi(port));
	return inet_pton(AF_INET, text, &v4->sin_addr) == 1 ? sizeof(*v4) : 0;
}

/* The loopback device of this network namespace. Returns -1 with errno set if not. */
static inline int agent_lo_up(void)
{
	struct ifreq ifr = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	int fd = socket(AF_INET, SOCK_DGRAM, 0), err;

	if (fd < 0)
		return -1;
	err = ioctl(fd, SIOCSIFFLAGS, &ifr);
	close(fd);
	return err;
}

/* Split @line in place. Returns how many words; the rest of @word is NULL. */
static inline int agent_split(char *line, char **word)
{
	char *next, *save = NULL;
	int n = 0;

	memset(word, 0, AGENT_WORDS * sizeof(*word));
	for (next = strtok_r(line, "\n ", &save); next && n < AGENT_WORDS - 1;
	     next = strtok_r(NULL, "\n ", &save))
		word[n++] = next;
	return n;
}

static inline int agent_run(const struct agent_command *commands, char **word,
			    int n)
{
	const struct agent_command *c;

	if (!n)
		return -ENOMSG;
	for (c = commands; c->name; c++)
		if (!strcmp(c->name, word[0]))
			return n > c->words ? c->run(word + 1) : -EINVAL;
	return -ENOSYS;
}

/* Answer until stdin ends. @commands ends with one that has no name. */
static inline int agent_main(const struct agent_command *commands)
{
	char *word[AGENT_WORDS];
	char line[256];
	int err;

	setvbuf(stdout, NULL, _IOLBF, 0);
	while (fgets(line, sizeof(line), stdin)) {
		err = agent_run(commands, word, agent_split(line, word));
		if (err < 0)
			printf("error %s\n", strerror(-err));
	}
	return 0;
}

#endif /* _TCPA_AGENT_H */
