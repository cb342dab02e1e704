#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
#
# peers.sh BUILD [PAIRS [SECONDS]]
#
# Our driver against DPDK's own, net_e1000_igb, on the same two cabled ports:
# dpdk-testpmd forwards (io) with the same arguments, ours by -d, in PAIRS (3)
# alternating pairs, each measured for SECONDS (5) after both ways are under way.
# In the guest: ./syncline vm --nics 2 -- tests/vm/peers.sh build
# SL_SIMD: widest vectors of both drivers, 64 (none) to 512 bits; without, EAL's choice.
#
# Prints frames per second, both ways together, of every run, the medians, and a
# verdict. Ends with 0 when all runs forwarded; the figures are for people.

set -u
build=${1:?usage: peers.sh BUILD [PAIRS [SECONDS]]}
pairs=${2:-3} seconds=${3:-5}
top=$(CDPATH='' cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/vm/cases/common.sh
source "$top/cases/common.sh"
few_plugins
if [[ -n ${SL_SIMD-} ]]; then eal+=("--force-max-simd-bitwidth=$SL_SIMD"); fi
bind "${nic[0]}" vfio-pci && bind "${nic[1]}" vfio-pci || exit 1

# The last rates that "show port stats" printed: port 0 and port 1.
last_rates() {
	awk '$1 == "Rx-pps:" { n++; older = newer; newer = $2 } END { if (n >= 4) print older, newer }' "$log"
}

# Shows the counters until frames went both ways for the whole time between two shows.
both_ways() {
	local a b
	app_say "show port stats all" || return
	sleep 1
	read -r a b < <(last_rates) && ((a > 0 && b > 0))
}

# forward [ARGUMENT...]: one run; frames per second, or nothing.
forward() {
	local a b
	: >"$log"
	app_start dpdk-testpmd "${eal[@]}" -a "${nic[0]}" -a "${nic[1]}" "$@" -- -i --total-num-mbufs 8192
	app_say "start tx_first 8"
	wait_until 60 both_ways
	sleep 1
	app_say "show port stats all"
	sleep "$seconds"
	app_say "show port stats all" stop
	app_end || return
	read -r a b < <(last_rates) || return
	((a > 0 && b > 0)) && echo "$((a + b))"
}

median() {
	printf '%s\n' "$@" | sort -n | awk '{ v[NR] = $1 } END { print int((v[int((NR + 1) / 2)] + v[int(NR / 2) + 1]) / 2) }'
}

# Who goes first changes from pair to pair: a load that comes or goes favours nobody.
stock=() ours=()
measure() {
	local rate
	if [[ $1 == ours ]]; then
		rate=$(forward -d "$plugin") || { echo "peers: net_syncline did not forward" && exit 1; }
		ours+=("$rate")
	else
		rate=$(forward) || { echo "peers: net_e1000_igb did not forward" && exit 1; }
		stock+=("$rate")
	fi
}

for ((i = 1; i <= pairs; i++)); do
	if ((i % 2)); then order=(stock ours); else order=(ours stock); fi
	for who in "${order[@]}"; do measure "$who"; done
	printf 'pair %d: net_e1000_igb %6d pps, net_syncline %6d pps\n' "$i" "${stock[-1]}" "${ours[-1]}"
done
a=$(median "${stock[@]}") b=$(median "${ours[@]}")
printf 'median: net_e1000_igb %6d pps, net_syncline %6d pps, %+d %%\n' "$a" "$b" "$(((b - a) * 100 / a))"
if ((b >= a)); then echo "verdict: ours is not slower"; else echo "verdict: ours is slower"; fi
