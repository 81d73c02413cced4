#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A listener that cannot be read, because of a cgroup with a long path or of
# anything else, is shown as such and hides no other.

. "$(dirname "$0")/lib.sh"

long=/$(printf 'user.slice/%.0s' {1..300})end
new_root
listener 0.0.0.0:80@1 inode=1 backlog=5 backlog_recommended=1024 verdict=backlog-small \
	accept_overflows_syn=9
listener 0.0.0.0:81@2 inode=2 cgroup="$long"
advise <<<"net.core.somaxconn 128 8192"
ok "a cgroup of ${#long} characters" exits 0 listeners
ok "its listener is shown" says "0.0.0.0:81"
ok "and the other" says "0.0.0.0:80"
ok "in JSON" exits 0 listeners --json
ok "with the whole path" says "$long"
ok "it is explained" exits 0 explain :81
ok "as the other is" exits 0 explain :80
ok "status" exits 0 status -i 0
ok "and what is advised is done" exits 0 apply --yes
ok "all of it" is_sysctl net.core.somaxconn 8192
exits 0 rollback

rm "$sysfs/listeners/0.0.0.0:81@2/syn_queue"
mkdir "$sysfs/listeners/nonsense"
ok "two that cannot be read" exits 64 listeners
ok "one is shown as such" grep -q '^0.0.0.0:81 .* unreadable ' "$tmp/out"
ok "its file is named" complains "0.0.0.0:81@2/syn_queue: No such file"
ok "the other too" complains "listeners/nonsense: expected ADDR:PORT@COOKIE"
ok "the good one is shown" grep -q '^0.0.0.0:80 .* backlog-small ' "$tmp/out"
ok "in JSON too" exits 64 listeners --json
ok "by its file" says '"unreadable": "syn_queue"'
ok "it is explained as such" exits 64 explain :81
ok "namely" says "its file syn_queue cannot be read"
ok "apply does the rest, and says that it is not all" exits 64 apply --yes
ok "it has" is_sysctl net.core.somaxconn 8192
finish
