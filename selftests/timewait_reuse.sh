#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# An outgoing connection that takes over a minisocket, when there is no other
# port left, counts as reused.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

again()
{
	try sock cycle "$fd" "$localhost" 8080 1 half-client
}

plan 4
module_load
agent sock sock_agent
mib_mark
knob ipv4/tcp_tw_reuse 1
knob ipv4/ip_local_port_range "40000 40000"
family 4
listener "$any" 8080 8
sock cycle "$fd" "$localhost" 8080 1 half-client
get $sysfs/timewait/reused
check_eq "nothing is reused for the first one" "$reply" 0
# The kernel wants the minisocket to be a second old.
check "the second one has the port in the end" await again
get $sysfs/timewait/reused
check_eq "by reuse" "$reply" 1
mib_read
mib_delta TWRecycled
check_eq "as TcpExtTWRecycled has it" "$reply" 1
finish
