#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Minisockets by kind: who closed first, server or client, and whether the other
# side had closed by then; their number as the kernel has it.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

# check_timewait DESCRIPTION FILE=VALUE...: and the others are 0
check_timewait()
{
	local file all=

	for file in created server_side client_side fin_wait2 overflows count; do
		get "$sysfs/timewait/$file"
		[ "$reply" = 0 ] || all+="$file=$reply "
	done
	check_eq "$1" "${all% }" "${*:2}"
}

# In use now, says the kernel.
sockstat()
{
	sed -n 's/^TCP:.* tw \([0-9]*\) .*/\1/p' /proc/net/sockstat
}

# Connections one after the other; none is over before its minisocket is made.
run()
{
	sock cycle "$fd" "$localhost" "$port" "$@"
}

plan 8
module_load
agents
mib_mark
family 4
port=8080
listener "$any" $port 8
run 3 half-server
check_timewait "the server closed first" created=3 server_side=3 count=3
run 2 half-client
check_timewait "the client did" created=5 server_side=3 client_side=2 count=5
family 6
port=8081
listener "$any" $port 8
run 4 half-server
run 1 half-client
check_timewait "the same over IPv6" created=10 server_side=7 client_side=3 count=10
wire to "$server" $port
handshakes 1000 2
sock drain "$fd" 2
wire send A "$peer" 1000 2
check_timewait "the server closed, the client has not yet" \
	created=12 server_side=7 client_side=3 fin_wait2=2 count=12
wire send FA "$peer" 1000 2
check_timewait "the client has: the same minisockets" \
	created=12 server_side=7 client_side=3 fin_wait2=2 count=12
get $sysfs/timewait/count
check_eq "/proc/net/sockstat counts as many" "$(sockstat)" "$reply"
mib_read
mib_delta TW
if [ "$reply" = 0 ]; then
	skip "so does TcpExtTW" "needs a kernel that counts them as they are made"
else
	check_eq "so does TcpExtTW" "$reply" 12
fi
get $sysfs/timewait/limit
check_eq "the limit is the sysctl's" "$reply" "$(</proc/sys/net/ipv4/tcp_max_tw_buckets)"
finish
