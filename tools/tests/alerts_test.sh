#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# From what the module says to whoever is called: a host made of files begins to refuse
# connections, and Debian's Prometheus with the rules of Documentation/fleet has
# Alertmanager tell it, by listener and cure, and tell its end. A worker that restarts
# after refusals fires nothing. Runs in a network namespace of its own;
# selftests/fleet/alerts.sh is the same with a real kernel.

if [ "${TCPADVISOR_TEST_NETNS-}" != y ] && unshare -n true 2>/dev/null; then
	TCPADVISOR_TEST_NETNS=y exec unshare -n "$0" "$@"
fi

. "$(dirname "$0")/lib.sh"
. "$here/../../selftests/fleet/watchers.sh"

work=$tmp
rule="TcpListenerRefuses netns=4026531840"

# As the service does, of the host made of files; what it says is of one moment.
metrics_into()
{
	(
		flock 9
		TCPADVISOR=$plain "$here/../systemd/tcpadvisor-textfile" "$1" --sysroot "$root"
	) 9>"$tmp/moment"
}

# change COMMAND...: the host, between two moments.
change()
{
	(
		flock 9
		"$@"
	) 9>"$tmp/moment"
}

# Two workers on one address: cookies, each with its refusals, COOKIE=NUMBER.
workers()
{
	local pair

	rm -rf "$sysfs/listeners"/*
	for pair; do
		listener "0.0.0.0:8080@${pair%=*}" backlog=16 backlog_requested=1000 \
			backlog_recommended=128 verdict=backlog-capped \
			accept_overflows_syn="${pair#*=}"
	done
}

# The first goes and takes its 30 refusals from the address, not from the namespace.
restarts()
{
	echo 30 >"$sysfs/closed/accept_overflows_syn"
	workers 2=20 3=0
}

cured()
{
	echo ok | tee "$sysfs"/listeners/*/verdict >/dev/null
	echo 128 | tee "$sysfs"/listeners/*/backlog >/dev/null
}

if [ "${TCPADVISOR_TEST_NETNS-}" != y ] || ! watchers_here; then
	skip "alerts" "needs root, and Debian's ${missing:-prometheus and what belongs to it}"
	finish
fi
ip link set lo up
new_root
mkdir -p "$root"/proc/{self,1}/ns
ln -s "net:[4026531840]" "$root/proc/self/ns/net"
ln -s "net:[4026531840]" "$root/proc/1/ns/net"
workers 1=30 2=20
ok "the configuration is one" configure
start_watchers
ok "Prometheus has the metrics" await answers 'sum(tcpadvisor_refused_total)' 50
note "50 refusals are old"
change restarts
ok "a worker restarts" await answers 'sum(tcpadvisor_listener_refused)' 20
ok "the rules look at that" rules_looked
ok "and nobody is told anything" [ ! -s "$tmp/told" ]
note "a worker is another"
change workers 2=104 3=0
note "84 refusals"
ok "an alert fires" await told "firing $rule "
ok "names the listener" told "firing $rule 0\.0\.0\.0:8080 "
ok "and the cure" told "Rule somaxconn-caps.*raise net\.core\.somaxconn"
change cured
note "cured"
ok "it ends" await told "resolved $rule "
ok "it was the only one" eval "! grep -v ' $rule ' '$tmp/told'"
timeline
finish
