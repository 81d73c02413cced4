#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Histograms of a listener, which root turns on: each connection is in them, within what
# its own client has measured; and none while they are off.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

batches=20
deep=5
connections=$((batches * deep))

# Clients' listener on port 8080, of family $1, in $dir
clients()
{
	family "$1"
	mkfifo "$tmp/clients.in"
	"$here/wait_clients" "$localhost" 8080 $batches $deep <"$tmp/clients.in" \
		>"$tmp/clients.out" &
	client_pid=$!
	exec {client_in}>"$tmp/clients.in"
	await grep -q ready "$tmp/clients.out" || bail_out "no clients"
	await listener_dir 8080 || bail_out "no entry of the clients' listener"
	dir=$reply
}

clients_run()
{
	echo >&"$client_in"
	patience=120 await grep -q "done" "$tmp/clients.out" || bail_out "clients hang"
}

clients_end()
{
	exec {client_in}>&-
	wait "$client_pid"
	rm "$tmp/clients.in"
	await gone "$dir"
}

# The histogram $1 of those in $dir, a line for each bucket, its bound and how many it
# has; then `sum` and what all are together.
histogram()
{
	grep "^$1 " "$dir/histograms" | cut -d ' ' -f 2- | tr ' :' '\n '
}

# How many there are in the histogram $1
total()
{
	reply=$(histogram "$1" | awk '$1 != "sum" { n += $2 } END { print n + 0 }')
}

# between NAME LEAST MOST: for each bound of the histogram NAME, those that clients say
# waited shorter, by the most that it can have been, are no more than those that the
# histogram says did, and these no more than by the least. Fields of the clients'
# lines, 0 for no bound. Both clocks are read in whole microseconds.
between()
{
	awk -v least="$2" -v most="$3" '
		BEGIN { n = 0 }
		FNR == NR {
			if (NF == 3) {
				lo[n] = least ? $least - 2 : 0
				hi[n] = $most + 2
				lo_sum += lo[n]
				hi_sum += hi[n++]
			}
			next
		}
		$1 == "sum" {
			if ($2 < lo_sum || $2 > hi_sum) {
				print "# sum", $2, "not from", lo_sum, "to", hi_sum
				bad = 1
			}
			next
		}
		{
			below += $2
			surely = maybe = 0
			for (i = 0; i < n; i++) {
				surely += hi[i] < $1
				maybe += lo[i] < $1
			}
			if (below < surely || below > maybe) {
				print "# below", $1, below, "not from", surely,
					"to", maybe
				bad = 1
			}
		}
		END { exit bad || !n }' "$tmp/clients.out" <(histogram "$1")
}

# A wait can be told only where the kernel has a function for it.
has_waits()
{
	grep -q ' __inet_accept$' /proc/kallsyms
}

# On or off: 1 or 0. It is refused while the kernel undoes what was on before.
turn()
{
	await eval "echo $1 2>/dev/null >'$dir/histograms'" || bail_out "cannot turn to $1"
}

plan 28
module_load
for version in 4 6; do
	clients $version
	get "$dir/histograms"
	check_eq "IPv$version: they are off" "$reply" 0
	check_eq "IPv$version: and empty" "$(wc -l <"$dir/histograms")" 1
	turn 1
	get "$dir/histograms"
	check_eq "IPv$version: they are on" "$reply" 1
	clients_run
	check_eq "IPv$version: depths of the accept queue" \
		"$(histogram accept_depth | paste -sd,)" \
		"1 0,2 $batches,4 $((2 * batches)),8 $((2 * batches)),sum $((batches * 15))"
	total handshake_us
	check_eq "IPv$version: each handshake" "$reply" $connections
	check "IPv$version: took less than its connect(2)" between handshake_us 0 3
	if has_waits; then
		total accept_wait_us
		check_eq "IPv$version: each wait" "$reply" $connections
		check "IPv$version: is what its client measured" \
			between accept_wait_us 1 2
	else
		skip "IPv$version: each wait" "no __inet_accept()"
		skip "IPv$version: is what its client measured" "no __inet_accept()"
	fi
	turn 0
	"$here/syn_load" "$localhost" 8080 3 5 0 >/dev/null
	total accept_depth
	check_eq "IPv$version: nothing is added when they are off" "$reply" $connections
	clients_end
done
# Of eight, a namespace other than the initial one has two at most.
module_load histograms=8
family 4
agent sock sock_agent
for port in 8081 8082 8083; do
	listener "$any" $port 2
	get "$dir/histograms"
	check_eq "with the parameter two have them, not the third: $port" \
		"$reply" $((port < 8083))
done
check "what is no number is refused" eval "! echo maybe 2>/dev/null >'$dir/histograms'"
sock cycle "$fd" "$localhost" 8083 3 half-server
turn 1
sock cycle "$fd" "$localhost" 8083 4 half-server
total accept_depth
check_eq "root may ask for it" "$reply" 4
sock close "$fd"
await gone "$dir"
listener "$any" 8084 2
get "$dir/histograms"
check_eq "who was asked for makes no room" "$reply" 0
sock close "$fd"
await gone "$dir"
listener_dir 8082
first=$reply
listener_dir 8081
dir=$reply
"$here/syn_load" "$localhost" 8081 3 5 0 >/dev/null
total accept_depth
check "those that it began with count" [ "$reply" -gt 0 ]
turn 0
turn 1
total accept_depth
check_eq "and can begin anew" "$reply" 0
dismiss sock
await gone "$dir"
await gone "$first"
agent sock sock_agent
listener "$any" 8085 2
get "$dir/histograms"
check_eq "who had them does" "$reply" 1
rmmod tcpadvisor
check "the module goes while they are on" [ ! -e "$sysfs" ]
finish
