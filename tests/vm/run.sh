#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
#
# run.sh [--nics N] [--linux N] [--memory MIB] [--time SECONDS] [--no-iommu] CACHE -- COMMAND...
#
# Boot a guest with QEMU's 82576 ("igb"), pairs of ports cabled to each other,
# behind a virtual IOMMU, and run COMMAND in it as root. The guest sees the
# host's files read-only; /mnt is a folder of its own to write to. Ends with the
# command's exit status; 124 when the guest did not end in time.

set -euo pipefail

nics=2 linux=0 memory=2048 limit=300 noiommu=0
while [[ ${1-} == --* && $1 != -- ]]; do
	case $1 in
	--nics) nics=$2; shift 2 ;;
	--linux) linux=$2; shift 2 ;;
	--memory) memory=$2; shift 2 ;;
	--time) limit=$2; shift 2 ;;
	--no-iommu) noiommu=1; shift ;;
	*) echo "run.sh: unknown option $1" >&2; exit 1 ;;
	esac
done
cache=$(cd "${1:?run.sh: CACHE is missing}" && pwd)
shift
if [[ ${1-} == -- ]]; then shift; fi

work=$(mktemp -d "${TMPDIR:-/tmp}/syncline-vm.XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir "$work/out"
{
	printf 'export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/mnt TERM=dumb\ncd %q\n' "$PWD"
	printf '%q ' "$@"
	printf '\n'
} >"$work/out/command"

devices=()
for ((i = 0; i < nics; i++)); do
	peer=$((i ^ 1))
	devices+=(-device "pcie-root-port,id=rp$i,chassis=$((i + 1)),slot=$((i + 1))"
		-netdev "dgram,id=n$i,local.type=unix,local.path=$work/s$i,remote.type=unix,remote.path=$work/s$peer"
		-device "igb,bus=rp$i,netdev=n$i,mac=02:00:00:00:01:0$i")
done
# shellcheck disable=SC2054 # the commas are QEMU's
iommu=(-device intel-iommu,intremap=on,caching-mode=on)
cmdline='intel_iommu=on iommu=nopt'
if ((noiommu)); then iommu=() cmdline=''; fi

LD_LIBRARY_PATH=$cache/root/usr/lib/x86_64-linux-gnu:$cache/root/lib/x86_64-linux-gnu \
	timeout "$limit" "$cache/root/usr/bin/qemu-system-x86_64" -L "$cache/root/usr/share/qemu" \
	-L "$cache/root/usr/share/seabios" -L "$cache/root/usr/lib/ipxe/qemu" \
	-accel tcg,thread=multi -cpu max -smp 2 -m "$memory" \
	-machine q35,kernel-irqchip=split "${iommu[@]}" \
	-kernel "$cache/vmlinuz" -initrd "$cache/initramfs.gz" \
	-append "console=ttyS0 quiet panic=-1 $cmdline sl.linux=$linux sl.noiommu=$noiommu sl.hugepages=$((memory / 8))" \
	-fsdev local,id=host,path=/,security_model=none,readonly=on,multidevs=remap \
	-device virtio-9p-pci,fsdev=host,mount_tag=host \
	-fsdev "local,id=out,path=$work/out,security_model=none" \
	-device virtio-9p-pci,fsdev=out,mount_tag=out \
	-nic none -display none -no-reboot -serial stdio -monitor none \
	"${devices[@]}" </dev/null || exit 124
exit "$(cat "$work/out/status" 2>/dev/null || echo 125)"
