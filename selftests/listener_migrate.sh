#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# With tcp_migrate_req, handshakes of a closed member of an SO_REUSEPORT group
# end at another one, which counts their completion or their refusal.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

plan 8
# 5.10.y has the sysctl, and nothing that reads it.
mib_read
[ -n "${mib[TCPMigrateReqSuccess]-}" ] ||
	skip_all "needs requests that migrate (Linux 5.14)"
module_load
agents
mib_mark
knob ipv4/tcp_migrate_req 1
round=0
for version in 4 6; do
	family $version
	listener "$any" 8080 8 reuseport=1
	first=$fd
	wire to "$server" 8080
	wire send S "$peer" 1000 5
	listener "$any" 8080 2 reuseport=1
	sock close "$first"
	await_value $sysfs/closed/listeners $((++round))
	wire send A "$peer" 1000 3
	check_counts "IPv$version: three handshakes end at the other member" \
		"$dir" completions=3
	wire send A "$peer" 1003 2
	check_eq "IPv$version: two do not" "$reply" \
		"synack=0 ack=0 rst=0 fin=0 none=2"
	check_counts "IPv$version: and are refused there" "$dir" \
		completions=3 accept_overflows_ack=2
	check_exact "IPv$version: sums equal the kernel's counters"
	sock close "$fd"
	await_value $sysfs/closed/listeners $((++round))
done
finish
