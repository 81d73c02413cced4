#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# rollback sets back what apply changed, and only that, from whatever the
# journal holds.

. "$(dirname "$0")/lib.sh"

applied()
{
	new_root
	advise_two
	run apply --yes "$@"
	[ $rc = 0 ] || ok "apply before the test" false
}

restored()
{
	is_sysctl net.core.somaxconn 128 && is_sysctl net.ipv4.tcp_syncookies 0
}

new_root
ok "nothing to undo" exits 0 rollback
ok "says so" says "Nothing to undo"

applied
ok "dry run" exits 0 rollback --dry-run
ok "shows what it would do" says "net.core.somaxconn  8192 -> 128  planned"
ok "changes nothing" is_sysctl net.core.somaxconn 8192
ok "rollback" exits 0 rollback
ok "restores both" restored
ok "says so" says "net.core.somaxconn  8192 -> 128  restored"
ok "leaves no journal" no_journal
ok "again: nothing to undo" exits 0 rollback
ok "apply after rollback" exits 0 apply --yes

applied
advise <<<"net.core.somaxconn 8192 16384"
run apply --yes
ok "a second change of the same key" is_sysctl net.core.somaxconn 16384
ok "dry run of both" exits 0 rollback --dry-run
ok "shows one" says "net.core.somaxconn  16384 -> 8192  planned"
ok "and the other" says "net.core.somaxconn  8192 -> 128  planned"
ok "rollback of both" exits 0 rollback
ok "goes back to the first value" restored

applied
advise <<<"net.core.somaxconn 8192 16384"
run apply --yes
sysctl net.core.somaxconn 8192
ok "set back by hand to the value between" exits 0 rollback
ok "goes back to the first value too" restored
applied
advise <<<"net.core.somaxconn 8192 16384"
run apply --yes
sysctl net.core.somaxconn 128
ok "set back by hand to the first value" exits 0 rollback
ok "is no conflict either" restored

applied
ok "only one" exits 0 rollback --only net.core.somaxconn
ok "that one is restored" is_sysctl net.core.somaxconn 128
ok "the other is not" is_sysctl net.ipv4.tcp_syncookies 1
ok "then the other" exits 0 rollback
ok "now both are" restored

applied
sysctl net.core.somaxconn 4096
ok "somebody else's value: partly done" exits 64 rollback
ok "is left alone" is_sysctl net.core.somaxconn 4096
ok "and said" says "left: 4096 now: somebody else has changed it since; left alone"
ok "the rest is restored" is_sysctl net.ipv4.tcp_syncookies 0
ok "it is not forgotten" exits 64 rollback
echo "net.core.somaxconn = 4096" >"$root/etc/sysctl.d/60-admin.conf"
ok "who did it" exits 64 rollback
ok "is named" says "as $root/etc/sysctl.d/60-admin.conf has it"
ok "forget" exits 64 rollback --forget
ok "forgotten" exits 0 rollback
ok "still left alone" is_sysctl net.core.somaxconn 4096
ok "no journal" no_journal

applied
sysctl net.core.somaxconn 128
ok "set back by hand" exits 0 rollback
ok "is no conflict" says "net.core.somaxconn  8192 -> 128  unchanged"

applied
rm -r "$sysfs"
ok "without the module" exits 0 rollback
ok "restores as well" restored

applied
rm "$root/proc/sys/net/ipv4/tcp_syncookies"
ok "a key that went away" exits 64 rollback
ok "names it" complains "/proc/sys/net/ipv4/tcp_syncookies: No such file or directory"
ok "does the rest" is_sysctl net.core.somaxconn 128

# What a crash may leave of the journal.
applied
file=$root/var/lib/tcpadvisor/journal
head -c -5 "$file" >"$tmp/torn" && cat "$tmp/torn" >"$file"
ok "a torn record" exits 0 rollback
ok "does no harm" restored
applied
head -c 300 "$file" >"$tmp/torn" && cat "$tmp/torn" >"$file"
ok "a torn first batch" exits 0 rollback
ok "undoes what it holds" is_sysctl net.core.somaxconn 128
applied
head -c 10 "$file" >"$tmp/torn" && cat "$tmp/torn" >"$file"
ok "a torn header" exits 0 rollback
applied
sed -i '2s/from=128/from=129/' "$file"
ok "apply on a damaged journal" exits 1 apply --yes
ok "says what to do" complains 'journal:2: damaged: run "tcpadvisor rollback" first'
ok "rollback of a damaged journal" exits 64 rollback
ok "says what is lost" complains "journal:2: damaged"
ok "undoes the rest" is_sysctl net.ipv4.tcp_syncookies 0
ok "never guesses" is_sysctl net.core.somaxconn 8192
ok "keeps the damaged one" [ -e "$file.damaged" ]
ok "goes on" exits 0 rollback
applied
: >"$file"
ok "an empty journal" exits 0 rollback
ok "is an empty journal" exits 0 apply --yes

# Whom not to trust.
applied
mv "$file" "$tmp/journal" && ln -s "$tmp/journal" "$file"
ok "a symbolic link for a journal" exits 1 rollback
ok "is not followed" is_sysctl net.core.somaxconn 8192
applied
chmod 777 "$root/var/lib/tcpadvisor"
ok "a directory that others may write" exits 1 rollback
ok "says so" complains "writable by nobody else"
chmod 700 "$root/var/lib/tcpadvisor"
chmod 666 "$file"
ok "a journal that others may write" exits 1 rollback
ok "is not used" is_sysctl net.core.somaxconn 8192
applied
mv "$root/var/lib/tcpadvisor" "$tmp/elsewhere"
ln -s "$tmp/elsewhere" "$root/var/lib/tcpadvisor"
ok "a symbolic link for its directory" exits 1 rollback
ok "says that" complains "symbolic link"

# One at a time.
applied
if have flock; then
	exec 9>"$root/var/lib/tcpadvisor/lock"
	flock 9
	echo "4711 $(($(date +%s) - 42))" >&9
	ok "while another is at work: rollback" exits 1 rollback
	ok "says so" complains "another tcpadvisor is making changes: pid 4711, for 4"
	ok "while another is at work: apply" exits 1 apply --yes
	echo "4711 1000 trial" >"$root/var/lib/tcpadvisor/lock"
	ok "while it is a trial" exits 1 rollback
	ok "says so" complains "pid 4711, trial, for"
	ok "and since when" complains "since $(date -d @1000 '+%Y-%m-%d %H:%M:%S');"
	exec 9<&-
	ok "after it: rollback" exits 0 rollback
else
	skip "while another is at work" "needs flock"
fi

# A reboot.
applied
echo 11111111-4526-4f53-a5c8-e8cbded3cc8d >"$root/proc/sys/kernel/random/boot_id"
sysctl net.core.somaxconn 128
sysctl net.ipv4.tcp_syncookies 1
ok "after a reboot" exits 0 rollback
ok "there is nothing to undo" says "Nothing to undo"
ok "whatever the values are" is_sysctl net.ipv4.tcp_syncookies 1

applied --persist
echo 11111111-4526-4f53-a5c8-e8cbded3cc8d >"$root/proc/sys/kernel/random/boot_id"
ok "after a reboot with --persist" exits 0 rollback
ok "the file goes" [ ! -e "$root/$conf" ]
ok "and what it has set" restored

applied --persist
advise <<<"net.core.somaxconn 8192 16384"
run apply --yes --persist
echo 11111111-4526-4f53-a5c8-e8cbded3cc8d >"$root/proc/sys/kernel/random/boot_id"
ok "after a reboot with two changes kept" exits 0 rollback
ok "the first value is back" restored

finish
