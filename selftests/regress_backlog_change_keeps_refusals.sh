#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Symptom: right after a backlog was raised as advised, more was advised, on
# refusals from before. The interval in which the backlog changes belongs to
# neither of both.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

# The advice speaks of listener directory $1.
mentioned()
{
	grep -qF "# listener ${1##*/} " $sysfs/recommend
}

# overflow PORT BACKLOG: a new listener, its queue filled and 90 refused.
overflow()
{
	listener "$any" "$1" "$2"
	wire to "$server" "$1"
	handshakes 1000 100
}

plan 3
module_load interval_ms=1000
agents
family 4
overflow 8080 9
first=$dir
sock listen "$fd" 200
overflow 8081 9
check "a listener that still refuses is mentioned" await mentioned "$dir"
check "one that was given a larger backlog is not" eval "! mentioned '$first'"
get "$first/verdict"
check_eq "and its verdict is ok" "$reply" ok
finish
