# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
# shellcheck disable=SC2034,SC2154 # shared with common.sh
#
# An ordinary user: with the groups of the ports his and a limit that lets him
# lock memory, all works; without, he is told what is missing.

# shellcheck source=tests/vm/cases/ailments.sh
source "$top/cases/ailments.sh"

port=${nic[2]}
bind "${nic[2]}" vfio-pci
bind "${nic[3]}" vfio-pci
ours=("/mnt/build/apps/testpmd/sl-testpmd" "${eal[@]}" -a "${nic[2]}" -a "${nic[3]}")

# own USER: the ports' groups are his.
own() {
	chown "$1" "$(group_node "${nic[2]}")" "$(group_node "${nic[3]}")"
}

# The ordinary user, as a command in front of another one.
user=(setpriv --reuid 1234 --regid 1234 --clear-groups --no-new-privs)
free=(prlimit --memlock=unlimited:unlimited "${user[@]}")

case_no_permission() {
	own 0
	refused "user 1234 may not use $(group_node "$port"), the IOMMU group of $port. Mend: chown 1234:1234 $(group_node "$port")" \
		"${free[@]}" "${ours[@]}"
}

case_low_limit() {
	own 1234
	refused "user 1234 may lock only 1024 KiB of memory for DMA .* Mend: prlimit --pid" \
		prlimit --memlock=1048576:1048576 "${user[@]}" "${ours[@]}"
}

# As docs/howto-real-nic.md has it: "doctor" finds nothing to fix, traffic runs on both ports.
case_traffic() {
	own 1234
	SL_AS="${free[*]}" doctor "$port" || { why="doctor has something to fix" && return 1; }
	says "^ok +$(group_node "$port"), .* user 1234 may use it" || return
	traffic "${free[@]}" "${ours[@]}"
}

# Without --in-memory: hugepages from a mount of his own, as doctor prints it.
case_own_mount() {
	own 1234
	SL_AS="${free[*]}" doctor "$port"
	run_commands 'may not be written by user 1234' || return
	SL_AS="${free[*]}" doctor "$port"
	says '^ok +hugetlbfs on /run/hugepages-1234, user 1234 may write there: --huge-dir /run/hugepages-1234' || return
	traffic "${free[@]}" env XDG_RUNTIME_DIR=/tmp "${ours[0]}" -l 0,1 -m 128 \
		--huge-dir /run/hugepages-1234 "${ours[@]: -4}"
}

run_case "user: no permission for the group" case_no_permission
run_case "user: too little memory to lock" case_low_limit
run_case "user: traffic on both ports" case_traffic
run_case "user: traffic, hugepages from a mount of his own" case_own_mount
umount /run/hugepages-1234
own 0
