#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# status --check: one line and an exit status; verify: whether what was applied is in
# force.

. "$(dirname "$0")/lib.sh"

one_line()
{
	[ "$(wc -l <"$tmp/out")" = 1 ] && grep -q "^TCPADVISOR $1: .* | refused=[0-9]* advice=$2 troubled=$3\$" \
		"$tmp/out"
}

check=(status --check -i 1ms)
new_root
ok "nothing to do" exits 0 "${check[@]}"
ok "is said in a line" one_line OK 0 0
listener 0.0.0.0:80@1 verdict=ok accept_overflows_ack=77
ok "an old refusal is nothing to do" exits 0 "${check[@]}"
listener 0.0.0.0:81@2 verdict=undecided
ok "nor is what is not decided" exits 0 "${check[@]}"
advise_two
ok "advice" exits 1 "${check[@]}"
ok "is said" one_line ADVICE 2 0
recommend </dev/null
listener 0.0.0.0:82@3 verdict=app-slow
ok "a verdict without a sysctl" exits 1 "${check[@]}"
ok "is said too" one_line ADVICE 0 1
ok "with its name" says "0.0.0.0:82 app-slow"
process 4711 'x|refused=0' 3=81
echo 81 >"$sysfs/listeners/0.0.0.0:82@3/inode"
ok "a program's name with a bar" exits 1 "${check[@]}"
ok "does not end what is for people" says "0.0.0.0:82 (x?refused=0) app-slow | refused=0"
ports 0 0 28232 0 ports-tight </dev/null
ok "ports" exits 1 "${check[@]}"
ok "count as well" one_line ADVICE 0 2
rm -r "$sysfs/listeners/0.0.0.0:82@3"
ok "and alone" exits 1 "${check[@]}"
ok "JSON" exits 1 "${check[@]}" --json
ok "has it" says '"check": "ADVICE"'

# Refusals for as long as somebody looks.
refuse_on()
{
	local n=1000

	while :; do
		n=$((n + 1))
		echo "$n" >"$sysfs/untracked/.new"
		mv "$sysfs/untracked/.new" "$sysfs/untracked/accept_overflows_syn"
	done
}

refusing()
{
	local i

	refuse_on &
	for ((i = 0; i < 300; i++)); do
		run status --check -i 200ms
		[ "$rc" != 2 ] || break
	done
	kill $!
	wait $! 2>/dev/null
	[ "$rc" = 2 ]
}
ok "refusing now" refusing
ok "is said first" says "TCPADVISOR REFUSING: "
new_root
rm -r "$sysfs"
ok "without the module" exits 3 "${check[@]}"
ok "says why in the line" says "TCPADVISOR UNKNOWN: 0 refused in 0.001 s, 0 sysctls advised, 0 in trouble; "
ok "bad usage is not taken for refusals" exits 3 status --check --frobnicate
ok "before the option either" exits 3 status -i soon --check
new_root
listener 0.0.0.0:80@1
rm "$sysfs/listeners/0.0.0.0:80@1/backlog"
mkdir "$sysfs/listeners/0.0.0.0:80@1/backlog"
ok "what cannot be read" exits 3 "${check[@]}"

new_root
ok "nothing was applied" exits 0 verify
ok "which is said" says "Nothing to verify: tcpadvisor has changed nothing here"
advise_two
run apply --yes --persist
ok "all of it is in force" exits 0 verify
ok "and said" says "net.core.somaxconn  8192  in force"
ok "in the file too" says "90-tcpadvisor.conf: net.core.somaxconn  8192  in force"
sysctl net.core.somaxconn 4096
ok "somebody else's value" exits 1 verify
ok "is shown" says "net.core.somaxconn  8192  changed: it is 4096 now"
sysctl net.core.somaxconn 128
ok "the old value" exits 1 verify --json
ok "is one that was set back" says '"state": "set back"'
advise <<<"net.core.somaxconn 128 16384"
run apply --yes
ok "of two changes the newest counts" exits 0 verify
ok "alone" [ "$(grep -c '^  net.core.somaxconn' "$tmp/out")" = 1 ]
rm "$root/$conf"
ok "the file is gone" exits 1 verify
ok "and said to be" says "90-tcpadvisor.conf: net.core.somaxconn  8192  set back: it is - now"
run rollback
ok "nothing after rollback" exits 0 verify
new_root
advise_two
run apply --yes
sed -i '2s/somaxconn/somaxcomm/' "$root/var/lib/tcpadvisor/journal"
ok "what the journal has lost may not be in force" exits 1 verify
ok "though all else is" says "All in force"
finish
