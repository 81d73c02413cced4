#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A change that a reboot has ended stays so: what is kept over a reboot later, or
# was before, is another change of the same sysctl.

. "$(dirname "$0")/lib.sh"

# boot VALUE: the next one, at which somaxconn is that.
boot()
{
	boots=$((boots + 1))
	echo "$boots$boots$boots$boots$boots$boots$boots$boots-4526-4f53-a5c8-e8cbded3cc8d" \
		>"$root/proc/sys/kernel/random/boot_id"
	sysctl net.core.somaxconn "$1"
}
boots=0

# advised CURRENT VALUE
advised()
{
	advise <<<"net.core.somaxconn $1 $2"
}

new_root
advised 128 1024
run apply --yes
boot 1024	# by a file of the administrator's
advised 1024 4096
ok "what is kept in a later boot" exits 0 apply --yes --persist
ok "and undone" exits 0 rollback
ok "leaves what the boot had set" is_sysctl net.core.somaxconn 1024
ok "and nothing of the earlier boot" no_journal

new_root
advised 128 1024
run apply --yes --persist
advised 1024 4096
run apply --yes
boot 1024	# by our file
ok "what was raised after it was kept" exits 0 verify
ok "is over" [ "$(grep -c '4096' "$tmp/out")" = 0 ]
ok "rollback" exits 0 rollback
ok "undoes what was kept" is_sysctl net.core.somaxconn 128
ok "in the file, too" [ ! -e "$root/$conf" ]

new_root
advised 128 1024
run apply --yes
run apply --yes --persist
boot 1024
ok "what was kept later in its boot" exits 0 rollback
ok "is undone after another, too" is_sysctl net.core.somaxconn 128
finish
