#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# An entry lives as long as its socket listens: from before the module's load,
# through listen(2) called again, to close(2).

. "$(dirname "$(readlink -f "$0")")/lib.sh"

# check_backlog DESCRIPTION EFFECTIVE REQUESTED, of $dir
check_backlog()
{
	local effective

	get "$dir/backlog"
	effective=$reply
	get "$dir/backlog_requested"
	check_eq "$1" "$effective $reply" "$2 $3"
}

before_load()
{
	sock socket 4
	fd=$reply
	sock bind "$fd" "$any" 8080
	sock listen "$fd" 5
	module_load
	mib_mark
	check "a listener from before the load has an entry" listener_dir 8080
	dir=$reply
	check_backlog "whose requested backlog is unknown" 5 unknown
	wire to "$server" 8080
	handshakes 1000 2
	check_counts "and which counts" "$dir" syns=2 completions=2
	sock listen "$fd" 9
	check_backlog "until listen(2) is called again" 9 9
}

requested()
{
	listener "$any" 8081 7
	check_backlog "a new listener says what it asked for" 7 7
	knob core/somaxconn 16
	sock listen "$fd" 100
	check_backlog "and what it got of that under somaxconn" 16 100
	knob core/somaxconn 64
	check_backlog "which a higher somaxconn does not change" 16 100
	sock listen "$fd" 100
	check_backlog "but listen(2) after it does" 64 100
	sock listen "$fd" -1
	check_backlog "a backlog of -1 asks for all there is" 64 -1
}

closed()
{
	wire to "$server" 8081
	handshakes 1000 3
	wire send S "$peer" 2000 2
	sock close "$fd"
	check "the entry of a closed listener goes" await gone "$dir"
	get $sysfs/closed/listeners
	check_eq "it is among the closed ones" "$reply" 1
	get $sysfs/closed/aborted
	check_eq "with those who were not accepted" "$reply" 3
	check_counts "and with its counts" $sysfs/closed syns=5 completions=3
	wire send A "$peer" 2000 2
	check_eq "ACKs that come too late are answered by a reset" "$reply" \
		"synack=0 ack=0 rst=2 fin=0 none=0"
	check_counts "and count nowhere" $sysfs/closed syns=5 completions=3
}

port_zero()
{
	sock socket 4
	fd=$reply
	sock listen "$fd" 3
	sock port "$fd"
	check "listen(2) without bind(2) shows the port it got" \
		await listener_dir "$reply"
}

plan 17
agents
family 4
before_load
requested
closed
port_zero
check_exact "sums equal the kernel's counters"
finish
