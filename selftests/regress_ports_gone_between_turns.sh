#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A client that uses up its ports between two turns of the sampler was taken for
# one that does not grow, and was told that tcp_tw_reuse was enough. A second of
# TIME_WAIT at its rate needs more ports than there are.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

judged()
{
	get "$dir/verdict" && [ "$reply" != ok ]
}

# The sampler has turned: it has judged refusals of another listener.
await_turn()
{
	listener "$any" 8081 0
	sock socket 4
	sock connect "$reply" "$localhost" 8081
	await_value "$dir/accept_queue" 1
	"$here/syn_load" "$localhost" 8081 10 60 0 >/dev/null
	await judged
}

# All of the range, closed by the client, and one more.
run_out()
{
	reply=$("$here/churn" -b 201 -n 200 "$localhost" 8080)
	[[ $reply == "connections=200 lacking=1 "* ]]
}

advises()
{
	grep -q "^net.ipv4.$1 = " $sysfs/recommend
}

plan 5
knob ipv4/ip_local_port_range "40000 40199"
knob ipv4/tcp_tw_reuse 0
module_load
agent sock sock_agent
family 4
check "the sampler has just turned" await_turn
check "ports run out" run_out
check "the verdict is ports-exhausted" await_value $sysfs/ports/verdict ports-exhausted
check "tcp_tw_reuse is advised" await advises tcp_tw_reuse
check "and a wider range with it" await advises ip_local_port_range
finish
