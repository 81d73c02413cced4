#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The units of tools/systemd under a real systemd, which runs in a throw-away root as
# the first process of namespaces of its own: no guest, so no module either. In its
# place there are files, and in the place of `tcpadvisor apply` something that notes how
# it is called, and fails twice; `watch` and `metrics` are the real ones.

# shellcheck source=selftests/host/lib.sh
. "$(dirname "$(readlink -f "$0")")/lib.sh"

self=$(readlink -f "$0")
results=/root/results
sysfs=/sys/kernel/tcpadvisor
calls=/run/calls
metrics=/var/lib/prometheus/node-exporter/tcpadvisor.prom

### Before systemd

# What a module would say: one change is advised.
make_sysfs()
{
	BUILD=$work bash -s >/dev/null <<-END || return
		. "$sources/tools/tests/lib.sh"
		new_root
		printf '%s\n' "# net.core.somaxconn 16 -> 128: 1 listener needs it" \
			"net.core.somaxconn = 128" | recommend
		cp -r "\$root$sysfs" /root/sysfs
	END
	sed -i "s/netns=[0-9]*/netns=$(stat -L -c %i /proc/self/ns/net)/" \
		/root/sysfs/recommend
}

stand_in()
{
	mv /usr/sbin/tcpadvisor /usr/sbin/tcpadvisor.real
	cat >/usr/sbin/tcpadvisor <<-END
		#!/bin/sh
		case \$* in
		*apply*) ;;
		*) exec /usr/sbin/tcpadvisor.real "\$@" ;;
		esac
		echo "\$*" >>$calls
		[ "\$(wc -l <$calls)" -gt 2 ]
	END
	chmod +x /usr/sbin/tcpadvisor
}

make_services()
{
	local place=/etc/systemd/system

	mkdir -p "$place/tcpadvisor-live@fleet.service.d" "${metrics%/*}"
	printf '[Service]\nEnvironment=BACKLOG=4096\n' \
		>"$place/tcpadvisor-live@fleet.service.d/override.conf"
	printf '[Service]\nExecStart=/bin/sleep 1000\nRestart=always\n' >"$place/fleet.service"
	printf '%s\n' "[Unit]" After=multi-user.target "[Service]" \
		"Environment=KSFT_DIR=$KSFT_DIR TCPADVISOR_SOURCES=$sources KVER=$kernel" \
		"ExecStart=$self inside" >"$place/inside.service"
	systemctl enable tcpadvisor-live@fleet
	systemctl add-wants multi-user.target inside.service
}

# The first process of its namespaces becomes systemd.
become_systemd()
{
	mount -t proc proc /proc && mount -t sysfs sysfs /sys &&
		mount -t cgroup2 cgroup2 /sys/fs/cgroup && mount -t tmpfs tmpfs /run &&
		mount -t tmpfs tmpfs /sys/kernel && make_sysfs &&
		mv /root/sysfs "$sysfs" && exec env -i container=other /sbin/init
}

# It has a cgroup of its own, which goes with it.
run_systemd()
{
	local tree=$work/cgroup group

	group=$tree/tcpadvisor-test.$$
	mkdir "$tree"
	mount -t cgroup2 cgroup2 "$tree" && mkdir "$group" || return
	(
		echo "$BASHPID" >"$group/cgroup.procs"
		exec timeout -s KILL 120 unshare --fork --pid --kill-child --cgroup --uts --ipc --net \
			--mount "$self" become
	) >"$work/systemd" 2>&1
	echo 1 >"$group/cgroup.kill"
	find "$group" -depth -type d -exec rmdir {} +
	umount "$tree"
}

### As a service of it

await()
{
	local end=$((SECONDS + 30))

	until "$@"; do
		[ "$SECONDS" -lt "$end" ] || return
		sleep 0.1
	done
}

called()
{
	[ "$(wc -l <$calls)" -ge "$1" ] && ! systemctl -q is-active tcpadvisor-live@fleet
}

tried()
{
	systemctl start fleet && await called 3 &&
		[ "$(sort -u $calls)" = "--netns fleet.service apply --yes --live --only $(:
			)fleet.service --at-least 4096" ]
}

# again COMMAND...: it is called once more at least after that.
again()
{
	local before

	before=$(wc -l <$calls)
	"$@" && await called $((before + 1))
}

watches()
{
	systemctl start tcpadvisor-watch &&
		[ "$(systemctl show -P StatusText tcpadvisor-watch)" = "1 advised" ]
}

in_journal()
{
	journalctl -q -t tcpadvisor -o export TCPADVISOR_KIND=sysctl \
		TCPADVISOR_NAME=net.core.somaxconn TCPADVISOR_CURRENT=16 \
		TCPADVISOR_PROPOSED=128 PRIORITY=5 _SYSTEMD_UNIT=tcpadvisor-watch.service |
		grep '^MESSAGE=net.core.somaxconn 16 -> 128'
}

writes_metrics()
{
	systemctl start tcpadvisor-metrics.timer &&
		await grep -s '^tcpadvisor_module_loaded 1$' "$metrics"
}

inside()
{
	ktap_print_header
	ktap_set_plan 6
	check "a service's backlog is raised, tried until that works" tried
	check "and again when it restarts" again systemctl restart fleet
	check "and again when it dies" again systemctl kill -s KILL fleet
	check "watch --log is ready once it has written what is advised" watches
	check "which is in the journal, with fields" await in_journal
	check "the timer writes metrics" writes_metrics
	ktap_finished
}

case ${1-} in
become) become_systemd ;;
inside)
	(inside) >$results 2>&1
	systemctl --no-block exit
	;;
*)
	[ -x /sbin/init ] || skip_all "needs systemd"
	{
		make -s -C "$sources/tools" install PREFIX=/usr && stand_in && make_services
	} >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
	run_systemd
	cat $results || cat "$work/systemd"
	! grep -q '^not ok' $results
	;;
esac
