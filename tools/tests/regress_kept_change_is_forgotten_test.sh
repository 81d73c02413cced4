#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What rollback keeps, because something that needs it stays, is ours still: no earlier
# change of the same key is taken for somebody else's and forgotten, and verify does not
# say that it was changed. What needs no more than there was before keeps nothing.

. "$(dirname "$0")/lib.sh"

reserved=net.ipv4.ip_local_reserved_ports
range=net.ipv4.ip_local_port_range
buckets=net.ipv4.tcp_max_tw_buckets

# advise KEY FROM TO
advise()
{
	printf "# %s %s -> %s: because\n%s = %s\n" "$1" "$2" "$3" "$1" "$3"
}

begin()
{
	new_root
	sysctl $reserved ''
	sysctl $range $'32768\t60999'
	sysctl $buckets 8192
}

# All three are changed.
changed()
{
	begin
	{
		advise $reserved - 8080
		advise $range "32768 60999" "1025 65534"
		advise $buckets 8192 262144
	} | recommend
	run apply --yes
	recommend </dev/null
}

silent_on()
{
	! says "$1"
}

as_before()
{
	[ "$(sysctl "$reserved")$(sysctl "$range" | xargs)" = "32768 60999" ]
}

begin
advise $range "32768 60999" "16384 65535" | recommend
run apply --yes --persist
{
	advise $range "16384 65535" "1025 65535"
	advise $buckets 8192 262144
} | recommend
run apply --yes --persist
recommend </dev/null
ok "a range that was widened twice" exits 64 rollback --except $buckets --forget
ok "is kept, twice" [ "$(grep -c "kept, as $buckets was not set back" "$tmp/out")" = 4 ]
ok "and nobody else is named" silent_on "somebody else"
ok "rollback of all" exits 0 rollback
ok "has the first value" is_sysctl $range "32768 60999"
ok "and leaves nothing for the boot" [ ! -e "$root/$conf" ]

changed
sysctl $buckets 100000
ok "one that somebody else has changed" exits 1 verify
ok "is one" says "1 of 3 not in force"
ok "the others are in force" silent_on "1025 65534 now"
ok "rollback, which has to keep what it needs" exits 64 rollback --forget
ok "keeps the range" is_sysctl $range "1025 65534"
ok "and, once that is forgotten, undoes it" exits 0 rollback
ok "all of it" as_before

changed
sysctl $buckets 4096
ok "one that needs less than there was" exits 64 rollback
ok "keeps nothing" as_before
ok "and is left" is_sysctl $buckets 4096
finish
