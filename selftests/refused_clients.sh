#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Who was refused is known one by one: as many clients as say so themselves (replay.c), as
# many of them got in and gave up, after as long. Of more than are followed the numbers are
# within the error that is stated. Where they come from is for root alone.
# SHORT=y leaves out the loads that differ least from others.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

short=${SHORT-}
if [ -n "$short" ]; then
	plan 35
else
	plan 55
fi

clients=$sysfs/tables/refused_clients
prefixes=$sysfs/tables/refused_prefixes
declare -A own row

# Without the two lines of its head and blank rows.
rows()
{
	sed '1,2d; s/ *$//; /^$/d' "$1"
}

# What the module says of the only listener that has refused somebody, as it was last,
# while process $1 is there: to row[], and where they came from to $from
watch()
{
	local now names values i

	row=()
	from=()
	read -ra names < <(sed -n 2p "$clients")
	while kill -0 "$1" 2>/dev/null; do
		mapfile -t now < <(rows "$clients")
		read -ra values <<<"${now[0]-}"
		for ((i = 0; i < ${#values[@]}; i++)); do
			row[${names[i]}]=${values[i]}
		done
		mapfile -t now < <(rows "$prefixes")
		[ ${#now[@]} = 0 ] || from=("${now[@]#* }")
		nap
	done
}

# burst SCHEDULE...: what the clients say to own[], and what the module says
burst()
{
	local pid word

	await nothing_shown || bail_out "a listener stays"
	"$here/replay" 250 "$@" until=15000 >"$tmp/fared" &
	pid=$!
	watch $pid
	wait $pid || bail_out "no replay"
	own=()
	for word in $(<"$tmp/fared"); do
		own[${word%=*}]=${word#*=}
	done
	ktap_print_msg "clients: $(<"$tmp/fared")"
	for word in "${!row[@]}"; do
		printf '# module: %s=%s\n' "$word" "${row[$word]}"
	done
	printf '# from: %s\n' "${from[@]-nowhere}"
}

nothing_shown()
{
	[ -z "$(rows "$clients")" ]
}

something_shown()
{
	! nothing_shown
}

# Somebody without any right cannot run $@.
may_not()
{
	! as_user "$@" >"$tmp/read" 2>/dev/null && [ ! -s "$tmp/read" ]
}

# Of the clients' $1 the module's $2 is no more than $3 away.
near()
{
	local apart=$((${own[$1]-0} - ${row[$2]--999999}))

	[ "${apart#-}" -le "$3" ]
}

# Whom the module follows one by one
same()
{
	check_eq "$1: each is known" "${row[complete]-} ${row[one_in]-} ${row[error]-}" "1 1 0"
	check_eq "$1: as many as say so" "${row[clients]-}" "${own[refused]}"
	check_eq "$1: as many got in" "${row[admitted]-}" "${own[admitted]}"
	check_eq "$1: as many did not" "$((${row[gave_up]-0} + ${row[pending]-0}))" \
		"${own[unserved]}"
	check_eq "$1: as often as the kernel counts" "${row[refusals]-}" "${own[overflows]}"
	check_eq "$1: from where they are" "${from[*]-}" "127.0.0.0/24 ${own[overflows]} 0"
}

# A client notes the time before it sends, and when accept(2) has it: for a little longer.
same_times()
{
	check "$1: the first got in when it says" near from_ms from_ms 100
	check "$1: and so did the last" near to_ms to_ms 100
}

# The loads that SHORT leaves out
others()
{
	# Some gaps between their tries are of seconds.
	burst backlog=5 clients=500:20:100 accept=8000:1000
	same "clients who wait long"
	same_times "clients who wait long"

	# IPv4 clients are the same in a SYN and in a request.
	burst backlog=64 clients=500:200:100 accept=1500:1000 dual=1
	same "clients of a socket for both families"

	# Whom the final ACK is refused to has sent already, and sends that again.
	if tc qdisc add dev lo root netem delay 50ms limit 100000; then
		burst backlog=64 clients=500:200:100 accept=1200:1000 speak=1
		same "clients who speak first"
		tc qdisc del dev lo root
	else
		for n in {1..6}; do
			skip "clients who speak first, $n" "no netem"
		done
	fi
}

module_load
burst backlog=64 clients=500:400:100 accept=1500:1000
check "somebody was refused" [ "${own[refused]}" -gt 300 ]
same "400 clients"
same_times "400 clients"

burst backlog=64 clients=500:400:100 accept=1500:1000 impatient=700:10
check "some gave up" [ "${own[gave_up]}" -gt 20 ]
check_eq "all who did are known to have" "${row[pending]-}" 0
same "impatient clients"
same_times "impatient clients"

[ -n "$short" ] || others

burst backlog=64 clients=500:4000:100 accept=1500:200
check "of 4000 some are followed" [ "${row[one_in]-0}" -gt 1 ]
check "which leaves an error" [ "${row[error]}" -gt 0 -a "${row[error]}" -lt 600 ]
check "as many were refused, within that" near refused clients "${row[error]}"
check "as many got in, within that" near admitted admitted "${row[error]}"
check_eq "refusals are counted all" "${row[refusals]}" "${own[overflows]}"

burst backlog=512 clients=500:100:100 accept=600:1000
check_eq "where nobody was refused there is nobody" "${#row[@]}" 0

agents
for version in 4 6; do
	family $version
	listener "$any" 8080 2
	wire to "$server" 8080
	handshakes 1000 3
	wire send S "$peer" 2000 9
	check "IPv$version: who is refused is shown" await something_shown
	mapfile -t from < <(rows "$prefixes")
	prefix=192.0.2.0/24
	[ $version = 4 ] || prefix=2001:db8::/64
	check_eq "IPv$version: with the prefix" "${from[*]#* }" "$prefix 9 0"
	check "IPv$version: which nobody but root may read" may_not cat "$prefixes"
	check "IPv$version: be it in a namespace of his own" may_not unshare -Urn cat "$prefixes"
	check "IPv$version: as he may the numbers" [ -n "$(as_user cat "$clients")" ]
	sock close "$fd"
	await nothing_shown || bail_out "a listener stays"
done
finish
