#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Two namespaces with the same address and port: a reader sees what is of its
# own namespace and nothing else, and a namespace with listeners can die.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

mount -t tmpfs tmpfs /run/netns || skip_all "needs /run/netns"

# Run in namespace $1.
inside()
{
	ip netns exec "$@"
}

# What namespace $1 sees of file $2.
seen()
{
	inside "$1" cat "$sysfs/$2"
}

# Namespace $1 with a listener on 127.0.0.1:8080, its name in $reply, its
# descriptor in fd_of.
declare -A fd_of
populate()
{
	ip netns add "$1"
	ip -n "$1" link set lo up
	netns=$1 agent "$1" sock_agent
	tell "$1" socket 4
	fd_of[$1]=$reply
	tell "$1" bind "$reply" 127.0.0.1 8080
	tell "$1" listen "${fd_of[$1]}" 100
	tell "$1" cookie "${fd_of[$1]}"
	reply="127.0.0.1:8080@$reply"
	await inside "$1" test -d "$sysfs/listeners/$reply"
}

# $2 clients of the listener in namespace $1.
connect()
{
	local i

	for ((i = 0; i < $2; i++)); do
		tell "$1" socket 4
		tell "$1" connect "$reply" 127.0.0.1 8080
	done
}

# SYNs, closed listeners, TIME_WAITs, a residual, as namespace $1 sees them.
totals()
{
	inside "$1" bash -c "cd $sysfs; cat listeners/*/syns closed/listeners \
		timewait/created residual/ListenOverflows" | paste -sd' '
}

# There is advice on listener $2 in namespace $1.
advised()
{
	inside "$1" grep -qF "# listener $2" $sysfs/recommend
}

plan 12
module_load interval_ms=100
populate one
one=$reply
populate two
two=$reply
check_eq "a namespace sees its listener" "$(inside one ls $sysfs/listeners)" "$one"
check_eq "another one sees its own" "$(inside two ls $sysfs/listeners)" "$two"
check_eq "a third one sees neither" "$(ls $sysfs/listeners)" ""
tell two cycle "${fd_of[two]}" 127.0.0.1 8080 2 half-server
connect one 3
connect two 5
check_eq "each counts its own clients" "$(totals one), $(totals two)" \
	"3 0 0 0, 7 0 2 0"
tell one listen "${fd_of[one]}" 0
connect one 20
check "an overflow is advised on in its namespace" await advised one "$one"
check "and in no other" eval "! advised two '$one'"
check_eq "where recommend is of that namespace" \
	"$(seen two recommend | sed -n '1s/.*netns=\([0-9]*\).*/net:[\1]/p')" \
	"$(inside two readlink /proc/self/ns/net)"
tell two close "${fd_of[two]}"
check "a closed listener is in closed/ of its namespace" \
	await inside two grep -qx 1 $sysfs/closed/listeners
check_eq "and in no other" "$(seen one closed/listeners)" 0
ip link add to-one type veth peer name to-us netns one
ip netns del one
check "a namespace lives as long as its listener" [ -e /sys/class/net/to-one ]
dismiss one
check "and dies with it, its devices too" await gone /sys/class/net/to-one
get $sysfs/closed/listeners
check_eq "ours has heard nothing of all that" "$reply" 0
finish
