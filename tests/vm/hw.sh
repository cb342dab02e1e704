#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
#
# hw.sh BUILD --allow BDF,BDF [--check]
#
# The VM bench's cases on this machine, on two real ports that are cabled to each
# other and bound already. No other device is touched, and no driver is changed;
# cases that need more than that are skipped. Prints as cases.sh does; exit
# status 2 when the two cannot be used, with the reason; --check stops there.

set -euo pipefail

top=$(CDPATH='' cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
sys=/sys/bus/pci/devices

refuse() {
	printf 'test hw: %s\n' "$1" >&2
	shift
	for line; do printf '    %s\n' "$line" >&2; done
	exit 2
}

# The ids that net_syncline drives, from where the driver has them.
supported() {
	sed -n 's/^SL_DEVICE(.*, 0x\([0-9A-F]*\))/\L\1/p' "$top"/lib/hw/*/devices.def
}

driver_of() {
	if [[ -e $sys/$1/driver ]]; then basename "$(readlink "$sys/$1/driver")"; else echo none; fi
}

check_port() {
	local id driver
	[[ $1 =~ ^[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$ ]] ||
		refuse "--allow: '$1' is no PCI address; allowed: as 0000:01:00.0 (lspci -D lists them)"
	[[ -e $sys/$1 ]] || refuse "--allow: there is no device at $1 (lspci -D lists those there are)"
	id=$(<"$sys/$1/vendor"):$(<"$sys/$1/device")
	if [[ $id != 0x8086:* ]] || ! grep -qxF "${id#0x8086:0x}" <(supported); then
		refuse "--allow: $1 is ${id//0x/}, which net_syncline does not drive; it drives 8086 with:" \
			"$(supported | tr '\n' ' ')"
	fi
	driver=$(driver_of "$1")
	case $driver in
	vfio-pci | uio_pci_generic | igb_uio) ;;
	*)
		refuse "--allow: $1 is bound to ${driver/none/no driver}; allowed: vfio-pci, uio_pci_generic, igb_uio. \
To bind it (Linux loses the port):" "dpdk-devbind.py -b vfio-pci $1"
		;;
	esac
}

build=${1:?usage: hw.sh BUILD --allow BDF,BDF}
shift
[[ $# -ge 2 && $1 == --allow && $2 != --* && ${3---check} == --check ]] ||
	refuse "the two ports must be named: --allow BDF,BDF, as --allow 0000:01:00.0,0000:01:00.1"
IFS=, read -r first second rest <<<"$2"
[[ -n $first && -n ${second-} && -z ${rest-} ]] ||
	refuse "--allow: '$2' is not allowed; allowed: two PCI addresses joined by a comma"
check_port "$first"
check_port "$second"
[[ $first != "$second" ]] || refuse "--allow: $first stands there twice; the cases need two ports cabled to each other"
[[ -z ${3-} ]] || exit 0
[[ -x $build/apps/testpmd/sl-testpmd ]] || refuse "there is no $build/apps/testpmd/sl-testpmd" "./syncline build"
[[ $(id -u) == 0 ]] || refuse "only root may run it"
# Less those that are promised to others.
free=$(cat /sys/kernel/mm/hugepages/hugepages-2048kB/{free,resv}_hugepages 2>/dev/null | paste -sd -)
((${free:-0} >= 128)) || refuse "128 free hugepages of 2 MiB are needed, there are $((${free:-0}))" \
	"echo 512 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages"

# /mnt is the cases' own folder: in a mount namespace, so that nobody else sees it.
work=$(mktemp -d "${TMPDIR:-/tmp}/syncline-hw.XXXXXX")
trap 'rm -rf "$work"' EXIT
# shellcheck disable=SC2016 # the inner shell's
SL_VM_NICS="$first $second" unshare --mount --propagation private bash -c \
	'mount --bind "$1" /mnt && shift && exec "$@"' - "$work" "$top/tests/vm/cases.sh" "$(realpath "$build")" hw
