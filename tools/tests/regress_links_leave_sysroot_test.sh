#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What lies below a --sysroot stays there: no link leads out of it, no FIFO holds
# the command up, nothing is changed, and / is no other host however it is written.

. "$(dirname "$0")/lib.sh"

tool=$BUILD/tcpadvisor
secret=$tmp/secret
echo "the secret 4711" >"$secret"

# Ends by itself, and soon.
exits_soon()
{
	local want=$1

	shift
	timeout -k 1 10 "$tool" --sysroot "$root" "$@" >"$tmp/out" 2>"$tmp/err" </dev/null
	rc=$?
	[ "$rc" = "$want" ] || { echo "exit status $rc, expected $want"; return 1; }
}

# leaks DESCRIPTION: whether what was printed has the secret
keeps()
{
	! grep -q "4711" "$tmp/out" "$tmp/err"
}

host()
{
	new_root
	listener 0.0.0.0:80@1 inode=1 backlog=5 backlog_recommended=1024 \
		verdict=backlog-small accept_overflows_syn=9
	advise_two
}

for file in cgroup verdict backlog syns; do
	host
	ln -sf "$secret" "$sysfs/listeners/0.0.0.0:80@1/$file"
	exits_soon 0 listeners --json
	ok "a link for $file of a listener" keeps
	exits_soon 0 explain :80
	ok "a link for $file, explained" keeps
done
host
rm -r "$sysfs/listeners/0.0.0.0:80@1"
ln -s "$tmp" "$sysfs/listeners/0.0.0.0:80@1"
exits_soon 64 listeners
ok "a link for a listener" keeps
host
ln -sf "$secret" "$sysfs/recommend"
exits_soon 1 status -i 0
ok "a link for the advice" keeps
host
rm -r "$sysfs"
mv "$root/sys" "$tmp/sys"
ln -s "$tmp/sys" "$root/sys"
ok "a link for /sys" exits_soon 1 status -i 0
rm -r "$tmp/sys"

host
echo "net.core.somaxconn = 4711" >"$secret"
ln -s "$secret" "$root/etc/sysctl.d/99-link.conf"
ln -sf "$secret" "$root/proc/sys/net/core/somaxconn"
exits_soon 0 explain somaxconn
ok "links for a sysctl and in sysctl.d" keeps
rm "$root/proc/sys/net/core/somaxconn"
sysctl net.core.somaxconn 128
ln -s ../sysctl.conf "$root/etc/sysctl.d/99-inside.conf"
echo "net.core.somaxconn = 777" >"$root/etc/sysctl.conf"
exits_soon 0 explain somaxconn
ok "one that stays inside is followed" says 777

for file in sys/kernel/tcpadvisor/recommend etc/sysctl.d/50-fifo.conf \
	sys/kernel/tcpadvisor/listeners/0.0.0.0:80@1/cgroup \
	sys/kernel/tcpadvisor/listeners/0.0.0.0:80@1/syns \
	proc/sys/net/core/somaxconn proc/sys/kernel/random/boot_id; do
	host
	rm -f "$root/$file"
	mkfifo "$root/$file"
	timeout -k 1 10 "$tool" --sysroot "$root" listeners >/dev/null 2>&1
	first=$?
	timeout -k 1 10 "$tool" --sysroot "$root" explain somaxconn >/dev/null 2>&1
	second=$?
	timeout -k 1 10 "$tool" --sysroot "$root" apply >/dev/null 2>&1
	ok "a FIFO for $file" [ "$first$second$?" -lt 124124 ]
done

host
ok "apply --yes" exits_soon 2 apply --yes
ok "is refused" complains "--sysroot is for looking at a recorded host"
ok "so is rollback" exits_soon 2 rollback
ok "nothing is changed" is_sysctl net.core.somaxconn 128
ok "looking is not" exits_soon 0 apply
ok "nor is that" exits_soon 0 rollback -n

# As the running host, which has its namespaces.
for name in / /. //./; do
	"$tool" --sysroot "$name" status --netns nonsense >"$tmp/out" 2>"$tmp/err"
	ok "$name is this host" complains "--netns nonsense: /run/netns/nonsense"
done
"$tool" --sysroot "$root" --sysroot / status --netns nonsense >"$tmp/out" 2>"$tmp/err"
ok "the last of two counts" complains "--netns nonsense: /run/netns/nonsense"

# The kernel says which capabilities are left.
if have strace && strace -qq -o /dev/null true 2>/dev/null; then
	host
	strace -qq -e trace=capset -o "$tmp/strace" "$tool" --sysroot "$root" status -i 0 \
		>/dev/null 2>&1
	ok "all capabilities are given up" grep -q 'capset(.*effective=0, permitted=0, inheritable=0' \
		"$tmp/strace"
	while read -r call what; do
		strace -qq -o /dev/null -e inject="$call":error=EPERM \
			"$tool" --sysroot "$root" status -i 0 >"$tmp/out" 2>"$tmp/err"
		rc=$?
		ok "where $call fails, nothing is done" [ "$rc" = 1 -a ! -s "$tmp/out" ]
		ok "where $call fails, it says so" complains "cannot give up privileges: $what: "
	done <<-END
		capget capget
		capset capset
		prctl no_new_privs
	END
else
	skip "capabilities" "needs strace, and leave to trace"
fi
finish
