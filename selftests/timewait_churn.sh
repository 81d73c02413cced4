#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Short connections on two CPUs, over both families, closed by either side: what
# is created, refused and reused is what the kernel has counted, to the last one.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

timewait=$sysfs/timewait

declare -A fd_of
connections=0
at_death=

# Agent $1 listens on the port after $2 for each family, and runs on CPU $3.
churner()
{
	local family

	agent "$1" sock_agent
	taskset -pc "$3" "${agent_pid[$1]}" >"$tmp/output" ||
		skip_all "needs a CPU $3"
	for family in 4 6; do
		family $family
		tell "$1" socket $family
		fd_of[$1$family]=$reply
		tell "$1" set "$reply" reuseaddr 1
		tell "$1" bind "${fd_of[$1$family]}" "$localhost" "$2$family"
		tell "$1" listen "${fd_of[$1$family]}" 8
	done
}

# Both agents at the same time, $1 connections for each end named after that,
# see `cycle` of sock_agent.c.
churn()
{
	local count=$1 end family one
	shift

	for end; do
		for family in 4 6; do
			family $family
			echo "cycle ${fd_of[one$family]} $localhost 808$family" \
				"$count $end" >&"${agent_in[one]}"
			echo "cycle ${fd_of[two$family]} $localhost 809$family" \
				"$count $end" >&"${agent_in[two]}"
			for one in one two; do
				read -r reply <&"${agent_out[$one]}"
				[ "$reply" = ok ] || bail_out "$one: $end: $reply"
			done
			connections=$((connections + 2 * count))
		done
	done
}

# Minisockets that the kernel says it has made. TcpExtTW and TWKilled count them
# then; but on old kernels when their time is over, so that those who live, and
# those that were taken over before, are to be added.
made()
{
	local sum

	mib_delta TW
	sum=$reply
	mib_delta TWKilled
	sum=$((sum + reply))
	if [ "$at_death" ]; then
		mib_delta TWRecycled
		sum=$((sum + reply + $(sed -n \
			's/^TCP:.* tw \([0-9]*\) .*/\1/p' /proc/net/sockstat)))
	fi
	reply=$sum
}

# same FILE NUMBER...: the file holds the sum of them.
same()
{
	local file=$1 sum=0 number
	shift

	for number; do
		sum=$((sum + number))
	done
	get "$timewait/$file"
	told+="$file $reply = $sum; "
	[ "$reply" = "$sum" ]
}

# In use for a moment yet are those whose last segments are under way.
balanced()
{
	local created refused

	told=
	mib_read
	made
	created=$reply
	mib_delta TCPTimeWaitOverflow
	refused=$reply
	mib_delta TWRecycled
	same reused "$reply" && same created "$created" &&
		same overflows "$refused" &&
		same created "$connections" "-$refused" &&
		same server_side "$connections" "-$(<$timewait/client_side)" \
			"-$(<$timewait/fin_wait2)"
}

check_balanced()
{
	local rc=0

	patience=10 await balanced || rc=1
	ktap_print_msg "$told"
	check "$1" [ $rc = 0 ]
}

plan 6
module_load interval_ms=100
echo 3 >/sys/class/net/lo/queues/rx-0/rps_cpus || skip_all "needs CONFIG_RPS"
mib_mark
churner one 808 0
churner two 809 1
churn 1 half-server
mib_read
mib_delta TW
[ "$reply" != 0 ] || at_death=y
churn 50 server client half-server half-client
check_balanced "created is what the kernel made"
limit=$(</proc/sys/net/ipv4/tcp_max_tw_buckets)
get $timewait/count
knob ipv4/tcp_max_tw_buckets $((reply + 100))
churn 50 server client half-server half-client
knob ipv4/tcp_max_tw_buckets 10
churn 5 half-server half-client
check_balanced "created and refused, at the limit"
get $timewait/overflows
check "where some were refused" [ "$reply" -gt 0 ]
knob ipv4/tcp_max_tw_buckets "$limit"
knob ipv4/tcp_tw_reuse 1
# None that was used above: where a server has a TIME_WAIT of such a port, the SYN
# ends it, which old kernels count nowhere.
knob ipv4/ip_local_port_range "20000 20059"
churn 80 half-client
check_balanced "created and reused, with few ports"
get $timewait/reused
check "where some were reused" [ "$reply" -gt 0 ]
get $timewait/client_side
check "and both sides closed" [ "$reply" -gt 0 ]
finish
