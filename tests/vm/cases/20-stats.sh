# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
# shellcheck disable=SC2034,SC2154 # shared with common.sh
#
# Statistics of both ends of a cable, Linux's igb and our driver, about the same
# frames: sent by Linux, sent back by us as they are.

bind "${nic[0]}" igb
bind "${nic[1]}" vfio-pci
netdev=$(netdev_of "${nic[0]}")

# Bytes with FCS around each border of the size counters, and the number of frames.
sizes=(64:40 65:41 127:42 128:43 255:44 256:45 511:46 512:47 1023:48 1024:49 1518:50)
broadcasts=31
multicasts=32
others_size=100 # of broadcast and multicast frames

# What all that is: frames, bytes without FCS, and frames of each size counter.
declare -A sent
count_sent() {
	local entry size n
	sent=([frames]=0 [bytes]=0 [64]=0 [65_to_127]=0 [128_to_255]=0 [256_to_511]=0
		[512_to_1023]=0 [1024_to_max]=0)
	for entry in "${sizes[@]}" "$others_size:$((broadcasts + multicasts))"; do
		size=${entry%:*} n=${entry#*:}
		((sent[frames] += n, sent[bytes] += n * (size - 4)))
		case $size in
		64) ((sent[64] += n)) ;;
		65 | 100 | 127) ((sent[65_to_127] += n)) ;;
		128 | 255) ((sent[128_to_255] += n)) ;;
		256 | 511) ((sent[256_to_511] += n)) ;;
		512 | 1023) ((sent[512_to_1023] += n)) ;;
		*) ((sent[1024_to_max] += n)) ;;
		esac
	done
}

send_all() {
	local specs=() entry
	for entry in "${sizes[@]}"; do specs+=("u:$((${entry%:*} - 4)):${entry#*:}"); done
	"$build/tests/vm/frames" "$netdev" 02:00:00:00:01:01 "${specs[@]}" \
		"b:$((others_size - 4)):$broadcasts" "m:$((others_size - 4)):$multicasts" >>"$log" 2>&1
}

# What Linux counts, name and value: its driver, and as "stack_..." its stack.
declare -A before
linux_counters() {
	ethtool -S "$netdev" | awk -F': *' '{ gsub(/ /, "", $1); print $1, $2 }'
	local name
	for name in rx_packets rx_bytes tx_packets tx_bytes multicast rx_errors rx_dropped \
		rx_missed_errors tx_errors tx_dropped; do
		echo "stack_$name $(<"/sys/class/net/$netdev/statistics/$name")"
	done
}

# equal WHAT GOT WANT: all differences go into "why".
equal() {
	echo "$1: $2, expected $3" >>"$log"
	if [[ $2 != "$3" ]]; then why+="${why:+; }$1 $2, expected $3"; fi
}

# The case. FCS is "strip" or "keep", which the receive size counters of QEMU tell apart.
case_stats() {
	local fcs=$1 name value keep=() bin
	local -A lin=() our=()
	why=
	count_sent
	if [[ $fcs == keep ]]; then keep=(--rx-offloads keep_crc); fi
	ip link set "$netdev" up promisc on
	app_start "$app" "${eal[@]}" -a "${nic[1]}" -- --fwd io --topology loop ${keep[@]+"${keep[@]}"} -i
	app_say start "show port stats all"
	wait_until 30 grep -q "^port 0" "$log"
	wait_until 10 carrier "$netdev"
	while read -r name value; do before[$name]=$value; done < <(linux_counters)
	send_all || { why="the frames could not be sent" && app_end && return 1; }
	wait_until 20 all_back
	app_say stop "show port stats all" "show port xstats all"
	app_end || why="sl-testpmd ended with status $?"
	mbufs_lost && why="mbufs were lost"
	while read -r name value; do
		((lin[$name] = value - ${before[$name]:-0}))
	done < <(linux_counters)
	while read -r name value; do our[$name]=$value; done < <(our_counters)

	# Linux to us: packets, bytes without FCS, bytes with it, kinds.
	equal "our rx packets" "${our[rx_packets]}" "${sent[frames]}"
	equal "our rx packets, Linux tx_packets" "${our[rx_packets]}" "${lin[tx_packets]}"
	equal "our rx bytes, Linux's stack" "${our[rx_bytes]}" "${lin[stack_tx_bytes]}"
	equal "our rx bytes" "${our[rx_bytes]}" "${sent[bytes]}"
	equal "our rx_mac_good_packets" "${our[rx_mac_good_packets]}" "${lin[tx_packets]}"
	equal "our rx_mac_good_bytes, FCS counted" "${our[rx_mac_good_bytes]}" "${lin[tx_bytes]}"
	equal "our rx_total_bytes, FCS counted" "${our[rx_total_bytes]}" \
		"$((sent[bytes] + 4 * sent[frames]))"
	equal "our rx_broadcast_packets" "${our[rx_broadcast_packets]}" "${lin[tx_broadcast]}"
	equal "our rx_multicast_packets" "${our[rx_multicast_packets]}" "${lin[tx_multicast]}"
	equal "broadcasts" "${our[rx_broadcast_packets]}" "$broadcasts"
	equal "multicasts" "${our[rx_multicast_packets]}" "$multicasts"
	# And back.
	equal "our tx packets, Linux rx_packets" "${our[tx_packets]}" "${lin[rx_packets]}"
	equal "our tx packets, Linux's stack" "${our[tx_packets]}" "${lin[stack_rx_packets]}"
	equal "our tx bytes" "${our[tx_bytes]}" "${sent[bytes]}"
	equal "our tx bytes, Linux's stack" "${our[tx_bytes]}" "${lin[stack_rx_bytes]}"
	equal "our tx_mac_good_bytes, FCS counted" "${our[tx_mac_good_bytes]}" "${lin[rx_bytes]}"
	equal "our tx_broadcast_packets" "${our[tx_broadcast_packets]}" "${lin[rx_broadcast]}"
	equal "our tx_multicast_packets" "${our[tx_multicast_packets]}" "${lin[rx_multicast]}"
	# Frames by size. QEMU counts received ones without the FCS when it strips it.
	for bin in 64 65_to_127 128_to_255 256_to_511 512_to_1023 1024_to_max; do
		equal "our tx_size_$bin" "${our[tx_size_${bin}_packets]}" "${sent[$bin]}"
		if [[ $fcs == keep ]]; then
			equal "our rx_size_$bin" "${our[rx_size_${bin}_packets]}" "${sent[$bin]}"
		fi
	done
	# Nothing wrong at either end.
	for name in rx_missed rx_errors rx_nombuf tx_errors rx_crc_errors rx_missed_packets rx_no_buffer_packets \
		rx_undersize_errors rx_oversize_errors rx_length_errors; do
		equal "our $name" "${our[$name]}" 0
	done
	for name in rx_crc_errors rx_missed_errors rx_no_buffer_count rx_errors tx_errors \
		stack_rx_errors stack_rx_missed_errors stack_tx_errors stack_tx_dropped; do
		equal "Linux $name" "${lin[$name]}" 0
	done
	[[ -z $why ]]
}

all_back() {
	(($(<"/sys/class/net/$netdev/statistics/rx_packets") - before[stack_rx_packets] >= sent[frames]))
}

# The last "show port stats" and "show port xstats" of the log, name and value.
our_counters() {
	awk '$1 == "rx" && $2 == "packets" { print "rx_packets", $3; print "rx_bytes", $5; print "rx_missed", $7
			print "rx_errors", $9; print "rx_nombuf", $12 }
		$1 == "tx" && $2 == "packets" { print "tx_packets", $3; print "tx_bytes", $5; print "tx_errors", $7 }
		NF == 2 && $2 ~ /^[0-9]+$/ { print $1, $2 }' "$log"
}

stats_of_linux() {
	if ! command -v ethtool >/dev/null; then
		run_case "statistics equal Linux's" skip_case "ethtool is not installed"
		return
	fi
	# All frames at once find room: what is too much for one ring of several is dropped by QEMU's
	# 82576, and counted nowhere.
	ethtool -G "$netdev" rx 1024
	# Nothing but the frames of the case on the wire.
	echo 1 >"/proc/sys/net/ipv6/conf/$netdev/disable_ipv6"
	run_case "statistics equal what Linux's igb counted, both ways" case_stats strip
	run_case "statistics with the FCS kept, sizes of received frames too" case_stats keep
	ip link set "$netdev" promisc off down
	echo 0 >"/proc/sys/net/ipv6/conf/$netdev/disable_ipv6"
}

stats_of_linux
