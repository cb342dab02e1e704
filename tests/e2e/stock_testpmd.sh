#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
#
# DPDK's own dpdk-testpmd on our driver: two software NICs, generator and sink at
# each, forwarded in io, mac and csum mode (another DEVICE than 82576: csum). Frames must cross, none may be lost.
#
# stock_testpmd.sh DRIVER.so DEVICE
set -u

driver=$1
device=$2
# What the modes differ in is testpmd's: of another device than the first the one that changes most of a frame. A start of
# the 82599 waits longer, for its link too, while frames come.
modes="io mac csum" frames=2000
[ "$device" = 82576 ] || modes="csum" frames=10000
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

skip()
{
	echo "SKIP: $*"
	exit 77
}

# Of the DPDK that the driver was built with: another one's cannot load it.
testpmd=$SL_DPDK_PREFIX/bin/dpdk-testpmd
[ -x "$testpmd" ] || skip "$testpmd is not installed (Debian: package dpdk-dev)"
LD_LIBRARY_PATH=$SL_DPDK_LIBDIR${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
export LD_LIBRARY_PATH
if ldd "$driver" | grep -q 'libasan\|libclang_rt.asan'; then
	skip "the driver was built with AddressSanitizer, dpdk-testpmd was not: it cannot load it"
fi
ldd "$testpmd" | grep -q librte_eal ||
	skip "$testpmd has EAL in it, and the driver would bring a second one: build that DPDK with -Ddefault_library=shared"
[ "$(nproc)" -ge 2 ] || skip "needs two CPUs: testpmd polls on one, the device works on another"

# EAL refuses a plugin under a folder that anybody may write to.
dir=$(CDPATH='' cd "$(dirname "$driver")" && pwd)
while [ "$dir" != / ]; do
	case $(stat -c %A "$dir") in
	????????w?) skip "$dir is world-writable: EAL loads no plugin from below it" ;;
	esac
	dir=$(dirname "$dir")
done

# until_quiet FILE: asks testpmd, which answers there, for the figures of both ports, until they are the same five times
# in a row and frames have come to both; 20 s at most. How many come is not known: what came before testpmd's set-up had
# ended is not in its figures.
until_quiet()
{
	tries=0
	while [ $tries -lt 100 ]; do
		sleep 0.2
		echo "show port stats all"
		tries=$((tries + 1))
		if grep -o '[RT]X-packets: [0-9]* *[RT]X-\(missed\|errors\)' "$1" | tail -n 20 | sort | uniq -c |
			awk '{ n += $1; if ($1 % 5 || $3 == 0) bad = 1 } END { exit bad || n != 20 }'; then
			return
		fi
	done
}

# run MODE COHERENCY: prints testpmd's text
run()
{
	printf 'set fwd %s\nstart\n' "$1" >"$work/cmd"
	: >"$work/out"
	# The generators send $frames frames each and stop; when no more come it is stopped.
	# A machine with other work may leave a polling core aside: the receive ring holds a second's
	# frames, and the transmit ring, which testpmd does not wait for, twice as many as come at once after that.
	# shellcheck disable=SC2094 # it reads what testpmd has said so far
	{ until_quiet "$work/out"; echo stop; echo quit; } |
		timeout 60 stdbuf -oL "$testpmd" -d "$driver" --no-huge --no-pci --no-shconf -m 512 \
			--file-prefix "sl_stock_$$" --lcores 0,1 \
			--vdev "net_syncline_soft0,device=$device,coherency=$2,wire=gen:count=$frames;rate=2k" \
			--vdev "net_syncline_soft1,device=$device,coherency=$2,wire=gen:count=$frames;rate=2k" \
			-- --nb-cores=1 --rxd=2048 --txd=4096 --total-num-mbufs=24576 --forward-mode="$1" --interactive \
			--cmdline-file="$work/cmd" >"$work/out" 2>&1
	echo "testpmd $1 $2: exit $?"
}

# field NAME: the figure of testpmd's accumulated statistics
field()
{
	sed -n '/Accumulated forward statistics/,$p' "$work/out" |
		sed -n "s/.*$1: *\([0-9]*\).*/\1/p" | head -n 1
}

failed=0
for coherency in coherent explicit; do
	for mode in $modes; do
		run $mode $coherency
		rx=$(field RX-packets)
		tx=$(field TX-packets)
		dropped=$(field RX-dropped)
		echo "$mode $coherency: received ${rx:-?}, sent ${tx:-?}, dropped ${dropped:-?}"
		if [ "${rx:-0}" -eq 0 ] || [ "${rx:-0}" != "${tx:-1}" ] || [ "${dropped:-1}" -ne 0 ]; then
			cat "$work/out"
			failed=1
		fi
	done
done
exit $failed
