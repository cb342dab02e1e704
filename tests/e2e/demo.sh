#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
#
# demo.sh TOP BUILD: the demo's parts where hugepages are not to be had, each way: none wanted,
# an ordinary user, fewer in the control group than the kernel counts. Exit 0 passed, 1 failed.
# shellcheck disable=SC2034 # used by the parts that are sourced

set -uo pipefail

top=$1
build=$2
failed=0
cd "$top" || exit 1

fail() {
	printf 'FAIL: %s\n' "$*"
	failed=1
}

# --parts [JSON]: what cmd_demo does behind the build, with SL_TEST_DEVICE for its --device; without
# JSON only the choice of pages, which the last line names.
if [[ ${3-} == --parts ]]; then
	SL_TOP=$top
	for part in common setup demo; do
		# shellcheck disable=SC1090 # named in the line above
		source "$top/tools/$part.sh"
	done
	DEMO_BUILD=$build DEMO_FULL=0.3 DEMO_PACED=0.3 DEMO_TCP_BYTES=4000000 DEMO_FRAMES=500
	DEMO_DEVICE=${SL_TEST_DEVICE-82576}
	demo_check_device
	ensure_hugepages
	((SL_HUGE)) && pages=hugepages || pages='4 KiB pages'
	if [[ -n ${4-} ]]; then demo_parts "$4" || exit 1; fi
	printf 'ran with %s\n' "$pages"
	exit
fi
[[ $# == 2 ]] || exit 1

work=$(mktemp -d "${TMPDIR:-/tmp}/syncline-demo-test.XXXXXX")
chmod 1777 "$work"
group=
# shellcheck disable=SC2317 # the trap runs it
end() {
	if [[ -n $group ]]; then
		# A group goes when its last process is gone.
		for ((try = 0; try < 100; try++)); do rmdir "$group" 2>/dev/null && break; sleep 0.1; done
		umount "$mounted"
	fi
	rm -rf "$work"
}
mounted=$work/cgroup
trap end EXIT
trap 'exit 1' INT TERM

# demo NAME PATTERN [WORD...]: it passes, and a line fits the pattern; run by these words.
demo() {
	local name=$1 pattern=$2
	shift 2
	"$@" bash "$top/tests/e2e/demo.sh" "$top" "$build" --parts "$work/$name.json" >"$work/out" 2>&1 </dev/null ||
		fail "$name: the demo ended with $?"
	grep -Eq -- "$pattern" "$work/out" || fail "$name: no line '$pattern'"
	if ((failed)); then cat "$work/out"; fi
}

unset SL_NO_HUGE
demo none 'SL_NO_HUGE is set: running with 4 KiB pages' env SL_NO_HUGE=1
grep -q '^ran with 4 KiB pages' "$work/out" || fail "none: it ran with hugepages"

# As another device, all of it, and a device that there is not.
demo device 'receive path ".* ixgbe"' env SL_NO_HUGE=1 SL_TEST_DEVICE=82599
grep -q '^---- Syncline demo: .*, software NICs as 82599$' "$work/out" || fail "device: the head does not name it"
grep -q '"device": "82599"' "$work/device.json" || fail "device: the JSON does not name it"
for wrong in 82598 '' '82576 82599'; do
	env SL_NO_HUGE=1 SL_TEST_DEVICE="$wrong" bash "$top/tests/e2e/demo.sh" "$top" "$build" --parts "$work/wrong.json" >"$work/out" 2>&1 &&
		fail "device '$wrong': the demo ran"
	grep -Eq -- "--device: '$wrong' is not allowed; allowed: 82576 .*82599" "$work/out" || fail "device '$wrong': $(<"$work/out")"
done

# As an ordinary user: with hugepages where there are some, which needs no root.
user=(setpriv --reuid 65534 --regid 65534 --clear-groups env HOME="$work")
if [[ $(id -u) != 0 ]] || ! "${user[@]}" test -r "$top/tools/demo.sh" -a -x "$build/apps/testpmd/sl-testpmd"; then
	echo "not tried as an ordinary user: not root, or the checkout is root's alone"
else
	demo user '^ran with' "${user[@]}"
	grep -q 'kernel.*skipped\|skipped: network namespaces need root' "$work/out" || fail "user: namespaces without root?"
	demo user-none '^ran with 4 KiB pages' "${user[@]}" SL_NO_HUGE=1
fi

# Such a user may read a checkout, not write it: what is built is used.
if [[ -e $work/user-none.json && $build == "$top/build" ]]; then
	mkdir -m 777 "$work/there"
	(cd "$work/there" && "${user[@]}" "$top/syncline" perf run --suite cycles --sizes 64 --processes 1 --trial 0.02 \
		--out r.json) >"$work/out" 2>&1 || fail "a checkout to read: $(<"$work/out")"
	[[ -s $work/there/r.json ]] || fail "a checkout to read: no result"
	"${user[@]}" "$top/syncline" doctor >"$work/out" 2>&1
	grep -q "^note  not root" "$work/out" || fail "a checkout to read: doctor: $(<"$work/out")"
fi

# in_group COMMAND...: in a control group that gets one hugepage.
in_group() {
	# shellcheck disable=SC2016 # the inner shell's
	bash -c 'echo $$ >"$1/cgroup.procs" && shift && exec "$@"' - "$group" "$@"
}

free=$(cat /sys/kernel/mm/hugepages/hugepages-2048kB/{free,resv}_hugepages 2>/dev/null | paste -sd -)
mkdir "$mounted"
if ((${free:-0} < 128)); then
	echo "not tried in a control group: $((${free:-0})) hugepages are free, 128 are needed"
elif ! mount -t cgroup -o hugetlb cgroup "$mounted" 2>/dev/null; then
	echo "not tried in a control group: it cannot be made here"
else
	group=$mounted/syncline-$$
	mkdir "$group"
	echo $((2 << 20)) >"$group/hugetlb.2MB.limit_in_bytes"
	in_group bash "$top/tests/e2e/demo.sh" "$top" "$build" --parts >"$work/out" 2>&1
	grep -qz 'counted as free, but 128 of them cannot be had .*: running with 4 KiB.*ran with 4 KiB pages' "$work/out" ||
		fail "group: $(<"$work/out")"
	in_group "$top/syncline" doctor >"$work/out" 2>&1
	grep -Eq "^fix +hugepages of 2 MiB: .*, but $group/hugetlb.2MB.limit_in_bytes allows .* 1;" "$work/out" ||
		fail "group: doctor does not see the limit: $(grep hugepages "$work/out")"
	in_group "$build/apps/testpmd/sl-testpmd" -l 0 --no-pci --in-memory --no-telemetry -m 64 --vdev net_syncline_soft0 -- \
		--duration 0.1 >"$work/out" 2>&1
	grep -q "^sl-testpmd: EAL did not start: .*but $group/hugetlb.2MB.limit_in_bytes allows .* 1; 32 are needed for -m 64" "$work/out" ||
		fail "group: sl-testpmd does not say so: $(tail -n 3 "$work/out")"
	in_group "$build/apps/perf/sl-perf" run --suite cycles --sizes 64 --processes 1 --trial 0.02 --out "$work/p.json" \
		>"$work/out" 2>&1 || fail "group: sl-perf: $(<"$work/out")"
	grep -q '"used": false' "$work/p.json" || fail "group: sl-perf ran with hugepages"
fi

# Hugepages that address space has no room for cannot be had either.
if ((${free:-0} >= 128)); then
	(ulimit -v 200000 && "$top/syncline" doctor) >"$work/out" 2>&1
	grep -Eq '^fix +hugepages of 2 MiB: .*, but this process cannot have 128 of them' "$work/out" ||
		fail "doctor believes the count: $(grep hugepages "$work/out")"
fi
exit $failed
