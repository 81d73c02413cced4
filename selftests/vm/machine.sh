# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The machine: one guest's life, from QEMU's command line to an exit status.
#
# $run, the run's own directory, is the channel: the guest writes `output` and
# `status` there through 9p, the serial console goes to `console`. Nothing is
# inferred from the console but that the kernel complained.
#
# Always plain emulation: a KVM device may exist and yet not run our kernels.

# The guest's command line. What is stuck fails the run rather than waits for
# its end, with patience for a busy host.
machine_append()
{
	local tag

	printf '%s' "console=$arch_console loglevel=5 panic=-1 panic_on_warn=1" \
		" oops=panic softlockup_panic=1 watchdog_thresh=30" \
		" rcupdate.rcu_cpu_stall_timeout=60" \
		" sysctl.kernel.panic_on_rcu_stall=1"
	for tag in "${!layers[@]}"; do
		printf ' vm.%s' "$tag"
	done
	[ -z "$disk" ] || printf ' vm.disk'
	# Nobody logs in, and there is no udev to say that there are terminals.
	[ -z "$systemd" ] || printf '%s' " vm.systemd systemd.show_status=no" \
		" systemd.mask=serial-getty@$arch_console.service systemd.mask=getty@tty1.service"
	[ "${#append[@]}" = 0 ] || printf ' %s' "${append[@]}"
}

# Have QEMU export the host directory $2 as $1, read-only unless $3 is empty.
machine_export()
{
	binds+=(-b "$2:/export/$1")
	qemu+=(-virtfs "local,path=/export/$1,mount_tag=$1,security_model=none,$(:
		)multidevs=remap${3-,readonly=on}")
}

# QEMU in the tools' root, and its arguments: the array `qemu`.
machine_build()
{
	local tag binds=(-b "$place/boot/kernel:/export/kernel"
			 -b "$place/boot/initramfs:/export/initramfs")

	qemu=("${arch_qemu[@]}" -nodefaults -no-user-config -display none
	      -no-reboot -m "$memory" -serial file:/export/run/console)
	if [ -n "$secure_boot" ]; then
		firmware_attach
	else
		qemu+=(-kernel /export/kernel -initrd /export/initramfs
		       -append "$(machine_append)")
	fi
	if [ -n "$icount" ]; then
		qemu+=(-accel tcg -smp "${cpus:-1}" -icount "shift=0,sleep=off")
	else
		qemu+=(-accel "tcg,thread=$threads" -smp "${cpus:-2}")
	fi
	for tag in "${!layers[@]}"; do
		machine_export "$tag" "${layers[$tag]}"
	done
	machine_export source "$top"
	machine_export run "$run" ""
	[ -z "$disk" ] || disk_attach
	qemu=("$here/enter" "${binds[@]}" "$tools_root" "${qemu[@]}")
}

# A new run directory; the newest few finished ones are kept, for a look back.
machine_directory()
{
	mkdir -p "$lab/runs"
	# Names are our own, without blanks.
	# shellcheck disable=SC2012
	ls -1dt "$lab"/runs/* 2>/dev/null | tail -n +30 | while read -r run; do
		[ -e "$run/output" ] || rm -rf "$run"
	done
	run=$(mktemp -d "$lab/runs/$series-$(date +%Y%m%d-%H%M%S)-XXXXXX") ||
		die "cannot make a directory in $lab/runs"
	: >"$run/console"
}

# Lines that mean the kernel complained. Taint notices (out-of-tree module,
# failed signature check) are none of them. Anchored behind printk's own
# prefix, so a message merely quoting such a word does not count. Prints them
# with their line numbers.
machine_complaints()
{
	local prefix='^(<[0-9]+>)?(\[[^]]*\] ?)*'
	local words='WARNING: |BUG: |Oops: |Oops\[|Internal error: |kernel BUG at |UBSAN: '
	words+='|Kernel panic|general protection fault|divide error: '
	words+='|Unable to handle kernel |ODEBUG: |refcount_t: |list_(add|del) '
	words+='|watchdog: BUG: |rcu: INFO: .* stall|INFO: (rcu|task|trying) '
	words+='|kmemleak: [0-9]+ new suspected|unregister_netdevice: waiting'
	words+='|-+\[ cut here \]|stack segment: |invalid opcode: |int3: '

	grep -a -n -E "$prefix($words)" "$run/console"
}

# Show $1 of the console's lines: from the first complaint on, or the last.
machine_console()
{
	local from

	from=$(machine_complaints | head -n 1)
	say "console ($run/console):"
	if [ -n "$from" ]; then
		tail -n "+${from%%:*}" "$run/console" | head -n "$1"
	else
		tail -n "$1" "$run/console"
	fi | tr -d '\r' >&2
}

# What became of the guest; $1 is how timeout(1) ended.
machine_verdict()
{
	local first

	first=$(machine_complaints | head -n 1)
	if [[ $first == *'int3: '* ]]; then
		machine_console 10
		say "QEMU ran stale code (README: int3); this run says nothing"
		return 254
	elif [ -n "$first" ]; then
		machine_console 60
		say "the guest's kernel complained"
		return 251
	elif [ "$1" = 124 ] || [ "$1" = 137 ]; then
		machine_console 40
		say "the guest ran past its $timeout seconds"
		return 253
	elif [ ! -s "$run/status" ]; then
		machine_console 40
		cat "$run/qemu" >&2
		say "the guest ended without a status"
		return 252
	fi
	return "$(cat "$run/status")"
}

# Words, quoted for any shell.
machine_quote()
{
	local word

	for word; do
		printf "'%s' " "${word//\'/\'\\\'\'}"
	done
}

# One guest's life, its output live on stdout; returns as timeout(1) does, or
# 141 when nobody reads that any more.
machine_live()
{
	local rc=0

	: >"$run/output"
	timeout --foreground -k 10 "$timeout" "${qemu[@]}" \
		</dev/null >"$run/qemu" 2>&1 &
	guest=$!
	# In the background too, as only `wait` lets a signal interrupt it.
	tail -s 0.1 -c +1 -f --pid="$guest" "$run/output" 2>/dev/null &
	reader=$!
	trap machine_clear EXIT
	trap 'exit 125' INT TERM HUP
	wait "$reader"
	reader=
	if kill "$guest" 2>/dev/null; then
		wait "$guest"
		rc=141
	else
		wait "$guest" || rc=$?
	fi
	guest=
	return $rc
}

# Whatever ends this run takes the guest with it.
machine_clear()
{
	[ -z "$reader" ] || kill "$reader" 2>/dev/null
	[ -z "$guest" ] || kill "$guest" 2>/dev/null
	[ -z "$disk" ] || disk_detach
	[ -z "$secure_boot" ] || firmware_detach
	rm -f "$run/output"
}

# Run the command ($@) in a guest and return its exit status.
machine_run()
{
	local rc=0

	machine_directory
	echo "exec $(machine_quote "$@")" >"$run/command"
	machine_build
	machine_live || rc=$?
	if [ ! -e "$run/started" ] && [ "$rc" != 124 ] && [ "$rc" != 141 ]; then
		say "the guest did not come up; once more ($run/console.1)"
		mv "$run/console" "$run/console.1"
		rc=0
		machine_live || rc=$?
	fi
	[ "$rc" != 141 ] || return 141
	machine_verdict "$rc"
}

# A shell on the guest's second serial line, here.
machine_shell()
{
	local rc

	machine_directory
	machine_build
	"${qemu[@]}" -serial stdio
	rc=$?
	[ -z "$disk" ] || disk_detach
	[ -z "$secure_boot" ] || firmware_detach
	machine_verdict $rc
}
