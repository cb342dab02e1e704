#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
#
# run.sh [OPTION...] CACHE [-- COMMAND...]
#
# Boot a guest with QEMU's 82576 ("igb"), pairs of ports cabled to each other,
# behind a virtual IOMMU, and run COMMAND in it as root, or with --shell a
# prompt. The guest sees the host's files read-only; /mnt is a folder of its own
# to write to. What the guest asks the hypervisor for is done by monitor.py.
# Ends with the command's exit status; 124 when the guest did not end in time, 125 when it could not
# run.

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
qemu_pid='' monitor_pid='' tty_state=''
# shellcheck disable=SC2317 # called by trap
clean() {
	local pid
	set +e
	for pid in $qemu_pid $monitor_pid; do
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
	printf 'export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/mnt SL_VM_ROOT=%q\ncd %q\n' "$cache/root" "$PWD"
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

devices=()
for ((i = 0; i < vm_nics; i++)); do
	# Functions of one slot that do not answer for themselves share a group.
	place=''
	if ((vm_group)); then place=",addr=4.$i,multifunction=on,disable-acs=on"; fi
	devices+=(-device "pcie-root-port,id=rp$i,chassis=$((i + 1)),slot=$((i + 1))$place"
		-netdev "dgram,id=n$i,local.type=unix,local.path=$work/s$i,remote.type=unix,remote.path=$work/s$((i ^ 1))"
		-device "igb,id=nic$i,bus=rp$i,netdev=n$i,mac=02:00:00:00:01:0$i")
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

export LD_LIBRARY_PATH=$cache/root/usr/lib/x86_64-linux-gnu:$cache/root/lib/x86_64-linux-gnu
qemu=$cache/root/usr/bin/qemu-system-x86_64
words="$("$qemu" --version | sed -n '1s/.*version \([0-9.]*\).*/QEMU \1/p'), Linux $(<"$cache/kernel"), $vm_memory MiB"
words+=", $vm_nics NIC(s)$([[ -z $vm_linux ]] || echo ", Linux has $vm_linux")"
if ((vm_noiommu)); then words+=", no IOMMU"; else words+=", IOMMU"; fi
if ((vm_group)); then words+=", one group"; fi
printf '==> guest: %s\n' "$words" >&2

# What costs an emulated machine much and gives a test nothing: string instructions that work byte
# by byte, memory cleared twice, retpolines, a clock that is a device.
readonly SL_CPU=max,-erms,-fsrm SL_QUICK='init_on_alloc=0 mitigations=off tsc=reliable'

limit=(timeout -k 5 --foreground "${vm_time:-300}")
if ((vm_shell)) && [[ -z $vm_time ]]; then limit=(); fi
# It dies with this script, however that ends.
setpriv --pdeathsig TERM "${limit[@]}" "$qemu" -L "$cache/root/usr/share/qemu" \
	-L "$cache/root/usr/share/seabios" -L "$cache/root/usr/lib/ipxe/qemu" \
	-accel tcg,thread=multi -cpu "$SL_CPU" -smp 2 -m "$vm_memory" \
	-machine q35,kernel-irqchip=split "${iommu[@]}" \
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
unset LD_LIBRARY_PATH
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
exit "$(cat "$work/out/status" 2>/dev/null || echo 125)"
