#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The history: every apply, trial and rollback leaves a line that says who, what, from
# and to, and stays after undo. That the system's log has the same, the selftests see.

. "$(dirname "$0")/lib.sh"

history=$root/var/lib/tcpadvisor/history

# The lines, without what differs each time; a line that has another form stays whole.
lines()
{
	sed -E 's/^20[0-9-]+T[0-9:]+Z (.*) uid [0-9]+ loginuid (-|[0-9]+) pid [0-9]+$/\1/' "$history"
}

has()
{
	[ "$(lines)" = "$1" ] || { lines; return 1; }
}

new_root
advise_two
ok "dry run" exits 0 apply
ok "leaves nothing" [ ! -e "$history" ]
run apply --yes --persist
ok "apply leaves a line for each change" has "apply: net.core.somaxconn 128 -> 8192 netns 0
apply: net.ipv4.tcp_syncookies 0 -> 1 netns 0
apply: sysctl.d net.core.somaxconn - -> 8192 netns 0
apply: sysctl.d net.ipv4.tcp_syncookies - -> 1 netns 0"
ok "for its owner alone" [ "$(stat -c %a "$history")" = 600 ]
rm "$history"
run rollback --dry-run
ok "a dry rollback none" [ ! -e "$history" ]
run rollback
ok "rollback leaves them too" has "rollback: sysctl.d net.ipv4.tcp_syncookies 1 -> - netns 0
rollback: sysctl.d net.core.somaxconn 8192 -> - netns 0
rollback: net.ipv4.tcp_syncookies 1 -> 0 netns 0
rollback: net.core.somaxconn 8192 -> 128 netns 0"
ok "which stay when there is nothing left to undo" no_journal
rm "$history"

# Refusals in the first span, and more of them in the second: not kept.
refuse_on()
{
	local n=1000

	while :; do
		n=$((n + 1))
		! is_sysctl net.core.somaxconn 8192 >/dev/null || n=$((n + 100000))
		echo "$n" >"$sysfs/untracked/.new"
		mv "$sysfs/untracked/.new" "$sysfs/untracked/accept_overflows_syn"
	done
}
advise <<<"net.core.somaxconn 128 8192"
refuse_on &
load=$!
run apply --yes --trial 3s
kill $load
wait $load 2>/dev/null
ok "a trial that fails was undone" is_sysctl net.core.somaxconn 128
ok "and says both, and why" [ "$(lines | cut -d: -f1 | paste -sd,)" = \
	"trial,trial undone,trial not kept" ]
rm "$history"
head -c 1100000 /dev/zero | tr '\0' '\n' >"$history"
chmod 600 "$history"
run apply --yes
ok "a long one starts anew" has "apply: net.core.somaxconn 128 -> 8192 netns 0"
ok "and is kept once" [ -e "$history.1" ]
rm "$history"
ln -s "$tmp/elsewhere" "$history"
ok "a link in its place is not followed" exits 0 rollback
ok "the change is undone all the same" is_sysctl net.core.somaxconn 128
ok "it is said" complains "history: Too many levels"
ok "and nothing was written there" [ ! -e "$tmp/elsewhere" ]
rm "$history"
mkfifo "$history"
ok "nor does a FIFO hold it up" timeout -k 1 10 "$tool" --sysroot "$root" apply --yes
finish
