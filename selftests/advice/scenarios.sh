# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The scenarios: for each verdict some that must produce it, and near twins that
# must not. Each is a function that sets the scene, says what to expect, and
# defines the load.
#
# Loads are such that half and twice as much still are what they stand for.

# One for each verdict on listeners, and what it is most easily taken for; and
# one each for ports and for TIME_WAITs.
# shellcheck disable=SC2034
short=(capped_nginx capped_nginx_not small_python small_python_not small_redis
       slow_haproxy slow_haproxy_not stalled_nginx stalled_nginx_not
       flood_no_cookies flood_not rtt_nginx rtt_near_not skew_nginx
       skew_nginx_not busy_haproxy exhausted_redis server_closes_nginx)

### Bursts: nothing is wrong but a limit

# More at once than somaxconn lets nginx, which asked for more, hold.
capped_nginx()
{
	expect backlog-capped curable
	knob core/somaxconn 128
	nginx_serves 1 backlog=4096
	load() { burst 600; }
}

# Its twin: somaxconn as it comes.
capped_nginx_not()
{
	nginx_serves 1 backlog=4096
	load() { burst 600; }
}

capped_redis()
{
	expect backlog-capped curable
	knob core/somaxconn 64
	redis_serves 511
	load() { burst 300; }
}

capped_memcached()
{
	expect backlog-capped curable
	knob core/somaxconn 64
	memcached_serves 1024
	load() { burst 300; }
}

# More at once than Debian's nginx asks for.
small_nginx()
{
	expect backlog-small curable
	nginx_serves 1
	load() { burst 1300; }
}

small_nginx_not()
{
	nginx_serves 1 backlog=4096
	load() { burst 1300; }
}

# The application's own number and somaxconn are the same: raising the one
# without the other is no cure.
small_redis()
{
	expect backlog-small curable
	redis_serves 64
	load() { burst 300; }
}

small_haproxy()
{
	expect backlog-small curable
	haproxy_serves 100 100000
	load() { burst 500; }
}

small_memcached()
{
	expect backlog-small curable
	memcached_serves 64
	load() { burst 300; }
}

small_python()
{
	expect backlog-small curable
	python_serves
	load() { burst 60; }
}

# The same clients, but not all at once.
small_python_not()
{
	python_serves
	load() { arrive 2 100 30; }
}

# Clients far away, whose requests come with the end of the handshake, and come
# again after 200 ms to a server that is busy meanwhile.
speaking_nginx()
{
	expect backlog-small curable
	nginx_serves 1 backlog=64
	far 100
	load() { busy 0.6 burst 200; }
}

speaking_nginx_not()
{
	nginx_serves 1 backlog=511
	far 100
	load() { busy 0.6 burst 200; }
}

# It starts anew right after the burst: what it lacked is not forgotten.
restarted_redis()
{
	expect backlog-small curable
	redis_serves 64
	load()
	{
		burst 300
		[ "$loads" = 0 ] || return 0
		kill "$server"
		wait "$server"
		redis_serves 64
	}
}

### Queues beside the accept queue

# haproxy reloads while clients wait for it: the old one closes its listener of the
# group, and resets whoever is in the queue.
reloaded_haproxy()
{
	expect ok curable
	about reload
	haproxy_serves 511 16
	load() { reloads burst 40; }
}

# Nobody waits.
reloaded_haproxy_not()
{
	about reload
	haproxy_serves 511 100000
	load() { reloads arrive 1 50 20; }
}

# nginx takes one request by Fast Open at a time, of clients far away; the others
# shake hands like anybody.
fastopen_nginx()
{
	expect ok named
	about fastopen
	tells "Fast Open"
	knob ipv4/tcp_fastopen $((0x1 | 0x2 | 0x4 | 0x200))
	nginx_serves 1 backlog=511 fastopen=1
	far 100
	how=(-f)
	heed() { longer_fastopen; }
	load() { arrive 2 10 100; }
}

fastopen_nginx_not()
{
	about fastopen
	knob ipv4/tcp_fastopen $((0x1 | 0x2 | 0x4 | 0x200))
	nginx_serves 1 backlog=511 fastopen=256
	far 100
	how=(-f)
	load() { arrive 2 10 100; }
}

# Clients who say nothing keep their places in the SYN queue until they do.
deferred_nginx()
{
	expect defer-accept named
	tells "TCP_DEFER_ACCEPT"
	nginx_serves 1 backlog=32 deferred
	far 50
	silent="4 50 160"
	heed() { nginx_anew 1 backlog=32; }
	load() { beside arrive 1 50 160; }
}

# Everybody speaks.
deferred_nginx_not()
{
	nginx_serves 1 backlog=32 deferred
	far 50
	load() { arrive 5 50 160; }
}

### Slow for good

# A proxy that takes sixteen sessions a second, and five times as many come.
slow_haproxy()
{
	expect app-slow
	haproxy_serves 32 16
	load() { arrive 4 50 160; }
	longer() { kill "$server"; wait "$server"; haproxy_serves 65 16; }
}

# The same, and somaxconn is what caps the queue: raised, it would end most of
# the refusals, and have everybody wait instead.
slow_haproxy_capped()
{
	expect app-slow
	knob core/somaxconn 32
	haproxy_serves 4096 16
	load() { arrive 4 50 160; }
}

# It takes more than come.
slow_haproxy_not()
{
	haproxy_serves 32 1000
	load() { arrive 4 50 160; }
}

# Whatever else runs on its CPUs goes first.
starved_nginx()
{
	expect app-slow
	tells "too little CPU"
	nginx_serves 1 backlog=32
	crowded_out
	load() { arrive 20 20 300; }
}

# A two-hundredth of a processor is all that its cgroup may have: nginx makes do with little.
throttled_nginx()
{
	expect app-slow
	tells "CPU limit of its cgroup (cpu.max) stopped it"
	nginx_serves 1 backlog=32
	throttled "1000 200000"
	load() { arrive 10 20 300; }
}

# Its clients keep their connections, and it may not have more of them.
full_nginx()
{
	expect app-stalled
	tells "descriptors open, and may have"
	descriptors=64
	nginx_serves 1 backlog=32
	request=$'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'
	load() { arrive_and_stay 10 50 40; }
}

### Stopped for a while

stalled_nginx()
{
	expect app-stalled curable
	nginx_serves 1 backlog=64
	load() { held 2 "$server" arrive 5 50 80; }
}

# As long a stop, but a queue that holds all who come meanwhile.
stalled_nginx_not()
{
	nginx_serves 1 backlog=4096
	load() { held 2 "$server" arrive 5 50 80; }
}

# One thread, and a command that takes two seconds.
stalled_redis()
{
	expect app-stalled curable
	redis_serves 64 --enable-debug-command yes
	load()
	{
		{ pause 1; printf 'DEBUG SLEEP 2\r\n' >"/dev/tcp/127.0.0.1/$port"; } &
		arrive 5 50 80
	}
}

stalled_memcached()
{
	expect app-stalled curable
	memcached_serves 64
	load() { held 2 "$server" arrive 5 50 80; }
}

### Floods

flood_cookies()
{
	expect syn-flood
	nginx_serves 1 backlog=128
	flooded
	load()
	{
		flood 200 8 &
		arrive 1 100 80
		wait $!
	}
}

# Without SYN cookies; with them nobody is refused.
flood_no_cookies()
{
	expect syn-flood curable
	knob ipv4/tcp_syncookies 0
	nginx_serves 1 backlog=128
	flooded
	load()
	{
		flood 200 8 &
		arrive 1 100 80
		wait $!
	}
}

# As many SYNs a second, of clients that mean it.
flood_not()
{
	nginx_serves 1 backlog=128
	load() { arrive 10 100 80; }
}

# Somebody looks who is there, a few times a second.
scanned_not()
{
	nginx_serves 1 backlog=128
	flooded
	load()
	{
		scan 3 8 &
		arrive 10 100 80
		wait $!
	}
}

# A few handshakes more at once than the SYN queue has places for.
cookies_not()
{
	nginx_serves 1 backlog=8
	far 100
	load() { arrive 1 10 12; }
}

### A long way

rtt_nginx()
{
	expect rtt-bound curable
	nginx_serves 1 backlog=8
	far 200
	load() { arrive 2 10 350; }
}

rtt_no_cookies()
{
	expect rtt-bound curable
	knob ipv4/tcp_syncookies 0
	nginx_serves 1 backlog=8
	far 200
	load() { arrive 2 10 350; }
}

# As far away, with places for all who are under way.
rtt_nginx_not()
{
	nginx_serves 1 backlog=511
	far 200
	load() { arrive 2 10 350; }
}

# As small a backlog, but near.
rtt_near_not()
{
	nginx_serves 1 backlog=8
	far 0
	load() { arrive 2 10 350; }
}

### Workers that do not share

skew_nginx()
{
	expect reuseport-skew
	nginx_serves 4 reuseport backlog=32
	load() { held 4 "${worker[0]}" arrive 6 50 110; }
}

skew_nginx_not()
{
	nginx_serves 4 reuseport backlog=32
	load() { arrive 6 50 110; }
}

# All four are stopped: that is no skew.
skew_all_stopped()
{
	expect app-stalled curable
	nginx_serves 4 reuseport backlog=32
	load() { held 2 "$server" arrive 10 50 70; }
}

### Clients that run out of ports

# One that closes first, as a client should, faster than TIME_WAITs end.
exhausted_redis()
{
	expect ports-exhausted curable
	about ports
	knob ipv4/ip_local_port_range "32768 33067"
	knob ipv4/tcp_tw_reuse 0
	redis_serves 4096
	leave=close
	load() { arrive 8 20 150; }
}

# It leaves no TIME_WAIT.
exhausted_redis_not()
{
	about ports
	knob ipv4/ip_local_port_range "32768 33067"
	knob ipv4/tcp_tw_reuse 0
	redis_serves 4096
	load() { arrive 8 20 150; }
}

# More than three quarters of its ports are in TIME_WAIT.
tight_redis()
{
	expect ports-tight foreseen
	about ports
	scaled 1250
	knob ipv4/ip_local_port_range "32768 $((32768 + reply - 1))"
	knob ipv4/tcp_tw_reuse 0
	redis_serves 4096
	leave=close
	load() { arrive 8 20 125; }
}

# The ports of a range as it comes.
tight_redis_not()
{
	about ports
	knob ipv4/tcp_tw_reuse 0
	redis_serves 4096
	leave=close
	load() { arrive 8 20 125; }
}

# More than three quarters of the ports are in TIME_WAIT, but towards many.
many_destinations_not()
{
	about ports
	scaled 1000
	knob ipv4/ip_local_port_range "32768 $((32768 + reply - 1))"
	knob ipv4/tcp_tw_reuse 0
	redis_serves 4096
	leave=close
	how=(-d 20)
	load() { arrive 8 20 100; }
}

# A proxy that binds its source first: each port is gone for all destinations.
pinned_proxy()
{
	expect ports-tight named
	about ports
	tells "bind(2) before connect(2).*IP_BIND_ADDRESS_NO_PORT"
	scaled 1000
	knob ipv4/ip_local_port_range "32768 $((32768 + reply - 1))"
	nginx_serves 1 backlog=4096
	how=(-d 10 -b 127.0.0.5)
	heed() { how+=(-n); }
	load() { arrive_and_stay 8 20 100; }
}

# One that keeps its port: what is taken is that, towards one destination.
own_port_not()
{
	about ports
	tells "from a port of their own choice"
	redis_serves 4096
	leave=close
	how=(-b 127.0.0.1:20000)
	load() { arrive 4 20 25; }
}

### TIME_WAITs

# The same load again is one that does not find the TIME_WAITs of the first.
buckets_redis()
{
	expect buckets-full curable
	about timewait
	knob ipv4/tcp_max_tw_buckets 100
	redis_serves 4096
	leave=close
	load()
	{
		patience=180 await value_is "$sysfs/timewait/count" 0
		arrive 8 20 50
	}
}

# With the limit as it comes.
buckets_redis_not()
{
	about timewait
	redis_serves 4096
	leave=close
	load() { arrive 8 20 50; }
}

# It closes first, and has half of as many TIME_WAITs as there may be.
server_closes_nginx()
{
	expect server-closes harmless
	about timewait
	scaled 800
	knob ipv4/tcp_max_tw_buckets "$reply"
	nginx_serves 1
	leave=last
	load() { arrive 8 20 50; }
}

# As many, but the clients'.
server_closes_not()
{
	about timewait
	scaled 800
	knob ipv4/tcp_max_tw_buckets "$reply"
	redis_serves 4096
	leave=close
	load() { arrive 8 20 50; }
}

# It closes, and its clients do not, for longer than an orphan lives.
finwait2_nginx()
{
	expect finwait2-held foreseen
	about timewait
	scaled 800
	knob ipv4/tcp_max_tw_buckets "$reply"
	nginx_serves 1
	load() { arrive_and_stay 4 1000 75; }
}

# They close too: the same number of minisockets, but TIME_WAITs.
finwait2_nginx_not()
{
	expect server-closes harmless
	about timewait
	scaled 800
	knob ipv4/tcp_max_tw_buckets "$reply"
	nginx_serves 1
	leave=last
	load() { arrive 4 1000 75; }
}

### Busy and healthy

busy_nginx()
{
	in_memory wrk
	nginx_serves 1
	load() { busy_wrk 100; }
}

busy_redis()
{
	redis_serves 511
	load() { arrive 20 20 50; }
}

busy_haproxy()
{
	haproxy_serves 511 100000
	load() { arrive 20 20 50; }
}

# A handful refused may be one client's bad luck; no advice is given on that.
few_refused()
{
	expect undecided
	python_serves
	load() { local scale=100; burst 11; }
}
