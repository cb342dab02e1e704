# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
# shellcheck disable=SC2034,SC2154 # shared with common.sh
#
# A card is pulled out while it forwards, and put back.

# Few frames go round: QEMU answers its monitor late when it is kept busy.
gentle=(--burst 4)
four=()
for bdf in "${nic[@]}"; do
	bind "$bdf" vfio-pci
	four+=(-a "$bdf")
done

# rx_of PORT: frames it has received.
rx_of() {
	local from
	from=$(app_lines)
	app_say "show port stats $1"
	app_wait 5 '^  tx packets' "$from"
	counter "$log" "$1" rx
}

receives_past() {
	(($(rx_of "$1") > $2))
}

# forwards PORT: does it receive?
forwards() {
	local before
	before=$(rx_of "$1")
	wait_until 8 receives_past "$1" $((before + 20)) || { why="port $1 does not receive" && return 1; }
}

# Out with port 3 and back in. The program hears it from the kernel or from the driver, whoever
# is first; that the driver tells is the business of group intr.
pull() {
	host device_del "${nic[3]}" >>/mnt/host.log || { why=$(tail -n 1 /mnt/host.log) && return 1; }
	app_wait 5 'port 3 .*was removed' || { why="no removal event" && return 1; }
	[[ ! -e /sys/bus/pci/devices/${nic[3]} ]] || { why="the device is still there" && return 1; }
}

put_back() {
	host device_add "${nic[3]}" >>/mnt/host.log || { why=$(tail -n 1 /mnt/host.log) && return 1; }
	wait_until 10 test -e "/sys/bus/pci/devices/${nic[3]}" || { why="the device did not come back" && return 1; }
	bind "${nic[3]}" vfio-pci || { why="it cannot be bound to vfio-pci" && return 1; }
}

case_hotplug() {
	local from port
	app_start "$app" "${eal[@]}" "${four[@]}" -- -i "${gentle[@]}"
	# What is sent before the links are up is lost.
	for port in 0 1 2 3; do
		app_wait 60 "port $port .*: Link up" || { why="no link at port $port" && return 1; }
	done
	app_say "start tx_first 2"
	forwards 0 && forwards 3 || return
	pull || return
	forwards 0 && forwards 1 || return
	put_back || return
	app_wait 5 "device ${nic[3]} has come" || { why="the new device was not told" && return 1; }
	from=$(app_lines)
	app_say "port attach ${nic[3]}"
	app_wait 10 'port 3 is attached' "$from" || { why="port attach did not take it in" && return 1; }
	forwards 0 || return
	app_say "port start 3"
	app_wait 20 'port 3 .*: Link up' "$from" || { why="no link at the new port 3" && return 1; }
	app_say stop "start tx_first 2"
	forwards 0 && forwards 2 && forwards 3 || return
	app_end || { why="sl-testpmd ended with status $?" && return 1; }
	if mbufs_lost; then why="mbufs lost" && return 1; fi
	why=
}

# The only pair goes: nothing is left to forward, and the program still ends as it should.
case_last_port() {
	local rc=0
	app_start "$app" "${eal[@]}" -a "${nic[3]}" -- -i --topology loop --fwd rxonly --fail-on-loss
	app_say start
	app_wait 40 'port 0 .*: Link up'
	host device_del "${nic[3]}" >>/mnt/host.log || { why=$(tail -n 1 /mnt/host.log) && return 1; }
	app_wait 5 'port 0 .*was removed' || { why="no removal event" && return 1; }
	app_end || rc=$?
	if ((rc != 3)); then why="status $rc, not 3 as documented for a removed port" && return 1; fi
	if mbufs_lost; then why="mbufs lost" && return 1; fi
	why=
}

run_case "device pulled while forwarding, put back, forwards again" case_hotplug
put_back 2>/dev/null
run_case "the last device pulled: ends with status 3" case_last_port
put_back 2>/dev/null
