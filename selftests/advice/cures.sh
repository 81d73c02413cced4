# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What else people do about refused connections, to compare tcpadvisor with. It
# is in place before the server starts, which is the best that can be made of it:
# a listener that exists keeps the backlog it has. bpftune is not here, as it is
# one for the whole host: ./runs starts it.

# Called by each server's function before it starts the server.
cure_begins()
{
	[ "$cure" != guides ] || guides_begin
}

# What guides have one write to sysctl.conf.
guides_begin()
{
	knob core/somaxconn 65535
	knob ipv4/tcp_max_syn_backlog 65535
	knob ipv4/tcp_tw_reuse 1
	knob ipv4/tcp_fin_timeout 30
}
