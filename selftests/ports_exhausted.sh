#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Connections to one address and port until no ephemeral port is left: each
# connect(2) that fails is counted, the destination and the program are named,
# and once the advice is followed the same load fails no more.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

ports=$sysfs/ports

# connects COUNT: how many of them failed is in $failures. The agent keeps the
# connections.
connects()
{
	sock fill "$localhost" 8080 "$1"
	failures=$reply
}

# Field $2 of the line on 127.0.0.1:8080 in ports/destinations is in $reply.
field()
{
	reply=$(awk -v n="$1" '$2 == "127.0.0.1:8080" { print $n }' $ports/destinations)
	[ -n "$reply" ]
}

field_is()
{
	field "$1" && [ "$reply" = "$2" ]
}

forecasts()
{
	field 6 && [ "$reply" != - ]
}

plan 13
module_load interval_ms=100
agent sock sock_agent
family 4
# Two hundred ports, one of them a listener's, one reserved.
knob ipv4/ip_local_port_range "40000 40199"
knob ipv4/ip_local_reserved_ports 40010
listener "$any" 40020 10
listener "$any" 8080 1000
check_eq "listeners and reserved ports are not usable" "$(<$ports/usable)" 198
connects 90
check "use is seen before it is trouble" await field_is 3 90
connects 80
check "growth is forecast" await forecasts
check_eq "nothing has failed" "$(<$ports/failures)" 0
check "the verdict is ports-tight" await value_is $ports/verdict ports-tight
connects 60
check_eq "the last do not get a port" "$failures" 32
check_eq "each is counted" "$(<$ports/failures)" "$failures"
field 7
check_eq "towards their destination" "$reply" "$failures"
field 10
check_eq "with the name of the program" "$reply" sock_agent
check "the verdict is ports-exhausted" await value_is $ports/verdict ports-exhausted
check "sysctl takes the advice" eval "sysctl -p $sysfs/recommend >/dev/null"
connects 60
check_eq "followed, nothing fails" "$failures" 0
check_eq "and nothing more is counted" "$(<$ports/failures)" 32
finish
