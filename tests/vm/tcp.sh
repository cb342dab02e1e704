#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
#
# tcp.sh BUILD [MIB [ROUNDS]]
#
# TCP by Linux's igb over two ports of QEMU's own 82576 and over two of the software NIC, in one
# guest, a network namespace at each end: MIB (1024) one way, by turns, ROUNDS (1) times. What
# arrives must be what was sent (MD5), with no bad sum counted. What a ring had no room for, TCP sends again.
# In the guest: ./syncline vm --nics 2 --device i350,i350 --no-iommu --time 7200 -- tests/vm/tcp.sh build
# Behind a virtual IOMMU each frame that Linux's driver maps is a message to the software NIC.
#
# Prints the rate of every run. Ends with 0 when all bytes arrived as they were sent; the rates are
# for people.

set -u
build=${1:?usage: tcp.sh BUILD [MIB [ROUNDS]]}
mib=${2:-1024} rounds=${3:-1}
top=$(CDPATH='' cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/vm/cases/common.sh
source "$top/cases/common.sh"
# shellcheck source=tests/vm/cases/hosts.sh
source "$top/cases/hosts.sh"

# A piece of random bytes, which is sent again and again: the guest has no room for all of it.
readonly piece=/run/piece piece_mib=16

refuse() {
	printf 'tcp.sh: %s\n' "$1" >&2
	exit 1
}

((mib % piece_mib == 0)) || refuse "'$mib' MiB is not allowed; allowed: a multiple of $piece_mib"

pieces() {
	local i
	for ((i = 0; i < mib; i += piece_mib)); do cat "$piece"; done
}

# counted PATTERN: of both ends' counters of that name.
counted() {
	{ ip netns exec sla ethtool -S "$dev_a" && ip netns exec slb ethtool -S "$dev_b"; } |
		awk -F': *' -v name="$1" '$1 ~ name { n += $2 } END { print n + 0 }'
}

# measure NAME BDF BDF: one run.
measure() {
	local ms got bad receiver missed
	if ! bind "$2" igb || ! bind "$3" igb; then refuse "igb does not take $2 and $3"; fi
	dev_a=$(netdev_of "$2") dev_b=$(netdev_of "$3")
	add_host sla "$dev_a" "$host_a"
	add_host slb "$dev_b" "$host_b"
	wait_until 20 ip netns exec sla ping -c 1 -W 1 "$host_b" || refuse "$1: no ping gets through"
	bad=$(counted csum_err) missed=$(counted rx_missed)
	ip netns exec slb socat -u TCP4-LISTEN:5201 STDOUT | md5sum >/run/got &
	receiver=$!
	ms=$(date +%s%3N)
	pieces | ip netns exec sla socat -u STDIN "TCP4:$host_b:5201,retry=40,interval=0.1" || refuse "$1: the sender failed"
	wait "$receiver" || refuse "$1: the receiver failed"
	ms=$(($(date +%s%3N) - ms))
	got=$(</run/got)
	bad=$(($(counted csum_err) - bad)) missed=$(($(counted rx_missed) - missed))
	del_hosts
	[[ $got == "$sent" ]] || refuse "$1: what arrived is not what was sent: MD5 $got, expected $sent"
	((bad == 0)) || refuse "$1: Linux counted $bad bad sums"
	printf '%-14s %5d MiB in %4d.%d s, %7d kbit/s, MD5 equal, no bad sum, missed %d\n' \
		"$1" "$mib" "$((ms / 1000))" "$((ms % 1000 / 100))" "$((mib * 8388608 / (ms + 1)))" "$missed"
}

head -c $((piece_mib * 1024 * 1024)) /dev/urandom >"$piece"
sent=$(pieces | md5sum)
for ((i = 1; i <= rounds; i++)); do
	qemu=("QEMU's igb" "${nic[0]}" "${nic[1]}") ours=("software NIC" "${nic[2]}" "${nic[3]}")
	# Who goes first changes: a load that comes or goes favours nobody.
	if ((i % 2)); then measure "${qemu[@]}"; measure "${ours[@]}"; else measure "${ours[@]}"; measure "${qemu[@]}"; fi
done
