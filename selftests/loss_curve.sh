#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What other backlogs would have lost is found out from the first burst on: as many
# clients as replay.c says were refused, and the least backlog that fits all. It is
# shown as long as the listener is there.
. "$(dirname "$0")/lib.sh"

plan 13

table=$sysfs/tables/loss_curves
address=127.0.0.1

# Without the two lines of its head and blank rows.
rows()
{
	sed '1,2d; s/ *$//; /^$/d' "$table"
}

# burst SCHEDULE...: how the clients fared, and the curve as it was last.
burst()
{
	local now pid

	"$here/replay" 250 "$@" until=9000 >"$tmp/fared" &
	pid=$!
	curve=()
	while kill -0 $pid 2>/dev/null; do
		mapfile -t now < <(rows)
		[ ${#now[@]} = 0 ] || curve=("${now[@]}")
		nap
	done
	wait $pid || bail_out "no replay"
	read -r fared <"$tmp/fared"
	refused=${fared#refused=}
	refused=${refused%% *}
	ktap_print_msg "$fared"
	[ ${#curve[@]} = 0 ] || printf '# %s\n' "${curve[@]}"
}

# of COLUMN BACKLOG: what the curve says there; complete and need are the same everywhere
of()
{
	local line listener complete need backlog refused

	reply=none
	for line in "${curve[@]}"; do
		read -r listener complete need backlog refused _ <<<"$line"
		[ "$backlog" != "$2" ] || reply=${!1}
	done
	[[ $listener == "$address":*@* ]] || reply="of another listener: $listener"
}

nothing_shown()
{
	[ -z "$(rows)" ]
}

module_load
burst backlog=64 clients=500:400:100 accept=1500:1000
of complete 64
check_eq "everybody was recorded" "$reply" 1
of need 64
check_eq "400 clients at 64 need 399" "$reply" 399
of refused 64
check_eq "as many were lost at 64 as were refused" "$reply" "$refused"
of refused 256
check_eq "256 would have lost those who are more than 257" "$reply" 143
of refused 512
check_eq "512 would have lost nobody" "$reply" 0
check "the curve goes with its listener" await nothing_shown

burst backlog=5 clients=500:40:100 accept=1500:2000
of need 5
check_eq "40 clients at 5 need 39" "$reply" 39
of refused 5
check_eq "as many were lost at 5 as were refused" "$reply" "$refused"
of refused 64
check_eq "64 would have lost nobody" "$reply" 0

# IPv4 clients are the same in a SYN and in a request.
module_load
address='[::]'
burst backlog=64 clients=500:400:100 accept=1500:1000 dual=1
of need 64
check_eq "400 clients of a socket for both families need 399" "$reply" 399
of refused 64
check_eq "as many were lost as were refused" "$reply" "$refused"

module_load
burst backlog=512 clients=500:100:100 accept=600:1000
check_eq "where nobody was refused there is no curve" "${#curve[@]}" 0
check "nothing was refused" [ "$refused" = 0 ]
finish
