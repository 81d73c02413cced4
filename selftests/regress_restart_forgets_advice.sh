#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Symptom: a server that was restarted between bursts, or reloaded into a new
# socket, was said to have refused nobody, and the advice was forgotten. Evidence
# follows address, settings and program; other settings begin afresh.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

# All at once a hundred clients come to $fd, then the application takes what it can.
burst()
{
	handshakes 1000 100
	get "$dir/accept_queue"
	sock drain "$fd" "$reply"
	wire renew 1000 100
}

# There is a verdict on $dir, and it is final.
decided()
{
	get "$dir/verdict" && [ "$reply" != ok ] && [ "$reply" != undecided ]
}

# The verdict on $dir and the backlog that is recommended are in $reply.
said()
{
	local verdict

	get "$dir/verdict"
	verdict=$reply
	get "$dir/backlog_recommended"
	reply="$verdict $reply"
}

# overflow PORT [OPTION]: a listener of nine that has had a burst, and what is $said.
overflow()
{
	listener "$any" "$1" 9 "${@:2}"
	wire to "$server" "$1"
	burst
	await decided
	said
	before=$reply
}

# It is said of $dir what was said $before.
as_before()
{
	said
	[ "$reply" = "$before" ]
}

remembered()
{
	sed -z 's/\n#   / /g' $sysfs/recommend |
		grep -q "refused by listeners that are gone"
}

plan 7
module_load interval_ms=100
agents
family 4

overflow 8080
sock close "$fd"
check "while it is down the refusals are not denied" await remembered
listener "$any" 8080 9
check "a restarted listener has its verdict and advice" await as_before
check "and nobody is remembered any more" await eval "! remembered"

sock close "$fd"
await gone "$dir"
listener "$any" 8080 200
check "one with another backlog has none, and nothing is said of the one before" \
	eval "value_is '$dir/verdict' ok && await eval '! remembered'"
sock close "$fd"
await gone "$dir"
listener "$any" 8080 9
check "until that comes back" await as_before

overflow 8081 reuseport=1
first=$fd
listener "$any" 8081 9 reuseport=1
get "$dir/verdict"
check_eq "a new socket beside the old one has none yet" "$reply" ok
sock close "$first"
check "but has it when the old one is closed" await as_before
finish
