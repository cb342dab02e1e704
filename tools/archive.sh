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
