#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Symptom: a listener with a Fast Open queue of one, as some runtimes set it, made
# nearly all clients shake hands first, and nothing was said of it.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

# said PATTERN: the advice, each comment on one line, has it
said()
{
	sed -z 's/\n#   / /g' $sysfs/recommend | grep -q -- "$1"
}

plan 8
module_load interval_ms=100
agents
# For servers, of any client, without a cookie.
knob ipv4/tcp_fastopen $((0x2 | 0x200))
for version in 4 6; do
	family $version
	listener "$any" 8080 64 fastopen=1
	wire to "$server" 8080
	wire send S "$peer" 1000 12 5
	check "IPv$version: the queue is named, with a length that would have done" \
		await said "# fastopen: .*:8080@${dir##*@}, 1 -> [1-9][0-9]*: 11 requests"
	get "$dir/verdict"
	check_eq "IPv$version: nobody is said to have been refused" "$reply" ok

	sock close "$fd"
	listener "$any" 8080 64 fastopen=64
	wire send S "$peer" 2000 12 5
	check "IPv$version: nothing is said once it is longer" \
		await eval '! said "# fastopen: "'
	get "$dir/accept_overflows_syn"
	check_eq "IPv$version: nor was anybody refused" "$reply" 0
	sock close "$fd"
done
finish
