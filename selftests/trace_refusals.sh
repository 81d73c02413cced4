#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The event tcpadvisor:listen_refused: one for each refused packet, with whom it was
# for and from, at once; and under stress, on two CPUs, as many as the counters say,
# those that the trace lost included. REFUSALS sets another number for each storm.

. "$(dirname "$(readlink -f "$0")")/lib.sh"
. "$here/tracefs.sh"

refusals=${REFUSALS:-6000}

# check_fields DESCRIPTION LINE FIELD=VALUE...
check_fields()
{
	local field got=

	for field in "${@:3}"; do
		event_field "$2" "${field%%=*}"
		got+="${field%%=*}=$reply "
	done
	check_eq "$1" "${got% }" "${*:3}"
}

# IPv$1: $2 and $3 are our and the client's address as events have them, $4 its prefix.
each_is_told()
{
	local cookie

	family "$1"
	listener "$any" 8080 2
	cookie=${dir##*@}
	wire to "$server" 8080
	echo full >"$clients"
	handshakes 1000 3
	wire send S "$peer" 2000 10
	check "IPv$1: ten refused SYNs are ten events" await events_are listen_refused 10
	check_fields "IPv$1: whose and why" "${events[9]}" \
		"listener=[$2]:8080@$cookie" backlog=2 cause=accept_queue_syn \
		count=1 accept_queue=3 syn_queue=0 "client=[$3]:2009"
	echo prefix >"$clients"
	wire send S "$peer" 3000 1
	await events_are listen_refused 11
	check_fields "IPv$1: a client's prefix" "${events[10]-}" "client=[$4]:0"
	echo none >"$clients"
	wire send S "$peer" 3001 1
	await events_are listen_refused 12
	check_fields "IPv$1: no client" "${events[11]-}" "client=[::]:0"
	sock close "$fd"
	echo >"$tracing/trace"
}

# Final ACKs, and SYNs that the SYN queue has no room for
other_causes()
{
	family 4
	knob ipv4/tcp_syncookies 0
	listener "$any" 8081 10
	wire to "$server" 8081
	wire send S "$peer" 1000 6
	wire send A "$peer" 1000 6
	wire send S "$peer" 1006 5
	wire send S "$peer" 2000 5
	wire send A "$peer" 1006 5
	wire send A "$peer" 2000 3
	check "three refused final ACKs are three events" \
		await events_are listen_refused 3
	event_field "${events[0]-}" cause
	check_eq "with their cause" "$reply" accept_queue_ack
	sock close "$fd"
	echo >"$tracing/trace"
	listener "$any" 8082 4
	wire to "$server" 8082
	wire send S "$peer" 1000 20
	get "$dir/syn_queue_drops"
	check "SYNs dropped for a full SYN queue are events" \
		await events_are listen_refused "$reply"
	event_field "${events[0]-}" cause
	check_eq "with theirs" "$reply" syn_queue
	sock close "$fd"
	knob ipv4/tcp_syncookies 1
	echo >"$tracing/trace"
}

# What the trace and its losses have is what the counters say.
adds_up()
{
	local counted

	sum accept_overflows_syn accept_overflows_ack syn_queue_drops other_drops
	counted=$((reply - begun))
	trace_lost
	trace_refused
	told="counted $counted, told ${refused[all]}, lost $lost"
	[ $((refused[all] + lost)) = $counted ]
}

# Cause $1 adds up to the counter $2, of which there were $3 before
cause_adds_up()
{
	sum "$2"
	check_eq "$what: $1" "${refused[$1]}" $((reply - $3))
}

# $1 family, $2 tcp_syncookies
storm()
{
	what="IPv$1, syncookies $2"
	family "$1"
	knob ipv4/tcp_syncookies "$2"
	listener "$any" 8080 4
	sock serve "$fd" late
	sum accept_overflows_syn accept_overflows_ack syn_queue_drops other_drops
	begun=$reply
	for _ in {1..40}; do
		nice -n -10 "$here/syn_load" "$localhost" 8080 $((refusals / 5)) 120 \
			0 0 1 1 >/dev/null
		sum accept_overflows_syn accept_overflows_ack syn_queue_drops
		[ $((reply - begun)) -lt "$refusals" ] || break
	done
	sock rest
	check "$what: events add up to the counters" await adds_up
	ktap_print_msg "$what: $told"
	sock close "$fd"
	await [ ! -e "$dir" ]
}

# The same for each cause, with room for every event
storm_each()
{
	local counter of_syn of_ack of_queue of_other

	sum accept_overflows_syn; of_syn=$reply
	sum accept_overflows_ack; of_ack=$reply
	sum syn_queue_drops; of_queue=$reply
	sum other_drops; of_other=$reply
	storm "$@"
	check_eq "$what: none is lost" "$lost" 0
	cause_adds_up accept_queue_syn accept_overflows_syn "$of_syn"
	cause_adds_up accept_queue_ack accept_overflows_ack "$of_ack"
	cause_adds_up syn_queue syn_queue_drops "$of_queue"
	cause_adds_up other other_drops "$of_other"
	check_exact "$what: sums equal the kernel's counters"
	echo >"$tracing/trace"
}

plan 47
[ "$(nproc)" -ge 2 ] || skip_all "needs 2 CPUs"
module_load
clients=/sys/module/tcpadvisor/parameters/trace_clients
get "$clients"
check_eq "by default a client's prefix is told" "$reply" prefix
trace_begin 16384
trace listen_refused 1
agents
mib_mark
each_is_told 4 ::ffff:0.0.0.0 ::ffff:192.0.2.9 ::ffff:192.0.2.0
each_is_told 6 :: 2001:db8::9 2001:db8::
other_causes
check_exact "sums equal the kernel's counters"
echo 3 >/sys/class/net/lo/queues/rx-0/rps_cpus
echo prefix >"$clients"
for version in 4 6; do
	for cookies in 1 0; do
		storm_each $version $cookies
	done
done
# A trace without room keeps the newest and counts those that it has lost.
trace listen_refused 0
trace_end
trace_begin 64
trace listen_refused 1
storm 4 1
check "$what: some are lost" [ "$lost" -gt 0 ]
# Nobody is told what happened while the event was off.
trace listen_refused 0
trace_end
trace_begin 1024
listener "$any" 8080 2
family 4
wire to "$server" 8080
handshakes 1000 3
wire send S "$peer" 2000 7
trace listen_refused 1
wire send S "$peer" 3000 5
check "only what happens while it is on is told" await events_are listen_refused 5
check_exact "sums equal the kernel's counters to the end"
rmmod tcpadvisor
check "the module goes while it is on" [ ! -e "$sysfs" ]
trace_end
finish
