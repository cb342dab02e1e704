# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
#
# "syncline vm" and the vm suite: a guest with QEMU's 82576 behind a virtual
# IOMMU, no hardware needed.

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
	behind a virtual IOMMU and bound to vfio-pci, hugepages ready. The guest sees
	this machine's files read-only; /mnt is its own to write to. Boots in some 10 s.

	$VM_OPTIONS_HELP
	  --shell         a prompt; "exit" or Ctrl-D ends the guest, Ctrl-] x at once

	Exit status: that of COMMAND; 124 when the guest did not end in time.
	Example:
	  ./syncline vm -- build/apps/testpmd/sl-testpmd -l 0,1 -- --tx-first 4 --duration 10
	TEXT
}

vm_setup() {
	ensure_packages "$SL_PACKAGES_VM"
	say "VM bench: QEMU, kernel and busybox in ${SL_VM#"$SL_TOP"/} (fetched once)"
	"$SL_TOP/tests/vm/prepare.sh" "$SL_VM" || die "the VM bench could not be prepared"
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
	vm_setup
	exec "$SL_TOP/tests/vm/run.sh" ${vm_given[@]+"${vm_given[@]}"} "$SL_VM" ${vm_words[@]+"${vm_words[@]}"}
}

# run_cases WHAT COMMAND...: counts what cases.sh says; WHAT names the run.
run_cases() {
	local what=$1 verdict text ended=0 start=$SECONDS
	shift
	while IFS= read -r text; do
		text=${text%$'\r'}
		verdict=${text%% *}
		case "$verdict" in
		PASS) SL_PASSED=$((SL_PASSED + 1)) ;;
		FAIL) SL_FAILED=$((SL_FAILED + 1)) ;;
		SKIP) SL_SKIPPED=$((SL_SKIPPED + 1)) ;;
		END) ended=1 && continue ;;
		"|" | "==>") ;;
		*) continue ;;
		esac
		say "$what: ${text#==> }"
	done < <("$@" 2>&1)
	if ((ended == 0)); then
		SL_FAILED=$((SL_FAILED + 1))
		say "$what: FAIL it did not come to the end of its cases"
	fi
	if ((SECONDS - start > 1)); then say "$what: took $((SECONDS - start)) s"; fi
}

# vm_cases BOOT [OPTION...]: a guest that runs the cases of BOOT.
vm_cases() {
	local boot=$1
	shift
	"$SL_TOP/tests/vm/run.sh" --time 600 "$@" "$SL_VM" -- \
		env SL_VM_CASES="${SL_VM_CASES-}" "$SL_TOP/tests/vm/cases.sh" "$SL_TOP/build" "$boot"
}

test_vm() {
	suite_wanted vm || return 0
	build_tree build gcc -Dwerror=true || return 0
	vm_setup
	if [[ -n ${SL_VM_CASES-} ]]; then
		run_cases "vm, iommu" vm_cases iommu --nics 4
		run_cases "vm, noiommu" vm_cases noiommu --nics 2 --no-iommu
		run_cases "vm, onegroup" vm_cases onegroup --nics 2 --one-group
		return
	fi
	vm_side_by_side
	vm_cases onegroup --nics 2 --one-group >"$SL_VM/onegroup.log" 2>&1 &
	run_cases "vm, noiommu" vm_cases noiommu --nics 2 --no-iommu
	wait "$!"
	run_cases "vm, onegroup" cat "$SL_VM/onegroup.log"
	vm_prompt
}

# Two guests, each on a core of its own: half of the cases and of the time each. What the
# second says is told, and counted, when the first is done.
vm_side_by_side() {
	local said pid
	said=$(mktemp)
	vm_cases iommu-2 --nics 4 >"$said" 2>&1 &
	pid=$!
	run_cases "vm, iommu-1" vm_cases iommu-1 --nics 4
	wait "$pid"
	run_cases "vm, iommu-2" cat "$said"
	rm -f "$said"
}

# The prompt, through a terminal of its own.
vm_prompt() {
	run_cases "vm, prompt" "$SL_TOP/tests/vm/prompt.py" "$SL_TOP/tests/vm/run.sh" --shell --nics 1 --time 120 "$SL_VM"
}

# test_hw --allow BDF,BDF: ends the program.
test_hw() {
	case "${1-}" in --help | -h) test_help && exit 0 ;; esac
	"$SL_TOP/tests/vm/hw.sh" build "$@" --check || exit
	setup_for_build
	build_tree build gcc || exit 1
	run_cases hw "$SL_TOP/tests/vm/hw.sh" "$SL_TOP/build" "$@"
	printf '%d passed, %d failed, %d skipped\n' "$SL_PASSED" "$SL_FAILED" "$SL_SKIPPED"
	((SL_FAILED == 0)) || exit 1
	exit 0
}
