# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
#
# "syncline perf": how fast.

perf_help() {
	cat <<-'TEXT'
	Usage: ./syncline perf WHAT [OPTION...]

	  run      measure the driver on the software NIC or on cabled ports: rates, loss, latency, cycles a
	           packet; the result is JSON
	  compare  tell whether one result is worse than another, or the work tree than
	           a revision: exit status 3 when it is
	  report   a page with plots
	  export   a result as CSV, for Prometheus or for InfluxDB
	  peers    our driver and DPDK's own in one process on the same software NIC, in
	           turn: cycles a packet, and the ratios. x86-64. Some minutes; --quick:
	           less than a minute. Ctrl-C keeps what is done
	  releases the driver on the system's DPDK and on each of SL_DPDK_PREFIXES, in turn: cycles a
	           packet; exit status 3 when rx+tx of one takes over 3 % more than the first
	  instructions
	           a packet, of each path of the driver: by callgrind, and for AArch64 under
	           qemu-user. --arch x86_64 or aarch64: of that one alone
	  prices   the same of coherent and explicit mode, over sizes and bursts
	  baseline make tests/perf/baseline anew, which "./syncline test perf" holds the paths
	           to: after a change that is meant to change them

	Sets up and builds like "./syncline build" first. Figures want a quiet machine.
	Without DPDK, report, export and compare of two files build and run sl-report alone.
	"./syncline perf WHAT --help" says more; docs/reference/sl-perf.md has the first four.
	TEXT
}

perf_build() {
	setup_for_build
	build_tree build gcc || exit 1
}

# Does the command only read results, here where nothing is built that could measure, and there is no DPDK to build
# it with? Then sl-report does.
perf_only_reads() {
	case $1 in
	report | export) ;;
	compare) if [[ " $* " == *" --against"[\ =]* ]]; then return 1; fi ;;
	*) return 1 ;;
	esac
	[[ ! -e build/build.ninja ]] && ! pkg-config --exists libdpdk 2>/dev/null
}

perf_read() {
	ensure_packages "$SL_PACKAGES_REPORT"
	build_tree build-report gcc -Dreport_only=true -Dtests=false || exit 1
	cd "$SL_CALLER" || die "$SL_CALLER cannot be entered"
	exec "$SL_TOP/build-report/apps/report/sl-report" "$@"
}

# A build of each release, and what compares them.
perf_releases() {
	local prefix
	local -a builds=(build)
	if [[ " $* " == *" --help "* || " $* " == *" -h "* ]]; then exec apps/peers/releases.py --help; fi
	perf_build
	while IFS= read -rd: prefix; do
		[[ -n $prefix ]] || continue
		callers "$prefix"
		prefix=$REPLY
		find_dpdk "$prefix" || die "perf releases: SL_DPDK_PREFIXES: $SL_DPDK_WHY"
		build_with_dpdk "$prefix" gcc || exit 1
		builds+=("$SL_DPDK_BUILD")
	done <<<"${SL_DPDK_PREFIXES-}:"
	exec apps/peers/releases.py "$@" "${builds[@]}"
}

cmd_perf() {
	local what=${1---help}
	(($#)) && shift
	case "$what" in
	--help | -h) perf_help ;;
	run | compare | report | export)
		if perf_only_reads "$what" "$@"; then perf_read "$what" "$@"; fi
		perf_build
		# Of what --against builds; another --source behind it counts.
		if [[ $what == compare ]]; then set -- --source "$SL_TOP" "$@"; fi
		cd "$SL_CALLER" || die "$SL_CALLER cannot be entered"
		exec "$SL_TOP/build/apps/perf/sl-perf" "$what" "$@"
		;;
	peers)
		perf_build
		cd "$SL_CALLER" || die "$SL_CALLER cannot be entered"
		exec "$SL_TOP/build/apps/peers/sl-peers" "$@"
		;;
	releases)
		perf_releases "$@"
		;;
	instructions | prices | baseline)
		# Valgrind, qemu-user and the cross compiler are the tests'.
		ensure_packages "$SL_PACKAGES_TEST"
		perf_build
		case "$what" in
		instructions) what=show ;;
		baseline) what=update ;;
		esac
		exec tests/perf/gate.py "$what" build "$@"
		;;
	*) die "perf: unknown word '$what'. Allowed: run, compare, report, export, peers, releases, instructions, prices, baseline, --help." ;;
	esac
}
