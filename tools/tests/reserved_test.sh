#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A sysctl that holds a list of ports goes through apply, rollback, the journal
# and --persist like one that holds numbers; services' ports, those of UDP too, are
# reserved before the range of local ports is widened over them, and given up after.

. "$(dirname "$0")/lib.sh"

reserved=net.ipv4.ip_local_reserved_ports
range=net.ipv4.ip_local_port_range

# A host that reserves $1, for which the module advises a wider range.
ports_root()
{
	new_root
	sysctl $reserved "$1"
	sysctl $range $'32768\t60999'
	recommend <<-END
		# $reserved ${1:--} -> 8080,9000-9010: services would lie inside the range
		$reserved = 8080,9000-9010
		# $range 32768 60999 -> 1025 65534: 1683 connections found no port
		$range = 1025 65534
	END
}

widened()
{
	is_sysctl "$reserved" 8080,9000-9010 && is_sysctl "$range" "1025 65534"
}

# The number of the change of key $1.
id_of()
{
	journal | sed -n "s/.* begin id=\([0-9]*\) kind=sysctl name=$1 .*/\1/p"
}

# Run, and look for what it says: says_after TEXT ARGUMENT...
says_after()
{
	local text=$1

	shift
	run "$@"
	says "$text"
}

# Both are named, $1 first.
in_order()
{
	[ "$(grep -oF -e "$1" -e "$2" "$tmp/out" | head -n 1)" = "$1" ]
}

json_step()
{
	python3 -c '
import json, sys
steps = json.load(open(sys.argv[1]))["namespaces"][0]["steps"]
assert [(s["current"], s["proposed"]) for s in steps] == [
	("", "8080,9000-9010"), ([32768, 60999], [1025, 65534])], steps' "$tmp/out"
}

ports_root ''
ok "dry run" exits 0 apply
ok "shows an empty list as -" says "$reserved  - -> 8080,9000-9010"
ok "in JSON" exits 0 apply --json
if have python3; then
	ok "it is a string" json_step
else
	skip "it is a string" "needs python3"
fi
ok "apply" exits 0 apply --yes
ok "reserves and widens" widened
ok "in that order" [ "$(id_of "$reserved")" -lt "$(id_of "$range")" ]
ok "the journal has the empty list" grep -q "name=$reserved from= to=8080,9000-9010 " \
	"$root/var/lib/tcpadvisor/journal"
ok "again: nothing to do" says_after "Nothing to do" apply --yes
ok "rollback" exits 0 rollback
ok "empties the list" is_sysctl "$reserved" ''
ok "narrows the range" is_sysctl "$range" "32768 60999"
ok "the range first" in_order "$range" "$reserved"
ok "says it" says "$reserved  8080,9000-9010 -> -  restored"
ok "leaves no journal" no_journal

ports_root 9000-9005
ok "a list that others began" exits 0 apply --yes
ok "grows" widened
ok "rollback" exits 0 rollback
ok "gives it back" is_sysctl "$reserved" 9000-9005

ports_root 9000-9005
sysctl $reserved 9005,9000-9004
ok "the same list, written otherwise" exits 0 apply --yes
ok "grows" widened

# The advice is from before that was reserved.
ports_root 7000
ok "a port that the advice does not know of" exits 0 apply --yes --allow-lower
ok "stays reserved" is_sysctl "$reserved" 7000,8080,9000-9010
ok "again: nothing to do" says_after "Nothing to do" apply --yes --allow-lower

# 1019 characters, of 1024 that there may be.
longest=$(seq -s , 10001 2 10339)
ports_root "$longest"
printf "# %s 8192 -> 262144: because\n%s = 262144\n" net.ipv4.tcp_max_tw_buckets{,} \
	>>"$sysfs/recommend"
sysctl net.ipv4.tcp_max_tw_buckets 8192
ok "more than fits into a list" exits 0 apply --yes
ok "is left" is_sysctl "$reserved" "$longest"
ok "and said" says "would be a list of more than 1024 characters"
ok "the range too" is_sysctl "$range" $'32768\t60999'
ok "and said why" says "would take ports that $reserved does not keep yet"
ok "and what needs it" is_sysctl net.ipv4.tcp_max_tw_buckets 8192
ok "and said why" says "would keep more local ports than the range can give"

ports_root ''
ok "the range alone, if asked for" exits 0 apply --yes --only $range
ok "is widened" is_sysctl "$range" "1025 65534"
ok "and nothing reserved" is_sysctl "$reserved" ''

ports_root ''
sysctl $reserved 8080
ok "a list that is another by now" exits 0 apply --yes
ok "is raised from there" widened
ok "rollback" exits 0 rollback
ok "goes back to it" is_sysctl "$reserved" 8080
ports_root ''
run apply --yes
sysctl $reserved 8080,9000-9010,9999
ok "a list that somebody else has changed since" exits 64 rollback
ok "is left alone" is_sysctl "$reserved" 8080,9000-9010,9999
ok "and said" says "somebody else has changed it since; left alone"

# The two the other way round.
ports_root ''
{
	sed -n 4,5p "$sysfs/recommend"
	sed -n 2,3p "$sysfs/recommend"
} >"$tmp/turned"
recommend <"$tmp/turned"
ok "a range before its reservation" exits 1 apply --yes
ok "is refused" complains "before it reserves ports: nothing was changed"
ok "whole" is_sysctl "$range" $'32768\t60999'

ports_root ''
printf '# mine\n%s = 7000\n' $reserved >"$root/$conf"
ok "persist" exits 0 apply --yes --persist
ok "writes the list" grep -qxF "$reserved = 8080,9000-9010" "$root/$conf"
ok "once" [ "$(grep -c "^$reserved" "$root/$conf")" = 1 ]
ok "and keeps the rest" grep -qx "# mine" "$root/$conf"
ok "rollback" exits 0 rollback
ok "gives the old line back" grep -qxF "$reserved = 7000" "$root/$conf"

new_root
sysctl "$reserved" "${longest%,*}"
advise <<<"$reserved ${longest%,*} $longest"
ok "one of the longest lists" exits 0 apply --yes --persist
ok "is set" is_sysctl "$reserved" "$longest"
ok "and persisted" grep -qxF "$reserved = $longest" "$root/$conf"
ok "rollback" exits 0 rollback
ok "gives the old one back" is_sysctl "$reserved" "${longest%,*}"

# The ports of UDP, as /proc/net/udp has them: of IPv6 if $1 is 6. `=PORT` is connected.
udp()
{
	local file=$root/proc/self/net/udp${1#4} port state

	mkdir -p "${file%/*}"
	shift
	echo "   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt" \
		"  uid  timeout inode ref pointer drops" >"$file.new"
	for port; do
		[ "${port#=}" = "$port" ] && state=07 || state=01
		printf "%5d: 0100007F:%04X 00000000:0000 %s 00000000:00000000 00:00000000 %s\n" \
			"${port#=}" "${port#=}" $state \
			"00000000     0        0 19 2 0000000000000000 0"
	done >>"$file.new"
	mv "$file.new" "$file"
}

ports_root ''
udp 4 53 5353 40000 7000 9005 =5000
udp 6 11211
ok "a range over ports of UDP" exits 0 apply
ok "says so" says "3 of UDP's ports would lie inside the range"
ok "nothing is done" is_sysctl "$reserved" ''
ok "apply" exits 0 apply --yes --persist
ok "reserves them, but what the range had and what it leaves out" \
	is_sysctl "$reserved" 5353,7000,8080,9000-9010,11211
ok "and widens" is_sysctl "$range" "1025 65534"
ok "and persists them" grep -qxF "$reserved = 5353,7000,8080,9000-9010,11211" "$root/$conf"
ok "again: nothing to do" says_after "Nothing to do" apply --yes --allow-lower
sysctl $range "1024 65534"
ok "rollback, where somebody else has changed the range" exits 64 rollback
ok "keeps them" is_sysctl "$reserved" 5353,7000,8080,9000-9010,11211
ok "and says why" says "kept, as $range was not set back"
sysctl $range "1025 65534"
ok "rollback" exits 0 rollback
ok "gives them up" is_sysctl "$reserved" ''

# What is reserved for a range is not given up while the range stays.
ports_root ''
run apply --yes
run apply --yes --persist
for select in "--only $reserved" "--except $range"; do
	# shellcheck disable=SC2086 # words
	ok "rollback $select: not done" exits 64 rollback $select
	ok "the range stays" is_sysctl "$range" "1025 65534"
	ok "so do the ports" is_sysctl "$reserved" 8080,9000-9010
	ok "and what is read at boot" grep -qxF "$reserved = 8080,9000-9010" "$root/$conf"
	ok "and says why" says "kept, as $range was not set back"
	# shellcheck disable=SC2086 # words
	ok "a dry run says so, too" exits 64 rollback --dry-run $select
done
ok "rollback of the range alone" exits 0 rollback --only $range
ok "leaves them" is_sysctl "$reserved" 8080,9000-9010
ok "then they may go" exits 0 rollback --only $reserved
ok "and do" is_sysctl "$reserved" ''
ok "at boot, too" no_journal

# Nothing is to be reserved for TCP.
udp_alone()
{
	new_root
	sysctl $reserved "$1"
	sysctl $range $'32768\t60999'
	recommend <<-END
		# $range 32768 60999 -> 1025 65534: 1683 connections found no port
		$range = 1025 65534
	END
	udp 4 5353
	udp 6
}
udp_alone ''
ok "a range over a port of UDP alone" exits 0 apply --yes
ok "is widened" is_sysctl "$range" "1025 65534"
ok "and the port reserved" is_sysctl "$reserved" 5353
ok "before that" [ "$(id_of "$reserved")" -lt "$(id_of "$range")" ]
ok "rollback" exits 0 rollback
ok "undoes both" [ "$(sysctl "$reserved")$(sysctl "$range" | xargs)" = "32768 60999" ]
udp_alone 5000-6000
ok "a port that is reserved" exits 0 apply --yes
ok "is not touched" is_sysctl "$reserved" 5000-6000
ok "the range is widened" is_sysctl "$range" "1025 65534"
udp_alone ''
ok "asked to leave reserved ports alone" exits 0 apply --yes --except $reserved
ok "it does" is_sysctl "$reserved" ''
ok "and widens" is_sysctl "$range" "1025 65534"
# A resolver asks from another port each time.
udp_alone ''
for ((port = 10001; port < 20000; port += 2)); do
	udp 4 5353 $port
	sleep 0.05
done &
asking=$!
ok "ports that come and go" exits 0 apply --yes
kill $asking
wait $asking 2>/dev/null
ok "are not reserved" is_sysctl "$reserved" 5353

# udp_buckets PORT...: more TIME_WAITs are advised, too.
udp_buckets()
{
	udp_alone ''
	sysctl net.ipv4.tcp_max_tw_buckets 8192
	# The module has them first where they overflow more than ports run out.
	{
		echo "# net.ipv4.tcp_max_tw_buckets 8192 -> 262144: because"
		echo "net.ipv4.tcp_max_tw_buckets = 262144"
		sed 1d "$sysfs/recommend"
	} >"$tmp/advice"
	recommend <"$tmp/advice"
	udp 6 "$@"
}
# shellcheck disable=SC2046 # a word each
udp_buckets $(seq 10001 2 10401)
ok "more ports of UDP than there is room for" exits 0 apply --yes
ok "leave the range as it is" is_sysctl "$range" $'32768\t60999'
ok "and say so" says "would take ports of UDP that do not fit into a list of 1024 characters"
ok "and TIME_WAITs, which would need it" is_sysctl net.ipv4.tcp_max_tw_buckets 8192
# shellcheck disable=SC2046 # a word each
udp_buckets $(seq 10001 16000)
ok "much of the range" exits 0 apply --yes
ok "is reserved" is_sysctl "$reserved" 5353,10001-16000
ok "not enough is left for TIME_WAITs" is_sysctl net.ipv4.tcp_max_tw_buckets 8192
udp_buckets 10001
ok "little of the range" exits 0 apply --yes
ok "leaves enough for them" is_sysctl net.ipv4.tcp_max_tw_buckets 262144
for select in "--except $range" "--only net.ipv4.tcp_max_tw_buckets"; do
	udp_buckets
	# shellcheck disable=SC2086 # words
	ok "$select" exits 0 apply --yes $select
	ok "leaves TIME_WAITs, which need the range" is_sysctl net.ipv4.tcp_max_tw_buckets 8192
	ok "and says so" says "would keep more local ports than the range can give"
done
sysctl $range "1025 65534"
ok "once that is in force" exits 0 apply --yes --only net.ipv4.tcp_max_tw_buckets
ok "they may be raised" is_sysctl net.ipv4.tcp_max_tw_buckets 262144
buckets=net.ipv4.tcp_max_tw_buckets
udp_buckets 10001
run apply --yes
ok "the range comes before them" [ "$(id_of $range)" -lt "$(id_of $buckets)" ]
ok "what they need" exits 64 rollback --only $range
ok "is kept while they are" is_sysctl "$range" "1025 65534"
ok "and says why" says "kept, as $buckets was not set back"
ok "what that needs" exits 64 rollback --except $buckets --forget
ok "is kept as well" is_sysctl "$reserved" 5353,10001
ok "at boot they need it, too" exits 0 apply --yes --persist --only $buckets
ok "and are left" says "$conf: $buckets  - -> 262144  left: needs $range"
ok "with it" exits 0 apply --yes --persist
ok "they are not" grep -qxF "$buckets = 262144" "$root/$conf"
ok "nothing was forgotten" exits 0 rollback
ok "all is as it was" [ "$(sysctl "$reserved")$(sysctl $range | xargs) $(sysctl $buckets)" = \
	"32768 60999 8192" ]
ok "and none is left" no_journal
udp_alone ''
sysctl $range "1025 65534"
ok "nothing to widen" says_after "Nothing to do" apply --yes
ok "nothing to reserve" is_sysctl "$reserved" ''

# More ports than a list of ours may have.
long=$(seq -s , 10001 2 10401)
ports_root ''
sysctl $reserved "$long"
printf "# %s 128 -> 8192: because\n%s = 8192\n" net.core.somaxconn{,} >>"$sysfs/recommend"
ok "a list too long for this command" exits 0 apply --yes
ok "said" says "would be a list of more than 1024 characters: write it as ranges first"
ok "is left" is_sysctl "$reserved" "$long"
ok "so is the range" is_sysctl "$range" $'32768\t60999'
ok "all else is done" is_sysctl net.core.somaxconn 8192
udp_alone "$long"
ok "the same for UDP" exits 0 apply --yes
ok "leaves the range" is_sysctl "$range" $'32768\t60999'
ok "and says so" says "would be a list of more than 1024 characters: write it as ranges first"
ports_root ''
sysctl $reserved "$long"
ok "explain" exits 0 explain $reserved
ok "says it too" says "more than can be shown"

# The real thing: a namespace of its own, whose list the kernel keeps.
if [ "$(id -u)" = 0 ] && unshare -mn true 2>/dev/null &&
		[ -w /proc/sys/net/ipv4/ip_local_reserved_ports ]; then
	ports_root ''
	real()
	{
		# shellcheck disable=SC2016
		unshare -mn bash -c '
			mount --bind /proc/sys "$1/proc/sys" || exit
			range=/proc/sys/net/ipv4/ip_local_port_range
			list=/proc/sys/net/ipv4/ip_local_reserved_ports
			echo 32768 60999 >$range
			"$0" --sysroot "$1" apply --yes &&
				[ "$(cat $list)" = 8080,9000-9010 ] &&
				[ "$(xargs <$range)" = "1025 65534" ] &&
				"$0" --sysroot "$1" rollback &&
				[ -z "$(cat $list)" ] &&
				[ "$(xargs <$range)" = "32768 60999" ]' "$tool" "$root"
	}
	ok "the kernel takes the list, and gives it up" real
	with_udp()
	{
		# shellcheck disable=SC2016
		unshare -mn python3 -c '
import os, socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("", 5353))
s.set_inheritable(True)
os.execvp("bash", ["bash", "-c"] + sys.argv[1:])' '
			sed -i "s/netns=[0-9]*/netns=$(stat -Lc %i "/proc/$$/ns/net")/" \
				"$1/sys/kernel/tcpadvisor/recommend"
			mkdir -p "$1/proc/self" &&
				mount --bind "/proc/$$" "$1/proc/self" &&
				mount --bind /proc/sys "$1/proc/sys" || exit
			echo 32768 60999 >/proc/sys/net/ipv4/ip_local_port_range
			"$0" --sysroot "$1" apply --yes &&
				[ "$(cat /proc/sys/net/ipv4/ip_local_reserved_ports)" = \
					5353,8080,9000-9010 ]' "$tool" "$root"
	}
	ports_root ''
	if have python3; then
		ok "the port of a UDP socket is reserved" with_udp
	else
		skip "the port of a UDP socket is reserved" "needs python3"
	fi
	too_long()
	{
		# shellcheck disable=SC2016
		unshare -mn bash -c '
			mount --bind /proc/sys "$1/proc/sys" || exit
			list=/proc/sys/net/ipv4/ip_local_reserved_ports
			echo "$2" >$list
			before=$(cat $list)
			"$0" --sysroot "$1" apply --yes && [ "$(cat $list)" = "$before" ]' \
			"$tool" "$root" "$long"
	}
	ok "a list that the kernel would cut is not taken for a short one" too_long
else
	skip "the kernel's own list" "needs root and network namespaces"
fi

finish
