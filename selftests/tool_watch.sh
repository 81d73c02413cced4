#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# `tcpadvisor watch` prints the advice, sleeps in poll(2), and prints it again
# with the time once it has changed.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

burst()
{
	handshakes "$1" 60
	get "$dir/accept_queue"
	sock drain "$fd" "$reply"
}

# The file $1 has so many documents, a line each.
documents()
{
	[ "$(wc -l <"$tmp/$1")" = "$2" ]
}

asleep()
{
	[[ $(cat "/proc/$watch_pid/stat" 2>/dev/null) == *') S '* ]] &&
		[[ $(cat "/proc/$watch_pid/syscall" 2>/dev/null) != running ]]
}

ended()
{
	! kill -0 "$watch_pid" 2>/dev/null
}

# How often it has been woken so far.
wakes()
{
	reply=$(awk '/^voluntary/ { print $2 }' "/proc/$watch_pid/status")
}

# Turns of the sampler come and go.
turns()
{
	local i

	for ((i = 0; i < 50; i++)); do
		nap
	done
}

plan 8
command -v tcpadvisor >/dev/null || skip_all "needs the command tcpadvisor"
module_load interval_ms=100
agents
family 4
knob core/somaxconn 4096
listener "$any" 8080 16
wire to "$server" 8080
tcpadvisor watch --json -n 2 >"$tmp/watched" 2>"$tmp/errors" &
watch_pid=$!
check "it shows the advice as it is" await documents watched 1
check "and goes to sleep" await asleep
wakes
before=$reply
turns
wakes
check_eq "in which it stays while nothing changes" "$reply" "$before"
burst 1000
check "once there is advice it ends, as it was told" await ended
wait "$watch_pid"
check_eq "without an error" "$?$(cat "$tmp/errors")" 0
check "after showing it" documents watched 2
check "with the listener and the time" eval "tail -n 1 $tmp/watched |
	grep '\"time\":\"20[0-9-]*T[0-9:]*[+-]' | grep -q '0.0.0.0:8080@'"
check_eq "each of another generation" \
	"$(sed 's/.*"generation":\([0-9]*\).*/\1/' "$tmp/watched" | sort -u | wc -l)" 2
finish
