#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Symptom: while a listener that advice is on was in use, a set was published at each
# tick, word for word the one before; whoever follows the generation read it again
# each time.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

# The generation once a tick has begun that judges by a window of $1 seconds, which
# is said, and so is one generation.
generation_of()
{
	echo "$1" >/sys/module/tcpadvisor/parameters/window_s
	await grep -q "^# tcpadvisor .* window=$1s" $sysfs/recommend || return
	get $sysfs/generation
}

# Clients wait, and are taken, over some ticks.
use()
{
	handshakes 2000 3
	for ((i = 0; i < 20; i++)); do
		nap
	done
	get "$dir/accept_queue"
	sock drain "$fd" "$reply"
	wire renew 2000 3
}

plan 3
module_load interval_ms=100
agents
family 4
listener "$any" 8080 16
wire to "$server" 8080
handshakes 1000 60
get "$dir/accept_queue"
sock drain "$fd" "$reply"
wire renew 1000 60
check "there is advice on a listener" await grep -q "listener 0.0.0.0:8080" $sysfs/recommend
use
generation_of 61
before=$reply
use
check "a set is published for what is new" generation_of 62
check_eq "and for nothing else" "$reply" $((before + 1))
finish
