#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A port that once had a listener was a listener's for good: after one pass over the
# ephemeral ports none was usable any more, no connection was counted towards its
# destination, and all TIME_WAITs were the server's.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

low=40000
high=40199
count=$((high - low + 1))

# Listen on each ephemeral port, then on none of them.
pass()
{
	local port fds=()

	for ((port = low; port <= high; port++)); do
		listener "$localhost" $port 1
		fds+=("$fd")
	done
	get $sysfs/ports/usable
	usable=$reply
	for fd in "${fds[@]}"; do
		sock close "$fd"
	done
}

# In ports/destinations, as so many are in use towards 127.0.0.1:8080.
used_is()
{
	local line

	while read -ra line; do
		[ "${line[1]}" != 127.0.0.1:8080 ] || [ "${line[2]}" != "$1" ] || return 0
	done <$sysfs/ports/destinations
	return 1
}

# TIME_WAITs so far as the server's and as the client's.
kinds()
{
	get $sysfs/timewait/server_side
	local server=$reply
	get $sysfs/timewait/client_side
	reply="$server $reply"
}

plan 8
module_load interval_ms=100
agent sock sock_agent
family 4
knob ipv4/ip_local_port_range "$low $high"
knob ipv4/tcp_tw_reuse 0
listener "$localhost" 8080 1000
server=$fd
check_eq "all ephemeral ports are usable" "$(<$sysfs/ports/usable)" $count
pass
check_eq "while each has a listener, none is" "$usable" 0
check "after that all are again" await_value $sysfs/ports/usable $count
sock cycle "$server" "$localhost" 8080 20 half-client
kinds
check_eq "a client's TIME_WAIT is the client's" "$reply" "0 20"
sock cycle "$server" "$localhost" 8080 20 half-server
kinds
check_eq "a server's is the server's" "$reply" "20 20"
sock fill "$localhost" 8080 100
check_eq "connections find ports" "$reply" 0
check "and are counted towards their destination" await used_is 120
get $sysfs/ports/usable
check_eq "and the listener's port is not one of these" "$reply" $count
finish
