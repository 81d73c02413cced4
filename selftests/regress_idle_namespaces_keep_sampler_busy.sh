#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Symptom: network namespaces in which connect(2) had once found no port, or that
# held the few ports there were, and nothing happened any more, had the sampler judge
# their ports at each tick: with 500 of them two seconds, so that a user took a CPU.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

namespaces=500

# Namespaces of kind $1
hold()
{
	"$here/idle_netns" $namespaces "$1" >"$tmp/made" &
	holder=$!
	patience=300 await grep -qs made "$tmp/made"
}

# A tick, if nothing prolongs it, takes at most 30 times as long as without them.
quick()
{
	sampler_tick
	[ "$least" -le $((idle * 30)) ]
}

# In the end: what is new in them is looked at first.
settled()
{
	patience=20 await quick
}

# What namespaces of kind $2 take, which $1
are_idle()
{
	check "$namespaces namespaces $1" hold "$2"
	# Some of them are looked at in each tick; all of them would take 500 times as long.
	check "a tick takes at most 30 times as long as without, in the end" settled
	ktap_print_msg "$idle us without, $least us with them"
	check "they are held all the while" kill -0 "$holder"
	kill "$holder"
	wait "$holder" 2>/dev/null
}

ulimit -n 8192 || skip_all "needs 8192 descriptors"
plan 6
module_load interval_ms=100
sampler_tick
sampler_tick
idle=$least
are_idle "lack ports once" lacking
are_idle "hold all ports there are" holding
finish
