#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Symptom: a listen(2) that failed was a listener more in closed/.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

plan 4
module_load
agent sock sock_agent
family 4
listener "$any" 8080 4
sock close "$fd"
check "a listener that closes is counted" await_value $sysfs/closed/listeners 1
for _ in 1 2; do
	sock socket 4
	fd=$reply
	fds+=("$fd")
	sock set "$fd" reuseaddr 1
	sock bind "$fd" "$any" 8081
done
sock listen "${fds[0]}" 4
check "a second listener on a port fails" eval "! try sock listen ${fds[1]} 4"
# Who dies after it is buried no sooner; both at once in any order.
for port in 8082 8083; do
	listener "$any" $port 4
	sock close "$fd"
	await gone "$dir"
done
get $sysfs/closed/listeners
check_eq "those that close are counted, the failed one is not" "$reply" 3
check "the one it wanted to be is there" listener_dir 8081
finish
