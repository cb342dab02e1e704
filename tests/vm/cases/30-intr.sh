# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
# shellcheck disable=SC2034,SC2154 # shared with common.sh
#
# Interrupts of our driver through vfio: MSI-X, MSI, INTx.

bind "${nic[0]}" vfio-pci
bind "${nic[1]}" vfio-pci
intr_ours=(-a "${nic[0]}" -a "${nic[1]}")
intr_test=$build/tests/vm/intr_test

# has_events N: as many link events are reported.
has_events() {
	(($(grep -c '^link ' "$log") >= $1))
}

# change_link N on|off: the change is an event, with the new status. How soon: group link.
change_link() {
	local to said
	to=$([[ $2 == on ]] && echo up || echo down)
	why=$(host set_link "${nic[0]}" "$2") || return
	why="link event $1 ($to) does not come"
	wait_until 5 has_events "$1" || return
	said=$(awk '/^link / { t = $2 } END { print t }' "$log")
	why="link $to: event \"$said\""
	[[ $said == "$to" ]]
}

# start_intr_test MODE ARGUMENT...: in the background, as process $pid, until stop_intr_test.
start_intr_test() {
	mkfifo /mnt/stay
	timeout "$hang" "$intr_test" "${eal[@]}" --vfio-intr="$1" "${intr_ours[@]}" -- "${@:2}" \
		</mnt/stay >"$log" 2>&1 &
	pid=$!
	exec 9>/mnt/stay
	rm /mnt/stay
	why="frames do not wake as they should"
	wait_until 60 grep -q '^ready' "$log"
}

# stop_intr_test STATUS: that of the case so far.
stop_intr_test() {
	exec 9>&-
	wait "$pid" || { why+="; intr_test ended with status $?" && return 1; }
	return "$1"
}

# MODE QUEUES [REFUSED]: frames wake who sleeps, each of them; disabled, none does.
# Then four changes of the link give four events.
case_interrupts() {
	local pid
	behind_iommu || return
	# Cables and the number of vectors are QEMU's.
	if ! in_guest; then
		start_intr_test "$1" "$2" 300
		stop_intr_test $? || return
		why=$(grep asleep "$log")
		return
	fi
	start_intr_test "$1" "$2" 300 "${@:3}" &&
		change_link 1 off && change_link 2 on && change_link 3 off && change_link 4 on
	stop_intr_test $? || return
	why="$(grep asleep "$log"), $(grep -c '^link ' "$log") events for 4 changes of the link"
	(($(grep -c '^link ' "$log") == 4)) || return
	# QEMU's 82576 has 10 MSI-X vectors, one of them for other causes.
	if (($# > 2)) && ! grep -q 'allowed: up to 9 queues' "$log"; then
		why="$3 queues are not refused with the figures"
		return 1
	fi
}

# The host pulls the NIC out while its interrupts are on: one event, and it is let go.
case_removal() {
	local pid
	in_guest || return
	start_intr_test msix 4 20 && why=$(host device_del "${nic[0]}") &&
		why="the device is not given back" && wait_until 5 grep -q '^gone' "$log"
	stop_intr_test $? || return
	why="$(grep -c '^removal ' "$log") removal events"
	(($(grep -c '^removal ' "$log") == 1)) || return
	why=$(host device_add "${nic[0]}") || return
	why="the device is not there again"
	wait_until 20 test -e "/sys/bus/pci/devices/${nic[0]}/vendor" || return
	bind "${nic[0]}" vfio-pci || return
	why=
}

run_case "interrupts, MSI-X" case_interrupts msix 4 10
run_case "interrupts, MSI" case_interrupts msi 2
run_case "interrupts, INTx" case_interrupts legacy 2
run_case "removal with interrupts on" case_removal
