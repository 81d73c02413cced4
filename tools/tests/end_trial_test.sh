#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# rollback --end-trial has the trial of another process end and undo itself, and ends
# nobody else: not one that makes other changes, and not who has its PID by now.

. "$(dirname "$0")/lib.sh"

tool=$plain
lock=$root/var/lib/tcpadvisor/lock

host()
{
	new_root
	advise <<<"net.core.somaxconn 128 8192"
	listener 0.0.0.0:80@1 inode=1 backlog=128
}

# A trial whose change is in force: job.
trial()
{
	"$tool" --sysroot "$root" apply --yes --trial "$1" >"$tmp/trial" 2>&1 </dev/null &
	job=$!
	await grep -q "before the change" "$tmp/trial"
	count accept_overflows_ack 500
	count completions 10000
	await is_sysctl net.core.somaxconn 8192
}

is_running()
{
	kill -0 "$1"
}

host
trial 4s
ok "during a trial: rollback" exits 1 rollback
ok "says what ends it" complains "which undoes it: tcpadvisor rollback --end-trial"
ok "and leaves it in force" is_sysctl net.core.somaxconn 8192
ok "rollback --end-trial" exits 0 rollback --end-trial
ok "undoes it" is_sysctl net.core.somaxconn 128
ok "says so" complains "the trial of pid $job has ended"
wait $job
ok "the trial has failed" [ $? = 1 ]
ok "by being cut short" grep -qF "the trial was cut short: everything was set back" "$tmp/trial"
ok "nothing is left to undo" no_journal
ok "the history has it" grep -qF "trial not kept: cut short" "$root/var/lib/tcpadvisor/history"
ok "without a trial" exits 0 rollback --end-trial
ok "it is rollback" says "Nothing to undo"
ok "a dry run ends nothing" exits 2 rollback --end-trial --dry-run

# Before the change.
host
"$tool" --sysroot "$root" apply --yes --trial 60s >"$tmp/trial" 2>&1 </dev/null &
job=$!
await grep -q "before the change" "$tmp/trial"
ok "a trial that has changed nothing yet" exits 0 rollback --end-trial
wait $job
ok "ends too" [ $? = 1 ]
ok "and says so" grep -qF "nothing was changed" "$tmp/trial"

# What was there before the trial is undone after it.
host
run apply --yes
advise <<<"net.core.somaxconn 8192 16384"
"$tool" --sysroot "$root" apply --yes --trial 4s >"$tmp/trial" 2>&1 </dev/null &
job=$!
await grep -q "before the change" "$tmp/trial"
count accept_overflows_ack 500
count completions 10000
await is_sysctl net.core.somaxconn 16384
ok "a change before the trial" exits 0 rollback --end-trial
ok "is undone as well" is_sysctl net.core.somaxconn 128
wait $job

# Somebody has the lock, and the file names a process that has nothing to do with it.
if have flock; then
	sleep 300 &
	other=$!
	host
	mkdir -m 700 "$root/var/lib/tcpadvisor"
	exec 6<>"$lock"
	chmod 600 "$lock"
	flock 6
	echo "$other $(date +%s) trial" >"$lock"
	# That one has the file, too, and not the lock.
	sleep 300 7<>"$lock" 6>&- &
	third=$!
	ok "a PID that is another process's by now" exits 1 rollback --end-trial
	ok "is not signalled" is_running $other
	ok "which is said" complains "pid $other is not found to have the lock"
	echo "$third $(date +%s) trial" >"$lock"
	ok "one that has the file open, but not locked" exits 1 rollback --end-trial
	ok "is not signalled either" is_running $third
	echo "$$ $(date +%s) apply" >"$lock"
	ok "one that is no trial" exits 1 rollback --end-trial
	ok "goes on" complains "another tcpadvisor is making changes: pid $$, apply"
	echo "2147483647 $(date +%s) trial" >"$lock"
	ok "a process that is gone" exits 1 rollback --end-trial
	exec 6>&-
else
	skip "who else has the lock" "needs flock"
fi
finish
