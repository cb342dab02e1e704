#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
#
# sl-testpmd from its command line. app.sh PROGRAM. Exit 0 passed, 1 failed.
set -u

prog=$1
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
eal=(-l 0 --no-huge --no-pci --no-shconf --no-telemetry --log-level 3 -m 256)
failed=0

# expect CODE PATTERN VDEVS -- ARGS...: exit code and a pattern in what is printed.
expect() {
	local code=$1 pattern=$2 vdevs=() rc=0
	shift 2
	while [[ $1 != -- ]]; do
		vdevs+=(--vdev "$1")
		shift
	done
	timeout -k 5 60 "$prog" "${eal[@]}" "${vdevs[@]}" "$@" >"$dir/out" 2>&1 </dev/null || rc=$?
	if ((rc != code)) || ! grep -Eq -- "$pattern" "$dir/out"; then
		printf 'FAILED: %s\nexit code %d, expected %d; pattern %s\n' "$*" "$rc" "$code" "$pattern"
		cat "$dir/out"
		failed=1
	fi
}

# json PATTERN: in the result, its white space taken away.
json() {
	if ! tr -d ' \n' <"$dir/r.json" | grep -Eq -- "$1"; then
		printf 'FAILED: result without %s\n' "$1"
		cat "$dir/r.json"
		failed=1
	fi
}

sink=net_syncline_soft1,wire=null
loop=net_syncline_soft0,wire=loop

# Usage and set-up.
expect 1 "--burst: '0' is not allowed; allowed: a number from 1 to 512" "$loop" -- --burst 0
expect 1 "'--nonsense' is not an option" "$loop" -- --nonsense
expect 1 "cannot be read" "$loop" -- --cmdline-file "$dir/none"
expect 2 "no port found" --
expect 2 'net_syncline_soft0 was refused: --log-level silenced' net_syncline_soft0,wire=nonsense --
# A device that is refused is told with its driver's words, whatever others there are: no run with what is left.
words=("${eal[@]}")
eal=("${eal[@]/#3/8}")
for given in "$loop net_syncline_soft1,wire=nonsense" "net_syncline_soft1,wire=nonsense $loop" "net_syncline_soft2 net_syncline_soft1,wire=nonsense"; do
	read -r -a vdevs <<<"$given"
	expect 2 '^sl-testpmd: --vdev net_syncline_soft1 was refused: .*unknown kind; allowed: peer:NAME' "${vdevs[@]}" -- --duration 0.1
done
expect 2 '^sl-testpmd: --vdev net_syncline_soft1 was refused: argument "colour=red" is not known' "$loop" \
	net_syncline_soft11,wire=null net_syncline_soft1,colour=red -- --duration 0.1
expect 2 '^sl-testpmd: --vdev net_syncline_soft1 was refused: ' "$loop" net_syncline_soft1,wire=nonsense -- --ports 0 --duration 0.1
eal+=(-a 'net_syncline_soft2,wire=nonsense')
expect 2 '^sl-testpmd: -a net_syncline_soft2 was refused: ' "$loop" -- --duration 0.1
eal=("${words[@]}")
expect 2 "port 7 is not there" "$loop" -- --ports 7
expect 2 "--rxq: '99' is not allowed" "$loop" -- --rxq 99 --txq 99
expect 2 "--rxd: '33' is not allowed" "$loop" -- --rxd 33

# A number of frames, exactly, in several segments.
expect 0 'made 1001' "$sink" -- --fwd txonly --packets 1001 --txpkts 64,500 --json "$dir/r.json"
json '"totals":\{"rx":0,"tx":1001,"made":1001,"consumed":0,"dropped":0'
json '"schema":1,'
json '"tx_path":"[^"]'
json '"coherency":"coherent"'

# A closed loop.
expect 0 'loss    0 of' "$loop" -- --tx-first 2 --fwd macswap --duration 0.3 --fail-on-loss --json "$dir/r.json"
json '"passed":true'

# Generator to sink through two ports: every sequence number arrives. The retries
# outlast a device thread that a busy machine leaves aside.
expect 0 'loss    0 of [1-9][0-9]*, by sequence number' 'net_syncline_soft0,wire=gen:rate=0' \
	'net_syncline_soft1,wire=gen:rate=0' -- --tx-retry 65535 --rxd 4096 --txd 4096 --duration 0.5 --fail-on-loss --json "$dir/r.json"
json '"loss":\{"method":"sequence"'
json '"p999":'

# Frames with nowhere to go are told.
expect 0 'consumed [1-9]' 'net_syncline_soft0,wire=gen:rate=0' -- --fwd rxonly --packets 1000

# A capture is recorded whole and comes in whole, whatever the wires of other ports do.
expect 0 'made 3000' "net_syncline_soft0,wire=pcap:out=$dir/cap" -- --fwd txonly --packets 3000 --json "$dir/r.json"
json '"recorded":3000\},"error":null'
for other in gen:autostart=0 gen:rate=1k null; do
	expect 0 'frames  rx [3-9]' "net_syncline_soft0,wire=pcap:in=$dir/cap" "net_syncline_soft1,wire=$other" -- \
		--duration 0.3 --json "$dir/r.json"
	json '"ports":\[\{"id":0,.*"counters":\{"rx":3000,.*"id":1,'
done
# A record that cannot be whole is a failure: at its start, or by the time it ends.
expect 2 'soft0 was refused' 'net_syncline_soft0,wire=pcap:out=/dev/full' -- --duration 0.1
expect 2 'soft0 was refused' "net_syncline_soft0,wire=pcap:in=$dir/cap;out=$dir/cap" -- --duration 0.1
expect 2 'soft1 was refused' "net_syncline_soft0,wire=pcap:out=$dir/two" "net_syncline_soft1,wire=pcap:out=$dir/two" -- --duration 0.1
expect 2 'soft0 was refused' 'net_syncline_soft0,wire=pcap:out=-' -- --duration 0.1
expect 0 'rx 3000' "net_syncline_soft0,wire=pcap:in=$dir/cap" "$sink" -- --duration 0.3
# Text that cannot be written as well.
expect 2 "json: '/dev/full' cannot be written" "$loop" -- --duration 0.1 --json /dev/full
rc=0
timeout -k 5 60 "$prog" "${eal[@]}" --vdev "$loop" -- --duration 0.1 >/dev/full 2>"$dir/out" || rc=$?
if ((rc != 2)) || ! grep -q 'standard output cannot be written (No space left' "$dir/out"; then
	printf 'FAILED: standard output full: exit code %d\n' "$rc"
	failed=1
fi

# Commands: two runs, ports down and up between them.
cat >"$dir/good" <<'END'
# comment
show port summary all
show port info all
show port xstats 0
show config
show shm 0
start tx_first 4
sleep 0.2
show fwd stats
stop
set fwd macswap
set burst 64
port stop all
port config 0 mtu 1400
port start all
start
sleep 0.1
stop
show port stats 0
clear port stats all
help show
quit
never reached
END
expect 0 'macswap' "$loop" -- --cmdline-file "$dir/good"
printf 'show config\nstart nonsense\n' >"$dir/bad"
expect 1 'bad:2: .start nonsense. is no command' "$loop" -- --cmdline-file "$dir/bad"
printf 'set burst 1000\n' >"$dir/bad"
expect 1 "burst '1000' is not allowed; allowed: a number from 1 to 512" "$loop" -- --cmdline-file "$dir/bad"
printf 'port start 5\n' >"$dir/bad"
expect 1 "port '5' is not there" "$loop" -- --cmdline-file "$dir/bad"
# End of input is quit.
expect 0 'sl-testpmd>' "$loop" -- -i

# session CODE ARGS...: the program in the background, told by say and done after say_end, which
# wants that exit code. What happens on its own is awaited: nobody knows how long it takes.
session() {
	session_code=$1 session_args=${*:2}
	shift
	trap '' PIPE
	rm -f "$dir/say"
	mkfifo "$dir/say"
	"$prog" "${eal[@]}" "$@" --cmdline-file "$dir/say" >"$dir/out" 2>&1 </dev/null &
	session_pid=$!
	exec 9>"$dir/say"
}

# To one that has ended, nothing.
say() {
	printf '%s\n' "$@" >&9 2>/dev/null
}

# await PATTERN [BEFORE]: until a line has it, behind one that has BEFORE. Events are
# passed on while the program sleeps.
await() {
	for ((i = 0; i < 600; i++)); do
		! sed -n "/${2-.}/,\$p" "$dir/out" | grep -Eq -- "$1" || return 0
		kill -0 "$session_pid" 2>/dev/null || break
		say 'sleep 0.1'
		sleep 0.1
	done
	printf 'FAILED: %s\nno %s\n' "$session_args" "$1"
	cat "$dir/out"
	failed=1
}

say_end() {
	local rc=0
	exec 9>&-
	wait "$session_pid" || rc=$?
	((rc != session_code)) || return 0
	printf 'FAILED: %s\nexit code %d, expected %d\n' "$session_args" "$rc" "$session_code"
	cat "$dir/out"
	failed=1
}

# A disk that fills while frames are recorded, stood in for by a limit on files.
session 2 --vdev "net_syncline_soft0,wire=pcap:out=$dir/full" -- --fwd txonly --packets 2000 --json "$dir/r.json"
say 'show config'
await 'show config'
prlimit --pid "$session_pid" --fsize=50000
say start wait
say_end
if ! grep -Eq '^sl-testpmd: port 0 .net_syncline_soft0.: pcap:out=.*/full: cannot be written: File too large' "$dir/out"; then
	printf 'FAILED: no word of the record that is cut\n'
	cat "$dir/out"
	failed=1
fi
json '"error":"pcap:out='
json '"passed":false'

# A device is pulled out amid a run: said, survived, told by the exit code.
session 3 --vdev "$loop" --vdev "$sink" -- --fail-on-loss
say start 'set fault 0 removed'
await 'port 0 .net_syncline_soft0. was removed'
say stop
say_end
printf 'set fault 0 nonsense\n' >"$dir/bad"
expect 1 "fault 'nonsense' is not allowed; allowed: .*removed" "$loop" -- --cmdline-file "$dir/bad"

# Devices come and go: attached ones join at the next start, detached ones leave;
# meanwhile the others forward, and no mbuf is missing at the end.
cat >"$dir/plug" <<'END'
start tx_first 2
sleep 0.1
port attach net_syncline_soft2,wire=loop
port attach net_syncline_soft3,wire=gen:rate=1k
port start 1
show port summary all
sleep 0.1
stop
port start all
start tx_first 2
sleep 0.2
stop
port detach 1
show port stats 0
port attach net_syncline_soft1,wire=loop
port start 1
start tx_first 2
sleep 0.2
stop
port detach 0
show port summary all
start tx_first 1
sleep 0.1
stop
END
expect 0 'port 2 is attached: net_syncline_soft3' "$loop" -- --cmdline-file "$dir/plug" --json "$dir/r.json" \
	--topology loop --fail-on-loss --rxd 4096
grep -q 'port 1 is attached: net_syncline_soft1' "$dir/out" || { echo 'FAILED: place of port 1 not used again'; failed=1; }
json '"ports":\[\{"id":1,"name":"net_syncline_soft1".*\{"id":2,"name":"net_syncline_soft3"'
json '"totals":\{"rx":[1-9]'

# refused LINE PATTERN [BEFORE]: a command that must fail.
refused() {
	printf '%b%s\n' "${3-}" "$1" >"$dir/bad"
	expect "${4-1}" "$2" "$loop" -- --cmdline-file "$dir/bad"
}
refused 'port attach net_syncline_soft0' "'net_syncline_soft0': it is a port already" '' 2
refused 'port attach net_nonsense0' "'net_nonsense0': no driver takes it" 
refused 'port attach net_syncline_soft5,wire=nonsense' "net_syncline_soft5,wire=nonsense': no driver takes it" 
refused 'port detach 4' 'port 4 is not there'
refused 'port detach x' "port 'x' is not allowed"
refused 'port detach 0' 'port 0 is forwarding; stop first' 'start\n' 2
refused 'port stop 0' 'port 0 is forwarding; stop first' 'start\n' 2
refused 'port start 0' "port '0' is not there; there are 0 ports" 'port detach 0\n'
refused 'start' 'no port is started' 'port detach 0\n' 2

# The link goes and comes back: said, with the time.
session 0 --vdev "$loop" --
say start 'set link 0 down'
await '^20[0-9-]+T[0-9:]+\.[0-9]{6}Z port 0 .net_syncline_soft0.: Link down'
say 'set link 0 up'
await '^20[0-9-]+T[0-9:]+\.[0-9]{6}Z port 0 .net_syncline_soft0.: Link up at 1 Gbps' 'Link down'
say stop
say_end

# A removed port is closed and its device given back: its place can be taken again.
session 0 --vdev "$loop" --vdev net_syncline_soft1,wire=loop -- --topology loop --json "$dir/r.json"
say 'start tx_first 2' 'sleep 0.5' 'set fault 1 removed'
await 'port 1 .net_syncline_soft1. was removed'
say 'port attach net_syncline_soft1,wire=loop'
await 'port 1 is attached: net_syncline_soft1'
say 'port start 1' stop 'start tx_first 2' 'sleep 0.2'
say_end
json '"passed":true'
# What it counted until then stays in that run's result.
grep -A 1 '^port 1  net' "$dir/out" | head -n 2 | grep -Eq 'rx [1-9]' || { echo 'FAILED: counters of the removed port'; failed=1; }
grep -q 'did not come back' "$dir/out" && { echo 'FAILED: mbufs lost'; cat "$dir/out"; failed=1; }

# A signal ends a run as its own end does. One that has not begun after three seconds has more.
for seconds in 3 15 60; do
	timeout -k 5 -s TERM "$seconds" "$prog" "${eal[@]}" --vdev "$loop" -- --json "$dir/sig.json" >"$dir/out" 2>&1
	[[ ! -s $dir/sig.json ]] || break
done
if ! grep -q 'loss    0 of' "$dir/out" || [[ ! -s $dir/sig.json ]]; then
	printf 'FAILED: no result after SIGTERM\n'
	cat "$dir/out"
	failed=1
fi

# Drivers of DPDK itself, where they are installed.
for driver in net_null net_ring; do
	if ! find /usr/lib /usr/local/lib -name "librte_$driver.so*" 2>/dev/null | grep -q .; then
		printf 'skipped: %s is not installed\n' "$driver"
		continue
	fi
	expect 0 "$driver" "${driver}0" "${driver}1" -- --duration 0.2 --fwd io --tx-first
done

exit "$failed"
