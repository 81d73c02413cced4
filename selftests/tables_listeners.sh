#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# tables/listeners has what the files of every listener have, and how long connections
# wait; while listeners come and go a reader meets each that stays once; each reader sees
# his own namespace; and a reader who does not go on holds up neither the module nor a
# namespace.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

table=$sysfs/tables/listeners
steady=300
fds=()

# The rows of listeners: what is no blank, after the head.
rows()
{
	tail -n +3 "$table" | sed -e 's/ *$//' -e '/^$/d'
}

# The same from the files: name and values of the columns, but those that have none.
from_files()
{
	local entry column value

	for entry in "$sysfs"/listeners/*; do
		printf '%s' "${entry##*/}"
		for column in "${names[@]:1}"; do
			value=.
			[ ! -e "$entry/$column" ] || read -r value <"$entry/$column"
			printf ' %s' "$value"
		done
		echo
	done | sort
}

# How long connections wait, over all listeners, is more than $1.
wait_longer()
{
	reply=$(rows | awk '{ n += $8 } END { print n }')
	[ "$reply" -gt "$1" ]
}

# Nobody waits any more, and so all stays as it is.
settled()
{
	! wait_longer 0
}

# The cgroup's ID is its directory's inode.
cgroups_differ()
{
	local name inode id rest path

	mkdir -p "$tmp/cgroup"
	mount -t cgroup2 none "$tmp/cgroup" || return
	while read -r name inode id rest; do
		read -r path <"$sysfs/listeners/$name/cgroup"
		case $id in
		0) [ "$path" = - ] ;;
		*) [ "$id" = "$(stat -c %i "$tmp/cgroup$path")" ] ;;
		esac || echo "$name: $id is not $path"
	done < <(rows)
	umount "$tmp/cgroup"
}

# Lengths of rows, each once.
lengths()
{
	awk '{ print length($0) }' "$table" | sort -u | paste -sd ' '
}

# What is wrong with one look at the table: a name twice, or one that stays missing.
look()
{
	rows | cut -d ' ' -f 1 | sort >"$tmp/look"
	uniq -d "$tmp/look"
	comm -23 "$tmp/steady" "$tmp/look"
}

looks()
{
	local n=0

	while kill -0 "$storm" 2>/dev/null || [ $n -lt 3 ]; do
		look
		n=$((n + 1))
	done
}

shown()
{
	[ "$(rows | wc -l)" = "$1" ]
}

names_of()
{
	ip netns exec "$1" unshare --mount sh -c "mount -t sysfs sysfs /sys
		tail -n +3 $table | grep -o '^[^ ][^ @]*' | paste -sd ' '"
}

is_alone()
{
	[ "$(names_of other)" = "$1" ]
}

plan 23
module_load interval_ms=100
agents
for version in 4 6; do
	family $version
	listener "$any" $((8080 + version)) 4
	wire to "$server" $((8080 + version))
	handshakes 1000 5
	# So few are no reason for a verdict, whatever comes.
	wire send S "$peer" 2000 6
	fds[version]=$fd
done
sampler_tick
sampler_tick
check "how long connections wait is there" wait_longer 0
check "and grows" await wait_longer "$reply"
for version in 4 6; do
	sock drain "${fds[version]}" 5
done
await settled
read -r head <"$table"
netns_inode=$(stat -Lc %i /proc/self/ns/net)
check_eq "the head says what this is" "${head% changes=*}" \
	"# tcpadvisor listeners version=1 row=512 netns=$netns_inode"
read -ra names < <(sed -n 2p "$table")
check_eq "there is a column for each file" \
	"$(printf '%s\n' "${names[@]:1}" | grep -vxE 'cgroup_id|accept_wait_(peak_)?ms|other_drops_.*' | sort)" \
	"$(cd "$dir" && printf '%s\n' * | grep -vx cgroup | sort)"
check "the longest wait is remembered" eval "! rows | awk '{ print \$9 }' | grep -qx 0"
check_eq "each row is what the files say" \
	"$(rows | awk '{ $3 = $8 = $9 = $21 = $22 = "."; print }' | sort)" "$(from_files)"
check "of which something was refused" [ "$(rows | awk '{ n += $14 } END { print n }')" -gt 0 ]
check_eq "the ID of the cgroup is its own" "$(cgroups_differ)" ""
check_eq "rows are all of one length" "$(lengths)" 511
cp "$table" "$tmp/whole"
dd if="$table" bs=100 of="$tmp/pieces" 2>/dev/null
check "in pieces it is the same" cmp "$tmp/whole" "$tmp/pieces"
dd if="$table" bs=512 skip=3 of="$tmp/rest" 2>/dev/null
check "from the middle, too" cmp <(tail -c +1537 "$tmp/whole") "$tmp/rest"
check_eq "far behind its end is nothing" \
	"$(dd if="$table" bs=1 skip=9000000000000000000 count=1 2>/dev/null | wc -c)" 0
check "it cannot be written to" eval "! echo 1 2>/dev/null >$table"
check "everybody may read it" as_user grep -q '^# tcpadvisor listeners ' "$table"

ip netns add other || bail_out "no namespace"
netns=other agent elsewhere many_agent
ip -n other link set lo up
tell elsewhere open 127.0.0.1 9999 1
await is_alone 127.0.0.1:9999
check_eq "another namespace sees its own" "$(names_of other)" 127.0.0.1:9999
check_eq "and shows them to nobody else" "$(rows | grep -c ":9999@")" 0

agent many many_agent
tell many open 127.0.0.1 30000 $steady
await shown $((steady + 2)) || bail_out "not all are shown"
rows | cut -d ' ' -f 1 | sort >"$tmp/steady"
"$here/listener_storm" here 1500 300 40 1 >/dev/null &
storm=$!
check_eq "while others come and go, whoever stays is met once" "$(looks)" ""
wait $storm
await shown $((steady + 2))
check_eq "then there are no others" "$(look)" ""
read -r head <"$table"
check_eq "and nothing is under way" $((${head##*changes=} % 2)) 0
dismiss many
await shown 2
check_eq "a table gets shorter again" "$(wc -c <"$table")" $((4 * 512))

exec {held}<"$table"
read -r -u "$held" head
ip netns del other
check "a reader keeps no module" module_unload
check "and reads no more" eval "! read -r -u $held head 2>/dev/null"
exec {held}<&-
module_load
check "which can be loaded again" grep -q '^# tcpadvisor listeners ' "$table"
finish
