# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
# shellcheck disable=SC2034,SC2154 # shared with common.sh
#
# Linux's igb on one end of the cable, our driver with icmpecho on the other.

bind "${nic[0]}" igb
bind "${nic[1]}" vfio-pci

case_ping() {
	why="no answer to some of 5 requests"
	ping -c 5 -i 0.3 -W 5 -s "$2" "$1" >>"$log" 2>&1 || return
	why=
}

linux_ping() {
	local netdev pid
	netdev=$(netdev_of "${nic[0]}")
	"$app" "${eal[@]}" -a "${nic[1]}" -- --fwd icmpecho --topology loop --mtu 9000 \
		--duration "$hang" >/mnt/echo.log 2>&1 &
	pid=$!
	ip addr add 198.18.0.1/24 dev "$netdev"
	ip link set "$netdev" mtu 9000 up
	ip link add link "$netdev" name vlan7 type vlan id 7
	ip addr add 198.18.7.1/24 dev vlan7
	ip link set vlan7 up
	wait_until 60 ping -c 1 -W 1 198.18.0.2
	run_case "Linux igb pings our driver, 56 bytes" case_ping 198.18.0.2 56
	run_case "Linux igb pings our driver, 1472 bytes" case_ping 198.18.0.2 1472
	run_case "Linux igb pings our driver, 8972 bytes" case_ping 198.18.0.2 8972
	run_case "Linux igb pings our driver over VLAN 7" case_ping 198.18.7.2 56
	kill "$pid"
	wait "$pid" 2>/dev/null
	ip link del vlan7
	ip link set "$netdev" down
}

linux_ping
