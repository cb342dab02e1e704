# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
# shellcheck disable=SC2034,SC2154 # shared with common.sh and the groups
#
# Two hosts of Linux in one guest, network namespaces sla and slb with an interface of
# Linux's driver each, dev_a and dev_b. Sourced by groups.

host_a=198.18.1.1 host_b=198.18.1.2

# add_host NETNS INTERFACE ADDRESS
add_host() {
	ip netns add "$1"
	ip link set "$2" netns "$1"
	ip netns exec "$1" sh -c "echo 1 >/proc/sys/net/ipv6/conf/$2/disable_ipv6"
	ip -n "$1" addr add "$3/24" dev "$2"
	ip -n "$1" link set "$2" up
}

# The interfaces dev_a and dev_b come back to the first namespace.
del_hosts() {
	ip netns del sla
	ip netns del slb
	wait_until 5 test -e "/sys/class/net/$dev_a"
	wait_until 5 test -e "/sys/class/net/$dev_b"
}

# feature NETNS INTERFACE NAME: "on" or "off", as ethtool -k has it.
feature() {
	ip netns exec "$1" ethtool -k "$2" | awk -F': ' -v name="$3" '$1 == name { print $2 }'
}

# nic_counter NETNS INTERFACE NAME
nic_counter() {
	ip netns exec "$1" ethtool -S "$2" | awk -F': *' -v name=" *$3" '$1 ~ "^" name "$" { print $2 }'
}

bad_checksums() {
	ip netns exec "$1" ethtool -S "$2" |
		awk -F': *' '/csum_err|csum_offload_err|rx_errors|rx_missed/ { n += $2 } END { print n + 0 }'
}

# What every sender's work must show: offloads on, and used.
offloads_on() {
	local name
	for name in tcp-segmentation-offload tx-checksumming rx-checksumming; do
		if [[ $(feature "$1" "$2" "$name") != on* ]]; then
			why="Linux has $name off"
			return 1
		fi
	done
}

receive_file() {
	timeout "$hang" ip netns exec "$1" socat -u "TCP4-LISTEN:5201" "CREATE:$2" >>"$log" 2>&1
}

send_file() {
	timeout "$hang" ip netns exec "$1" socat -u "FILE:$2" "TCP4:$3:5201,retry=40,interval=0.1" >>"$log" 2>&1
}

# What each host sends, BYTES at random.
make_files() {
	head -c "$1" /dev/urandom >/run/file.a
	head -c "$1" /dev/urandom >/run/file.b
}

# Both ways at once; then both copies must be what was sent.
transfer() {
	local jobs=() job rc=0 f
	rm -f /run/copy.a /run/copy.b
	receive_file slb /run/copy.a & jobs+=($!)
	receive_file sla /run/copy.b & jobs+=($!)
	send_file sla /run/file.a "$host_b" & jobs+=($!)
	send_file slb /run/file.b "$host_a" & jobs+=($!)
	for job in "${jobs[@]}"; do wait "$job" || rc=$?; done
	if ((rc != 0)); then
		why="a sender or a receiver ended with status $rc"
		return 1
	fi
	for f in a b; do
		why="$(stat -c %s /run/copy.$f) of $(stat -c %s /run/file.$f) bytes from host $f"
		[[ $(stat -c %s /run/copy.$f) == "$(stat -c %s /run/file.$f)" ]] || return 1
		why="what host $f sent and what arrived have different checksums"
		[[ $(sha256sum </run/file.$f) == "$(sha256sum </run/copy.$f)" ]] || return 1
	done
	why=
}
