#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# When a worker of a SO_REUSEPORT group died, what it had refused was taken from what its
# address had refused; to Prometheus, a counter that falls has begun anew, and it saw
# as many refusals again as the others had left.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

metric='tcpadvisor_listener_refused_total{.*address="0.0.0.0:8080",cause="accept_queue_syn"}'

# Of the address, as Prometheus gets it.
refused()
{
	tcpadvisor metrics 2>/dev/null | sed -n "s/^$metric //p"
}

refused_is()
{
	[ "$(refused)" = "$1" ]
}

# What is seen while the first is closed, until that has gone: each once, in order.
seen()
{
	local last=${1-} now

	until value_is "$sysfs/closed/listeners" 1; do
		now=$(refused)
		[ -z "$now" ] || [ "$now" = "$last" ] || echo "$now"
		last=${now:-$last}
	done
	refused
}

plan 6
module_load interval_ms=100
agents
family 4
fds=()
for member in 1 2; do
	listener "$any" 8080 3 reuseport=1
	fds+=("$fd")
done
wire to "$server" 8080
handshakes 1000 60
sum accept_overflows_syn
before=$reply
check "both refused" [ "$before" -gt 20 ]
check "their address has all of it" refused_is "$before"
seen "$before" >"$tmp/seen" &
watcher=$!
sock close "${fds[0]}"
wait $watcher
check_eq "when one dies, nothing falls and nothing is there twice" \
	"$(sort -u "$tmp/seen" | paste -sd ' ')" "$before"
handshakes 5000 10
sum accept_overflows_syn
after=$reply
check "the other goes on" [ "$after" -gt "$before" ]
check "and so does the counter" refused_is "$after"
sock close "${fds[1]}"
await_value "$sysfs/closed/listeners" 2
check "without any, it stays" refused_is "$after"
finish
