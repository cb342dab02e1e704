# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
# shellcheck disable=SC2034,SC2154 # shared with common.sh and the groups
#
# Two ports of ours, cabled to each other, by sl-testpmd and dpdk-testpmd. Sourced by groups.

ours=(-a "${nic[0]}" -a "${nic[1]}")

# Until each port has received WANT frames; or, with "equal", all that the other sent.
until_received() {
	local rx0 tx0 rx1 tx1 end=$((SECONDS + $2 * patience))
	while ((SECONDS < end)); do
		app_say "show port stats all" || return
		sleep 1
		read -r rx0 tx0 rx1 tx1 < <(port_frames)
		if [[ $1 == equal ]]; then
			((rx0 == tx1 && rx1 == tx0)) && return
		else
			((rx0 >= $1 && rx1 >= $1)) && return
		fi
	done
}

# Frames run in a ring each way until each port has received WANT of them. Then
# nothing more is sent, what is under way is taken in, and the counters must be
# equal. COMMAND is sl-testpmd or dpdk-testpmd: both know these commands.
case_forward() {
	local want=$1 rx0 tx0 rx1 tx1
	shift
	app_start "$@" -i
	app_say "start tx_first 8"
	until_received "$want" 40
	app_say stop "set fwd rxonly" start
	until_received equal 5
	app_say stop "show port stats all"
	app_end || { why="the program ended with status $?" && return 1; }
	read -r rx0 tx0 rx1 tx1 < <(port_frames)
	why="port 0 sent $tx0, port 1 got $rx1; port 1 sent $tx1, port 0 got $rx0"
	((rx0 == tx1 && rx1 == tx0 && rx0 >= want && rx1 >= want)) && ! mbufs_lost
}

case_stock() {
	if ! command -v dpdk-testpmd >/dev/null; then
		why="dpdk-testpmd is not installed"
		return 77
	fi
	case_forward "$1" dpdk-testpmd "${eal[@]}" "${ours[@]}" -d "$plugin" -- --total-num-mbufs 8192
}

# The ports by the driver that DPDK has for them.
case_own() {
	if ! command -v dpdk-testpmd >/dev/null; then
		why="dpdk-testpmd is not installed"
		return 77
	fi
	case_forward "$1" dpdk-testpmd "${eal[@]}" "${ours[@]}" -- --total-num-mbufs 8192
}

# Port 0 sends known flows, port 1 has four queues; 0 of "wrong" is what the program asks.
case_rss() {
	timeout "$hang" "$build/tests/vm/rss" "${eal[@]}" "${ours[@]}" >"$log" 2>&1
}
