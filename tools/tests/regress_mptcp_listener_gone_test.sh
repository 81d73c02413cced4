#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# --live raises an MPTCP listener, which every server of Go 1.24 is: the process has
# the MPTCP socket, the module sees the TCP socket inside, with the same inode and
# another cookie. Undone too; another socket is not taken for it.

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/live.sh"

cat >"$tmp/server.py" <<'END'
import os, socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_STREAM, 262)
s.bind(("127.0.0.1", 0))
s.listen(5)
print(s.getsockname()[1], os.fstat(s.fileno()).st_ino, os.getpid(), s.fileno(), flush=True)
sys.stdin.read()
END

if ! have python3 || ! can_take; then
	skip "an MPTCP listener" "${missing:-needs python3}"
	finish
fi
new_root
mkfifo "$tmp/end" "$tmp/begin"
python3 "$tmp/server.py" <"$tmp/end" >"$tmp/begin" 2>/dev/null &
exec 7>"$tmp/end" 8<"$tmp/begin"
if ! read -r port inode pid fd <&8; then
	skip "an MPTCP listener" "needs a kernel with MPTCP"
	finish
fi
visible "$pid"
sysctl net.core.somaxconn 4096
# No cookie is that of the MPTCP socket.
listener "127.0.0.1:$port@ffff" inode="$inode" backlog=5 backlog_recommended=1024 \
	verdict=backlog-small accept_overflows_syn=9
ok "--live" exits 0 apply --yes --live
ok "raises it" is_backlog 1024
ok "says so" says "backlog  5 -> 1024  done"
ok "rollback" exits 0 rollback
ok "gives it back" is_backlog 5

rm -r "$sysfs/listeners/127.0.0.1:$port@ffff"
listener "127.0.0.1:1@ffff" inode="$inode" backlog=5 backlog_recommended=1024 \
	verdict=backlog-small accept_overflows_syn=9
ok "a listener of another port" exits 1 apply --yes --live
ok "is not taken for it" is_backlog 5
exec 7>&-
invisible
finish
