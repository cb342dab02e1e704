# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
# shellcheck disable=SC2034,SC2154 # shared with common.sh
#
# Killed in mid-traffic, the next start must find a NIC that works.

bind "${nic[0]}" vfio-pci
bind "${nic[1]}" vfio-pci

case_killed() {
	local ours=(-a "${nic[0]}" -a "${nic[1]}") i
	for ((i = 0; i < $1; i++)); do
		timeout -s KILL 12 "$app" "${eal[@]}" "${ours[@]}" -- --tx-first 4 >"$log" 2>&1 &
		wait $! 2>/dev/null
	done
	why="no traffic after $i kills"
	timeout 60 "$app" "${eal[@]}" "${ours[@]}" -- --tx-first 4 --duration 4 >"$log" 2>&1 &&
		awk '$1 == "frames" && $3 > 100 { ok = 1 } END { exit !ok }' "$log" || return
	why=
}

run_case "traffic after kill -9" case_killed 3
