// SPDX-License-Identifier: GPL-2.0
/*
 * number_test.c - numbers, spans, values and the allow-list take what they
 * should and nothing else.
 */
#include <errno.h>

#include "words/key.h"
#include "words/number.h"
#include "tap.h"
#include "util.h"

static void numbers(void)
{
	static const char *const bad[] = {
		"", " ", "-1", "+1", " 1", "1 ", "0x10", "1.0", "1e3", "a", "1\n", "١",
	};
	__u64 v = 77;
	size_t i;

	IS(number_u64("0", &v), 0);
	IS(v, 0);
	IS(number_u64("18446744073709551615", &v), 0);
	IS(v, 18446744073709551615ULL);
	IS(number_u64("18446744073709551616", &v), -ERANGE);
	IS(number_u64("99999999999999999999999", &v), -ERANGE);
	IS(number_u64("0000000000000000000000000001", &v), 0);
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		printf("# \"%s\"\n", bad[i]);
		IS(number_u64(bad[i], &v), -EINVAL);
	}
	IS(v, 1);
	IS(number_hex("ffffffffffffffff", &v), 0);
	IS(v, 18446744073709551615ULL);
	IS(number_hex("10000000000000000", &v), -ERANGE);
	IS(number_hex("Fg", &v), -EINVAL);
	IS(number_hex("", &v), -EINVAL);
}

static void ranges(void)
{
	__u64 v = 77;

	IS(number_in("1", 1, 5, &v), 0);
	IS(number_in("5", 1, 5, &v), 0);
	IS(v, 5);
	IS(number_in("0", 1, 5, &v), -ERANGE);
	IS(number_in("6", 1, 5, &v), -ERANGE);
	IS(v, 5);
}

static void spans(void)
{
	__u64 ms = 0;

	IS(number_duration("60s", &ms), 0);
	IS(ms, 60000);
	IS(number_duration("60", &ms), 0);
	IS(ms, 60000);
	IS(number_duration("250ms", &ms), 0);
	IS(ms, 250);
	IS(number_duration("5m", &ms), 0);
	IS(ms, 300000);
	IS(number_duration("168h", &ms), 0);
	IS(number_duration("169h", &ms), -ERANGE);
	IS(number_duration("99999999999999999999h", &ms), -ERANGE);
	IS(number_duration("5d", &ms), -EINVAL);
	IS(number_duration("s", &ms), -EINVAL);
	IS(number_duration("", &ms), -EINVAL);
	IS(number_duration("-5s", &ms), -EINVAL);
	IS(number_duration("5 s", &ms), -EINVAL);
}

static void values(void)
{
	struct value v = { 0 }, w = { 0 };
	char text[VALUE_TEXT];

	IS(value_parse("4096", ' ', &v), 0);
	IS(v.nr, 1);
	IS(value_parse("4096\t131072\t6291456", ' ', &v), 0);
	IS(v.nr, 3);
	IS_STR(value_text(&v, ',', text), "4096,131072,6291456");
	IS(value_parse("4096  131072 \t 6291456", ' ', &w), 0);
	OK(value_equal(&v, &w));
	IS(value_parse("1,2", ',', &w), 0);
	OK(!value_equal(&v, &w));
	IS(value_parse("1,,2", ',', &w), -EINVAL);
	IS(value_parse("1,2,", ',', &w), -EINVAL);
	IS(value_parse(",1", ',', &w), -EINVAL);
	IS(value_parse("1 2 3 4", ' ', &w), -EINVAL);
	IS(value_parse("", ' ', &w), -EINVAL);
	IS(value_parse(" ", ' ', &w), -EINVAL);
	IS(value_parse("1 -2", ' ', &w), -EINVAL);
	IS(value_parse("18446744073709551616", ' ', &w), -ERANGE);
	w.nr = 0;
	IS_STR(value_text(&w, ' ', text), "-");
	v.nr = 3;
	v.v[0] = 18446744073709551615ULL;
	v.v[1] = v.v[0];
	v.v[2] = v.v[0];
	IS(strlen(value_text(&v, ' ', text)), 62);
}

static struct value pair(__u64 a, __u64 b)
{
	struct value v = { .nr = 2, .v = { a, b } };

	return v;
}

static void allow_list(void)
{
	const struct key *k = key_find("net.core.somaxconn");
	const struct key *range = key_find("net.ipv4.ip_local_port_range");
	const struct key *abort_key = key_find("net.ipv4.tcp_abort_on_overflow");
	struct value low = value_one(128), high = value_one(8192), v;
	struct value narrow = pair(32768, 60999), wide = pair(2001, 65000), other = pair(0, 2);

	OK(!key_find("net.ipv4.tcp_tw_recycle"));
	OK(!key_find("kernel.core_pattern"));
	OK(!key_find("net.core.somaxcon"));
	OK(!key_find(""));
	IS(key_check(k, &high), 0);
	v = value_one(65536);
	IS(key_check(k, &v), -ERANGE);
	v = value_one(0);
	IS(key_check(k, &v), -ERANGE);
	IS(key_check(k, &wide), -EINVAL);
	IS(key_check(range, &wide), 0);
	v = pair(60999, 32768);
	IS(key_check(range, &v), -EINVAL);
	IS(key_check(range, &other), -ERANGE);
	OK(key_lowers(k, &high, &low));
	OK(!key_lowers(k, &low, &high));
	OK(!key_lowers(k, &low, &low));
	OK(key_lowers(range, &wide, &narrow));
	OK(!key_lowers(range, &narrow, &wide));
	low = value_one(0);
	high = value_one(1);
	OK(!key_lowers(abort_key, &high, &low));
	IS(key_check(abort_key, &high), -ERANGE);
}

/* A typing error in the table must not pass. */
static void table_is_sane(void)
{
	const struct key *k;
	__u64 min, max;
	unsigned int i;

	for (i = 0; (k = key_at(i)); i++) {
		printf("# %s\n", k->name);
		key_range(k, &min, &max);
		OK(min <= max);
		OK(k->nr >= 1 && (k->nr <= VALUE_NUMBERS || k->nr == VALUE_PORTS));
		OK(strlen(k->name) < KEY_NAME);
		OK(key_find(k->name) == k);
		OK(k->sense != KEY_WIDEN || k->nr == 2);
	}
}

int main(void)
{
	puts("TAP version 13");
	numbers();
	ranges();
	spans();
	values();
	allow_list();
	table_is_sane();
	return tap_done();
}
