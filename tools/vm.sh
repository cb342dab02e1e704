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
gzip:makes the guest's initramfs"

vm_help() {
	cat <<-'TEXT'
	Usage: ./syncline vm [OPTION...] -- COMMAND...

	Boots a guest under plain emulation and runs COMMAND in it as root, in this
	folder: two ports of QEMU's 82576 (igb) cabled to each other, each behind a
	virtual IOMMU and bound to vfio-pci, hugepages ready. The guest sees this
	machine's files read-only; /mnt is its own to write to. Boots in some 10 s.

	  --nics N        ports, a pair of them cabled (2)
	  --linux N       leave the first N ports to Linux's igb driver (0)
	  --memory MIB    memory of the guest (2048)
	  --time SECONDS  end the guest after so long (300)
	  --no-iommu      no IOMMU; vfio in its no-IOMMU mode

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
	local options=()
	while (($#)); do
		case "$1" in
		--help | -h) vm_help && return ;;
		--nics | --linux | --memory | --time)
			[[ ${2-} =~ ^[0-9]+$ ]] || die "vm: $1 takes a number, not '${2-}'."
			options+=("$1" "$2")
			shift 2
			;;
		--no-iommu) options+=("$1") && shift ;;
		--) shift && break ;;
		*) die "vm: unknown word '$1'. See ./syncline vm --help; the command comes after --." ;;
		esac
	done
	(($#)) || die "vm: no command. See ./syncline vm --help."
	setup_for_build
	build_tree build gcc || exit 1
	vm_setup
	"$SL_TOP/tests/vm/run.sh" ${options[@]+"${options[@]}"} "$SL_VM" -- "$@"
}

# run_vm_cases BOOT [OPTION...]: one boot; counts what the guest says.
run_vm_cases() {
	local boot=$1 verdict text ended=0
	shift
	while IFS= read -r text; do
		text=${text%$'\r'}
		verdict=${text%% *}
		case "$verdict" in
		PASS) SL_PASSED=$((SL_PASSED + 1)) ;;
		FAIL) SL_FAILED=$((SL_FAILED + 1)) ;;
		SKIP) SL_SKIPPED=$((SL_SKIPPED + 1)) ;;
		END) ended=1 && continue ;;
		"|") ;;
		*) continue ;;
		esac
		say "vm: $text"
	done < <("$SL_TOP/tests/vm/run.sh" --time 600 "$@" "$SL_VM" -- \
		"$SL_TOP/tests/vm/cases.sh" "$SL_TOP/build" "$boot" 2>&1)
	if ((ended == 0)); then
		SL_FAILED=$((SL_FAILED + 1))
		say "vm: FAIL the guest did not come to the end of its cases ($boot)"
	fi
}

test_vm() {
	suite_wanted vm || return 0
	build_tree build gcc -Dwerror=true || return 0
	vm_setup
	run_vm_cases iommu --nics 4
}
