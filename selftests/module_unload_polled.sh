#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The module can be unloaded while its files are open and polled. What is open
# then says that it is gone; what is opened after the next load is the new one.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

# Nothing more comes from descriptor $1.
dead()
{
	! read -r reply <&"$1"
} 2>/dev/null

plan 6
family 4
module_load interval_ms=100
agent sock sock_agent
listener "$any" 8080 4
exec {file}<$sysfs/recommend {entry}<"$dir/syns"
read -r reply <&"$file"
check "recommend can be read" [ -n "$reply" ]
exec {poll}< <("$here/poll_file" $sysfs/recommend 2000)
read -r reply <&"$poll"
check_eq "and is polled" "$reply" armed
check "the module unloads meanwhile" module_unload
check "what was open is gone" dead "$entry"
check "the poll ends" read -r reply <&"$poll"
modprobe tcpadvisor interval_ms=100
check "a load after that finds the listener again" await listener_dir 8080
finish
