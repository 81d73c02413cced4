# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Debian's servers, unmodified, each with just the settings that a scenario is
# about, listening on port 8080 of this namespace.
#
# Each leaves the process that accepts in $server and what its clients ask in
# $request, and returns once it has answered. Does not: load them.

port=8080

# In memory, with what it links: a page that comes from the disk only when it is
# needed stops a server for a while that no one can tell from overload.
in_memory()
{
	local file

	file=$(command -v "$1") || skip_all "needs $1"
	{ echo "$file"; ldd "$file" | grep -o '/[^ ]*'; } 2>/dev/null |
		xargs cat >/dev/null
}

# Clients of the server will ask $1; a few have been answered.
serves()
{
	request=$1
	await listener_dir "$port" || bail_out "no listener on port $port"
	"$here/crowd" 127.0.0.1 "$port" 1 20 10 "$request" >"$tmp/first"
	grep -q answered=10 "$tmp/first" || bail_out "no answer: $(cat "$tmp/first")"
}

http=$'GET / HTTP/1.0\r\n\r\n'

# How many files a worker of nginx may have open.
descriptors=65536

# nginx WORKERS [LISTEN-OPTION]...
nginx_serves()
{
	cure_begins
	in_memory nginx
	cat >"$tmp/nginx.conf" <<-END
		daemon off;
		pid $tmp/nginx.pid;
		worker_processes $1;
		worker_rlimit_nofile $descriptors;
		error_log $tmp/nginx.log;
		events { worker_connections 16384; }
		http {
			access_log off;
			server {
				listen 0.0.0.0:$port ${*:2};
				location / { return 200 "ok\n"; }
			}
		}
	END
	nginx -c "$tmp/nginx.conf" 2>/dev/null &
	master=$!
	serves "$http"
	await workers "$1" || bail_out "nginx does not have $1 workers"
	server=${worker[*]}
}

# All $1 workers of nginx are there: the array worker.
workers()
{
	mapfile -t worker < <(pgrep -P "$master")
	[ "${#worker[@]}" = "$1" ]
}

# It ends, and another one starts: nginx_anew WORKERS [LISTEN-OPTION]...
nginx_anew()
{
	kill "$master"
	wait "$master"
	nginx_serves "$@"
}

# As many places for Fast Open as are advised.
longer_fastopen()
{
	local places

	places=$(advice | sed -n 's/.*Fast Open.* -> \([0-9]*\).*/\1/p' | head -n 1)
	nginx_anew 1 backlog=511 fastopen="${places:-1}"
}

# reloads COMMAND...: haproxy does, 300 ms after the load begins
reloads()
{
	{
		pause 0.3
		exec haproxy -db -q -f "$tmp/haproxy.cfg" -sf "$server" >/dev/null 2>&1
	} &
	reloaded=$!
	"$@"
	server=$reloaded
}

# All processors have something better to do than to serve.
crowded_out()
{
	local cpus

	cpus=$(nproc)
	# shellcheck disable=SC2086
	for pid in $server; do
		chrt --idle --pid 0 "$pid" || skip_all "needs SCHED_IDLE"
	done
	for ((; cpus > 0; cpus--)); do
		"$BASH" -c 'while :; do :; done' &
	done
}

# throttled QUOTA-AND-PERIOD: the server's cgroup has this limit, in microseconds
throttled()
{
	local pid group

	mount -t cgroup2 none /sys/fs/cgroup || skip_all "needs cgroup2"
	echo +cpu >/sys/fs/cgroup/cgroup.subtree_control || skip_all "needs cpu.max"
	group=$(mktemp -d /sys/fs/cgroup/throttled.XXXXXX)
	echo "$1" >"$group/cpu.max"
	for pid in $server; do
		echo "$pid" >"$group/cgroup.procs"
	done
}

# haproxy BACKLOG SESSIONS-PER-SECOND: accepts no faster than that
haproxy_serves()
{
	cure_begins
	in_memory haproxy
	cat >"$tmp/haproxy.cfg" <<-END
		global
			maxconn 4000
		defaults
			mode http
			timeout client 30s
			timeout server 30s
			timeout connect 5s
		frontend scenario
			bind 0.0.0.0:$port
			backlog $1
			rate-limit sessions $2
			http-request return status 200
	END
	haproxy -db -q -f "$tmp/haproxy.cfg" >/dev/null 2>&1 &
	server=$!
	serves "$http"
}

# redis BACKLOG [OPTION]...
redis_serves()
{
	cure_begins
	in_memory redis-server
	redis-server --port "$port" --bind 0.0.0.0 --protected-mode no \
		--tcp-backlog "$1" --maxclients 20000 --save '' \
		--dir "$tmp" "${@:2}" >/dev/null 2>&1 &
	server=$!
	serves $'PING\r\n'
}

# memcached BACKLOG
memcached_serves()
{
	cure_begins
	in_memory memcached
	memcached -u nobody -l 0.0.0.0 -p "$port" -U 0 -c 20000 -b "$1" -t 1 &
	server=$!
	serves $'version\r\n'
}

# Python's http.server asks for a backlog of 5.
python_serves()
{
	cure_begins
	in_memory python3
	mkdir "$tmp/www"
	echo ok >"$tmp/www/index.html"
	python3 -m http.server --directory "$tmp/www" "$port" \
		>/dev/null 2>&1 &
	server=$!
	serves "$http"
}
