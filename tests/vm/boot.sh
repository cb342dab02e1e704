#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
#
# boot.sh options|devices|guests: "syncline vm -- COMMAND" as a user calls it, with options, with
# --device, or with two guests: they are as it says, and the command's status comes back. Prints as
# cases.sh does.
# boot.sh inside options|devices: the command, in the guest.

set -u

top=$(CDPATH='' cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
sys=/sys/bus/pci/devices
memory=768

# check NAME GOT WANT
check() {
	if [[ $2 == "$3" ]]; then echo "PASS $1 ($2)"; else echo "FAIL $1: '$2', expected '$3'"; fi
}

drivers() {
	local dev
	for dev in "$sys"/*; do
		if [[ $(<"$dev/class") == 0x020000 && $(<"$dev/vendor") == 0x8086 ]]; then basename "$(readlink "$dev/driver")"; fi
	done | paste -sd ' '
}

inside_devices() {
	local ids
	ids=$(cat "$sys"/0000:0[1-5]:00.0/device | paste -sd ' ')
	check "--nics 2 --device i350,i210,82599: ports" "$ids" "0x10c9 0x10c9 0x1521 0x1533 0x10f7"
	check "--linux 0,2,4: drivers, of each the kernel's own" "$(drivers)" "igb vfio-pci igb vfio-pci ixgbe"
	check "MAC addresses go on" "$(cat "$sys/0000:03:00.0/net"/*/address)" 02:00:00:00:01:02
	exit 7
}

inside_options() {
	local mib
	check "--nics 3 --linux 0,2: ports and their drivers" "$(drivers)" "igb vfio-pci igb"
	check "Linux's port has an interface" "$(printf "%s\n" "$sys/0000:01:00.0/net"/* | wc -l)" 1
	# The kernel keeps some to itself.
	mib=$(awk '$1 == "MemTotal:" { print int($2 / 1024) }' /proc/meminfo)
	check "--memory $memory: memory" "$((mib > memory * 3 / 4 && mib <= memory))" 1
	check "hugepages: a quarter of it" "$(awk '$1 == "HugePages_Free:" { print $2 * 2 }' /proc/meminfo)" "$((memory / 4))"
	check "this folder, and our build" "$PWD $([[ -x build/apps/testpmd/sl-testpmd ]] && echo built)" "$top built"
	exit 7
}

# Linux's igb in two guests, over QEMU's cable and over two models: 16 MiB each way of the comparison.
two_guests() {
	local rc=0 said best theirs ours
	said=$(./syncline vm --guests 2 --nics 1 --device i350 --no-iommu --memory "$memory" --time "${SL_VM_LIMIT:-600}" -- \
		tests/vm/tcp_guests.sh build 16 2 </dev/null 2>&1) || rc=$?
	check "TCP between two guests: status" "$rc" 0
	check "TCP between two guests: files that arrived as they were sent, without an error" \
		"$(grep -c 'MD5 equal, no error' <<<"$said")" 4
	best=$(sed -n 's/^best: QEMU.s igb \([0-9]*\) ms, software NIC \([0-9]*\) ms.*/\1 \2/p' <<<"$said")
	read -r theirs ours <<<"${best:-0 0}"
	# Which is faster is told, and no verdict: a machine may be busy.
	check "TCP between two guests: a time of each (QEMU's igb $theirs ms, software NIC $ours ms)" \
		"$((ours > 0 && theirs > 0))" 1
	# What was said, for a case that failed.
	if [[ $rc != 0 || $best == '' ]]; then tail -n 25 <<<"$said" | sed 's/^/| /'; fi
	echo END
	exit
}

if [[ $1 == inside ]]; then "inside_$2"; fi
cd "$top" || exit 1
rc=0
# shellcheck disable=SC2054 # the commas are the options' own
case $1 in
guests) two_guests ;;
options) options=(--nics 3 --linux 0,2 --memory "$memory") ;;
devices) options=(--nics 2 --device i350,i210,82599 --wire null --linux 0,2,4) ;;
esac
./syncline vm "${options[@]}" --time "${SL_VM_LIMIT:-600}" -- tests/vm/boot.sh inside "$1" </dev/null || rc=$?
check "the command's status is that of syncline vm" "$rc" 7
echo END
