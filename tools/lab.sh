# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
#
# A lab for real kernel traffic, for the demo and the tap tests. Sourced.
#
#   netns A (10.77.0.1) -- tap -- port 0 [ sl-testpmd io ] port 1 -- tap -- netns B (10.77.0.2)
#
# The two namespaces have no other interface: what arrives went through the
# driver. All names carry the process id; lab_down removes everything, also
# after a failure in the middle (call it from a trap).

LAB_DIR=
LAB_PID=
readonly LAB_NS_A=syncline-$$-a LAB_NS_B=syncline-$$-b
readonly LAB_IF_A=sla$$ LAB_IF_B=slb$$
readonly LAB_IP_A=10.77.0.1 LAB_IP_B=10.77.0.2
readonly LAB_PORT=5201

# EAL arguments for this machine, one a line: driver on the last CPU, the rest
# (device thread, main thread) on the first.
eal_args() {
	local first last
	first=$(cpus_allowed | head -n 1)
	last=$(cpus_allowed | tail -n 1)
	if [[ $first == "$last" ]]; then
		printf '%s\n' -l "$first"
	else
		printf '%s\n' -l "$first,$last" --main-lcore "$first"
	fi
	printf '%s\n' --no-pci --no-telemetry --log-level=lib.eal:error
	# EAL takes --in-memory and --no-huge not together. Both keep runs at the same time apart:
	# the first implies --no-shconf.
	if ((SL_HUGE)); then
		printf '%s\n' --in-memory
	else
		printf '%s\n' --no-huge --no-shconf -m 256
	fi
}

# Says why the lab cannot be had here; nothing when it can.
lab_obstacle() {
	if ! is_root; then
		echo "network namespaces need root"
	elif [[ ! -c /dev/net/tun ]] || ! { : <>/dev/net/tun; } 2>/dev/null; then
		echo "no tap devices here: /dev/net/tun is not to be had"
	elif ! have ip || ! have socat || ! have ping; then
		echo "ip, socat or ping is not installed"
	elif ! ip netns add "$LAB_NS_A" 2>/dev/null ||
		! ip netns exec "$LAB_NS_A" true 2>/dev/null; then
		echo "network namespaces may not be made or entered here (ip netns)"
	fi
	ip netns del "$LAB_NS_A" 2>/dev/null || true
}

lab_fail() {
	printf 'lab: %s\n' "$*" >&2
	if [[ -s $LAB_DIR/pmd.log ]]; then tail -n 30 "$LAB_DIR/pmd.log" >&2; fi
	return 1
}

# wait_for SECONDS COMMAND...: until the command succeeds; fails when sl-testpmd is gone.
lab_wait_for() {
	local tries=$(($1 * 10))
	shift
	while ! "$@" >/dev/null 2>&1; do
		((tries-- > 0)) || return 1
		[[ -z $LAB_PID ]] || kill -0 "$LAB_PID" 2>/dev/null || return 1
		sleep 0.1
	done
}

lab_end_of_cable() {
	local ns=$1 interface=$2 address=$3
	ip netns add "$ns" &&
		ip link set "$interface" netns "$ns" &&
		ip -n "$ns" link set "$interface" addrgenmode none up &&
		ip -n "$ns" address add "$address/24" dev "$interface"
}

# lab_up TESTPMD COHERENCY [TESTPMD-OPTION...]: both namespaces, joined. LAB_DEVICE: which NIC the software NICs
# are, if not the default one.
lab_up() {
	local testpmd=$1 mode=$2
	local -a eal
	shift 2
	mapfile -t eal < <(eal_args)
	LAB_DIR=$(mktemp -d "${TMPDIR:-/tmp}/syncline-lab.XXXXXX")
	# However this script ends, the program does not outlive it.
	setpriv --pdeathsig KILL "$testpmd" "${eal[@]}" \
		--vdev "net_syncline_soft0,${LAB_DEVICE:+device=$LAB_DEVICE,}wire=tap:$LAB_IF_A,coherency=$mode,cpu=${eal[1]%%,*}" \
		--vdev "net_syncline_soft1,${LAB_DEVICE:+device=$LAB_DEVICE,}wire=tap:$LAB_IF_B,coherency=$mode,cpu=${eal[1]%%,*}" \
		-- --fwd io --json "$LAB_DIR/pmd.json" "$@" >"$LAB_DIR/pmd.log" 2>&1 </dev/null &
	LAB_PID=$!
	if ! lab_wait_for 20 ip link show "$LAB_IF_A" || ! lab_wait_for 20 ip link show "$LAB_IF_B"; then
		lab_fail "sl-testpmd made no tap devices"
		return
	fi
	if ! lab_end_of_cable "$LAB_NS_A" "$LAB_IF_A" "$LAB_IP_A" ||
		! lab_end_of_cable "$LAB_NS_B" "$LAB_IF_B" "$LAB_IP_B"; then
		lab_fail "the namespaces could not be set up"
		return
	fi
	lab_wait_for 20 ip netns exec "$LAB_NS_A" ping -c 1 -W 1 "$LAB_IP_B" ||
		lab_fail "no ping comes back"
}

# Echo replies that A has had, by its kernel's count.
lab_replies() {
	ip netns exec "$LAB_NS_A" cat /proc/net/snmp |
		awk '$1 == "Icmp:" { for (i = 1; !at && i <= NF; i++) if ($i == "InEchoReps") at = i; n = $at } END { print n }'
}

lab_replied() {
	(($(lab_replies) >= $1))
}

# lab_ping BYTES COUNT: prints ping's summary; fails when one is lost. ping waits for the last
# ones 20 ms at the least; what is under way for longer on a busy machine is no loss.
lab_ping() {
	local out want
	want=$(($(lab_replies) + $2))
	out=$(ip netns exec "$LAB_NS_A" ping -q -M "do" -i 0.02 -W 2 -s "$1" -c "$2" "$LAB_IP_B") || true
	lab_wait_for 10 lab_replied "$want" || { printf '%s\n' "$out" && return 1; }
	sed -n 's/^\([0-9]* packets transmitted, [0-9]* received\).*/\1/p; s/^rtt/rtt/p' <<<"$out" |
		paste -sd ' '
}

lab_listens() {
	ip netns exec "$LAB_NS_B" ss -Hltn "sport = $LAB_PORT" | grep -q .
}

# lab_tcp BYTES: A sends random bytes to B. Sets LAB_SUM_A, LAB_SUM_B, LAB_TCP_BYTES
# (as counted by B) and LAB_TCP_MS; fails when sums or lengths differ.
lab_tcp() {
	local receiver start end
	timeout 120 ip netns exec "$LAB_NS_B" socat -u "TCP4-LISTEN:$LAB_PORT" STDOUT \
		> >(tee >(wc -c >"$LAB_DIR/len.b") | sha256sum >"$LAB_DIR/sum.b") &
	receiver=$!
	if ! lab_wait_for 10 lab_listens; then
		lab_fail "the receiver does not listen"
		return
	fi
	start=$(date +%s%N)
	if ! head -c "$1" /dev/urandom | tee >(sha256sum >"$LAB_DIR/sum.a") |
		timeout 120 ip netns exec "$LAB_NS_A" socat -u STDIN "TCP4:$LAB_IP_B:$LAB_PORT"; then
		lab_fail "the sender failed"
		return
	fi
	if ! wait "$receiver"; then
		lab_fail "the receiver failed"
		return
	fi
	end=$(date +%s%N)
	lab_wait_for 10 test -s "$LAB_DIR/sum.a" && lab_wait_for 10 test -s "$LAB_DIR/sum.b" &&
		lab_wait_for 10 test -s "$LAB_DIR/len.b" || return 1
	# shellcheck disable=SC2034 # for the caller
	LAB_TCP_MS=$(((end - start) / 1000000))
	LAB_SUM_A=$(cut -d' ' -f1 "$LAB_DIR/sum.a")
	LAB_SUM_B=$(cut -d' ' -f1 "$LAB_DIR/sum.b")
	LAB_TCP_BYTES=$(<"$LAB_DIR/len.b")
	[[ $LAB_SUM_A == "$LAB_SUM_B" && $LAB_TCP_BYTES == "$1" ]]
}

# Ends sl-testpmd as a user would and gives its exit status; kills it after 10 s.
lab_stop_testpmd() {
	local rc=0 tries=100
	[[ -n $LAB_PID ]] || return 0
	kill -TERM "$LAB_PID" 2>/dev/null || true
	while kill -0 "$LAB_PID" 2>/dev/null && ((tries-- > 0)); do sleep 0.1; done
	kill -KILL "$LAB_PID" 2>/dev/null || true
	wait "$LAB_PID" || rc=$?
	LAB_PID=
	return "$rc"
}

# Removes everything; the exit status of sl-testpmd. Call it any number of times.
lab_down() {
	local rc=0
	lab_stop_testpmd || rc=$?
	ip netns del "$LAB_NS_A" 2>/dev/null || true
	ip netns del "$LAB_NS_B" 2>/dev/null || true
	if [[ -n $LAB_DIR ]]; then rm -rf "$LAB_DIR"; fi
	LAB_DIR=
	return "$rc"
}
