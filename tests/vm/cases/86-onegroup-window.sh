# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
# shellcheck disable=SC2034,SC2154 # shared with common.sh
#
# Two ports that the IOMMU cannot tell apart share a container, and its window.

both=(-a "${nic[0]}" -a "${nic[1]}")

# What the program says at its end: all frames that were sent have come.
none_lost() {
	grep -q '^loss *0 of' "$log" && ! mbufs_lost && awk '$1 == "frames" && $3 > 1000 { ok = 1 } END { exit !ok }' "$log"
}

case_shared() {
	local a b
	a=$(readlink "/sys/bus/pci/devices/${nic[0]}/iommu_group")
	b=$(readlink "/sys/bus/pci/devices/${nic[1]}/iommu_group")
	[[ -n $a && $a == "$b" ]] || { why="the guest's ports are in groups $a and $b" && return 1; }
	timeout "$hang" "$app" "${eal[@]}" "${both[@]}" -- --tx-first 4 --duration 2 >"$log" 2>&1 ||
		{ why="status $?" && return 1; }
	why="frames lost, or too few"
	none_lost || return
	why="IOMMU group ${a##*/}"
}

# The first port's close must leave the second one's window as it is.
case_one_closes() {
	local before
	app_start "$app" "${eal[@]}" "${both[@]}" -- -i --topology loop --fwd txonly
	app_wait 60 'port 1 .*: Link up' || { why="no link" && return 1; }
	app_say start stop "port stop 0" "port close 0" "show port stats 1"
	app_wait 10 '^  tx packets' || { why="port 0 cannot be closed" && return 1; }
	before=$(counter "$log" 1 tx)
	app_say start
	sleep 1
	app_say stop "show port stats 1"
	app_end || { why="sl-testpmd ended with status $?" && return 1; }
	why="port 1 sent $(($(counter "$log" 1 tx) - before)) frames after port 0 was closed"
	(($(counter "$log" 1 tx) > before + 1000)) && ! mbufs_lost
}

case_windows_differ() {
	local rc=0
	timeout "$hang" "$app" "${eal[@]}" -a "${nic[0]},window=own" -a "${nic[1]},window=$1" -- \
		--duration 1 >"$log" 2>&1 || rc=$?
	why="status $rc, or no word of the group"
	((rc != 0)) && grep -q 'another port of IOMMU group .* has window=own: give all ports of the group the same' "$log" || return
	why=
}

run_case "two ports of one IOMMU group: traffic" case_shared
run_case "two ports of one IOMMU group: one is closed, the other sends" case_one_closes
run_case "two ports of one IOMMU group: windows that differ are refused" case_windows_differ all
run_case "two ports of one IOMMU group: own beside strict is refused" case_windows_differ strict
