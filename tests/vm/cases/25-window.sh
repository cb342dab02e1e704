# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
# shellcheck disable=SC2034,SC2154 # shared with common.sh
#
# The NIC's DMA window: what it can reach, and what it cannot.

bind "${nic[0]}" vfio-pci
bind "${nic[1]}" vfio-pci
if in_guest; then dmesg -n 1; fi # no faults on the console

window_program() {
	local window=$1
	shift
	timeout "$hang" "$build/tests/vm/window" -a "${nic[0]},window=$window" \
		-a "${nic[1]},window=$window" "$@"
}

# figure NAME: of port 0, as "show port xstats" prints it.
figure() {
	awk -v name="$1" '$1 == name { print $2; exit }' "$log"
}

# Traffic with a window and a kind of mempool, and the window's size in "bytes".
traffic() {
	cat >/mnt/commands <<-TEXT
		start tx_first 4
		sleep 2
		stop
		set fwd rxonly
		start
		sleep 1
		stop
		show port stats all
		show port xstats all
		quit
	TEXT
	timeout "$hang" "$app" "${eal[@]}" -a "${nic[0]},window=$1" -a "${nic[1]},window=$1" -- \
		--pool "$2" --cmdline-file /mnt/commands >"$log" 2>&1 ||
		{ why="window=$1: the program ended with status $?" && return 1; }
	why="window=$1: port 0 sent $(counter "$log" 0 tx), port 1 got $(counter "$log" 1 rx)"
	[[ $(counter "$log" 0 tx) == $(counter "$log" 1 rx) &&
		$(counter "$log" 1 tx) == $(counter "$log" 0 rx) ]] || return 1
	(($(counter "$log" 1 rx) > 1000)) || return 1
	bytes=$(figure dma_window_bytes)
}

# Own: the rings and heads of one queue pair, and the pool; all: what EAL has.
case_bytes() {
	local own bytes
	behind_iommu || return
	traffic own apart || return
	own=$bytes
	traffic all apart || return
	why="the NIC reaches $own bytes, with window=all $bytes"
	((own > 0 && own * 2 < bytes && bytes == 128 << 20))
}

# Strict: no more than own, which with an ordinary mempool has the headers too.
case_strict_bytes() {
	local strict own bytes
	behind_iommu || return
	traffic strict apart || return
	strict=$bytes
	traffic own apart || return
	own=$bytes
	traffic own ordinary || return
	why="the NIC reaches $strict bytes, with window=own $own, with an ordinary mempool $bytes"
	((strict > 0 && strict <= own && own < bytes))
}

# Whom to ask for another mempool, and why.
case_strict_refuses() {
	local status=0
	behind_iommu || return
	timeout "$hang" "$app" "${eal[@]}" -a "${nic[0]},window=strict" -- --pool ordinary \
		--cmdline-file /dev/null >"$log" 2>&1 || status=$?
	why="status $status, or no word of the mbuf headers"
	((status != 0)) || return
	grep -q "window=strict: mempool .* has mbuf headers beside its data.*take sl_pktmbuf_pool_create()" "$log" || return
	why=
}

# Status of the program; with FAULTS "some" the IOMMU must have stopped something.
case_program() {
	local window=$1 name=$2 want=$3 before
	shift 3
	behind_iommu || return
	if [[ $want == some ]]; then
		faults_expected=yes
		dma_faults_tell
	fi
	before=$(dma_faults)
	window_program "$window" "$@" -- "$name" >"$log" 2>&1 || { why="status $?" && return 1; }
	why=$(grep '^window:' "$log" | tail -n 1)
	if [[ $want == some && $(dma_faults) == "$before" ]]; then
		why="the IOMMU has reported nothing"
		return 1
	fi
}

# Another process has the group: who, and what to do.
case_group_in_use() {
	local group status=0
	behind_iommu || return
	group=$(basename "$(readlink "/sys/bus/pci/devices/${nic[0]}/iommu_group")")
	(
		exec 9<>"/dev/vfio/$group"
		timeout "$hang" "$app" "${eal[@]}" -a "${nic[0]}" -- --cmdline-file /dev/null 9>&-
	) >"$log" 2>&1 || status=$?
	((status != 0)) && grep -q "IOMMU group $group is in use.*fuser -v /dev/vfio/$group" "$log"
}

# VFIO's limits: each names itself, its value and the cure.
case_entry_limit() {
	local file=/sys/module/vfio_iommu_type1/parameters/dma_entry_limit before status=0
	in_guest || return
	before=$(<$file)
	echo 2 >$file
	timeout "$hang" "$app" "${eal[@]}" -a "${nic[0]}" -- --cmdline-file /dev/null >"$log" 2>&1 || status=$?
	echo "$before" >$file
	((status != 0)) && grep -q 'dma_entry_limit is 2' "$log"
}

# Without CAP_IPC_LOCK, as an ordinary user is, and a limit less than the mempool.
case_memlock() {
	local status=0
	behind_iommu || return
	(
		ulimit -l 2048
		timeout "$hang" setpriv --inh-caps=-ipc_lock --bounding-set=-ipc_lock "$app" "${eal[@]}" \
			-a "${nic[0]}" -- --cmdline-file /dev/null
	) >"$log" 2>&1 || status=$?
	((status != 0)) && grep -q 'RLIMIT_MEMLOCK is 2097152 bytes' "$log"
}

run_case "own window: rings and mempools in use alone" case_bytes
run_case "strict window: frames come and go, and what it has" case_strict_bytes
run_case "strict window: an ordinary mempool is refused" case_strict_refuses
run_case "external buffers through rte_dev_dma_map" case_program own external none "${eal[@]}"
run_case "external buffers, window=all" case_program all external none "${eal[@]}"
run_case "mempools freed and created again" case_program own pools none "${eal[@]}"
run_case "memory given back to the system and taken anew" \
	case_program own unplug none -l 0 --in-memory -m 32
run_case "the NIC cannot write what it may only read" case_program own readonly some "${eal[@]}"
run_case "strict window: what it may only read, the NIC cannot write" case_program strict readonly some "${eal[@]}"
run_case "the NIC cannot write mbuf headers apart from their data" \
	case_program own headers some "${eal[@]}"
run_case "strict window: mempools of all kinds to send from" case_program strict pools none "${eal[@]}"
run_case "window=all: the NIC can" case_program all writable none "${eal[@]}"
run_case "IOMMU group in use: cause and cure" case_group_in_use
run_case "VFIO's limit of mappings: value and cure" case_entry_limit
run_case "RLIMIT_MEMLOCK: value and cure" case_memlock
