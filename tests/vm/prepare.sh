#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
#
# prepare.sh CACHE
#
# Fetch and unpack into CACHE what the VM bench boots: QEMU with the igb device
# model (7.2 of Debian 12 has none; the one of its backports has), Debian's
# kernel and a static busybox. Nothing is installed: the packages are unpacked
# privately, since QEMU 10 and the qemu-user of Debian 12 cannot both be
# installed. Then the initramfs, made again whenever what goes into it changes.
# The second run is instant.

set -euo pipefail

cache=${1:?usage: prepare.sh CACHE}
mkdir -p "$cache"
cache=$(cd "$cache" && pwd)
top=$(CDPATH='' cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# Counts up when more or other packages are needed.
fetched=$cache/ready-2
# In the order they load; 9p first, for the rest of the guest hangs on it.
modules="virtio_pci 9pnet_virtio 9p 8021q vfio_iommu_type1 vfio-pci uio_pci_generic igb ixgbe"
# Those of busybox that init calls.
tools="sh mount insmod mkdir ln chroot poweroff cat echo sleep ls sed"

# shellcheck source=tools/archive.sh
source "$top/../../tools/archive.sh"

fetch() {
	local apt kernel packages deb
	mkdir -p "$cache/debs" "$cache/root" "$cache/lists/partial"
	archive_sources "$cache/sources.list.d" "bookworm bookworm-backports" keep
	apt=(-q -o Dir::Etc::SourceList=/dev/null -o Dir::Etc::SourceParts="$cache/sources.list.d"
		-o Dir::State::Lists="$cache/lists" -o APT::Sandbox::User=root)
	apt-get "${apt[@]}" update >"$cache/apt.log" 2>&1 || { cat "$cache/apt.log" >&2; exit 1; }
	kernel=$(apt-cache "${apt[@]}" depends linux-image-amd64 |
		awk '/Depends: linux-image-6\.1/ { print $2; exit }')
	mapfile -t packages < <(apt-get "${apt[@]}" -y -s --no-install-recommends \
		-t bookworm-backports install qemu-system-x86 2>/dev/null |
		awk '/^Inst/ && $2 !~ /^qemu-user/ { print $2 }')
	(cd "$cache/debs" && apt-get "${apt[@]}" -t bookworm-backports download "${packages[@]}" &&
		apt-get "${apt[@]}" download "$kernel" busybox-static) >>"$cache/apt.log" 2>&1 ||
		{ tail -20 "$cache/apt.log" >&2; exit 1; }
	for deb in "$cache"/debs/*.deb; do dpkg -x "$deb" "$cache/root"; done
	rm -rf "$cache/debs"
	kernel=${kernel#linux-image-}
	depmod -b "$cache/root" "$kernel"
	cp "$cache/root/boot/vmlinuz-$kernel" "$cache/vmlinuz"
	echo "$kernel" >"$cache/kernel"
	touch "$fetched"
}

# The ids that ports of the guest may have, each with the kernel's driver for it.
ids() {
	sed -n 's/^SL_DEVICE(.*, 0x\([0-9A-F]*\))/0x8086:0x\L\1 igb/p' "$top/../../lib/hw/igb/devices.def"
	sed -n 's/^SL_DEVICE(.*, 0x\([0-9A-F]*\))/0x8086:0x\L\1 ixgbe/p' "$top/../../lib/hw/ixgbe/devices.def"
}

# All that goes into the initramfs, in one number.
ingredients() {
	{
		cat "$top/init" "$cache/kernel"
		echo "$modules" "$tools"
		ids
	} | sha256sum | cut -c1-16
}

make_initramfs() {
	local ram n=100 ko module tool
	ram=$(mktemp -d "$cache/initramfs.XXXXXX")
	chmod 755 "$ram"
	mkdir -p "$ram"/{bin,mod,proc,sys,dev,host}
	cp "$cache/root/bin/busybox" "$ram/bin/"
	for tool in $tools; do ln -sf busybox "$ram/bin/$tool"; done
	for module in $modules; do
		modprobe -d "$cache/root" -S "$(<"$cache/kernel")" --show-depends "$module" 2>/dev/null |
			awk '$1 == "insmod" { print $2 }'
	done | awk '!seen[$0]++' | while read -r ko; do
		cp "$ko" "$ram/mod/$((n++))-$(basename "$ko")"
	done
	install -m 755 "$top/init" "$ram/init"
	ids >"$ram/ids"
	(cd "$ram" && find . | cpio -o -H newc --quiet | gzip -1) >"$ram.gz"
	# Renamed, for another guest may be reading the old one.
	mv "$ram.gz" "$1"
	rm -rf "$ram"
}

if [[ ! -e $fetched ]]; then fetch; fi
image=$cache/initramfs-$(ingredients).gz
if [[ ! -e $image ]]; then
	rm -f "$cache"/initramfs-*.gz
	make_initramfs "$image"
fi
ln -sf "$(basename "$image")" "$cache/initramfs.gz"
