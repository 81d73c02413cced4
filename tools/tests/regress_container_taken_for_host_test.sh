#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A container whose /proc has an init of its own is not the host: status does not
# call it so, and --persist is refused. The module's files are made up and mounted
# over /sys.

. "$(dirname "$0")/lib.sh"

tool=$BUILD/tcpadvisor
if [ "${1-}" != inside ]; then
	if ! unshare -mnpf --mount-proc true 2>/dev/null; then
		skip "a container" "cannot make one"
		finish
	fi
	unshare -mnpf --mount-proc "$0" inside
	exit
fi

new_root
mount -t tmpfs none /var/lib && mkdir -p /etc/sysctl.d &&
	mount -t tmpfs -o mode=755 none /etc/sysctl.d && mount --bind "$root/sys" /sys || exit
somaxconn=$(cat /proc/sys/net/core/somaxconn)
cat >"$sysfs/recommend" <<-END
	# tcpadvisor netns=$(stat -L -c %i /proc/self/ns/net) generation=7 window=60s
	# net.core.somaxconn $somaxconn -> 16384: because
	net.core.somaxconn = 16384
END

run()
{
	"$tool" "$@" >"$tmp/out" 2>"$tmp/err" </dev/null
	rc=$?
}
not()
{
	! "$@"
}

ok "status" exits 0 status -i 0
ok "calls it a namespace" says "namespace "
ok "and not the host's own" not says "the host's own"
ok "--persist is refused" exits 1 apply --yes --persist
ok "because this is no host" complains "sysctl.d is read for the host's own network namespace only"
ok "it is not changed" [ "$(cat /proc/sys/net/core/somaxconn)" = "$somaxconn" ]
ok "nothing is written" [ ! -e /etc/sysctl.d/90-tcpadvisor.conf ]
ok "without --persist it is done" exits 0 apply --yes
ok "and undone" exits 0 rollback
ok "a sysctl of the host" exits 0 explain netdev_max_backlog
ok "is not said to be missing in the kernel" says "not in this network namespace: set on the host"
finish
