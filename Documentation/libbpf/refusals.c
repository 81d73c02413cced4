// SPDX-License-Identifier: GPL-2.0
/*
 * Job: show what each listener has refused while a command ran, by cause.
 * Context: process; root (CAP_BPF and CAP_PERFMON do), and tracefs where it always is.
 * Not here: the sums themselves, which the kernel makes (refusals.bpf.c).
 *
 * usage: refusals COMMAND...
 *
 * Prints a line for each listener and cause: PORT COOKIE CAUSE SUM.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "refusals.h"
#include "refusals.skel.h"

#define FORMAT "/sys/kernel/tracing/events/tcpadvisor/listen_refused/format"
/* The event needs a jiffy or two after the packet; see delay_us. */
#define LAST_EVENT_US 100000

static const char *const causes[] = {
	"accept_queue_syn", "accept_queue_ack", "syn_queue", "other",
};

/* Of `<TAB>field:u16 port;<TAB>offset:44;<TAB>size:2;...` the offset; false: no such field. */
static int field_offset(const char *name, __u32 *offset)
{
	char line[256], found[64];
	FILE *format = fopen(FORMAT, "r");
	int have = 0;

	while (format && !have && fgets(line, sizeof(line), format))
		have = sscanf(line, " field:%*s %63[^;[]; offset:%u", found, offset) == 2 &&
		       !strcmp(found, name);
	if (format)
		fclose(format);
	else
		fprintf(stderr, "refusals: cannot open %s: %s (is tcpadvisor loaded?)\n",
			FORMAT, strerror(errno));
	if (format && !have)
		fprintf(stderr, "refusals: %s has no field %s\n", FORMAT, name);
	return have;
}

/* Loaded and counting, or NULL, with the reason said. */
static struct refusals_bpf *begin(void)
{
	struct refusals_bpf *bpf = refusals_bpf__open();
	struct refusal_fields field;

	if (!bpf)
		return NULL;
	if (field_offset("cookie", &field.cookie) && field_offset("port", &field.port) &&
	    field_offset("cause", &field.cause) && field_offset("count", &field.count)) {
		memcpy((void *)&bpf->rodata->field, &field, sizeof(field));
		if (!refusals_bpf__load(bpf) && !refusals_bpf__attach(bpf))
			return bpf;
		fprintf(stderr, "refusals: cannot load or attach: %s\n", strerror(errno));
	}
	refusals_bpf__destroy(bpf);
	return NULL;
}

/* The exit status of @command, or 1 if it has none. */
static int await(char *const command[])
{
	pid_t child = fork();
	int status = 0;

	if (child == 0) {
		execvp(command[0], command);
		fprintf(stderr, "refusals: cannot run %s: %s\n", command[0],
			strerror(errno));
		_exit(127);
	}
	if (child < 0 || waitpid(child, &status, 0) < 0) {
		fprintf(stderr, "refusals: %s\n", strerror(errno));
		return 1;
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

static void show(struct refusals_bpf *bpf)
{
	int map = bpf_map__fd(bpf->maps.refusals);
	struct refusal_key key, *last = NULL;
	__u64 sum;

	while (!bpf_map_get_next_key(map, last, &key)) {
		if (!bpf_map_lookup_elem(map, &key, &sum))
			printf("%u %llx %s %llu\n", key.port,
			       (unsigned long long)key.cookie,
			       key.cause < 4 ? causes[key.cause] : "?",
			       (unsigned long long)sum);
		last = &key;
	}
	if (bpf->bss->unlisted)
		printf("# and %llu of listeners that the table had no room for\n",
		       (unsigned long long)bpf->bss->unlisted);
}

int main(int argc, char *argv[])
{
	struct refusals_bpf *bpf;
	int status;

	if (argc < 2) {
		fprintf(stderr, "usage: refusals COMMAND...\n");
		return 2;
	}
	bpf = begin();
	if (!bpf)
		return 1;
	status = await(argv + 1);
	usleep(LAST_EVENT_US);
	show(bpf);
	refusals_bpf__destroy(bpf);
	return status;
}
