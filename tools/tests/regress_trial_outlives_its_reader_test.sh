#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Whatever becomes of those who started a trial, or of its reader, the change does
# not outlive it: it is undone before anything is said, and early where it is
# clearly worse.

. "$(dirname "$0")/lib.sh"

tool=$plain

host()
{
	new_root
	advise <<<"net.core.somaxconn 128 8192"
	listener 0.0.0.0:80@1 inode=1 backlog=128
	refused=0
}

changed()
{
	is_sysctl net.core.somaxconn 8192
}

# More and more are refused until the change is in force: when the command takes its first
# look is seen by none who does not read what it says.
overflowing()
{
	refused=$((refused + 500))
	count accept_overflows_ack "$refused"
	count completions $((refused * 20))
	changed
}

restored()
{
	is_sysctl net.core.somaxconn 128
}

gone()
{
	! kill -0 "$1"
}

# trial SPAN: begin one, and come back while its change is in force.
trial()
{
	env --default-signal "$tool" --sysroot "$root" apply --yes --trial "$1" \
		>"$tmp/fifo" 2>&1 </dev/null &
	job=$!
	exec 5<"$tmp/fifo"
	await overflowing
}

mkfifo "$tmp/fifo"
for signal in INT QUIT HUP TERM USR1 ALRM VTALRM; do
	host
	trial 1s
	exec 5<&-
	kill -s $signal $job
	ok "$signal, and no reader any more" await restored
	ok "$signal: and the command ends" await gone $job
	wait $job 2>/dev/null
done
host
trial 1s
exec 5<&-
kill -s PIPE $job
ok "SIGPIPE ends no trial" await restored
wait $job
ok "which ends by itself" [ $? = 1 ]

host
trial 60s
kill -s TSTP $job
kill -s TERM $job
ok "Ctrl-Z does not leave it in force" await restored
cat <&5 >/dev/null
exec 5<&-
wait $job

# Nobody reads, and the pipe is full.
host
exec 5<>"$tmp/fifo"
dd if=/dev/zero bs=4096 count=1000 oflag=nonblock status=none 2>/dev/null >&5
env --default-signal "$tool" --sysroot "$root" apply --yes --trial 1s >&5 2>&5 </dev/null &
job=$!
ok "a reader that is stuck" await overflowing
kill -s INT $job
ok "holds up nothing" await restored
cat <&5 >/dev/null &
cat=$!
ok "and the command ends when it is read" await gone $job
kill $cat
wait $cat $job 2>/dev/null
exec 5>&-

# One that stays stuck does not keep the lock: nor what has been asked to end.
host
exec 5<>"$tmp/fifo"
dd if=/dev/zero bs=4096 count=1000 oflag=nonblock status=none 2>/dev/null >&5
"$tool" --sysroot "$root" apply --yes --trial 60s >&5 2>&5 </dev/null &
job=$!
await overflowing
ok "rollback --end-trial, with nobody to read" exits 0 rollback --end-trial
ok "has it undone" restored
ok "and ended" await gone $job
wait $job 2>/dev/null
ok "with nothing left to undo" no_journal
exec 5>&-

# nohup(1), and what a script starts in the background.
host
(trap '' HUP INT; exec "$tool" --sysroot "$root" apply --yes --trial 1s) >"$tmp/trial" \
	2>&1 </dev/null &
job=$!
await overflowing
kill -s HUP $job
kill -s INT $job
wait $job
ok "ignored signals end no trial" [ "$(grep -c "cut short" "$tmp/trial")" = 0 ]
ok "it comes to its end" grep -q '^Not kept' "$tmp/trial"

# A supervisor that closes all.
host
"$tool" --sysroot "$root" apply --yes --trial 1s <&- >&- 2>&- &
job=$!
await overflowing
ok "closed descriptors are not its own files'" [ "$(readlink /proc/$job/fd/{0,1,2} | uniq)" = \
	/dev/null ]
wait $job

# A terminal that is closed.
cat >"$tmp/terminal.py" <<'END'
import os, pty, sys, time
pid, master = pty.fork()
if not pid:
    os.execv(sys.argv[1], sys.argv[1:])
while not os.path.exists(os.environ["STOP"]):
    time.sleep(0.02)
os.close(master)
os.waitpid(pid, 0)
END
if have python3; then
	host
	STOP=$tmp/stop python3 "$tmp/terminal.py" "$tool" --sysroot "$root" apply --yes \
		--trial 1s &
	job=$!
	await overflowing
	: >"$tmp/stop"
	ok "a terminal that is closed" await restored
	wait $job
else
	skip "a terminal that is closed" "needs python3"
fi

# Clearly worse.
host
"$tool" --sysroot "$root" apply --yes --trial 3s >"$tmp/out" 2>"$tmp/err" </dev/null &
job=$!
watching before
count accept_overflows_ack 500
count completions 10000
await changed
count accept_overflows_ack 5500
before=$(date +%s%N)
ok "a change that makes it clearly worse" await restored
ok "does not wait out its span" [ $((($(date +%s%N) - before) / 1000000)) -lt 2000 ]
wait $job
ok "it failed" [ $? = 1 ]
ok "and says why" says "Not kept, and ended early: accept_overflows_ack went up from 500 to 5000"

# Nothing to prove it by.
host
touch -d @1 "$root/proc/sys/net/core/somaxconn"
ok "a trial without load" exits 1 apply --yes --trial 500ms
ok "changes nothing at all" [ "$(stat -c %Y "$root/proc/sys/net/core/somaxconn")" = 1 ]
ok "says so" says "Not tried: nothing was refused in the first span"
ok "of the step too" says "net.core.somaxconn  128 -> 8192  left: not tried"
ok "and leaves no journal" no_journal
finish
