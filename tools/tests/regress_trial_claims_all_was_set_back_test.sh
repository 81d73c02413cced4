#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Symptom: a trial that was cut short said that everything was set back, though the
# old value could not be written, and so the new one was in force.

. "$(dirname "$0")/lib.sh"

claims_all()
{
	grep -q "everything was set back" "$tmp/err"
}

new_root
advise <<<"net.core.somaxconn 128 8192"
listener 0.0.0.0:80@1 inode=1 backlog=128
"$plain" --sysroot "$root" apply --yes --trial 2s >"$tmp/out" 2>"$tmp/err" &
job=$!
watching before
count accept_overflows_ack 500
count completions 10000
watching after
ok "the change is in force" is_sysctl net.core.somaxconn 8192
# It can be neither read nor written now.
rm "$root/proc/sys/net/core/somaxconn"
mkdir "$root/proc/sys/net/core/somaxconn"
kill -TERM $job
wait $job 2>/dev/null
rc=$?
ok "the exit status says so" [ $rc = 64 ]
ok "it is not said that all was set back" eval "! claims_all"
ok "but that it was not" grep -q "not all of it could be undone" "$tmp/err"
finish
