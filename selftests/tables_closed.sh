#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# tables/closed keeps by address what listeners had counted when they were closed: a
# row each for as many addresses as there is room for, the rest together, and no user
# has another's row give way.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

table=$sysfs/tables/closed
room=128	# in any namespace but the initial one

# The rows: what is no blank, after the head.
rows()
{
	tail -n +3 "$table" | sed -e 's/ *$//' -e '/^$/d'
}

# That of address $1, without its name and number of listeners.
row()
{
	rows | awk -v address="$1" '$1 == address { $1 = $2 = ""; print }' | xargs
}

# Sums over all rows, in the order of the columns, but for the number of listeners.
sums()
{
	rows | awk '{ for (i = 3; i <= NF; i++) n[i] += $i }
		END { for (i = 3; i in n; i++) printf "%d ", n[i] }' | xargs
}

# What directory $1 has of column $2; some are in the tables only, and 0 here.
counted()
{
	reply=0
	[ ! -e "$1/$2" ] || get "$1/$2"
}

# The same from closed/.
closed()
{
	local name

	for name in "${names[@]:2}"; do
		counted "$sysfs/closed" "$name"
		printf '%s ' "$reply"
	done | xargs
}

head_says()
{
	[[ $(head -n 1 "$table") =~ " $1=$2"( |$) ]]
}

# visited ADDRESS PORT COUNT: as many listeners, a connection to each; they are closed
visited()
{
	agent many many_agent
	tell many open "$@"
	# What is closed before it is shown has no address.
	await eval "[ \$(ls $sysfs/listeners | wc -l) = $3 ]"
	tell many visit "$1" "$2" "$3"
	dismiss many
	await eval "[ -z \"\$(ls $sysfs/listeners)\" ]"
}

plan 14
module_load interval_ms=100
agents
read -ra names < <(sed -n 2p "$table")
check_eq "the columns are the counters" "$(printf '%s\n' "${names[@]:3}" | sort)" \
	"$(printf '%s\n' "${counters[@]}" other_drops_child other_drops_icmp | sort)"
check_eq "none was closed" "$(rows)" "other 0 0 0 0 0 0 0 0 0 0 0 0 0"

for version in 4 6; do
	family $version
	listener "$any" 8080 4
	wire to "$server" 8080
	handshakes 1000 5
	wire send S "$peer" 2000 9
	had=5
	for name in "${names[@]:3}"; do
		counted "$dir" "$name"
		had+=" $reply"
	done
	sock close "$fd"
	await_value "$sysfs/closed/listeners" $((version / 2 - 1))
	address="$any:8080"
	[ $version = 4 ] || address="[$any]:8080"
	check_eq "IPv$version: a row has all that its listener counted" "$(row "$address")" "$had"
done
check_eq "all rows are all of closed/" "$(sums)" "$(closed)"

listener 127.0.0.1 7001 4
sock close "$fd"
await_value "$sysfs/closed/listeners" 3
check_eq "one that nobody came to makes no row" "$(row 127.0.0.1:7001)" ""

family 4
visited 127.0.0.1 9000 1
visited 127.0.0.1 9000 1
check_eq "an address has one row" "$(rows | grep -c '^127.0.0.1:9000 2 ')" 1
check "none had to give way" head_says evicted 0

# Three addresses so far.
visited 127.0.0.1 20000 $((room + 20))
check_eq "there is room for so many" "$(rows | grep -vc ^other)" $room
check "others had to give way" head_says evicted 23
check_eq "their counts have not" "$(sums)" "$(closed)"

# Another user's, in the same network namespace: half as many as root has.
rows | cut -d ' ' -f 1 | sort >"$tmp/before"
user_agent user many_agent
tell user open 127.0.0.1 30000 300
await eval "[ \$(ls $sysfs/listeners | wc -l) = 300 ]"
tell user visit 127.0.0.1 30000 300
dismiss user
await eval "[ -z \"\$(ls $sysfs/listeners)\" ]"
check_eq "another user gets half of the room" \
	"$(rows | grep -c '^127.0.0.1:3')" $((room / 2))
check_eq "and no more" "$(rows | grep -vc -e ^other -e '^127.0.0.1:3')" $((room / 2))
check_eq "nothing is lost" "$(sums)" "$(closed)"
finish
