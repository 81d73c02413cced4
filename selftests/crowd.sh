# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The part of bench.sh that has a crowd of listeners, and a storm of them.

# In the initial network namespace, as sysfs shows that
first()
{
	nsenter --net=/proc/self/fd/9 unshare --mount \
		sh -c "mount -t sysfs sysfs /sys; $1"
}

first_shows()
{
	[ "$(first "ls $sysfs/listeners | wc -l")" -ge "$1" ]
}

# More listeners than by default have an entry, which only root in the initial
# namespace can.
bench_crowd()
{
	local crowd=50000 begin fd holder

	mkfifo "$tmp/crowd"
	nsenter --net=/proc/self/fd/9 "$here/many_agent" <"$tmp/crowd" >"$tmp/opened" &
	holder=$!
	exec {fd}>"$tmp/crowd"
	echo "open $any 10000 $crowd" >&"$fd"
	await grep -qx ok "$tmp/opened" || bail_out "no listeners: $(<"$tmp/opened")"
	module_unload || bail_out "cannot unload the module"
	begin=$SECONDS
	module_load max_listeners=65536
	patience=300 await first_shows $crowd || bail_out "not all listeners are shown"
	ktap_print_msg "all shown after $((SECONDS - begin)) s"
	module_unload || bail_out "cannot unload the module"
	within "load, show all, unload at $crowd listeners" \
		$(((SECONDS - begin) * 100)) 6000 " s"
	exec {fd}>&-
	wait $holder
}

# The middle one of the numbers in file $1
middle()
{
	sort -n "$1" | sed -n "$((($(wc -l <"$1") + 1) / 2))p"
}

# Namespaces are made while somebody opens and closes listeners without end. With or
# without the module it takes 3 ms or 7 or 11, by how the scheduler has placed both, and
# stays so for a second: hence turns of both.
bench_storm()
{
	local storm without with

	unshare --net "$here/listener_storm" here 100000000 300 40 1 >/dev/null &
	storm=$!
	for _ in {1..15}; do
		module_unload
		netns_cost
		echo "$reply" >>"$tmp/without"
		module_load
		netns_cost
		echo "$reply" >>"$tmp/with"
	done
	without=$(middle "$tmp/without")
	with=$(middle "$tmp/with")
	ktap_print_msg "without the module, us: $(paste -sd' ' "$tmp/without")"
	ktap_print_msg "with the module, us: $(paste -sd' ' "$tmp/with")"
	ktap_print_msg "a namespace takes $without us without the module, $with with it"
	within "making a namespace while listeners come and go, compared with no module" \
		$((with * 100 / without)) 150 " times"
	kill $storm
	wait $storm
}
