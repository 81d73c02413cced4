#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Changes belong to a network namespace: rollback works in its own, in a named
# one, in that of a process, or in all, and never in another one.

. "$(dirname "$0")/lib.sh"

tool=$BUILD/tcpadvisor

# All of this goes on in a private /var/lib and /run.
if [ "${1-}" != inside ]; then
	if ! unshare -mn true 2>/dev/null; then
		skip "network namespaces" "cannot make one"
		finish
	fi
	unshare -mn "$0" inside
	exit
fi
mount -t tmpfs none /var/lib && mount -t tmpfs none /run || exit
mkdir -p /run/netns

# A process in a namespace of its own: sets pid, and its journal's numbers.
namespace()
{
	unshare -n sleep 300 &
	pid=$!
	until [ "$(readlink /proc/$pid/ns/net)" != "$(readlink /proc/self/ns/net)" ] &&
		[ "$(cat /proc/$pid/comm)" = sleep ]; do
		kill -0 $pid || exit
	done
	inode=$(stat -L -c %i /proc/$pid/ns/net)
}

in_it()
{
	nsenter -n -t "$1" cat /proc/sys/net/core/somaxconn
}

is_in()
{
	local now

	now=$(in_it "$1")
	[ "$now" = "$2" ] || { echo "somaxconn there is $now, not $2"; return 1; }
}

# A journal that has somaxconn changed from 77 to $2 in namespace $1.
changed()
{
	mkdir -p /var/lib/tcpadvisor
	chmod 700 /var/lib/tcpadvisor
	"$BUILD/seal_helper" >/var/lib/tcpadvisor/journal <<-END
		tcpadvisor-journal version=1
		begin id=1 kind=sysctl name=net.core.somaxconn from=77 to=$2 boot=$(cat /proc/sys/kernel/random/boot_id) netns=$1 netns_cookie=${3-0} time=1 pid=0 start=0 inode=0 cookie=0
		done id=1
	END
	chmod 600 /var/lib/tcpadvisor/journal
}

exits_live()
{
	local want=$1

	shift
	"$tool" "$@" >"$tmp/out" 2>"$tmp/err" </dev/null
	rc=$?
	[ "$rc" = "$want" ] || { echo "exit status $rc, expected $want"; return 1; }
}


namespace
own=$(cat /proc/sys/net/core/somaxconn)
theirs=$(in_it "$pid")

changed "$inode" "$theirs"
ok "another namespace's change" exits_live 0 rollback
ok "is not undone here" says "1 more in other network namespaces"
ok "here it is as it was" [ "$(cat /proc/sys/net/core/somaxconn)" = "$own" ]
ok "there too" is_in "$pid" "$theirs"
ok "in that of a process" exits_live 0 rollback --netns "$pid"
ok "it is undone" is_in "$pid" 77
ok "and not here" [ "$(cat /proc/sys/net/core/somaxconn)" = "$own" ]
ok "the journal is gone" [ ! -e /var/lib/tcpadvisor/journal ]

touch /run/netns/web && mount --bind "/proc/$pid/ns/net" /run/netns/web
nsenter -n -t "$pid" sh -c "echo $theirs >/proc/sys/net/core/somaxconn"
changed "$inode" "$theirs"
ok "in a named one" exits_live 0 rollback --netns web --json
ok "it is undone" is_in "$pid" 77
ok "and named" says '"name": "web"'

nsenter -n -t "$pid" sh -c "echo $theirs >/proc/sys/net/core/somaxconn"
changed "$inode" "$theirs"
ok "in all" exits_live 0 rollback --all-netns
ok "it is undone" is_in "$pid" 77

nsenter -n -t "$pid" sh -c "echo $theirs >/proc/sys/net/core/somaxconn"
changed "$inode" "$theirs" 123456789
exits_live 0 rollback --netns web >/dev/null
if says "Nothing to undo"; then
	ok "an inode number that was used again" is_in "$pid" "$theirs"
else
	skip "an inode number that was used again" "no SO_NETNS_COOKIE before Linux 5.14"
fi

changed "$(stat -L -c %i /proc/self/ns/net)" "$own"
ok "our own" exits_live 0 rollback
ok "is undone" [ "$(cat /proc/sys/net/core/somaxconn)" = 77 ]

changed 4000000000 "$own"
ok "a namespace that is gone" exits_live 0 rollback --all-netns
ok "is remembered" [ -e /var/lib/tcpadvisor/journal ]
ok "unless told to forget" exits_live 0 rollback --all-netns --forget
ok "forgotten" [ ! -e /var/lib/tcpadvisor/journal ]

changed 4000000000 "$own"
sed -i '1a\XXXXXXXX broken' /var/lib/tcpadvisor/journal
ok "one in a damaged journal" exits_live 64 rollback --all-netns --forget
ok "is forgotten, too" [ ! -e /var/lib/tcpadvisor/journal ]

# A unit of its own for that process.
unit=$tmp/cgroup/tcpadvisor-test-$$.service
if mkdir "$tmp/cgroup" && mount -t cgroup2 none "$tmp/cgroup" 2>/dev/null &&
	mkdir "$unit" && echo "$pid" >"$unit/cgroup.procs"; then
	nsenter -n -t "$pid" sh -c "echo $theirs >/proc/sys/net/core/somaxconn"
	changed "$inode" "$theirs"
	ok "by a systemd unit" exits_live 0 rollback --netns "tcpadvisor-test-$$"
	ok "it is undone" is_in "$pid" 77
	echo "$pid" >"$tmp/cgroup/cgroup.procs"
	rmdir "$unit"
else
	skip "by a systemd unit" "cannot make a cgroup"
fi
mountpoint -q "$tmp/cgroup" && umount "$tmp/cgroup"

ok "no such namespace" exits_live 1 rollback --netns nowhere
ok "said" complains "--netns nowhere"
ok "a path is no name" exits_live 1 rollback --netns ../netns/web
touch /run/netns/file
ok "a file is no namespace" exits_live 1 rollback --netns file
ok "said" complains "is not a network namespace"
ok "no such process" exits_live 1 rollback --netns 2147483647

if [ -d /sys/kernel/tcpadvisor ]; then
	# The module is here: /sys must be the other namespace's too.
	ok "the advice of a namespace is its own" exits_live 0 status -i 0 --netns web
	ok "listeners are its own" exits_live 0 listeners --netns web
	ok "of which it has none" says "No listening TCP socket"
else
	ok "without the module" exits_live 1 listeners --netns web
	ok "says that it is not loaded" complains "the module is not loaded"
fi

# Two processes in a namespace without a name; the one that is found first has gone, or
# may not be looked into, once it is to be entered.
if have strace; then
	unshare -n sh -c 'sleep 300 & exec sleep 301' &
	first=$!
	second=
	until [ "$second" ] && [ "$(cat /proc/$first/comm)" = sleep ] &&
		[ "$(cat /proc/"$second"/comm)" = sleep ]; do
		kill -0 $first || exit
		second=$(cat /proc/$first/task/$first/children)
		second=${second% }
	done
	[ "$first" -lt "$second" ] || { first=$second; second=$!; }
	inode=$(stat -L -c %i "/proc/$first/ns/net")
	for reason in ENOENT EACCES; do
		changed "$inode" "$(in_it "$first")"
		strace -qq -o "$tmp/strace" -P /proc/"$first"/ns/net -e inject=openat:error=$reason \
			"$tool" rollback --all-netns --json >"$tmp/out" 2>"$tmp/err"
		rc=$?
		ok "where the first process lets nobody in ($reason)" grep -q INJECTED "$tmp/strace"
		ok "the second one does" [ "$rc" = 0 ]
		ok "and it is undone there" is_in "$second" 77
		nsenter -n -t "$second" sh -c "echo $theirs >/proc/sys/net/core/somaxconn"
	done
	changed "$inode" "$theirs"
	strace -qq -o "$tmp/strace" -P /proc/"$first"/ns/net -P /proc/"$second"/ns/net \
		-e inject=openat:error=EACCES "$tool" rollback --all-netns >"$tmp/out" 2>"$tmp/err"
	ok "if neither lets us in" [ $? != 0 ]
	ok "it is said" complains "namespace pid $first: cannot enter it: Permission denied"
	kill "$second"
else
	skip "a second process of a namespace" "needs strace"
fi

# It keeps what it needs, and gives up the rest.
capabilities()
{
	strace -qq -o "$tmp/strace" -e trace=capset "$tool" "$@" >/dev/null 2>&1
	sed -n 's/^capset(.*permitted=\([^,]*\),.*/\1/p' "$tmp/strace"
}

show="1<<CAP_DAC_READ_SEARCH|1<<CAP_SYS_PTRACE"
change="1<<CAP_DAC_READ_SEARCH|1<<CAP_NET_ADMIN|1<<CAP_SYS_PTRACE"
enter="1<<CAP_DAC_READ_SEARCH|1<<CAP_NET_ADMIN|1<<CAP_SYS_CHROOT|1<<CAP_SYS_PTRACE|1<<CAP_SYS_ADMIN"
if have strace; then
	ok "capabilities to show" [ "$(capabilities listeners)" = "$show" ]
	ok "to change" [ "$(capabilities rollback)" = "$change" ]
	ok "to enter a namespace" [ "$(capabilities rollback --netns web)" = "$enter" ]
else
	skip "capabilities" "needs strace"
fi

# ip netns takes any name, of digits, too, and whatever process has that number.
touch /run/netns/1 && mount --bind "/proc/$pid/ns/net" /run/netns/1
changed "$inode" "$(in_it "$pid")"
exits_live 0 rollback --netns 1 --json >/dev/null
ok "a namespace with a number for a name" says '"name": "1"'
umount /run/netns/1
umount /run/netns/web
finish
