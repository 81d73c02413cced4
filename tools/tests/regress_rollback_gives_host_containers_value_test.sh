#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# After a reboot, what was changed in a container is over, also if the host keeps the
# same sysctl over reboots: rollback must not give the host the container's old value.

. "$(dirname "$0")/lib.sh"

new_root
advise_two
run apply --yes --persist
ok "the host keeps its change" [ "$rc" = 0 ]
record "begin id=90 kind=sysctl name=net.core.somaxconn from=100 to=8192 boot=$boot netns=4026532999 netns_cookie=77 time=0 pid=0 start=0 inode=0 cookie=0"
record "done id=90"
echo 11111111-4526-4f53-a5c8-e8cbded3cc8d >"$root/proc/sys/kernel/random/boot_id"
ok "after a reboot" exits 0 verify
ok "only the host's is in force" [ "$(grep -c "somaxconn.*in force" "$tmp/out")" = 2 ]
ok "rollback" exits 0 rollback
ok "gives it the value that it had" is_sysctl net.core.somaxconn 128
ok "and forgets" no_journal

finish
