#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
#
# boot.sh: "syncline vm -- COMMAND" as a user calls it, with options: the guest is as
# they say, and the command's status comes back. Prints as cases.sh does.
# boot.sh inside: the command, in the guest.

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
		if [[ $(<"$dev/vendor")$(<"$dev/device") == 0x80860x10c9 ]]; then basename "$(readlink "$dev/driver")"; fi
	done | paste -sd ' '
}

inside() {
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

if [[ ${1-} == inside ]]; then inside; fi
cd "$top" || exit 1
rc=0
./syncline vm --nics 3 --linux 0,2 --memory "$memory" --time "${SL_VM_LIMIT:-600}" -- tests/vm/boot.sh inside </dev/null || rc=$?
check "the command's status is that of syncline vm" "$rc" 7
echo END
