#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Beyond tcp_max_tw_buckets a minisocket is asked for and not made.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

# check_value DESCRIPTION FILE VALUE
check_value()
{
	get "$sysfs/timewait/$2"
	check_eq "$1" "$reply" "$3"
}

plan 6
module_load
agent sock sock_agent
mib_mark
knob ipv4/tcp_max_tw_buckets 5
family 4
listener "$any" 8080 8
sock cycle "$fd" "$localhost" 8080 12 half-server
check_value "five are made" created 5
check_value "five are there" count 5
check_value "seven are refused" overflows 7
mib_read
mib_delta TCPTimeWaitOverflow
check_eq "as TcpExtTCPTimeWaitOverflow has it" "$reply" 7
check_value "all of the server's side" server_side 12
check_value "the limit is the sysctl's" limit 5
finish
