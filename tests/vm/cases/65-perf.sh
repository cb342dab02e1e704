# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
# shellcheck disable=SC2034,SC2154 # shared with common.sh
#
# sl-perf on cabled ports: what it measures is of no interest on emulated ones, that it
# does is.

perf=$build/apps/perf/sl-perf
result=/mnt/perf.json
for port in "${nic[@]}"; do bind "$port" vfio-pci; done

# perf_run ARGUMENT...: a short run; its status.
perf_run() {
	rm -f "$result"
	timeout -k 5 170 "$perf" run --processes 1 --trial 0.2 --trials 2 --memory 128 --out "$result" "$@" >>"$log" 2>&1
}

# Samples of a metric in the result, each on a line.
samples_of() {
	awk -v want="\"$1\": {" '
		index($0, want) { on = 1 }
		on && /^ *[0-9.]+,?$/ { gsub(/[ ,]/, ""); print }
		on && /\}/ { on = 0 }' "$result"
}

# measured COUNT: so many results, with frames received and none corrupt. In a trial of
# a moment a guest may be given no CPU: not each of them needs to have some.
measured() {
	[[ $(grep -c '/cabled"' "$result") == "$1" ]] || { why="not $1 results" && return 1; }
	[[ -n $(samples_of pps | awk '$1 > 0') ]] || { why="nothing arrived" && return 1; }
	! grep '"corrupt": ' "$result" | grep -vq '"corrupt": 0,' || { why="frames arrived corrupt" && return 1; }
	why="$(samples_of pps | sort -n | tail -n 1 | cut -d. -f1) frames a second"
}

case_one_port() {
	perf_run --tester "${nic[0]}" --dut "${nic[1]}" --suite mrr --sizes 64 --coherency coherent,explicit &&
		measured 2
}

case_two_ports() {
	[[ -n ${nic[3]-} ]] || { skip_case "needs four ports" || return; }
	perf_run --tester "${nic[0]},${nic[3]}" --dut "${nic[1]},${nic[2]}" --suite mrr,latency --sizes 9000 || return
	measured 2 || return
	grep -q '"idle_p50_ns"' "$result" || { why="no latency" && return 1; }
}

# refused PATTERN ARGUMENT...: status 2, and the reason.
refused() {
	local pattern=$1 rc=0
	shift
	perf_run --suite mrr --sizes 64 "$@" || rc=$?
	((rc == 2)) || { why="status $rc" && return 1; }
	grep -Eq -- "$pattern" "$log" || { why="nothing like '$pattern' was said" && return 1; }
}

case_not_there() {
	refused "--dut: there is no PCI device 0000:7f:00.0" --tester "${nic[0]}" --dut 7f:00.0
}

case_not_bound() {
	[[ -z ${SL_VM_NICS-} ]] || { skip_case "would change a driver" || return; }
	bind "${nic[1]}" igb || return
	refused "--dut: ${nic[1]} is bound to igb; .*dpdk-devbind.py -b vfio-pci ${nic[1]}" --tester "${nic[0]}" \
		--dut "${nic[1]}"
}

case_no_link() {
	local rc=0
	[[ -z ${SL_VM_NICS-} ]] || { skip_case "would pull a cable" || return; }
	bind "${nic[1]}" vfio-pci || return
	host set_link "${nic[1]}" off >>"$log" || return
	refused "${nic[1]} has no link after 10 s: is there a cable between it and ${nic[0]}\?" --tester "${nic[0]}" \
		--dut "${nic[1]}" || rc=$?
	host set_link "${nic[1]}" on >>"$log" || return
	return "$rc"
}

run_case "sl-perf on a port cabled to a tester's" case_one_port
run_case "sl-perf on two ports cabled to a tester's two" case_two_ports
run_case "sl-perf: a port that is not there" case_not_there
run_case "sl-perf: a port that Linux has" case_not_bound
run_case "sl-perf: a cable that is pulled" case_no_link
