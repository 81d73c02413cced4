#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Nothing can be written to but the module's parameters, and those only within
# their range: a value outside is refused, logged, and changes nothing.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

parameters=/sys/module/tcpadvisor/parameters

# write FILE VALUE, quietly
write()
{
	{ echo "$2" >"$1"; } 2>/dev/null
}

# refused PARAMETER VALUE...: each is refused and logged, the old one stays
refused()
{
	local name=$1 old value logged
	shift

	get "$parameters/$name"
	old=$reply
	for value; do
		check "$name: $value is refused" eval "! write $parameters/$name '$value'"
	done
	get "$parameters/$name"
	check_eq "$name: the old value stays" "$reply" "$old"
	logged=$(log | grep -c "tcpadvisor: $name: want a number from")
	check_eq "$name: each is logged" "$logged" $#
}

# load_refused PARAMETER=VALUE: the module does not load with it
load_refused()
{
	module_unload
	check "a load with $1 is refused" eval "! modprobe -q tcpadvisor $1"
	check "a load with $1 leaves nothing" gone "$sysfs"
}

plan 29
module_load
refused interval_ms 0 99 1001 -1 4294967296 ten ''
refused window_s 4 3601 5s
check "interval_ms: a value in range is taken" write $parameters/interval_ms 100
check "window_s: a value in range is taken" write $parameters/window_s 5
get $parameters/interval_ms
check_eq "interval_ms: the new value is shown" "$reply" 100
check "max_listeners: not while loaded" eval "! write $parameters/max_listeners 5"
check "histograms: not while loaded" eval "! write $parameters/histograms 5"
writable=0
mapfile -t files < <(find "$sysfs" -type f ! -name histograms)
for file in "${files[@]}"; do
	! write "$file" 1 || writable=$((writable + 1))
done
check_eq "no file of the tree can be written" $writable 0
check "nor can one be removed" eval "! rm $sysfs/recommend 2>/dev/null"
load_refused max_listeners=0
load_refused max_listeners=65537
load_refused histograms=65537
load_refused interval_ms=fast
finish
