#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Symptom: what the listeners of an address had counted was kept after their close for
# 128 addresses in each network namespace, of which anybody makes as many as he likes,
# and was charged to nobody: 32 KiB a namespace, without end.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

most=8192	# rows of a user, over all namespaces
room=128	# in a namespace
namespaces=$((most / room + 2))

# In the network namespace $1
inside()
{
	nsenter --net="$1" unshare --mount sh -c "mount -t sysfs sysfs /sys; $2"
}

# A namespace of user 1000 in which $room addresses have counted and are closed
used()
{
	local place

	tell user namespace
	place=/proc/${reply#pid=}
	place=${place/ fd=//fd/}
	tell user open 127.0.0.1 1000 $room
	inside "$place" "until [ \$(ls $sysfs/listeners | wc -l) = $room ]; do :; done"
	tell user visit 127.0.0.1 1000 $room
	tell user close
	inside "$place" "until [ -z \"\$(ls $sysfs/listeners)\" ]; do :; done
		sed 's/ *\$//' $sysfs/tables/closed
		cat $sysfs/closed/syns" >"$tmp/closed$1"
}

rows()
{
	cat "$tmp"/closed* | grep -c "^127.0.0.1:"
}

evicted()
{
	sed -n 's/.* evicted=\([0-9]*\).*/\1/p' "$tmp"/closed* | awk '{ n += $1 } END { print n }'
}

# Of each namespace what its rows have in column 4, and its counter
unlike()
{
	local file

	for file in "$tmp"/closed*; do
		awk 'NR == 2 { for (i = 1; i <= NF; i++) if ($i == "syns") at = i }
			NR > 2 && NF > 1 { n += $at } NF == 1 { all = $1 }
			END { if (n != all || !n) print FILENAME, n, all }' "$file"
	done
}

plan 4
module_load interval_ms=100
agent root many_agent
through="unshare -Ur" user_agent user many_agent
for ((i = 0; i < namespaces; i++)); do
	used $i
done
check_eq "a user has so many rows and no more" "$(rows)" $most
check_eq "who found no room is counted" "$(evicted)" $((2 * room))
check_eq "nothing is lost" "$(unlike)" ""

tell root open 127.0.0.1 1000 1
await eval "[ -n \"\$(ls $sysfs/listeners)\" ]"
tell root visit 127.0.0.1 1000 1
tell root close
check "another has his row all the same" await grep -q "^127.0.0.1:1000 " "$sysfs/tables/closed"
finish
