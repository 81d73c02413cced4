#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Symptom: where an ICMP error ended the handshake of an IPv4 client with a listener of
# both families, the event told the prefix of no client, but "::": that of an IPv6
# address, which a mapped one has not.

. "$(dirname "$(readlink -f "$0")")/lib.sh"
. "$here/tracefs.sh"

# ended_by_icmp PORT: whose was the last request that ended so
ended_by_icmp()
{
	echo >"$tracing/trace"
	wire send S "$peer" "$1" 1
	wire icmp "$peer" "$1" 1
	await events_are listen_refused 1 || bail_out "no event"
	event_field "${events[0]}" cause
	[ "$reply" = other ] || bail_out "another cause: $reply"
	event_field "${events[0]}" client
}

plan 4
module_load
clients=/sys/module/tcpadvisor/parameters/trace_clients
trace_begin 1024
trace listen_refused 1
agents
listener :: 8080 8
for version in 4 6; do
	family $version
	wire to "$server" 8080
	[ $version = 4 ] && prefix=::ffff:192.0.2.0 whole=::ffff:192.0.2.9
	[ $version = 6 ] && prefix=2001:db8:: whole=2001:db8::9
	echo prefix >"$clients"
	ended_by_icmp 1000
	check_eq "IPv$version: a client's prefix" "$reply" "[$prefix]:0"
	echo full >"$clients"
	ended_by_icmp 1001
	check_eq "IPv$version: the client" "$reply" "[$whole]:1001"
done
trace_end
finish
