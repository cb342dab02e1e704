# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
# shellcheck disable=SC2034,SC2154 # shared with common.sh
#
# One thing broken at a time: "doctor" names it, and the command that it prints
# mends it.

# shellcheck source=tests/vm/cases/ailments.sh
source "$top/cases/ailments.sh"

port=${nic[2]}
bind "$port" vfio-pci

# Nothing is broken: what the cases below end with.
case_healthy() {
	doctor "$port" || { why="something to fix" && return 1; }
	says '^ok +.* is bound to vfio-pci' && says '^ok +IOMMU: ' && says '^ok +/dev/vfio/.* is free'
}

case_hugepages() {
	local before rc=0
	before=$(</proc/sys/vm/nr_hugepages)
	echo 0 >/proc/sys/vm/nr_hugepages
	mended '^fix +hugepages of 2 MiB: 0 free of 0' '^ok +hugepages of 2 MiB' || rc=1
	echo "$before" >/proc/sys/vm/nr_hugepages
	return "$rc"
}

# files_are N: EAL has so many hugepages in files.
files_are() {
	local files=(/dev/hugepages/rtemap_*)
	((${#files[@]} == $1))
}

# Killed, a program leaves its pages in files: counted, and given back by the command.
case_hugepages_left() {
	local before pid rc=0
	before=$(</proc/sys/vm/nr_hugepages)
	"$app" -l 0,1 -m 128 --no-pci --vdev net_syncline_soft0,wire=null -- >>"$log" 2>&1 &
	pid=$!
	wait_until 20 files_are 64
	kill -9 "$pid"
	wait "$pid" 2>/dev/null
	echo 100 >/proc/sys/vm/nr_hugepages
	doctor "$port"
	says '^fix +hugepages of 2 MiB: 36 free of 100; .*; 64 are in files that a program which was killed left in /dev/hugepages' &&
		run_commands 'hugepages of 2 MiB' && doctor "$port" && says '^ok +hugepages of 2 MiB' || rc=1
	echo "$before" >/proc/sys/vm/nr_hugepages
	return "$rc"
}

case_hugetlbfs() {
	umount /dev/hugepages || return
	mended '^note +no hugetlbfs of 2 MiB' '^ok +hugetlbfs on /dev/hugepages'
}

# The module, then the driver of the port that lost it.
case_vfio_module() {
	local bdf
	for bdf in "${nic[@]}"; do bind "$bdf" none; done
	# Without it, the port gets its driver back as soon as that is loaded.
	echo >"/sys/bus/pci/devices/$port/driver_override"
	rmmod vfio_pci || return
	mended '^fix +vfio-pci is not loaded' '^ok +vfio-pci is loaded' &&
		mended "^fix +$port has no driver" "^ok +$port is bound to vfio-pci"
}

case_vfio_type1() {
	rmmod vfio_iommu_type1 || return
	mended '^fix +vfio_iommu_type1 is not loaded' '^ok +vfio-pci is loaded' && doctor "$port"
}

# Linux's driver with its interface up: said, for a login may come through it.
case_other_driver() {
	bind "$port" igb || return
	ip link set "$(netdev_of "$port")" up
	doctor "$port"
	says "^fix +$port is the kernel's interface $(netdev_of "$port"), which is up" || return
	run_commands "kernel's interface" || return
	mended "^fix +$port is bound to the driver igb" "^ok +$port is bound to vfio-pci"
}

case_unknown_device() {
	doctor 0000:00:00.0
	[[ $? == 1 ]] && says '^fix +0000:00:00.0 is 0x8086:.*, which net_syncline does not drive' || return
	doctor 0000:77:00.0
	[[ $? == 1 ]] && says "^fix +no PCI device 0000:77:00.0; NICs of net_syncline's here: .*$port"
}

case_in_use() {
	sleep "$hang" 9<>"$(group_node "$port")" &
	mended "^fix +$port is in use by another process: sleep \($!\)" "^ok +$(group_node "$port"), .* is free"
}

# An ordinary user without the group, then with it; the commands are run by root.
case_user() {
	local rc=0
	chown 0:0 "$(group_node "$port")"
	SL_AS=as_user mended "^fix +user 1234 may not use $(group_node "$port")" \
		"^ok +$(group_node "$port"), .* user 1234 may use it" || rc=1
	says '^note +hugetlbfs on /dev/hugepages may not be written by user 1234' || rc=1
	chown 0:0 "$(group_node "$port")"
	return "$rc"
}

# The login's limit is raised while it lives, by the command that names its process.
case_memlock() {
	local login rc=0
	chown 1234 "$(group_node "$port")"
	rm -f /tmp/first /tmp/second
	as_user bash -c "ulimit -l 8192; $tree/syncline doctor --plugin /mnt/build/pmd/librte_net_syncline.so $port >/tmp/first
		until [[ -e /tmp/mended ]]; do sleep 0.2; done
		$tree/syncline doctor --plugin /mnt/build/pmd/librte_net_syncline.so $port >/tmp/second" &
	login=$!
	wait_until 30 grep -q '^ok .*DMA is' /tmp/first
	cp /tmp/first "$said"
	says '^fix +user 1234 may lock only 8192 KiB' && run_commands 'may lock only' || rc=1
	touch /tmp/mended
	wait "$login"
	cp /tmp/second "$said"
	((rc == 0)) && says '^ok +memory that user 1234 may lock for DMA: unlimited' || rc=1
	chown 0 "$(group_node "$port")"
	rm -f /tmp/mended
	return "$rc"
}

case_plugin() {
	local rc=0
	mkdir -p /mnt/open
	chmod 777 /mnt/open
	: >/mnt/open/driver.so
	driver=/mnt/open/driver.so mended '^fix +EAL will not load the driver .* to /mnt/open$' "^ok +the driver's file" || rc=1
	rm -r /mnt/open
	return "$rc"
}

run_case "doctor: all is well" case_healthy
run_case "doctor: no hugepages" case_hugepages
run_case "doctor: hugepages left by a program that was killed" case_hugepages_left
run_case "doctor: no hugetlbfs" case_hugetlbfs
run_case "doctor: no vfio-pci, no driver" case_vfio_module
run_case "doctor: no vfio_iommu_type1" case_vfio_type1
run_case "doctor: Linux's driver, interface up" case_other_driver
run_case "doctor: not our device, no device" case_unknown_device
run_case "doctor: in use by another process" case_in_use
run_case "doctor: the group is another user's" case_user
run_case "doctor: too little memory to lock" case_memlock
run_case "doctor: driver below a folder for everybody" case_plugin
