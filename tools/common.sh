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

# Results go to standard output, progress to standard error.
say() {
	printf '==> %s\n' "$*" >&2
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

# Remember a change outside this folder, once.
note_change() {
	grep -qsxF -- "$1" "$SL_CHANGES" || printf '%s\n' "$1" >>"$SL_CHANGES"
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
	mkdir -p "$(dirname "$log")"
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
