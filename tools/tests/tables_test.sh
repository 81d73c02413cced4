#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# All listeners come from the module's table, if it has one that can be read, and what
# is said is what their files would have made; if not, from the files.

. "$(dirname "$0")/lib.sh"

table()
{
	echo "$sysfs/tables/listeners"
}

crowd()
{
	new_root
	advise <<<"net.core.somaxconn 128 8192"
	listener 0.0.0.0:80@1 inode=1 backlog=511 backlog_requested=-1 accept_queue=3 \
		accept_queue_peak=500 accept_wait_ms=20 accept_wait_peak_ms=30 \
		syn_queue=2 syn_queue_peak=7 syns=1000 completions=900 \
		accept_overflows_syn=9 accept_overflows_ack=8 syn_queue_drops=7 other_drops=6 \
		syncookies_wanted=5 syncookies_sent=4 syncookies_valid=3 \
		verdict=backlog-small backlog_recommended=1024 cgroup=/system.slice/a.service
	listener '[2001:db8::1]:443@2' inode=2 cgroup=/system.slice/a.service
	listener 0.0.0.0:81@3 inode=3 cgroup="/user.slice/b c"
	listener 0.0.0.0:82@4 cgroup=-
	process 100 app 3=1 4=2
	ports 0 0 28000 0 ok </dev/null
}

# How long connections wait is in the table only: all that is said but that.
without_waits()
{
	sed -E -e '/accept wait/d' -e 's/("accept_wait(_peak)?_ms": )[0-9]+/\1null/' "$1" |
		awk '/ WAIT-MS / { at = index($0, "WAIT-MS") }
			at && length($0) > at { $0 = substr($0, 1, at - 1) substr($0, at + 7) }
			{ print }'
}

says_null()
{
	run explain :80 --json
	says '"loss_curve": null'
}

# same ARGUMENT...: with the table and without, in output and status
same()
{
	local with

	tabulate
	run "$@"
	with=$rc
	cp "$tmp/out" "$tmp/with"
	rm -r "$sysfs/tables"
	run "$@"
	[ "$rc" = "$with" ] && [ -s "$tmp/with" ] &&
		diff <(without_waits "$tmp/with") <(without_waits "$tmp/out")
}

# Leave the listeners only what the command has to read where there is a table.
only_cgroups()
{
	find "$sysfs/listeners" -type f ! -name cgroup -delete
}

crowd
for command in "listeners" "listeners --json" "status -i 0" "status -i 0 --json" \
		"metrics" "explain :80" "status --check -i 0"; do
	read -r -a words <<<"$command"
	ok "$command says the same" same "${words[@]}"
done

ok "without it waits are not known" exits 0 listeners --json
ok "of any listener" [ "$(grep -c '"accept_wait_\(peak_\)\?ms": null' "$tmp/out")" = 8 ]
tabulate
only_cgroups
ok "no other file of a listener is read" exits 0 listeners --json
ok "and all is there" [ "$(grep -c '"address"' "$tmp/out")" = 4 ]
ok "waits, too" says '"accept_wait_peak_ms": 30'
ok "with its unit" says /system.slice/a.service
ok "status, twice" exits 0 status -i 1ms
ok "the sum" says "24 refused"
rm -r "$sysfs/listeners/0.0.0.0:80@1"
ok "a listener that closes meanwhile" exits 0 listeners --json
ok "is as its row says" says '"accept_overflows_syn": 9'
ok "its cgroup is known from another" [ "$(grep -c a.service "$tmp/out")" -ge 2 ]

crowd
tabulate
{
	head -n 3 "$(table)"
	printf '%511s\n' "" "" ""
	tail -n +4 "$(table)"
} >"$tmp/gaps"
cp "$tmp/gaps" "$(table)"
only_cgroups
ok "rows that are blank" exits 0 listeners --json
ok "are no listeners" [ "$(grep -c '"address"' "$tmp/out")" = 4 ]
head -c -300 "$tmp/gaps" >"$(table)"
ok "a table that ends in a row" exits 0 listeners --json
ok "has what is before it" [ "$(grep -c '"address"' "$tmp/out")" = 3 ]

crowd
tabulate
sed -i 's/^0.0.0.0:81@3 3 /0.0.0.0:81@3 x /' "$(table)"
ok "a row that cannot be read" exits 64 listeners
ok "is complained of" complains "tables/listeners: 0.0.0.0:81@3: inode"
ok "is shown as such" grep -q '^0.0.0.0:81 .* unreadable ' "$tmp/out"
ok "and hides no other" grep -q '^0.0.0.0:80 .* backlog-small ' "$tmp/out"
sed -i 's/^0.0.0.0:81@3 .*/0.0.0.0:81@3 3/' "$(table)"
ok "so is one that is too short" exits 64 listeners
ok "and shown" grep -q '^0.0.0.0:81 .* unreadable ' "$tmp/out"
sed -i 's/^0.0.0.0:81@3 .*/nonsense/' "$(table)"
ok "and one without a name" exits 64 listeners
ok "which is told" complains "tables/listeners: nonsense: expected ADDR:PORT@COOKIE"

for change in 's/version=1/version=2/' 's/ syn_queue_drops / other_name /' '2d' '1,2d' \
		's/changes=/changed=/'; do
	tabulate
	sed -i "$change" "$(table)"
	echo 77 >"$sysfs/listeners/0.0.0.0:80@1/accept_overflows_syn"
	ok "with $change the files are read" exits 0 listeners --json
	ok "and say what they say" says '"accept_overflows_syn": 77'
	echo 9 >"$sysfs/listeners/0.0.0.0:80@1/accept_overflows_syn"
done
tabulate
sed -i 's/$/ 1/; 2s/ 1$/ more/' "$(table)"
only_cgroups
ok "with a column more the table is" exits 0 listeners

crowd
tabulate
sed -i 's/changes=0/changes=1/' "$(table)"
ok "while a listener is being closed" exits 64 metrics
ok "there are no sums" eval '! says tcpadvisor_refused_total'

crowd
tabulate_curves <<-END
	0.0.0.0:82@4 1 9 5 9 9
	0.0.0.0:80@1 0 700 511 200 60

	0.0.0.0:80@1 0 700 1024 0 90
	0.0.0.0:80@1 0 700 2048 0 90
END
ok "the loss curve is a listener's own" exits 0 explain :80
ok "up to the first backlog that is enough" says "1024: 0 refused, longest wait 90 ms"
ok "and no further" eval '! says 2048: && ! says "9 ms"'
ok "with what it lacks" says "not everybody was recorded"
sed -i 's/ 200 60 / x 60 /' "$sysfs/tables/loss_curves"
ok "one that cannot be read is none" says_null
ok "which is complained of" complains "tables/loss_curves"
tabulate_curves </dev/null
ok "where nobody was refused there is none" says_null
rm "$sysfs/tables/loss_curves"
ok "and with an older module" says_null

# unknown FIELD: that it is null
unknown()
{
	run explain :80 --json
	[ "$rc" = 0 ] && says "\"$1\": null"
}

ok "so is who was refused" unknown refused_clients
tabulate_clients <<-END
	0.0.0.0:82@4 1 9 9 9 9 9 9 9 1 9

	0.0.0.0:80@1 0 9000 4008 3600 990 3010 400 8 8 211
END
ok "with it refusals are clients" exits 0 explain :80
ok "which are estimates if some were followed" says \
	"9000 refusals were about 4008 clients: about 3600 got in after 0.990 to 3.010 s, about 400 never, about 8 not yet"
ok "with their error" says "one client in 8 was followed: each of these is within 211"
ok "and what they lack" says "not everybody was recorded"
ok "where from is not said to everybody" unknown prefixes
tabulate_prefixes <<-END
	0.0.0.0:82@4 192.0.2.0/24 9 0
	0.0.0.0:80@1 198.51.100.0/24 5000 0
	0.0.0.0:80@1 2001:db8::/64 900 30
END
ok "root is told" exits 0 explain :80
ok "by prefix" says "198.51.100.0/24: 5000 refusals"
ok "with how far that may be off" says "2001:db8::/64: 900 refusals, or up to 30 fewer"
ok "and of no other listener" eval '! says 192.0.2.0'
ok "metrics have the clients of each" exits 0 metrics
ok "by what became of them" says \
	'address="0.0.0.0:80",cookie="1",fate="gave_up"} 400'
ok "and the error" says 'address="0.0.0.0:82",cookie="4"} 9'
ok "but not their prefixes" eval '! says 198.51'
ok "of no more than are wanted" exits 0 metrics --top 1
ok "as of addresses" [ "$(grep -c '^tcpadvisor_listener_refused_clients_error' "$tmp/out")" = 1 ]
sed -i 's/ 4008 / x /' "$sysfs/tables/refused_clients"
ok "a row that cannot be read is none" unknown refused_clients
ok "which is complained of" complains "tables/refused_clients"
ok "metrics without it are a part" exits 64 metrics
sed -i 's/ 900 / x /' "$sysfs/tables/refused_prefixes"
sed -i 's/ x / 4008 /' "$sysfs/tables/refused_clients"
ok "so is one of a prefix" unknown prefixes

# Other drops by cause, which only a table has.
new_root
listener 0.0.0.0:80@1 inode=1 other_drops=9 other_drops_child=4 other_drops_icmp=2
tabulate
ok "drops are told apart" exits 0 explain :80
ok "by their cause" says "9 for other causes = 3 SYNs + 4 without a socket for the connection + 2 by an ICMP error"
rm "$sysfs/listeners/0.0.0.0:80@1/other_drops_icmp"
tabulate
ok "an older module does not tell" exits 0 explain :80
ok "and its drops are not guessed at" eval "grep -qE '9 for other causes$' $tmp/out"
finish
