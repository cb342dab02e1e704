# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
#
# What the groups of VM cases share. Sourced in the guest by cases.sh, which has
# set "build", the build folder.
# shellcheck disable=SC2034,SC2154 # used by the groups; build is set by cases.sh

app=$build/apps/testpmd/sl-testpmd
plugin=$build/pmd/librte_net_syncline.so
eal=(-l "0,1" --in-memory -m 128)
# What the case's programs say; the end of it is shown when the case fails.
log=/mnt/log
# Ports cabled to each other: 0 with 1, 2 with 3. On real hardware the two that are named.
read -ra nic <<<"${SL_VM_NICS:-0000:01:00.0 0000:02:00.0 0000:03:00.0 0000:04:00.0}"
readonly app plugin log nic

# few_plugins: loading all of DPDK's drivers takes most of a start in the guest. The buses, the
# mempools, igb and ixgbe are all that our cases need. Those that dpdk-testpmd is linked with (/mnt/needed)
# stay there by their sonames, which EAL does not look for.
few_plugins() {
	local dir=(/usr/lib/*/dpdk/pmds-*/) few=/run/plugins file links=()
	if [[ -n ${SL_VM_NICS-} || -e $few || ! -s /mnt/needed || ! -d ${dir[0]} ]]; then return 0; fi
	mkdir -p "$few" "$few.all"
	mount --bind "${dir[0]}" "$few.all"
	for file in $(</mnt/needed); do
		# Libraries that are no drivers lie elsewhere.
		if [[ -e $few.all/$file ]]; then links+=("$few.all/$file"); fi
	done
	for file in bus_pci bus_vdev mempool_ring mempool_stack net_e1000 net_ixgbe; do
		links+=("$few.all/librte_$file.so"*)
	done
	ln -sf "${links[@]}" "$few/"
	mount --bind "$few" "${dir[0]}"
}

# Limits are there for what hangs, not for what is slow: a program that is not done after so many
# seconds hangs, and what is waited for has this many times what it takes on a machine of one's own.
readonly hang=200 patience=4

# What a case has to say of its outcome: the reason of a failure or of a skip, a
# figure of a success.
why=

# A case that makes the IOMMU refuse something sets this; in all others a refusal is a failure.
faults_expected=

# Refusals of the IOMMU that the kernel has reported since boot.
dma_faults() {
	dmesg | grep -Ec 'DMAR: \[.*fault|IO_PAGE_FAULT' || true
}

# The kernel tells of ten faults in five seconds and keeps quiet about more: wait until it tells again.
dma_faults_tell() {
	local last now
	last=$(dmesg | grep -E 'DMAR: \[.*fault|IO_PAGE_FAULT' | tail -n 1 | sed -n 's/^\[ *\([0-9]*\)\..*/\1/p')
	[[ -n $last ]] || return 0
	while read -r now _ </proc/uptime && ((${now%.*} - last < 6)); do sleep 0.5; done
}

# For real ports: what a case may ask for, or skips. The machine around them stays as it is.
in_guest() {
	[[ -z ${SL_VM_NICS-} ]] || skip_case "needs a guest: it changes more than the two ports"
}

behind_iommu() {
	local dev=/sys/bus/pci/devices/${nic[0]}
	[[ $(readlink "$dev/driver") == */vfio-pci && $(cat "$dev/iommu_group/name" 2>/dev/null) != vfio-noiommu ]] ||
		skip_case "needs vfio-pci and an IOMMU"
}

# run_case NAME FUNCTION [ARGUMENT...]
# The function's status: 0 passed, 77 skipped, anything else failed. Only cases
# whose name matches the pattern SL_VM_CASES are run, when it is set.
run_case() {
	local name=$1 start=$SECONDS rc=0 faults
	shift
	# shellcheck disable=SC2053 # a pattern is wanted
	if [[ -n ${SL_VM_CASES-} && $name != $SL_VM_CASES ]]; then return 0; fi
	why=
	faults_expected=
	faults=$(dma_faults)
	: >"$log"
	"$@" || rc=$?
	app_kill
	if ((rc == 0)) && [[ -z $faults_expected && $(dma_faults) != "$faults" ]]; then
		rc=1 why="the IOMMU refused a DMA access"
		dmesg | grep 'DMAR: \[.*fault' | tail -n 3 >>"$log"
	fi
	case $rc in
	0) echo "PASS $name${why:+ ($why)} [$((SECONDS - start)) s]" ;;
	77) echo "SKIP $name: ${why:-no reason given}" ;;
	*)
		echo "FAIL $name: ${why:-status $rc} [$((SECONDS - start)) s]"
		tail -n 25 "$log" | sed 's/^/| /'
		;;
	esac
}

# bind BDF DRIVER: "vfio-pci", "igb", or "none". Quick when it is bound so already.
bind() {
	local dev=/sys/bus/pci/devices/$1 now=none
	if [[ -e $dev/driver ]]; then now=$(basename "$(readlink "$dev/driver")"); fi
	if [[ $now == "$2" ]]; then return 0; fi
	# Real ports are used as they are bound: uio will do as well.
	if [[ -n ${SL_VM_NICS-} ]]; then
		[[ $2 == vfio-pci ]]
		return
	fi
	if [[ $now != none ]]; then echo "$1" >"$dev/driver/unbind"; fi
	if [[ $2 == none ]]; then return 0; fi
	if [[ ! -d /sys/bus/pci/drivers/$2 ]]; then modprobe_guest "$2" || return 1; fi
	echo "$2" >"$dev/driver_override"
	echo "$1" >/sys/bus/pci/drivers_probe
	[[ $(basename "$(readlink "$dev/driver")") == "$2" ]]
}

# modprobe_guest MODULE: the guest's kernel is none of the host's.
modprobe_guest() {
	modprobe -d "$SL_VM_ROOT" -S "$(uname -r)" "$1"
}

# host WORD...: have the hypervisor do something; monitor.py lists what it can.
# Prints what it says; 1 when it refuses, 2 when there is no answer.
host() {
	local id=$BASHPID-$SRANDOM i answer
	echo "$*" >"/mnt/host/$id.tmp"
	mv "/mnt/host/$id.tmp" "/mnt/host/$id.request"
	for ((i = 0; i < 10 * hang; i++)); do
		if [[ -e /mnt/host/$id.answer ]]; then
			answer=$(<"/mnt/host/$id.answer")
			rm -f "/mnt/host/$id.answer"
			echo "host $*: $answer"
			[[ $answer == ok* ]]
			return
		fi
		sleep 0.1
	done
	echo "host $*: no answer"
	return 2
}

# netdev_of BDF: the interface of Linux's driver.
netdev_of() {
	ls "/sys/bus/pci/devices/$1/net"
}

# counter FILE PORT WORD: rx or tx frames of a port as "show port stats" prints them last.
counter() {
	awk -v port="port $2" -v word="$3" '
		/^port / { here = ($0 == port) }
		here && $1 == word && $2 == "packets" { n = $3 }
		END { print n + 0 }' "$1"
}

# A program that reads commands, its output in the log: app_start COMMAND..., then
# app_say LINE..., then app_end, which gives its status.
trap : PIPE # it may end before it is told to
app_start() {
	exec {app_in}> >(exec timeout -k 5 "$((2 * hang))" "$@" >>"$log" 2>&1)
	app_pid=$!
}

app_say() {
	kill -0 "$app_pid" 2>/dev/null && printf '%s\n' "$@" >&"$app_in"
}

# What a case that failed has left running: it would keep the ports from the next.
app_kill() {
	[[ -n ${app_pid-} ]] || return 0
	{ exec {app_in}>&-; } 2>/dev/null
	kill "$app_pid" 2>/dev/null && wait "$app_pid" 2>/dev/null
	app_pid=
}

app_end() {
	app_say quit
	exec {app_in}>&-
	wait "$app_pid" && app_pid=
}

# "show port stats all" of sl-testpmd or of dpdk-testpmd, as the log has it last:
# received and sent by port 0, received and sent by port 1.
port_frames() {
	awk '/^port [0-9]/ { p = $2 }
		/NIC statistics for port/ { p = $6 }
		$1 == "rx" && $2 == "packets" { rx[p] = $3 }
		$1 == "tx" && $2 == "packets" { tx[p] = $3 }
		$1 == "RX-packets:" && /RX-missed/ { rx[p] = $2 }
		$1 == "TX-packets:" && /TX-errors/ { tx[p] = $2 }
		END { print rx[0] + 0, tx[0] + 0, rx[1] + 0, tx[1] + 0 }' "$log"
}

# What sl-testpmd says when its pool is not full at its end.
mbufs_lost() {
	grep -q "did not come back to their pool" "$log"
}

# skip_case REASON: for run_case, where something is missing.
skip_case() {
	why=$1
	return 77
}

# carrier INTERFACE: whether its link is up, and frames are sent. Its state is up a moment before
# its queue takes frames; the question to the kernel waits for the lock held over both.
carrier() {
	[[ $(cat "/sys/class/net/$1/operstate" 2>/dev/null) == up ]] && ip link show "$1" >/dev/null
}

# wait_until SECONDS COMMAND...: until it succeeds; it has "patience" times as long.
wait_until() {
	local end=$((SECONDS + $1 * patience))
	shift
	until "$@" >/dev/null 2>&1; do
		if ((SECONDS >= end)); then return 1; fi
		sleep 0.2
	done
}

# app_wait SECONDS PATTERN [AFTER]: until the log has a line for it, behind its first AFTER lines.
app_wait() {
	wait_until "$1" eval "tail -n +$((${3:-0} + 1)) $log | grep -Eq -- ${2@Q}"
}

# Lines that the log has so far.
app_lines() {
	wc -l <"$log"
}

# Seconds since the epoch, with fraction, at which sl-testpmd noted the last event that matches.
event_time() {
	date -u -d "$(grep -E -- "$1" "$log" | tail -n 1 | grep -oE '20[0-9-]+T[0-9:.]+Z')" +%s.%N
}
