#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# An entry is named by the address, the port and the cookie of its socket, as ss
# has them, and says the inode that /proc has.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

# named DESCRIPTION ADDRESS NAME [OPTION=VALUE]...: a listener on ADDRESS
named()
{
	local what=$1 name=$3 cookie

	listener "$2" $((++port)) 8 "${@:4}"
	sock cookie "$fd"
	cookie=$reply
	check_eq "$what" "${dir##*/}" "$name:$port@$cookie"
	check_eq "$what: as ss says" "$(of_ss 'sk:\([0-9a-f]*\)')" "$cookie"
	get "$dir/inode"
	check_eq "$what: inode as /proc says" "socket:[$reply]" \
		"$(readlink "/proc/${agent_pid[sock]}/fd/$fd")"
	check_eq "$what: inode as ss says" "$(of_ss 'ino:\([0-9]*\)')" "$reply"
}

# What ss prints of the listener on $port, by pattern.
of_ss()
{
	ss -Hltne "sport = :$port" 2>/dev/null | sed -n "s/.*$1.*/\1/p"
}

port=8080
plan 25
ss -Hltn >/dev/null 2>&1 || skip_all "needs ss and CONFIG_INET_DIAG"
module_load
agent sock sock_agent
ip addr add 2001:db8::12/64 dev lo nodad
named "any IPv4 address" 0.0.0.0 0.0.0.0
named "an IPv4 address" 127.0.0.1 127.0.0.1
named "any IPv6 address" :: "[::]" v6only=1
named "an IPv6 address" 2001:db8::12 "[2001:db8::12]"
named "dual stack" :: "[::]" v6only=0
# Two sockets of one port, one address.
port=8090
named "one of a group" 0.0.0.0 0.0.0.0 reuseport=1
first=$dir
port=8090
listener 0.0.0.0 8091 8 reuseport=1
check "another of the group has an entry too" \
	[ "$first" != "$dir" -a -d "$first" -a -d "$dir" ]
finish
