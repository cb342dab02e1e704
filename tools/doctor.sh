# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
#
# "syncline doctor": looks, changes nothing.

doctor_help() {
	cat <<-'TEXT'
	Usage: ./syncline doctor

	Says what stands between this machine and a working set-up, each finding with
	the command that mends it. Changes nothing. Three verdicts:
	  ok    fine
	  note  something is not possible here (a real NIC, say); the rest works
	  fix   build, test or demo will not work, or work less well, before this is mended
	Exit status 1 when there is a "fix".
	TEXT
}

SL_TO_FIX=0

# finding VERDICT WHAT [MENDING-COMMAND...]
finding() {
	local verdict=$1 what=$2 command
	shift 2
	if [[ $verdict == fix ]]; then SL_TO_FIX=$((SL_TO_FIX + 1)); fi
	printf '%-5s %s\n' "$verdict" "$what"
	for command; do
		printf '        mend: %s\n' "$command"
	done
}

doctor_packages() {
	local missing
	if ! have dpkg-query; then
		finding note "no Debian packages here: what Meson does not find, install by hand"
		return
	fi
	missing=$(packages_missing "$SL_PACKAGES_BUILD" | cut -d: -f1 | tr '\n' ' ')
	if [[ -n $missing ]]; then
		finding fix "packages missing for build and demo: $missing" "apt-get install -y $missing"
	else
		finding ok "packages for build and demo"
	fi
	missing=$(packages_missing "$SL_PACKAGES_TEST" | cut -d: -f1 | tr '\n' ' ')
	if [[ -n $missing ]]; then
		finding note "packages missing for test: $missing" "apt-get install -y $missing"
	else
		finding ok "packages for test"
	fi
}

doctor_dpdk() {
	local version source
	version=$(pkg-config --modversion libdpdk 2>/dev/null) || {
		finding fix "DPDK is not installed" "apt-get install -y libdpdk-dev"
		return
	}
	source=$(dpkg-query -W -f='${source:Version}' libdpdk-dev 2>/dev/null || true)
	if driver_headers_installed; then
		finding ok "DPDK $version, with driver headers"
	elif [[ -e $SL_CACHE/dpdk-headers-$source/.complete ]]; then
		finding ok "DPDK $version, driver headers of $source in .cache/"
	else
		finding fix "DPDK $version is installed without driver headers" "./syncline build"
	fi
}

doctor_hugepages() {
	local total free
	if [[ ! -r $SL_HUGE_SYS/nr_hugepages ]]; then
		finding note "no 2 MiB hugepages in this kernel: 4 KiB pages will do, more slowly"
		return
	fi
	total=$(<"$SL_HUGE_SYS/nr_hugepages")
	free=$(<"$SL_HUGE_SYS/free_hugepages")
	if ((free >= SL_HUGE_LEAST)); then
		finding ok "hugepages of 2 MiB: $free free of $total"
	else
		finding fix "hugepages of 2 MiB: $free free of $total; $SL_HUGE_LEAST are needed" \
			"echo $((total + SL_HUGEPAGES)) > $SL_HUGE_SYS/nr_hugepages"
	fi
}

doctor_cpus() {
	local n
	n=$(cpus_allowed | wc -l)
	if ((n >= 2)); then
		finding ok "CPUs to use: $n"
	else
		finding note "1 CPU: driver and software NIC take turns on it; rates say little"
	fi
}

doctor_root() {
	if is_root; then
		finding ok "root"
	else
		finding note "not root: no hugepages, namespaces or real NIC; build and unit tests work" \
			"sudo ./syncline doctor"
	fi
}

doctor_tap() {
	if [[ ! -c /dev/net/tun ]]; then
		finding note "no /dev/net/tun: tap wires are not possible" \
			"modprobe tun" "mkdir -p /dev/net && mknod /dev/net/tun c 10 200"
	elif ! { : <>/dev/net/tun; } 2>/dev/null; then
		finding note "/dev/net/tun may not be opened: tap wires are not possible" \
			"chmod 666 /dev/net/tun"
	elif ! unshare --net true 2>/dev/null; then
		finding note "network namespaces may not be made: no tap tests, no demo part with real traffic"
	else
		finding ok "tap devices and network namespaces"
	fi
}

# EAL refuses a plugin (-d) when a folder on its way is writable by everybody.
doctor_plugin() {
	local dir=$SL_TOP/build/pmd mode bad=0
	while :; do
		if [[ -d $dir ]]; then
			mode=$(stat -c %A "$dir")
			if [[ ${mode:8:1} == w ]]; then
				finding fix "EAL will not load the driver (-d) from below $dir: everybody may write there" \
					"chmod o-w $dir, or move this folder elsewhere"
				bad=1
			fi
		fi
		[[ $dir != / ]] || break
		dir=$(dirname "$dir")
	done
	((bad)) || finding ok "no folder above the driver is writable by everybody (EAL's rule for -d)"
}

doctor_vfio() {
	local groups mode=/sys/module/vfio/parameters/enable_unsafe_noiommu_mode
	groups=$(find /sys/kernel/iommu_groups -mindepth 1 -maxdepth 1 2>/dev/null | wc -l)
	if ((groups)); then
		finding ok "IOMMU: $groups groups"
	else
		finding note "no IOMMU in use: enable VT-d or AMD-Vi in the firmware and boot with intel_iommu=on (Intel); \
without it a real NIC needs vfio's no-IOMMU mode, with no protection from its DMA" \
			"modprobe vfio && echo 1 > $mode"
	fi
	if [[ -c /dev/vfio/vfio && -d /sys/bus/pci/drivers/vfio-pci ]]; then
		finding ok "vfio-pci is loaded"
	else
		finding note "vfio-pci is not loaded: only a real NIC needs it" "modprobe vfio-pci"
	fi
}

doctor_nics() {
	local dev vendor device driver found=0 ids
	# The ids that net_syncline drives, from where the driver has them.
	ids=" $(sed -n 's/^#define SL_PCI_DEV_82576[A-Z0-9_]* 0x\([0-9A-F]*\)u.*/\L\1/p' \
		"$SL_TOP/lib/nic/sl_fields.h" | tr '\n' ' ') "
	for dev in /sys/bus/pci/devices/*; do
		[[ -r $dev/vendor ]] || continue
		vendor=$(<"$dev/vendor")
		device=$(<"$dev/device")
		[[ $vendor == 0x8086 && $ids == *" ${device#0x} "* ]] || continue
		found=1
		driver=none
		if [[ -e $dev/driver ]]; then driver=$(basename "$(readlink -f "$dev/driver")"); fi
		if [[ $driver == vfio-pci ]]; then
			finding ok "82576 at ${dev##*/} is bound to vfio-pci"
		else
			finding note "82576 at ${dev##*/} has driver $driver; DPDK needs vfio-pci" \
				"dpdk-devbind.py -b vfio-pci ${dev##*/}"
		fi
	done
	((found)) || finding note "no 82576 in this machine: the software NIC stands in"
}

cmd_doctor() {
	case "${1-}" in
	--help | -h) doctor_help && return ;;
	?*) die "doctor: unknown word '$1'. doctor takes no words but --help." ;;
	esac
	doctor_packages
	doctor_dpdk
	doctor_hugepages
	doctor_cpus
	doctor_root
	doctor_tap
	doctor_plugin
	doctor_vfio
	doctor_nics
	if [[ -s $SL_CHANGES ]]; then
		printf 'changed outside this folder by syncline so far:\n'
		sed 's/^/      /' "$SL_CHANGES"
	fi
	((SL_TO_FIX == 0))
}
