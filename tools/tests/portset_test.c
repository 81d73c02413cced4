// SPDX-License-Identifier: GPL-2.0
/*
 * portset_test.c - lists of ports come out as the kernel writes them, whatever
 * way they were written; what is no list is refused; and a value that is such a
 * list is compared, checked and shown like any other.
 */
#include <errno.h>

#include "words/key.h"
#include "tap.h"
#include "util.h"

#define KEY	"net.ipv4.ip_local_reserved_ports"

static char list[PORTSET_TEXT];

static void normalized(void)
{
	static const char *const pairs[][2] = {
		{ "", "" },
		{ "8080", "8080" },
		{ "0", "0" },
		{ "8080,9000-9010", "8080,9000-9010" },
		{ "9000-9010,8080", "8080,9000-9010" },
		{ "8080,8080,8080-8080", "8080" },
		{ "1,2,3", "1-3" },
		{ "1-10,5-20,21", "1-21" },
		{ "007,65535", "7,65535" },
		{ "0-65535", "0-65535" },
		{ "65534,65535", "65534-65535" },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(pairs); i++) {
		printf("# \"%s\"\n", pairs[i][0]);
		IS(portset_parse(pairs[i][0], list), 0);
		IS_STR(list, pairs[i][1]);
	}
}

static void refused(void)
{
	static const struct {
		const char *list;
		int err;
	} bads[] = {
		{ " ", -EINVAL }, { "-", -EINVAL }, { ",", -EINVAL }, { "8080,", -EINVAL },
		{ ",8080", -EINVAL }, { "8080,,8081", -EINVAL }, { "8080-", -EINVAL },
		{ "-8080", -EINVAL }, { "9010-9000", -EINVAL }, { "1-2-3", -EINVAL },
		{ "8080 ", -EINVAL }, { " 8080", -EINVAL }, { "8080, 8081", -EINVAL },
		{ "8080\n", -EINVAL }, { "0x50", -EINVAL }, { "http", -EINVAL },
		{ "8080;8081", -EINVAL }, { "65536", -ERANGE }, { "1-65536", -ERANGE },
		{ "99999999999999999999", -ERANGE },
		{ "111111111111111111111111111111", -EINVAL },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bads); i++) {
		printf("# \"%s\"\n", bads[i].list);
		memcpy(list, "7", 2);
		IS(portset_parse(bads[i].list, list), bads[i].err);
		IS_STR(list, "7");
	}
}

/* Up to 1024 characters as written out, however many they were. */
static void limits(void)
{
	char text[4 * PORTSET_TEXT], *end = text;
	unsigned int port;

	/* 171 ports of five digits and commas: 1025 characters. */
	for (port = 10001; port < 10001 + 2 * 171; port += 2)
		end += sprintf(end, "%s%u", end > text ? "," : "", port);
	IS(strlen(text), PORTSET_TEXT);
	IS(portset_parse(text, list), -ERANGE);
	/* One digit less. */
	memcpy(text, "9001,", 5);
	memmove(text + 4, text + 5, strlen(text + 5) + 1);
	IS(strlen(text), PORTSET_TEXT - 1);
	IS(portset_parse(text, list), 0);
	IS_STR(list, text);
	/* Too long as it stands, but not as it is written. */
	for (end = text, port = 10000; port < 10600; port++)
		end += sprintf(end, "%s%u", end > text ? "," : "", port);
	IS(portset_parse(text, list), 0);
	IS_STR(list, "10000-10599");
}

static void compared(void)
{
	OK(portset_covers("8080", ""));
	OK(portset_covers("", ""));
	OK(!portset_covers("", "8080"));
	OK(portset_covers("8000-9000", "8080,9000"));
	OK(!portset_covers("8000-9000", "8080,9001"));
	OK(!portset_covers("8080,9001", "8000-9000"));
	OK(portset_within("", 1, 65535));
	OK(portset_within("1,65535", 1, 65535));
	OK(!portset_within("0-1", 1, 65535));
	OK(!portset_within("80,9000", 1, 8999));
}

/* By bits: what is within, what is without, what one more would make too long. */
static void sets(void)
{
	struct portset set = { 0 }, other = { 0 };
	unsigned int port;

	IS(portset_count(&set), 0);
	portset_add(&set, 0);
	portset_add(&set, 5353);
	portset_add(&set, 5354);
	portset_add(&set, 65535);
	IS(portset_count(&set), 4);
	IS(portset_list(&set, list), 0);
	IS_STR(list, "0,5353-5354,65535");
	portset_drop_list(&set, "5354,6000-65534");
	portset_keep(&set, 1, 65535);
	IS(portset_list(&set, list), 0);
	IS_STR(list, "5353,65535");
	portset_drop(&set, 5354, 65535);
	portset_keep(&set, 0, 5353);
	memcpy(list, "80,5352", 8);
	IS(portset_join(list, &set), 0);
	IS_STR(list, "80,5352-5353");
	IS(portset_join_list(list, "7,5354"), 0);
	IS_STR(list, "7,80,5352-5354");
	IS(portset_join_list(list, "http"), -EINVAL);
	portset_add(&other, 80);
	portset_add(&other, 5353);
	portset_add(&set, 90);
	portset_common(&set, &other);
	IS(portset_list(&set, list), 0);
	IS_STR(list, "5353");
	memcpy(list, "80,5352-5353", 13);
	portset_drop(&set, 0, 65535);
	IS(portset_count(&set), 0);
	for (port = 10001; port < 10001 + 2 * 171; port += 2)
		portset_add(&set, (__u16)port);
	IS(portset_join(list, &set), -ERANGE);
	IS_STR(list, "80,5352-5353");
	IS(portset_list(&set, list), -ERANGE);
	IS_STR(list, "80,5352-5353");
}

static void values(void)
{
	const struct key *k = key_find(KEY);
	struct value v, w, number = value_one(8080), none = { 0 };
	char text[VALUE_TEXT];

	IS(key_parse(KEY, "9000,8080", ' ', &v), 0);
	IS(v.nr, VALUE_PORTS);
	IS_STR(value_text(&v, ' ', text), "8080,9000");
	IS_STR(value_text(&v, ',', text), "8080,9000");
	IS_STR(value_shown(&v, text), "8080,9000");
	IS(key_parse(KEY, "8080,9000-9000", ',', &w), 0);
	OK(value_equal(&v, &w));
	IS(key_check(k, &v), 0);
	OK(!key_lowers(k, &v, &w));
	IS(key_parse(KEY, "8080", ' ', &w), 0);
	OK(!value_equal(&v, &w));
	OK(!value_equal(&w, &number));
	OK(key_lowers(k, &v, &w));
	OK(!key_lowers(k, &w, &v));
	IS(key_check(k, &number), -EINVAL);
	IS(key_parse(KEY, "", ' ', &w), 0);
	IS_STR(value_text(&w, ' ', text), "");
	IS_STR(value_shown(&w, text), "-");
	OK(!value_equal(&w, &none));
	OK(!key_lowers(k, &w, &v));
	OK(key_lowers(k, &v, &w));
	IS(key_check(k, &w), -EINVAL);
	IS(key_parse(KEY, "0-1023,8080", ' ', &w), 0);
	IS(key_check(k, &w), 0);
	IS(key_parse("net.core.somaxconn", "8080,9000", ' ', &w), -EINVAL);
	IS(key_parse("not.on.the.list", "8080", ' ', &w), 0);
	IS(w.nr, 1);
}

int main(void)
{
	puts("TAP version 13");
	normalized();
	refused();
	limits();
	compared();
	sets();
	values();
	return tap_done();
}
