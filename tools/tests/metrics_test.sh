#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# `tcpadvisor metrics`: both formats parse, and mean the same; few series, whatever
# the number of listeners; sockets of one address are one; what is no counter is
# called none; the module's health; and the file that a timer writes.

. "$(dirname "$0")/lib.sh"

# probe SYMBOL MISSED STATE
probe()
{
	mkdir -p "$sysfs/probes/$1"
	echo "$2" >"$sysfs/probes/$1/missed"
	echo "$3" >"$sysfs/probes/$1/state"
}

# A module of version 9 that is not well.
unwell()
{
	mkdir -p "$root/sys/module/tcpadvisor" "$sysfs/residual"
	echo 9 >"$root/sys/module/tcpadvisor/version"
	echo kprobes >"$sysfs/hooks"
	echo 0 >"$sysfs/exact"
	echo -3 >"$sysfs/residual/ListenDrops"
	probe tcp_conn_request 7 armed
	probe inet_csk_accept 0 "missing: nothing is known of waiting"
	probe tcp_time_wait 0 "silent: TIME_WAITs are not seen"
}

# NR listeners, of which the last ones have refused most.
many()
{
	local i

	new_root
	for ((i = 1; i <= $1; i++)); do
		listener "10.0.0.1:$i@$i" inode=$i syn_queue_drops=$i completions=2
	done
}

# value LINE: that it is printed, whole
value()
{
	grep -qxF -e "$1" "$tmp/out"
}

# Series of the metric $1.
series()
{
	grep -c "^$1[ {]" "$tmp/out"
}

# That there are as many series of $1 as $2.
has_series()
{
	[ "$(series "$1")" = "$2" ] || { echo "$(series "$1") series of $1"; return 1; }
}

# What the parser $1 makes of the text $2: names, labels and values.
parsed()
{
	/usr/bin/python3 -c '
import importlib, sys
parser = importlib.import_module(sys.argv[1])
for family in parser.text_string_to_metric_families(sys.stdin.read()):
    assert family.documentation, family.name
    assert family.type != "unknown", family.name
    for sample in family.samples:
        print(sample.name, sorted(sample.labels.items()), float(sample.value))' "$1" <"$2"
}

formats_agree()
{
	run metrics && [ "$rc" = 0 ] || return
	parsed prometheus_client.parser "$tmp/out" >"$tmp/one" || return
	run metrics --openmetrics
	parsed prometheus_client.openmetrics.parser "$tmp/out" >"$tmp/other" || return
	[ -s "$tmp/one" ] && diff "$tmp/one" "$tmp/other"
}

promtool_is_content()
{
	run metrics
	promtool check metrics <"$tmp/out"
}

# Every metric that is called a counter goes on from what was closed.
sums_hold()
{
	run metrics
	value 'tcpadvisor_refused_total{netns="4026531840",cause="accept_queue_syn"} 318' ||
		return
	rm -r "$sysfs/listeners/0.0.0.0:80@1"
	echo 1 >"$sysfs/closed/listeners"
	echo 176 >"$sysfs/closed/accept_overflows_syn"
	run metrics
	value 'tcpadvisor_refused_total{netns="4026531840",cause="accept_queue_syn"} 318' &&
		value 'tcpadvisor_listener_refused{netns="4026531840",address="0.0.0.0:80",cause="accept_queue_syn"} 142' &&
		value '# TYPE tcpadvisor_listener_refused gauge'
}

new_namespace()
{
	mkdir -p "$root/proc/self/ns" "$root/proc/1/ns"
	ln -s "net:[4026531840]" "$root/proc/self/ns/net"
	ln -s "net:[4026531840]" "$root/proc/1/ns/net"
}

new_root
new_namespace
unwell
listener 0.0.0.0:80@1 inode=1 accept_overflows_syn=176 backlog=511 accept_queue=3 \
	verdict=backlog-small backlog_recommended=2048 \
	cgroup=/system.slice/nginx.service
listener 0.0.0.0:80@2 inode=2 accept_overflows_syn=142 backlog=128 accept_queue=7 \
	cgroup=/system.slice/nginx.service
pod=0a1b2c3d-0000-4444-8888-0123456789ab
id=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
listener '[::]:443@3' inode=3 cgroup="/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${pod//-/_}.slice/cri-containerd-$id.scope"
listener '[::]:444@4' inode=4 cgroup="/kubepods/besteffort/pod$pod/$id"
ok "it is done" exits 0 metrics
ok "versions of both" grep -q '^tcpadvisor_build_info{version="[0-9.]*",module="9"} 1$' "$tmp/out"
ok "the module is loaded" value "tcpadvisor_module_loaded 1"
ok "how it hooks" value 'tcpadvisor_hooks_info{by="kprobes"} 1'
ok "it is not exact" value "tcpadvisor_exact 0"
ok "a probe is missing" value 'tcpadvisor_probes{state="missing"} 1'
ok "a probe is silent" value 'tcpadvisor_probes{state="silent"} 1'
ok "calls that went by" value 'tcpadvisor_probe_missed_calls_total{symbol="tcp_conn_request"} 7'
ok "a residual below 0" value 'tcpadvisor_residual{netns="4026531840",mib="ListenDrops"} -3'
ok "two sockets are one address" value \
	'tcpadvisor_listener_sockets{netns="4026531840",address="0.0.0.0:80"} 2'
ok "its smallest backlog" value \
	'tcpadvisor_listener_backlog{netns="4026531840",address="0.0.0.0:80"} 128'
ok "its longest queue" value \
	'tcpadvisor_listener_accept_queue{netns="4026531840",address="0.0.0.0:80"} 7'
ok "the worst verdict, and its rule" value \
	'tcpadvisor_listener_verdict{netns="4026531840",address="0.0.0.0:80",verdict="backlog-small",rule="backlog-small"} 1'
ok "the unit" value \
	'tcpadvisor_listener_info{netns="4026531840",address="0.0.0.0:80",unit="nginx.service"} 1'
while read -r address container; do
	ok "pod and container of $address" value \
		"tcpadvisor_listener_info{netns=\"4026531840\",address=\"$address\",pod=\"$pod\",container=\"$container 0123456789ab\"} 1"
done <<-END
	[::]:443 cri-containerd
	[::]:444 container
END
if /usr/bin/python3 -c 'import prometheus_client' 2>/dev/null; then
	ok "both formats say the same" formats_agree
else
	skip "both formats say the same" "needs python3-prometheus-client"
fi
if have promtool; then
	ok "promtool has nothing to say" promtool_is_content
else
	skip "promtool has nothing to say" "needs promtool, of Debian's prometheus"
fi
ok "a socket that closes takes nothing away" sums_hold

echo "not a number" >"$sysfs/listeners/0.0.0.0:80@2/syns"
ok "a listener that cannot be read" exits 64 metrics
ok "is said" complains "syns"
ok "and then there are no sums" has_series tcpadvisor_refused_total 0
ok "but depths" has_series tcpadvisor_listener_accept_queue 2

many 300
ok "300 listeners" exits 0 metrics
ok "are 20 addresses" has_series tcpadvisor_listener_backlog 20
ok "and others" value 'tcpadvisor_listener_sockets{netns="0",address="other"} 280'
ok "all refusals are there" value 'tcpadvisor_refused_total{netns="0",cause="syn_queue"} 45150'
ok "the worst first" value \
	'tcpadvisor_listener_refused{netns="0",address="10.0.0.1:300",cause="syn_queue"} 300'
ok "less than 400 series" [ "$(grep -vc '^#' "$tmp/out")" -lt 400 ]
run metrics --top 300
ok "all if asked for" has_series tcpadvisor_listener_backlog 300

# A module that remembers addresses.
queue=',cause="accept_queue_syn"'
total='tcpadvisor_listener_refused_total{netns="0",address="0.0.0.0:80"'
new_root
listener 0.0.0.0:80@1 inode=1 accept_overflows_syn=176 completions=3
listener 0.0.0.0:80@2 inode=2 accept_overflows_syn=142 completions=4
tabulate
tabulate_closed 0 7 <<-END
	0.0.0.0:80 accept_overflows_syn=1000 completions=10
	[::1]:25 syn_queue_drops=5 completions=2
END
ok "with addresses that are remembered" exits 0 metrics
ok "there are counters" value '# TYPE tcpadvisor_listener_refused_total counter'
ok "of those that are there, and gone" value "$total$queue} 1318"
ok "of connections" value \
	'tcpadvisor_listener_connections_queued_total{netns="0",address="0.0.0.0:80"} 17'
ok "and no gauges of that" has_series tcpadvisor_listener_refused 0
ok "one without a listener stays" value \
	'tcpadvisor_listener_refused_total{netns="0",address="[::1]:25",cause="syn_queue"} 5'
ok "and has none" value 'tcpadvisor_listener_sockets{netns="0",address="[::1]:25"} 0'
ok "nor a backlog" has_series tcpadvisor_listener_backlog 1
ok "how many had to give way" value 'tcpadvisor_addresses_evicted_total{netns="0"} 7'
have promtool && ok "promtool has nothing to say" promtool_is_content
rm -r "$sysfs/listeners/0.0.0.0:80@1"
tabulate
tabulate_closed 2 7 <<<"0.0.0.0:80 accept_overflows_syn=1176 completions=13"
run metrics
ok "a worker that dies takes nothing away" value "$total$queue} 1318"
tabulate_closed 3 7 <<<"0.0.0.0:80 accept_overflows_syn=1176 completions=13"
run metrics
ok "while one is being closed" has_series tcpadvisor_listener_refused_total 0
ok "there is no half of it" has_series tcpadvisor_listener_refused 0

# Histograms of one listener, and of another that are not taken any more.
taken='netns="0",address="0.0.0.0:80",cookie="1f"'
new_root
listener 0.0.0.0:80@1f inode=1 histograms=1
listener 0.0.0.0:81@2 inode=2 histograms=0
printf '%s\n' 1 "accept_wait_us 1:2 2:0 4:3 sum:9" "handshake_us sum:0" \
	"one_of_a_later_module 7" "accept_depth 1:0 2:1 sum:1" \
	>"$sysfs/listeners/0.0.0.0:80@1f/histograms"
printf '%s\n' 0 "accept_depth 1:0 2:1 sum:1" >"$sysfs/listeners/0.0.0.0:81@2/histograms"
tabulate
ok "with histograms" exits 0 metrics
wait=tcpadvisor_listener_accept_wait_seconds
depth=tcpadvisor_listener_accept_depth
ok "one is a histogram" value "# TYPE $wait histogram"
ok "buckets add up" value "${wait}_bucket{$taken,le=\"1e-06\"} 2"
ok "as far as they go" value "${wait}_bucket{$taken,le=\"4e-06\"} 5"
ok "and beyond" value "${wait}_bucket{$taken,le=\"134.217728\"} 5"
ok "to the end" value "${wait}_bucket{$taken,le=\"+Inf\"} 5"
ok "how many" value "${wait}_count{$taken} 5"
ok "and their sum in seconds" value "${wait}_sum{$taken} 0.000009"
ok "a depth is a number" value "${depth}_bucket{$taken,le=\"1.0\"} 1"
ok "an empty one is none" has_series tcpadvisor_listener_handshake_seconds_count 0
ok "nor one that is not taken" has_series ${depth}_count 1
if /usr/bin/python3 -c 'import prometheus_client' 2>/dev/null; then
	ok "both formats say the same of histograms" formats_agree
fi
have promtool && ok "promtool has nothing to say of them" promtool_is_content
run metrics --top 0
ok "no more of them than are shown one by one" has_series ${wait}_count 0
sed -i 's/wait_us 1:2/wait_us/' "$sysfs/listeners/0.0.0.0:80@1f/histograms"
ok "one that cannot be read" exits 0 metrics
ok "is left out" has_series ${wait}_count 0
ok "and no other" has_series ${depth}_count 1

# textfile STATUS: as the timer's service does it, with a command that ends so.
textfile()
{
	printf '#!/bin/sh\necho new $*\nexit %s\n' "$1" >"$tmp/command"
	chmod +x "$tmp/command"
	TCPADVISOR=$tmp/command "$here/../systemd/tcpadvisor-textfile" "$tmp/textfile" --all-netns
}

file_says()
{
	[ "$(cat "$tmp/textfile/tcpadvisor.prom")" = "$1" ] && [ "$(ls "$tmp/textfile")" = tcpadvisor.prom ]
}

mkdir "$tmp/textfile"
echo old >"$tmp/textfile/tcpadvisor.prom"
ok "what fails" eval '! textfile 1'
ok "leaves the file as it was" file_says old
echo mine >"$tmp/mine"
ln -s "$tmp/mine" "$tmp/textfile/tcpadvisor.prom.new"
ok "what is done in part" textfile 64
ok "is put in its place" file_says "new metrics --all-netns"
ok "a link there leads nowhere" grep -qx mine "$tmp/mine"
mkdir "$tmp/elsewhere"
ln -sf "$tmp/elsewhere" "$tmp/textfile/tcpadvisor.prom"
ok "a link in its place" textfile 0
ok "is replaced" file_says "new metrics --all-netns"
ok "and leads nowhere" [ -z "$(ls "$tmp/elsewhere")" ]
mkdir "$tmp/textfile/tcpadvisor.prom.new"
ok "what cannot be made anew" eval '! textfile 0 2>/dev/null'
ok "leaves it as it was" [ "$(cat "$tmp/textfile/tcpadvisor.prom")" = "new metrics --all-netns" ]

new_root
rm -r "$sysfs"
ok "no module" exits 0 metrics
ok "is a metric" value "tcpadvisor_module_loaded 0"
finish
