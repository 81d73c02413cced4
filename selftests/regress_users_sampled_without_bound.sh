#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Symptom: each of a user's network namespaces in which something goes on, be it one
# connection that nobody accepts, was sampled at each tick, however many there were: root's
# turn came later and later.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

namespaces=1000
interval_ms=100
share_us=$((interval_ms * 1000 / 20))

hold()
{
	"${user[@]}" unshare -Ur "$here/idle_netns" $namespaces waiting >"$tmp/made" &
	holder=$!
	patience=300 await grep -qs made "$tmp/made"
}

# Ticks take the share of users' namespaces on the average, and what a busy host adds.
bounded()
{
	sampler_tick
	[ "$reply" -le $((before + share_us * 2)) ]
}

# How long the connection in the namespace of $1 waits, as far as the sampler knows
waits()
{
	reply=$(nsenter --net="$1" unshare --mount sh -c "mount -t sysfs sysfs /sys &&
		cat $sysfs/tables/listeners" |
		awk 'NR == 2 { for (i = 1; i <= NF; i++) if ($i == "accept_wait_ms") at = i }
			NR > 2 && NF { print $at; exit }')
}

waits_longer()
{
	waits "$1"
	[ "${reply:-0}" -gt "$2" ]
}

# It goes on waiting longer, and longer.
is_sampled()
{
	await waits_longer "$1" 0 && await waits_longer "$1" "$reply"
}

ulimit -n 8192 || skip_all "needs 8192 descriptors"
plan 6
module_load interval_ms=$interval_ms
sampler_tick
sampler_tick
before=$reply
check "a connection waits in each of a user's $namespaces namespaces" hold
patience=60 check "a tick does not take much longer than the share of users" await bounded
ktap_print_msg "$before us without, $reply us with them"
mapfile -t held < <(find "/proc/$holder/fd" -lname 'net:*')
for i in 0 $((namespaces / 2)) $((namespaces - 1)); do
	patience=60 check "each has its turn: $i" is_sampled "${held[i]}"
done
check "they are held all the while" kill -0 "$holder"
kill "$holder"
wait "$holder" 2>/dev/null
finish
