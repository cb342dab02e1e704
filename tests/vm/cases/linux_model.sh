# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
# shellcheck disable=SC2034,SC2154 # shared with common.sh
# shellcheck disable=SC2119,SC2120 # "reaches" has options or none
#
# Linux's driver on two ports of one model, cabled to each other, a network namespace each; then
# our driver, where it knows the model, and stock dpdk-testpmd on the same two. The driver was written for the hardware: what
# it complains of, the model does otherwise than the hardware. Sourced by the groups
# NN-linux-MODEL, with "model" set.

# shellcheck source=tests/vm/cases/hosts.sh
source "$top/cases/hosts.sh"
# shellcheck source=tests/vm/cases/forward.sh
source "$top/cases/forward.sh"

# What the drivers call the same things; words of ethtool for a link that is up.
case $model in
82599)
	driver=ixgbe speed=10000 tp_port=Other autoneg=off
	rx_multi=b.multicast rx_broad=b.broadcast pairs="packets pkts_nic"
	;;
x540)
	driver=ixgbe speed=10000 tp_port="Twisted Pair" autoneg=on
	rx_multi=b.multicast rx_broad=b.broadcast pairs="packets pkts_nic"
	;;
*)
	driver=igb speed=1000 tp_port="Twisted Pair" autoneg=on
	rx_multi=a.tx_multicast rx_broad=a.tx_broadcast pairs="packets bytes broadcast"
	;;
esac

dev_a='' dev_b=''
in_a() { ip netns exec sla "$@"; }
in_b() { ip netns exec slb "$@"; }

# fail REASON...: for a case.
fail() {
	why="$*"
	return 1
}

# Warnings and worse about our ports that the kernel has printed since boot.
warnings() {
	dmesg --level=emerg,alert,crit,err,warn | grep -E "$driver|0000:0[1-8]:00|eth[0-9]|Call Trace|WARNING|BUG"
}

# quiet_case NAME FUNCTION...: a case that fails, too, when the kernel warns.
quiet_case() {
	local name=$1
	shift
	run_case "$name" quietly "$@"
}

# more_case NAME FUNCTION...: a quiet one that models of a family have in common. SL_VM_SHORT=1 leaves it to another model.
more_case() {
	if [[ ${SL_VM_SHORT-} != 1 ]]; then quiet_case "$@"; fi
}

quietly() {
	local before rc=0
	before=$(warnings | wc -l)
	"$@" || rc=$?
	warnings | tail -n +$((before + 1)) >/run/warnings
	if [[ -s /run/warnings ]]; then
		cat /run/warnings >>"$log"
		why+="${why:+; }the kernel warned: $(head -n 1 /run/warnings | cut -c1-120)"
		return 1
	fi
	return "$rc"
}

# The two hosts, as new: Linux's driver on both ports, links up.
hosts_up() {
	bind "${nic[0]}" "$driver" && bind "${nic[1]}" "$driver" || fail "$driver does not take the ports" || return
	dev_a=$(netdev_of "${nic[0]}")
	dev_b=$(netdev_of "${nic[1]}")
	add_host sla "$dev_a" "$host_a"
	add_host slb "$dev_b" "$host_b"
	links_up
}

links_up() {
	if ! wait_until 20 in_a_carrier || ! wait_until 20 in_b_carrier; then fail "the links do not come up"; fi
}

in_a_carrier() { [[ $(in_a cat "/sys/class/net/$dev_a/operstate") == up ]]; }
in_b_carrier() { [[ $(in_b cat "/sys/class/net/$dev_b/operstate") == up ]]; }

# reaches [OPTION...]: the other host answers three requests, after the first that gets through.
reaches() {
	wait_until 10 in_a ping -c 1 -W 1 "$host_b" || fail "no answer to any ping" || return
	in_a ping -c 3 -i 0.2 -W 5 "$@" "$host_b" >>"$log" 2>&1 || fail "no answer to some of 3 pings $*"
}

set_mtu() {
	ip -n sla link set "$dev_a" mtu "$1" && ip -n slb link set "$dev_b" mtu "$1" || fail "MTU $1 is refused" || return
	links_up
}

# dev_id BDF: the device id that the guest reads.
dev_id() { cat "/sys/bus/pci/devices/$1/device"; }

# The model is what the group says it is.
case_probe() {
	local i id dev mac want vectors
	local -a ours
	local -A ids=([82576]=0x10c9 [82580]=0x150e [i350]=0x1521 [i354]=0x1f40 [i210]=0x1533 [i211]=0x1539
		[82599]="0x10f7 0x10fb" [x540]=0x1528)
	del_hosts
	for i in 0 1; do
		bind "${nic[i]}" none
		id=$(dev_id "${nic[i]}")
		# One for both, or one each.
		read -ra ours <<<"${ids[$model]}"
		want=${ours[i]:-${ours[0]}}
		[[ $id == "$want" ]] || fail "port $i has the id $id, expected $want" || return
	done
	hosts_up || return
	for i in a:0 b:1; do
		dev=dev_${i%:*} i=${i#*:}
		want=02:00:00:00:01:0$i
		mac=$(ip netns exec "sl${dev#dev_}" cat "/sys/class/net/${!dev}/address")
		[[ $mac == "$want" ]] || fail "port $i has MAC $mac, expected $want" || return
		# Queues, and one for all else.
		vectors=("/sys/bus/pci/devices/${nic[i]}/msi_irqs/"*)
		((${#vectors[@]} > 1)) || fail "port $i does not use MSI-X" || return
	done
	reaches
}

# What it says of the link; the partner loses it, or keeps it, as the cable is.
case_link() {
	local i
	for i in 1 2 3; do
		ip -n sla link set "$dev_a" down
		wait_until 5 eval '! in_a_carrier' || fail "the interface is down and has a carrier" || return
		ip -n sla link set "$dev_a" up
		links_up || return
	done
	in_a ethtool "$dev_a" >>"$log"
	for i in "Speed: ${speed}Mb/s" "Duplex: Full" "Link detected: yes" "Auto-negotiation: $autoneg" "Port: $tp_port"; do
		grep -q "$i" "$log" || fail "ethtool does not say '$i'" || return
	done
	in_a ethtool -r "$dev_a" >>"$log" 2>&1 || fail "ethtool -r is refused" || return
	links_up && reaches
}

rx_frames() {
	ip netns exec "$1" ethtool -S "$2" | awk -F': *' '$1 ~ /^ *rx_packets$/ { print $2 }'
}

# to_b MAC KIND:LENGTH:COUNT...: how many of these b's NIC takes in.
to_b() {
	local before now
	before=$(rx_frames slb "$dev_b")
	in_a "$build/tests/vm/frames" "$dev_a" "$@" >>"$log" 2>&1
	# Those that do not come cannot be waited for; the last comes behind all others.
	in_a ping -c 1 -W 2 "$host_b" >>"$log" 2>&1
	now=$(rx_frames slb "$dev_b")
	ip -n sla neigh flush all
	echo $((now - before))
}

# The address is the NIC's filter, too: another's frames do not come in, but in promiscuous mode.
case_mac() {
	local other=02:00:00:00:0a:0b own n
	own=$(in_b cat "/sys/class/net/$dev_b/address")
	reaches || return
	n=$(to_b "$own" u:60:50)
	((n >= 50)) || fail "of 50 frames to its address $n came in" || return
	n=$(to_b "$other" u:60:50)
	((n < 50)) || fail "$n frames came in, 50 of them to another address" || return
	ip -n slb link set "$dev_b" address "$other"
	n=$(to_b "$other" u:60:50)
	((n >= 50)) || fail "of 50 frames to its new address $n came in" || return
	n=$(to_b "$own" u:60:50)
	((n < 50)) || fail "$n frames came in, 50 of them to the old address" || return
	ip -n slb link set "$dev_b" promisc on
	n=$(to_b "$own" u:60:50)
	ip -n slb link set "$dev_b" promisc off address "$own"
	((n >= 50)) || fail "promiscuous, of 50 frames to another address $n came in" || return
	ip -n sla neigh flush all
	reaches
}

# VLAN 7 on both, 8 on a alone; with and without the NIC's help.
case_vlan() {
	local help side
	for side in a b; do
		dev=dev_$side
		ip -n "sl$side" link add link "${!dev}" name vlan7 type vlan id 7
		ip -n "sl$side" link set vlan7 up
	done
	ip -n sla addr add 198.18.7.1/24 dev vlan7
	ip -n slb addr add 198.18.7.2/24 dev vlan7
	for help in on off on; do
		in_a ethtool -K "$dev_a" rxvlan "$help" txvlan "$help" >>"$log" 2>&1
		in_b ethtool -K "$dev_b" rxvlan "$help" txvlan "$help" >>"$log" 2>&1
		[[ $(feature slb "$dev_b" rx-vlan-offload) == "$help"* ]] || fail "rx-vlan-offload is not $help" || return
		wait_until 10 in_a ping -c 1 -W 1 198.18.7.2
		in_a ping -c 3 -i 0.2 -W 5 -s 1472 198.18.7.2 >>"$log" 2>&1 || fail "no answer over VLAN 7, offload $help" || return
	done
	vlan_filter
}

# Frames of a VLAN that b is not in stay outside.
vlan_filter() {
	local before n
	ip -n sla link add link "$dev_a" name vlan8 type vlan id 8
	ip -n sla link set vlan8 up
	reaches || return
	before=$(rx_frames slb "$dev_b")
	in_a "$build/tests/vm/frames" vlan8 "$(in_b cat "/sys/class/net/$dev_b/address")" u:60:50 >>"$log" 2>&1
	in_a ping -c 1 -W 2 "$host_b" >>"$log" 2>&1
	n=$(($(rx_frames slb "$dev_b") - before))
	ip -n sla link del vlan8
	ip -n sla link del vlan7
	ip -n slb link del vlan7
	((n < 50)) || fail "$n frames came in, 50 of them of a VLAN that is not there"
}

# stack_counter NETNS GROUP NAME: of /proc/net/snmp, as Ip InReceives.
stack_counter() {
	# shellcheck disable=SC2016 # awk's
	ip netns exec "$1" awk -v group="$2:" -v name="$3" '$1 == group && !n { n = split($0, names) }
		$1 == group { for (i = 1; i <= n; i++) if (names[i] == name) value = $i }
		END { print value }' /proc/net/snmp
}

# Sends that a's NIC has cut into frames; or, where it does not count them, frames that were more
# than packets.
cuts() {
	if [[ $driver == igb ]]; then
		nic_counter sla "$dev_a" tx_tcp_seg_good
	else
		echo $(($(nic_counter sla "$dev_a" tx_pkts_nic) - $(stack_counter sla Ip OutRequests)))
	fi
}

# case_tcp_linux MTU OFFLOADS: a file each way. OFFLOADS on: cut and summed by the NICs, and put
# together by the stack before it counts; off: all of it by the stack, so that its sums are checked
# against the NIC's.
case_tcp_linux() {
	local mtu=$1 offloads=$2 ms tso bad frames packets
	set_mtu "$mtu" || return
	in_a ethtool -K "$dev_a" tx "$offloads" tso "$offloads" gro "$offloads" >>"$log" 2>&1
	in_b ethtool -K "$dev_b" rx "$offloads" gro "$offloads" >>"$log" 2>&1
	reaches || return
	tso=$(cuts)
	bad=$(($(bad_checksums sla "$dev_a") + $(bad_checksums slb "$dev_b")))
	frames=$(rx_frames slb "$dev_b") packets=$(stack_counter slb Ip InReceives)
	ms=$(date +%s%3N)
	transfer || return
	ms=$(($(date +%s%3N) - ms))
	tso=$(($(cuts) - tso))
	bad=$(($(bad_checksums sla "$dev_a") + $(bad_checksums slb "$dev_b") - bad))
	frames=$(($(rx_frames slb "$dev_b") - frames)) packets=$(($(stack_counter slb Ip InReceives) - packets))
	((bad == 0)) || fail "$bad bad checksums or errors counted" || return
	if [[ $offloads == on ]]; then
		# Frames of no packet are questions for addresses.
		((tso > 10)) || fail "no frame was cut by the NIC" || return
		((packets * 10 < frames * 9)) || fail "$frames frames came in, and $packets packets: none put together" || return
	else
		# Linux cuts what it gives to a driver that does not count.
		[[ $driver != igb ]] || ((tso == 0)) || fail "$tso frames were cut by the NIC, with TSO off" || return
	fi
	why="2 x $(stat -c %s /run/file.a) bytes in $ms ms; $frames frames in $packets packets, $tso sends cut"
}

# Wrong sums that b's queues have had.
bad_sums() {
	in_b ethtool -S "$dev_b" | awk -F': *' '/_csum_err:/ { n += $2 } END { print n + 0 }'
}

# A sum that is wrong is no sum: the NIC says so, and the stack drops it. Of frames of 60 bytes
# Linux's driver does not believe it.
case_bad_sums() {
	local before after bad
	before=$(stack_counter slb Udp InCsumErrors)
	in_b timeout 20 python3 -c 'import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("'"$host_b"'", 5300))
s.settimeout(15)
print(s.recv(100))' >/run/datagrams 2>&1 &
	local reader=$!
	wait_until 5 in_b grep -q ':14B4 ' /proc/net/udp
	bad=$(bad_sums)
	in_a python3 - "$host_a" "$host_b" "$dev_a" "$(in_b cat "/sys/class/net/$dev_b/address")" <<-'PYTHON'
		import socket, struct, sys
		def total(data):
		    data += b"\0" * (len(data) % 2)
		    s = sum(struct.unpack(f"!{len(data) // 2}H", data))
		    while s >> 16: s = (s & 0xffff) + (s >> 16)
		    return ~s & 0xffff
		def frame(text, spoil):
		    a, b = (socket.inet_aton(x) for x in sys.argv[1:3])
		    udp = struct.pack("!HHHH", 5299, 5300, 8 + len(text), 0) + text
		    s = total(a + b + struct.pack("!BBH", 0, 17, len(udp)) + udp) ^ spoil
		    udp = udp[:6] + struct.pack("!H", s) + udp[8:]
		    ip = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(udp), 1, 0, 64, 17, 0) + a + b
		    ip = ip[:10] + struct.pack("!H", total(ip)) + ip[12:]
		    return bytes.fromhex(sys.argv[4].replace(":", "")) + own + b"\x08\0" + ip + udp
		with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as s:
		    s.bind((sys.argv[3], 0))
		    own = s.getsockname()[4]
		    for _ in range(5): s.send(frame(b"wrong" * 20, 0x5a5a))
		    s.send(frame(b"right" * 20, 0))
	PYTHON
	wait "$reader"
	cat /run/datagrams >>"$log"
	[[ $(</run/datagrams) == *right* ]] || fail "the first datagram taken was $(</run/datagrams)" || return
	after=$(stack_counter slb Udp InCsumErrors)
	bad=$(($(bad_sums) - bad))
	# Of that family's verdict on UDP Linux's driver makes nothing: it may be wrong for a sum of zero.
	if [[ $driver == igb ]]; then ((bad == 5)) || fail "of 5 wrong sums the NIC found $bad" || return; fi
	((after - before == 5)) || fail "of 5 wrong sums the stack dropped $((after - before))"
}

# queue_frames QUEUE: frames that b's queue has had.
queue_frames() {
	nic_counter slb "$dev_b" "rx_queue_$1_packets"
}

# connects N: so many refused connections from a to b: a frame of a flow of its own, each.
connects() {
	in_a python3 -c 'import socket, sys
for i in range(int(sys.argv[2])):
    with socket.socket() as s:
        if s.connect_ex((sys.argv[1], 7000 + i)) != 111: sys.exit("not refused")' "$host_b" "$1" >>"$log" 2>&1 ||
		fail "a connection was not refused"
}

# Flows to b by its table: to both queues, to the first, to the second.
case_rss_linux() {
	local table q0 q1 flows=200
	in_b ethtool -L "$dev_b" combined 2 >>"$log" 2>&1
	links_up && reaches || return
	for table in "equal 2" "weight 1 0" "weight 0 1"; do
		# shellcheck disable=SC2086 # words
		in_b ethtool -X "$dev_b" $table >>"$log" 2>&1 || fail "ethtool -X $table is refused" || return
		q0=$(queue_frames 0) q1=$(queue_frames 1)
		connects "$flows" || return
		q0=$(($(queue_frames 0) - q0)) q1=$(($(queue_frames 1) - q1))
		echo "$table: $q0 and $q1" >>"$log"
		case $table in
		equal*) ((q0 > flows / 4 && q1 > flows / 4)) ;;
		*1\ 0) ((q0 >= flows && q1 == 0)) ;;
		*) ((q1 >= flows && q0 < 20)) ;; # frames that are no IP go to the first
		esac || fail "table $table: $q0 and $q1 frames of $flows flows" || return
	done
	in_b ethtool -X "$dev_b" default >>"$log" 2>&1
}

# Frames of filters that Linux's ixgbe sets by itself: by hashes of what it sends, which the NIC makes
# of what it receives.
case_fdir_hashes() {
	local matches
	matches=$(nic_counter slb "$dev_b" fdir_match)
	transfer || return
	matches=$(($(nic_counter slb "$dev_b" fdir_match) - matches))
	((matches > 100)) || fail "$matches frames matched" || return
	why="$matches frames matched"
}

# datagrams N: so many, of a flow of its own each, to b's port 5400.
datagrams() {
	in_a python3 -c 'import socket, sys
for i in range(int(sys.argv[2])):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s: s.sendto(b"x", (sys.argv[1], 5400))' "$host_b" "$1"
	in_a ping -c 1 -W 5 "$host_b" >>"$log" 2>&1
}

# Filters that the user sets: to each queue, and to nowhere.
case_fdir_perfect() {
	local queue q0 q1 matches n=50
	in_b ethtool -K "$dev_b" ntuple on >>"$log" 2>&1
	links_up && reaches || return
	for queue in 0 1 -1; do
		in_b ethtool -N "$dev_b" flow-type udp4 dst-port 5400 action "$queue" loc 5 >>"$log" 2>&1 ||
			fail "a filter to queue $queue is refused" || return
		q0=$(queue_frames 0) q1=$(queue_frames 1) matches=$(nic_counter slb "$dev_b" fdir_match)
		datagrams "$n"
		q0=$(($(queue_frames 0) - q0)) q1=$(($(queue_frames 1) - q1))
		matches=$(($(nic_counter slb "$dev_b" fdir_match) - matches))
		in_b ethtool -N "$dev_b" delete 5 >>"$log" 2>&1 || fail "a filter is not deleted" || return
		((matches == n)) || fail "of $n frames $matches matched" || return
		case $queue in
		0) ((q0 >= n && q1 < 10)) ;;
		1) ((q1 >= n && q0 < 10)) ;;
		*) ((q0 + q1 < 10)) ;;
		esac || fail "filter to queue $queue: $q0 and $q1 frames" || return
	done
	matches=$(nic_counter slb "$dev_b" fdir_match)
	datagrams "$n"
	((matches == $(nic_counter slb "$dev_b" fdir_match))) || fail "frames match a filter that was deleted" || return
	in_b ethtool -K "$dev_b" ntuple off >>"$log" 2>&1
	links_up && reaches
}

# case_self_test MODE HOST...: "online" or "offline".
case_self_test() {
	local side dev rc=0
	for side in "${@:2}"; do
		dev=dev_$side
		ip netns exec "sl$side" ethtool -t "${!dev}" "$1" >/run/self 2>&1 || rc=1
		cat /run/self >>"$log"
		# A line a test: 0 is good.
		awk -F'\t+' '/\((on|off)line\)/ && $2 + 0 { printf "%s%s%s", sep, $1, $2; sep = ", " }' /run/self >/run/bad
		[[ ! -s /run/bad ]] || fail "host $side: $(</run/bad)" || return
		links_up || return
	done
	((rc == 0)) || fail "ethtool -t failed"
	reaches
}

# What one end sent and the other received, by each counter, over traffic of all kinds.
case_statistics() {
	local name n own_b
	local -A before now
	own_b=$(in_b cat "/sys/class/net/$dev_b/address")
	set_mtu 1500 || return
	ip -n sla link set "$dev_a" promisc on
	ip -n slb link set "$dev_b" promisc on
	reaches || return
	wait_until 10 ends_agree before
	in_a "$build/tests/vm/frames" "$dev_a" "$own_b" u:60:20 u:61:21 u:124:22 u:1514:23 b:96:31 m:96:32 >>"$log" 2>&1
	transfer || return
	wait_until 10 ends_agree now || fail "$(ends_differ now)" || return
	ip -n sla link set "$dev_a" promisc off
	ip -n slb link set "$dev_b" promisc off
	read_counters now
	for name in "$rx_broad:31" "$rx_multi:32" a.tx_packets:1000 b.tx_packets:500; do
		n=$((now[${name%:*}] - before[${name%:*}]))
		((n >= ${name#*:})) || fail "${name%:*} rose by $n, expected ${name#*:} or more" || return
	done
	for name in "${!now[@]}"; do
		# Pages that were taken; frames that no protocol of the stack wants.
		if [[ $name == *.alloc_rx_page || $driver:$name == ixgbe:*.rx_dropped ]]; then continue; fi
		if [[ $name =~ err|dropped|missed|no_buffer|alloc|collision|out_of_sync|timeout ]] && ((now[$name] != before[$name])); then
			fail "$name rose from ${before[$name]} to ${now[$name]}"
			return
		fi
	done
	why="${now[a.tx_packets]} and ${now[b.tx_packets]} frames"
}

# read_counters ARRAY: all of ethtool -S of both, as a.NAME and b.NAME.
read_counters() {
	local -n into=$1
	local side dev name value
	into=()
	for side in a b; do
		dev=dev_$side
		while IFS=': ' read -r name value; do
			[[ -z $value ]] || into[$side.$name]=$value
		done < <(ip netns exec "sl$side" ethtool -S "${!dev}")
	done
}

# ends_agree ARRAY: of what rose since "before", when that has something; it is read anew.
ends_agree() {
	read_counters "$1"
	[[ -z $(ends_differ "$1") ]]
}

ends_differ() {
	local -n at=$1
	local name ends from to sent got frames
	for name in $pairs; do
		for ends in a:b b:a; do
			from=${ends%:*}.tx_$name to=${ends#*:}.rx_$name
			if [[ $1 == before ]]; then
				# Nothing to compare with yet: that nothing moves.
				continue
			fi
			sent=$((at["$from"] - before["$from"])) got=$((at["$to"] - before["$to"]))
			((sent == got)) || echo "$from rose by $sent, $to by $got;"
		done
	done
	if [[ $driver != ixgbe || $1 == before ]]; then return 0; fi
	# The NIC counts what it sends with FCS, and what it receives without, since it strips that.
	for ends in a:b b:a; do
		from=${ends%:*}.tx_ to=${ends#*:}.rx_bytes_nic
		frames=$((at["${from}pkts_nic"] - before["${from}pkts_nic"]))
		sent=$((at["${from}bytes_nic"] - before["${from}bytes_nic"] - 4 * frames)) got=$((at["$to"] - before["$to"]))
		((sent == got)) || echo "${from}bytes_nic rose by $sent without FCS, $to by $got;"
	done
}

# register FILE NAME: a value of "ethtool -d" in its words for it.
register() {
	awk -v name="$2" '$2 == name || $1 == name || $2 == name "0" { print $NF; exit }' "$1"
}

# The dump of registers: the ring's length moves with the ring.
case_registers() {
	local entries n
	for entries in 512 256; do
		in_a ethtool -G "$dev_a" rx "$entries" >>"$log" 2>&1
		links_up || return
		in_a ethtool -d "$dev_a" >/run/registers 2>>"$log" || fail "ethtool -d failed" || return
		n=$(register /run/registers RDLEN0)
		cat /run/registers >>"$log"
		((n == entries * 16)) || fail "RDLEN0 is $n with $entries descriptors" || return
	done
	grep -qi 'link.*up' /run/registers || fail "the dump knows of no link"
}

# What the EEPROM's checksum covers adds up, and the address is where it belongs: at the beginning,
# or in a module to which a word leads and which the checksum covers, too.
case_eeprom() {
	in_a ethtool -e "$dev_a" raw on length 2048 >/run/eeprom 2>>"$log" || fail "ethtool -e failed" || return
	in_a ethtool -e "$dev_a" length 128 >>"$log"
	why=$(python3 - "$driver" "$(in_a cat "/sys/class/net/$dev_a/address")" <<-'PYTHON'
		import struct, sys
		image = open("/run/eeprom", "rb").read()
		words = struct.unpack(f"<{len(image) // 2}H", image)
		total, at = sum(words[:0x40]), 0
		if sys.argv[1] == "ixgbe":
		    for start in words[3:15]:
		        if start not in (0, 0xffff): total += sum(words[start + 1:start + 1 + words[start]])
		    at = 2 * (words[9] + 1)
		mac = ":".join(f"{b:02x}" for b in image[at:at + 6])
		if total % 65536 != 0xbaba: sys.exit(print(f"its words add up to {total % 65536:#x}, expected 0xbaba") or 1)
		if mac != sys.argv[2]: sys.exit(print(f"its address is {mac}") or 1)
	PYTHON
	)
}

# The module of host b's port: read over its bus, with sums that are right.
case_module() {
	in_b ethtool -m "$dev_b" raw on length 512 >/run/module 2>>"$log" || fail "ethtool -m failed" || return
	why=$(python3 - <<-'PYTHON'
		import sys
		m = open("/run/module", "rb").read()
		for first, last in (0, 63), (64, 95):
		    if sum(m[first:last]) % 256 != m[last]: sys.exit(print(f"the sum at {last} is wrong") or 1)
		print(m[20:36].decode().strip(), m[40:56].decode().strip(), f"{m[256 + 96]} degrees")
	PYTHON
	)
}

# Rings of every size that is allowed, and one that is not.
case_rings() {
	local n
	in_a ethtool -G "$dev_a" rx 8192 2>>"$log" && in_a ethtool -g "$dev_a" | awk '$1 == "RX:" { n = $2 } END { exit n <= 4096 }' &&
		fail "a ring of 8192 descriptors was taken" && return 1
	for n in 4096 80 1024 256; do
		in_a ethtool -G "$dev_a" rx "$n" tx "$n" >>"$log" 2>&1 || fail "rings of $n descriptors are refused" || return
		links_up || return
		in_a ethtool -g "$dev_a" >/run/rings
		(($(grep -c "^[RT]X:[[:space:]]*$n\$" /run/rings) >= 2)) || fail "rings are not of $n descriptors" || return
		in_a ping -c 100 -i 0.01 -W 5 -q "$host_b" >>"$log" 2>&1 || fail "rings of $n: pings were lost" || return
	done
}

# As many queues as the NIC has, and as the guest has CPUs.
case_queues() {
	local n max
	max=$(in_a ethtool -l "$dev_a" | awk '$1 == "Combined:" { print $2; exit }')
	in_a ethtool -L "$dev_a" combined $((max + 1)) 2>>"$log" && fail "$((max + 1)) queues were taken" && return 1
	max=$((max < $(nproc) ? max : $(nproc)))
	for ((n = 1; n <= max; n++)); do
		in_a ethtool -L "$dev_a" combined "$n" >>"$log" 2>&1 # says no when it is so already
		[[ $(in_a ethtool -l "$dev_a" | awk '$1 == "Combined:" { n = $2 } END { print n }') == "$n" ]] ||
			fail "$n queues were refused" || return
		links_up && reaches || return
	done
	why="up to $max"
}

# What else ethtool can ask of it; what is set is read back.
case_settings() {
	local what
	in_a ethtool -i "$dev_a" >>"$log" && in_a ethtool -a "$dev_a" >>"$log" && in_a ethtool -P "$dev_a" >>"$log" &&
		in_a ethtool -T "$dev_a" >>"$log" || fail "a question is refused" || return
	grep -q "$(in_a cat "/sys/class/net/$dev_a/address")" "$log" || fail "the permanent address is another" || return
	in_a ethtool -C "$dev_a" rx-usecs 50 >>"$log" 2>&1
	in_a ethtool -c "$dev_a" | grep -q 'rx-usecs:[[:space:]]*50' || fail "rx-usecs is not 50" || return
	in_a ethtool -C "$dev_a" rx-usecs 3 >>"$log" 2>&1
	in_a ethtool -A "$dev_a" autoneg off rx on tx on >>"$log" 2>&1
	links_up || return
	(($(in_a ethtool -a "$dev_a" | grep -c '^[RT]X:[[:space:]]*on') == 2)) || fail "pause frames are not on" || return
	in_a ethtool -p "$dev_a" 1 >>"$log" 2>&1 || fail "its lamp does not blink" || return
	if [[ $model == i[23]* ]]; then
		in_a ethtool --show-eee "$dev_a" >>"$log" 2>&1 || fail "energy-efficient Ethernet is not told of" || return
	fi
	reaches
}

# The NIC's clock: it runs with the guest's, and can be set.
case_clock() {
	local clock=("/sys/bus/pci/devices/${nic[0]}/ptp"/ptp*)
	[[ -e ${clock[0]} ]] || fail "there is no clock" || return
	[[ -e /dev/${clock[0]##*/} ]] || fail "/dev/${clock[0]##*/} is not there" || return
	why=$(python3 - "/dev/${clock[0]##*/}" <<-'PYTHON'
		import os, sys, time
		fd = os.open(sys.argv[1], os.O_RDWR)
		clock = (~fd << 3) | 3
		def rate(seconds):
		    m0, t0 = time.monotonic(), time.clock_gettime(clock)
		    while time.monotonic() - m0 < seconds: time.sleep(0.05)
		    t1, m1 = time.clock_gettime(clock), time.monotonic()
		    return (t1 - t0) / (m1 - m0)
		r = rate(1)
		print(f"it advances by {r:.3f} s a second", end="")
		if not 0.8 < r < 1.2: sys.exit(1)
		time.clock_settime(clock, 1e9)
		now = time.clock_gettime(clock)
		if not 1e9 <= now < 1e9 + 30:
		    print(f"; set to 1e9 it says {now}", end="")
		    sys.exit(1)
	PYTHON
	)
}

# stamps DEVICE CLOCK ADDRESS FILTER [PEER]: one end of a PTP event message, which goes to the peer.
# Says the NIC's time before, by its stamp, and after, and whether that is the order.
stamps() {
	python3 - "$@" <<-'PYTHON'
		import ctypes, fcntl, os, select, socket, struct, sys, time
		dev, ptp, own, rx_filter = sys.argv[1:5]
		clock = (~os.open(ptp, os.O_RDWR) << 3) | 3
		s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
		s.bind((own, 319))
		# SIOCSHWTSTAMP: frames sent when they ask for it, and those that the filter names.
		config = ctypes.create_string_buffer(struct.pack("iii", 0, 1, int(rx_filter)))
		fcntl.ioctl(s, 0x89B0, ctypes.create_string_buffer(struct.pack("16sP", dev.encode(), ctypes.addressof(config)), 40))
		# SO_TIMESTAMPING: of frames sent and received, by the hardware, as it is.
		s.setsockopt(socket.SOL_SOCKET, 37, 1 | 4 | 64)
		before = time.clock_gettime(clock)
		flags = 0
		if len(sys.argv) > 5:
		    s.sendto(bytes([0, 2]) + bytes(42), (sys.argv[5], 319))
		    flags = socket.MSG_ERRQUEUE
		else:
		    print("waits", flush=True)
		ready = select.poll()
		ready.register(s, 0 if flags else select.POLLIN)
		at = 0
		if ready.poll(20000):
		    for level, kind, data in s.recvmsg(2048, 512, flags)[1]:
		        if level == socket.SOL_SOCKET and kind == 37:
		            at = struct.unpack("qq", data[32:48])
		            at = at[0] + at[1] / 1e9
		after = time.clock_gettime(clock)
		print(f"{before:.6f} {at:.6f} {after:.6f}", "right" if before <= at <= after else "wrong")
	PYTHON
}

ptp_of() {
	local clock=("/sys/bus/pci/devices/$1/ptp"/ptp*)
	echo "/dev/${clock[0]##*/}"
}

# A message has its time from the NIC when it is sent, and when it is received; and frames of all
# kinds still arrive, each of which now has a stamp, where the NIC can do so.
case_stamps() {
	local filter=1 receiver
	# HWTSTAMP_FILTER_PTP_V2_EVENT in place of all.
	[[ $model == 82576 || $driver == ixgbe ]] && filter=12
	declare -f stamps >/run/stamps.sh
	in_b bash -c "source /run/stamps.sh; stamps $dev_b $(ptp_of "${nic[1]}") $host_b $filter" >/run/received 2>&1 &
	receiver=$!
	wait_until 10 grep -q waits /run/received || fail "the receiver does not wait: $(tail -n 1 /run/received)" || return
	in_a bash -c "source /run/stamps.sh; stamps $dev_a $(ptp_of "${nic[0]}") $host_a $filter $host_b" >/run/sent 2>&1
	wait "$receiver"
	cat /run/sent /run/received >>"$log"
	grep -q right /run/sent || fail "sent: $(tail -n 1 /run/sent)" || return
	grep -q right /run/received || fail "received: $(tail -n 1 /run/received)" || return
	reaches -s 1472 -M "do"
}

speed_reads() {
	[[ $(in_a cat "/sys/class/net/$dev_a/speed" 2>/dev/null) == "$1" ]]
}

# ixgbe looks at the new link some time after ethtool has returned, and shows the old one until then.
speed_is() {
	wait_until 20 speed_reads "$1" ||
		fail "the speed is $(in_a cat "/sys/class/net/$dev_a/speed"), not $1" || return
	links_up || return
	reaches
}

# What is forced, and the best of what is advertised.
case_speeds() {
	local speed
	for speed in 10 100; do
		in_a ethtool -s "$dev_a" speed "$speed" duplex full autoneg off >>"$log" 2>&1 || fail "$speed Mbit/s are refused" || return
		speed_is "$speed" || return
	done
	in_a ethtool -s "$dev_a" autoneg on advertise 0x008 >>"$log" 2>&1 || fail "100 Mbit/s alone are refused" || return
	speed_is 100 || return
	in_a ethtool -s "$dev_a" autoneg on advertise 0x02f >>"$log" 2>&1 || fail "all speeds are refused" || return
	speed_is 1000
}

# The best of what is advertised: this family forces nothing.
case_copper_speeds() {
	local what
	for what in 0x008:100 0x020:1000 0x1028:10000; do
		in_a ethtool -s "$dev_a" autoneg on advertise "${what%:*}" >>"$log" 2>&1 || fail "${what#*:} Mbit/s are refused" || return
		speed_is "${what#*:}" || return
	done
}

# What is written to the EEPROM's shadow, its sum with it, is there.
case_eeprom_write() {
	local value
	for value in 5a 00; do
		in_a ethtool -E "$dev_a" magic 0x15288086 offset 0x40 length 1 value "0x$value" >>"$log" 2>&1 || fail "ethtool -E failed" || return
		in_a ethtool -e "$dev_a" offset 0x40 length 1 | grep -q "0x0040:[[:space:]]*$value" || fail "$value was written and is not there" || return
		case_eeprom || return
	done
}

case_rebind() {
	local i
	del_hosts
	for ((i = 1; i <= 20; i++)); do
		bind "${nic[0]}" none && bind "${nic[1]}" none
		bind "${nic[0]}" "$driver" && bind "${nic[1]}" "$driver" || fail "not bound at try $i" || return
	done
	hosts_up && reaches
}

case_reload() {
	local i
	del_hosts
	rmmod "$driver" || fail "rmmod failed" || return
	[[ ! -e /sys/bus/pci/devices/${nic[0]}/driver ]] || fail "the port still has a driver" || return
	modprobe_guest "$driver" || fail "the module does not load again" || return
	for i in 0 1; do
		wait_until 10 test -e "/sys/bus/pci/devices/${nic[i]}/net" || fail "port $i is not taken" || return
	done
	hosts_up && reaches
}

# Interfaces that are down let their NICs sleep.
case_sleep() {
	local i dev=/sys/bus/pci/devices
	ip -n sla link set "$dev_a" down
	ip -n slb link set "$dev_b" down
	for i in 0 1; do echo auto >"$dev/${nic[i]}/power/control"; done
	for i in 0 1; do
		wait_until 15 grep -q suspended "$dev/${nic[i]}/power/runtime_status" ||
			fail "port $i does not sleep, it is $(<"$dev/${nic[i]}/power/runtime_status")" || break
		[[ $(<"$dev/${nic[i]}/power_state") == D3hot ]] || fail "asleep it is in $(<"$dev/${nic[i]}/power_state")" || break
	done
	ip -n sla link set "$dev_a" up
	ip -n slb link set "$dev_b" up
	for i in 0 1; do echo on >"$dev/${nic[i]}/power/control"; done
	[[ -z $why ]] || return
	[[ $(<"$dev/${nic[0]}/power/runtime_status") == active ]] || fail "it does not wake" || return
	links_up && reaches
}

# The reset button. The guest starts again, and with it all groups; this one then goes on here.
case_reset_button() {
	echo "$SECONDS" >/mnt/reset
	host system_reset >>"$log"
	# There is no going on but by the reset.
	sleep "$hang"
	rm -f /mnt/reset
	fail "the guest was not reset"
}

case_after_reset() {
	rm -f /mnt/reset
	host reset_ends >>"$log"
	(($(cut -d. -f1 /proc/uptime) < hang * patience)) || fail "the guest has been up for long" || return
	hosts_up && reaches && transfer
}

before_reset() {
	if ! hosts_up; then
		run_case "Linux's $driver takes both ports" fail "$why"
		return
	fi
	quiet_case "Linux's $driver takes both ports" case_probe
	quiet_case "link down, up, negotiated anew" case_link
	quiet_case "MAC address: own, changed, another's, promiscuous" case_mac
	quiet_case "ping, 56 bytes" reaches
	more_case "ping, 1472 bytes" reaches -s 1472 -M "do"
	set_mtu 9000
	quiet_case "ping, 8972 bytes with MTU 9000" reaches -s 8972 -M "do"
	set_mtu 1500
	quiet_case "VLAN, with and without the NIC's help; another's stays outside" case_vlan
	quiet_case "TCP each way, TSO, sums, GRO" case_tcp_linux 1500 on
	more_case "TCP each way, frames of 9000 bytes" case_tcp_linux 9000 on
	more_case "TCP each way, sums and segments by Linux" case_tcp_linux 1500 off
	in_a ethtool -K "$dev_a" tx on tso on gro on >/dev/null
	in_b ethtool -K "$dev_b" rx on gro on >/dev/null
	more_case "sums that are wrong" case_bad_sums
	quiet_case "RSS, by its table" case_rss_linux
	if [[ $driver == ixgbe ]]; then
		more_case "flow director: hashes" case_fdir_hashes
		quiet_case "flow director: filters of the user's" case_fdir_perfect
	fi
	more_case "statistics of both ends" case_statistics
	more_case "ethtool -t online" case_self_test online a
	quiet_case "ethtool -t offline" case_self_test offline a b
	more_case "ethtool -d" case_registers
	quiet_case "ethtool -e" case_eeprom
	if [[ $model == 82599 ]]; then quiet_case "ethtool -m" case_module; fi
	if [[ $model == x540 ]]; then quiet_case "ethtool -E" case_eeprom_write; fi
	more_case "sizes of rings" case_rings
	more_case "numbers of queues" case_queues
	more_case "other settings" case_settings
	more_case "PTP clock" case_clock
	quiet_case "PTP time stamps of both ends" case_stamps
	# A backplane, or a module, has one speed.
	if [[ $driver == igb ]]; then quiet_case "speeds, forced and advertised" case_speeds; fi
	if [[ $model == x540 ]]; then quiet_case "speeds, advertised" case_copper_speeds; fi
	more_case "unbind and bind, 20 times" case_rebind
	quiet_case "module unloaded and loaded" case_reload
	# Linux's ixgbe does not let it sleep by itself.
	if [[ $driver == igb ]]; then more_case "sleep and wake" case_sleep; fi
	more_case "reset of the guest" case_reset_button
}

make_files $((2 * 1024 * 1024))
if [[ ! -e /mnt/reset ]]; then
	before_reset
else
	quiet_case "reset of the guest" case_after_reset
fi
if [[ -n $dev_b ]]; then del_hosts; fi
bind "${nic[0]}" vfio-pci
bind "${nic[1]}" vfio-pci
if [[ $driver == igb ]]; then
	run_case "our driver: 20000 frames each way, none lost" case_forward 20000 "$app" "${eal[@]}" "${ours[@]}" --
	run_case "our driver: RSS over 4 queues, as the Toeplitz hash predicts" case_rss
	run_case "our driver by dpdk-testpmd: 20000 frames each way, none lost" case_stock 20000
fi
run_case "DPDK's own driver: 20000 frames each way, none lost" case_own 20000
