# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
# shellcheck disable=SC2034,SC2154 # shared with common.sh
#
# coherency=checked behind vfio: the IOMMU maps the checker's copies, so the NIC
# sees what was handed over and nothing else. The driver as it is comes through;
# without one of its sync calls it does not.

bind "${nic[0]}" vfio-pci
bind "${nic[1]}" vfio-pci

case_checked() {
	behind_iommu || return
	local checked=coherency=checked,check_policy=count
	timeout "$hang" "$build/tests/vm/checked" "${eal[@]}" -a "${nic[0]},$checked" -a "${nic[1]},$checked" \
		>"$log" 2>&1 || { why=$(tail -n 1 "$log") && return 1; }
	why=$(sed -n 's/^as it is: //p; s/^passed: //p' "$log" | paste -sd ';' | sed 's/;/; /')
}

run_case "checked memory: nothing found, then each sync call left out shows" case_checked
