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

VM_OPTIONS_HELP="  --nics N        ports, 1 to $VM_NICS_MAX (2); 0 is cabled to 1, 2 to 3; port N is 0000:0(N+1):00.0
  --linux LIST    ports that Linux's igb driver gets instead: 0 or 0,3 (none)
  --no-iommu      no IOMMU; ports are bound to uio_pci_generic, for Debian's vfio has no no-IOMMU mode
  --one-group     all ports in one IOMMU group, as behind a bridge that does not keep them apart
  --memory MIB    memory of the guest, $VM_MEMORY_MIN to $VM_MEMORY_MAX (2048); a quarter becomes hugepages
  --time SECONDS  end the guest after so long, 1 to $VM_TIME_MAX (300; with --shell no end)"

vm_refuse() {
	printf 'syncline vm: %s\n' "$*" >&2
	exit 1
}

# vm_number OPTION VALUE MIN MAX
vm_number() {
	if [[ ! $2 =~ ^[1-9][0-9]{0,6}$ ]] || (($2 < $3 || $2 > $4)); then
		vm_refuse "$1: '$2' is not allowed; allowed: a number from $3 to $4"
	fi
}

# "0,3" as numbers of ports that are there.
vm_linux_list() {
	local port
	[[ $vm_linux =~ ^[0-9](,[0-9])*$ ]] ||
		vm_refuse "--linux: '$vm_linux' is not allowed; allowed: port numbers joined by commas, as 0 or 0,3"
	for port in ${vm_linux//,/ }; do
		((port < vm_nics)) ||
			vm_refuse "--linux: port $port is not there; with --nics $vm_nics there are 0 to $((vm_nics - 1))"
	done
}

# vm_options WORD...: sets vm_nics, vm_linux, vm_noiommu, vm_group, vm_memory,
# vm_time, vm_shell; vm_words is what follows the options, vm_given the options.
vm_options() {
	local all=$#
	vm_nics=2 vm_linux='' vm_noiommu=0 vm_group=0 vm_memory=2048 vm_time='' vm_shell=0
	vm_given=("$@")
	while [[ ${1-} == --?* ]]; do
		case $1 in
		--nics | --linux | --memory | --time)
			(($# > 1)) || vm_refuse "$1 needs a value"
			;;&
		--nics) vm_number "$1" "$2" 1 "$VM_NICS_MAX"; vm_nics=$2; shift ;;
		--linux) vm_linux=$2; shift ;;
		--memory) vm_number "$1" "$2" "$VM_MEMORY_MIN" "$VM_MEMORY_MAX"; vm_memory=$2; shift ;;
		--time) vm_number "$1" "$2" 1 "$VM_TIME_MAX"; vm_time=$2; shift ;;
		--no-iommu) vm_noiommu=1 ;;
		--one-group) vm_group=1 ;;
		--shell) vm_shell=1 ;;
		*) vm_refuse "'$1' is no option; allowed: --nics, --linux, --no-iommu, --one-group, --memory, --time, --shell" ;;
		esac
		shift
	done
	if [[ -n $vm_linux ]]; then vm_linux_list; fi
	vm_given=("${vm_given[@]:0:all-$#}")
	vm_words=("$@")
}
