#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Sockets that were connected before and then find no ephemeral port: each such
# connect(2) is counted, and none that failed for another reason, nor a disconnect.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

failures=$sysfs/ports/failures

# connecting FD PORT: its error is in $reply
connecting()
{
	reply=ok
	try sock connect "$1" "$localhost" "$2" || true
}

# A socket that was connected to the listener and is so no more, in $used.
used_socket()
{
	sock socket "$1"
	used=$reply
	sock connect "$used" "$localhost" 8080
	sock unconnect "$used"
}

fails()
{
	connecting "$@"
	ktap_print_msg "$reply"
	[ "${reply%% *}" = error ]
}

# One that nobody listened for; the second connect(2) is told of the first one's end.
refused_socket()
{
	sock socket "$1"
	refused=$reply
	sock connect "$refused" "$localhost" 9
	check "IPv$1: a connection to nobody is refused" fails "$refused" 9
}

# What comes from the one port that there is finds no way, after it was taken.
unrouted=
unrouted_socket()
{
	if ! ip rule add pref 10 lookup local; then
		skip "a connection has no route from its port" "needs CONFIG_IP_MULTIPLE_TABLES"
		return
	fi
	sock socket 4
	unrouted=$reply
	knob ipv4/ip_local_port_range "40100 40100"
	ip rule del pref 0
	ip rule add pref 5 ipproto 6 sport 40100 unreachable
	check "a connection has no route from its port" fails "$unrouted" 8080
	ip rule del pref 5
	knob ipv4/ip_local_port_range "40000 40009"
}

# check_counted DESCRIPTION FD: without a port; $count are counted so far
check_counted()
{
	check "$1: there is no port" fails "$2" 8080
	check_eq "$1: that is counted" "$(<$failures)" $((++count))
}

check_unrouted()
{
	if [ -n "$unrouted" ]; then
		check_counted "without a route before" "$unrouted"
	else
		skip "without a route before: there is no port" "none was made"
		skip "without a route before: that is counted" "none was made"
	fi
}

count=0
plan 19
module_load
agent sock sock_agent
knob ipv4/ip_local_port_range "40000 40009"
only=(reuseaddr=1)
for version in 4 6; do
	family $version
	listener "$any" 8080 100 "${only[@]}"
	used_socket $version
	refused_socket $version
	[ $version = 6 ] || unrouted_socket
	check_eq "IPv$version: nothing of that lacked a port" "$(<$failures)" $count
	sock fill "$localhost" 8080 11
	count=$((count + reply))
	check_eq "IPv$version: new sockets are counted" "$(<$failures)" $count
	check_counted "IPv$version, disconnected" "$used"
	check_counted "IPv$version, refused before" "$refused"
	[ $version = 6 ] || check_unrouted
	only=(v6only=1)
done
# Which of the two tells depends on the kernel.
for hook in inet_bhash2_reset_saddr inet_unhash; do
	get $sysfs/probes/$hook/missed
	check_eq "$hook missed none" "$reply" 0
done
finish
