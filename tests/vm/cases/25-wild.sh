# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
# shellcheck disable=SC2034,SC2154 # shared with common.sh
#
# Descriptors and rings that point outside the DMA window: the IOMMU refuses, no
# byte is written, the queue works again.

bind "${nic[0]}" vfio-pci
bind "${nic[1]}" vfio-pci

# case_wild CASE: the program's checks, and the IOMMU's word in the kernel's log. That leaves off
# after ten faults in 5 s, those of the case before among them: then once more.
case_wild() {
	behind_iommu || return
	faults_expected=yes
	wild "$1" || { [[ $why == "the IOMMU reported"* ]] && sleep 6 && wild "$1"; }
}

wild() {
	local place
	timeout "$hang" "$build/tests/vm/wild" "${eal[@]}" -a "${nic[0]}" -a "${nic[1]}" -- "$1" \
		>"$log" 2>&1 || { why=$(grep '^wild:' "$log" | tail -n 1) && return 1; }
	place=$(sed -n 's/^wild: place 0x//p' "$log")
	why=$(grep '^wild:' "$log" | tail -n 2 | head -n 1)
	if ! dmesg | tee -a "$log" | grep -iE "(fault addr |address=)0x0*${place:0:-3}" >/dev/null; then
		why="the IOMMU reported no fault at 0x$place"
		return 1
	fi
}

run_case "wild receive buffers: refused, nothing written" case_wild rx-payload
run_case "wild receive ring: refused, found and mended" case_wild rx-ring
run_case "wild data to send: refused, the rest arrives" case_wild tx-payload
run_case "wild head write-back: refused, found and mended" case_wild tx-head
