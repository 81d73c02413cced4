#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A wide range of local ports is not kept over a reboot without the ports that are
# reserved for it, nor are more TIME_WAITs kept than the range of the boot can hold.

. "$(dirname "$0")/lib.sh"

reserved=net.ipv4.ip_local_reserved_ports
range=net.ipv4.ip_local_port_range
buckets=net.ipv4.tcp_max_tw_buckets

# begin RESERVED: with these reserved the range is to be widened.
begin()
{
	new_root
	sysctl $reserved "$1"
	sysctl $range $'32768\t60999'
	sysctl $buckets 8192
	{
		[ -n "$1" ] || printf "# %s - -> 8080: because\n%s = 8080\n" $reserved{,}
		printf "# %s 32768 60999 -> 1025 65534: because\n%s = 1025 65534\n" $range{,}
	} | recommend
}

boots_with()
{
	grep -qxF "$1" "$root/$conf"
}

boots_without()
{
	! boots_with "$1"
}

begin ''
run apply --yes
recommend </dev/null
sysctl $reserved 8080,9999
ok "after somebody has reserved one more" exits 0 apply --yes --persist
ok "the range is kept over a reboot" boots_with "$range = 1025 65534"
ok "and what is reserved" boots_with "$reserved = 8080,9999"

begin 8080
ok "what was reserved in force alone" exits 0 apply --yes --persist
ok "is kept with the range" boots_with "$reserved = 8080"
ok "which is, too" boots_with "$range = 1025 65534"
ok "rollback" exits 0 rollback
ok "leaves nothing for the boot" [ ! -e "$root/$conf" ]
ok "and what is in force" is_sysctl $reserved 8080

# In the file, too, what is needed comes first, and goes last.
begin ''
printf "# %s 8192 -> 262144: because\n%s = 262144\n" $buckets{,} >>"$sysfs/recommend"
run apply --yes
recommend </dev/null
ok "what was applied before" exits 0 apply --yes --persist
ok "is written in the order in which it is needed" \
	[ "$(sed -n 's/^net.ipv4.\([a-z_]*\) = .*/\1/p' "$root/$conf" | paste -sd' ')" = \
	"ip_local_reserved_ports ip_local_port_range tcp_max_tw_buckets" ]

begin 8080
run apply --yes --persist
sed -i "s/^$range = .*/$range = 2000 65000/" "$root/$conf"
ok "a range that somebody has set in our file" exits 64 rollback
ok "stays" boots_with "$range = 2000 65000"
ok "with what is reserved for it" boots_with "$reserved = 8080"

begin "$(seq -s, 20001 2 20601)"
ok "a list that is too long to be read" exits 0 apply --yes --persist
ok "keeps the range from the boot" [ ! -e "$root/$conf" ]
ok "which is said" says "needs $reserved, which would be a list of more than 1024 characters"

begin 8080
mkdir -p "$root/etc/sysctl.d"
echo "$reserved = 8080" >"$root/etc/sysctl.d/50-site.conf"
ok "what somebody's file reserves" exits 0 apply --yes --persist
ok "is not put into ours" boots_without "$reserved = 8080"

for case in 32768:60999: 1024:65535:262144; do
	begin 8080
	IFS=: read -r low high want <<<"$case"
	mkdir -p "$root/etc/sysctl.d"
	echo "$range = $low $high" >"$root/etc/sysctl.d/50-site.conf"
	printf "# %s 8192 -> 262144: because\n%s = 262144\n" $buckets{,} >>"$sysfs/recommend"
	run apply --yes
	run apply --yes --persist --only $buckets
	ok "TIME_WAITs of a boot with ports from $low to $high" \
		[ "$(sed -n "s/^$buckets = //p" "$root/$conf" 2>/dev/null)" = "$want" ]
done
finish
