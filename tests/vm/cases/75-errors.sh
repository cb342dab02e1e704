# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
# shellcheck disable=SC2034,SC2154 # shared with common.sh
#
# The same things broken, met by sl-testpmd itself: its last line names cause and
# cure, its status is 2.

# shellcheck source=tests/vm/cases/ailments.sh
source "$top/cases/ailments.sh"

port=${nic[2]}
bind "$port" vfio-pci
plain=("$app" "${eal[@]}")
# What gives it to vfio-pci, as pciutils are there or not.
bound="(dpdk-devbind.py -b vfio-pci $port|echo vfio-pci > .*$port/driver_override && .*drivers_probe)"

# None at all, then too few.
case_hugepages() {
	local before rc=0
	before=$(</proc/sys/vm/nr_hugepages)
	echo 0 >/proc/sys/vm/nr_hugepages
	refused 'hugepages of 2 MiB: 0 free of 0; 64 are needed for -m 128. Mend: echo [0-9]+ > /sys/kernel/mm/' \
		"${plain[@]}" -a "$port" || rc=1
	echo "$before" >/proc/sys/vm/nr_hugepages
	: >"$log"
	((rc == 0)) && refused 'hugepages of 2 MiB: [1-9][0-9]* free of .*; 30000 are needed for -m 60000' \
		"$app" -l 0 --in-memory -m 60000 -a "$port"
}

case_driver() {
	bind "$port" igb
	refused "-a $port .* is bound to the driver igb; DPDK needs vfio-pci. Mend: $bound" \
		"${plain[@]}" -a "$port" || return
	bind "$port" none
	: >"$log"
	refused "-a $port .* has no driver; DPDK needs vfio-pci. Mend: $bound" \
		"${plain[@]}" -a "$port"
}

# One of two ports is none: not passed over.
case_one_of_two() {
	bind "${nic[3]}" vfio-pci
	bind "$port" none
	refused "-a $port is no port: .* has no driver" "${plain[@]}" -a "$port" -a "${nic[3]}"
}

case_no_vfio() {
	local bdf rc=0
	for bdf in "${nic[@]}"; do bind "$bdf" none; done
	rmmod vfio_pci || return
	refused "-a $port .* vfio-pci is not loaded; .* Mend: modprobe vfio-pci. Also: $port has no driver" "${plain[@]}" -a "$port" || rc=1
	modprobe vfio-pci
	return "$rc"
}

case_no_device() {
	refused '-a 0000:77:00.0 .*no PCI device 0000:77:00.0' "${plain[@]}" -a 0000:77:00.0 || return
	: >"$log"
	refused 'no port found: give one as EAL option' "${plain[@]}" --no-pci
}

case_in_use() {
	local rc=0 pid
	bind "$port" vfio-pci
	sleep "$hang" 9<>"$(group_node "$port")" &
	pid=$!
	refused "$port is in use by another process: sleep \($pid\)" "${plain[@]}" -a "$port" || rc=1
	kill "$pid"
	wait "$pid" 2>/dev/null
	return "$rc"
}

case_plugin() {
	local rc=0
	mkdir -p /mnt/open
	cp "$plugin" /mnt/open/
	chmod 777 /mnt/open
	refused "EAL will not load the driver .* to /mnt/open. Mend: chmod o-w /mnt/open" \
		"${plain[@]}" -d "/mnt/open/${plugin##*/}" -a "$port" || rc=1
	rm -r /mnt/open
	return "$rc"
}

run_case "errors: hugepages exhausted" case_hugepages
run_case "errors: another driver, no driver" case_driver
run_case "errors: one of two ports is none" case_one_of_two
run_case "errors: vfio-pci not loaded" case_no_vfio
run_case "errors: no such device, no port" case_no_device
run_case "errors: in use by another process" case_in_use
run_case "errors: driver below a folder for everybody" case_plugin
bind "$port" vfio-pci
