#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Symptom: who turned TCP_DEFER_ACCEPT off, as the text says, and started the server
# anew was told a bigger backlog: it took over what the other had shown, without the
# option that explained it. One that defers again has it.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

# There is a verdict on $dir.
decided()
{
	get "$dir/verdict" && [ "$reply" != ok ] && [ "$reply" != undecided ]
}

# The advice says that a listener has gone, and no other has its place.
remembered()
{
	sed -z 's/\n#   / /g' $sysfs/recommend |
		grep -q "refused by listeners that are gone"
}

# again [OPTION]: it is closed, and another one listens there.
again()
{
	sock close "$fd"
	await gone "$dir"
	listener "$any" 8080 9 "$@"
}

plan 3
module_load interval_ms=100
agents
family 4
listener "$any" 8080 9
wire to "$server" 8080
handshakes 1000 100
get "$dir/accept_queue"
sock drain "$fd" "$reply"
wire renew 1000 100
check "a listener has a verdict" await decided
# As servers do, which set it when they listen already.
sock set "$fd" defer 10
again
check "one that defers no more has none, and nothing is said of the one before" \
	eval "await eval '! remembered' && value_is '$dir/verdict' ok"
again defer=10
check "until one comes that defers" await decided
finish
