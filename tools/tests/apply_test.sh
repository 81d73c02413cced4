#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# apply does what the advice says and no more, says what it did, and changes
# nothing at all where it cannot trust what it reads.

# In a mount namespace of its own: apply --yes on a host with a read-only /proc/sys.
if [ "${1-}" = read-only ]; then
	root=$2
	mount --bind "$root/proc/sys" "$root/proc/sys" &&
		mount -o remount,bind,ro "$root/proc/sys" || exit 99
	[ $# = 2 ] || exec "$3" --sysroot "$root" apply --yes
	exit 0
fi

. "$(dirname "$0")/lib.sh"

untouched()
{
	is_sysctl net.core.somaxconn 128 && is_sysctl net.ipv4.tcp_syncookies 0 && no_journal
}

changed()
{
	is_sysctl net.core.somaxconn 8192 && is_sysctl net.ipv4.tcp_syncookies 1
}

new_root
ok "nothing advised: done" exits 0 apply --yes
ok "and says so" says "no change is advised"
ok "without a journal" no_journal

advise_two
ok "dry run" exits 0 apply
ok "shows current and proposed" says "net.core.somaxconn  128 -> 8192"
ok "says that it was dry" says "Nothing was changed"
ok "changes nothing" untouched
ok "apply" exits 0 apply --yes
ok "changes both" changed
ok "says so" says "net.ipv4.tcp_syncookies  0 -> 1  done"
ok "the journal has it" grep -q 'begin id=1 kind=sysctl name=net.core.somaxconn from=128 to=8192 ' \
	"$root/var/lib/tcpadvisor/journal"
ok "for root alone" [ "$(stat -c %a "$root/var/lib/tcpadvisor")" = 700 ]
ok "the file too" [ "$(stat -c %a "$root/var/lib/tcpadvisor/journal")" = 600 ]
before=$(journal)
ok "apply again: done" exits 0 apply --yes
ok "nothing to do" says "Nothing to do"
ok "the journal is as it was" [ "$before" = "$(journal)" ]

new_root
advise_two
ok "only" exits 0 apply --yes --only net.ipv4.tcp_syncookies
ok "that one" is_sysctl net.ipv4.tcp_syncookies 1
ok "not the other" is_sysctl net.core.somaxconn 128
new_root
advise_two
ok "except" exits 0 apply --yes --except net.ipv4.tcp_syncookies
ok "not that one" is_sysctl net.ipv4.tcp_syncookies 0
ok "the other" is_sysctl net.core.somaxconn 8192
ok "only a key that is not on the list" exits 2 apply --only kernel.core_pattern

new_root
sysctl net.core.somaxconn 16384
advise_two
ok "raise only" exits 0 apply --yes
ok "leaves a higher value" is_sysctl net.core.somaxconn 16384
ok "and says so" says "would lower it; --allow-lower permits that"
ok "but does the rest" is_sysctl net.ipv4.tcp_syncookies 1
ok "lower if allowed" exits 0 apply --yes --allow-lower
ok "lowered" is_sysctl net.core.somaxconn 8192

new_root
advise <<<"net.ipv4.tcp_abort_on_overflow 1 0"
ok "some keys are safe to lower" exits 0 apply --yes
ok "lowered too" is_sysctl net.ipv4.tcp_abort_on_overflow 0

# refused DESCRIPTION LINE FOUND: the advice is standard input
refused()
{
	new_root
	recommend
	ok "$1: refused" exits 1 apply --yes
	ok "$1: where" complains "/sys/kernel/tcpadvisor/recommend:$2: found \"$3"
	ok "$1: nothing is changed" untouched
}

good='# net.core.somaxconn 128 -> 8192: because
net.core.somaxconn = 8192'
refused "unknown key" 4 kernel.core_pattern <<END
$good
kernel.core_pattern = 1
END
refused "removed key" 4 net.ipv4.tcp_tw_recycle <<END
$good
net.ipv4.tcp_tw_recycle = 1
END
refused "malformed line" 4 "reboot now" <<END
$good
reboot now
END
refused "out of range" 3 net.core.somaxconn <<END
# net.core.somaxconn 128 -> 1000000: because
net.core.somaxconn = 1000000
END
refused "negative value" 3 "-1" <<END
# net.core.somaxconn 128 -> 8192: because
net.core.somaxconn = -1
END
refused "value without a reason" 4 net.ipv4.tcp_syncookies <<END
$good
net.ipv4.tcp_syncookies = 1
END
refused "escape sequence" 4 "# ?[2J" <<END
$good
# $(printf '\033')[2J
END

new_root
advise_two
echo 8 >"$sysfs/generation"
ok "a set that never settles, as under load" exits 0 apply --yes
ok "is acted upon" is_sysctl net.core.somaxconn 8192
new_root
advise_two
echo 7 >"$sysfs/generation"
head -c 70000 /dev/zero | tr '\0' '#' >"$sysfs/recommend"
ok "endless advice" exits 1 apply --yes
ok "says so too" complains "File too large"

new_root
advise_two
rm -r "$sysfs"
ok "no module" exits 1 apply --yes
ok "what to do" complains 'the module is not loaded; load it with "modprobe tcpadvisor"'

new_root
advise_two
rm "$root/proc/sys/net/ipv4/tcp_syncookies"
ok "a key that the kernel lacks" exits 1 apply --yes
ok "names it" complains "/proc/sys/net/ipv4/tcp_syncookies: does not exist"
ok "nothing is changed" is_sysctl net.core.somaxconn 128

new_root
listener 0.0.0.0:80@1 backlog=511 backlog_recommended=99999
ok "an advised backlog out of range" exits 1 apply --yes --live
ok "names the file" complains "listeners/0.0.0.0:80@1/backlog_recommended: found \"99999\": expected a number in its range"
listener 0.0.0.0:80@1 backlog=-511
ok "a negative backlog" exits 1 apply --yes --live

new_root
chmod go+w "$root"
ok "a sysroot that others may write to" exits 2 status -i 0
ok "says so" complains "writable by nobody else"
chmod go-w "$root"
if [ "$(id -u)" = 0 ]; then
	chown 65534 "$root"
	ok "or that is somebody else's" exits 2 apply --yes
	ok "says so too" complains "must belong to you or root"
fi

new_root
advise_two
if [ "$(id -u)" = 0 ] && have setpriv; then
	chmod 755 "$tmp"
	chmod -R go+rX "$root"
	cp "$plain" "$tmp/plain"
	unprivileged()
	{
		setpriv --reuid 65534 --regid 65534 --clear-groups "$tmp/plain" \
			--sysroot "$root" "$@" >"$tmp/out" 2>"$tmp/err"
	}
	ok "anybody may look" unprivileged apply
	ok "and sees the plan" says "net.core.somaxconn  128 -> 8192"
	fails()
	{
		! "$@"
	}
	ok "but not apply" fails unprivileged apply --yes
	ok "what to do: root" complains "run as root"
	ok "nothing is changed" untouched
	mkdir "$root/var/lib/tcpadvisor"
	chown 65534 "$root/var/lib/tcpadvisor"
	ok "nor with a journal of one's own" fails unprivileged apply --yes
	ok "no permission: says so" complains \
		"/proc/sys/net/core/somaxconn: no permission to change it: run as root"
else
	skip "without privilege" "needs root and setpriv"
fi

new_root
advise_two
if unshare -m "$0" read-only "$root" 2>/dev/null; then
	in_read_only()
	{
		unshare -m "$0" read-only "$root" "$tool" >"$tmp/out" 2>"$tmp/err"
		[ $? = 1 ]
	}
	ok "read-only /proc/sys" in_read_only
	ok "says so" complains "/proc/sys is mounted read-only"
	ok "nothing is changed" untouched
else
	skip "read-only /proc/sys" "cannot mount"
fi

finish
