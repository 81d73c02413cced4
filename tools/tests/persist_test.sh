#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# --persist keeps sysctls in one file of our own: whole at any moment, merged
# with what is there, and taken back by rollback.

. "$(dirname "$0")/lib.sh"

holds()
{
	grep -qxF -e "$1" "$root/$conf"
}

new_root
advise_two
ok "dry run" exits 0 apply --persist
ok "writes nothing" [ ! -e "$root/$conf" ]
ok "persist" exits 0 apply --yes --persist
ok "writes the values" holds "net.core.somaxconn = 8192"
ok "each with what it was and its reason" holds "# net.core.somaxconn 128 -> 8192: because"
ok "readable by all" [ "$(stat -c %a "$root/$conf")" = 644 ]
ok "leaves nothing else behind" [ "$(ls -A "$root/etc/sysctl.d")" = 90-tcpadvisor.conf ]
ok "rollback" exits 0 rollback
ok "removes the file" [ ! -e "$root/$conf" ]
ok "and restores the values" is_sysctl net.core.somaxconn 128

new_root
advise_two
run apply --yes
ok "persist what an earlier run applied" exits 0 apply --yes --persist
ok "writes it" holds "net.core.somaxconn = 8192"
ok "says so" says "90-tcpadvisor.conf: net.core.somaxconn  - -> 8192  done"
advise <<<"net.ipv4.tcp_max_tw_buckets 65536 131072"
ok "with what was in force before that" holds "# net.core.somaxconn 128 -> 8192: applied earlier"
ok "persist more later" exits 0 apply --yes --persist
ok "keeps the old" holds "net.core.somaxconn = 8192"
ok "adds the new" holds "net.ipv4.tcp_max_tw_buckets = 131072"
ok "persist again: nothing to do" exits 0 apply --yes --persist
ok "says that" says "Nothing to do"

# The advice was piped into sysctl -p; a moment later it is followed, and gone.
new_root
advise_two
sysctl net.core.somaxconn 8192
sysctl net.ipv4.tcp_syncookies 1
ok "persist what is advised and in force" exits 0 apply --yes --persist
ok "adopts it" holds "net.core.somaxconn = 8192"
ok "rollback" exits 0 rollback
ok "gives it up" [ ! -e "$root/$conf" ]
ok "and leaves what somebody else has set" is_sysctl net.core.somaxconn 8192
recommend </dev/null
ok "persist what is not advised" exits 0 apply --yes --persist
ok "there is nothing" says "Nothing to do"
ok "unless it is named" exits 0 apply --yes --persist --only net.core.somaxconn
ok "then it is adopted too" holds "net.core.somaxconn = 8192"
ok "alone" [ "$(grep -c = "$root/$conf")" = 1 ]

for line in "net.core.somaxconn = 128 256" "net.core.somaxconn = 128 256 512"; do
	new_root
	advise_two
	echo "$line" >"$root/$conf"
	ok "a line with more values than there are" exits 64 apply --yes --persist
	ok "is told" says "mend or remove that line"
	ok "and left alone" holds "$line"
	ok "all else can be undone" exits 0 rollback
	ok "it is" is_sysctl net.core.somaxconn 128
done

new_root
advise_two
printf '# mine\nvm.swappiness = 1\nnet.core.somaxconn = 1024\n' >"$root/$conf"
ok "a file with other lines" exits 0 apply --yes --persist
ok "keeps them" holds "vm.swappiness = 1"
ok "replaces ours" holds "net.core.somaxconn = 8192"
ok "once" [ "$(grep -c somaxconn "$root/$conf")" = 2 ]
ok "rollback" exits 0 rollback
ok "gives the old line back" holds "net.core.somaxconn = 1024"
ok "and keeps the others" holds "# mine"

new_root
advise_two
run apply --yes --persist
sed -i 's/= 8192/= 9999/' "$root/$conf"
ok "a line that somebody else edited" exits 64 rollback
ok "is left alone" holds "net.core.somaxconn = 9999"

new_root
advise_two
echo "net/core/somaxconn=1024" >"$root/etc/sysctl.d/99-local.conf"
echo "net.core.somaxconn = 1" >"$root/usr/lib/sysctl.d/10-first.conf"
ok "a file that is read later" exits 0 apply --yes --persist
ok "is named" complains "$root/etc/sysctl.d/99-local.conf: sets net.core.somaxconn to 1024"
ok "the earlier one is not" [ "$(grep -c 10-first "$tmp/err")" = 0 ]

new_root
advise_two
echo "net.core.somaxconn = 1024" >"$root/usr/lib/sysctl.d/99-local.conf"
: >"$root/etc/sysctl.d/99-local.conf"
ok "a later file that another one hides" exits 0 apply --yes --persist
ok "is not named" [ ! -s "$tmp/err" ]

new_root
advise_two
echo "net.core.somaxconn = 1024" >"$root/etc/sysctl.conf"
ok "sysctl.conf" exits 0 apply --yes --persist
ok "is read last of all" complains "/etc/sysctl.conf: sets net.core.somaxconn"
exits 0 rollback
echo "net.core.somaxconn = 512" >"$root/etc/sysctl.d/99-local.conf"
ok "sysctl.conf after a later file" exits 0 apply --yes --persist
ok "still has the last word" complains "/etc/sysctl.conf: sets net.core.somaxconn to 1024"
rm "$root/etc/sysctl.d/99-local.conf"
exits 0 rollback
mkdir -p "$root/usr/lib/systemd"
: >"$root/usr/lib/systemd/systemd-sysctl"
ok "sysctl.conf where systemd sets the values" exits 0 apply --yes --persist
ok "is not read" [ ! -s "$tmp/err" ]
exits 0 rollback
ln -s ../sysctl.conf "$root/etc/sysctl.d/99-sysctl.conf"
ok "but by a link in sysctl.d" exits 0 apply --yes --persist
ok "it is" complains "/etc/sysctl.d/99-sysctl.conf: sets net.core.somaxconn to 1024"
rm "$root/etc/sysctl.d/99-sysctl.conf"

new_root
advise_two
ln -s "$tmp/elsewhere" "$root/$conf"
ok "a symbolic link for the file" exits 1 apply --yes --persist
ok "is refused" complains "is a symbolic link"
ok "before anything is changed" is_sysctl net.core.somaxconn 128

new_root
advise_two
chmod 777 "$root/etc/sysctl.d"
ok "a directory that others may write" exits 1 apply --yes --persist
ok "is not used" is_sysctl net.core.somaxconn 128

new_root
advise_two
rmdir "$root/etc/sysctl.d"
ok "no directory yet" exits 0 apply --yes --persist
ok "it is made" holds "net.core.somaxconn = 8192"

new_root
advise_two
mkdir -p "$root/proc/self/ns" "$root/proc/1/ns"
ln -s "net:[4026531840]" "$root/proc/self/ns/net"
ln -s "net:[4026531999]" "$root/proc/1/ns/net"
ok "another network namespace than the host's" exits 1 apply --yes --persist
ok "says why" complains "sysctl.d is read for the host's own network namespace only"
ok "nothing is changed" is_sysctl net.core.somaxconn 128

finish
