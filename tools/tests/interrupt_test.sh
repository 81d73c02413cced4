#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# apply and rollback are killed before and after each of their system calls in
# turn; whenever it happens, rollback restores every value afterwards.

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/live.sh"

tool=$BUILD/tcpadvisor
killer=$BUILD/kill_helper

if ! "$killer" 1 /bin/true; then
	skip "killed at a system call" "cannot trace processes"
	finish
fi

live=--live
can_take || live=
[ "$live" ] || skip "with a running listener" "$missing"

new_root
workers=()
[ ! "$live" ] || live_root 5
advise_two

pristine()
{
	is_sysctl net.core.somaxconn 128 && is_sysctl net.ipv4.tcp_syncookies 0 &&
		[ ! -e "$root/$conf" ] && { [ ! "$live" ] || is_backlog 5; }
}

# Run the command until it is killed at stop $1; fails if it ends before.
killed_at()
{
	local at=$1

	shift
	"$killer" "$at" "$tool" --sysroot "$root" "$@" >/dev/null 2>&1 </dev/null
}

# From there, rollback must reach the start in one run, with nothing left over.
recovers()
{
	run rollback
	if [ $rc != 0 ] || ! pristine || ! no_journal; then
		echo "killed at stop $1: rollback said $rc"
		journal
		return 1
	fi
}

# What came of it, to know that the test saw all kinds of moments.
note_moment()
{
	local now

	now="$(sysctl net.core.somaxconn) $(sysctl net.ipv4.tcp_syncookies)"
	[ ! "$live" ] || now+=" $(backlog)"
	[ -e "$root/$conf" ] && now+=" file"
	no_journal || now+=" journal"
	moments["$now"]=1
}

sweep_apply()
{
	local at

	for ((at = 1; ; at++)); do
		killed_at "$at" apply --yes --persist $live || break
		note_moment
		recovers "$at" || return
	done
	stops=$at
	recovers "$at"
}

sweep_rollback()
{
	local at

	for ((at = 1; ; at++)); do
		run apply --yes --persist $live
		[ $rc = 0 ] || return
		killed_at "$at" rollback || break
		note_moment
		recovers "$at" || return
	done
	stops=$at
	pristine
}

declare -A moments=()
ok "apply, killed at each system call" sweep_apply
ok "that were many" [ "$stops" -gt 300 ]
echo "# $stops stops, ${#moments[@]} different moments"
ok "and many moments" [ ${#moments[@]} -ge 6 ]
moments=()
ok "rollback, killed at each system call" sweep_rollback
echo "# $stops stops, ${#moments[@]} different moments"
ok "and many moments too" [ ${#moments[@]} -ge 5 ]
[ ! "$live" ] || unserve
finish
