#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Symptom: while a user had connections in 100 network namespaces of few ports each, the
# ports of root's were counted once in 100 ticks of the sampler, however many became
# short there.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

namespaces=100

# So many ports of ours are said to be in use.
in_use()
{
	awk -v used="$used" '$2 == "127.0.0.1:8080" && $3 == used { found = 1 }
		END { exit !found }' $sysfs/ports/destinations
}

connect_one()
{
	sock socket 4
	sock connect "$reply" "$localhost" 8080
	used=$((used + 1))
}

# Five connections, each when the one before has been counted; $reply: milliseconds.
five()
{
	local begin=${EPOCHREALTIME/[.,]/} i

	for ((i = 0; i < 5; i++)); do
		connect_one
		await in_use || return
	done
	reply=$(((${EPOCHREALTIME/[.,]/} - begin) / 1000))
}

# Namespaces of a user
hold()
{
	"${user[@]}" unshare -Ur "$here/idle_netns" $namespaces holding >"$tmp/made" &
	holder=$!
	patience=300 await grep -qs made "$tmp/made"
}

soon()
{
	five && beside=$reply && [ "$beside" -le $((alone * 10)) ]
}

plan 4
# Ten of them are enough to be counted.
knob ipv4/ip_local_port_range "40000 40039"
module_load interval_ms=100
agent sock sock_agent
family 4
listener "$any" 8080 64
used=0
for ((i = 0; i < 11; i++)); do
	connect_one
done
await in_use || bail_out "our ports are not counted"
check "our ports are counted again and again" five
alone=$reply
check "a user holds ports in $namespaces namespaces" hold
# In turn with all of them it would take a hundred times as long.
check "five counts take at most ten times as long beside them" soon
ktap_print_msg "$alone ms alone, ${beside-$reply} ms beside them"
check "they are held all the while" kill -0 "$holder"
kill "$holder"
wait "$holder" 2>/dev/null
finish
