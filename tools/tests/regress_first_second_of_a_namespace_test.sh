#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Until the module has taken the first sample of a namespace its advice has no
# window: that is no mismatch of versions.

. "$(dirname "$0")/lib.sh"

new_root
printf '# tcpadvisor netns=4026531840 generation=0\n# no sample taken yet\n' >"$sysfs/recommend"
echo 0 >"$sysfs/generation"
listener 0.0.0.0:80@1 inode=1
for command in "status -i 0" listeners timewait "explain somaxconn" "explain :80" \
	apply "apply --yes" "watch -n 1" "status -i 0 --json" "apply --json"; do
	read -r -a words <<<"$command"
	[ "$command" != "explain somaxconn" ] || sysctl net.core.somaxconn 128
	ok "$command" exits 0 "${words[@]}"
	ok "$command: complains of nothing" [ ! -s "$tmp/err" ]
done
run status -i 0
ok "status says so" says "no sample taken yet"
run apply
ok "apply too" says "the module has taken no sample of this namespace"
finish
