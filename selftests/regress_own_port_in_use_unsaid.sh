#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Symptom: clients that kept a port of their own failed in connect(2) with
# EADDRNOTAVAIL, as if there were no ports, and nothing was said of it.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

# A socket of port 40000, which several may have.
client()
{
	sock socket "$version"
	fd=$reply
	sock set "$fd" reuseaddr 1
	sock bind "$fd" "$localhost" 40000
}

said()
{
	sed -z 's/\n#   / /g' $sysfs/recommend | grep -q -- "$1"
}

plan 8
module_load interval_ms=100
agent sock sock_agent
total=0
for version in 4 6; do
	family $version
	client
	sock connect "$fd" "$localhost" 8081
	! try sock wait "$fd" || bail_out "who listens on 8081?"
	check_eq "IPv$version: a refused connection is no such failure" \
		"$(<$sysfs/ports/failures_own_port)" $total
	sock close "$fd"

	listener "$localhost" 8080 10
	server=$fd
	client
	first=$fd
	sock connect "$first" "$localhost" 8080
	for _ in 1 2 3; do
		client
		! try sock connect "$fd" "$localhost" 8080 ||
			bail_out "one port, twice to one destination"
	done
	total=$((total + 3))
	check_eq "IPv$version: each that found its own port in use is counted" \
		"$(<$sysfs/ports/failures_own_port)" $total
	check_eq "IPv$version: and none as lacking a port" "$(<$sysfs/ports/failures)" 0
	check "IPv$version: more ports are said to be no cure" await said \
		"# not advised: net.ipv4.ip_local_port_range ($total connect(2)s from"
	sock close "$first"
	sock close "$server"
done
finish
