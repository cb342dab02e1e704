#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
#
# sl-testpmd from its command line. app.sh PROGRAM. Exit 0 passed, 1 failed.
set -u

prog=$1
dir=$(mktemp -d)
cpuset=
trap 'rm -rf "$dir"; [[ ! -d $cpuset ]] || rmdir "$cpuset"' EXIT
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
expect 1 "--burst: '010' is not allowed; allowed: a number from 1 to 512" "$loop" -- --burst 010
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
for far in 1023 1024 5000 32767; do
	[[ -e /sys/devices/system/cpu/cpu$far ]] ||
		expect 2 "no device thread on CPU $far .*allowed for cpu=: CPUs of this process" "$loop,cpu=$far" -- --duration 0.1
done
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

# The same on the other family's descriptors.
expect 0 'loss    0 of [1-9][0-9]*, by sequence number' 'net_syncline_soft0,device=82599,wire=gen:rate=0' \
	'net_syncline_soft1,device=82599,wire=gen:rate=0' -- --tx-retry 65535 --rxd 4096 --txd 4096 --duration 0.5 --fail-on-loss --json "$dir/r.json"
json '"tx_path":"[^"]*ixgbe'

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
expect 0 'Intel 82576 \(8086:10c9\), in software' "$loop" -- --cmdline-file "$dir/good"
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

# With one CPU for all the device's thread keeps to it. on_one_cpu WORD...: the program's, from those that put it there.
cpu=$(taskset -cp $$ | sed 's/.*: //; s/[,-].*//')
on_one_cpu() {
	local prog_all=$prog where
	local -a session_eal=("${eal[@]}")
	eal=("${@:2}" "$prog" "${eal[@]/#0/0@$cpu}")
	eal[$#]=--lcores
	prog=$1
	session 0 --vdev "$loop" --
	say 'show config'
	await 'show config'
	where=$(for task in /proc/"$session_pid"/task/*; do
		[[ $(cat "$task/comm") != softnic ]] || grep Cpus_allowed_list "$task/status"
	done)
	[[ ${where##*[[:space:]]} == "$cpu" ]] || { echo "FAILED: the device's thread may use '$where', not CPU $cpu alone"; failed=1; }
	say 'start tx_first 2' 'sleep 0.2' stop
	say_end
	grep -Eq 'frames  rx [1-9]' "$dir/out" || { echo 'FAILED: nothing forwarded on one CPU'; failed=1; }
	prog=$prog_all
	eal=("${session_eal[@]}")
}
on_one_cpu taskset -c "$cpu"
# A cpuset refuses what an affinity lets a thread ask for.
cpusets=/sys/fs/cgroup/cpuset
grep -qsw cpuset /sys/fs/cgroup/cgroup.subtree_control && cpusets=/sys/fs/cgroup
cpuset=$cpusets/sl-testpmd.$$
if mkdir "$cpuset" 2>/dev/null; then
	echo "$cpu" >"$cpuset/cpuset.cpus"
	[[ ! -e $cpusets/cpuset.mems ]] || cat "$cpusets/cpuset.mems" >"$cpuset/cpuset.mems"
	# shellcheck disable=SC2016 # for the shell that is started
	on_one_cpu bash -c 'echo $$ >"$0/cgroup.procs" && exec "$@"' "$cpuset"
	rmdir "$cpuset"
else
	echo "a cpuset of one CPU: not tried, $cpusets takes none"
fi

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

# A signal ends it whatever it waits for. in_background CODES ARGS...: the program, with file descriptor 8 as
# standard output if that is open; exit codes that are right.
in_background() {
	codes=$1 session_args=${*:2}
	shift
	: >"$dir/out"
	if { true >&8; } 2>/dev/null; then
		"$prog" "${eal[@]}" "$@" >&8 2>"$dir/out" </dev/null &
	else
		"$prog" "${eal[@]}" "$@" >"$dir/out" 2>&1 </dev/null &
	fi
	session_pid=$!
}

# until_true COMMAND...: or until the program has ended.
until_true() {
	for ((i = 0; i < 600; i++)); do
		! "$@" || return 0
		kill -0 "$session_pid" 2>/dev/null || break
		sleep 0.1
	done
	printf 'FAILED: %s\nnever: %s\n' "$session_args" "$*"
	cat "$dir/out"
	failed=1
}

# The main thread is in that function of the kernel. A kernel that hides it: it sleeps, here as well as anywhere.
# shellcheck disable=SC2317 # called by name
waits_in() {
	local where
	where=$(cat "/proc/$session_pid/wchan")
	[[ $where == 0 ]] && where=$1
	[[ $where =~ $1 ]] && grep -q '^State:.S' "/proc/$session_pid/status"
}

# shellcheck disable=SC2317
holds() {
	find "/proc/$session_pid/fd" -lname "$1" 2>/dev/null | grep -q .
}

# ended SIGNAL [PATTERN]: by one signal, within a minute.
ended() {
	local rc=0
	kill "-$1" "$session_pid" 2>/dev/null
	for ((i = 0; i < 600; i++)); do
		kill -0 "$session_pid" 2>/dev/null || break
		sleep 0.1
	done
	if kill -0 "$session_pid" 2>/dev/null; then
		printf 'FAILED: %s\nSIG%s does not end it\n' "$session_args" "$1"
		kill -KILL "$session_pid"
		failed=1
	fi
	wait "$session_pid" || rc=$?
	if [[ " $codes " != *" $rc "* ]] || { [[ -n ${2-} ]] && ! grep -Eq -- "$2" "$dir/out"; }; then
		printf 'FAILED: %s\nexit code %d, expected %s; pattern %s\n' "$session_args" "$rc" "$codes" "${2-}"
		cat "$dir/out"
		failed=1
	fi
}

fifo=$dir/fifo
mkfifo "$fifo"
for way in in out; do
	in_background 2 --vdev "net_syncline_soft0,wire=pcap:$way=$fifo" --
	until_true waits_in wait_for_partner
	ended INT
done
exec 7<>"$fifo"
in_background 2 --vdev "net_syncline_soft0,wire=pcap:in=$fifo" --
until_true waits_in 'pipe_read'
ended TERM
exec 7>&-
for lines in '' "sleep 1000000" "start tx_first 4000000000" "port attach net_syncline_soft1,wire=pcap:in=$dir/fifo2"; do
	rm -f "$dir/fifo2"
	mkfifo "$dir/fifo2"
	in_background '0 2' --vdev "$loop" -- --cmdline-file "$fifo"
	until_true holds "$fifo"
	if [[ -n $lines ]]; then
		exec 7>"$fifo"
		printf '%s\n' "$lines" >&7
		until_true grep -q "^> ${lines%% *}" "$dir/out"
	fi
	[[ ! $lines =~ attach ]] || until_true waits_in wait_for_partner
	ended INT
	exec 7>&-
done
# Results that nobody takes: a FIFO without a reader, one that is full, standard output that is full.
in_background 2 --vdev "$loop" -- --duration 0.1 --json "$fifo"
until_true grep -q 'waiting until somebody reads it' "$dir/out"
ended INT "json: '$fifo' cannot be written .nobody read it"
exec 7<>"$fifo"
head -c 65536 /dev/zero >&7
in_background 2 --vdev "$loop" -- --duration 0.1 --json "$fifo"
until_true grep -q 'waiting until somebody reads it' "$dir/out"
ended TERM "json: '$fifo' cannot be written .nobody read it"
exec 8>&7
in_background 2 --vdev "$loop" -- --duration 0.1
until_true waits_in 'pipe_write'
ended INT 'standard output cannot be written'
# While it runs: of the lines that come after, however many, none waits.
in_background 2 --vdev "$loop" -- --stats-period 0.01
until_true waits_in 'pipe_write'
ended INT 'standard output cannot be written'
exec 7>&- 8>&-
# Of a run that a signal ended the result waits for its reader; another signal ends that.
in_background 130 --vdev "$loop" -- --json "$fifo" --stats-period 0.1
until_true test -s "$dir/out"
kill -INT "$session_pid"
until_true grep -q 'waiting until somebody reads it' "$dir/out"
# shellcheck disable=SC2317
insist() {
	! kill -INT "$session_pid" 2>/dev/null
}
until_true insist
ended INT
# At a terminal the keys do: python presses Ctrl-C while a command lasts.
if ! timeout -k 5 100 python3 - "$prog" "${eal[@]}" --vdev "$loop" -- -i >"$dir/out" 2>&1 <<'END'; then
import os, pty, select, sys, termios
pid, fd = pty.fork()
if pid == 0:
    os.execv(sys.argv[1], sys.argv[1:])
text = b""
def read(seconds):
    global text
    if not select.select([fd], [], [], seconds)[0]:
        return True
    try:
        text += os.read(fd, 4096)
        return True
    except OSError:
        return False
while b"sl-testpmd> " not in text and read(10):
    pass
os.write(fd, b"start tx_first 4000000000\n")
while b"4000000000" not in text.split(b"sl-testpmd> ")[-1] and read(10):
    pass
while read(0.1):
    # Only once the command has switched them on are the keys for signals, and not for the editor.
    if termios.tcgetattr(fd)[3] & termios.ISIG and not (termios.tcgetattr(fd)[3] & termios.ICANON):
        os.write(fd, b"\x03")
status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
print(text.decode(errors="replace"), "exit code", status)
sys.exit(0 if status == 0 and b"loss " in text else 1)
END
	printf 'FAILED: Ctrl-C at a terminal\n'
	cat "$dir/out"
	failed=1
fi
# A result that cannot be written is told before a run.
expect 2 "json: '$dir/none/r.json' cannot be written" "$loop" -- --json "$dir/none/r.json"

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
