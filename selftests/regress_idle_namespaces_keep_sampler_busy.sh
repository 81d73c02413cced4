#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Symptom: network namespaces in which connect(2) had once found no port, or that
# held the few ports there were, and nothing happened any more, had the sampler judge
# their ports at each tick: with 500 of them two seconds, so that a user took a CPU.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

namespaces=500
interval_ms=100

# $1 namespaces of kind $2
hold()
{
	rm -f "$tmp/made"
	"$here/idle_netns" "$1" "$2" >"$tmp/made" &
	holder=$!
	patience=300 await grep -qs made "$tmp/made"
}

let_go()
{
	kill "$holder"
	wait "$holder" 2>/dev/null
}

# A tick, if nothing prolongs it, takes at most $1 times as long as before, and $2 us.
quick()
{
	sampler_tick
	[ "$least" -le $((before * $1 + $2)) ]
}

# In the end: what is new in them is looked at first.
settled()
{
	patience=20 await quick "$1" "$2"
}

ulimit -n 8192 || skip_all "needs 8192 descriptors"
plan 7
module_load interval_ms=$interval_ms
sampler_tick
sampler_tick
before=$least
check "$namespaces namespaces lack ports once" hold $namespaces lacking
# Some of them are looked at in each tick; all of them would take 500 times as long.
check "a tick takes at most 30 times as long as without, in the end" settled 30 0
ktap_print_msg "$before us without, $least us with them"
check "they are held all the while" kill -0 "$holder"
let_go

# In each tick the ports of some are counted, and judged, of which there are few.
check "two namespaces hold all ports they have" hold 2 holding
sampler_tick
sampler_tick
before=$least
let_go
check "$namespaces do" hold $namespaces holding
# For judging there is a hundredth of the time, which with two is not always needed.
check "a tick takes at most 5 times as long as with two, and what is for judging" \
	settled 5 $((interval_ms * 1000 / 100))
ktap_print_msg "$before us with two, $least us with $namespaces"
check "they are held all the while" kill -0 "$holder"
let_go
finish
