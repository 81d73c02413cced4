#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A connect(2) that found no port in the range of its own socket, IP_LOCAL_PORT_RANGE,
# made the namespace ports-exhausted, with nearly all of its ports free.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

# A socket with a range of one port, which two cannot have towards one destination.
client()
{
	sock socket 4
	fd=$reply
	try sock set "$fd" range $((40000 << 16 | 40000))
}

plan 4
agent sock sock_agent
family 4
client || skip_all "needs IP_LOCAL_PORT_RANGE"
knob ipv4/ip_local_port_range "40000 40001"
module_load interval_ms=100
first=$fd
listener "$localhost" 8080 10
sock connect "$first" "$localhost" 8080
for _ in 1 2 3; do
	client
	! try sock connect "$fd" "$localhost" 8080 || bail_out "there was a port"
done
check_eq "failures in a range of the socket's own are counted apart" \
	"$(<$sysfs/ports/failures_own_range)" 3
check_eq "and are no failures of the namespace's" "$(<$sysfs/ports/failures)" 0
check_eq "nor towards a destination" \
	"$(cut -d' ' -f7 $sysfs/ports/destinations | grep -vx 0)" ""
# A failure of the namespace's range, which is judged, and no other with it.
sock fill "$localhost" 8080 2
[ "$reply" = 1 ] || bail_out "$reply of 2 found no port"
await_value $sysfs/ports/verdict ports-exhausted
# Advice is broken into lines.
check "what is judged is the namespace's own range" eval \
	"tr -s '#\n ' ' ' <$sysfs/recommend | grep -q ' 1 connect(2)s found none'"
finish
