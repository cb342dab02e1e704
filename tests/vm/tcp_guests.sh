#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
#
# tcp_guests.sh BUILD [MIB [ROUNDS]]
#
# TCP by Linux's igb from one guest to another, MIB (1024) one way, ROUNDS (1) times over each of
# their cables by turns: port 0 is QEMU's own 82576, port 1 the software NIC. What arrives must be
# what was sent (MD5), with no error counted by a NIC's driver at either end.
#     ./syncline vm --guests 2 --nics 1 --device i350 --no-iommu --time 7200 -- tests/vm/tcp_guests.sh build
#
# Prints the time of every run, and at the end the best of each. Ends with 0 when all bytes arrived as
# they were sent; the rates are for people.
# tcp_guests.sh answer INTERFACE CABLE: what the receiving guest does with a connection.

set -u

refuse() {
	printf 'tcp_guests.sh: %s\n' "$1" >&2
	exit 1
}

# errors INTERFACE CABLE: what its driver counts as errors; frames that found no descriptor; the errors' names.
# A frame that is short, as one of ARP, QEMU's NIC sends as short as it is, and counts as an error at the other end.
errors() {
	local which='err|dropped'
	if (($2 == 0)); then which='csum_err|crc_err|dropped'; fi
	ethtool -S "$1" | awk -F'[ :]+' -v which="$which" '/rx_missed/ { missed += $3 } /rx_missed|rx_no_buffer/ { next }
		$0 ~ which && $3 { bad += $3; names = names "," $2 } END { print bad + 0, missed + 0, names }'
}

if [[ ${1-} == answer ]]; then
	sum=$(md5sum)
	echo "${sum%% *} $(errors "$2" "$3")"
	exit
fi

build=${1:?usage: tcp_guests.sh BUILD [MIB [ROUNDS]]}
mib=${2:-1024} rounds=${3:-1}
here=$(CDPATH='' cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/vm/cases/common.sh
source "$here/cases/common.sh"

# A piece of random bytes, which is sent again and again: the guest has no room for all of it.
readonly piece=/run/piece piece_mib=8
names=("QEMU's igb" "software NIC")
# How long a receiver may take with what is on its way.
readonly linger=3600

((mib > 0 && mib % piece_mib == 0)) || refuse "'$mib' MiB is not allowed; allowed: a multiple of $piece_mib"
[[ ${SL_VM_SIDE-} == [01] ]] || refuse "it is for one of two guests: ./syncline vm --guests 2"

devices=()
for i in 0 1; do
	bind "${nic[i]}" igb || refuse "igb does not take ${nic[i]}"
	devices+=("$(netdev_of "${nic[i]}")")
	ip addr add "198.18.$i.1$SL_VM_SIDE/24" dev "${devices[i]}"
	ip link set "${devices[i]}" up
done

if ((SL_VM_SIDE)); then
	for i in 0 1; do
		socat -t "$linger" "TCP4-LISTEN:5201,bind=198.18.$i.11,fork,reuseaddr" "SYSTEM:$0 answer ${devices[i]} $i" &
	done
	# Until the other says that it is done.
	exec socat -u TCP4-LISTEN:5202,bind=198.18.0.11 STDOUT
fi

pieces() {
	local n
	for ((n = 0; n < $1; n += piece_mib)); do cat "$piece"; done
}

# ask CABLE: send standard input; what the other says of it, and of its counters, into "answer".
ask() {
	read -r -a answer < <(socat -t "$linger" STDIO "TCP4:198.18.$1.11:5201,retry=100,interval=0.2")
	((${#answer[@]} >= 3)) || refuse "${names[$1]}: the other guest gives no answer"
}

# measure CABLE: one run.
measure() {
	local ms missed again bad here there _
	local -a answer
	# What went wrong before, as while the links came up, is not of this run.
	ask "$1" </dev/null
	missed=${answer[2]} again=$(retransmitted) there=${answer[1]}
	read -r here _ < <(errors "${devices[$1]}" "$1")
	ms=$(date +%s%3N)
	ask "$1" < <(pieces "$mib")
	ms=$(($(date +%s%3N) - ms))
	again=$(($(retransmitted) - again)) missed=$((answer[2] - missed))
	bad=$(errors "${devices[$1]}" "$1")
	[[ ${answer[0]} == "$sent" ]] || refuse "${names[$1]}: what arrived is not what was sent: MD5 ${answer[0]}, expected $sent"
	((answer[1] == there && ${bad%% *} == here)) ||
		refuse "${names[$1]}: the drivers counted errors: here $here, now $bad; there $there, now ${answer[*]:1}"
	if ((best[$1] == 0 || ms < best[$1])); then best[$1]=$ms; fi
	printf '%-14s %5d MiB in %4d.%d s, %7d kbit/s, MD5 equal, no error; no descriptor for %d frames, sent again %d segments\n' \
		"${names[$1]}" "$mib" "$((ms / 1000))" "$((ms % 1000 / 100))" "$((mib * 8388608 / (ms + 1)))" "$missed" "$again"
}

retransmitted() {
	awk '$1 == "Tcp:" && !n { n = split($0, name); next } $1 == "Tcp:" { for (i = 1; i <= n; i++) if (name[i] == "RetransSegs") print $i }' \
		/proc/net/snmp
}

head -c $((piece_mib * 1024 * 1024)) /dev/urandom >"$piece"
sent=$(pieces "$mib" | md5sum)
sent=${sent%% *} best=(0 0)
for i in 0 1; do
	wait_until 60 ping -c 1 -W 1 "198.18.$i.11" || refuse "${names[i]}: no ping gets through"
done
for ((i = 0; i < rounds; i++)); do
	# Who goes first changes: a load that comes or goes favours nobody.
	measure $((i % 2))
	measure $((1 - i % 2))
done
echo "best: ${names[0]} ${best[0]} ms, ${names[1]} ${best[1]} ms"
socat -u /dev/null TCP4:198.18.0.11:5202
