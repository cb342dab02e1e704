# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
# shellcheck disable=SC2034,SC2154 # shared with common.sh
#
# Two hosts of Linux that only our forwarding joins:
#
#   netns sla - Linux igb - cable - port 0 [sl-testpmd] port 1 - cable - Linux igb - netns slb

# shellcheck source=tests/vm/cases/hosts.sh
source "$top/cases/hosts.sh"

bind "${nic[0]}" igb
bind "${nic[1]}" vfio-pci
bind "${nic[2]}" vfio-pci
bind "${nic[3]}" igb
dev_a=$(netdev_of "${nic[0]}")
dev_b=$(netdev_of "${nic[3]}")
mac_a=$(<"/sys/class/net/$dev_a/address")
mac_b=$(<"/sys/class/net/$dev_b/address")

# case_tcp MTU COHERENCY MODE: a file each way, segmented and summed by the NICs of Linux.
case_tcp() {
	local mtu=$1 coherency=$2 mode=$3 tso_a tso_b bad ms rc=0 rx0 tx0 rx1 tx1
	ip -n sla link set "$dev_a" mtu "$mtu"
	ip -n slb link set "$dev_b" mtu "$mtu"
	offloads_on sla "$dev_a" && offloads_on slb "$dev_b" || return
	tso_a=$(nic_counter sla "$dev_a" tx_tcp_seg_good)
	tso_b=$(nic_counter slb "$dev_b" tx_tcp_seg_good)
	bad=$(($(bad_checksums sla "$dev_a") + $(bad_checksums slb "$dev_b")))
	app_start "$app" "${eal[@]}" -a "${nic[1]},coherency=$coherency" \
		-a "${nic[2]},coherency=$coherency" -- --fwd "$mode" --mtu "$mtu" --auto-start -i \
		--eth-peer "0,$mac_a" --eth-peer "1,$mac_b"
	why="no ping got through"
	if wait_until 30 ip netns exec sla ping -c 1 -W 1 "$host_b"; then
		ms=$(date +%s%3N)
		transfer || rc=$?
		ms=$(($(date +%s%3N) - ms))
	else
		rc=1
	fi
	app_say "show fwd stats" stop "show port stats all"
	app_end || { why="sl-testpmd ended with status $?" && return 1; }
	((rc == 0)) || return "$rc"
	mbufs_lost && why="mbufs were lost" && return 1
	tso_a=$(($(nic_counter sla "$dev_a" tx_tcp_seg_good) - tso_a))
	tso_b=$(($(nic_counter slb "$dev_b" tx_tcp_seg_good) - tso_b))
	why="frames segmented by the NICs of Linux: $tso_a and $tso_b"
	((tso_a > 0 && tso_b > 0)) || return
	bad=$(($(bad_checksums sla "$dev_a") + $(bad_checksums slb "$dev_b") - bad))
	why="Linux counted $bad bad checksums or errors"
	((bad == 0)) || return
	read -r rx0 tx0 rx1 tx1 < <(port_frames)
	why="port 0 received $rx0, port 1 sent $tx1; port 1 received $rx1, port 0 sent $tx0"
	((rx0 == tx1 && rx1 == tx0)) || return
	why="2 x $(stat -c %s /run/file.a) bytes in $ms ms, $((rx0 + rx1)) frames, of $tso_a and $tso_b segmented sends"
}

tcp_cases() {
	if ! command -v ethtool >/dev/null || ! command -v socat >/dev/null; then
		run_case "TCP between two hosts through our forwarding" skip_case "ethtool or socat is not installed"
		return
	fi
	add_host sla "$dev_a" "$host_a"
	add_host slb "$dev_b" "$host_b"
	make_files $((4 * 1024 * 1024))
	run_case "TCP each way through io forwarding, TSO at the ends" case_tcp 1500 coherent io
	run_case "TCP each way through mac forwarding, coherency=explicit" case_tcp 1500 explicit mac
	run_case "TCP each way, frames of 9000 bytes" case_tcp 9000 coherent io
	rm -f /run/file.? /run/copy.?
	del_hosts
}

tcp_cases
