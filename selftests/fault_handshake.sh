#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# No memory for a request at the SYN, or for a socket at the final ACK: other
# drops, and the listener's.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

debug=$tmp/debug
caches=/sys/kernel/slab

# failing CACHE COMMAND...: allocations from that slab cache fail meanwhile.
failing()
{
	local cache=$caches/$1
	shift

	echo 1 >"$cache/failslab"
	echo 100 >"$debug/failslab/probability"
	"$@"
	echo 0 >"$debug/failslab/probability"
	echo 0 >"$cache/failslab"
}

set_up()
{
	[ -e "$debug/failslab" ] || skip_all "needs CONFIG_FAILSLAB"
	[ -e $caches/TCP/failslab ] || skip_all "needs CONFIG_SLUB_DEBUG"
	trap 'echo 0 >"$debug/failslab/probability"; module_restore' EXIT
	echo Y >"$debug/failslab/cache-filter"
	echo 0 >"$debug/failslab/verbose"
	echo -1 >"$debug/failslab/times"
}

plan 10
set_up
module_load
agents
mib_mark
for version in 4 6; do
	family $version
	suffix=
	[ $version = 4 ] || suffix=v6
	listener "$any" 8080 8
	wire to "$server" 8080
	wire send S "$peer" 1000 3
	failing request_sock_TCP$suffix wire send S "$peer" 2000 4
	check_eq "IPv$version: SYNs get no answer" "$reply" \
		"synack=0 ack=0 rst=0 fin=0 none=4"
	check_counts "IPv$version: and are other drops" "$dir" \
		syns=7 other_drops=4
	failing TCP$suffix wire send A "$peer" 1000 2
	check_counts "IPv$version: so are final ACKs" "$dir" \
		syns=7 other_drops=6
	wire send A "$peer" 1000 3
	check_counts "IPv$version: with memory again they are let in" "$dir" \
		syns=7 completions=3 other_drops=6
	check_exact "IPv$version: sums equal the kernel's counters"
	sock close "$fd"
done
finish
