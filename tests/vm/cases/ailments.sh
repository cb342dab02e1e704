# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
# shellcheck disable=SC2034,SC2154 # shared with common.sh
#
# What the groups that break things share. Sourced behind common.sh.

said=/mnt/doctor
# The project where an ordinary user can reach it, whatever folder it lies in.
tree=/mnt/syncline
if [[ ! -e $tree ]]; then
	mkdir -p "$tree"
	mount --bind "$top/../.." "$tree"
fi
# The one that programs ask.
export SL_DOCTOR=$tree/syncline
# modprobe, as doctor prints it, finds the modules of the guest's kernel.
export MODPROBE_OPTIONS="-d $SL_VM_ROOT"
# The build, where an ordinary user can reach it.
if [[ ! -e /mnt/build ]]; then
	mkdir /mnt/build
	mount --bind "$build" /mnt/build
fi

# An ordinary user: no capability, no group but his own.
as_user() {
	setpriv --reuid 1234 --regid 1234 --clear-groups --no-new-privs "$@"
}

# doctor [WORD...]: what it says lies in $said. SL_AS=as_user: as that user; driver:
# another file than ours for -d.
doctor() {
	local rc=0
	${SL_AS-} "$tree/syncline" doctor --plugin "${driver:-/mnt/build/pmd/librte_net_syncline.so}" "$@" >"$said" 2>&1 </dev/null || rc=$?
	cat "$said" >>"$log"
	return "$rc"
}

# says PATTERN: there is such a line.
says() {
	grep -Eq -- "$1" "$said" && return
	why="no line '$1'"
	return 1
}

# commands PATTERN [mend|or]: what is printed below such a finding.
commands() {
	awk -v pattern="$1" -v key="${2-mend}:" '
		/^(ok|note|fix) / { here = $0 ~ pattern }
		here && $1 == key { sub(/^ *[a-z]+: /, ""); print }' "$said"
}

# run_commands PATTERN [mend|or]: by root, as a user would: from no pipe, for a signal
# that a child ended has the kernel leave off reserving hugepages.
run_commands() {
	commands "$@" >/mnt/mend
	if [[ ! -s /mnt/mend ]]; then
		why="no command below '$1'"
		return 1
	fi
	cat /mnt/mend >>"$log"
	bash -e /mnt/mend >>"$log" 2>&1 && return
	why="the command that mends '$1' failed"
	return 1
}

# mended FINDING THEN [mend|or]: doctor about $port has that finding; its commands
# lead to the other finding, and the first one is gone.
mended() {
	doctor "$port"
	says "$1" || return
	run_commands "$1" "${3-mend}" || return
	doctor "$port"
	says "$2" || return
	if grep -Eq -- "$1" "$said"; then
		why="still '$1' after its command"
		return 1
	fi
}

# The file of a port's IOMMU group.
group_node() {
	local group prefix=""
	group=$(basename "$(readlink "/sys/bus/pci/devices/$1/iommu_group")")
	if [[ $(cat "/sys/kernel/iommu_groups/$group/name" 2>/dev/null) == vfio-noiommu ]]; then prefix=noiommu-; fi
	printf '/dev/vfio/%s%s' "$prefix" "$group"
}

# refused PATTERN COMMAND...: sl-testpmd ends with status 2, and the one thing that it
# says in its own name has that pattern. EAL's farewell may come behind it.
refused() {
	local pattern=$1 rc=0 last
	shift
	timeout "$hang" "$@" >>"$log" 2>&1 </dev/null || rc=$?
	last=$(grep '^sl-testpmd: ' "$log" | tail -n 1)
	if ((rc != 2)); then
		why="status $rc, 2 expected"
	elif ! grep -Eq -- "$pattern" <<<"$last"; then
		why="'$last' is not '$pattern'"
	elif (($(grep -c '^sl-testpmd: ' "$log") != 1)); then
		why="more than one sentence"
	else
		return 0
	fi
	return 1
}

# traffic PROGRAM...: both of its ports send and receive for some seconds.
traffic() {
	cat >/mnt/commands <<-TEXT
		start tx_first 4
		sleep 3
		stop
		show port stats all
		quit
	TEXT
	timeout "$hang" "$@" -- --cmdline-file /mnt/commands >>"$log" 2>&1 </dev/null ||
		{ why="sl-testpmd ended with status $?" && return 1; }
	why="port 0 got $(counter "$log" 0 rx), port 1 got $(counter "$log" 1 rx) frames"
	(($(counter "$log" 0 rx) > 100 && $(counter "$log" 1 rx) > 100))
}
