# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
#
# Packages of other suites of the system's own archive, for programs that are
# unpacked privately and never installed. Sourced, never run.

# archive_sources DIR SUITES [SECURITY]: in DIR, apt's sources of the archive that this system
# uses, with SUITES ("trixie"); with SECURITY=keep its security suite stays beside them.
archive_sources() {
	local dir=$1 suites=$2 security=${3:-drop} suite
	mkdir -p "$dir"
	if ! awk -v suites="$suites" -v security="$security" '
		BEGIN { RS = ""; FS = "\n" }
		{
			secure = 0; out = ""
			for (i = 1; i <= NF; i++) {
				if ($i ~ /^Types:/) $i = "Types: deb"
				if ($i ~ /^Suites:/) {
					if ($i ~ /security/) secure = 1
					else $i = "Suites: " suites
				}
				out = out $i "\n"
			}
			if (!secure || security == "keep") print out
		}' /etc/apt/sources.list.d/debian.sources >"$dir/archive.sources" 2>/dev/null; then
		rm -f "$dir/archive.sources"
		for suite in $suites; do
			awk -v suite="$suite" '$1 == "deb" && $3 == "bookworm" { $3 = suite; print }' /etc/apt/sources.list
		done >"$dir/archive.list"
	fi
}

# archive_unpack DIR SUITES TARGET PACKAGE: PACKAGE of TARGET, one of SUITES, with all that it links
# with, unpacked into DIR/root. What apt says is in DIR/apt.log; status 1 when it cannot be had. Against an
# empty status, for what is installed here is of another release: so its C library comes too.
archive_unpack() {
	local dir=$1 suites=$2 target=$3 package=$4 apt deb
	rm -rf "$dir/root" "$dir/debs"
	mkdir -p "$dir/lists/partial" "$dir/debs/archives/partial" "$dir/root"
	: >"$dir/status"
	archive_sources "$dir/sources.list.d" "$suites"
	apt=(-q -o Dir::Etc::SourceList=/dev/null -o Dir::Etc::SourceParts="$dir/sources.list.d"
		-o Dir::State::Lists="$dir/lists" -o Dir::State::status="$dir/status"
		-o Dir::Cache="$dir/debs" -o APT::Sandbox::User=root)
	{ apt-get "${apt[@]}" update && apt-get "${apt[@]}" install -y --no-install-recommends --download-only \
		-t "$target" "$package"; } >"$dir/apt.log" 2>&1 || return 1
	for deb in "$dir"/debs/archives/*.deb; do dpkg -x "$deb" "$dir/root" || return 1; done
	rm -rf "$dir/debs"
}
