#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Symptom: clients that waited at a member of a SO_REUSEPORT group were reset when a
# reload closed it, and nothing was advised; once tcp_migrate_req was set, they were
# still counted as aborted.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

# reload SOURCE-PORT: three clients wait as a new listener comes, and the old one goes.
reload()
{
	listener "$any" 8080 8 reuseport=1
	first=$fd
	wire to "$server" 8080
	handshakes "$1" 3
	await_value "$dir/accept_queue" 3
	listener "$any" 8080 8 reuseport=1
	sock close "$first"
	await_value $sysfs/closed/listeners $((++closed))
}

advised()
{
	grep -q "^net.ipv4.tcp_migrate_req = 1" $sysfs/recommend
}

plan 10
mib_read
[ -n "${mib[TCPMigrateReqSuccess]-}" ] ||
	skip_all "needs requests that migrate (Linux 5.14)"
module_load interval_ms=100
agents
closed=0
for version in 4 6; do
	family $version
	knob ipv4/tcp_migrate_req 0
	get $sysfs/closed/aborted
	before=$reply
	reload 1000
	get $sysfs/closed/aborted
	check_eq "IPv$version: those who waited were reset" "$reply" $((before + 3))
	check "IPv$version: which tcp_migrate_req would have spared them" await advised
	sock close "$fd"
	await_value $sysfs/closed/listeners $((++closed))

	knob ipv4/tcp_migrate_req 1
	check "IPv$version: it is not advised again" await eval "! advised"
	get $sysfs/closed/aborted
	before=$reply
	reload 2000
	check_eq "IPv$version: and they wait at the new one" "$(<"$dir/accept_queue")" 3
	get $sysfs/closed/aborted
	check_eq "IPv$version: without being counted as aborted" "$reply" "$before"
	sock close "$fd"
	await_value $sysfs/closed/listeners $((++closed))
done
finish
