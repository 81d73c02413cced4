# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What tests read of tables/listeners.

# The column $1 of the listener in $dir
column()
{
	reply=$(awk -v column="$1" -v name="${dir##*/}" '
		NR == 2 { for (i = 1; i <= NF; i++) if ($i == column) at = i }
		$1 == name { print $at }' "$sysfs/tables/listeners")
	[ -n "$reply" ]
}

# columns_are COLUMN=VALUE...: of the listener in $dir
columns_are()
{
	local pair

	for pair; do
		column "${pair%%=*}" && [ "$reply" = "${pair#*=}" ] || return
	done
}
