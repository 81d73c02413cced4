#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Symptom: which ports had a listener was kept in sets of 1024 ports, half a KiB each,
# up to 32 KiB in each network namespace, of which anybody makes as many as he likes,
# and was charged to nobody.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

most=4096	# sets of a user, over all namespaces
sets=64		# of a namespace at most
places=()	# of the namespaces of user 1000

# Agent $1 makes a namespace in which there is a listener in each set.
spread()
{
	local port place

	tell "$1" namespace
	place=/proc/${reply#pid=}
	places+=("${place/ fd=//fd/}")
	for ((port = 1000; port < 65536; port += 1024)); do
		tell "$1" open 127.0.0.1 $port 1
	done
}

# untracked/ports of all of them that are there
unnoted()
{
	local place

	for place in "${places[@]}"; do
		nsenter --net="$place" unshare --mount sh -c "mount -t sysfs sysfs /sys
			[ \$(ls $sysfs/listeners | wc -l) = $sets ] && cat $sysfs/untracked/ports" ||
			echo 1000000
	done | awk '{ n += $1 } END { print n + 0 }'
}

is_unnoted()
{
	[ "$(unnoted)" = "$1" ]
}

is_usable()
{
	get $sysfs/ports/usable
	[ "$reply" = "$1" ]
}

ulimit -n 8192 || skip_all "needs 8192 descriptors"
plan 5
patience=180
module_load interval_ms=100 window_s=5
agent root many_agent
through="unshare -Ur"
user_agent early many_agent
user_agent late many_agent
for who in early early; do
	spread $who
done
for ((i = 2; i < most / sets + 2; i++)); do
	spread late
done
check "a user has so many sets and no more" await is_unnoted $((2 * sets))
ktap_print_msg "$most sets, $((most / 2)) KiB, ports left out: $(unnoted)"

get $sysfs/ports/usable
usable=$reply
tell root open 127.0.0.1 40000 1
check "another has his all the same" await is_usable $((usable - 1))
check_eq "and none of his ports is left out" "$(cat $sysfs/untracked/ports)" 0

module_load interval_ms=100 window_s=5
check "nor more in namespaces from before the load" await is_unnoted $((2 * sets))

dismiss early
places=("${places[@]:2}")
check "what a namespace gives back is used, a window later" await is_unnoted 0
finish
