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
# Ends with the command's exit status; 124 when the guest did not end in time.

set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
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
# shellcheck disable=SC2054 # the commas are QEMU's
iommu=(-device intel-iommu,intremap=on,caching-mode=on) cmdline='intel_iommu=on iommu=nopt'
if ((vm_noiommu)); then iommu=() cmdline=''; fi
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

limit=(timeout -k 5 --foreground "${vm_time:-300}")
if ((vm_shell)) && [[ -z $vm_time ]]; then limit=(); fi
# One guest; it dies with this script, however that ends.
boot() {
	setpriv --pdeathsig TERM "${limit[@]}" "$qemu" -L "$cache/root/usr/share/qemu" \
		-L "$cache/root/usr/share/seabios" -L "$cache/root/usr/lib/ipxe/qemu" \
		-accel tcg,thread=multi -cpu max -smp 2 -m "$vm_memory" \
		-machine q35,kernel-irqchip=split "${iommu[@]}" \
		-kernel "$cache/vmlinuz" -initrd "$cache/initramfs.gz" \
		-append "console=ttyS0 quiet panic=-1 no_timer_check $cmdline sl.linux=$vm_linux sl.noiommu=$vm_noiommu \
sl.shell=$vm_shell sl.hugepages=$((vm_memory / 8))" \
		-fsdev local,id=host,path=/,security_model=none,readonly=on,multidevs=remap \
		-device virtio-9p-pci,fsdev=host,mount_tag=host \
		-fsdev "local,id=out,path=$work/out,security_model=none" \
		-device virtio-9p-pci,fsdev=out,mount_tag=out \
		-nic none -display none -no-reboot "${console[@]}" -monitor none \
		-qmp "unix:$work/qmp,server=on,wait=off" "${devices[@]}" <&0 &
	qemu_pid=$!
}

# The emulated timers of a busy machine stop now and then before the guest is up.
# @return 1: then it is not up within BOOT_LIMIT seconds, and ended.
readonly BOOT_LIMIT=60 BOOT_TRIES=4
is_up() {
	local i
	for ((i = 0; i < BOOT_LIMIT * 5; i++)); do
		if [[ -e $work/out/up ]] || ! kill -0 "$qemu_pid" 2>/dev/null; then return 0; fi
		sleep 0.2
	done
	kill "$qemu_pid" 2>/dev/null || true
	wait "$qemu_pid" || true
	return 1
}

boot
for ((try = 1; try < BOOT_TRIES; try++)); do
	if is_up; then break; fi
	printf '==> guest: did not come up within %s s, once more\n' "$BOOT_LIMIT" >&2
	rm -f "$work/qmp" "$work"/s[0-9]*
	boot
done
unset LD_LIBRARY_PATH
"$here/monitor.py" "$work/qmp" "$work/out/host" </dev/null &
monitor_pid=$!

rc=0
wait "$qemu_pid" || rc=$?
qemu_pid=''
((rc == 0)) || exit 124
exit "$(cat "$work/out/status" 2>/dev/null || echo 125)"
