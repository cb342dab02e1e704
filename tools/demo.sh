# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
#
# "syncline demo": generated frames, a real kernel's traffic and a capture,
# each through the driver on the software NIC.

# shellcheck source=tools/lab.sh
source "$SL_TOP/tools/lab.sh"

demo_help() {
	cat <<-'TEXT'
	Usage: ./syncline demo [--quick] [--device NAME] [--json FILE]

	Sets up and builds like "./syncline build", then sends through the driver,
	port 0 to port 1, each on a software NIC:
	  1. 64-byte frames from a generator at full speed, in the coherency modes
	     coherent and explicit: rate, loss by sequence number, cycles per packet;
	     then at 90 % of that rate: latency
	  2. ping and TCP between two network namespaces that nothing else joins
	     (root; skipped with its reason where that is not possible)
	  3. a capture of mixed traffic, compared frame by frame at the other end
	One screen of results, and the same as JSON.

	  --quick        shorter runs: 15 s in all when built
	  --device NAME  which NIC the software NICs are: 82576 without it; what else,
	                 a wrong name tells
	  --json FILE    where the JSON goes (syncline-demo.json beside syncline; where that cannot be written, below /tmp)

	Exit status 1 when a frame was lost and not accounted for, sums differ or a
	frame came out changed. Frames that were dropped for want of a descriptor,
	and counted, are noted: another program had the CPU. Namespaces, tap devices and processes are gone afterwards.
	Without 256 MiB of free hugepages, or with SL_NO_HUGE=1 in the environment, it runs with 4 KiB pages.
	TEXT
}

DEMO_DIR=
DEMO_BUILD=build
DEMO_DEVICE=82576
DEMO_FAILED=0

demo_end() {
	lab_down || true
	if [[ -n $DEMO_DIR ]]; then rm -rf "$DEMO_DIR"; fi
	DEMO_DIR=
}

# A part that fails does not keep the others from running.
demo_failed() {
	DEMO_FAILED=1
	warn "$*"
}

# testpmd NAME SECONDS-AT-MOST WIRE0 WIRE1 MODE OPTION...: one run; NAME.json and
# NAME.log are what it left.
demo_testpmd() {
	local name=$1 limit=$2 wire0=$3 wire1=$4 mode=$5 cpu
	local -a eal
	shift 5
	mapfile -t eal < <(eal_args)
	cpu=${eal[1]%%,*}
	timeout -k 5 "$limit" "$DEMO_BUILD/apps/testpmd/sl-testpmd" "${eal[@]}" \
		--vdev "net_syncline_soft0,device=$DEMO_DEVICE,wire=$wire0,coherency=$mode,cpu=$cpu" \
		--vdev "net_syncline_soft1,device=$DEMO_DEVICE,wire=$wire1,coherency=$mode,cpu=$cpu" \
		-- --fwd io --tx-retry 65535 --json "$DEMO_DIR/$name.json" "$@" \
		>"$DEMO_DIR/$name.log" 2>&1 </dev/null && return 0
	cat "$DEMO_DIR/$name.log" >&2
	demo_failed "$name: sl-testpmd failed (its words are above)"
	return 1
}

demo_generated() {
	local mode pps
	for mode in coherent explicit; do
		say "64-byte frames at full speed, $mode, $DEMO_FULL s"
		demo_testpmd "full-$mode" $((${DEMO_FULL%.*} + 20)) "gen:size=64" "gen:autostart=0" "$mode" \
			--warmup 0.5 --duration "$DEMO_FULL" || continue
		pps=$(python3 "$SL_TOP/tools/demo_report.py" --rate "$DEMO_DIR/full-$mode.json")
		say "the same at 90 % of that, $((pps * 9 / 10)) frames/s, $mode, $DEMO_PACED s"
		demo_testpmd "paced-$mode" $((${DEMO_PACED%.*} + 20)) \
			"gen:size=64;rate=$((pps * 9 / 10))" "gen:autostart=0" "$mode" \
			--warmup 0.5 --duration "$DEMO_PACED" || continue
	done
}

# Leaves kernel.txt: "key value" lines, or "skipped REASON".
demo_kernel() {
	local obstacle out=$DEMO_DIR/kernel.txt
	obstacle=$(lab_obstacle)
	if [[ -n $obstacle ]]; then
		printf 'skipped %s\n' "$obstacle" >"$out"
		warn "no kernel traffic: $obstacle"
		return
	fi
	say "ping and TCP of $((DEMO_TCP_BYTES / 1000000)) MB between two network namespaces"
	if ! LAB_DEVICE=$DEMO_DEVICE lab_up "$DEMO_BUILD/apps/testpmd/sl-testpmd" coherent --tx-retry 65535; then
		printf 'failed the lab did not come up\n' >"$out"
		demo_failed "kernel traffic: the lab did not come up"
	elif ! printf 'ping56 %s\nping1472 %s\n' "$(lab_ping 56 20)" "$(lab_ping 1472 20)" >"$out" ||
		! lab_tcp "$DEMO_TCP_BYTES"; then
		printf 'failed sums or lengths differ, or frames were lost\n' >>"$out"
		demo_failed "kernel traffic: sums or lengths differ, or frames were lost"
	else
		printf 'tcp_bytes %s\ntcp_ms %s\nsha256_sent %s\nsha256_received %s\n' \
			"$LAB_TCP_BYTES" "$LAB_TCP_MS" "$LAB_SUM_A" "$LAB_SUM_B" >>"$out"
	fi
	lab_down || demo_failed "kernel traffic: sl-testpmd ended with an error"
}

# Leaves capture.txt: what pcapcmp says.
demo_capture() {
	local sent=$DEMO_DIR/sent.pcap received=$DEMO_DIR/received.pcap
	say "a capture of $DEMO_FRAMES frames, compared frame by frame"
	"$DEMO_BUILD/tools/pcapgen" "$sent" "$DEMO_FRAMES"
	demo_testpmd capture 30 "pcap:in=$sent" "pcap:out=$received" coherent \
		--packets "$DEMO_FRAMES" --duration 20 || return 0
	"$DEMO_BUILD/tools/pcapcmp" "$sent" "$received" >"$DEMO_DIR/capture.txt" 2>&1 ||
		demo_failed "capture: $(<"$DEMO_DIR/capture.txt")"
}

# Dies when there is no such device; sl-perf has the list, and says it.
demo_check_device() {
	local devices
	devices=$("$DEMO_BUILD/apps/perf/sl-perf" run --help | sed -n 's/^Devices, .*: //p')
	[[ " $devices " == *" $DEMO_DEVICE "* && $DEMO_DEVICE != *" "* ]] ||
		die "demo: --device: '$DEMO_DEVICE' is not allowed; allowed: $devices"
}

cmd_demo() {
	local json=
	DEMO_FULL=5 DEMO_PACED=2 DEMO_TCP_BYTES=200000000 DEMO_FRAMES=20000
	while (($#)); do
		case "$1" in
		--help | -h) demo_help && return ;;
		--quick) DEMO_FULL=1 DEMO_PACED=1 DEMO_TCP_BYTES=100000000 DEMO_FRAMES=5000 ;;
		--device)
			(($# > 1)) || die "demo: --device wants the name of a NIC"
			DEMO_DEVICE=$2
			shift
			;;
		--json)
			(($# > 1)) || die "demo: --json wants the name of a file"
			callers "$2"
			json=$REPLY
			shift
			;;
		*) die "demo: unknown word '$1'. Allowed: --quick, --device NAME, --json FILE, --help." ;;
		esac
		shift
	done
	if [[ -z $json ]]; then
		json=$SL_TOP/syncline-demo.json
		[[ -w $SL_TOP ]] || json=$(mktemp "${TMPDIR:-/tmp}/syncline-demo.XXXXXX.json")
	fi
	# Looked at, not opened: a FIFO's reader may come later.
	if [[ -d $json || -e $json && ! -w $json || ! -e $json && ! -w $(dirname "$json") ]]; then
		die "demo: --json: $json cannot be written"
	fi
	setup_for_build
	build_tree build gcc || exit 1
	demo_check_device
	demo_parts "$json"
}

# demo_parts JSON: all parts, and what came of them.
demo_parts() {
	DEMO_DIR=$(mktemp -d "${TMPDIR:-/tmp}/syncline-demo.XXXXXX")
	trap demo_end EXIT
	trap 'exit 130' INT TERM HUP
	demo_generated
	demo_kernel
	demo_capture
	python3 "$SL_TOP/tools/demo_report.py" "$DEMO_DIR" "$1" "$DEMO_DEVICE" || DEMO_FAILED=1
	demo_end
	((DEMO_FAILED == 0))
}
