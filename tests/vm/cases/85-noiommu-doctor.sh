# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
# shellcheck disable=SC2034,SC2154 # shared with common.sh
#
# A machine without an IOMMU, whose vfio has no no-IOMMU mode, as Debian builds it:
# uio_pci_generic is what is left.

# shellcheck source=tests/vm/cases/ailments.sh
source "$top/cases/ailments.sh"

mode=/sys/module/vfio/parameters/enable_unsafe_noiommu_mode
port=${nic[0]}
plain=("$app" "${eal[@]}")

# Both ports are with uio_pci_generic.
both_uio() {
	bind "${nic[0]}" uio_pci_generic && bind "${nic[1]}" uio_pci_generic && return
	why="uio_pci_generic does not take the ports"
	return 1
}

# Nothing that the kernel does not have is advised.
case_advice() {
	if [[ -e $mode ]]; then skip_case "this kernel's vfio has a no-IOMMU mode" || return; fi
	bind "$port" none
	refused "-a $port .* no IOMMU in use .* Mend: .* dpdk-devbind.py -b uio_pci_generic $port" \
		"${plain[@]}" -a "$port" || return
	doctor "$port"
	says '^fix +no IOMMU in use .* vfio has no no-IOMMU mode' && says "or: .* -b uio_pci_generic $port" || return
	if grep -q "$mode" "$log"; then
		why="advises $mode, which is not there"
		return 1
	fi
	bind "$port" uio_pci_generic || { why="uio_pci_generic does not take $port" && return 1; }
	doctor "$port" || { why="doctor has something to fix with uio_pci_generic" && return 1; }
	says '^note +no IOMMU in use' && says "^note +$port is bound to uio_pci_generic: works, as root"
}

case_traffic() {
	both_uio || return
	traffic "${plain[@]}" -a "${nic[0]}" -a "${nic[1]}" || return
	(($(grep -c 'no IOMMU stands between the NIC and memory' "$log") == 2)) && return
	why="no word of the missing protection for each port"
	return 1
}

# What window=strict promises cannot be had here.
case_strict() {
	both_uio || return
	why="strict is taken, or refused without its reason"
	timeout "$hang" "${plain[@]}" -a "$port,window=strict" -- --cmdline-file /dev/null >"$log" 2>&1 </dev/null &&
		return 1
	grep -q "window=strict, but no IOMMU stands between the NIC and memory" "$log" || return
	why=
}

# uio leaves the NIC of a killed process running: it is stopped before anything else.
case_left_running() {
	local pid
	both_uio || return
	"${plain[@]}" -a "${nic[0]}" -a "${nic[1]}" -- --tx-first 4 --stats-period 0.2 >"$log" 2>&1 &
	pid=$!
	wait_until 60 grep -Eq ' rx +(0\.00[1-9]|0\.0[1-9]|0\.[1-9]|[1-9])' "$log" ||
		{ why="no traffic" && kill -9 "$pid" && return 1; }
	kill -9 "$pid"
	wait "$pid" 2>/dev/null
	traffic "${plain[@]}" -a "${nic[0]}" -a "${nic[1]}" || return
	(($(grep -c 'was left running' "$log") == 2)) && return
	why="no word of the NICs that were left running"
	return 1
}

# The files may be given away, physical addresses are root's.
case_user() {
	both_uio || return
	refused "$port is bound to uio_pci_generic, which is for root alone, not for user 1234; .* Mend: " \
		setpriv --reuid 1234 --regid 1234 --clear-groups --no-new-privs /mnt/build/apps/testpmd/sl-testpmd "${eal[@]}" -a "$port"
}

# There is no way back from a lockdown: the last case of this boot's.
case_lockdown() {
	both_uio || return
	mount -t securityfs securityfs /sys/kernel/security 2>/dev/null
	if ! echo integrity 2>/dev/null >/sys/kernel/security/lockdown; then
		skip_case "this kernel knows no lockdown"
		return
	fi
	doctor "$port"
	says "^fix +$port is bound to uio_pci_generic, which kernel lockdown 'integrity'" || return
	refused "$port is bound to uio_pci_generic, which kernel lockdown 'integrity'" "${plain[@]}" -a "$port"
}

run_case "no IOMMU: the way that is left is told" case_advice
run_case "no IOMMU: traffic, and the missing protection is told" case_traffic
run_case "no IOMMU: a strict window is refused" case_strict
run_case "no IOMMU: a NIC left running by a kill is stopped" case_left_running
run_case "no IOMMU: not for an ordinary user" case_user
run_case "no IOMMU: lockdown" case_lockdown
