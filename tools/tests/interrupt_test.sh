#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# apply, a trial and rollback are killed before and after each of their system calls
# in turn, and the host is rebooted in between; whenever it happens, rollback
# restores every value afterwards. A trial whose reader goes, whose terminal closes,
# or which is told to end sets everything back itself.
#
# SWEEP=whole does so at each of them. The tests that are run always take a sample of
# them, another one in each sweep, of SAMPLE stops.

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
	"$killer" "${happens[@]}" "$at" "$tool" --sysroot "$root" "$@" >/dev/null 2>&1 </dev/null
}
happens=()

# How far it is from one stop of a sweep to the next, of about $1: an odd number, so
# that calls are met before and after they take effect.
stride()
{
	[ "${SWEEP-}" != whole ] || { echo 1; return; }
	echo $(($1 / ${SAMPLE:-20} | 1))
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

	for ((at = 1; ; at += step)); do
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

	for ((at = 2; ; at += step)); do
		run apply "${changes[@]}"
		[ "$rc" = 0 ] || return
		killed_at "$at" rollback || break
		note_moment
		recovers "$at" || return
	done
	stops=$at
	pristine
}

sweep_reboot()
{
	local at again

	for ((at = 1; ; at += step)); do
		killed_at "$at" apply --yes --persist
		again=$?
		reboot "$other_boot"
		recovers "$at" || return
		reboot "$boot"
		[ "$again" = 0 ] || break
	done
	stops=$at
}

# That many stops there are, about: a sweep ends where the command does.
total()
{
	"$killer" 1000000 "$tool" --sysroot "$root" "$@" 2>/dev/null </dev/null | tail -n 1
}

# A trial, with 500 refusals in each look; "$@" is what happens to it.
sweep_trial()
{
	local at counted=$sysfs/listeners/$name/accept_overflows_ack

	happens=(-c "$counted" "$@")
	for ((at = first; ; at += step)); do
		killed_at "$at" apply "${trial[@]}" || break
		note_moment
		if [ $# = 0 ]; then
			recovers "$at" || return
		elif ! pristine || ! no_journal; then
			echo "stop $at: it is not as it was"
			return 1
		fi
		echo 0 >"$counted"
	done
	stops=$at
	pristine && no_journal
}

declare -A moments=()
step=$(stride "$(total apply "${changes[@]}")")
recovers 0
ok "apply, killed at each system call" sweep_apply
ok "that were many" [ "$stops" -gt 300 ]
echo "# $stops stops, ${#moments[@]} different moments"
ok "and several moments" [ ${#moments[@]} -ge 3 ]
moments=()
ok "rollback, killed at each system call" sweep_rollback
echo "# $stops stops, ${#moments[@]} different moments"
ok "and several moments too" [ ${#moments[@]} -ge 3 ]

trial=(--yes --trial 1ms)
[[ " ${changes[*]} " != *" --live "* ]] || trial+=(--live)
if [ ! "${name-}" ]; then
	name=0.0.0.0:80@1
	listener $name inode=1
fi
happens=(-c "$sysfs/listeners/$name/accept_overflows_ack")
stops=$("$killer" "${happens[@]}" 1000000 "$tool" --sysroot "$root" apply "${trial[@]}" \
	2>/dev/null </dev/null | tail -n 1)
echo "# a trial has about $stops stops"
ok "a trial that helps nothing sets everything back" pristine
step=$(stride "$stops")
first=0
for how in "" "-s 2" "-s 1" -p -t; do
	moments=()
	first=$((first + 1))
	read -r -a words <<<"$how"
	ok "a trial, at each system call: ${how:-killed}" sweep_trial "${words[@]}"
	[ "$how" ] || ok "that saw it before, in force and after" [ ${#moments[@]} -ge 3 ]
done
happens=()

[[ " ${changes[*]} " != *" --live "* ]] || unserve
changes=(--yes --persist)
ok "apply, then a reboot" sweep_reboot
ok "that were many too" [ "$stops" -gt 300 ]
finish
