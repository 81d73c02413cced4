# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The part of bench.sh that measures what a web server's throughput loses, and what
# other programs that look at the same things cost, in the same way and the same run.

# Requests that nginx answers in 100 seconds, each by a connection of its own, with a file,
# and logs, by the rate over four of them; wrk's count of requests is of what it looks at ten
# times a second. As many TIME_WAITs may be as on a host with memory for a server: near
# their limit the sampler counts them, for which `timewaits` is.
requests()
{
	place_new
	ip netns exec "$place" sysctl -q net.ipv4.tcp_max_tw_buckets=262144
	ip netns exec "$place" nginx -c "$tmp/nginx.conf" || bail_out "nginx does not start"
	reply=$(ip netns exec "$place" wrk -t1 -c16 -d4s -H "Connection: close" \
		"http://$localhost:8080/" | awk '/^Requests.sec:/ { print $2 * 100 }')
	[ -n "$reply" ] || bail_out "wrk has no result"
	read -r nginx_pid <"$tmp/nginx.pid"
	kill "$nginx_pid"
	await gone "/proc/$nginx_pid"
	places_end
}

# The throughput with the module, against the mean of before and after.
bench_throughput()
{
	local pair lost before with=0 base=0

	cat >"$tmp/nginx.conf" <<-END
		pid $tmp/nginx.pid;
		error_log /dev/null;
		events { worker_connections 768; }
		http {
			access_log $tmp/access.log;
			server { listen 8080; root $tmp/www; }
		}
	END
	mkdir "$tmp/www"
	head -c 612 /dev/zero >"$tmp/www/index.html"
	chmod a+rx "$tmp" "$tmp/www"
	module_unload
	requests
	for ((pair = 0; pair < 5; pair++)); do
		before=$reply
		module_load
		requests
		with=$((with + 2 * reply))
		module_unload
		ktap_print_msg "with $reply requests in 100 seconds"
		requests
		base=$((base + before + reply))
		ktap_print_msg "without $before and $reply"
	done
	lost=$(((base - with) * 10000 / base))
	within "nginx under wrk, a connection for each request, fewer of them" $lost 30 " %" \
		" of $((base / 1000)) a second"
}

# What a connection and a refused SYN cost now: $connection and $refused.
measure()
{
	local bound=$fd

	shortest 1 -n 1000
	connection=$reply
	fd=$bound
	syns
	refused=$reply
}

# costs WHAT: what is above the base now
costs()
{
	measure
	say "$1, a connection over IPv4" \
		$(((connection - connection_base) * 10000 / connection_base)) " %"
	say "$1, a SYN refused in a flood" \
		$(((refused - refused_base) * 10000 / refused_base)) " %"
}

# The process $1 has loaded its programs and attached them, and says so; or it has ended.
has_begun()
{
	gone "/proc/$1" || { [ -s "$tmp/peer" ] &&
		find "/proc/$1/fd" -lname '*bpf[-_]link*' -o -lname "*perf_event*" 2>/dev/null | grep -q .; }
}

# peer NAME COMMAND...: costs of one that prints something when it has begun
peer()
{
	local name=$1 pid
	shift

	if ! command -v "$1" >/dev/null; then
		skip "$name, a connection over IPv4" "no $1"
		skip "$name, a SYN refused in a flood" "no $1"
		return
	fi
	stdbuf -oL "$@" >"$tmp/peer" 2>&1 &
	pid=$!
	if patience=600 await has_begun $pid && kill -0 $pid 2>/dev/null; then
		costs "$name"
	else
		ktap_print_msg "$1: $(head -n 3 "$tmp/peer")"
		result fail "$name, a connection over IPv4"
		result fail "$name, a SYN refused in a flood"
	fi
	# Its programs go with it; not each ends when it is asked to.
	kill -KILL $pid 2>/dev/null
	wait $pid 2>/dev/null
}

# All at the same places: connections on loopback, SYNs to a queue that is full.
bench_peers()
{
	local connection refused connection_base refused_base

	family 4
	mount -t tracefs tracefs /sys/kernel/tracing || bail_out "no tracefs"
	flooded 4 0
	handshakes 1000 1
	syns
	module_unload
	measure
	connection_base=$connection refused_base=$refused
	module_load
	costs tcpadvisor
	module_unload
	peer "tcpsynbl of bcc" tcpsynbl-libbpf
	peer "tcpstates of bcc" tcpstates-libbpf
	peer "tcplife of bcc" tcplife-libbpf
	peer "a count by bpftrace" bpftrace -e \
		'BEGIN { printf("begun\n"); } kretprobe:tcp_conn_request { @ = count(); }'
	peer bpftune bpftune -s
	costs "nothing, once more"
	sock close "$fd"
}
