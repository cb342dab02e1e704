#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
#
# run.sh [OPTION...] CACHE [-- COMMAND...]
#
# Boot a guest with QEMU's 82576 ("igb"), with ports of the software NIC, or with both, pairs of
# ports cabled to each other, behind a virtual IOMMU, and run COMMAND in it as root, or with --shell
# a prompt. The guest sees the host's files read-only; /mnt is a folder of its own to write to. What
# the guest asks the hypervisor for is done by monitor.py. Ends with the command's exit status; 124
# when the guest did not end in time, 125 when it could not run. Of two guests the status is that of
# the first that fails, which ends the other.

set -euo pipefail

here=$(CDPATH='' cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/vm/options.sh
source "$here/options.sh"
vm_options "$@"
set -- ${vm_words[@]+"${vm_words[@]}"}
cache=$(cd "${1:?run.sh: CACHE is missing}" && pwd)
shift
if [[ ${1-} == -- ]]; then shift; fi

work=$(mktemp -d "${TMPDIR:-/tmp}/syncline-vm.XXXXXX")
qemu_pid='' monitor_pid='' softnic_pid='' side_pids='' tty_state=''
# One of two guests: the cables' ends lie where both find them.
cables=${SL_VM_CABLES:-$work} side=${SL_VM_SIDE-}
# shellcheck disable=SC2317 # called by trap
clean() {
	local pid
	set +e
	for pid in $qemu_pid $monitor_pid $side_pids $softnic_pid; do
		kill "$pid" 2>/dev/null
		wait "$pid"
	done
	if [[ -n $tty_state ]]; then stty "$tty_state" 2>/dev/null; fi
	rm -rf "$work"
}
trap clean EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
mkdir -p "$work/out/host"

# What dpdk-testpmd is linked with, for few_plugins: the guest would take seconds to find out.
if command -v dpdk-testpmd >/dev/null; then
	ldd "$(command -v dpdk-testpmd)" | grep -o "librte_[^ ]*" | sort -u >"$work/out/needed" || true
fi

# What the guest runs.
{
	printf 'export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/mnt SL_VM_ROOT=%q SL_VM_SIDE=%q\ncd %q\n' \
		"$cache/root" "$side" "$PWD"
	if ((vm_shell)); then
		printf 'export TERM=%q\nstty %s\n' "${TERM:-dumb}" "$(stty size | awk '{ print "rows", $1, "cols", $2 }')"
		printf 'echo "In the guest. \\"exit\\" or Ctrl-D ends it; Ctrl-] x ends it at once."\n'
		printf 'exec bash --rcfile %q -i\n' "$here/shell.rc"
	else
		printf 'export TERM=dumb\n'
		printf '%q ' "$@"
		printf '\n'
	fi
} >"$work/out/command"

# port_place PORT: its root port. Functions of one slot that do not answer for themselves share a group.
port_place() {
	local place=''
	if ((vm_group)); then place=",addr=4.$1,multifunction=on,disable-acs=on"; fi
	devices+=(-device "pcie-root-port,id=rp$1,chassis=$(($1 + 1)),slot=$(($1 + 1))$place")
}

# end_of PORT: which end of all cables it is; 0 is cabled to 1, 2 to 3. Of two guests, each has one
# end of each cable.
end_of() {
	if [[ -n $side ]]; then echo $((2 * $1 + side)); else echo "$1"; fi
}

# The software NIC, one process for all of its ports. It listens before QEMU starts, which does
# not try twice.
start_softnic() {
	local program=${SL_SOFTNIC:-$here/../../build/apps/softnic/sl-softnic} args=() i wire
	local n=$((vm_guests * ${#vm_devices[@]}))
	if [[ ! -x $program ]]; then
		printf 'run.sh: --device needs %s, which is not there; "ninja -C build" makes it\n' "$program" >&2
		exit 125
	fi
	for ((i = 0; i < n; i++)); do
		wire=peer:$((i / 2))
		if ((i % 2 == 0 && i + 1 == n)); then wire=${vm_wire:-loop}; fi
		args+=(--socket "$cables/d$i" --device "${vm_devices[i / vm_guests]}" --wire "$wire"
			--mac "$(printf '02:00:00:00:01:%02x' $((vm_guests * vm_nics + i)))")
	done
	: >"$work/out/softnic.log"
	setpriv --pdeathsig TERM env -C "${SL_CALLER:-$PWD}" "$program" "${args[@]}" --stats "$work/out/softnic.json" \
		>"$work/out/softnic.log" </dev/null &
	softnic_pid=$!
	until grep -qx 'sl-softnic: ready' "$work/out/softnic.log"; do
		if ! kill -0 "$softnic_pid" 2>/dev/null; then
			printf 'run.sh: sl-softnic ended before it was ready; its reason is above\n' >&2
			exit 125
		fi
		sleep 0.05
	done
}

# Two of this, cabled to each other. What fails in one, or the NIC, may be what the other waits for.
two_guests() {
	local rc=0
	for side in 0 1; do
		SL_VM_CABLES=$work SL_VM_SIDE=$side setpriv --pdeathsig TERM "$here/run.sh" "${vm_given[@]}" "$cache" -- "$@" &
		side_pids+=" $!"
	done
	wait -n && wait -n || rc=$?
	exit "$rc"
}

if ((vm_guests == 2)) && [[ -z $side ]]; then
	if ((${#vm_devices[@]})); then start_softnic; fi
	two_guests "$@"
fi

devices=()
for ((i = 0; i < vm_nics; i++)); do
	port_place "$i"
	end=$(end_of "$i")
	devices+=(-netdev "dgram,id=n$i,local.type=unix,local.path=$cables/s$end,remote.type=unix,remote.path=$cables/s$((end ^ 1))"
		-device "igb,id=nic$i,bus=rp$i,netdev=n$i,mac=$(printf '02:00:00:00:01:%02x' "$end")")
done
for ((i = 0; i < ${#vm_devices[@]}; i++)); do
	port_place "$((vm_nics + i))"
	# A server on a busy machine may answer late, and QEMU gives a device up for good after one
	# late answer. It has no boot ROM.
	devices+=(-device "{\"driver\":\"vfio-user-pci\",\"id\":\"soft$((vm_nics + i))\",\"bus\":\"rp$((vm_nics + i))\",\"rombar\":0,\
\"x-msg-timeout\":60000,\"socket\":{\"type\":\"unix\",\"path\":\"$cables/d$(end_of "$i")\"}}")
done
# With eim=on the guest works its local APICs by MSRs. Their memory-mapped registers lose a write
# now and then while QEMU changes the memory map, as it does for each NIC that is bound or
# unbound: an end of interrupt that is lost stops a CPU's timer for good. So the unit is there
# with --no-iommu too, for interrupts alone.
# shellcheck disable=SC2054 # the commas are QEMU's
iommu=(-device intel-iommu,intremap=on,eim=on,caching-mode=on) cmdline='intel_iommu=on iommu=nopt'
if ((vm_noiommu)); then cmdline='intel_iommu=off'; fi
if ((vm_shell)); then
	# Keys go to the guest as they are; Ctrl-] takes the place of QEMU's Ctrl-A.
	# shellcheck disable=SC2054
	console=(-chardev stdio,id=con,signal=off,mux=on -serial chardev:con -echr 0x1d)
	tty_state=$(stty -g)
else
	console=(-serial stdio)
	exec </dev/null
fi

memory=()
if ((${#vm_devices[@]})); then
	root=$cache/vfio-user/root
	# Of another release of Debian: it runs with that one's C library, by that one's loader.
	qemu=("$root/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2" --library-path "$root/usr/lib/x86_64-linux-gnu"
		"$root/usr/bin/qemu-system-x86_64")
	# The software NIC maps the guest's memory, which therefore must be a file, and shared.
	memory=(-object "memory-backend-memfd,id=ram,size=${vm_memory}M,share=on" -machine memory-backend=ram)
	if [[ -z $side ]]; then start_softnic; fi
else
	root=$cache/root
	qemu=(env "LD_LIBRARY_PATH=$root/usr/lib/x86_64-linux-gnu:$root/lib/x86_64-linux-gnu"
		"$root/usr/bin/qemu-system-x86_64")
fi
words="$("${qemu[@]}" --version | sed -n '1s/.*version \([0-9.]*\).*/QEMU \1/p'), Linux $(<"$cache/kernel"), $vm_memory MiB"
words+=", $vm_nics NIC(s)${vm_devices[*]:+, ${vm_devices[*]}}$([[ -z $vm_linux ]] || echo ", Linux has $vm_linux")"
if ((vm_noiommu)); then words+=", no IOMMU"; else words+=", IOMMU"; fi
if ((vm_group)); then words+=", one group"; fi
printf '==> guest%s: %s\n' "${side:+ $side}" "$words" >&2

# What costs an emulated machine much and gives a test nothing: string instructions that work byte
# by byte, memory cleared twice, retpolines, a clock that is a device.
readonly SL_CPU=max,-erms,-fsrm SL_QUICK='init_on_alloc=0 mitigations=off tsc=reliable'

limit=(timeout -k 5 --foreground "${vm_time:-300}")
if ((vm_shell)) && [[ -z $vm_time ]]; then limit=(); fi
# It dies with this script, however that ends.
setpriv --pdeathsig TERM "${limit[@]}" "${qemu[@]}" -L "$root/usr/share/qemu" \
	-L "$root/usr/share/seabios" -L "$root/usr/lib/ipxe/qemu" \
	-accel tcg,thread=multi -cpu "$SL_CPU" -smp 2 -m "$vm_memory" \
	-machine q35,kernel-irqchip=split "${memory[@]}" "${iommu[@]}" \
	-kernel "$cache/vmlinuz" -initrd "$cache/initramfs.gz" \
	-append "console=ttyS0 quiet panic=-1 no_timer_check $SL_QUICK $cmdline sl.linux=$vm_linux \
sl.noiommu=$vm_noiommu sl.shell=$vm_shell sl.hugepages=$((vm_memory / 8))" \
	-fsdev local,id=host,path=/,security_model=none,readonly=on,multidevs=remap \
	-device virtio-9p-pci,fsdev=host,mount_tag=host \
	-fsdev "local,id=out,path=$work/out,security_model=none" \
	-device virtio-9p-pci,fsdev=out,mount_tag=out \
	-nic none -display none -no-reboot "${console[@]}" -monitor none \
	-qmp "unix:$work/qmp,server=on,wait=off" "${devices[@]}" <&0 &
qemu_pid=$!
"$here/monitor.py" "$work/qmp" "$work/out/host" </dev/null &
monitor_pid=$!

rc=0
wait "$qemu_pid" || rc=$?
qemu_pid=''
case $rc in
0) ;;
124 | 137)
	printf '==> guest: not done after %s s, ended. --time gives it longer\n' "${vm_time:-300}" >&2
	exit 124
	;;
*)
	printf '==> guest: QEMU ended with status %s; its reason is above\n' "$rc" >&2
	exit 125
	;;
esac
if [[ -n $softnic_pid ]] && ! kill -0 "$softnic_pid" 2>/dev/null; then
	printf '==> guest: sl-softnic ended before it; its reason is above\n' >&2
	exit 125
fi
exit "$(cat "$work/out/status" 2>/dev/null || echo 125)"
