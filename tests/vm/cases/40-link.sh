# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
# shellcheck disable=SC2034,SC2154 # shared with common.sh
#
# The hypervisor pulls the cable of our port and puts it back; Linux's igb at the
# other end pings through it. Gentle traffic: QEMU answers its monitor late when
# it is kept busy sending.

bind "${nic[0]}" vfio-pci
bind "${nic[1]}" igb

# ms_after START PATTERN: milliseconds from START to when the last such event was noted.
ms_after() {
	awk -v a="$1" -v b="$(event_time "$2")" 'BEGIN { printf "%d", (b - a) * 1000 }'
}

pings() {
	ping -c 1 -W 1 198.18.1.2
}

# switch on|off WORDS: the link. Sets ms: how long its event took.
switch() {
	local from since
	from=$(app_lines)
	since=$EPOCHREALTIME
	host set_link "${nic[0]}" "$1" >>/mnt/host.log || { why=$(tail -n 1 /mnt/host.log) && return 1; }
	app_wait 5 "port 0 .*: $2" "$from" || { why="no event of '$2' in 5 s" && return 1; }
	ms=$(ms_after "$since" "port 0 .*: $2")
}

# The cable out and in again. Sets down and up, how long the events took.
pull_and_plug() {
	local ms
	switch off 'Link down' || return
	down=$ms
	if pings >/dev/null 2>&1; then why="an answer over a cable that is pulled" && return 1; fi
	switch on 'Link up' || return
	up=$ms
	wait_until 10 pings || { why="no answer after the link came back" && return 1; }
}

case_link() {
	local down up tries
	app_start "$app" "${eal[@]}" -a "${nic[0]}" -- -i --fwd icmpecho --topology loop
	app_say start
	wait_until 40 pings || { why="no answer before the cable was pulled" && return 1; }
	# A machine that has no CPU for the guest at that moment is late, whatever the driver does:
	# a driver that is late by itself is so each time.
	for tries in 1 2 3 4 5; do
		pull_and_plug || return
		((down <= 1000 && up <= 1000)) && break
	done
	app_end || { why="sl-testpmd ended with status $?" && return 1; }
	if mbufs_lost; then why="mbufs lost" && return 1; fi
	why="events after $down and $up ms, try $tries"
	((down <= 1000 && up <= 1000))
}

netdev=$(netdev_of "${nic[1]}")
ip addr add 198.18.1.1/24 dev "$netdev"
ip link set "$netdev" up
run_case "link down and up: event within 1 s, traffic again" case_link
host set_link "${nic[0]}" on >>/mnt/host.log
ip addr flush dev "$netdev"
ip link set "$netdev" down
