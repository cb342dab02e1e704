#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
#
# arm64.sh DIR
#
# Builds driver and tests for AArch64, with Debian's DPDK for it, to be run under
# qemu-user. Packages are unpacked below DIR, from Debian's own archive by lists
# of their own: nothing is installed, and no root is needed. Last line on standard
# output: "ROOT<tab>BUILD", folders for qemu-aarch64 -L and of the build. Exit status 77 when
# something is missing, with what.

set -euo pipefail

# What the driver links with, and what that needs.
readonly RUN="librte-ethdev23 librte-bus-pci23 librte-bus-vdev23 librte-mempool-ring23 libjansson4 libnuma1 libpcap0.8 \
libbsd0"
# Headers and link names alone; what these depend on is not needed.
readonly DEV="libdpdk-dev libjansson-dev libnuma-dev libpcap0.8-dev"

top=$(CDPATH='' cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
dir=${1:?usage: arm64.sh DIR}
mkdir -p "$dir"
dir=$(cd "$dir" && pwd)

skip() {
	echo "$*"
	exit 77
}

command -v aarch64-linux-gnu-gcc >/dev/null || skip "no compiler for AArch64: apt-get install gcc-aarch64-linux-gnu libc6-dev-arm64-cross"
command -v qemu-aarch64 >/dev/null || skip "no qemu-aarch64: apt-get install qemu-user"
command -v apt-get >/dev/null || skip "no apt-get: DPDK for AArch64 comes from Debian's archive"
version=$(dpkg-query -W -f='${Version}' libdpdk-dev 2>/dev/null) || skip "libdpdk-dev here is no Debian package"
headers=$(find "$top/.cache" -maxdepth 1 -name 'dpdk-headers-*' | head -n 1)
[[ -n $headers ]] || skip "DPDK's driver headers are not fetched yet: ./syncline build"

root=$dir/root-$version
lib=$root/usr/lib/aarch64-linux-gnu

apt() {
	apt-get -q -o Dir::State::Lists="$work/lists" -o Dir::State::status="$work/status" -o Dir::Cache="$work/cache" \
		-o APT::Architecture=arm64 -o APT::Architectures=arm64 -o APT::Sandbox::User=root "$@"
}

# Only what has the version of the DPDK here: the drivers' ABI is of one release.
unpack() {
	local deb
	work=$(mktemp -d "${TMPDIR:-/tmp}/syncline-arm64.XXXXXX")
	trap 'rm -rf "$work" "$root.part"' EXIT
	mkdir -p "$work/lists/partial" "$work/cache/archives/partial" "$work/get"
	touch "$work/status"
	apt update >"$dir/apt.log" 2>&1 || true
	# shellcheck disable=SC2086
	apt install -y --no-install-recommends --download-only $RUN >>"$dir/apt.log" 2>&1 ||
		skip "Debian's packages for AArch64 cannot be fetched: $(tail -n 1 "$dir/apt.log")"
	# shellcheck disable=SC2086
	(cd "$work/get" && apt download ${DEV/libdpdk-dev/libdpdk-dev=$version}) >>"$dir/apt.log" 2>&1 ||
		skip "libdpdk-dev $version for AArch64 cannot be fetched: $(tail -n 1 "$dir/apt.log")"
	rm -rf "$root.part"
	mkdir "$root.part"
	for deb in "$work"/cache/archives/*.deb "$work"/get/*.deb; do dpkg -x "$deb" "$root.part"; done
	# Links that lead to the root of the machine they are for.
	find "$root.part" -lname '/*' -print0 | while IFS= read -r -d '' link; do
		ln -sfn "$root$(readlink "$link")" "$link"
	done
	mv "$root.part" "$root"
	rm -rf "$work"
	trap - EXIT
}

# DPDK's own description names libraries of drivers that nothing here uses.
write_pkg_config() {
	mkdir -p "$root/pc"
	pc() {
		printf 'libdir=%s\nName: %s\nDescription: for tests/perf\nVersion: %s\nCflags: %s\nLibs: %s\n' "$root/link" \
			"$1" "$2" "$3" "$4" >"$root/pc/$1.pc"
	}
	local include=$root/usr/include rte=
	for name in ethdev mbuf mempool ring net eal telemetry kvargs; do rte+=" -lrte_$name"; done
	# By folders of their own: the compiler has a C library already.
	for name in jansson:jansson numa:numa pcap:libpcap; do
		mkdir -p "$root/link"
		ln -sf "$lib/lib${name%:*}.so" "$root/link/lib${name%:*}.so"
	done
	ln -sf "$lib/libbsd.so.0" "$root/link/libbsd.so"
	for name in "$lib"/librte_*.so; do ln -sf "$name" "$root/link/"; done
	mkdir -p "$root/headers"
	for name in jansson.h numa.h numaif.h numacompat1.h pcap.h pcap aarch64-linux-gnu/jansson_config.h; do
		if [[ -e $include/$name ]]; then ln -sfn "$include/$name" "$root/headers/"; fi
	done
	local link="-L$root/link -Wl,-rpath-link,$lib:$root/lib/aarch64-linux-gnu"
	pc libdpdk "${version%%-*}" "-I$include/dpdk -I$include/aarch64-linux-gnu/dpdk -include rte_config.h \
-march=armv8-a+crc" "$link$rte -lbsd"
	pc jansson 2.14 "-isystem $root/headers" "$link -ljansson"
	pc libpcap 1.10.3 "-isystem $root/headers" "$link -lpcap"
}

write_cross_file() {
	cat >"$root/cross.ini" <<-END
	[binaries]
	c = 'aarch64-linux-gnu-gcc'
	ar = 'aarch64-linux-gnu-ar'
	strip = 'aarch64-linux-gnu-strip'
	pkgconfig = 'pkg-config'
	exe_wrapper = ['qemu-aarch64', '-cpu', 'cortex-a72', '-L', '$root']

	[properties]
	pkg_config_libdir = '$root/pc'

	[built-in options]
	c_args = ['-isystem', '$root/headers']
	c_link_args = ['-L$root/link', '-Wl,-rpath-link,$lib:$root/lib/aarch64-linux-gnu']

	[host_machine]
	system = 'linux'
	cpu_family = 'aarch64'
	cpu = 'aarch64'
	endian = 'little'
	END
}

build=$dir/build-$version
# It holds absolute paths, and so do the links in the root: not for a checkout that was moved or copied.
if [[ -e $build/build.ninja ]] &&
	! grep -qF "\"source\": \"$top\", \"build\": \"$build\"" "$build/meson-info/meson-info.json"; then
	rm -rf "$build" "$root"
fi
[[ -e $root ]] || unpack
if [[ ! -e $build/build.ninja ]]; then
	write_pkg_config
	write_cross_file
	meson setup "$build" "$top" --cross-file "$root/cross.ini" -Dcross_dpdk=true -Dapps=false \
		-Ddpdk_driver_headers="$headers" >"$dir/build.log" 2>&1 || { cat "$dir/build.log" && exit 1; }
fi
ninja -C "$build" tests/perf/paths tests/unit/test_rx tests/unit/test_tx >"$dir/build.log" 2>&1 || { cat "$dir/build.log" && exit 1; }
printf '%s\t%s\n' "$root" "$build"
