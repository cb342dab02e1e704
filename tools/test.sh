# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
#
# "syncline test": builds every variant, runs the suites, sums up.

readonly SL_SUITES="unit e2e peer tap perf cross model mutants style vm"

# shellcheck source=tools/vm.sh
source "$SL_TOP/tools/vm.sh"

test_help() {
	cat <<-'TEXT'
	Usage: ./syncline test [SUITE...]
	       ./syncline test hw --allow BDF,BDF

	Suites; none named: all, in this order.
	  unit   parts by themselves; no root, no hugepages. gcc, clang, and gcc with
	         AddressSanitizer and UndefinedBehaviorSanitizer
	  e2e    the driver on the software NIC; same three builds
	  peer   DPDK's own driver on the software NIC: what it trips over is wrong in the
	         model. x86-64; gcc, and gcc with sanitizers
	  tap    real kernel traffic through network namespaces; root. gcc
	  perf   instructions a packet of each path of the driver, by callgrind and, for
	         AArch64, under qemu-user: 1 % more than the committed baseline fails.
	         Times are never judged here; "./syncline perf" has those
	  cross  unit tests of what needs no DPDK, for AArch64 and RISC-V, and for AArch64
	         those of the driver's receive and transmit, under qemu-user
	  model  the ring protocol over a non-coherent cache, by spin: every state, and
	         each known mistake found
	  mutants  each sync call and barrier of the driver left out, put off, halved or
	         reversed, one at a time: the e2e tests in checked memory notice each
	  style  format, licence lines, forbidden words, headers that compile alone
	  vm     the driver on QEMU's 82576 behind a virtual IOMMU, alone and with
	         Linux's igb as partner; fetches QEMU and a kernel once. A group of cases
	         that fails is run once more, alone. SL_VM_CASES chooses: a group (link), a
	         pattern of case names ("*ping*"), or both (link/"*down*")
	  hw     the cases of vm on two real ports, cabled to each other and bound to
	         vfio-pci or uio; what needs more is skipped. Touches no other device

	What this machine cannot run is counted as skipped, with its reason. A failed
	test's output is shown. The last line is "N passed, N failed, N skipped";
	exit status 1 when anything failed. A full run takes half an hour on two CPUs.
	SL_VERBOSE=1 shows what the builds say.
	TEXT
}

SL_PASSED=0
SL_FAILED=0
SL_SKIPPED=0

# run_suite DIR SUITE LABEL [MESON-TEST-OPTION...]
run_suite() {
	local dir=$1 suite=$2 label=$3 log counts passed failed skipped rc=0
	shift 3
	log=$dir/meson-logs/$suite.json
	rm -f "$log"
	meson test -C "$dir" --suite "syncline:$suite" --no-rebuild --logbase "$suite" "$@" \
		>"$dir/meson-logs/$suite.out" 2>&1 </dev/null || rc=$?
	if [[ ! -s $log ]]; then
		# No log: Meson failed before a test, or the suite has none, which is as bad.
		cat "$dir/meson-logs/$suite.out" >&2
		SL_FAILED=$((SL_FAILED + 1))
		say "$label: meson test ended with status $rc and ran nothing"
		return 0
	fi
	# Results go to fd 3, the three sums come back.
	counts=$(python3 "$SL_TOP/tools/testlog.py" "$label" "$log" 3>&2) ||
		die "the test log $log could not be read"
	read -r passed failed skipped <<<"$counts"
	SL_PASSED=$((SL_PASSED + passed))
	SL_FAILED=$((SL_FAILED + failed))
	SL_SKIPPED=$((SL_SKIPPED + skipped))
	if ((rc != 0 && failed == 0)); then
		cat "$dir/meson-logs/$suite.out" >&2
		SL_FAILED=$((SL_FAILED + 1))
		say "$label: meson test ended with status $rc though no test failed"
	fi
}

suite_wanted() {
	[[ " $SL_WANTED " == *" $1 "* ]]
}

# A variant that does not build is one failure; the others go on.
build_variant() {
	build_tree "$@" && return 0
	SL_FAILED=$((SL_FAILED + 1))
	return 1
}

test_native() {
	local suite
	if build_variant build gcc -Dwerror=true; then
		for suite in unit e2e peer tap perf; do
			if suite_wanted "$suite"; then run_suite build "$suite" "$suite, gcc"; fi
		done
		if suite_wanted perf; then test_gate; fi
	fi
	if suite_wanted unit || suite_wanted e2e; then
		if build_variant build-clang clang -Dwerror=true; then
			for suite in unit e2e; do
				if suite_wanted "$suite"; then run_suite build-clang "$suite" "$suite, clang"; fi
			done
		fi
	elif ! suite_wanted peer; then
		return 0
	fi
	build_variant build-asan gcc -Dwerror=true -Db_sanitize=address,undefined -Db_lundef=false \
		-Doptimization=1 -Ddebug=true || return 0
	export ASAN_OPTIONS=detect_stack_use_after_return=1:${ASAN_OPTIONS-}
	export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1:${UBSAN_OPTIONS-}
	for suite in unit e2e peer; do
		if suite_wanted "$suite"; then
			run_suite build-asan "$suite" "$suite, gcc with ASan+UBSan" -t 4
		fi
	done
}

# Instructions of each path, beside the baseline.
test_gate() {
	local line ended=0
	while IFS= read -r line; do
		case "${line%% *}" in
		PASS) SL_PASSED=$((SL_PASSED + 1)) ;;
		FAIL) SL_FAILED=$((SL_FAILED + 1)) ;;
		SKIP) SL_SKIPPED=$((SL_SKIPPED + 1)) ;;
		END) ended=1 && continue ;;
		esac
		if [[ $line != PASS* || $line == *": "* ]]; then say "perf: $line"; fi
	done < <("$SL_TOP/tests/perf/gate.py" check build </dev/null)
	if ((ended == 0)); then
		SL_FAILED=$((SL_FAILED + 1))
		say "perf: FAIL the counting did not come to its end"
	fi
}

test_cross() {
	local arch
	suite_wanted cross || return 0
	for arch in aarch64 riscv64; do
		build_variant "build-$arch" gcc --cross-file "tools/cross/$arch.ini" || continue
		run_suite "build-$arch" unit "cross, $arch" -t 4
	done
	test_arm64
}

# The driver's own hot path, with Debian's DPDK for AArch64.
test_arm64() {
	local said rc=0
	said=$("$SL_TOP/tests/perf/arm64.sh" "$SL_CACHE/arm64" 2>&1 </dev/null) || rc=$?
	case $rc in
	0) run_suite "${said##*$'\t'}" unit "cross, aarch64 with DPDK" -t 4 rx tx ;;
	77)
		SL_SKIPPED=$((SL_SKIPPED + 1))
		say "cross: SKIP aarch64 with DPDK: ${said##*$'\n'}"
		;;
	*)
		SL_FAILED=$((SL_FAILED + 1))
		say "cross: FAIL aarch64 with DPDK: $said"
		;;
	esac
}

test_model() {
	local line ended=0
	suite_wanted model || return 0
	while IFS= read -r line; do
		case "${line%% *}" in
		PASS) SL_PASSED=$((SL_PASSED + 1)) ;;
		FAIL) SL_FAILED=$((SL_FAILED + 1)) ;;
		SKIP) SL_SKIPPED=$((SL_SKIPPED + 1)) ;;
		END) ended=1 && continue ;;
		esac
		if [[ $line != PASS*" found "* ]]; then say "model: $line"; fi
	done < <("$SL_TOP/tests/model/run.sh" "$SL_CACHE/model" </dev/null)
	if ((ended == 0)); then
		SL_FAILED=$((SL_FAILED + 1))
		say "model: FAIL the run did not come to its end"
	fi
}

test_mutants() {
	local line ended=0 report=$SL_CACHE/mutants/report
	suite_wanted mutants || return 0
	build_variant build gcc -Dwerror=true || return 0
	mkdir -p "$SL_CACHE/mutants"
	while IFS= read -r line; do
		case "${line%% *}" in
		PASS) SL_PASSED=$((SL_PASSED + 1)) ;;
		FAIL) SL_FAILED=$((SL_FAILED + 1)) ;;
		END) ended=1 && continue ;;
		esac
		if [[ $line != PASS*": killed by "* ]]; then say "mutants: $line"; fi
	done < <("$SL_TOP/tests/mutants/run.py" build "$SL_CACHE/mutants" </dev/null |
		tee "$report")
	if ((ended == 0)); then
		SL_FAILED=$((SL_FAILED + 1))
		say "mutants: FAIL the run did not come to its end"
	fi
	say "mutants: the whole list is in ${report#"$SL_TOP/"}"
}

test_style() {
	local verdict name reason
	suite_wanted style || return 0
	while IFS=$'\t' read -r verdict name reason; do
		case "$verdict" in
		PASS) SL_PASSED=$((SL_PASSED + 1)) ;;
		FAIL) SL_FAILED=$((SL_FAILED + 1)) ;;
		SKIP) SL_SKIPPED=$((SL_SKIPPED + 1)) ;;
		esac
		if [[ $verdict != PASS ]]; then say "style: $verdict $name${reason:+: $reason}"; fi
	done < <("$SL_TOP/tools/style.sh" </dev/null)
	say "style: done"
}

cmd_test() {
	local word start=$SECONDS
	case "${1-}" in
	--help | -h) test_help && return ;;
	hw) shift && test_hw "$@" && return ;;
	esac
	for word; do
		[[ " $SL_SUITES " == *" $word "* ]] ||
			die "test: unknown suite '$word'. Suites: ${SL_SUITES// /, }."
	done
	SL_WANTED=${*:-$SL_SUITES}
	setup_for_test
	if suite_wanted unit || suite_wanted e2e || suite_wanted peer || suite_wanted tap || suite_wanted perf; then
		test_native
	fi
	test_cross
	test_model
	test_mutants
	test_style
	test_vm
	say "took $((SECONDS - start)) s"
	printf '%d passed, %d failed, %d skipped\n' "$SL_PASSED" "$SL_FAILED" "$SL_SKIPPED"
	((SL_FAILED == 0))
}
