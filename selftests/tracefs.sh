# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The events tcpadvisor:* by tracefs alone, in an instance of a test's own. Sourced
# after lib.sh.

tracefs=$tmp/tracefs
tracing=

trace_end()
{
	[ -n "$tracing" ] || return
	echo 0 >"$tracing/tracing_on"
	echo 0 >"$tracing/events/enable"
	rmdir "$tracing"
	tracing=
}

# Have $1 KiB for each CPU. The kernel keeps an instance for as long as it exists.
trace_begin()
{
	[ -d /sys/kernel/tracing ] || skip_all "needs CONFIG_TRACING"
	mkdir -p "$tracefs"
	mountpoint -q "$tracefs" || mount -t tracefs tracefs "$tracefs" ||
		bail_out "no tracefs"
	[ -d "$tracefs/events/tcpadvisor" ] || skip_all "needs CONFIG_TRACEPOINTS"
	tracing=$tracefs/instances/tcpadvisor.$$
	mkdir "$tracing" || bail_out "no instance of tracefs"
	trap 'trace_end; module_restore' EXIT
	echo "$1" >"$tracing/buffer_size_kb"
}

# trace EVENT 1|0
trace()
{
	echo "$2" >"$tracing/events/tcpadvisor/$1/enable" || bail_out "no event $1"
}

# The events $1 are in $events, a line each, from the event's name on.
trace_read()
{
	mapfile -t events < <(sed -n "s/^[^#].* \($1: \)/\1/p" "$tracing/trace")
}

# So many events $1 have come.
events_are()
{
	trace_read "$1"
	[ ${#events[@]} = "$2" ]
}

# Field $2 of line $1
event_field()
{
	reply=" $1 "
	reply=${reply#* "$2"=}
	reply=${reply%% *}
}

# Σ of count, of refusals of all causes in $refused[all], and of each.
declare -A refused

trace_refused()
{
	local cause n

	refused=([all]=0 [accept_queue_syn]=0 [accept_queue_ack]=0 [syn_queue]=0
		 [other]=0)
	while read -r cause n; do
		refused[$cause]=$n
		refused[all]=$((refused[all] + n))
	done < <(awk '/ listen_refused: / {
			match($0, /cause=[a-z_]+/)
			cause = substr($0, RSTART + 6, RLENGTH - 6)
			match($0, / count=[0-9]+/)
			sum[cause] += substr($0, RSTART + 7, RLENGTH - 7)
		}
		END { for (cause in sum) print cause, sum[cause] }' \
		"$tracing/trace")
}

# Events that the kernel had no place for, into $lost.
trace_lost()
{
	lost=$(awk '/^(overrun|commit overrun|dropped events):/ { n += $NF }
		END { print n + 0 }' "$tracing"/per_cpu/cpu*/stats)
}
