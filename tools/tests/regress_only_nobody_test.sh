#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A listener that was asked for and is not there is no success; and what a killed
# --persist has left beside its file is cleared away.

. "$(dirname "$0")/lib.sh"

new_root
listener 0.0.0.0:80@1 inode=1
ok "apply --only of a listener that is not there" exits 1 apply --only :8081
ok "says so" complains "--only :8081: no listener is called that"
ok "with --yes too" exits 1 apply --yes --only :8081
ok "one that is there" exits 0 apply --only :80
advise_two
ok "beside a key that is advised" exits 64 apply --yes --only :8081 --only net.core.somaxconn
ok "which is done" is_sysctl net.core.somaxconn 8192

: >"$root/etc/sysctl.d/.90-tcpadvisor.conf.new"
ok "rollback" exits 0 rollback
ok "clears away what a killed --persist has left" \
	[ ! -e "$root/etc/sysctl.d/.90-tcpadvisor.conf.new" ]
: >"$root/etc/sysctl.d/.90-tcpadvisor.conf.new"
ok "so does apply" exits 0 apply --yes
ok "also without --persist" [ ! -e "$root/etc/sysctl.d/.90-tcpadvisor.conf.new" ]
finish
