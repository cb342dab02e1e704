# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
#
# Set-up of a Debian 12 machine: packages, DPDK driver headers, hugepages,
# build trees. Each step looks first and does nothing when there is nothing to do.
# shellcheck disable=SC2034 # used by those who source this

# Package and reason. What building and the demo need...
# What sl-report wants, which reads results without DPDK.
readonly SL_PACKAGES_REPORT="
gcc:C compiler
libc6-dev:C library
meson:build system
ninja-build:build system
pkg-config:finds libraries
libjansson-dev:JSON results
git:the revision that a result is of
gnuplot-nox:plots of sl-perf report
"

readonly SL_PACKAGES_BUILD="
gcc:C compiler
libc6-dev:C library
meson:build system
ninja-build:build system
pkg-config:finds libraries
libdpdk-dev:DPDK
dpdk-dev:dpdk-testpmd, to run beside sl-testpmd
dpdk:dpdk-devbind.py
libnuma-dev:memory near the NIC
libjansson-dev:JSON results
git:the revision that a result is of
gnuplot-nox:plots of sl-perf report
libpcap-dev:pcap wire
libcmocka-dev:unit tests
xz-utils:unpacks source packages
iproute2:network namespaces of demo and tap tests
iputils-ping:ping of demo and tap tests
socat:TCP transfer of demo and tap tests"

# ... and what only the tests need.
readonly SL_PACKAGES_TEST="
clang:second compiler
make:builds the example driver and DPDK's examples
patch:spoils the example driver
g++:builds it in C++
libclang-rt-dev:its sanitizers
clang-format:style suite
shellcheck:style suite
codespell:style suite
valgrind:memory checks and instruction counts
help2man:manual pages, of install and package tests
debhelper:package suite
debootstrap:package suite
spin:model suite
python3-prometheus-client:reads what sl-perf exports
gcc-aarch64-linux-gnu:cross suite
libc6-dev-arm64-cross:cross suite
gcc-riscv64-linux-gnu:cross suite
libc6-dev-riscv64-cross:cross suite
qemu-user:runs the cross suite"

# One dpkg-query for all: the second run costs nothing.
packages_missing() {
	local wanted installed entry
	wanted=$(cut -d: -f1 <<<"$1")
	# shellcheck disable=SC2086
	installed=$(dpkg-query -W -f='${db:Status-Status} ${Package}\n' $wanted 2>/dev/null |
		sed -n 's/^installed //p')
	while IFS= read -r entry; do
		[[ -n $entry ]] || continue
		grep -qxF -- "${entry%%:*}" <<<"$installed" || printf '%s\n' "$entry"
	done <<<"$1"
}

ensure_packages() {
	local missing names entry
	if ! have dpkg-query || ! have apt-get; then
		warn "no Debian package tools here: nothing is installed; Meson will name what is missing"
		return 0
	fi
	missing=$(packages_missing "$1")
	[[ -n $missing ]] || return 0
	names=$(cut -d: -f1 <<<"$missing" | tr '\n' ' ')
	is_root || die "packages are missing and only root may install them. Run:
    sudo apt-get install -y $names"
	say "installing what is missing (apt-get install):"
	while IFS= read -r entry; do
		printf '      %-24s %s\n' "${entry%%:*}" "${entry#*:}" >&2
	done <<<"$missing"
	export DEBIAN_FRONTEND=noninteractive
	quietly "$SL_CACHE/log/apt-update" apt-get update ||
		die "apt-get update failed (its words are above)"
	# shellcheck disable=SC2086
	quietly "$SL_CACHE/log/apt-install" apt-get install -y --no-install-recommends $names ||
		die "apt-get install failed (its words are above)"
	note_change "installed: $names(undo: apt-get remove, then apt-get autoremove)"
}

readonly SL_DRIVER_HEADERS="bus_driver.h dev_driver.h bus_pci_driver.h bus_vdev_driver.h \
ethdev_driver.h ethdev_pci.h ethdev_vdev.h"

# True when the installed DPDK was built with enable_driver_sdk=true.
driver_headers_installed() {
	local -a flags
	read -ra flags < <(pkg-config --cflags libdpdk 2>/dev/null) || true
	printf '#include <ethdev_driver.h>\n' |
		gcc -E -DALLOW_INTERNAL_API "${flags[@]}" -x c - >/dev/null 2>&1
}

# What to do where there are none, for messages.
headers_wanted() {
	local release
	release=$(pkg-config --modversion libdpdk 2>/dev/null)
	printf '%s' "Build DPDK with -Denable_driver_sdk=true, or give the headers: copy
    $SL_DRIVER_HEADERS
from the source of any $(cut -d. -f1,2 <<<"$release") release into one folder, and set SL_DPDK_HEADERS to it. \
docs/howto-dpdk-release.md has the commands."
}

# Sets SL_HEADERS to the folder that the user named, if any.
driver_headers_given() {
	local h
	[[ -n ${SL_DPDK_HEADERS-} ]] || return 1
	callers "$SL_DPDK_HEADERS"
	for h in $SL_DRIVER_HEADERS; do
		[[ -s $REPLY/$h ]] || die "SL_DPDK_HEADERS: $REPLY has no $h. $(headers_wanted)"
	done
	SL_HEADERS=$REPLY
}

# The oldest release that this tree builds on; meson.build asks for it too.
readonly SL_DPDK_OLDEST=22.11

# REPLY: the folder of PREFIX's libdpdk.pc; of several architectures' the compiler's own.
dpdk_pc_of() {
	local arch
	arch=$(gcc -print-multiarch 2>/dev/null) || true
	for REPLY in ${arch:+"$1/lib/$arch"} "$1/lib64" "$1/lib" "$1/share" "$1"/lib/*; do
		REPLY+=/pkgconfig
		if [[ -f $REPLY/libdpdk.pc ]]; then return 0; fi
	done
	return 1
}

# What to give instead, for messages.
readonly SL_DPDK_WANTED="Give the folder that DPDK $SL_DPDK_OLDEST or newer was installed to (its --prefix, filled by ninja install)"

# REPLY: why no DPDK can be in the folder $1; else REPLY is the folder of its libdpdk.pc.
no_dpdk_in() {
	if [[ $1 == *[!A-Za-z0-9._@/-]* ]]; then
		REPLY="'$1' has characters that pkg-config or Meson would split it at. Install DPDK into a folder \
whose path has only letters, digits and . _ - @ / in it"
	elif [[ ! -e $1 ]]; then
		REPLY="there is no folder $1. $SL_DPDK_WANTED"
	elif [[ ! -d $1 ]]; then
		REPLY="$1 is a file. $SL_DPDK_WANTED"
	elif ! dpdk_pc_of "$1"; then
		REPLY="there is no DPDK in $1: no libdpdk.pc in its lib/pkgconfig, lib/*/pkgconfig, lib64/pkgconfig or \
share/pkgconfig. $SL_DPDK_WANTED"
	else
		return 1
	fi
}

# REPLY: why the DPDK in the folder $1 with its pkg-config files in $2 cannot be used; else REPLY is its release.
dpdk_unusable() {
	local -x PKG_CONFIG_PATH=$2
	local said home
	said=$(pkg-config --print-errors --exists libdpdk 2>&1) || {
		REPLY="pkg-config cannot use $2/libdpdk.pc: $said"
		return 0
	}
	home=$(pkg-config --variable=prefix libdpdk)
	REPLY=$(pkg-config --modversion libdpdk)
	if ! pkg-config --atleast-version="$SL_DPDK_OLDEST" libdpdk; then
		REPLY="DPDK $REPLY in $1 is too old. $SL_DPDK_WANTED"
	elif [[ -n $home && $(realpath -m -- "$home") != $(realpath -m -- "$1") ]]; then
		REPLY="DPDK in $1 was copied or moved there: $2/libdpdk.pc says that it was installed to $home. Give that \
folder, or install it anew: in DPDK's build folder, meson configure --prefix=$1 && ninja install"
	else
		return 1
	fi
}

# find_dpdk PREFIX: sets SL_DPDK_PC, the folder of its pkg-config files, and SL_DPDK_BUILD, the folder of what is built
# with it, which no other prefix has. Where there is none that can be used: fails, and SL_DPDK_WHY says why.
find_dpdk() {
	local prefix
	prefix=$(realpath -sm -- "$1")
	SL_DPDK_WHY=
	if no_dpdk_in "$prefix" || { SL_DPDK_PC=$REPLY && dpdk_unusable "$prefix" "$SL_DPDK_PC"; }; then
		SL_DPDK_WHY=$REPLY
		return 1
	fi
	# No prefix has a + in it: two of them never have one folder.
	SL_DPDK_BUILD=build-dpdk-$REPLY${prefix//\//+}
}

# build_with_dpdk PREFIX COMPILER [MESON-OPTION...]: into SL_DPDK_BUILD, with another compiler than gcc beside it.
build_with_dpdk() {
	local prefix=$1 compiler=$2
	shift 2
	find_dpdk "$prefix" || { warn "$SL_DPDK_WHY" && return 1; }
	# In a shell of its own: what follows is of the system's DPDK again.
	SL_HEADERS=$(
		export PKG_CONFIG_PATH=$SL_DPDK_PC
		SL_HEADERS= # another DPDK's
		if [[ $(pkg-config --variable=prefix libdpdk) == /usr ]]; then
			ensure_driver_headers
		elif ! driver_headers_installed && ! driver_headers_given; then
			die "DPDK $(pkg-config --modversion libdpdk) in $prefix was installed without its driver headers. $(headers_wanted)"
		fi
		printf '%s' "${SL_HEADERS-}"
	) || return 1
	if [[ $compiler != gcc ]]; then SL_DPDK_BUILD=${SL_DPDK_BUILD/build-/build-$compiler-}; fi
	build_tree "$SL_DPDK_BUILD" "$compiler" "-Dpkg_config_path=$SL_DPDK_PC" "$@"
}

# Sets SL_HEADERS: folder of the seven driver headers; empty when DPDK's own
# installation has them.
ensure_driver_headers() {
	local version dir h tmp
	SL_HEADERS=
	if driver_headers_installed || driver_headers_given; then return 0; fi
	version=$(dpkg-query -W -f='${source:Version}' libdpdk-dev 2>/dev/null) ||
		die "DPDK $(pkg-config --modversion libdpdk) here is no Debian package and was built without its \
driver headers. $(headers_wanted)"
	dir=$SL_CACHE/dpdk-headers-$version
	SL_HEADERS=$dir
	[[ ! -e $dir/.complete ]] || return 0
	# Where nothing can be written, nothing is built: build_tree() says so.
	if [[ ! -w $SL_TOP ]]; then return 0; fi
	say "fetching DPDK's driver headers: libdpdk-dev $version has none, its source package does"
	tmp=$(mktemp -d "${TMPDIR:-/tmp}/syncline.XXXXXX")
	if ! quietly "$SL_CACHE/log/dpdk-source" "$SL_TOP/tools/fetch-source.sh" dpdk "$version" "$tmp"; then
		rm -rf "$tmp"
		die "DPDK's source could not be fetched (above). If libdpdk-dev is older than what the archive
holds, bring it up to date: apt-get update && apt-get install libdpdk-dev. Where the archive does not
serve the source: $(headers_wanted)"
	fi
	mkdir -p "$dir"
	for h in $SL_DRIVER_HEADERS; do
		find "$tmp" -path '*/lib/*' -name "$h" -exec cp {} "$dir/" \; -quit
		find "$tmp" -path '*/drivers/bus/*' -name "$h" -exec cp {} "$dir/" \; -quit
		[[ -s $dir/$h ]] || die "DPDK $version's source has no $h"
	done
	rm -rf "$tmp"
	touch "$dir/.complete"
}

readonly SL_HUGEPAGES=512   # asked for when there are fewer
readonly SL_HUGE_LEAST=128  # free ones that a run needs
readonly SL_HUGE_SYS=/sys/kernel/mm/hugepages/hugepages-2048kB

# Can a process have that many hugepages of 2 MiB just now? What is counted as free may be
# promised to others, or beyond the limit of a control group, where the first touch is a
# SIGBUS: so they are touched, by a child. Without python3 the counts are believed.
huge_can_be_had() {
	have python3 || return 0
	python3 - "$1" <<-'END' 2>/dev/null
		import mmap, os, sys
		pid = os.fork()
		if pid == 0:
		    size, huge_2m = int(sys.argv[1]) << 21, 0x40000 | 21 << 26
		    at = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | huge_2m)
		    for i in range(0, size, 1 << 21):
		        at[i] = 1
		    os._exit(0)
		sys.exit(os.waitpid(pid, 0)[1] != 0)
	END
}

# Free hugepages of 2 MiB, less those that are promised to somebody who has not touched them yet.
huge_unpromised() {
	local free resv=0
	free=$(<"$SL_HUGE_SYS/free_hugepages")
	if [[ -r $SL_HUGE_SYS/resv_hugepages ]]; then resv=$(<"$SL_HUGE_SYS/resv_hugepages"); fi
	printf '%d' $((free > resv ? free - resv : 0))
}

# A hugetlbfs that this user may not read, which EAL does not forgive; nothing when there is none.
huge_closed() {
	local dir type
	while read -r _ dir type _; do
		if [[ $type == hugetlbfs && ! (-r $dir && -x $dir) ]]; then printf '%s\n' "$dir"; fi
	done </proc/mounts
}

# Reserves hugepages where it may.
reserve_hugepages() {
	local have_now want=$SL_HUGEPAGES avail got
	have_now=$(<"$SL_HUGE_SYS/nr_hugepages")
	((have_now < want)) && [[ -w $SL_HUGE_SYS/nr_hugepages ]] || return 0
	# Never more than half of what is free now.
	avail=$(sed -n 's/^MemAvailable: *\([0-9]*\) kB/\1/p' /proc/meminfo)
	if ((want - have_now > avail / 4096)); then want=$((have_now + avail / 4096)); fi
	echo "$want" 2>/dev/null >"$SL_HUGE_SYS/nr_hugepages" || return 0
	got=$(<"$SL_HUGE_SYS/nr_hugepages")
	if ((got > have_now)); then
		say "reserved $got hugepages of 2 MiB (there were $have_now); they stay reserved"
		note_change "hugepages: $have_now -> $got (undo: echo $have_now > $SL_HUGE_SYS/nr_hugepages)"
	fi
}

# Sets SL_HUGE=1 when EAL may take its memory from 2 MiB hugepages, else 0; SL_NO_HUGE=1 in
# the environment makes it 0. Needs no hugetlbfs mount: EAL is run with --in-memory.
ensure_hugepages() {
	local why
	SL_HUGE=0
	if [[ -n ${SL_NO_HUGE-} ]]; then
		why="SL_NO_HUGE is set"
	elif [[ ! -r $SL_HUGE_SYS/nr_hugepages ]]; then
		why="this kernel offers no 2 MiB hugepages"
	elif reserve_hugepages && (($(huge_unpromised) < SL_HUGE_LEAST)); then
		why="fewer than $SL_HUGE_LEAST free hugepages of 2 MiB (get them, as root: echo $SL_HUGEPAGES > $SL_HUGE_SYS/nr_hugepages)"
	elif [[ -n $(huge_closed) ]]; then
		why="user $EUID may not read hugetlbfs on $(huge_closed | head -n 1) (./syncline doctor says more)"
	elif ! huge_can_be_had "$SL_HUGE_LEAST"; then
		why="$(huge_unpromised) hugepages of 2 MiB are counted as free, but $SL_HUGE_LEAST of them cannot be had \
(./syncline doctor says why)"
	else
		SL_HUGE=1
		return 0
	fi
	warn "$why: running with 4 KiB pages (--no-huge)"
}

setup_for_build() {
	ensure_packages "$SL_PACKAGES_BUILD"
	ensure_driver_headers
	ensure_hugepages
}

setup_for_test() {
	ensure_packages "$SL_PACKAGES_BUILD
$SL_PACKAGES_TEST"
	ensure_driver_headers
	ensure_hugepages
}

# build_tree DIR COMPILER [MESON-OPTION...]: configure once, then build. A
# failure is shown, and returned.
build_tree() {
	local dir=$1 compiler=$2 start=$SECONDS
	local -a options
	shift 2
	if [[ ! -w $SL_TOP || -e $dir && ! -w $dir ]]; then
		[[ -e $dir/build.ninja ]] || { warn "$dir is not built, and $SL_TOP cannot be written" && return 1; }
		say "$dir is used as it is: it cannot be written"
		return 0
	fi
	if [[ -e $dir/build.ninja ]] && ! build_is_ours "$dir"; then
		say "$dir was set up for another place than $PWD/$dir (this checkout was moved or copied): setting it up anew"
		rm -rf "${dir:?}"
	fi
	options=("$@")
	# Cross builds have no DPDK, and nothing that a second configure could change.
	if [[ ${options[0]-} != --cross-file && -n ${SL_HEADERS-} ]]; then
		options+=("-Ddpdk_driver_headers=$SL_HEADERS")
	fi
	if [[ ! -e $dir/build.ninja ]]; then
		CC=$compiler quietly "$SL_CACHE/log/meson-$(basename "$dir")" \
			meson setup "$dir" "${options[@]}" ||
			{ warn "meson setup $dir failed (above)" && return 1; }
	elif [[ ${options[0]-} != --cross-file ]]; then
		quietly "$SL_CACHE/log/meson-$(basename "$dir")" \
			meson configure "$dir" "${options[@]}" ||
			{ warn "meson configure $dir failed (above)" && return 1; }
	fi
	quietly "$SL_CACHE/log/ninja-$(basename "$dir")" ninja -C "$dir" ||
		{ warn "building $dir failed (above)" && return 1; }
	say "$dir is built ($compiler, $((SECONDS - start)) s)"
}
