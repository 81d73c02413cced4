# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the shell tests share: results in TAP, and hosts made of files
# (sysroots) to run the command on. Sourced; expects BUILD, set by the Makefile.

set -u -o pipefail
umask 022

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
: "${BUILD:=$here/../../build/tools}"
# The one with sanitizers, unless a test chooses.
tool=$BUILD/san/tcpadvisor
# One without, which changes files below a sysroot too.
plain=$BUILD/test/tcpadvisor
tmp=$(mktemp -d "${TMPDIR:-/tmp}/tcpadvisor-test.XXXXXX") || exit 1
export LC_ALL=C.UTF-8 NO_COLOR=1
unset COLUMNS
number=0
failed=0
root=$tmp/root
boot=06154749-4526-4f53-a5c8-e8cbded3cc8d
counters=(syns completions accept_overflows_syn accept_overflows_ack syn_queue_drops
	other_drops syncookies_wanted syncookies_sent syncookies_valid)

cleanup()
{
	local job

	# A child that is killed before it is a program of its own comes here, too.
	[ "$BASHPID" = "$$" ] || return
	for job in $(jobs -p); do
		kill "$job" 2>/dev/null
	done
	wait
	rm -rf "$tmp"
}
trap cleanup EXIT

echo "TAP version 13"

# One result: ok DESCRIPTION COMMAND... by the command's exit status.
ok()
{
	local what=$1

	shift
	number=$((number + 1))
	if "$@" >"$tmp/check" 2>&1; then
		echo "ok $number - $what"
		return 0
	fi
	echo "not ok $number - $what"
	failed=1
	{
		echo "failed: $*"
		cat "$tmp/check"
		[ ! -e "$tmp/out" ] || sed 's/^/out: /' "$tmp/out"
		[ ! -e "$tmp/err" ] || sed 's/^/err: /' "$tmp/err"
	} | sed 's/^/# /'
	return 0
}

skip()
{
	number=$((number + 1))
	echo "ok $number - $1 # SKIP $2"
}

# The plan, after the last result.
finish()
{
	echo "1..$number"
	exit $failed
}

# True if all these commands are here; else $missing names the first.
have()
{
	local command

	for command; do
		command -v "$command" >/dev/null && continue
		missing=$command
		return 1
	done
}

# Run the command on $root: $rc, $tmp/out, $tmp/err.
run()
{
	"$tool" --sysroot "$root" "$@" >"$tmp/out" 2>"$tmp/err" </dev/null
	rc=$?
}

# exits STATUS ARGUMENT...: run, and compare the exit status.
exits()
{
	local want=$1

	shift
	run "$@"
	[ "$rc" = "$want" ] || { echo "exit status $rc, expected $want"; return 1; }
}

says()
{
	grep -qF -e "$1" "$tmp/out"
}

complains()
{
	grep -qF -e "$1" "$tmp/err"
}

# A host with the module loaded and nothing to say.
new_root()
{
	local dir

	rm -rf "$root"
	mkdir -p "$root"/{etc/sysctl.d,run,var/lib,usr/lib/sysctl.d} \
		"$root"/proc/sys/{net/core,net/ipv4,kernel/random} \
		"$root"/sys/kernel/tcpadvisor/{listeners,closed,untracked,timewait}
	echo $boot >"$root/proc/sys/kernel/random/boot_id"
	sysctl net.core.somaxconn 128
	sysctl net.ipv4.tcp_syncookies 0
	sysctl net.ipv4.tcp_max_tw_buckets 65536
	sysctl net.ipv4.tcp_abort_on_overflow 1
	sysfs=$root/sys/kernel/tcpadvisor
	for dir in closed untracked; do
		zero "$sysfs/$dir" "${counters[@]}" listeners
	done
	zero "$sysfs/closed" aborted
	zero "$sysfs/timewait" count created overflows server_side client_side \
		fin_wait2 reused
	echo 65536 >"$sysfs/timewait/limit"
	recommend </dev/null
}

# zero DIRECTORY FILE...
zero()
{
	local dir=$1 file

	shift
	for file; do
		echo 0 >"$dir/$file"
	done
}

# sysctl KEY [VALUE]: set it, or print it
sysctl()
{
	local file=$root/proc/sys/${1//./\/}

	if [ $# = 1 ]; then
		cat "$file"
	else
		echo "$2" >"$file"
	fi
}

# Wait until $job, a trial that complains into $tmp/err, watches $1 the change.
watching()
{
	until grep -qs "s $1 the change" "$tmp/err"; do
		kill -0 "$job" 2>/dev/null || return
		sleep 0.05
	done
}

is_sysctl()
{
	local now

	now=$(sysctl "$1")
	[ "$now" = "$2" ] || { echo "$1 is $now, not $2"; return 1; }
}

# listener ADDR:PORT@COOKIE [FILE=VALUE]...
# accept_wait_ms and accept_wait_peak_ms are for tabulate(), the module has no such files.
listener()
{
	local dir=$sysfs/listeners/$1 pair

	shift
	mkdir -p "$dir"
	zero "$dir" "${counters[@]}" inode accept_queue accept_queue_peak \
		syn_queue syn_queue_peak backlog_recommended
	echo 128 >"$dir/backlog"
	echo unknown >"$dir/backlog_requested"
	echo ok >"$dir/verdict"
	echo / >"$dir/cgroup"
	for pair; do
		echo "${pair#*=}" >"$dir/${pair%%=*}"
	done
}

# The columns of tables/listeners after the first, each the name of a file too, but three.
columns=(inode cgroup_id backlog backlog_requested accept_queue accept_queue_peak
	accept_wait_ms accept_wait_peak_ms syn_queue syn_queue_peak syns completions
	accept_overflows_syn accept_overflows_ack syn_queue_drops syncookies_wanted
	syncookies_sent syncookies_valid other_drops verdict backlog_recommended)

# A module that has a table, with all that its listeners' files say now.
tabulate()
{
	local dir column row value cgroup columns=("${columns[@]}")

	# A module that takes histograms
	find "$sysfs/listeners" -name histograms | grep -q . && columns+=(histograms)
	# One that tells causes of other drops apart, and has no files for it
	find "$sysfs/listeners" -name other_drops_icmp | grep -q . &&
		columns+=(other_drops_child other_drops_icmp)
	mkdir -p "$sysfs/tables"
	for dir in "$sysfs"/listeners/*; do
		row=${dir##*/}
		cgroup=$(cksum <"$dir/cgroup")
		read -r value <"$dir/cgroup"
		[ "$value" != - ] || cgroup=0
		for column in "${columns[@]}"; do
			value=0
			[ "$column" != cgroup_id ] || value=${cgroup%% *}
			[ ! -e "$dir/$column" ] || read -r value <"$dir/$column"
			row+=" $value"
		done
		printf '%-511s\n' "$row"
	done >"$tmp/rows"
	{
		printf '%-511s\n' "# tcpadvisor listeners version=1 row=512 netns=0 changes=0" \
			"listener ${columns[*]}"
		cat "$tmp/rows"
	} >"$sysfs/tables/listeners"
}

# What was counted at addresses whose listeners were closed, each ADDR:PORT [COUNTER=VALUE]...
# in a line of the input; $1 and $2 are what the head says of changes and evicted.
tabulate_closed()
{
	local value names=(syns completions accept_overflows_syn accept_overflows_ack syn_queue_drops
		syncookies_wanted syncookies_sent syncookies_valid other_drops) words name pair row

	mkdir -p "$sysfs/tables"
	{
		printf '%-511s\n' "# tcpadvisor closed version=1 row=512 netns=0 changes=$1 evicted=$2" \
			"address listeners aborted ${names[*]}" "other 0 0 0 0 0 0 0 0 0 0 0"
		while read -r -a words; do
			row="${words[0]} 1 0"
			for name in "${names[@]}"; do
				value=0
				for pair in "${words[@]:1}"; do
					[ "${pair%%=*}" != "$name" ] || value=${pair#*=}
				done
				row+=" $value"
			done
			printf '%-511s\n' "$row"
		done
	} >"$sysfs/tables/closed"
}

# tabulate_rows TABLE COLUMN...: a row in each line of the input.
tabulate_rows()
{
	local row

	mkdir -p "$sysfs/tables"
	{
		printf '%-511s\n' "# tcpadvisor $1 version=1 row=512 netns=0 changes=0" "${*:2}"
		while read -r row; do
			printf '%-511s\n' "$row"
		done
	} >"$sysfs/tables/$1"
}

# What other backlogs of listeners would have refused, a row of tables/loss_curves in each
# line of the input.
tabulate_curves()
{
	tabulate_rows loss_curves listener complete need backlog refused wait_ms
}

# What became of refused clients, a row of tables/refused_clients in each line.
tabulate_clients()
{
	tabulate_rows refused_clients listener complete refusals clients admitted from_ms \
		to_ms gave_up pending one_in error
}

# Where they came from.
tabulate_prefixes()
{
	tabulate_rows refused_prefixes listener prefix refusals error
}

# A process that owns sockets: process PID PROGRAM FD=INODE...
process()
{
	local dir=$root/proc/$1 pair

	mkdir -p "$dir/fd"
	echo "$2" >"$dir/comm"
	echo "$1 ($2) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 4711 0 0" >"$dir/stat"
	shift 2
	for pair; do
		ln -s "socket:[${pair#*=}]" "$dir/fd/${pair%%=*}"
	done
	ln -s /dev/null "$dir/fd/0"
}

# ports FAILURES EVICTED USABLE PINNED VERDICT: the destinations are what comes in.
ports()
{
	local name

	mkdir -p "$sysfs/ports"
	for name in failures evicted usable pinned verdict; do
		echo "$1" >"$sysfs/ports/$name"
		shift
	done
	cat >"$sysfs/ports/destinations"
}

# The advice is what comes in, below the first line.
recommend()
{
	{
		echo "# tcpadvisor netns=4026531840 generation=7 window=60s"
		cat
	} >"$sysfs/recommend"
	echo 7 >"$sysfs/generation"
}

# Advice to set each KEY CURRENT VALUE of a line.
advise()
{
	local key current value

	while read -r key current value; do
		printf '# %s %s -> %s: because\n%s = %s\n' "$key" "$current" \
			"$value" "$key" "$value"
	done | recommend
}

# somaxconn and syncookies, as most tests have it
advise_two()
{
	advise <<-END
		net.core.somaxconn 128 8192
		net.ipv4.tcp_syncookies 0 1
	END
}

journal()
{
	cat "$root/var/lib/tcpadvisor/journal"
}

# Append a record to the journal, with its right checksum.
record()
{
	"$BUILD/seal_helper" <<<"$1" >>"$root/var/lib/tcpadvisor/journal"
}

no_journal()
{
	[ ! -e "$root/var/lib/tcpadvisor/journal" ]
}

# Until the command ($@) succeeds; if it does not for long, false, and what it said last.
await()
{
	local i

	for ((i = 0; i < 1000; i++)); do
		"$@" >"$tmp/awaited" 2>&1 && return
		sleep 0.02
	done
	cat "$tmp/awaited"
	return 1
}

# count NAME VALUE [LISTENER]: in one step, as the command may be reading it.
count()
{
	echo "$2" >"$tmp/count"
	mv "$tmp/count" "$sysfs/listeners/${3-0.0.0.0:80@1}/$1"
}

conf=etc/sysctl.d/90-tcpadvisor.conf

# Make $root of what tests/record has written to file $1, whose form is told there.
replay()
{
	local line dir=$root file=

	rm -rf "$root"
	mkdir -p "$root"/{etc/sysctl.d,var/lib}
	while IFS= read -r line; do
		case $line in
		$'\t'*) printf '%s\n' "${line#$'\t'}" >>"$file" ;;
		'['*']')
			dir=${line#'['}
			dir=$root/${dir%']'}
			mkdir -p "$dir"
			;;
		*=*) printf '%s\n' "${line#*=}" >"$dir/${line%%=*}" ;;
		*' -> '*) ln -s "${line##* -> }" "$dir/${line%% -> *}" ;;
		*:) file=$dir/${line%:}; : >"$file" ;;
		esac
	done <"$1"
	sysfs=$root/sys/kernel/tcpadvisor
}
