# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
#
# "syncline test": builds every variant, runs the suites, sums up.

# Every suite. The words of a newcomer's proof, which "syncline test" runs: gcc alone, and of vm one guest.
readonly SL_SUITES="unit e2e peer tap perf cross model proof mutants fuzz tsan style package clients vm matrix"
readonly SL_PROOF="unit e2e peer tap model guest style"

# shellcheck source=tools/steps.sh
source "$SL_TOP/tools/steps.sh"
# shellcheck source=tools/vm.sh
source "$SL_TOP/tools/vm.sh"

test_help() {
	cat <<-'TEXT'
	Usage: ./syncline test
	       ./syncline test all
	       ./syncline test SUITE...
	       ./syncline test hw --allow BDF,BDF

	With no word: the proof that all is well here, within half an hour on two CPUs once
	built: unit, e2e in each coherency mode, peer, tap, model and style, built by gcc,
	and one guest with traffic. "all": every suite, some 75 minutes; what CI runs.

	Suites:
	  unit   parts by themselves; no root, no hugepages. gcc, clang, and gcc with
	         AddressSanitizer and UndefinedBehaviorSanitizer; tests of scripts once
	  e2e    the driver on the software NIC: all rows by gcc, a third of them with
	         sanitizers, those about bursts by clang
	  peer   DPDK's own driver on the software NIC: what it trips over is wrong in the
	         model. x86-64; gcc, and gcc with sanitizers. And the register rows of each
	         device beside the register header of DPDK's source, which is fetched once
	  tap    real kernel traffic through network namespaces; root. gcc
	  perf   instructions a packet of each path of the driver, by callgrind and, for
	         AArch64, under qemu-user: 1 % more than the committed baseline fails.
	         Times are never judged here; "./syncline perf" has those
	  cross  unit tests of what needs no DPDK, for AArch64 and RISC-V, and for AArch64
	         those of the driver's receive and transmit, under qemu-user
	  model  the ring protocol over a non-coherent cache, by spin: every state, and
	         each known mistake found
	  proof  receive's and transmit's bursts, by cbmc: whatever the NIC writes, nothing
	         outside is touched and what is handed up or posted is bounded; and no proof
	         without the bounds, 12 of them by chance (SL_SEED); SL_BOUNDS=N or
	         SL_BOUNDS=all for more. Fetches cbmc once. SL_PROOFS chooses: a pattern of names
	  mutants  a sync call or barrier of the driver left out, put off, halved or
	         reversed, one at a time: the e2e tests in checked memory notice each. And
	         places of the control path spoilt. 30 of each by chance (SL_SEED);
	         SL_MUTANTS=N or SL_MUTANTS=all for more of them
	  fuzz   the driver against a device whose every word is the input, by libFuzzer with
	         sanitizers: SL_FUZZ_SECONDS (60) from the corpus that is committed. clang
	  tsan   what has threads, with ThreadSanitizer: lib/shm, looks at ports that come and
	         go, control calls and telemetry while bursts run. gcc
	  style  format, licence lines, forbidden words, headers that compile alone
	  package  Debian packages of this tree: built, installed into a fresh system below
	         .cache/package, used there, removed. Fetches that system; root
	  clients  DPDK's examples, its tools and Open vSwitch on the software NIC, each with what
	         must come out. Fetches DPDK's source and Open vSwitch once, installs neither.
	         SL_CLIENTS chooses: a pattern of names. Root
	  vm     the driver on QEMU's 82576 behind a virtual IOMMU, alone and with
	         Linux's igb as partner; Linux's igb and ixgbe on the software NIC's devices, on one
	         of each (SL_SEED) with all cases. Fetches
	         two QEMUs and a kernel once. A group of cases that fails is run once more,
	         alone. SL_VM_CASES chooses: a group (link, linux-i350), a pattern of case
	         names ("*ping*"), or both (link/"*down*")
	  matrix unit, e2e, peer, and that release's dpdk-testpmd, on each other DPDK whose
	         folder SL_DPDK_PREFIXES names: "/opt/dpdk-24.11:/opt/dpdk-25.11". gcc; clang
	         builds. Each DPDK takes as long as "./syncline test"
	  hw     the cases of vm on two real ports, cabled to each other and bound to
	         vfio-pci or uio; what needs more is skipped. Touches no other device

	What this machine cannot run is counted as skipped, with its reason. Of a failed
	test the cases that failed are shown. The last line is "N passed, N failed, N
	skipped"; exit status 1 when anything failed. Tests run two at a time; a run that is
	interrupted leaves nothing running. SL_VERBOSE=1 shows what the builds say.
	TEXT
}

# --- steps: each counts what it ran ---

# run_suite DIR SUITE LABEL [MESON-TEST-OPTION...]
run_suite() {
	local dir=$1 suite=$2 label=$3 log counts passed failed skipped rc=0
	shift 3
	if [[ $dir == *asan* ]]; then
		export ASAN_OPTIONS=detect_stack_use_after_return=1:${ASAN_OPTIONS-}
		export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1:${UBSAN_OPTIONS-}
	fi
	log=$dir/meson-logs/$suite.json
	rm -f "$log"
	# -t 4: the limits of tests are for a quiet machine, and this one may have its CPUs busy.
	${SL_WRAP[@]+"${SL_WRAP[@]}"} env -u SL_FAILURES meson test -C "$dir" --suite "syncline:$suite" --no-rebuild --no-stdsplit --logbase "$suite" --num-processes "$SL_JOBS" -t 4 "$@" \
		>"$dir/meson-logs/$suite.out" 2>&1 </dev/null || rc=$?
	if [[ ! -s $log ]]; then
		# No log: Meson failed before a test, or the suite has none, which is as bad.
		cat "$dir/meson-logs/$suite.out" >&2
		SL_FAILED=$((SL_FAILED + 1))
		say "$label: FAIL meson test ended with status $rc and ran nothing"
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
		say "$label: FAIL meson test ended with status $rc though no test failed"
	fi
}

# A variant that does not build is one failure; the others go on.
build_variant() {
	build_tree "$@" && return 0
	say "build: FAIL $1 is not built (above)"
	SL_FAILED=$((SL_FAILED + 1))
	return 1
}

# count_verdicts WHAT QUIET: counts the lines "PASS ...", "FAIL ..." and "SKIP ..." on standard input, and shows what
# does not fit the pattern QUIET. Without a line "END" the run did not come to its end, which is one more failure.
count_verdicts() {
	local what=$1 quiet=$2 line ended=0
	while IFS= read -r line; do
		case "${line%% *}" in
		PASS) SL_PASSED=$((SL_PASSED + 1)) ;;
		FAIL) SL_FAILED=$((SL_FAILED + 1)) ;;
		SKIP) SL_SKIPPED=$((SL_SKIPPED + 1)) ;;
		END) ended=1 && continue ;;
		esac
		# shellcheck disable=SC2053 # a pattern is wanted
		if [[ $line != $quiet ]]; then say "$what: $line"; fi
	done
	if ((ended == 0)); then
		SL_FAILED=$((SL_FAILED + 1))
		say "$what: FAIL the run did not come to its end"
	fi
}

# Instructions of each path, beside the baseline.
test_gate() {
	count_verdicts perf 'PASS!(*: *)' < <("$SL_TOP/tests/perf/gate.py" check build </dev/null)
}

# test_cross ARCH
test_cross() {
	build_variant "build-$1" gcc --cross-file "tools/cross/$1.ini" || return 0
	run_suite "build-$1" unit "cross, $1"
}

# The driver's own hot path, with Debian's DPDK for AArch64.
test_arm64() {
	local said rc=0
	said=$("$SL_TOP/tests/perf/arm64.sh" "$SL_CACHE/arm64" 2>&1 </dev/null) || rc=$?
	case $rc in
	0) run_suite "${said##*$'\t'}" unit "cross, aarch64 with DPDK" rx tx ;;
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

# Where the register rows say that a register is, and where another driver's header has it.
test_registers() {
	count_verdicts peer 'PASS*' < <("$SL_TOP/tests/peer/registers.sh" "$SL_CACHE/registers" </dev/null)
}

test_package() {
	count_verdicts package '' < <("$SL_TOP/tests/package/run.sh" "$SL_CACHE/package" </dev/null)
}

test_clients() {
	count_verdicts clients 'PASS*' < <("$SL_TOP/tests/clients/run.py" build "$SL_CACHE/clients" "${SL_CLIENTS:-*}" </dev/null)
}

test_model() {
	count_verdicts model 'PASS* found *' < <("$SL_TOP/tests/model/run.sh" "$SL_CACHE/model" </dev/null)
}

test_proof() {
	local said rc=0 bounds=(--bounds "${SL_BOUNDS:-12}")
	if [[ ${SL_BOUNDS-} == all ]]; then bounds=(); fi
	said=$("$SL_TOP/tests/proof/prepare.sh" "$SL_CACHE/proof" 2>&1 </dev/null) || rc=$?
	case $rc in
	0)
		count_verdicts proof 'PASS*' < <("$SL_TOP/tests/proof/run.py" --jobs "$SL_JOBS" \
			${bounds[@]+"${bounds[@]}"} "$SL_CACHE/proof" \
			"$SL_CACHE/proof/work" "${SL_PROOFS:-*}" 2>&1 </dev/null)
		;;
	77)
		SL_SKIPPED=$((SL_SKIPPED + 1))
		say "proof: SKIP $said"
		;;
	*)
		SL_FAILED=$((SL_FAILED + 1))
		say "proof: FAIL $said"
		;;
	esac
}

test_mutants() {
	local report=$SL_CACHE/mutants/report sample=(--sample "${SL_MUTANTS:-30}")
	if [[ ${SL_MUTANTS-} == all ]]; then sample=(); fi
	mkdir -p "$SL_CACHE/mutants"
	count_verdicts mutants 'PASS*: killed by *' < <("$SL_TOP/tests/mutants/run.py" build "$SL_CACHE/mutants" \
		--jobs "$SL_JOBS" --rules ${sample[@]+"${sample[@]}"} </dev/null | tee "$report")
	say "mutants: the whole list is in ${report#"$SL_TOP/"}"
}

# clang with libFuzzer, or a skip.
build_fuzz() {
	if ! have clang || ! compgen -G "$(clang --print-runtime-dir)/libclang_rt.fuzzer*.a" >/dev/null; then
		SL_SKIPPED=$((SL_SKIPPED + 1))
		say "fuzz: SKIP clang has no libFuzzer here: apt-get install clang libclang-rt-dev"
		return 0
	fi
	build_variant build-fuzz clang -Dwerror=true -Dfuzz=true -Dapps=false -Db_lundef=false \
		-Doptimization=1 -Ddebug=true
}

test_fuzz() {
	local seconds=${SL_FUZZ_SECONDS:-60}
	[[ $seconds =~ ^[1-9][0-9]*$ ]] || die "SL_FUZZ_SECONDS is '$seconds'; a number of seconds from 1 on is wanted"
	count_verdicts fuzz '' < <("$SL_TOP/tests/fuzz/run.sh" build-fuzz "$SL_CACHE/fuzz" "$seconds" </dev/null)
}

# Newer kernels lay address spaces out more at random than ThreadSanitizer takes; containers may not change that.
test_tsan() {
	local -a SL_WRAP=()
	if setarch -R true 2>/dev/null; then SL_WRAP=(setarch -R); fi
	run_suite build-tsan tsan "tsan, gcc"
}

test_no_matrix() {
	SL_SKIPPED=$((SL_SKIPPED + 1))
	say "matrix: SKIP no other DPDK: set SL_DPDK_PREFIXES to the folders that releases were installed to"
}

# matrix_step NUMBER WHAT COMMAND...: each step of the matrix, which may take minutes, is announced.
matrix_step() {
	say "matrix: $1 of $SL_MATRIX_STEPS: $2"
	"${@:3}"
}

# build_matrix PREFIX COMPILER [MESON-OPTION...]
build_matrix() {
	local prefix=$1 compiler=$2
	if ! have "$compiler"; then
		SL_SKIPPED=$((SL_SKIPPED + 1))
		say "matrix: SKIP $prefix by $compiler, which is not installed"
		return 0
	fi
	build_with_dpdk "$@" -Dwerror=true && return 0
	SL_FAILED=$((SL_FAILED + 1))
	say "matrix: FAIL $prefix is not built by $compiler (above)"
}

# matrix_no_dpdk WHY
matrix_no_dpdk() {
	SL_FAILED=$((SL_FAILED + 1))
	say "matrix: FAIL SL_DPDK_PREFIXES: $1"
}

test_style() {
	local verdict name reason
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

# --- the plan ---

# Any of these suites is wanted.
suite_wanted() {
	local suite
	for suite; do
		if [[ " $SL_WANTED " == *" $suite "* ]]; then return 0; fi
	done
	return 1
}

plan_builds() {
	suite_wanted unit e2e peer tap perf mutants clients vm guest && step build build build_variant build gcc -Dwerror=true
	((SL_WHOLE)) || return 0
	suite_wanted unit e2e && step build build-clang build_variant build-clang clang -Dwerror=true
	suite_wanted fuzz && step build build-fuzz build_fuzz
	suite_wanted tsan && step build build-tsan build_variant build-tsan gcc -Dwerror=true -Dapps=false \
		-Db_sanitize=thread -Db_lundef=false -Doptimization=1 -Ddebug=true
	suite_wanted unit e2e peer && step build build-asan build_variant build-asan gcc -Dwerror=true \
		-Db_sanitize=address,undefined -Db_lundef=false -Doptimization=1 -Ddebug=true
	return 0
}

# plan_variant DIR WORDS [OPTION...]: the suites that are run in more than one build.
plan_variant() {
	local suite dir=$1 words=$2
	shift 2
	# What no compiler makes a difference to runs in one build.
	if [[ $dir != build ]]; then set -- --no-suite syncline:script "$@"; fi
	suite_wanted e2e && step beside "$dir" run_suite "$dir" e2e "e2e, $words" --no-suite syncline:e2e_alone "$@"
	for suite in unit peer; do
		if [[ $suite == peer && $dir == build-clang ]]; then continue; fi
		suite_wanted $suite && step beside "$dir" run_suite "$dir" $suite "$suite, $words" "$@"
	done
	# Programs with threads of their own, which take loss for a fault: nothing else may want the CPUs. What they
	# show of a compiler their parts show in unit and e2e: two builds of the three do.
	if [[ $dir != build-clang ]]; then
		suite_wanted e2e && step alone "$dir" run_suite "$dir" e2e_alone "e2e alone, $words" "$@"
	fi
	return 0
}

# plan_matrix_step WAY DIR WHAT COMMAND...
plan_matrix_step() {
	local what=${2#*build-dpdk-}
	what="DPDK ${what%%+*}, $3"
	SL_MATRIX_STEPS=$((SL_MATRIX_STEPS + 1))
	step "$1" "$2" matrix_step $SL_MATRIX_STEPS "$what" "${@:4}"
}

# plan_matrix_suite WAY DIR SUITE [MESON-TEST-OPTION...]: but for what no DPDK makes a difference to.
plan_matrix_suite() {
	local what=${2#*build-dpdk-}
	plan_matrix_step "$1" "$2" "$3" run_suite "$2" "$3" "matrix, DPDK ${what%%+*}, $3" \
		--no-suite syncline:no_dpdk "${@:4}"
}

# Unit, e2e with sl-testpmd and that release's dpdk-testpmd, and peer on every other DPDK that is named; clang's
# warnings.
plan_matrix() {
	local prefix dir
	local -a dirs=()
	local -A of=()
	SL_MATRIX_STEPS=0
	while IFS= read -rd: prefix; do
		[[ -n $prefix ]] || continue
		callers "$prefix"
		prefix=$REPLY
		if ! find_dpdk "$prefix"; then
			step beside - matrix_no_dpdk "$SL_DPDK_WHY"
		elif [[ -z ${of[$SL_DPDK_BUILD]-} ]]; then
			dirs+=("$SL_DPDK_BUILD")
			of[$SL_DPDK_BUILD]=$prefix
		fi
	done <<<"${SL_DPDK_PREFIXES-}:"
	for dir in ${dirs[@]+"${dirs[@]}"}; do
		plan_matrix_step build "$dir" "build by gcc" build_matrix "${of[$dir]}" gcc
		plan_matrix_step build "clang-$dir" "build by clang, without tests" build_matrix "${of[$dir]}" clang -Dtests=false
	done
	for dir in ${dirs[@]+"${dirs[@]}"}; do
		plan_matrix_suite beside "$dir" e2e --no-suite syncline:e2e_alone
		plan_matrix_suite beside "$dir" unit
		plan_matrix_suite beside "$dir" peer
	done
	for dir in ${dirs[@]+"${dirs[@]}"}; do plan_matrix_suite alone "$dir" e2e_alone; done
}

# The steps of each suite. A new suite is a word of SL_SUITES, a step here, a row of --help and of
# docs/explanation/testing.md. What takes longest comes first: short ones fill the end of the lanes.
plan() {
	plan_builds
	suite_wanted mutants && step beside build test_mutants
	suite_wanted vm guest && plan_vm
	if ((SL_WHOLE)); then plan_variant build-asan "gcc with ASan+UBSan"; fi
	plan_variant build gcc
	if ((SL_WHOLE)); then plan_variant build-clang clang; fi
	if suite_wanted matrix; then
		if [[ ${SL_DPDK_PREFIXES-} == *[!:]* ]]; then plan_matrix; else step beside - test_no_matrix; fi
	fi
	suite_wanted perf && step beside build run_suite build perf "perf, gcc"
	suite_wanted perf && step beside build test_gate
	suite_wanted fuzz && step beside build-fuzz test_fuzz
	suite_wanted tsan && step beside build-tsan test_tsan
	suite_wanted proof && step beside - test_proof
	suite_wanted peer && step beside - test_registers
	suite_wanted model && step beside - test_model
	if suite_wanted cross; then
		step beside - test_cross aarch64
		step beside - test_cross riscv64
		step beside - test_arm64
	fi
	suite_wanted package && step beside - test_package
	suite_wanted clients && step beside build test_clients
	suite_wanted style && step beside - test_style
	suite_wanted tap && step alone build run_suite build tap "tap, gcc"
	return 0
}

# Derive the seed of random choices from the revision: the same revision always gets the same verdict, and
# another revision tries other values.
seed_of_revision() {
	local revision
	[[ -z ${SL_SEED-} ]] || return 0
	revision=$("$SL_TOP/tools/revision.sh") || return 0
	SL_SEED=$(cksum <<<"$revision")
	export SL_SEED=${SL_SEED%% *}
	say "SL_SEED=$SL_SEED, of revision $revision"
}

cmd_test() {
	local word start=$SECONDS
	case "${1-}" in
	--help | -h) test_help && return ;;
	hw) shift && test_hw "$@" && return ;;
	esac
	SL_WANTED=$* SL_WHOLE=1
	case $SL_WANTED in
	"") SL_WANTED=$SL_PROOF SL_WHOLE=0 ;;
	all) SL_WANTED=$SL_SUITES ;;
	esac
	for word; do
		[[ $SL_WANTED == "$SL_SUITES" || " $SL_SUITES " == *" $word "* ]] ||
			die "test: unknown suite '$word'. Suites: ${SL_SUITES// /, }; all, by itself: every one."
	done
	setup_for_test
	seed_of_revision
	plan
	run_steps
	say "took $((SECONDS - start)) s; the longest:"
	longest_steps 20 | sed 's/^/      /' >&2
	if ((SL_FAILED > 0)); then told_again; fi
	if ((SL_PASSED + SL_FAILED + SL_SKIPPED == 0)); then
		warn "no test was run"
		[[ -z ${SL_VM_CASES-} ]] || warn "SL_VM_CASES='$SL_VM_CASES' is neither a group of tests/vm/cases, which are named without their numbers (link), nor does it fit the name of a case"
		SL_FAILED=1
	fi
	printf '%d passed, %d failed, %d skipped\n' "$SL_PASSED" "$SL_FAILED" "$SL_SKIPPED"
	((SL_FAILED == 0))
}
