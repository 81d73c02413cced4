#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A trial whose reader is gone is killed before and after each of its system calls in
# turn; whenever it happens, rollback restores every value afterwards.

. "$(dirname "$0")/lib.sh"

tool=$plain
killer=$BUILD/kill_helper

if ! "$killer" 1 /bin/true; then
	skip "a trial, killed at a system call" "cannot trace processes"
	finish
fi

# Connections are refused all the time, as a trial wants it, and as many with the change.
refuse_on()
{
	local n=0

	while read -rt 0.002 -u 9; [ $? -gt 128 ]; do
		n=$((n + 50))
		echo "$n" >"$sysfs/untracked/.new"
		mv "$sysfs/untracked/.new" "$sysfs/untracked/accept_overflows_syn"
	done
}

# Run a trial until it is killed at stop $1; fails if it ends before.
killed_at()
{
	"$killer" "$1" "$tool" --sysroot "$root" apply --yes --persist --trial 100ms 2>&1 \
		</dev/null | head -c 1 >/dev/null
	[ "${PIPESTATUS[0]}" = 0 ]
}

recovers()
{
	local now

	now="$(sysctl net.core.somaxconn) $(sysctl net.ipv4.tcp_syncookies)"
	[ ! -e "$root/$conf" ] || now+=" file"
	no_journal || now+=" journal"
	moments["$now"]=1
	run rollback
	if [ "$rc" != 0 ] || ! is_sysctl net.core.somaxconn 128 ||
		! is_sysctl net.ipv4.tcp_syncookies 0 || [ -e "$root/$conf" ] || ! no_journal; then
		echo "stop $1: rollback said $rc"
		journal
		return 1
	fi
}

# Every third stop: the looks at the counters, which are most of it, are many alike.
sweep()
{
	local at

	for ((at = 1; ; at += 3)); do
		killed_at "$at" || break
		recovers "$at" || return
	done
	stops=$at
	recovers "$at"
}

new_root
advise_two
declare -A moments=()
mkfifo "$tmp/never"
exec 9<>"$tmp/never"
refuse_on &
load=$!
ok "a trial, killed at its system calls" sweep
kill "$load"
wait "$load" 2>/dev/null
echo "# $stops stops, ${#moments[@]} different moments: ${!moments[*]}"
ok "that were many" [ "$stops" -gt 300 ]
ok "and the change was in force at some of them" [ ${#moments[@]} -ge 4 ]
finish
