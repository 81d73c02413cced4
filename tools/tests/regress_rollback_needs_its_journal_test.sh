#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# rollback restores what it can: with a journal on a read-only file system, with
# records that only a newer version knows, and whoever holds a lock on the directory.

. "$(dirname "$0")/lib.sh"

tool=$plain

applied()
{
	new_root
	advise_two
	run apply --yes
	[ "$rc" = 0 ]
}

restored()
{
	is_sysctl net.core.somaxconn 128 && is_sysctl net.ipv4.tcp_syncookies 0
}

if [ "${1-}" = read-only ]; then
	root=$2
	mount --bind "$root/var/lib" "$root/var/lib" &&
		mount -o remount,ro,bind "$root/var/lib" || exit
	exec "$tool" --sysroot "$root" rollback
fi

if unshare -m true 2>/dev/null; then
	applied
	unshare -m "$0" read-only "$root" >"$tmp/out" 2>"$tmp/err"
	rc=$?
	ok "a journal that cannot be written" [ "$rc" = 0 ]
	ok "does not stand in the way" restored
	ok "a warning does" complains "on a read-only file system: what is undone now cannot be recorded"
	ok "and is all that is said" [ "$(wc -l <"$tmp/err")" = 1 ]
	ok "when it can be written: rollback" exits 0 rollback
	ok "finds nothing to restore, and forgets" no_journal
	rm -f "$root/var/lib/tcpadvisor/lock"
	applied
	rm -f "$root/var/lib/tcpadvisor/lock"
	unshare -m "$0" read-only "$root" >"$tmp/out" 2>"$tmp/err"
	ok "without a lock to take" restored
else
	skip "a read-only file system" "cannot mount"
fi

applied
record "begin id=3 kind=qdisc name=eth0 weight=7"
record "done id=3"
record "note id=4 text=hello"
ok "records of a newer version" exits 64 rollback
ok "lock out none of the others" restored
ok "and are said" says "1 more of a kind that only a newer tcpadvisor knows"
ok "and kept for it" grep -q "kind=qdisc" "$root/var/lib/tcpadvisor/journal"
ok "apply goes on after them" exits 0 apply --yes
ok "with ids of its own" grep -q "begin id=4 kind=sysctl" "$root/var/lib/tcpadvisor/journal"
ok "which are undone again" exits 64 rollback
ok "all of them" restored

applied
record "note id=3 text=hello"
run rollback
ok "a record that is no change" restored
ok "is kept as well" grep -q "note id=3" "$root/var/lib/tcpadvisor/journal"

applied
chmod 755 "$root/var/lib/tcpadvisor"
if have flock; then
	exec 9<"$root/var/lib/tcpadvisor"
	flock 9
	ok "whoever may read the directory" exits 0 rollback
	ok "cannot lock it against root" restored
	exec 9<&-
fi
ok "the file that is locked is root's alone" \
	[ "$(stat -c %a "$root/var/lib/tcpadvisor/lock")" = 600 ]
finish
