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

# change_link N on|off: the change is an event within a second, with the new status.
change_link() {
	local to at said
	to=$([[ $2 == on ]] && echo up || echo down)
	why=$(host set_link "${nic[0]}" "$2") || return
	at=${EPOCHREALTIME/./}
	why="link event $1 ($to) does not come"
	wait_until 3 has_events "$1" || return
	said=$(awk '/^link / { t = $2 " " $3 } END { print t }' "$log")
	why="link $to: event \"${said% *}\" after $((${said#* } - at / 1000)) ms"
	[[ ${said% *} == "$to" ]] && ((${said#* } - at / 1000 <= 1000))
}

# MODE QUEUES [REFUSED]: frames wake who sleeps, each of them; disabled, none does.
# Then four changes of the link give four events.
case_interrupts() {
	local pid i
	mkfifo /mnt/stay
	timeout 100 "$intr_test" "${eal[@]}" --vfio-intr="$1" "${intr_ours[@]}" -- "$2" 300 "${@:3}" \
		</mnt/stay >"$log" 2>&1 &
	pid=$!
	exec 9>/mnt/stay
	rm /mnt/stay
	why="frames do not wake as they should"
	wait_until 60 grep -q '^ready' "$log" &&
		change_link 1 off && change_link 2 on && change_link 3 off && change_link 4 on
	i=$?
	exec 9>&-
	wait "$pid" || { why+="; intr_test ended with status $?" && return 1; }
	if ((i != 0)); then return 1; fi
	why="$(grep asleep "$log"), $(grep -c '^link ' "$log") events for 4 changes of the link"
	(($(grep -c '^link ' "$log") == 4)) || return
	# QEMU's 82576 has 10 MSI-X vectors, one of them for other causes.
	if (($# > 2)) && ! grep -q 'allowed: up to 9 queues' "$log"; then
		why="$3 queues are not refused with the figures"
		return 1
	fi
}

run_case "interrupts, MSI-X" case_interrupts msix 4 10
run_case "interrupts, MSI" case_interrupts msi 2
run_case "interrupts, INTx" case_interrupts legacy 2
