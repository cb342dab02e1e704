# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
# shellcheck disable=SC2034,SC2154 # shared with common.sh
#
# Killed in mid-traffic, the next start must find a NIC that works.

bind "${nic[0]}" vfio-pci
bind "${nic[1]}" vfio-pci

# Every start must forward, and is killed while it does. In the guest, every second one has its
# hugepages in files, which it leaves behind.
case_killed() {
	local ours=(-a "${nic[0]}" -a "${nic[1]}") with=("${eal[@]}") i pid free
	free=$(free_hugepages)
	for ((i = 1; i <= $1; i++)); do
		echo "start $i of $1" # a sign of life
		if in_guest; then with=(-l "0,1" -m 128); fi
		if in_guest && ((i % 2)); then with+=(--in-memory); fi
		"$app" "${with[@]}" "${ours[@]}" -- --tx-first 4 --stats-period 0.2 >"$log" 2>&1 &
		pid=$!
		# A rate line with frames in it: it forwards now.
		wait_until 60 grep -Eq ' rx +(0\.00[1-9]|0\.0[1-9]|0\.[1-9]|[1-9])' "$log" ||
			{ why="no traffic at start $i" && kill -9 "$pid" && return 1; }
		kill -9 "$pid"
		wait "$pid" 2>/dev/null
	done
	timeout "$hang" "$app" "${with[@]}" "${ours[@]}" -- --tx-first 4 --duration 2 >"$log" 2>&1 ||
		{ why="status $? after $1 kills" && return 1; }
	why="no traffic after $1 kills"
	awk '$1 == "frames" && $3 > 100 { ok = 1 } END { exit !ok }' "$log" || return
	if mbufs_lost; then why="mbufs lost" && return 1; fi
	# One that is EAL's own stays in a file after any end.
	why="$(free_hugepages) hugepages are free, $free were"
	(($(free_hugepages) >= free - 1)) || return
	why=
}

free_hugepages() {
	awk '$1 == "HugePages_Free:" { print $2 }' /proc/meminfo
}

kills=${SL_VM_KILLS:-10}
run_case "traffic after kill -9, $kills times" case_killed "$kills"
