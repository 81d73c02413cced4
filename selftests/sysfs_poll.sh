#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# poll(2) on recommend wakes when the advice changes, and not before; the
# generation grows.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

# Start to poll, for $1 ms at most; returns when it has begun.
poll_begin()
{
	exec {poll}< <("$here/poll_file" $sysfs/recommend "$1")
	read -r reply <&"$poll"
	[ "$reply" = armed ] || bail_out "poll_file: $reply"
}

# How it ended is in $reply.
poll_end()
{
	read -r reply <&"$poll"
	exec {poll}<&-
}

published()
{
	get $sysfs/generation && [ "$reply" -gt "$1" ]
}

# Overflow the accept queue of a new listener on port $1.
overflow()
{
	listener "$any" "$1" 4
	wire to "$server" "$1"
	handshakes 1000 5
	wire send S "$peer" 2000 200
}

plan 5
module_load interval_ms=100
agents
family 4
await published 0
check "a set is published soon after the load" published 0
before=$reply
poll_begin 1000
poll_end
check_eq "with nothing new, poll(2) sleeps" "$reply" unchanged
poll_begin 60000
overflow 8080
poll_end
check_eq "an overflow wakes it" "$reply" changed
check "and the generation has grown" published "$before"
poll_begin 60000
overflow 8081
poll_end
check_eq "so does another one" "$reply" changed
finish
