#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# backlog_requested is what listen(2) asked for, by whichever way it was called and
# for whichever socket, the first time and again.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

# check_requested DESCRIPTION BACKLOG [WAY]: the listener is told so, and says so.
check_requested()
{
	sock listen "$fd" "${@:2}"
	get "$dir/backlog_requested"
	check_eq "$1" "$reply" "$2"
}

plan 8
module_load
agents
knob core/somaxconn 100
family 4
listener "$any" 8080 4
check_requested "again, more than somaxconn" 4096
if [ -e /proc/sys/abi/vsyscall32 ]; then
	check_requested "by i386's listen(2)" 3000 i386
	check_requested "by i386's socketcall(2)" 2000 socketcall
	sock close "$fd"
	sock socket 4
	fd=$reply
	sock bind "$fd" "$any" 8081
	sock listen "$fd" 1000 socketcall
	await listener_dir 8081
	get "$reply/backlog_requested"
	check_eq "by socketcall(2), the first time" "$reply" 1000
else
	for what in "listen(2)" "socketcall(2)" "socketcall(2), the first time"; do
		skip "by i386's $what" "needs x86-64 with CONFIG_IA32_EMULATION"
	done
fi
if try sock socket 4 mptcp; then
	sock close "$reply"
	mptcp=y listener "$any" 8082 4096
	get "$dir/backlog_requested"
	check_eq "of an MPTCP socket" "$reply" 4096
	check_requested "again, less" 50
	check_requested "again, more" 5000
	get "$dir/backlog"
	check_eq "of which it got as much as somaxconn" "$reply" 100
else
	for what in "" ", again, less" ", again, more" ", of which it got"; do
		skip "of an MPTCP socket$what" "needs CONFIG_MPTCP"
	done
fi
finish
