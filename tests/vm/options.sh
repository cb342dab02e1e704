# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
#
# The guest's options, as "syncline vm" and run.sh take them. Sourced.
# shellcheck disable=SC2034 # used by those who source this

readonly VM_NICS_MAX=8
readonly VM_MEMORY_MIN=512
readonly VM_MEMORY_MAX=65536
readonly VM_TIME_MAX=86400
readonly VM_DEVICES="82576 82580 i350 i354 i210 i211 82599 82599-sfp x540 x550"

VM_OPTIONS_HELP="  --nics N        ports of QEMU's igb, 1 to $VM_NICS_MAX (2), with --device from 0 (0); port 0 is cabled
                  to 1, 2 to 3; port N is 0000:0(N+1):00.0
  --device LIST   ports of the software NIC behind these, each named by what it is, as i350,i210:
                  ${VM_DEVICES// /, }; cabled in pairs
  --wire WIRE     what the last of an odd number of such ports is cabled to (loop, itself): tap:NAME,
                  gen:..., pcap:..., null; docs/reference/wires.md
  --linux LIST    ports that Linux's own driver gets instead: 0 or 0,3 (none)
  --no-iommu      no IOMMU; ports are bound to uio_pci_generic, for Debian's vfio has no no-IOMMU mode
  --one-group     all ports in one IOMMU group, as behind a bridge that does not keep them apart
  --guests N      guests that run COMMAND, 1 or 2 (1). Of two, each has its own --nics and --device ports,
                  port N of the one cabled to port N of the other; SL_VM_SIDE is 0 or 1 in them
  --memory MIB    memory of the guest, $VM_MEMORY_MIN to $VM_MEMORY_MAX (2048); a quarter becomes hugepages
  --time SECONDS  end the guest after so long, 1 to $VM_TIME_MAX (300; with --shell no end)"

vm_refuse() {
	printf 'syncline vm: %s\n' "$*" >&2
	exit 1
}

# vm_number OPTION VALUE MIN MAX
vm_number() {
	if [[ ! $2 =~ ^(0|[1-9][0-9]{0,6})$ ]] || (($2 < $3 || $2 > $4)); then
		vm_refuse "$1: '$2' is not allowed; allowed: a number from $3 to $4"
	fi
}

# "0,3" as numbers of ports that are there.
vm_linux_list() {
	local port
	[[ $vm_linux =~ ^[0-9](,[0-9])*$ ]] ||
		vm_refuse "--linux: '$vm_linux' is not allowed; allowed: port numbers joined by commas, as 0 or 0,3"
	for port in ${vm_linux//,/ }; do
		((port < ports)) || vm_refuse \
			"--linux: port $port is not there; with --nics $vm_nics${vm_devices[*]:+ and ${#vm_devices[@]} of --device} there are 0 to $((ports - 1))"
	done
}

# The ports of the software NIC: what they are, how many, and what the odd one is cabled to.
vm_device_list() {
	local device
	[[ ,$vm_device =~ ^(,[^,]+)+$ ]] ||
		vm_refuse "--device: '$vm_device' is not allowed; allowed: names joined by commas, as i350,i210, of: $VM_DEVICES"
	IFS=, read -ra vm_devices <<<"$vm_device"
	for device in "${vm_devices[@]}"; do
		[[ " $VM_DEVICES " == *" $device "* ]] ||
			vm_refuse "--device: '$device' is no device of the software NIC; allowed: $VM_DEVICES"
	done
}

vm_check_wire() {
	((${#vm_devices[@]} % 2)) ||
		vm_refuse "--wire: it is for the last of an odd number of --device ports; there are ${#vm_devices[@]}, cabled in pairs"
	[[ $vm_wire =~ ^(loop|null|(tap|gen|pcap):.+)$ ]] ||
		vm_refuse "--wire: '$vm_wire' is not allowed; allowed: tap:NAME, gen:..., pcap:..., loop, null"
}

# What there is for one guest alone.
vm_check_guests() {
	vm_number --guests "$vm_guests" 1 2
	if ((vm_guests == 1)); then return 0; fi
	((!vm_shell)) || vm_refuse "--shell: it is not allowed with two guests, which would share the terminal"
	[[ -z $vm_wire ]] || vm_refuse "--wire: it is not allowed with two guests, whose ports are cabled to each other"
}

# All ports together, and what was said of them.
vm_check_ports() {
	local ports
	if [[ -n $vm_device ]]; then vm_device_list; fi
	vm_nics=${vm_nics:-$((${#vm_devices[@]} ? 0 : 2))}
	ports=$((vm_nics + ${#vm_devices[@]}))
	((ports)) || vm_refuse "--nics: 0 is not allowed without --device; allowed: a number from 1 to $VM_NICS_MAX"
	((ports <= VM_NICS_MAX)) || vm_refuse "--device: $ports ports, $vm_nics of them by --nics, are not \
allowed; allowed: $VM_NICS_MAX in all"
	vm_check_guests
	if [[ -n $vm_wire ]]; then vm_check_wire; fi
	if [[ -n $vm_linux ]]; then vm_linux_list; fi
}

# vm_options WORD...: sets vm_nics, vm_devices (an array), vm_wire, vm_linux, vm_noiommu, vm_group,
# vm_guests, vm_memory, vm_time, vm_shell; vm_words is what follows the options, vm_given the options.
vm_options() {
	local all=$#
	vm_nics='' vm_device='' vm_devices=() vm_wire='' vm_linux='' vm_noiommu=0 vm_group=0 vm_guests=1 vm_memory=2048 vm_time='' vm_shell=0
	vm_given=("$@")
	while [[ ${1-} == --?* ]]; do
		case $1 in
		--nics | --device | --wire | --linux | --guests | --memory | --time)
			[[ -n ${2-} ]] || vm_refuse "$1 needs a value"
			;;&
		--nics) vm_number "$1" "$2" 0 "$VM_NICS_MAX"; vm_nics=$2; shift ;;
		--device) vm_device=$2; shift ;;
		--wire) vm_wire=$2; shift ;;
		--linux) vm_linux=$2; shift ;;
		--guests) vm_guests=$2; shift ;;
		--memory) vm_number "$1" "$2" "$VM_MEMORY_MIN" "$VM_MEMORY_MAX"; vm_memory=$2; shift ;;
		--time) vm_number "$1" "$2" 1 "$VM_TIME_MAX"; vm_time=$2; shift ;;
		--no-iommu) vm_noiommu=1 ;;
		--one-group) vm_group=1 ;;
		--shell) vm_shell=1 ;;
		*) vm_refuse "'$1' is no option; allowed: --nics, --device, --wire, --linux, --no-iommu, --one-group, --guests, --memory, --time, --shell" ;;
		esac
		shift
	done
	vm_check_ports
	vm_given=("${vm_given[@]:0:all-$#}")
	vm_words=("$@")
}
