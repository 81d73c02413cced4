# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the kselftests have in common: a place of their own, the module, agents
# (see agent.h), the kernel's counters and ours, results in KTAP.
#
# A test sources this first. What follows then runs as root in a network, a
# mount and a PID namespace of its own, with a sysfs of that network namespace
# on /sys and scratch space in $tmp; sysctls, sockets, processes and files go
# with the namespaces, however the test ends. The module is the host's: it is
# loaded afresh, and afterwards as it was before, but for its parameters.
#
# Functions that find something out leave it in $reply, to spare a subshell.

set -u
shopt -s nullglob

here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
sysfs=/sys/kernel/tcpadvisor
tmp=/mnt
patience=60

. "$here/../kselftest/ktap_helpers.sh"

# Skip the whole test: $* is what is missing.
skip_all()
{
	ktap_skip_all "$*"
	exit "$KSFT_SKIP"
}

# The test itself cannot go on.
bail_out()
{
	ktap_exit_fail_msg "$*"
}

if [ -z "${TCPADVISOR_TEST_PLACE-}" ]; then
	ktap_print_header
	[ "$(id -u)" = 0 ] || skip_all "needs root"
	modprobe -n -q tcpadvisor || skip_all "needs the module tcpadvisor"
	# Before util-linux 2.37, unshare leaves SIGTERM ignored, and with it every
	# process that a test means to end.
	TCPADVISOR_TEST_PLACE=y exec unshare --net --mount --pid --fork \
		--kill-child --mount-proc env --default-signal=TERM \
		"$BASH" "$0" "$@"
fi
mount -t sysfs sysfs /sys
mount -t tmpfs tmpfs "$tmp"
ip link set lo up

# KMEMLEAK=n leaves the search for leaks out, which takes minutes.
kmemleak=
if mkdir "$tmp/debug" && mount -t debugfs debugfs "$tmp/debug" &&
		[ -w "$tmp/debug/kmemleak" ] && [ "${KMEMLEAK-y}" = y ]; then
	kmemleak=$tmp/debug/kmemleak
fi

### Time

mkfifo "$tmp/never"
exec {never}<>"$tmp/never"

# A pause of $1 seconds, which costs no process. Before bash 5.2 `read` is woken
# by an alarm, and never if that goes off before it has begun to read, as it does
# on a machine that is busy enough.
if [ $((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1])) -ge 502 ]; then
	pause() { read -rt "$1" -u "$never" || true; }
else
	pause() { sleep "$1"; }
fi

# A pause between two looks at something.
nap()
{
	pause 0.02
}

# Until the command ($@) succeeds; false if it does not for a long time, in which
# it was tried often: a machine that stood still has shown nothing.
await()
{
	local end=$((SECONDS + patience)) looks=0

	until "$@"; do
		looks=$((looks + 1))
		[ $SECONDS -lt $end ] || [ $looks -lt "$patience" ] || return
		nap
	done
}

### Results

# How many results there will be. One more says that the log is clean, and one,
# on a kernel with kmemleak, that nothing was leaked. It is said before the first
# of them, so that a test may find out then that it must skip.
plan()
{
	results=$(($1 + 1))
	[ -z "$kmemleak" ] || results=$((results + 1))
}

# pass|fail|skip DESCRIPTION
result()
{
	[ "$KSFT_NUM_TESTS" != 0 ] || ktap_set_plan "$results"
	"ktap_test_$1" "$2"
}

# check DESCRIPTION COMMAND...
check()
{
	local what=$1
	shift

	if "$@"; then
		result pass "$what"
	else
		result fail "$what"
	fi
}

# check_eq DESCRIPTION GOT WANTED
check_eq()
{
	[ "$2" = "$3" ] || ktap_print_msg "got '$2', want '$3'"
	check "$1" [ "$2" = "$3" ]
}

# skip DESCRIPTION REASON
skip()
{
	result skip "$1: $2"
}

# What the kernel has logged since the test began.
log()
{
	dmesg | sed "1,/$log_begin/d"
}

no_complaint()
{
	! log | grep -E 'WARNING: |BUG: |Oops|UBSAN: |KASAN: |refcount_t: |list_(add|del) |general protection|unregister_netdevice|blocked for more|cut here'
}

# Nothing was allocated since the last look that nobody knows of. What is younger
# than five seconds is not told, nor what only one scan has seen.
no_leak()
{
	pause 6
	echo scan >"$kmemleak"
	echo scan >"$kmemleak"
	mapfile -t leaks <"$kmemleak"
	echo clear >"$kmemleak"
	[ ${#leaks[@]} = 0 ] || ktap_print_msg "${leaks[@]:0:30}"
	[ ${#leaks[@]} = 0 ]
}

finish()
{
	module_unload
	[ -z "$kmemleak" ] || check "kmemleak finds nothing" no_leak
	check "the kernel's log has no complaint" no_complaint
	trap - EXIT
	module_restore
	ktap_finished
}

### Memory

# Objects in use per slab cache.
slab_objects()
{
	awk 'NR > 2 { print $1, $2 }' /proc/slabinfo
}

# What CPUs keep of each slab cache for themselves counts as free then.
slabs_shrink()
{
	local cache

	for cache in /sys/kernel/slab/*/shrink; do
		echo 1 >"$cache"
	done
}

# least COMMAND...: of what it prints, `NAME NUMBER` a line, the least for each name
# in some looks at rest, sorted: whoever allocates between two looks gives a CPU
# whole slabs again, which count as used.
least()
{
	for _ in {1..5}; do
		nap
		slabs_shrink
		"$@"
	done | sort -k 1,1 -k 2,2n | awk '!seen[$1]++'
}

### The module

module_was=

module_unload()
{
	[ ! -e "$sysfs" ] || rmmod tcpadvisor
}

# module_load [PARAMETER=VALUE]...
# All tests can be run with a parameter more: TCPADVISOR_LOAD=hooks=kprobes.
module_load()
{
	module_unload || bail_out "cannot unload the module"
	# shellcheck disable=SC2086 # several are several words
	modprobe tcpadvisor ${TCPADVISOR_LOAD-} "$@" ||
		bail_out "cannot load the module"
}

module_restore()
{
	module_unload
	[ -z "$module_was" ] || modprobe tcpadvisor
}

[ ! -e "$sysfs" ] || module_was=y
log_begin="tcpadvisor selftest ${0##*/} $RANDOM$RANDOM"
echo "$log_begin" >/dev/kmsg
trap module_restore EXIT

# The value of a file.
get()
{
	read -r reply <"$1"
}

# The value of file $1 is $2, in the end.
await_value()
{
	await value_is "$@"
}

value_is()
{
	[ -e "$1" ] && get "$1" && [ "$reply" = "$2" ]
}

# knob ipv4/tcp_syncookies 0: a sysctl below net, in this namespace only.
knob()
{
	echo "$2" >"/proc/sys/net/$1" || bail_out "cannot set $1 to $2"
}

### The sampler

sampler_tracing=$tmp/tracing

# From here on the kernel traces when the sampler works.
sampler_watch()
{
	local end

	mkdir -p "$sampler_tracing"
	mountpoint -q "$sampler_tracing" || mount -t tracefs tracefs "$sampler_tracing" ||
		bail_out "no tracefs"
	echo >"$sampler_tracing/trace"
	for end in start end; do
		echo 1 >"$sampler_tracing/events/workqueue/workqueue_execute_$end/enable"
	done
}

sampler_unwatch()
{
	local end

	for end in start end; do
		echo 0 >"$sampler_tracing/events/workqueue/workqueue_execute_$end/enable"
	done
}

# Mean microseconds of its ticks in the trace, once there are $1 of them, five if that is
# not given; the shortest, which nothing else has prolonged, in $least, the last in
# $latest, their number in $ticks.
sampler_ticks()
{
	read -r reply least latest ticks < <(awk -v few="${1-5}" '/workqueue_execute_(start|end): .*tick_work/ {
			match($0, / [0-9]+\.[0-9]+:/)
			time = substr($0, RSTART, RLENGTH) + 0
			if (/_start: /) {
				began = time
			} else if (began) {
				took = time - began
				sum += took
				if (!n++ || took < least)
					least = took
				began = 0
			}
		}
		END { if (n >= few) print int(sum * 1e6 / n), int(least * 1e6), int(took * 1e6), n }' \
		"$sampler_tracing/trace")
}

# Microseconds that a tick takes now; see sampler_ticks().
sampler_tick()
{
	sampler_watch
	await sampler_ticks "$@" || bail_out "the sampler does not tick"
	sampler_unwatch
}

### Agents

declare -A agent_in agent_out agent_pid

# agent NAME PROGRAM [ARGUMENT]..., in network namespace $netns if that is set, and
# through the command $through, which runs the rest of its words
agent()
{
	local name=$1 in out
	shift

	mkfifo "$tmp/$name.in" "$tmp/$name.out"
	# shellcheck disable=SC2086 # several words
	${netns:+ip netns exec "$netns"} ${through-} "$here/$1" "${@:2}" \
		<"$tmp/$name.in" >"$tmp/$name.out" &
	agent_pid[$name]=$!
	exec {in}>"$tmp/$name.in" {out}<"$tmp/$name.out"
	agent_in[$name]=$in
	agent_out[$name]=$out
}

user=(setpriv --reuid=1000 --regid=1000 --clear-groups)

# as_user COMMAND...: as somebody without any right
as_user()
{
	"${user[@]}" "$@"
}

# An agent of the same user: see agent()
user_agent()
{
	through="${user[*]} ${through-}" agent "$@"
}

# End agent $1, and with it whatever it has open.
dismiss()
{
	kill "${agent_pid[$1]}"
	wait "${agent_pid[$1]}" || true
	rm "$tmp/$1.in" "$tmp/$1.out"
}

# Have agent $1 run a command; its answer is in $reply. False if it failed.
try()
{
	echo "${@:2}" >&"${agent_in[$1]}"
	read -r reply <&"${agent_out[$1]}" || reply="error $1 is gone"
	[ "${reply%% *}" != error ]
}

# The same for what must not fail.
tell()
{
	try "$@" || bail_out "$*: $reply"
}

sock()
{
	tell sock "$@"
}

wire()
{
	tell wire "$@"
}

# Both agents. The wire has a network of each family behind it.
agents()
{
	agent sock sock_agent
	[ -e /dev/net/tun ] || modprobe -q tun || true
	[ -e /dev/net/tun ] || skip_all "needs CONFIG_TUN"
	agent wire wire_agent wire0
	wire read
	knob ipv6/conf/wire0/accept_dad 0
	knob ipv6/conf/wire0/addr_gen_mode 1
	ip -batch - <<-END
		addr add 192.0.2.1/24 broadcast 192.0.2.255 dev wire0
		addr add 2001:db8::1/64 dev wire0
		link set wire0 up
	END
}

# $2 handshakes, of $peer's source ports from $1 on, one after the other.
handshakes()
{
	wire open "$peer" "$1" "$2"
}

# Speak of family $1: $server is our address, $peer one behind the wire.
family()
{
	case $1 in
	4) any=0.0.0.0 server=192.0.2.1 peer=192.0.2.9 localhost=127.0.0.1 ;;
	6) any=:: server=2001:db8::1 peer=2001:db8::9 localhost=::1 ;;
	esac
}

# How many requests the SYN queue of a listener takes beyond its backlog, to $extra:
# one or, where inet_csk_reqsk_queue_is_full() has >= for >, none. Vendors differ, so
# it is asked on the wire, before the module is loaded and counts.
syn_queue_extra()
{
	family 4
	knob ipv4/tcp_syncookies 0
	sock socket 4
	fd=$reply
	sock bind "$fd" "$any" 8079
	sock listen "$fd" 4
	wire to "$server" 8079
	wire send S "$peer" 900 8
	extra=${reply#synack=}
	extra=$((${extra%% *} - 4))
	[[ $extra == [01] ]] || bail_out "the SYN queue takes $extra beyond the backlog"
	sock close "$fd"
	knob ipv4/tcp_syncookies 1
}

### Listeners

# The directory of the listener on port $1, that with cookie $2 if given.
listener_dir()
{
	local cookie=${2-}
	# A directory is there before its files; this is made last.
	local shown=("$sysfs"/listeners/*:"$1@$cookie"*/histograms)

	[ "${#shown[@]}" -gt 0 ] && reply=${shown[0]%/*}
}

gone()
{
	[ ! -e "$1" ]
}

# listener ADDRESS PORT BACKLOG [OPTION=VALUE]...
# leaves its descriptor in $fd and its directory in $dir.
listener()
{
	local address=$1 port=$2 backlog=$3 family=4 option cookie=
	shift 3

	[[ $address != *:* ]] || family=6
	sock socket "$family" ${mptcp:+mptcp}
	fd=$reply
	for option in reuseaddr=1 "$@"; do
		sock set "$fd" "${option%=*}" "${option#*=}"
	done
	sock bind "$fd" "$address" "$port"
	sock listen "$fd" "$backlog"
	# That of an MPTCP socket is not that of the TCP listener below it.
	[ -n "${mptcp-}" ] || { sock cookie "$fd" && cookie=$reply; }
	await listener_dir "$port" "$cookie" ||
		bail_out "no entry of $address:$port"
	dir=$reply
}

### Counters

counters=(syns completions accept_overflows_syn accept_overflows_ack
	  syn_queue_drops syncookies_wanted syncookies_sent syncookies_valid
	  other_drops)

# What directory $1 counts, but for zeros: syns=3 completions=1.
counts()
{
	local counter all=

	for counter in "${counters[@]}"; do
		get "$1/$counter"
		[ "$reply" = 0 ] || all+="$counter=$reply "
	done
	reply=${all% }
}

# check_counts DESCRIPTION DIRECTORY syns=3 completions=1: and nothing else
check_counts()
{
	counts "$2"
	check_eq "$1" "$reply" "${*:3}"
}

# Σ of the counters named, over all that was ever a listener here.
sum()
{
	local dir counter total=0

	for dir in "$sysfs"/{listeners/*,closed,untracked}; do
		for counter; do
			get "$dir/$counter"
			total=$((total + reply))
		done
	done
	reply=$total
}

declare -A mib mib_begin

# The kernel's own counters of this namespace, into the array mib. Taken at once:
# each read of its own would find the file made anew, and maybe longer.
mib_read()
{
	local lines names values n i

	mapfile -t lines </proc/net/netstat
	for ((n = 0; n < ${#lines[@]}; n += 2)); do
		read -ra names <<<"${lines[n]}"
		read -ra values <<<"${lines[n + 1]}"
		for ((i = 1; i < ${#names[@]}; i++)); do
			mib[${names[i]}]=${values[i]}
		done
	done
}

# From here on exact() counts.
mib_mark()
{
	local name

	mib_read
	for name in "${!mib[@]}"; do
		mib_begin[$name]=${mib[$name]}
	done
}

# How far the kernel's counter $1 has moved since mib_mark.
mib_delta()
{
	reply=$((mib[$1] - ${mib_begin[$1]-0}))
}

# $1 may have gone by, as only kprobes let it: one that hits while another runs on
# the same CPU is skipped. Each that was missed can leave out one count, or lend it to
# the call before.
kprobes_missed()
{
	local file missed=0

	get "$sysfs/hooks"
	[ "$reply" = kprobes ] || return
	for file in "$sysfs"/probes/*/missed; do
		get "$file"
		missed=$((missed + reply))
	done
	told+="($missed hooks missed) "
	[ "${1#-}" -le $missed ]
}

# MIB $1 has moved by the sum of the counters named after it, and by no more but
# for kprobes that were missed.
exactly()
{
	local name=$1 ours delta
	shift

	sum "$@"
	ours=$reply
	mib_delta "$name"
	delta=$reply
	get "$sysfs/residual/$name"
	told+="$name $delta = $ours$([ "$reply" = 0 ] || echo " + $reply"); "
	{ [ "$delta" = "$ours" ] && [ "$reply" = 0 ]; } || kprobes_missed $((delta - ours))
}

exact()
{
	told=
	mib_read
	exactly ListenOverflows accept_overflows_syn accept_overflows_ack &&
		exactly ListenDrops accept_overflows_syn accept_overflows_ack \
			syn_queue_drops other_drops &&
		exactly TCPReqQFullDrop syn_queue_drops &&
		exactly TCPReqQFullDoCookies syncookies_wanted
}

# check_exact DESCRIPTION: every refusal that the kernel counted is some
# listener's, to the last one.
check_exact()
{
	local rc=0

	patience=5 await exact || rc=1
	ktap_print_msg "$told"
	check "$1" [ $rc = 0 ]
}
