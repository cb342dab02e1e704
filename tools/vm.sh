# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
#
# "syncline vm" and the vm suite: a guest with QEMU's 82576, with ports of the software NIC, or both,
# behind a virtual IOMMU; no hardware needed.

readonly SL_VM=$SL_CACHE/vm
readonly SL_PACKAGES_VM="
kmod:picks the guest's kernel modules
cpio:makes the guest's initramfs
gzip:makes the guest's initramfs
iproute2:interfaces and namespaces in the guest
iputils-ping:ping in the guest
socat:TCP transfers in the guest
ethtool:what Linux's driver counts"

# shellcheck source=tests/vm/options.sh
source "$SL_TOP/tests/vm/options.sh"

vm_help() {
	cat <<-TEXT
	Usage: ./syncline vm [OPTION...] -- COMMAND...
	       ./syncline vm [OPTION...] --shell

	Boots a guest under plain emulation and runs COMMAND in it as root, in this
	folder, or gives a prompt: ports of QEMU's 82576 (igb) cabled to each other, each
	behind a virtual IOMMU and bound to vfio-pci, hugepages ready. With --device ports
	are the software NIC's: a process beside the guest, build/apps/softnic/sl-softnic,
	that QEMU shows the guest as PCI devices (vfio-user). The guest sees
	this machine's files read-only; /mnt is its own to write to. Boots in some 10 s.

	$VM_OPTIONS_HELP
	  --shell         a prompt; "exit" or Ctrl-D ends the guest, Ctrl-] x at once

	Exit status: that of COMMAND; 124 when the guest did not end in time, 125 when it
	could not run.
	Example:
	  ./syncline vm -- build/apps/testpmd/sl-testpmd -l 0,1 -- --tx-first 4 --duration 10
	  ./syncline vm --device i350,i350 --linux 0,1 --shell
	  ./syncline vm --guests 2 --nics 1 --device i350 --time 7200 -- tests/vm/tcp_guests.sh build
	TEXT
}

vm_setup() {
	ensure_packages "$SL_PACKAGES_VM"
	say "VM bench: QEMU, kernel and busybox in ${SL_VM#"$SL_TOP"/} (fetched once)"
	"$SL_TOP/tests/vm/prepare.sh" "$SL_VM"
}

# The QEMU that shows the guest another process's devices: newer, and only fetched when asked for.
vm_setup_vfio_user() {
	say "VM bench: QEMU with vfio-user in ${SL_VM#"$SL_TOP"/}/vfio-user (fetched once)"
	"$SL_TOP/tests/vm/prepare_vfio_user.sh" "$SL_VM/vfio-user"
}

cmd_vm() {
	case "${1-}" in --help | -h) vm_help && return ;; esac
	vm_options "$@"
	if ((vm_shell)); then
		((${#vm_words[@]} == 0)) || die "vm: --shell takes no command, but there is '${vm_words[*]}'."
		[[ -t 0 && -t 1 ]] || die "vm: --shell needs a terminal. To run a command: ./syncline vm -- COMMAND"
	elif [[ ${vm_words[0]-} != -- ]]; then
		die "vm: $( ((${#vm_words[@]})) && echo "unknown word '${vm_words[0]}'" || echo "no command"). \
The command comes after --; for a prompt give --shell. See ./syncline vm --help."
	elif ((${#vm_words[@]} == 1)); then
		die "vm: no command behind --. For a prompt give --shell."
	fi
	setup_for_build
	build_tree build gcc || exit 1
	vm_setup || die "the VM bench could not be prepared"
	if ((${#vm_devices[@]})); then
		vm_setup_vfio_user || die "the QEMU for --device could not be prepared"
	fi
	# What the software NIC's wires name is relative to where the user is.
	export SL_CALLER
	exec "$SL_TOP/tests/vm/run.sh" ${vm_given[@]+"${vm_given[@]}"} "$SL_VM" ${vm_words[@]+"${vm_words[@]}"}
}

# A guest that says nothing for so long, and one that takes so long for all of its cases, hangs:
# some ten times what the longest case, and what all of them, take on a machine of one's own.
readonly SL_VM_SILENCE=600 SL_VM_LIMIT=3600

# heard WHAT COMMAND...: what the command says, each line with WHAT and a tab before it; "HUNG" when
# it fell silent, and is ended.
heard() {
	local what=$1 text pid in rc=0
	shift
	exec {in}< <(exec "$@" 2>&1)
	pid=$!
	while :; do
		IFS= read -r -t "$SL_VM_SILENCE" -u "$in" text || rc=$?
		((rc == 0)) || break
		printf '%s\t%s\n' "$what" "${text%$'\r'}"
	done
	if ((rc > 128)); then
		printf '%s\tHUNG\n' "$what"
		kill "$pid" 2>/dev/null || true
	fi
	exec {in}<&-
	wait "$pid" 2>/dev/null || true
}

# count_cases WHAT...: counts what cases.sh says, on standard input as "heard" puts it; each WHAT is
# one run, which must come to its end. With SL_VM_SECOND=1, groups in which a case failed and runs
# that did not end are not counted but kept in SL_VM_AGAIN: "WHAT<tab>GROUP", "WHAT<tab>".
SL_VM_AGAIN=()
count_cases() {
	local what verdict text group
	local -A last=() at=() tally=()
	SL_VM_AGAIN=()
	for what; do last[$what]=nothing; done
	while IFS=$'\t' read -r what text; do
		verdict=${text%% *}
		case "$verdict" in
		GROUP) at[$what]=${text#* } && continue ;;
		PASS | FAIL | SKIP) tally[$what$'\t'${at[$what]-}]+=${verdict::1} ;;
		END) unset "last[$what]" && continue ;;
		HUNG) text="| nothing more came for $SL_VM_SILENCE s" ;;
		"|" | "==>") ;;
		*) continue ;;
		esac
		say "$what: ${text#==> }"
		if [[ $verdict == [A-Z]* && $verdict != HUNG ]]; then last[$what]=${text%% \[*}; fi
	done
	for what in "${!last[@]}"; do
		say "$what: FAIL it did not come to the end of its cases; the last was: ${last[$what]}"
		tally[$what$'\t']+=F
	done
	for group in "${!tally[@]}"; do
		what=${group%$'\t'*}
		if ((${SL_VM_SECOND-0})) && [[ -n ${last[$what]-} ]]; then
			# Once more as a whole, by the entry of the run itself.
			if [[ $group == "$what"$'\t' ]]; then SL_VM_AGAIN+=("$group"); fi
		elif ((${SL_VM_SECOND-0})) && [[ ${tally[$group]} == *F* ]]; then
			SL_VM_AGAIN+=("$group")
		else
			count_letters "${tally[$group]}"
		fi
	done
}

# count_letters LETTERS: P, F and S as cases ended.
count_letters() {
	local passed=${1//[FS]/} failed=${1//[PS]/} skipped=${1//[PF]/}
	SL_PASSED=$((SL_PASSED + ${#passed}))
	SL_FAILED=$((SL_FAILED + ${#failed}))
	SL_SKIPPED=$((SL_SKIPPED + ${#skipped}))
}

# vm_short WHAT: prints 1 for a model that leaves to another one of its family what they have in common. Which one has
# all cases follows from the seed, so each has them in some runs; who asks for cases by name gets them.
vm_short() {
	local word model=${1#linux-}
	local -a kin=()
	if [[ -n ${SL_VM_CASES-} || $1 != linux-* ]]; then return 0; fi
	for word in $SL_VM_MODELS; do
		if [[ $(vm_family "$word") == "$(vm_family "$model")" ]]; then kin+=("$word"); fi
	done
	if [[ ${kin[SL_VM_SEED % ${#kin[@]}]} != "$model" ]]; then echo 1; fi
}

# vm_family MODEL: the driver that Linux has for it.
vm_family() {
	case $1 in 82599 | x540) echo ixgbe ;; *) echo igb ;; esac
}

# vm_run WHAT: one run of the suite: a guest with the cases that are for it, or a use of the program.
vm_run() {
	local -a nics=(--nics 4)
	case $1 in
	options | devices | guests)
		heard "vm, $1" "$SL_TOP/tests/vm/boot.sh" "$1"
		return
		;;
	linux-82599) nics=(--device "82599,82599-sfp") ;;
	linux-*) nics=(--device "${1#*-},${1#*-}") ;;
	prompt) # through a terminal of its own
		heard "vm, prompt" "$SL_TOP/tests/vm/prompt.py" "$SL_TOP/tests/vm/run.sh" --shell --nics 1 --time "$SL_VM_LIMIT" "$SL_VM"
		return
		;;
	noiommu) nics=(--nics 2 --no-iommu) ;;
	onegroup) nics=(--nics 2 --one-group) ;;
	esac
	heard "vm, $1" "$SL_TOP/tests/vm/run.sh" --time "$SL_VM_LIMIT" "${nics[@]}" "$SL_VM" -- \
		env SL_VM_CASES="${SL_VM_CASES-}" SL_VM_SHORT="$(vm_short "$1")" ${SL_SEED:+"SL_SEED=$SL_SEED"} "$SL_TOP/tests/vm/cases.sh" "$SL_TOP/build" "$1"
}

# vm_bench SETUP WHAT: what of the bench SETUP makes, of the packages WHAT; or what stands in its way: a
# skip, or, when it is what was asked for, a failure.
vm_bench() {
	local why
	if [[ $(uname -m) != x86_64 ]]; then
		why="the guest is of x86-64, this machine is not: our build would not run there"
	elif ! ("$1"); then
		why="the bench could not be prepared: $2 fetched for it; the reason is above"
		if [[ $SL_WANTED == vm ]]; then
			SL_FAILED=1
			say "vm: FAIL $why"
			return
		fi
	else
		return 0
	fi
	SL_SKIPPED=1
	say "vm: SKIP $why"
}

# test_vm WHAT...: runs, one after the other. However that ends, their guests end too: see monitor.py.
test_vm() {
	local what
	export SL_VM_OWNER=$BASHPID SL_SEED=$SL_VM_SEED
	for what; do
		count_cases "vm, $what" < <(vm_run "$what")
		if ((${#SL_VM_AGAIN[@]})); then printf '%s\n' "${SL_VM_AGAIN[@]}" >>"$SL_RUN/vm_again"; fi
	done
}

# One guest with traffic: the driver drives a NIC that is not ours.
test_guest() {
	export SL_VM_CASES=traffic
	test_vm iommu
}

# Groups that failed, each in a guest of its own, and alone: an emulated machine on a busy one may leave a
# CPU of its aside for longer than a case waits. What fails there too has failed. Seeds are the same.
test_vm_again() {
	local -a groups=()
	local what group failed mended=""
	export SL_VM_OWNER=$BASHPID SL_SEED=$SL_VM_SEED SL_VM_SECOND=0
	[[ -e $SL_RUN/vm_again ]] || return 0
	mapfile -t groups <"$SL_RUN/vm_again"
	for what in "${groups[@]}"; do
		group=${what#*$'\t'}
		what=${what%$'\t'*}
		say "$what: once more: ${group:-all of it}"
		failed=$SL_FAILED
		count_cases "$what" < <(SL_VM_CASES=$group vm_run "${what#vm, }")
		if ((SL_FAILED == failed)); then mended+="${mended:+; }$what${group:+: $group}"; fi
	done
	if [[ -n $mended ]]; then say "vm: passed at the second try only, look above for the first: $mended"; fi
}

# The devices of the software NIC that Linux's driver is tried on, see vm_short.
readonly SL_VM_MODELS="82576 i350 i210 82599 x540"

# The steps of vm and of guest. Half of the cases each in two guests, which take about as long as each other.
plan_vm() {
	local what
	step build bench vm_bench vm_setup "QEMU of bookworm-backports and a kernel are"
	if ! suite_wanted guest && [[ ${SL_VM_CASES:-linux-} == linux-* ]]; then
		step build bench_vfio_user vm_bench vm_setup_vfio_user "QEMU of trixie-backports is"
	fi
	SL_VM_SEED=${SL_SEED:-$RANDOM} SL_VM_SECOND=1
	say "vm: SL_SEED=$SL_VM_SEED"
	if suite_wanted guest; then
		step beside build,bench test_guest
	elif [[ ${SL_VM_CASES-} == linux-* ]]; then
		SL_VM_SECOND=0
		for what in $SL_VM_MODELS; do
			# shellcheck disable=SC2053 # a pattern is wanted
			if [[ linux-$what == ${SL_VM_CASES%%/*} ]]; then step beside build,bench,bench_vfio_user test_vm "linux-$what"; fi
		done
	elif [[ -n ${SL_VM_CASES-} ]]; then
		SL_VM_SECOND=0
		step beside build,bench test_vm iommu noiommu onegroup
	else
		for what in iommu-1 iommu-2; do step beside build,bench test_vm "$what"; done
		for what in $SL_VM_MODELS; do step beside build,bench,bench_vfio_user test_vm "linux-$what"; done
		for what in devices guests; do step beside build,bench,bench_vfio_user test_vm "$what"; done
		for what in options noiommu onegroup prompt; do step beside build,bench test_vm "$what"; done
	fi
	if ((SL_VM_SECOND)); then step alone build,bench test_vm_again; fi
}

# test_hw --allow BDF,BDF: ends the program.
test_hw() {
	case "${1-}" in --help | -h) test_help && exit 0 ;; esac
	"$SL_TOP/tests/vm/hw.sh" build "$@" --check || exit
	# In the guest this folder is read-only, and built.
	if [[ -w $SL_TOP ]]; then
		setup_for_build
		build_tree build gcc || exit 1
	fi
	count_cases hw < <(heard hw "$SL_TOP/tests/vm/hw.sh" "$SL_TOP/build" "$@")
	printf '%d passed, %d failed, %d skipped\n' "$SL_PASSED" "$SL_FAILED" "$SL_SKIPPED"
	((SL_FAILED == 0)) || exit 1
	exit 0
}
