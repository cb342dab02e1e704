# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
#
# What every part of the front script uses. Sourced, never run.
# shellcheck disable=SC2034 # used by those who source this

readonly SL_CACHE=$SL_TOP/.cache
# What was changed outside this folder, one line each with how to undo it.
# Outside .cache/, for the notes must outlive "clean".
readonly SL_CHANGES=$SL_TOP/.syncline-changes

# Results go to standard output, progress to standard error. What failed is told again at the end of a test
# run: see told_again.
say() {
	printf '==> %s\n' "$*" >&2
	if [[ -n ${SL_FAILURES-} && $* == *FAIL* ]]; then printf '%s\n' "$*" >>"$SL_FAILURES"; fi
}

warn() {
	printf '==> note: %s\n' "$*" >&2
}

die() {
	printf 'syncline: %s\n' "$*" >&2
	exit 1
}

is_root() {
	[[ $(id -u) == 0 ]]
}

have() {
	command -v "$1" >/dev/null 2>&1
}

# REPLY: a file name as the caller meant it.
callers() {
	REPLY=$1
	if [[ $1 != /* ]]; then REPLY=$SL_CALLER/$1; fi
}

# Was that build folder set up for this checkout, at its place? A copy's and a moved one's were not.
build_is_ours() {
	python3 - "$1" "$SL_TOP" <<-'END' 2>/dev/null
		import json, os, sys
		build, top = map(os.path.realpath, sys.argv[1:])
		with open(os.path.join(build, "meson-info", "meson-info.json"), encoding="utf-8") as f:
		    told = json.load(f)["directories"]
		sys.exit(told["source"] != top or told["build"] != build)
	END
}

# Remember a change outside this folder, once.
note_change() {
	if grep -qsxF -- "$1" "$SL_CHANGES"; then return 0; fi
	{ printf '%s\n' "$1" >>"$SL_CHANGES"; } 2>/dev/null || warn "changed on this machine, and $SL_CHANGES cannot be written: $1"
}

# The CPUs this process may use, one a line.
cpus_allowed() {
	local part
	local list
	list=$(sed -n 's/^Cpus_allowed_list:[[:space:]]*//p' /proc/self/status)
	for part in ${list//,/ }; do
		seq "${part%-*}" "${part#*-}"
	done
}

# Run a command quietly; show what it said only when it fails, or as it goes
# with SL_VERBOSE=1.
quietly() {
	local log=$1
	shift
	if ! mkdir -p "${log%/*}" 2>/dev/null || [[ ! -w ${log%/*} ]]; then log=/dev/null; fi
	if [[ $log == /dev/null && -z ${SL_VERBOSE-} ]]; then
		# A checkout that cannot be written: the words are kept until it is known what they are worth.
		local said rc=0
		said=$("$@" 2>&1 </dev/null) || rc=$?
		((rc == 0)) || printf '%s\n' "$said" >&2
		return "$rc"
	fi
	if [[ -n ${SL_VERBOSE-} ]]; then
		"$@" 2>&1 | tee "$log" >&2
		return "${PIPESTATUS[0]}"
	fi
	if "$@" >"$log" 2>&1 </dev/null; then
		return 0
	fi
	cat "$log" >&2
	return 1
}
