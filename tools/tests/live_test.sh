#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# --live changes the backlog of the right running listener and of no other
# socket; rollback gives it back.

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/live.sh"

if ! can_take; then
	skip "--live" "$missing"
	finish
fi

live_root 5
ok "dry run" exits 0 apply --live
ok "shows the listener and its process" says "listener $name (listener_helper, pid $pid) backlog  5 -> 1024"
ok "changes nothing" is_backlog 5
ok "without --live" exits 0 apply --yes
ok "it is only mentioned" says "1 listener needs a bigger backlog"
ok "and stays" is_backlog 5
ok "--live" exits 0 apply --yes --live
ok "raises it" is_backlog 1024
ok "after somaxconn, which would cap it" is_sysctl net.core.somaxconn 1024
ok "says why" says "it would cap listener $address, which needs 1024"
ok "and how it lasts" says "listen(2) with a backlog of 1024"
ok "and how to undo it" says "  tcpadvisor rollback"
ok "verify" exits 0 verify
ok "finds it in force" says "listener $name backlog  1024  in force"
ok "and knows how it lasts, too" says "configuration or source, in place of 5"
ok "the journal knows whose it is" grep -q \
	"kind=backlog name=$name from=5 to=1024 .* pid=$pid start=[1-9][0-9]* inode=$inode cookie=${name#*@}" \
	"$root/var/lib/tcpadvisor/journal"
ok "rollback" exits 0 rollback
ok "gives it back" is_backlog 5
ok "and somaxconn" is_sysctl net.core.somaxconn 128
ok "the process is the same" kill -0 "$pid"
unserve

# Where nobody may reach into a process, root is not told to become root.
if have strace && strace -qq -o /dev/null true 2>/dev/null; then
	live_root 5
	mkdir -p "$root/proc/sys/kernel/yama"
	for scope in 3 1; do
		echo $scope >"$root/proc/sys/kernel/yama/ptrace_scope"
		strace -qq -o /dev/null -e inject=pidfd_getfd:error=EPERM \
			"$tool" --sysroot "$root" apply --yes --live >"$tmp/out" 2>"$tmp/err"
		case $scope in
		3) ok "ptrace_scope of 3 is named" complains "kernel.yama.ptrace_scope is 3, which keeps everybody" ;;
		1) ok "and not where it is 1" complains "no permission to reach into process $pid: run as root" ;;
		esac
		ok "the backlog stays" is_backlog 5
	done
	unserve
else
	skip "ptrace_scope" "needs strace, and leave to trace"
fi

live_root 5
ok "only this listener" exits 0 apply --yes --live --only "$address"
ok "raises it" is_backlog 1024
unserve
live_root 5
ok "all but this listener" exits 0 apply --yes --live --except "$address"
ok "leaves it" is_backlog 5
unserve
live_root 5
ok "all but somaxconn" exits 0 apply --yes --live --except net.core.somaxconn
ok "raises it as far as that goes" is_backlog 128
ok "leaves somaxconn" is_sysctl net.core.somaxconn 128
unserve
live_root 128
ok "not even that far" exits 1 apply --yes --live --except net.core.somaxconn
ok "says why" says "net.core.somaxconn caps it, and was left out of this run"
unserve

# A service is as good as its listeners, and may want more than is advised.
in_unit()
{
	live_root 5
	echo /system.slice/nginx.service >"$sysfs/listeners/$name/cgroup"
}

in_unit
ok "only this unit's listeners" exits 0 apply --yes --live --only nginx.service
ok "are raised" is_backlog 1024
echo 1024 >"$sysfs/listeners/$name/backlog"
ok "and not twice" exits 0 apply --yes --live --only nginx.service
unserve
in_unit
ok "all but this unit's" exits 0 apply --yes --live --except nginx.service
ok "leaves it" is_backlog 5
ok "another unit" exits 1 apply --yes --live --only nginx2.service
ok "has none" complains "--only nginx2.service: no listener is of that"
ok "and leaves it" is_backlog 5
ok "more than is advised" exits 0 apply --yes --live --only nginx.service --at-least 2000
ok "is set" is_backlog 2000
ok "with its reason" says "asked for by --at-least, whatever is advised"
ok "somaxconn does not cap it" is_sysctl net.core.somaxconn 2000
echo 2000 >"$sysfs/listeners/$name/backlog"
ok "less than there is" exits 0 apply --yes --live --only nginx.service --at-least 1500
ok "lowers nothing" is_backlog 2000
ok "rollback" exits 0 rollback
ok "gives back what was there" is_backlog 5
unserve
in_unit
ok "less than is advised" exits 0 apply --yes --live --only nginx.service --at-least 64
ok "does not hold back" is_backlog 1024
unserve
in_unit
ok "not without --only" exits 2 apply --yes --live --at-least 64
ok "nor without --live" exits 2 apply --yes --only nginx.service --at-least 64
ok "nor more than there is" exits 2 apply --yes --live --only nginx.service --at-least 65536
ok "rollback knows no units" exits 2 rollback --only nginx.service
unserve

# Each restart brings a new socket; of the closed one nothing is left to undo.
open_backlogs()
{
	awk '/ kind=backlog / { sub(/^id=/, "", $3); open[$3] = 1 }
		/ end / { sub(/^id=/, "", $3); delete open[$3] }
		END { for (id in open) n++; print n + 0 }' "$root/var/lib/tcpadvisor/journal"
}

live_root 5
run apply --yes --live
begin=$(sed -n 's/.* \(begin id=2 kind=backlog .*\)/\1/p' "$root/var/lib/tcpadvisor/journal")
run rollback
# A short cookie may stand elsewhere in it, too.
closed=$(sed "s/@${name#*@} /@abc /; s/ cookie=${name#*@}\\b/ cookie=abc/" <<<"$begin")
other=${closed/id=2 /id=3 }
printf '%s\n' "tcpadvisor-journal version=1" "$closed" "done id=2" \
	"${other/$address@/127.0.0.1:9@}" "done id=3" |
	"$BUILD/seal_helper" >"$tmp/journal"
cat "$tmp/journal" >"$root/var/lib/tcpadvisor/journal"
ok "an address is changed again" exits 0 apply --yes --live
ok "the closed listener's record ends" grep -q "end id=2 result=gone" \
	"$root/var/lib/tcpadvisor/journal"
ok "that of another address stays" [ "$(open_backlogs)" = 2 ]
run rollback

# So it is by a trial that is kept.
cat "$tmp/journal" >"$root/var/lib/tcpadvisor/journal"
"$plain" --sysroot "$root" apply --yes --live --trial 1s >"$tmp/out" 2>"$tmp/err" &
job=$!
watching before
count accept_overflows_syn 509 "$name"
count completions 10000 "$name"
watching after
count completions 20000 "$name"
ok "an address is changed again by a trial" wait $job
ok "the closed listener's record ends, too" grep -q "end id=2 result=gone" \
	"$root/var/lib/tcpadvisor/journal"
ok "and that of another address stays" [ "$(open_backlogs)" = 2 ]
unserve

# Workers share one socket: it is changed once, and outlives its first owner.
live_root 5 2
ok "a socket with workers" exits 0 apply --yes --live
ok "is one step" [ "$(grep -c kind=backlog "$root/var/lib/tcpadvisor/journal")" = 1 ]
ok "for all of them" is_backlog 1024 "${workers[1]}"
echo leave >&7
wait
ok "rollback, the first owner being gone" exits 0 rollback
ok "works through another" is_backlog 5 "${workers[1]}"
unserve

live_root 5
run apply --yes --live
tell listen 77
ok "the application has listened again" exits 64 rollback
ok "is left alone" is_backlog 77
ok "and said" says "77 now: the application has called listen(2) since"
unserve

live_root 5
run apply --yes --live
unserve
ok "the process is gone" exits 0 rollback
ok "nothing to restore" says "the listener is closed"
ok "somaxconn is restored all the same" is_sysctl net.core.somaxconn 128

live_root 5
run apply --yes --live
tell reopen
ok "another listener on the same descriptor" exits 0 rollback
ok "is not touched" is_backlog 5
ok "the old one is gone" says "the listener is closed"
unserve

# The wrong socket.
live_root 5
listener "${address}@fffff" inode="$inode" backlog=5 backlog_recommended=1024
rm -r "$sysfs/listeners/$name"
sysctl net.core.somaxconn 4096
ok "a cookie that is not this socket's" exits 1 apply --yes --live
ok "is not touched" is_backlog 5
ok "said" complains "vanished: its inode is another socket's by now"
unserve

live_root 5
tell shutdown
sysctl net.core.somaxconn 4096
ok "a socket that no longer listens" exits 1 apply --yes --live
ok "said" complains "vanished: the socket no longer listens"
unserve

live_root 5
listener 127.0.0.1:1@ff inode=1 backlog=5 backlog_recommended=1024
listener 127.0.0.1:2@fe inode=0 backlog=5 backlog_recommended=1024
ok "one of three can be changed" exits 64 apply --yes --live
ok "that one is" is_backlog 1024
ok "no process" says "no process found that has it open"
ok "no socket file" says "no process owns it (a kernel service, or MPTCP)"
ok "rollback undoes that one" exits 0 rollback
ok "to 5" is_backlog 5
unserve

# The kernel has the last word on how far a backlog goes.
live_root 5
cap=$(cat /proc/sys/net/core/somaxconn)
echo $((cap + 1)) >"$sysfs/listeners/$name/backlog_recommended"
sysctl net.core.somaxconn 65535
ok "capped by the real somaxconn" exits 1 apply --yes --live
ok "said" complains "net.core.somaxconn of its namespace caps it at $cap; it is $cap now"
ok "taken back at once" is_backlog 5
ok "nothing is left to undo" exits 0 rollback
unserve

# Somebody has lowered somaxconn since: what is in force is better than what can be had.
live_root 511
run apply --yes --live
sysctl net.core.somaxconn 128
ok "rollback below a lower somaxconn" exits 1 rollback
ok "takes nothing away" is_backlog 1024
ok "says why" complains "a backlog of 511 is not to be had: net.core.somaxconn of its namespace caps it at 128; it is 1024 now"
sysctl net.core.somaxconn 4096
ok "later" exits 0 rollback
ok "it can be had" is_backlog 511
unserve

# The process that is found first is gone by the time that its socket is wanted.
live_root 5
run apply --yes --live
ghost=2
while kill -0 "$ghost" 2>/dev/null; do
	ghost=$((ghost + 1))
done
process "$ghost" ghost 3="$inode"
mkdir -p "$root/proc/self/net"
cp /proc/net/tcp "$root/proc/self/net/"
ok "rollback by way of a process that is gone" exits 64 rollback
ok "does not say that the listener is" says "no process found that has it open"
rm -r "$root/proc/$ghost"
ok "and can be done again" exits 0 rollback
ok "which sets it back" is_backlog 5
unserve

# What is predicted of a listener is held against what comes, where it is reached.
live_root 5
sysctl net.core.somaxconn 4096
tabulate_curves <<-END
	$name 1 299 5 294 10
	$name 1 299 1024 0 90
END
set_count()
{
	echo "$2" >"$tmp/count"
	mv "$tmp/count" "$sysfs/listeners/$name/$1"
}
"$plain" --sysroot "$root" --json apply --yes --live --trial 1s >"$tmp/out" 2>"$tmp/err" &
job=$!
watching before
set_count accept_overflows_syn 503
set_count completions 1000
watching after
set_count completions 2000
set_count accept_queue_peak 298
wait $job
ok "a trial that helps" is_backlog 1024
ok "says what was predicted and what came" eval "tr -d ' \n' <$tmp/out | grep -qF $(
	)'\"predictions\":[{\"listener\":\"$name\",\"backlog\":1024,\"predicted\":300,$(
	)\"came\":298,\"refused\":0}]'"
ok "and the history does" grep -qF "$name at backlog 1024: 300 predicted to wait at most, 298 came, 0 refused" \
	"$root/var/lib/tcpadvisor/history"
unserve

# Kernels and permissions that do not allow it.
injected()
{
	strace -qq -o /dev/null -e inject="$1" "$plain" --sysroot "$root" \
		apply --yes --live >"$tmp/out" 2>"$tmp/err"
	[ $? = "$2" ]
}

if have strace; then
	live_root 5
	sysctl net.core.somaxconn 4096
	ok "a kernel before 5.6" injected pidfd_getfd:error=ENOSYS 1
	ok "what to do" complains "(pidfd_getfd, since Linux 5.6): set the backlog in the application"
	ok "before 5.3" injected pidfd_open:error=ENOSYS 1
	ok "no permission" injected pidfd_getfd:error=EPERM 1
	ok "what to do then" complains "run as root with CAP_SYS_PTRACE"
	ok "closed meanwhile" injected pidfd_getfd:error=EBADF 1
	ok "said" complains "vanished"
	ok "a security module refuses" injected listen:error=EACCES 1
	ok "never changed" is_backlog 5
	unserve
else
	skip "kernels and permissions" "needs strace"
fi

finish
