#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# apply and rollback are killed before and after each of their system calls in
# turn, and the host is rebooted in between; whenever it happens, rollback
# restores every value afterwards.

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/live.sh"

tool=$plain
killer=$BUILD/kill_helper
other_boot=11111111-4526-4f53-a5c8-e8cbded3cc8d

if ! "$killer" 1 /bin/true; then
	skip "killed at a system call" "cannot trace processes"
	finish
fi

# All kinds of changes at once; with a running listener if that can be.
changes=(--yes --persist)
if can_take; then
	changes+=(--live)
	live_root 5
else
	skip "with a running listener" "$missing"
	new_root
fi
advise_two

pristine()
{
	is_sysctl net.core.somaxconn 128 && is_sysctl net.ipv4.tcp_syncookies 0 &&
		[ ! -e "$root/$conf" ] &&
		{ [[ " ${changes[*]} " != *" --live "* ]] || is_backlog 5; }
}

# No half-written file of --persist.
no_leftover()
{
	[ -z "$(find "$root/etc/sysctl.d" -name '.*.new')" ]
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
	if [ "$rc" != 0 ] || ! pristine || ! no_journal || ! no_leftover; then
		echo "stop $1: rollback said $rc"
		journal
		return 1
	fi
}

# What came of it, to know that the test saw all kinds of moments.
note_moment()
{
	local now

	now="$(sysctl net.core.somaxconn) $(sysctl net.ipv4.tcp_syncookies)"
	[[ " ${changes[*]} " != *" --live "* ]] || now+=" $(backlog)"
	[ ! -e "$root/$conf" ] || now+=" file"
	no_journal || now+=" journal"
	moments["$now"]=1
}

# What a boot does: the kernel's values, then what our file sets.
reboot()
{
	local key value

	echo "$1" >"$root/proc/sys/kernel/random/boot_id"
	sysctl net.core.somaxconn 128
	sysctl net.ipv4.tcp_syncookies 0
	[ ! -e "$root/$conf" ] || while IFS=' =' read -r key value; do
		[[ $key == '#'* ]] || sysctl "$key" "$value"
	done <"$root/$conf"
}

sweep_apply()
{
	local at

	for ((at = 1; ; at++)); do
		killed_at "$at" apply "${changes[@]}" || break
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
		run apply "${changes[@]}"
		[ "$rc" = 0 ] || return
		killed_at "$at" rollback || break
		note_moment
		recovers "$at" || return
	done
	stops=$at
	pristine
}

# Every other stop: the calls are the same, and each is seen before or after.
sweep_reboot()
{
	local at again

	for ((at = 1; ; at += 2)); do
		killed_at "$at" apply --yes --persist
		again=$?
		reboot "$other_boot"
		recovers "$at" || return
		reboot "$boot"
		[ "$again" = 0 ] || break
	done
	stops=$at
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
[[ " ${changes[*]} " != *" --live "* ]] || unserve
changes=(--yes --persist)
ok "apply, then a reboot" sweep_reboot
ok "that were many too" [ "$stops" -gt 300 ]
finish
