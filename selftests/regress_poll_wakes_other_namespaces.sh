#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A namespace whose advice changed woke whoever polled `recommend`, in whatever
# namespace, and its generation made the next one of all others jump: each could
# see, and cause, what is none of its business.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

mount -t tmpfs tmpfs /run/netns || skip_all "needs /run/netns"

# inside COMMAND...: in the other namespace, with a sysfs of its own
inside()
{
	ip netns exec other "$@"
}

# Poll as $1 does it, `inside` or `command`, for $2 ms at most, with the output on
# descriptor $3; returns when it has begun.
poll_begin()
{
	eval "exec $3< <($1 '$here/poll_file' $sysfs/recommend $2)"
	read -r reply <&"$3"
	[ "$reply" = armed ] || bail_out "poll_file: $reply"
}

published()
{
	[ "$("$1" cat $sysfs/generation)" -gt 0 ]
}

# An accept queue overflows in the other namespace, on port $1.
overflow()
{
	local fd i

	tell other socket 4
	fd=$reply
	tell other bind "$fd" 127.0.0.1 "$1"
	tell other listen "$fd" 0
	for ((i = 0; i < 20; i++)); do
		tell other socket 4
		tell other connect "$reply" 127.0.0.1 "$1"
	done
}

# The generation in ours, then in the other one.
generations()
{
	reply="$(<$sysfs/generation) $(inside cat $sysfs/generation)"
}

plan 6
module_load interval_ms=100
ip netns add other
ip -n other link set lo up
netns=other agent other sock_agent
await published command
await published inside
generations
before=$reply
poll_begin command 6000 7
poll_begin inside 60000 8
overflow 8080
read -r reply <&8
check_eq "an overflow wakes its namespace" "$reply" changed
read -r reply <&7
check_eq "and no other" "$reply" unchanged
generations
check_eq "the other generation stays" \
	"${reply% *}" "${before% *}"
check "and has grown in its own" [ "${reply#* }" -gt "${before#* }" ]
# Numbers of one namespace follow each other, however many there are.
check "it counts sets of this namespace only" [ "${before% *}" = 1 ]
check_eq "recommend is a link to the file of the reader's namespace" \
	"$(readlink $sysfs/recommend)" netns/recommend
finish
