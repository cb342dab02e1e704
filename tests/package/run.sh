#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
#
# run.sh CACHE: Debian packages of this tree, built, installed into a fresh system below CACHE, used
# there and removed. Prints PASS, FAIL and SKIP lines and END. Root, for the fresh system.
set -u

cd "$(dirname "$0")/../.." || exit 1
top=$PWD
work=$1
root=$work/root

skip() {
	printf 'SKIP %s\nEND\n' "$*"
	exit 0
}

# check NAME COMMAND...: its words are shown when it fails.
check() {
	local name=$1
	shift
	if "$@" >"$work/out" 2>&1 </dev/null; then
		printf 'PASS %s\n' "$name"
		return 0
	fi
	printf 'FAIL %s\n' "$name"
	tail -n 30 "$work/out" >&2
	return 1
}

# A copy: dpkg-buildpackage writes beside and into what it builds.
build_packages() {
	local files=$work/files
	git ls-files -z --cached --others --exclude-standard >"$files" || return 1
	mkdir -p "$work/build/syncline/.cache" || return 1
	tar -c --null -T "$files" | tar -x -C "$work/build/syncline" || return 1
	cp -a .cache/dpdk-headers-* "$work/build/syncline/.cache/" 2>/dev/null
	cd "$work/build/syncline" || return 1
	DEB_BUILD_OPTIONS=noddebs dpkg-buildpackage -b -us -uc
}

# The archive that this machine has its own packages from.
debian() {
	# shellcheck disable=SC2016 # apt's own words
	apt-get indextargets --format '$(REPO_URI) $(CODENAME)' "Created-By: Packages" "Component: main" |
		sort -u | grep -E ' [a-z]+$' | head -n 1
}

fresh_system() {
	local uri codename
	read -r uri codename < <(debian) || return 1
	debootstrap --variant=minbase "$codename" "$root" "$uri" || return 1
	rm -f "$root/etc/apt/sources.list"
	cp -a /etc/apt/. "$root/etc/apt/"
	mkdir "$root/packages"
	cp "$work"/build/*.deb "$root/packages/"
}

# inside COMMAND...: in the fresh system, with mounts that go with the command.
inside() {
	# shellcheck disable=SC2016 # for the shell that is started
	unshare --mount bash -c 'for fs in proc sys dev; do mount --rbind "/$fs" "$0/$fs" || exit 1; done; exec chroot "$0" "$@"' \
		"$root" env DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@"
}

install_packages() {
	inside apt-get update -q || return 1
	inside sh -c 'apt-get install -y --no-install-recommends /packages/*.deb'
}

forwards() {
	inside sl-testpmd -l 0 --no-huge --no-pci --no-shconf --no-telemetry --log-level 3 -m 256 \
		--vdev net_syncline_soft0,wire=loop -- --tx-first 1 --duration 0.1 || return 1
	grep -q '^loss    0 of [1-9]' "$work/out"
}

measures() {
	inside sl-perf run --no-huge --suite cycles --sizes 64 --coherency coherent --processes 2 --trial 0.02 --out /r.json || return 1
	inside sl-report export --format csv /r.json
}

pages() {
	local page
	for page in sl-testpmd sl-perf sl-perf-run sl-report sl-peers sl-softnic; do
		[[ -s $root/usr/share/man/man1/$page.1.gz || -s $root/usr/share/man/man1/$page.1 ]] || {
			echo "no page $page"
			return 1
		}
	done
}

removed() {
	inside apt-get purge -y syncline libsl-shm0 libsl-shm-dev || return 1
	! find "$root" -xdev \( -path "$root/packages" -o -path "$root/proc" \) -prune -o \
		\( -name 'sl-*' -o -name '*syncline*' -o -name 'libsl_shm*' \) -print | grep -v '^/*$'
}

[[ $(id -u) == 0 ]] || skip "a fresh Debian is made by root alone"
for tool in debootstrap dpkg-buildpackage dh help2man unshare; do
	command -v "$tool" >/dev/null || skip "$tool is not installed: apt-get install debootstrap debhelper help2man"
done
unshare --mount true 2>/dev/null || skip "no mounts of one's own here (unshare --mount fails)"
[[ -n $(debian) ]] || skip "no Debian archive in apt's sources here"
rm -rf "$work"
mkdir -p "$work"
trap 'rm -rf "$work/root" "$work/build"' EXIT
if check "packages are built" build_packages && check "a fresh Debian system" fresh_system &&
	cd "$top" && check "packages are installed there" install_packages; then
	check "sl-testpmd forwards there" forwards
	check "sl-perf measures there" measures
	check "manual pages are there" pages
	check "nothing is left when they are removed" removed
fi
echo END
