#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The events tcpadvisor:* other than refusals: a listener's life, verdicts, TIME_WAITs
# that were refused and connect(2)s that found no port, each with the numbers that the
# files in sysfs have.

. "$(dirname "$(readlink -f "$0")")/lib.sh"
. "$here/tracefs.sh"

# The last event $1 says that $2 is $3.
last_says()
{
	trace_read "$1"
	[ ${#events[@]} -gt 0 ] || return
	event_field "${events[-1]}" "$2"
	[ "$reply" = "$3" ]
}

# Σ of count in the events $1 is $2.
counts_sum()
{
	local line n=0

	trace_read "$1"
	for line in "${events[@]}"; do
		event_field "$line" count
		n=$((n + reply))
	done
	[ $n = "$2" ]
}

plan 21
module_load interval_ms=100
trace_begin 1024
for event in listener_born listener_changed listener_gone verdict_changed \
	timewait_refused port_exhausted; do
	trace $event 1
done
agents
family 4
inum=$(readlink /proc/self/ns/net)
inum=${inum//[!0-9]}

listener "$any" 8080 2
name="[::ffff:0.0.0.0]:8080@${dir##*@}"
check "a listener is born" await events_are listener_born 1
event_field "${events[0]-}" listener
check_eq "by the name of its directory" "$reply" "$name"
event_field "${events[0]-}" netns
check_eq "in its namespace" "$reply" "$inum"
event_field "${events[0]-}" requested
check_eq "with what it asked for" "$reply" 2
get "$dir/inode"
check "and its inode" last_says listener_born inode "$reply"

wire to "$server" 8080
handshakes 1000 3
# Refused SYNs, a few at a time until there is a verdict on them
sent=0
is_judged()
{
	wire send S "$peer" $((2000 + sent)) 4
	sent=$((sent + 4))
	get "$dir/verdict"
	[ "$reply" != ok ] && [ "$reply" != undecided ] &&
		last_says verdict_changed verdict "$reply"
}
check "its verdict is told" await is_judged
event_field "${events[-1]}" on
check_eq "as that of a listener" "$reply" listener
event_field "${events[-1]}" recommended
recommended=$reply
get "$dir/backlog_recommended"
# It may have grown since.
check "with what is recommended" [ "$recommended" -le "$reply" ]

sock listen "$fd" 20
check "another backlog is told" await last_says listener_changed backlog 20
check "with the one before" last_says listener_changed was 2
check "and that its verdict is ok again" await last_says verdict_changed verdict ok

sock close "$fd"
check "a listener is gone" await events_are listener_gone 1
check "by the same name" last_says listener_gone listener "$name"
check "with its totals" last_says listener_gone accept_overflows_syn $sent
check "and those that waited" last_says listener_gone aborted 3

knob ipv4/tcp_max_tw_buckets 5
listener "$any" 8080 8
sock cycle "$fd" "$localhost" 8080 12 half-server
check "refused TIME_WAITs are told" await counts_sum timewait_refused 7
check "with the limit" last_says timewait_refused limit 5

knob ipv4/ip_local_port_range "40000 40049"
listener "$any" 8083 1000
sock fill "$localhost" 8083 60
failures=$reply
get "$sysfs/ports/failures"
check_eq "connect(2)s fail" "$failures" "$reply"
check "each is told" await events_are port_exhausted "$failures"
event_field "${events[0]-}" daddr
check_eq "with its destination" "$reply" "[::ffff:127.0.0.1]:8083"
event_field "${events[0]-}" range
check_eq "and the range" "$reply" 40000-40049
trace_end
finish
