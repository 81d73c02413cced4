#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The demonstration, inside a guest: an unmodified nginx is overloaded, the
# module says why, the tool applies what it says, the same load is repeated.
# Once where the application's own backlog binds, once where somaxconn does.
# Exits non-zero if an overload was not provoked, not explained or not cured.
#
# Needs root, the module, the tool, nginx and wrk. Changes sysctls and listeners
# of the host it runs on: run it with `make demo`, which takes a guest.

set -u -o pipefail

# Fewer than the 768 worker_connections of nginx, more than either backlog.
connections=700
seconds=2
sysfs=/sys/kernel/tcpadvisor
failed=0

say()
{
	printf '\n== %s\n' "$*"
}

fail()
{
	echo "FAILED: $*"
	failed=1
}

# Run in network namespace $1, or here if that is "-".
inside()
{
	local ns=$1

	shift
	if [ "$ns" = - ]; then
		"$@"
	else
		ip netns exec "$ns" "$@"
	fi
}

# What the kernel has refused in namespace $1 so far, by its own counters.
refused()
{
	inside "$1" nstat -asz TcpExtListenOverflows TcpExtTCPReqQFullDrop |
		awk '/^TcpExt/ { n += $2 } END { print n + 0 }'
}

# Read until the number in file $1 has reached $2. Run inside the namespace whose
# file it is, so that a look costs no more than that.
await_number()
{
	local tries n=0

	for ((tries = 0; tries < 1000; tries++)); do
		read -r n <"$1" && [ "$n" -ge "$2" ] && return
		sleep 0.01
	done
}
export -f await_number

# wrk opens all its connections at once. nginx's workers are held until the last
# of them has knocked, some tenths of a second, as a full CPU would hold them;
# so the burst does not depend on the speed of the machine.
load()
{
	local file before

	file=$(inside "$1" sh -c "echo $sysfs/listeners/0.0.0.0:$2@*/syns")
	before=$(inside "$1" cat "$file")
	pkill -STOP -P "$3"
	inside "$1" bash -c 'await_number "$@"' - "$file" \
		$((before + connections)) && pkill -CONT -P "$3" &
	inside "$1" wrk -t1 -c"$connections" -d"${seconds}s" \
		"http://127.0.0.1:$2/" |
		grep -E 'requests in|Socket errors|Requests/sec'
	wait
}

# Load port $2 of namespace $1, nginx master $3; refusals go into $delta.
measure()
{
	local before

	before=$(refused "$1")
	load "$1" "$2" "$3"
	delta=$(($(refused "$1") - before))
	echo "refused by the kernel during this load: $delta"
}

# The sampler turns once a second: wait until it has judged what is counted.
await_advice()
{
	local tries

	for ((tries = 0; tries < 100; tries++)); do
		inside "$1" grep -q "$2" "$sysfs/recommend" && return
		sleep 0.2
	done
	fail "recommend does not say '$2'"
}

# $1 namespace, $2 port, $3 pid file, $4 what recommend must name
overload_and_cure()
{
	local master workers

	master=$(cat "$3")
	workers=$(pgrep -P "$master" | sort | tr '\n' ' ')
	echo "nginx: master $master, workers $workers"

	# Programs and page come from the host's disk the first time.
	inside "$1" wrk -t1 -c10 -d1s "http://127.0.0.1:$2/" >/dev/null

	say "before: wrk with $connections connections for $seconds s"
	measure "$1" "$2" "$master"
	[ "$delta" -gt 0 ] || fail "nothing was refused, so there is nothing to show"
	await_advice "$1" "$4"

	say "cat $sysfs/recommend"
	inside "$1" cat "$sysfs/recommend"

	say "tcpadvisor apply --yes --live"
	inside "$1" tcpadvisor apply --yes --live || fail "apply said $?"

	say "after: the same load"
	measure "$1" "$2" "$master"
	[ "$delta" = 0 ] || fail "$delta refusals are left"
	if [ "$(cat "$3")" != "$master" ] ||
	   [ "$(pgrep -P "$master" | sort | tr '\n' ' ')" != "$workers" ]; then
		fail "nginx was restarted"
	fi
}

# shellcheck disable=SC2317 # called by the trap
cleanup()
{
	local pidfile

	for pidfile in /run/nginx.pid /run/nginx-capped.pid; do
		[ ! -s "$pidfile" ] || kill "$(cat "$pidfile")"
	done
	ip netns del capped 2>/dev/null
	rmmod tcpadvisor
}

ulimit -n 65536
modprobe tcpadvisor || exit 1
trap cleanup EXIT

# The page is read from memory, as on any busy host, not over the guest's 9p.
touch /var/www/html/*

say "1. Debian's nginx as it comes: its own backlog of 511 binds"
nginx || exit 1
sysctl net.core.somaxconn
ss -Hltn 'sport = :80'
overload_and_cure - 80 /run/nginx.pid "^# listener 0.0.0.0:80@.*: backlog-small"

say "2. nginx with backlog=8192 in a namespace: somaxconn 128 binds"
ip netns add capped || exit 1
ip -n capped link set lo up
inside capped sysctl net.core.somaxconn=128
cat >/run/nginx-capped.conf <<'CONF'
pid /run/nginx-capped.pid;
worker_processes auto;
error_log /var/log/nginx/capped.log;
events { worker_connections 768; }
http {
	access_log off;
	server {
		listen 0.0.0.0:8080 backlog=8192;
		root /var/www/html;
		index index.nginx-debian.html;
	}
}
CONF
inside capped nginx -c /run/nginx-capped.conf || exit 1
inside capped ss -Hltn 'sport = :8080'
overload_and_cure capped 8080 /run/nginx-capped.pid \
	"^# listener 0.0.0.0:8080@.*: backlog-capped"

say "$([ "$failed" = 0 ] && echo "both overloads explained and cured" ||
	echo "the demonstration failed")"
exit "$failed"
