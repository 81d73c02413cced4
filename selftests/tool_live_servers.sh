#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# nginx, redis-server and Python's http.server as Debian ships them: one `apply
# --live` ends the refusals of all three without a restart, one `rollback` gives
# each its own backlog back, 511, 511 and 5.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

servers=(nginx redis python)
declare -A program=([nginx]=nginx [redis]=redis-server [python]=python3)
declare -A package=([nginx]=nginx [redis]=redis-server [python]=python3)
declare -A port=([nginx]=80 [redis]=6379 [python]=8000)
declare -A own=([nginx]=511 [redis]=511 [python]=5)
declare -A clients=([nginx]=700 [redis]=700 [python]=60)
# nginx has a worker besides its master, on each CPU.
declare -A least=([nginx]=2 [redis]=1 [python]=1)
declare -A dir_of wanted who
present=()

# Start server $1 with its own idea of a backlog; no other option than where.
start()
{
	case $1 in
	nginx) nginx ;;
	redis) redis-server --bind "$server" --protected-mode no --save '' \
		--dir "$tmp" --daemonize yes ;;
	python) python3 -m http.server --directory "$tmp" 8000 & ;;
	esac >"$tmp/$1.log" 2>&1
}

# The processes of server $1, each with the time it was started at.
processes()
{
	local pid

	for pid in $(pgrep -x "${program[$1]}"); do
		echo "$pid $(cut -d' ' -f22 "/proc/$pid/stat")"
	done
}

# The server is held while its clients come from source ports $2 and up, goes
# on, and the clients leave.
burst()
{
	wire to "$server" "${port[$1]}"
	pkill -STOP -x "${program[$1]}"
	handshakes "$2" "${clients[$1]}"
	pkill -CONT -x "${program[$1]}"
	await value_is "${dir_of[$1]}/accept_queue" 0
	wire send R "$peer" "$2" "${clients[$1]}"
}

bursts()
{
	local one

	for one in "${present[@]}"; do
		burst "$one" "$1"
	done
}

refusals()
{
	sum accept_overflows_syn accept_overflows_ack
}

recommended()
{
	get "${dir_of[$1]}/backlog_recommended" && [ "$reply" != 0 ]
}

# The limit in force, as the module and as ss(8) have it.
limit()
{
	get "${dir_of[$1]}/backlog"
	reply+=" $(ss -Hltn "sport = :${port[$1]}" | awk '$4 !~ /^\[/ { print $3 }')"
}

# for_each DESCRIPTION FUNCTION: a result for each server, a skip for absent ones.
for_each()
{
	local one

	for one in "${servers[@]}"; do
		if [[ " ${present[*]} " == *" $one "* ]]; then
			"$2" "$one" "$1"
		else
			skip "${program[$one]} $1" "needs the package ${package[$one]}"
		fi
	done
}

# The listener on IPv4; nginx has one for IPv6 as well.
listens()
{
	local dirs=("$sysfs"/listeners/[0-9]*:"${port[$1]}"@*)

	[ ${#dirs[@]} -gt 0 ] && dir_of[$1]=${dirs[0]}
}

# All of its processes are there.
complete()
{
	local before

	before=$(processes "$1")
	nap
	who[$1]=$(processes "$1")
	[ "${who[$1]}" = "$before" ] &&
		[ "$(wc -l <<<"$before")" -ge "${least[$1]}" ]
}

starts()
{
	check "${program[$1]} $2" await listens "$1"
	await complete "$1"
}

asks()
{
	limit "$1"
	check_eq "${program[$1]} $2" "$reply" "${own[$1]} ${own[$1]}"
}

advised()
{
	check "${program[$1]} $2" await recommended "$1"
	wanted[$1]=$reply
}

raised()
{
	limit "$1"
	check_eq "${program[$1]} $2" "$reply" "${wanted[$1]} ${wanted[$1]}"
}

same()
{
	check_eq "${program[$1]} $2" "$(processes "$1")" "${who[$1]}"
}

# tool ARGUMENT...: its output is shown if it fails.
tool()
{
	tcpadvisor "$@" >"$tmp/output" 2>&1 && return
	sed 's/^/# /' "$tmp/output"
	return 1
}

somaxconn()
{
	get /proc/sys/net/core/somaxconn
}

plan $((6 * ${#servers[@]} + 7))
command -v tcpadvisor >/dev/null || skip_all "needs the command tcpadvisor"
for one in "${servers[@]}"; do
	! command -v "${program[$one]}" >/dev/null || present+=("$one")
done
[ ${#present[@]} -gt 0 ] || skip_all "needs nginx, redis-server or python3"
mount -t tmpfs tmpfs /var/lib
mkdir /var/lib/nginx
module_load interval_ms=100
agents
family 4
# What redis asks for, to the last one: apply has to raise it.
knob core/somaxconn 511
for one in "${present[@]}"; do
	start "$one"
done
for_each "listens" starts
for_each "asks for a backlog of its own" asks
bursts 1000
refusals
check "bursts are refused" [ "$reply" -gt 0 ]
for_each "is advised a bigger one" advised
check "apply --live succeeds" tool apply --yes --live
for_each "has it" raised
what="under a bigger somaxconn"
if [ "${present[*]}" = python ]; then
	skip "$what" "needs the package nginx or redis-server"
else
	somaxconn
	check "$what" [ "$reply" -ge 512 ]
fi
refusals
before=$reply
mib_read
mib_mark
bursts 3000
refusals
check_eq "the same bursts are refused nothing" "$reply" "$before"
mib_read
mib_delta ListenOverflows
check_eq "by the kernel's own count" "$reply" 0
for_each "was not restarted" same
check "rollback succeeds" tool rollback
for_each "has its own backlog again" asks
somaxconn
check_eq "and somaxconn is what it was" "$reply" 511
finish
