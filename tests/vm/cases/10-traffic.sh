# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
# shellcheck disable=SC2034,SC2154 # shared with common.sh
#
# Two ports of ours, cabled to each other.

bind "${nic[0]}" vfio-pci
bind "${nic[1]}" vfio-pci
ours=(-a "${nic[0]}" -a "${nic[1]}")

# Frames run in a ring between the ports until each way has seen WANT of them;
# then nothing more is sent, and what is under way is taken in.
case_forward() {
	local want=$1 rx0 tx0 rx1 tx1
	cat >/mnt/commands <<-TEXT
		start tx_first 8
		sleep $((want / 5000 + 5))
		stop
		set fwd rxonly
		start
		sleep 2
		stop
		show port stats all
		quit
	TEXT
	timeout 150 "$app" "${eal[@]}" "${ours[@]}" -- --rxd 1024 --txd 1024 \
		--cmdline-file /mnt/commands >"$log" 2>&1 ||
		{ why="sl-testpmd ended with status $?" && return 1; }
	rx0=$(counter "$log" 0 rx) tx0=$(counter "$log" 0 tx)
	rx1=$(counter "$log" 1 rx) tx1=$(counter "$log" 1 tx)
	why="port 0 sent $tx0, port 1 got $rx1; port 1 sent $tx1, port 0 got $rx0"
	((rx0 == tx1 && rx1 == tx0 && rx0 >= want && rx1 >= want))
}

# Stock dpdk-testpmd with our driver as plugin: frames move, all that were sent arrive.
case_stock() {
	if ! command -v dpdk-testpmd >/dev/null; then
		why="dpdk-testpmd is not installed"
		return 77
	fi
	{
		sleep 10
		printf 'start tx_first 4\n'
		sleep 15
		printf 'stop\nset fwd rxonly\nstart\n'
		sleep 3
		printf 'stop\nshow port stats all\nquit\n'
	} | timeout 120 dpdk-testpmd "${eal[@]}" "${ours[@]}" -d "$plugin" -- -i >"$log" 2>&1
	why="counters of the two ports differ"
	awk '/NIC statistics for port/ { p = $6 }
		/RX-packets:/ && /RX-missed/ { rx[p] = $2 }
		/TX-packets:/ && /TX-errors/ { tx[p] = $2 }
		END { exit !(rx[0] > 1000 && rx[0] == tx[1] && rx[1] == tx[0]) }' "$log" || return
	why=
}

run_case "forward, coherent" case_forward 50000
run_case "stock dpdk-testpmd forwards" case_stock
