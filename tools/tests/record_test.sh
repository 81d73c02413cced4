#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# `tcpadvisor record`: CSV that others parse, with a row for each listener and look and
# for what is gone; how often and how long; and what a look that is not whole says.

. "$(dirname "$0")/lib.sh"

# What a parser of CSV makes of the output: each row as NAME=VALUE, of columns $@.
parsed()
{
	/usr/bin/python3 -c '
import csv, sys
rows = list(csv.reader(sys.stdin))
for row in rows[1:]:
    assert len(row) == len(rows[0]), row
    fields = dict(zip(rows[0], row))
    print(" ".join(name + "=" + fields[name] for name in sys.argv[1:]))' "$@" <"$tmp/out"
}

# has_row ROW COLUMN...
has_row()
{
	parsed "${@:2}" | grep -xF -e "$1" >/dev/null
}

# Rows in all, without the head
rows_are()
{
	local n

	n=$(parsed kind | wc -l)
	[ "$n" = "$1" ] || { echo "$n rows"; return 1; }
}

# The columns are those of the files that a listener has.
columns_have_files()
{
	local name

	for name in $(head -1 "$tmp/out" | tr -d '\r' | tr , '\n' |
			grep -vxE 'time|netns|whole|kind|listener|cookie'); do
		[ -e "$sysfs/listeners/0.0.0.0:80@1f/$name" ] || { echo "$name"; return 1; }
	done
}

# Counter $1 of all rows of the first look
sums_to()
{
	[ "$(parsed "$1" | awk -F= '{ n += $2 } END { print n }')" = "$2" ]
}

times_grow()
{
	parsed time | sed 's/time=//' | sort -n -c && [ "$(parsed time | sort -u | wc -l)" = "$1" ]
}

# A machine that is busy leaves looks out.
some_of()
{
	local looks

	looks=$(parsed time | sort -u | wc -l)
	[ "$looks" -ge 1 ] && [ "$looks" -le "$1" ]
}

table_says_the_same()
{
	run record -c 1
	parsed kind listener syns cgroup >"$tmp/files"
	tabulate
	run record -c 1
	rm -r "$sysfs/tables"
	parsed kind listener syns cgroup | diff "$tmp/files" -
}

is_full()
{
	"$tool" --sysroot "$root" record -c 1 >/dev/full 2>"$tmp/err"
	[ $? = 1 ] && complains "standard output"
}

mkdir -p "$root"
new_root
listener 0.0.0.0:80@1f inode=7 syns=10 accept_overflows_syn=3 backlog=511 \
	backlog_requested=unknown verdict=backlog-small backlog_recommended=1024 \
	cgroup='/a "b", c.service'
listener '[2001:db8::1]:443@2' inode=8 backlog_requested=-1 accept_overflows_syn=4
echo 5 >"$sysfs/closed/accept_overflows_syn"
echo 6 >"$sysfs/untracked/accept_overflows_syn"

ok "one look" exits 0 record --csv --count 1
ok "is a row for each listener, and two more" rows_are 4
ok "with what its files say" has_row \
	"kind=listener listener=0.0.0.0:80 cookie=1f inode=7 backlog=511 syns=10 verdict=backlog-small backlog_recommended=1024 whole=1" \
	kind listener cookie inode backlog syns verdict backlog_recommended whole
ok "by their names" columns_have_files
ok "a path as it is" has_row 'cgroup=/a "b", c.service' cgroup
ok "what is not known is empty" has_row \
	"listener=0.0.0.0:80 backlog_requested=" listener backlog_requested
ok "what is below 0" has_row \
	"listener=[2001:db8::1]:443 backlog_requested=-1" listener backlog_requested
ok "those that are gone" has_row "kind=closed listener= accept_overflows_syn=5 verdict=" \
	kind listener accept_overflows_syn verdict
ok "all of it adds up" sums_to accept_overflows_syn 18
ok "by the table it says the same" table_says_the_same

ok "three looks" exits 0 record -i 20ms -c 3
ok "are so many rows" rows_are 12
ok "of three times" times_grow 3
ok "one head" [ "$(grep -c '^time,' "$tmp/out")" = 1 ]
ok "for a time" exits 0 record --interval 50ms --time 120ms
ok "it ends by itself" some_of 3

echo "not a number" >"$sysfs/listeners/0.0.0.0:80@1f/syns"
ok "a listener that cannot be read" exits 64 record -c 1
ok "is said" complains syns
ok "and makes no row" rows_are 3
ok "and the look is not whole" has_row "kind=closed whole=0" kind whole
rm -r "$sysfs"
ok "no module" exits 1 record -c 3
ok "is said, once" [ "$(grep -c . "$tmp/err")" = 1 ]
ok "too often" exits 2 record -i 1ms
ok "JSON" exits 2 record --json -c 1
new_root
listener 0.0.0.0:80@1
ok "no room to write" is_full
finish
