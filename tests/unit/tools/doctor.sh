#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
#
# doctor.sh TOP: "syncline doctor" on machines made of files, one thing broken at
# a time. What the commands it prints are worth is for the VM bench to say.
set -u

top=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export SL_DOCTOR_ROOT=$work/machine
failed=0
plugin=/opt/plugins/driver.so
huge=sys/kernel/mm/hugepages/hugepages-2048kB
nic=0000:01:00.0
pci=sys/bus/pci/devices/$nic
umask 022

put() {
	mkdir -p "$(dirname "$SL_DOCTOR_ROOT/$1")"
	printf '%s\n' "$2" >"$SL_DOCTOR_ROOT/$1"
}

# device BDF VENDOR DEVICE CLASS DRIVER GROUP
device() {
	local dir=sys/bus/pci/devices/$1
	put "$dir/vendor" "$2"
	put "$dir/device" "$3"
	put "$dir/class" "$4"
	put "$dir/numa_node" -1
	if [[ $5 != none ]]; then
		mkdir -p "$SL_DOCTOR_ROOT/sys/bus/pci/drivers/$5"
		ln -sfn "../../drivers/$5" "$SL_DOCTOR_ROOT/$dir/driver"
	fi
	if [[ -n $6 ]]; then
		mkdir -p "$SL_DOCTOR_ROOT/sys/kernel/iommu_groups/$6/devices/$1"
		ln -sfn "../../../../kernel/iommu_groups/$6" "$SL_DOCTOR_ROOT/$dir/iommu_group"
	fi
}

# A machine that lacks nothing.
machine() {
	rm -rf "$SL_DOCTOR_ROOT"
	put proc/cmdline "root=/dev/vda intel_iommu=on"
	put proc/meminfo "Hugepagesize:    2048 kB"
	printf 'MemAvailable: 4096000 kB\n' >>"$SL_DOCTOR_ROOT/proc/meminfo"
	put proc/mounts "huge /dev/hugepages hugetlbfs rw,pagesize=2M 0 0"
	put proc/self/status "CapEff:	000001ffffffffff"
	put proc/sys/kernel/arch x86_64
	put "$huge/nr_hugepages" 512
	put "$huge/free_hugepages" 300
	mkdir -p "$SL_DOCTOR_ROOT"/{dev/hugepages,dev/vfio,sys/module/vfio_iommu_type1}
	: >"$SL_DOCTOR_ROOT/dev/vfio/vfio"
	: >"$SL_DOCTOR_ROOT/dev/vfio/7"
	put sys/module/vfio/parameters/enable_unsafe_noiommu_mode N
	device "$nic" 0x8086 0x10c9 0x020000 vfio-pci 7
	device 0000:00:01.0 0x8086 0x3420 0x060400 pcieport 7
	put "$plugin" x
}

# says STATUS PATTERN [WORD...]: "doctor NIC" ends so and prints such a line, which
# is another one than the whole machine's.
says() {
	local status=$1 pattern=$2 rc=0
	shift 2
	(($#)) || set -- "$nic"
	"$top/syncline" doctor --plugin "$plugin" "$@" >"$work/out" 2>&1 </dev/null || rc=$?
	if ((rc != status)) || ! grep -Eq -- "$pattern" "$work/out"; then
		printf 'FAILED: doctor %s: status %d, expected %d; pattern %s\n' "$*" "$rc" "$status" "$pattern"
		cat "$work/out"
		failed=1
	fi
}

# also PATTERN: what was printed last has such a line as well.
also() {
	if ! grep -Eq -- "$1" "$work/out"; then
		printf 'FAILED: no line %s\n' "$1"
		cat "$work/out"
		failed=1
	fi
}

# Nothing broken: nothing to fix, nothing to note but what belongs to the caller.
machine
says 0 "^ok +$nic is bound to vfio-pci"
also "^ok +IOMMU: 1 groups"
also "^ok +/dev/vfio/7, the IOMMU group of $nic, is free"
also "^ok +DMA is coherent"
also "^ok +hugetlbfs on /dev/hugepages"
if grep -q '^fix' "$work/out"; then failed=1 && cat "$work/out"; fi
says 0 "^ok +$nic is bound" 01:00.0

# Counted as free, and not to be had: promised to others, or beyond a control group's limit.
put "$huge/resv_hugepages" 200
says 1 "^fix +hugepages of 2 MiB: 300 free of 512, 200 of them promised to programs .*; 128 are needed"
put "$huge/resv_hugepages" 100
says 0 "^ok +hugepages of 2 MiB: 300 free of 512, 100 of them promised"
rm "$SL_DOCTOR_ROOT/$huge/resv_hugepages"
mounts=$SL_DOCTOR_ROOT/proc/mounts
printf 'cgroup2 /sys/fs/cgroup cgroup2 rw 0 0\nx /sys/fs/cgroup/v1 cgroup rw,hugetlb 0 0\n' >>"$mounts"
put proc/self/cgroup 0::/a/b
put sys/fs/cgroup/a/b/hugetlb.2MB.max max
says 0 '^ok +hugepages of 2 MiB: 300 free of 512$'
put sys/fs/cgroup/a/hugetlb.2MB.max $((16 << 20))
says 1 '^fix +hugepages of 2 MiB: 300 free of 512, but /sys/fs/cgroup/a/hugetlb.2MB.max allows this .* group 8; 128'
also "mend: echo 268435456 > /sys/fs/cgroup/a/hugetlb.2MB.max"
put proc/self/cgroup 9:cpu,hugetlb:/
says 0 '^ok +hugepages of 2 MiB: 300 free of 512$'
put sys/fs/cgroup/v1/hugetlb.2MB.limit_in_bytes 0
says 1 '^fix +hugepages of 2 MiB: .*/v1/hugetlb.2MB.limit_in_bytes allows this process.s control group 0; 128'

machine
put "$huge/free_hugepages" 0
mkdir -p "$SL_DOCTOR_ROOT/proc/4711"
printf 'Name:\tsl-testpmd\nPid:\t4711\nHugetlbPages:\t  614400 kB\n' >"$SL_DOCTOR_ROOT/proc/4711/status"
says 1 "^fix +hugepages of 2 MiB: 0 free of 512; 128 are needed; in use by sl-testpmd \(4711\)"
also 'mend: echo 1024 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages'
# Left by a program that was killed; what a living one holds is not meant.
for n in 0 1 2; do head -c 2M /dev/zero >"$SL_DOCTOR_ROOT/dev/hugepages/rtemap_$n"; done
exec 8<"$SL_DOCTOR_ROOT/dev/hugepages/rtemap_2"
flock -s 8
says 1 '^fix +hugepages of 2 MiB: 0 free of 512; .*; 2 are in files that a program which was killed left in /dev/hugepages$'
also "mend: find /dev/hugepages -maxdepth 1 -type f -name '\*map_\*' -exec flock -n -x \{\} rm \{\} .;"
also 'mend: echo 1024 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages'
put "$huge/free_hugepages" 126
says 0 "^note +hugepages of 2 MiB: 126 free of 512; 2 are in files .*: EAL's next start takes them back"
exec 8<&-
rm "$SL_DOCTOR_ROOT"/dev/hugepages/*
put "$huge/free_hugepages" 0
put "${huge/2048/1048576}/nr_hugepages" 2
put "${huge/2048/1048576}/free_hugepages" 1
says 0 '^ok +hugepages of 2 MiB: 0 free of 512, those of 1 GiB will do'

machine
for node in 0 1; do
	put "sys/devices/system/node/node$node/hugepages/hugepages-2048kB/nr_hugepages" 256
	put "sys/devices/system/node/node$node/hugepages/hugepages-2048kB/free_hugepages" $((300 * node))
done
put "$pci/numa_node" 0
says 0 "^note +$nic is on NUMA node 0, which has 0 free"
also 'mend: echo 768 > /sys/devices/system/node/node0/hugepages/hugepages-2048kB/nr_hugepages'
also 'by NUMA node: node0 0 free of 256; node1 300 free of 256;'

machine
put proc/mounts "proc /proc proc rw 0 0"
says 0 '^note +no hugetlbfs'
also 'mend: mkdir -p /dev/hugepages && mount -t hugetlbfs hugetlbfs /dev/hugepages'
put proc/mounts "huge /dev/huge1g hugetlbfs rw,pagesize=1024M 0 0"
says 0 '^note +no hugetlbfs'

machine
rm -r "$SL_DOCTOR_ROOT/sys/bus/pci/drivers/vfio-pci" "$SL_DOCTOR_ROOT/$pci/driver"
says 1 '^fix +vfio-pci is not loaded'
also 'mend: modprobe vfio-pci$'
also "^fix +$nic has no driver"
# The same without a NIC named is no more than a note.
"$top/syncline" doctor --plugin "$plugin" >"$work/out" 2>&1
if ! grep -Eq "^note +$nic has no driver" "$work/out"; then failed=1 && cat "$work/out"; fi

machine
device "$nic" 0x8086 0x10c9 0x020000 igb 7
put "$pci/net/enp1s0/flags" 0x1003
says 1 "^fix +$nic is bound to the driver igb"
also "interface enp1s0, which is up"
also 'mend: ip link set dev enp1s0 down'
also "mend: (dpdk-devbind.py -b vfio-pci $nic|echo vfio-pci > .*driver_override && echo $nic > .*unbind && .*drivers_probe)"
put "$pci/net/enp1s0/flags" 0x1002
says 1 "driver igb"
if grep -q 'is up' "$work/out"; then failed=1 && cat "$work/out"; fi
device "$nic" 0x8086 0x10c9 0x020000 uio_pci_generic 7
says 0 "^note +$nic is bound to uio_pci_generic: .*no protection"

machine
device 0000:01:00.1 0x8086 0x10c9 0x020000 igb 7
says 1 "^fix +IOMMU group 7 of $nic holds devices of the kernel's drivers: 0000:01:00.1 \(igb\)"
device 0000:01:00.1 0x8086 0x10c9 0x020000 vfio-pci 7
says 0 "^ok +/dev/vfio/7"

machine
rm "$SL_DOCTOR_ROOT/dev/vfio/7"
says 1 '^fix .*there is no /dev/vfio/7'
if ((EUID != 0)); then
	machine
	chmod 0 "$SL_DOCTOR_ROOT/dev/vfio/7"
	says 1 "^fix +user $EUID may not use /dev/vfio/7"
	also "mend: chown $EUID:[0-9]+ /dev/vfio/7"
fi
machine
put proc/4712/comm testpmd
mkdir -p "$SL_DOCTOR_ROOT/proc/4712/fd"
ln -s /dev/vfio/7 "$SL_DOCTOR_ROOT/proc/4712/fd/9"
says 1 "^fix +$nic is in use by another process: testpmd \(4712\)"
also 'mend: kill 4712$'

machine
rm -r "$SL_DOCTOR_ROOT/sys/module/vfio_iommu_type1"
says 1 'mend: modprobe vfio_iommu_type1'
machine
rm "$SL_DOCTOR_ROOT/dev/vfio/vfio"
says 1 '^fix .*no /dev/vfio/vfio'

# No IOMMU: off in the kernel, absent, and vfio without one.
machine
rm -r "$SL_DOCTOR_ROOT/sys/kernel/iommu_groups" "$SL_DOCTOR_ROOT/$pci/iommu_group"
put proc/cmdline "root=/dev/vda intel_iommu=off"
mkdir -p "$SL_DOCTOR_ROOT/sys/firmware/acpi/tables"
: >"$SL_DOCTOR_ROOT/sys/firmware/acpi/tables/DMAR"
says 1 '^fix +no IOMMU in use \(kernel arguments: intel_iommu=off\): the machine has VT-d'
also 'mend: sed .*intel_iommu=on.*update-grub && reboot'
also 'or: modprobe vfio && echo 1 > /sys/module/vfio/parameters/enable_unsafe_noiommu_mode'
rm "$SL_DOCTOR_ROOT/sys/module/vfio/parameters/enable_unsafe_noiommu_mode"
says 1 "or: modprobe uio_pci_generic && dpdk-devbind.py -b uio_pci_generic $nic"
device "$nic" 0x8086 0x10c9 0x020000 uio_pci_generic ""
says 0 '^note +no IOMMU in use' "$nic"
put sys/module/vfio/parameters/enable_unsafe_noiommu_mode Y
put sys/kernel/iommu_groups/0/name vfio-noiommu
device "$nic" 0x8086 0x10c9 0x020000 vfio-pci 0
: >"$SL_DOCTOR_ROOT/dev/vfio/noiommu-0"
says 0 "^note +no IOMMU in use .*no-IOMMU mode is on"
also "^ok +/dev/vfio/noiommu-0"
put proc/self/status "CapEff:	0000000000004000"
says 1 "^fix +/dev/vfio/noiommu-0 .* is for root alone"

machine
put sys/module/vfio/parameters/enable_unsafe_noiommu_mode Y
says 0 '^note +vfio.s no-IOMMU mode is on although'
put proc/cmdline "iommu=pt"
says 0 'kernel arguments: iommu=pt$'
also 'passthrough'

machine
put sys/kernel/security/lockdown 'none [integrity] confidentiality'
says 0 "^ok +kernel lockdown 'integrity'"
rm -r "$SL_DOCTOR_ROOT/sys/kernel/iommu_groups" "$SL_DOCTOR_ROOT/$pci/iommu_group"
says 1 "^fix +kernel lockdown 'integrity'"

machine
put proc/sys/kernel/arch aarch64
says 0 '^note +whether DMA is coherent .* not known'
mkdir -p "$SL_DOCTOR_ROOT/$pci/of_node"
: >"$SL_DOCTOR_ROOT/$pci/of_node/dma-coherent"
says 0 '^ok +DMA of 0000:01:00.0 is coherent'
rm "$SL_DOCTOR_ROOT/$pci/of_node/dma-coherent"
: >"$SL_DOCTOR_ROOT/$pci/of_node/compatible"
says 0 '^note +DMA of 0000:01:00.0 is not coherent'

# The caller's own limit, without CAP_IPC_LOCK.
machine
put proc/self/status "CapEff:	0000000000000000"
(ulimit -l 64 && says 1 '^fix +user [0-9]+ may lock only 64 KiB'; exit "$failed") || failed=1
also 'mend: prlimit --pid [0-9]+ --memlock=unlimited'

machine
printf '\377\377\377\377' >"$SL_DOCTOR_ROOT/$pci/config"
says 1 "^fix +$nic does not answer"

machine
chmod 777 "$SL_DOCTOR_ROOT/opt/plugins"
says 1 "^fix +EAL will not load the driver \(-d\): everybody may write to /opt/plugins$"
also 'mend: chmod o-w /opt/plugins$'
chmod 1777 "$SL_DOCTOR_ROOT/opt/plugins"
says 1 "^fix +EAL will not load the driver \(-d\) from below /opt/plugins"
also "mend: install -D -m 755 $plugin /usr/local/lib/syncline/driver.so"
chmod 755 "$SL_DOCTOR_ROOT/opt/plugins"
chmod 646 "$SL_DOCTOR_ROOT$plugin"
says 1 "mend: chmod o-w $plugin$"
chmod 644 "$SL_DOCTOR_ROOT$plugin"
says 0 "^ok +the driver's file"
says 1 "^fix +no driver file /opt/none" --plugin /opt/none "$nic"

device 0000:02:00.0 0x1af4 0x1000 0x020000 virtio-pci 8
says 1 '^fix +0000:02:00.0 is 0x1af4:0x1000, which net_syncline does not drive' 0000:02:00.0
says 1 "^fix +no PCI device 0000:09:00.0; NICs of net_syncline's here: 0000:01:00.0" 0000:09:00.0
# Every device of the family is known, and named.
says 0 "^ok +$nic is an Intel 82576 \(8086:10c9\)"
put "$pci/device" 0x1521
says 0 "^ok +$nic is an Intel I350 \(8086:1521\)"
put "$pci/device" 0x157b
says 0 "^ok +$nic is an Intel I210 \(8086:157b\)"
put "$pci/device" 0x10c9
says 2 "unknown word 'nonsense'" nonsense
says 2 'two PCI addresses' 01:00.0 02:00.0
says 0 '^Usage' --help

# asked STATUS SENTENCE WORD...: what a program gets that asks with these words, in one line. Nothing for status 0.
asked() {
	local status=$1 sentence=$2 rc=0
	shift 2
	"$top/syncline" doctor "$@" >"$work/out" 2>&1 </dev/null || rc=$?
	if ((rc != status || $(wc -l <"$work/out") != 1)) || ! grep -Eq -- "^$sentence$" "$work/out"; then
		printf 'FAILED: doctor %s: status %d, expected %d; sentence %s\n' "$*" "$rc" "$status" "$sentence"
		cat "$work/out"
		failed=1
	fi
}

# EAL did not start: the errno tells at which step, and its options what it needed. ENOMEM, and EACCES.
machine
memory=(--for eal --errno 12 --)
page_files=/sys/kernel/mm/hugepages/hugepages-2048kB
asked 1 "hugepages of 2 MiB: 300 free of 512; 512 are needed for -m 1024. Mend: echo 1024 > $page_files/nr_hugepages; \
or give EAL --no-huge, without --in-memory" "${memory[@]}" -l 0 -m 1024 --in-memory
asked 0 '' "${memory[@]}" -m1024 --no-huge
asked 0 '' "${memory[@]}" -m 512
asked 0 '' "${memory[@]}" -m "a[\$(touch $work/hit)]"
if [[ -e $work/hit ]]; then failed=1 && printf 'FAILED: -m is run\n'; fi
put "$huge/free_hugepages" 1
asked 0 '' "${memory[@]}" -l 0
put "$huge/free_hugepages" 0
asked 1 'hugepages of 2 MiB: 0 free of 512; 1 are needed. Mend: .*' "${memory[@]}" -l 0
put "${huge/2048/1048576}/free_hugepages" 1
asked 0 '' "${memory[@]}" -m 1024
asked 1 'hugepages of 2 MiB: .*; 513 are needed for -m 1025. .*' "${memory[@]}" -m 1025
machine
put proc/mounts "proc /proc proc rw 0 0"
access=(--for eal --errno 13 --)
asked 1 'no hugetlbfs of 2 MiB .* Mend: mkdir .* && mount -t hugetlbfs .*; or give EAL --in-memory' "${access[@]}" -l 0
asked 0 '' "${access[@]}" --in-memory

# EINVAL: words, drivers and devices.
machine
words=(--for eal --errno 22 --)
asked 0 '' "${words[@]}" -l 99 -d none.so -a "$nic,coherency=explicit" --vdev net_null0
asked 1 'EAL takes --no-huge and --in-memory not together. Mend: leave one .*' "${words[@]}" --no-huge -m 64 --in-memory
asked 1 'no driver file /opt/none.so for -d. Mend: ./syncline build' "${words[@]}" -d/opt/none.so
chmod 777 "$SL_DOCTOR_ROOT/opt/plugins"
asked 1 'EAL will not load the driver \(-d\): everybody may write to /opt/plugins. Mend: chmod o-w /opt/plugins' \
	"${words[@]}" -d "$plugin"
chmod 755 "$SL_DOCTOR_ROOT/opt/plugins"
device 0000:02:00.1 0x8086 0x10c9 0x020000 igb 8
device 0001:03:00.0 0x8086 0x10c9 0x020000 igb 9
asked 1 '0000:02:00.1 is bound to the driver igb; .*. Also: 0001:03:00.0 is bound to the driver igb; .*' \
	"${words[@]}" -a 02:00.1,x=y --allow=pci:0001:03:00.0 -anet_null0

# Any other error: devices that were asked for, else those of vfio-pci, else memory.
other=(--for eal --errno 95 --)
rm "$SL_DOCTOR_ROOT/$pci/driver"
mkdir -p "$SL_DOCTOR_ROOT/sys/bus/pci/drivers/vfio-pci/$nic"
put proc/mounts ""
asked 1 "$nic has no driver; DPDK needs vfio-pci. Mend: [^:]*-pci .*" "${other[@]}" --allow "$nic"
asked 1 "$nic has no driver; .*" "${other[@]}" -l 0
asked 1 "no hugetlbfs .*" "${memory[@]}" -a "$nic"
asked 1 "no hugetlbfs .*" "${other[@]}" --no-pci

# No port, of one device...
asked 1 "no PCI device 0000:7f:00.0; NICs .*" --for port 7f:00.0
rm -r "$SL_DOCTOR_ROOT/sys/bus/pci/drivers/vfio-pci"
asked 1 "vfio-pci is not loaded; a real NIC needs it. Mend: modprobe vfio-pci. Also: $nic has no driver; .*" --for port "$nic"
rm -r "$SL_DOCTOR_ROOT/sys/kernel/iommu_groups"
put sys/module/vfio/parameters/enable_unsafe_noiommu_mode N
asked 1 "no IOMMU in use .*; or modprobe vfio && echo 1 > [^ ]*noiommu_mode. Also: .*$nic has no driver; .*" --for port "$nic"
put sys/kernel/security/lockdown 'none [integrity] confidentiality'
device "$nic" 0x8086 0x10c9 0x020000 uio_pci_generic ""
asked 1 "$nic is bound to uio_pci_generic, which kernel lockdown 'integrity' .* keeps from its registers; .*" --for port "$nic"
rm "$SL_DOCTOR_ROOT/sys/kernel/security/lockdown"
if ((EUID == 0)); then
	asked 0 '' --for port "$nic"
else
	asked 1 "$nic is bound to uio_pci_generic, which is for root alone, not for user $EUID; .*" --for port "$nic"
fi
machine
asked 0 '' --for port "$nic"
device 0000:02:00.0 0x8086 0x1572 0x020000 vfio-pci 7
asked 1 '0000:02:00.0 is 0x8086:0x1572, which net_syncline does not drive; .*' --for port 02:00.0
device 0000:02:00.0 0x8086 0x1572 0x020000 i40e 7
asked 1 '0000:02:00.0 is bound to the driver i40e; DPDK needs vfio-pci. Mend: [^;]*' --for port 02:00.0
rm -r "$SL_DOCTOR_ROOT/sys/bus/pci/devices/0000:02:00.0" "$SL_DOCTOR_ROOT/sys/kernel/iommu_groups/7/devices/0000:02:00.0"
put proc/4711/comm testpmd
mkdir -p "$SL_DOCTOR_ROOT/proc/4711/fd"
ln -s /dev/vfio/7 "$SL_DOCTOR_ROOT/proc/4711/fd/8"
asked 1 "$nic is in use by another process: testpmd \(4711\). Mend: kill 4711" --for port "$nic"
# Its own NIC is not somebody else's.
printf 'PPid:\t4710\nCapEff:\t0000000000004000\n' >"$SL_DOCTOR_ROOT/proc/4711/status"
asked 0 '' --for port --pid 4711 "$nic"
# ... of none.
mkdir -p "$SL_DOCTOR_ROOT/sys/bus/pci/drivers/vfio-pci/$nic"
asked 1 "$nic is in use by another process: .*" --for port -- -l 0
asked 1 'give one as EAL option: -a .*, or --vdev net_syncline_soft0' --for port -- --no-pci
asked 1 'no device given with --vdev is one' --for port -- --vdev=net_syncline_soft0,wire=x

# The limit and the capabilities of the program that asks, and the login that it came from.
printf 'PPid:\t4710\nCapEff:\t0000000000000000\n' >"$SL_DOCTOR_ROOT/proc/4711/status"
(ulimit -l 1024; asked 1 'user [0-9]+ may lock only 1024 KiB of memory for DMA .* Mend: prlimit --pid 4710 .*' \
	--for memlock --pid 4711; exit "$failed") || failed=1
printf 'PPid:\t4710\nCapEff:\t0000000000004000\n' >"$SL_DOCTOR_ROOT/proc/4711/status"
(ulimit -l 1024; asked 0 '' --for memlock --pid 4711; exit "$failed") || failed=1
says 2 "'nothing' is none of eal, port, memlock" --for nothing
says 2 "'x' is no number" --for eal --errno x
machine

# JSON: parses, has the same findings, and its sums are right. Names need escaping.
put sys/kernel/security/lockdown 'none [a"b\c] x'
says 0 findings --json "$nic"
if ! python3 - "$work/out" <<'END'; then
import collections, json, sys
r = json.load(open(sys.argv[1]))
n = collections.Counter(f["verdict"] for f in r["findings"])
assert r["schema"] == 1 and r["device"] == "0000:01:00.0", r
assert all(r[k] == n[k] for k in ("ok", "note", "fix")), (r, n)
ids = {f["id"] for f in r["findings"]}
assert {"hugepages", "hugetlbfs", "plugin", "iommu", "vfio", "nic-driver", "nic-node", "coherence"} <= ids, ids
assert any('a"b\\c' in f["text"] for f in r["findings"]), r
END
	printf 'FAILED: JSON\n'
	cat "$work/out"
	failed=1
fi

exit "$failed"
