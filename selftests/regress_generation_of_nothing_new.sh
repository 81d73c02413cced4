#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Symptom: while a listener that advice is on was in use, a set was published at each
# tick, word for word the one before; whoever follows the generation read it again
# each time.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

# Look at the set; count in $again each that says word for word what the one before
# said, but for its generation.
generation='' said='' again=0
look()
{
	local set now

	set=$(<$sysfs/recommend)
	now=${set#*generation=}
	now=${now%% *}
	set=${set/generation=$now/}
	if [[ $now == "$((generation + 1))" && $set == "$said" ]]; then
		ktap_print_msg "$now says what $generation said: $set"
		((again++))
	fi
	generation=$now said=$set
}

# Clients wait, and are taken, over some ticks.
use()
{
	handshakes 2000 3
	for ((i = 0; i < 20; i++)); do
		nap
		look
	done
	get "$dir/accept_queue"
	sock drain "$fd" "$reply"
	wire renew 2000 3
}

plan 2
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
use
check_eq "no set says what the one before said" $again 0
finish
