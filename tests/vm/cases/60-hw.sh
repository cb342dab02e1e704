# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
# shellcheck disable=SC2034,SC2154 # shared with common.sh
#
# "test hw" on two ports of the guest, which are hardware seen from inside.

bind "${nic[0]}" vfio-pci
bind "${nic[1]}" vfio-pci
bind "${nic[2]}" none
hw=$top/hw.sh

# refuses PATTERN WORD...: status 2, with a reason that matches.
refuses() {
	local pattern=$1 rc=0
	shift
	timeout "$hang" "$hw" "$build" "$@" >"$log" 2>&1 || rc=$?
	if ((rc != 2)) || ! grep -Eq -- "$pattern" "$log"; then
		why="status $rc, or no '$pattern', for: $*"
		return 1
	fi
}

case_hw_refuses() {
	local other
	other=$(cd /sys/bus/pci/devices && grep -L 0x10c9 -- */device | head -n 1)
	refuses 'must be named' || return
	refuses "'01:00' is no PCI address; allowed: as 0000:01:00.0" --allow 01:00,02:00 || return
	refuses 'two PCI addresses joined by a comma' --allow "${nic[0]}" || return
	refuses 'there is no device at 0000:7f:00.0' --allow "${nic[0]},0000:7f:00.0" || return
	refuses "stands there twice" --allow "${nic[0]},${nic[0]}" || return
	refuses "${other%/device} is .*, which net_syncline does not drive" --allow "${nic[0]},${other%/device}" || return
	refuses 'bound to no driver; allowed: vfio-pci' --allow "${nic[0]},${nic[2]}" || return
	grep -qF "dpdk-devbind.py -b vfio-pci ${nic[2]}" "$log" || { why="no command that binds it" && return 1; }
}

# Some of what runs there; skipped: what pulls cables, what needs Linux or four ports, what sets
# something of the machine's.
case_hw() {
	local rc=0 drivers said
	faults_expected=yes
	drivers=$(readlink /sys/bus/pci/devices/*/driver)
	SL_VM_KILLS=1 SL_VM_CASES='@(kill|link|linux|hotplug|window|intr|wild)/@(traffic*|*limit*|removal*|*MSI-X|*data*)' \
		timeout "$hang" "$hw" "$build" --allow "${nic[0]},${nic[1]}" >"$log" 2>&1 || rc=$?
	if ((rc != 0)); then why="status $rc" && return 1; fi
	for said in 'PASS traffic after kill -9, 1 times' 'PASS interrupts, MSI-X' 'PASS wild data to send' \
		'SKIP link: needs a guest' 'SKIP removal with interrupts on: needs a guest' \
		"SKIP VFIO's limit of mappings: value and cure: needs a guest"; do
		grep -q "^$said" "$log" || { why="no '$said'" && return 1; }
	done
	if grep '^FAIL' "$log"; then why="a case failed" && return 1; fi
	[[ $(readlink /sys/bus/pci/devices/*/driver) == "$drivers" ]] || { why="it changed a driver" && return 1; }
}

run_case "test hw refuses, with reason and command" case_hw_refuses
run_case "test hw runs on the two ports that are named" case_hw
