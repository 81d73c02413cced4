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

# Field $1 of the line on 127.0.0.1:8080 in ports/destinations is in $reply; from
# 0, and no process made for it.
field()
{
	local line

	reply=
	while read -ra line; do
		[ "${line[1]}" != 127.0.0.1:8080 ] || reply=${line[$1]}
	done <$ports/destinations
	[ -n "$reply" ]
}

field_is()
{
	field "$1" && [ "$reply" = "$2" ]
}

forecasts()
{
	field 5 && [ "$reply" != - ]
}

# Eighty more. A forecast stands for as long as use grows, or for an interval.
forecast_as_they_come()
{
	local i seen=1

	for ((i = 0; i < 80; i++)); do
		connects 1
		! forecasts || seen=0
	done
	[ $seen = 0 ] || await forecasts
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
check "use is seen before it is trouble" await field_is 2 90
check "growth is forecast" forecast_as_they_come
check_eq "nothing has failed" "$(<$ports/failures)" 0
check "the verdict is ports-tight" await value_is $ports/verdict ports-tight
connects 60
check_eq "the last do not get a port" "$failures" 32
check_eq "each is counted" "$(<$ports/failures)" "$failures"
field 6
check_eq "towards their destination" "$reply" "$failures"
field 9
check_eq "with the name of the program" "$reply" sock_agent
check "the verdict is ports-exhausted" await value_is $ports/verdict ports-exhausted
check "sysctl takes the advice" eval "sysctl -p $sysfs/recommend >/dev/null"
connects 60
check_eq "followed, nothing fails" "$failures" 0
check_eq "and nothing more is counted" "$(<$ports/failures)" 32
finish
