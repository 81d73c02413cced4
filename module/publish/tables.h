/* SPDX-License-Identifier: GPL-2.0 */
/*
 * tables.h - tables/, files with a row for each of many things.
 *
 * Job: page a table of the reader's namespace out, whatever its rows are of.
 * Context: process, in the read() of a file.
 * Does not: know what a row says.
 */
#ifndef _TCPA_TABLES_H
#define _TCPA_TABLES_H

#include <linux/kobject.h>
#include <linux/sysfs.h>

struct tcpa_net;

/* Bytes of a row, its newline included; a page holds a whole number of them. */
#define TCPA_ROW	512

/* What each table begins with: what it is, and the names of its columns. */
#define TCPA_ROWS_HEAD	2

/* The version of all tables: a change that a reader of columns by name would notice. */
#define TCPA_TABLE_VERSION	1

struct tcpa_table {
	struct bin_attribute attr;
	const char *columns;		/* names with blanks between them */

	/* What else the first row says, into @buf; returns its length. Or NULL. */
	int (*head)(const struct tcpa_net *tn, char *buf, size_t size);

	/*
	 * Row @nr, without a newline, into @buf of TCPA_ROW bytes. Returns its length, 0
	 * if it is a blank one, or -ENOENT if there is none from there on.
	 */
	int (*row)(struct tcpa_net *tn, u32 nr, char *buf);
};

/* Make and remove tables/ below @root. Returns 0 or a negative error. */
int tcpa_tables_init(struct kobject *root);
void tcpa_tables_exit(void);

/* For the .read of a table's attribute. */
ssize_t tcpa_table_read(struct file *file, struct kobject *kobj,
			tcpa_const_bin_attribute *attr, char *buf, loff_t at, size_t size);

/*
 * What a row is made of, each with a blank behind it; they return where it goes on.
 * Whoever calls them sees to it that there is room.
 */
char *tcpa_put_number(char *at, u64 v);
char *tcpa_put_word(char *at, const char *word);

/* The counters @v by enum tcpa_counter, in the order of the columns called so. */
#define TCPA_COUNTER_COLUMNS \
	"syns completions accept_overflows_syn accept_overflows_ack syn_queue_drops syncookies_wanted syncookies_sent syncookies_valid other_drops other_drops_child other_drops_icmp"
char *tcpa_put_counters(char *at, const u64 *v);

/* The tables there are. */
extern const struct tcpa_table tcpa_table_listeners;
extern const struct tcpa_table tcpa_table_closed;
extern const struct tcpa_table tcpa_table_curves;
extern const struct tcpa_table tcpa_table_refused_clients;
extern const struct tcpa_table tcpa_table_refused_prefixes;
extern const struct tcpa_table tcpa_table_cells;
extern const struct tcpa_table tcpa_table_mibs;

#endif /* _TCPA_TABLES_H */
