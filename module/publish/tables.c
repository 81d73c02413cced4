// SPDX-License-Identifier: GPL-2.0
/*
 * tables.c - tables/, files with a row for each of many things.
 *
 * One value per file is for people and scripts. A program that wants all of ten
 * thousand listeners would open two hundred thousand files; it reads a table.
 *
 * Why a binary attribute of sysfs, with rows that are all of one length:
 * - The offset is the cursor. Row N is at N times that length, and a listener has the
 *   same number all its life; so while others come and go a reader meets none twice
 *   and misses none that was there all the time. Nothing is kept for a reader
 *   between two reads, whose memory or place others would have to pay for.
 * - sysfs copies to the reader after it has left the file, so one whose memory
 *   does not answer holds up nobody: neither the end of a namespace nor unloading, which
 *   wait for a file of /proc until the copy is done. A file that is open
 *   keeps neither the module nor a namespace, as a netlink dump or /proc/net would.
 * - One read is a page at most. Each row is one RCU read side section; no lock is
 *   taken that anybody waits for.
 * - It is a file: `cat` shows it, and a copy of the tree has it.
 *
 * A number that nobody has is a row of blanks. Who gets the lowest free one is
 * new, so a table is as long as there ever were rows at a time, at most.
 * Context: process. What a file shows is of its reader's namespace, which the reader
 * keeps from its end.
 * Does not: know what a row says.
 */
#include "tables.h"

#include <linux/build_bug.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "observe/state.h"
#include "dir.h"

static struct kobject *tables_dir;

static const struct tcpa_table *const tables[] = {
	&tcpa_table_listeners,
	&tcpa_table_closed,
	&tcpa_table_curves,
	&tcpa_table_refused_clients,
	&tcpa_table_refused_prefixes,
	&tcpa_table_cells,
	&tcpa_table_mibs,
};

/*
 * `changes` is read before all that is read after it, and after all that was before:
 * see fold_into_closed() in reconcile.c.
 */
static int head_row(const struct tcpa_table *t, const struct tcpa_net *tn, char *buf)
{
	u32 changes;
	int len;

	smp_rmb();	/* pairs with smp_wmb() before `changes` becomes even */
	changes = READ_ONCE(tn->closed.changes);
	smp_rmb();	/* pairs with smp_wmb() after it has become odd */
	len = scnprintf(buf, TCPA_ROW, "# tcpadvisor %s version=%u row=%u netns=%u changes=%u",
			t->attr.attr.name, TCPA_TABLE_VERSION, TCPA_ROW, tn->net->ns.inum,
			changes);
	return t->head ? len + t->head(tn, buf + len, TCPA_ROW - len) : len;
}

/* Row @nr of the file in @row; false if there is none from there on. */
static bool fill_row(const struct tcpa_table *t, struct tcpa_net *tn, u64 nr, char *row)
{
	int len;

	if (nr == 0)
		len = head_row(t, tn, row);
	else if (nr == 1)
		len = strscpy(row, t->columns, TCPA_ROW);
	else if (nr - TCPA_ROWS_HEAD <= U32_MAX)
		len = t->row(tn, nr - TCPA_ROWS_HEAD, row);
	else
		len = -ENOENT;
	if (len < 0)
		return false;
	memset(row + len, ' ', TCPA_ROW - 1 - len);
	row[TCPA_ROW - 1] = '\n';
	return true;
}

ssize_t tcpa_table_read(struct file *file, struct kobject *kobj,
			tcpa_const_bin_attribute *attr, char *buf, loff_t at, size_t size)
{
	const struct tcpa_table *t = container_of(attr, const struct tcpa_table, attr);
	struct tcpa_net *tn = tcpa_net_current();
	char row[TCPA_ROW];
	size_t len = 0, from, n;

	BUILD_BUG_ON(PAGE_SIZE % TCPA_ROW || TCPA_ROW & (TCPA_ROW - 1));
	if (!tn)
		return -ENXIO;
	while (len < size) {
		from = (u64)at % TCPA_ROW;
		n = min(TCPA_ROW - from, size - len);
		if (!fill_row(t, tn, (u64)at / TCPA_ROW, n == TCPA_ROW ? buf + len : row))
			break;
		if (n < TCPA_ROW)
			memcpy(buf + len, row + from, n);
		len += n;
		at += n;
		cond_resched();
	}
	return len;
}

/* printf() takes eight times as long: a row has eighteen, of maybe 50 000 rows. */
char *tcpa_put_number(char *at, u64 v)
{
	char digits[20];
	unsigned int n = 0;
	u32 digit;

	do {
		v = div_u64_rem(v, 10, &digit);
		digits[n++] = '0' + digit;
	} while (v);
	while (n)
		*at++ = digits[--n];
	*at++ = ' ';
	return at;
}

char *tcpa_put_word(char *at, const char *word)
{
	size_t len = strlen(word);

	memcpy(at, word, len);
	at[len] = ' ';
	return at + len + 1;
}

char *tcpa_put_counters(char *at, const u64 *v)
{
	static const u8 order[] = {
		TCPA_SYNS, TCPA_COMPLETIONS, TCPA_OVERFLOWS_SYN, TCPA_OVERFLOWS_ACK,
		TCPA_SYNQ_DROPS, TCPA_COOKIES_WANTED, TCPA_COOKIES_SENT,
		TCPA_COOKIES_VALID, TCPA_OTHER_DROPS, TCPA_OTHER_CHILD,
		TCPA_OTHER_ICMP,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(order); i++)
		at = tcpa_put_number(at, v[order[i]]);
	return at;
}

int tcpa_tables_init(struct kobject *root)
{
	unsigned int i;
	int err;

	tables_dir = kobject_create_and_add("tables", root);
	if (!tables_dir)
		return -ENOMEM;
	for (i = 0; i < ARRAY_SIZE(tables); i++) {
		err = sysfs_create_bin_file(tables_dir, &tables[i]->attr);
		if (err) {
			tcpa_tables_exit();
			return err;
		}
	}
	return 0;
}

/* Its files go with it. */
void tcpa_tables_exit(void)
{
	tcpa_dir_remove(tables_dir);
}
