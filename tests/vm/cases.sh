#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
#
# cases.sh BUILD pair|linux
#
# The cases of the VM bench, run in the guest. One line each on standard
# output: "PASS name", "FAIL name: reason" or "SKIP name: reason".
#   pair   both ports are ours, cabled to each other
#   linux  port 0 belongs to Linux's igb driver, its partner is ours

set -u
build=$1
app=$build/apps/testpmd/sl-testpmd
plugin=$build/pmd/librte_net_syncline.so
eal=(-l "0,1" --in-memory -m 128)
log=/mnt/log

pass() {
	echo "PASS $1"
}

fail() {
	echo "FAIL $1: $2"
	tail -25 "$log" | sed 's/^/| /'
}

# counter FILE PORT WORD: rx or tx frames of a port as "show port stats" prints them last.
counter() {
	awk -v port="port $2" -v word="$3" '
		/^port / { here = ($0 == port) }
		here && $1 == word && $2 == "packets" { n = $3 }
		END { print n + 0 }' "$1"
}

# Frames run in a ring between the ports until each way has seen WANT of them;
# then nothing more is sent, and what is under way is taken in.
forward() {
	local name=$1 want=$2 rx0 tx0 rx1 tx1
	shift 2
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
	if ! timeout 150 "$app" "${eal[@]}" "$@" -- --rxd 1024 --txd 1024 \
		--cmdline-file /mnt/commands >"$log" 2>&1; then
		fail "$name" "sl-testpmd ended with status $?"
		return
	fi
	rx0=$(counter "$log" 0 rx) tx0=$(counter "$log" 0 tx)
	rx1=$(counter "$log" 1 rx) tx1=$(counter "$log" 1 tx)
	if ((rx0 != tx1 || rx1 != tx0)); then
		fail "$name" "port 0 sent $tx0, port 1 got $rx1; port 1 sent $tx1, port 0 got $rx0"
	elif ((rx0 < want || rx1 < want)); then
		fail "$name" "only $rx0 and $rx1 frames in the time given, $want wanted"
	else
		pass "$name ($rx1 and $rx0 frames)"
	fi
}

# Stock dpdk-testpmd with our driver as plugin: frames move, all that were sent arrive.
stock() {
	local name=$1
	if ! command -v dpdk-testpmd >/dev/null; then
		echo "SKIP $name: dpdk-testpmd is not installed"
		return
	fi
	{
		sleep 10
		printf 'start tx_first 4\n'
		sleep 15
		printf 'stop\nset fwd rxonly\nstart\n'
		sleep 3
		printf 'stop\nshow port stats all\nquit\n'
	} | timeout 120 dpdk-testpmd "${eal[@]}" -d "$plugin" -- -i >"$log" 2>&1
	if awk '/NIC statistics for port/ { p = $6 }
		/RX-packets:/ && /RX-missed/ { rx[p] = $2 }
		/TX-packets:/ && /TX-errors/ { tx[p] = $2 }
		END { exit !(rx[0] > 1000 && rx[0] == tx[1] && rx[1] == tx[0]) }' "$log"; then
		pass "$name"
	else
		fail "$name" "counters of the two ports differ"
	fi
}

# Killed in mid-traffic, the next start must find a NIC that works.
killed() {
	local name=$1 i
	for i in 1 2 3; do
		timeout -s KILL 12 "$app" "${eal[@]}" -- --tx-first 4 >"$log" 2>&1 &
		wait $! 2>/dev/null
	done
	if timeout 60 "$app" "${eal[@]}" -- --tx-first 4 --duration 4 >"$log" 2>&1 &&
		awk '$1 == "frames" && $3 > 100 { ok = 1 } END { exit !ok }' "$log"; then
		pass "$name"
	else
		fail "$name" "no traffic after $i kills"
	fi
}

cases_pair() {
	forward "forward, coherent" 50000
	stock "stock dpdk-testpmd forwards"
	killed "traffic after kill -9"
}

# ping NAME ADDRESS SIZE
ping_case() {
	local out
	if out=$(ping -c 5 -i 0.3 -W 5 -s "$3" "$2" 2>&1); then
		pass "$1"
	else
		echo "$out" >>"$log"
		fail "$1" "no answer to some of 5 requests"
	fi
}

cases_linux() {
	local netdev pid i
	netdev=$(ls /sys/bus/pci/devices/0000:01:00.0/net)
	"$app" "${eal[@]}" -- --fwd icmpecho --topology loop --mtu 9000 --duration 100 >"$log" 2>&1 &
	pid=$!
	ip addr add 198.18.0.1/24 dev "$netdev"
	ip link set "$netdev" mtu 9000 up
	ip link add link "$netdev" name vlan7 type vlan id 7
	ip addr add 198.18.7.1/24 dev vlan7
	ip link set vlan7 up
	for ((i = 0; i < 60; i++)); do
		if ping -c 1 -W 1 198.18.0.2 >/dev/null 2>&1; then break; fi
		sleep 0.5
	done
	ping_case "Linux igb pings our driver, 56 bytes" 198.18.0.2 56
	ping_case "Linux igb pings our driver, 1472 bytes" 198.18.0.2 1472
	ping_case "Linux igb pings our driver, 8972 bytes" 198.18.0.2 8972
	ping_case "Linux igb pings our driver over VLAN 7" 198.18.7.2 56
	kill "$pid"
	wait "$pid" 2>/dev/null
}

"cases_$2"
echo END
