#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The model of a listener's queues (model_tcp.h) against this kernel: the same
# schedule through both, and as many clients were refused in the one as in the
# other, within three or 2 % of them; as many were never accepted, too.
#
# usage: model_kernel.sh [all | SCHEDULE...]
#
# Without arguments a short form runs. All schedules hang on milliseconds and want a
# clock that counts instructions (`vm run --icount`, `make model`).
# Not run by default.
. "$(dirname "$0")/lib.sh"

wanted=" ${*-short} "
names=()
loose=
declare -A words_of

while read -r name words; do
	[[ $name != \#* && -n $name ]] || continue
	[[ $wanted = " all " || $wanted = *" ${name%[~!]} "* ||
		$wanted$name = " short "*! ]] || continue
	names+=("${name%[~!]}")
	words_of[${name%[~!]}]=$words
	[[ $name != *~ ]] || loose+=" ${name%?} "
done <"$here/model_kernel.schedules"

# Time goes in jiffies of 1000 / $hz ms.
hz=$(sed -n 's/^CONFIG_HZ=//p' "/boot/config-$(uname -r)")
hz=${hz:-250}

# A client's SYNs that are sent again after a second each; older kernels double.
linear=0
[ ! -e /proc/sys/net/ipv4/tcp_syn_linear_timeouts ] ||
	linear=$(</proc/sys/net/ipv4/tcp_syn_linear_timeouts)

# What $1 says of `key` $2, or $3.
word()
{
	reply=$3
	[[ " $1" != *" $2="* ]] || { reply=${1#*"$2="}; reply=${reply%% *}; }
}

# The host as schedule $1 wants it.
settings()
{
	word "$1" syncookies 1
	knob ipv4/tcp_syncookies "$reply"
	word "$1" max_syn_backlog 1024
	knob ipv4/tcp_max_syn_backlog "$reply"
	word "$1" abort 0
	knob ipv4/tcp_abort_on_overflow "$reply"
	word "$1" rtt 0
	tc qdisc del dev lo root 2>/dev/null
	[ "$reply" = 0 ] || tc qdisc add dev lo root netem \
		delay $((reply * 500))us limit 100000
}

# $1 and $2 are apart by three, or by one in $4 of $3, at most.
near()
{
	local apart=$(($1 - $2))

	apart=${apart#-}
	[ "$apart" -le 3 ] || [ $((apart * $4)) -le "$3" ]
}

# The value of $1 in the words of $2.
value()
{
	word "$2" "$1" -1
}

# Both outcomes of schedule $1 agree, and are a row of the table.
agrees()
{
	local words=${words_of[$1]} model kernel key ours rc=0 row part=50 all

	# shellcheck disable=SC2086 # several are several words
	{
		settings "$words" || return
		model=$("$here/predict" "$extra" "$linear" "$hz" $words) || return
		kernel=$("$here/replay" "$hz" $words) || return
	}
	[[ $loose != *" $1 "* ]] || part=6
	value refused "$kernel"
	all=$reply
	printf -v row '%-22s' "$1"
	for key in refused unserved overflows drops cookies worst_ms; do
		value $key "$model"
		ours=$reply
		value $key "$kernel"
		row+=" ${key%_ms} $ours/$reply"
		[[ $key != refused && $key != unserved ]] ||
			near "$ours" "$reply" "$all" $part || rc=1
	done
	ktap_print_msg "$row"
	return $rc
}

plan ${#names[@]}
agents
syn_queue_extra
knob ipv4/tcp_no_metrics_save 1
tc qdisc add dev lo root netem limit 100000 2>/dev/null || netem=n
ktap_print_msg "model/kernel: HZ $hz, SYN queue of backlog + $extra, $linear linear SYNs"
for name in "${names[@]}"; do
	word "${words_of[$name]}" rtt 0
	if [ "${netem-}" = n ] && [ "$reply" != 0 ]; then
		skip "$name" "needs tc and CONFIG_NET_SCH_NETEM"
	else
		check "$name: the model refuses as many as the kernel" agrees "$name"
	fi
done
finish
