#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The examples of Documentation/tracepoints.rst: each reads the refusals that there
# were. A program that is not installed is skipped, by name.

. "$(dirname "$(readlink -f "$0")")/lib.sh"
. "$here/tracefs.sh"

next=2000

# Ten SYNs that are refused, from ports of their own
refuse()
{
	wire send S "$peer" $next 10
	next=$((next + 10))
}

# Program $1 is here, or the $2 results on it are skipped.
have()
{
	local i

	command -v "$1" >/dev/null && return
	for ((i = 0; i < $2; i++)); do
		skip "$1" "not installed"
	done
	return 1
}

# Ten lines of text $1 tell of a refusal. If not, they and the log $2 are shown.
shows()
{
	lines_are "$1" 'listen_refused: .*:8080@.*cause=accept_queue_syn count=1' 10 &&
		return
	sed 's/^/# /' "$1" "$2"
	return 1
}

lines_are()
{
	[ "$(grep -c "$2" "$1")" = "$3" ]
}

by_tracefs()
{
	local event=$tracing/events/tcpadvisor/listen_refused reader

	cat "$tracing/trace_pipe" >"$tmp/pipe" &
	reader=$!
	echo 'port == 8080' >"$event/filter"
	echo 1 >"$event/enable"
	refuse
	check "trace_pipe shows each" await lines_are "$tmp/pipe" listen_refused: 10
	kill $reader
	wait $reader 2>/dev/null || true
	echo >"$tracing/trace"
	echo 'port == 8081' >"$event/filter"
	refuse
	echo 0 >"$event/enable"
	trace_refused
	check_eq "a filter leaves out other ports" "${refused[all]}" 0
	echo 0 >"$event/filter"
}

# From here on the kernel adds up.
histogram_begin()
{
	[ -e "$tracing/events/tcpadvisor/listen_refused/hist" ] ||
		skip_all "needs CONFIG_HIST_TRIGGERS"
	echo 'hist:keys=port,cause:vals=count' \
		>"$tracing/events/tcpadvisor/listen_refused/trigger"
	get "$dir/accept_overflows_syn"
	begun=$reply
}

histogram_is()
{
	grep -q "port: *8080, cause: *0 *} hitcount: *$1  count: *$1\$" \
		"$tracing/events/tcpadvisor/listen_refused/hist"
}

# What the programs run while they read: it says when they have begun, and goes on
# until there is a line in $tmp/end.
mkfifo "$tmp/end"
cat >"$tmp/meanwhile" <<-END
	#!/bin/sh
	: >"$tmp/begun"
	read -r line <"$tmp/end"
END
chmod +x "$tmp/meanwhile"

begun_or_gone()
{
	[ -e "$tmp/begun" ] || ! kill -0 "$1" 2>/dev/null
}

# Program $1 runs in the background: refuse while it reads. False, and its two results
# are skipped, if it is still compiling when patience ends, as on an emulated CPU.
while_reading()
{
	local pid=$!

	if ! await begun_or_gone $pid; then
		kill $pid
		wait $pid 2>/dev/null || true
		skip "$1 reads" "it needs more than $patience s to begin"
		skip "$1 shows what it has read" "it has not begun"
		return 1
	fi
	check "$1 reads" test -e "$tmp/begun"
	[ -e "$tmp/begun" ] || return 0
	refuse
	# A jiffy or two later the last one is told.
	await all_told
	echo >"$tmp/end"
	wait $pid
	rm -f "$tmp/begun"
}

# The counters and what a histogram in the kernel has are the same.
all_told()
{
	get "$dir/accept_overflows_syn"
	histogram_is $((reply - begun))
}

by_perf()
{
	have perf 2 || return
	perf record -q -a -e tcpadvisor:listen_refused -o "$tmp/perf.data" -- \
		"$tmp/meanwhile" >"$tmp/perf.log" 2>&1 &
	while_reading perf || return
	perf script -i "$tmp/perf.data" >"$tmp/perf.out" 2>>"$tmp/perf.log"
	check "perf shows each" shows "$tmp/perf.out" "$tmp/perf.log"
}

by_trace_cmd()
{
	have trace-cmd 2 || return
	trace-cmd record -e tcpadvisor:listen_refused -o "$tmp/trace.dat" \
		"$tmp/meanwhile" >"$tmp/trace-cmd.log" 2>&1 &
	while_reading trace-cmd || return
	trace-cmd report -i "$tmp/trace.dat" >"$tmp/trace-cmd.out" 2>>"$tmp/trace-cmd.log"
	check "trace-cmd shows each" shows "$tmp/trace-cmd.out" "$tmp/trace-cmd.log"
}

by_bpftrace()
{
	have bpftrace 2 || return
	# It runs nothing that is a script.
	bpftrace -c "sh $tmp/meanwhile" -e 'tracepoint:tcpadvisor:listen_refused {
		@[args->port, args->cause] = sum(args->count) }' >"$tmp/bpftrace.out" 2>&1 &
	patience=400
	while_reading bpftrace || return
	patience=60
	check "bpftrace adds up" grep -q '^@\[8080, 0\]: 10$' "$tmp/bpftrace.out"
	grep -q '^@' "$tmp/bpftrace.out" || sed 's/^/# /' "$tmp/bpftrace.out"
}

# The example is built here: it is a researcher's, who has the same.
by_libbpf()
{
	have clang 3 && have bpftool 3 || return
	check "libbpf's example is built" make -s -C "$here/libbpf" O="$tmp"
	[ -x "$tmp/refusals" ] || return
	"$tmp/refusals" "$tmp/meanwhile" >"$tmp/libbpf.out" 2>"$tmp/libbpf.log" &
	while_reading refusals || return
	check_eq "refusals adds up, by listener and cause" \
		"$(cat "$tmp/libbpf.out" "$tmp/libbpf.log")" \
		"8080 ${dir##*@} accept_queue_syn 10"
}

plan 12
module_load
trace_begin 1024
agents
family 4
listener "$any" 8080 2
wire to "$server" 8080
handshakes 1000 3
histogram_begin
by_tracefs
check "a histogram in the kernel adds up" await all_told
# These want it where it always is.
mount --move "$tracefs" /sys/kernel/tracing
tracefs=/sys/kernel/tracing
tracing=$tracefs/${tracing#"$tmp/tracefs/"}
by_perf
by_trace_cmd
by_bpftrace
by_libbpf
trace_end
finish
