#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# On a terminal, whoever waits for a trial, a long status or many namespaces sees what is
# counted and how far it is; the line is gone once there is a result, and never in a file.

. "$(dirname "$0")/lib.sh"

if ! have python3; then
	skip "progress" "needs python3"
	finish
fi

# Run it on a terminal of its own: what came is in $tmp/tty, and as a screen has it at
# the end in $tmp/screen.
cat >"$tmp/terminal.py" <<'END'
import os, pty, re, sys
pid, master = pty.fork()
if not pid:
    os.execvp(sys.argv[2], sys.argv[2:])
data = b""
while True:
    try:
        more = os.read(master, 65536)
    except OSError:
        break
    if not more:
        break
    data += more
    open(sys.argv[1] + "/tty", "wb").write(data)
screen = re.sub(rb"[^\n]*\r\x1b\[K", b"", data.replace(b"\r\n", b"\n"))
open(sys.argv[1] + "/screen", "wb").write(screen)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
END

terminal()
{
	: >"$tmp/tty"
	python3 "$tmp/terminal.py" "$tmp" "$@"
}

seen()
{
	grep -qaE -e "$1" "$tmp/tty"
}

gone()
{
	! grep -qaE -e "$1" "$tmp/screen"
}

host()
{
	new_root
	advise <<<"net.core.somaxconn 128 8192"
	listener 0.0.0.0:80@1 inode=1 backlog=128
}

left='[0-9]+ s of [0-9]+ s left: '

host
terminal "$plain" --sysroot "$root" status -i 4s &
job=$!
await seen "$left"
count accept_overflows_ack 500
ok "a long status shows what is counted" await seen "${left}500 refused, 0 accepted"
wait $job
ok "and ends well" [ $? = 0 ]
ok "without that" gone "$left"
ok "but with the result" grep -q '^just now  *500 refused' "$tmp/screen"

host
terminal "$plain" --sysroot "$root" status --check -i 2s
ok "so does --check" seen "$left"
ok "whose line is alone" [ "$(wc -l <"$tmp/screen")" = 1 ]

terminal "$plain" --sysroot "$root" status -i 500ms
ok "a short one shows nothing of it" gone "$left"

host
terminal "$plain" --sysroot "$root" apply --yes --trial 3s &
job=$!
await seen "watching for 3.000 s before"
count accept_overflows_ack 500
count completions 10000
ok "a trial shows what is counted" await seen "${left}500 refused, 10000 accepted"
ok "and that it goes on after the change" await seen "after the change"
count completions 20500
wait $job
ok "and in the end the result" grep -q 'Kept: refusals went down from 500 to 0' "$tmp/screen"
ok "alone" gone "$left"

host
ok "in a file there is none" exits 0 status -i 2s
ok "on either stream" [ "$(cat "$tmp/out" "$tmp/err" | grep -ac "$left")" = 0 ]

if have strace && unshare -n true 2>/dev/null && strace -qq -o /dev/null true 2>/dev/null; then
	for ((i = 0; i < 2; i++)); do
		unshare -n sleep 300 &
		until [ "$(readlink /proc/$!/ns/net)" != "$(readlink /proc/self/ns/net)" ]; do
			kill -0 $! || break
		done
	done
	# As if it took that long to enter one.
	terminal strace -qq -o "$tmp/strace" -e trace=setns -e inject=setns:delay_enter=600000 \
		"$BUILD/tcpadvisor" listeners --all-netns
	ok "many namespaces are counted" seen "network namespace [0-9]+ of [0-9]+"
	ok "while it lasts" gone "network namespace [0-9]+ of"
else
	skip "many namespaces" "needs strace, and leave to make one"
fi
finish
