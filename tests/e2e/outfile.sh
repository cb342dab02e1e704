#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
#
# outfile.sh PROGRAM: where results of sl-perf, sl-testpmd and sl-peers go: into pipes, through links,
# into mounted files and descriptors; and what cannot be written is said before anything is measured.
set -u

prog=$(realpath "$1")
dir=$(realpath "$(mktemp -d)")
mounted=
# shellcheck disable=SC2317 # the trap runs it
end() {
	if [[ -n $mounted ]]; then umount "$mounted"; fi
	rm -rf "$dir"
}
trap end EXIT
failed=0
export SL_NO_HUGE=1
waits='waiting until somebody reads it'
# Per program: a short run, its option, the exit code of a file that cannot be written, what a
# result holds, and a word of one who measures.
case ${prog##*/} in
sl-perf)
	run=(run --suite cycles --sizes 64 --coherency coherent --processes 2 --trial 0.02)
	option=--out bad=2 holds='len(j["results"][0]["metrics"]["cycles"]["samples"]) == 2' measures='left  cycles'
	;;
sl-testpmd)
	run=(-l 0 --no-huge --no-pci --no-shconf --no-telemetry --log-level 3 -m 256
		--vdev "net_syncline_soft0,wire=loop" -- --tx-first 1 --duration 0.1)
	option=--json bad=2 holds='j["schema"] == 1 and j["passed"]' measures='^loss'
	;;
sl-peers)
	run=(--quick --sizes 64 --bursts 32 --queues 1 --rounds 3 --device same --who coherent)
	option=--json bad=1 holds='len(j["points"]) > 0' measures='^bounds:'
	;;
esac

fail() {
	printf 'FAILED: %s\n' "$*"
	cat "$dir/out"
	failed=1
}

# good FILE: one whole result.
good() {
	python3 -c "import json, sys; j = json.load(open(sys.argv[1])); assert $holds" "$1" 2>>"$dir/out" || fail "$1 holds no result"
}

# to FILE: the program's result goes there.
to() {
	timeout -k 5 100 "$prog" "${run[@]}" "$option" "$1" >"$dir/out" 2>&1 || fail "$option $1: exit code $?"
}

# A regular file is replaced: who has it open keeps the old one. Its mode stays.
echo old >"$dir/file"
chmod 640 "$dir/file"
exec 5<"$dir/file"
to "$dir/file"
good "$dir/file"
[[ $(cat <&5) == old && $(stat -c %a "$dir/file") == 640 ]] || fail "a regular file was not replaced as a whole"
[[ $(find "$dir" -name 'file*' | wc -l) == 1 ]] || fail "something was left beside it"

# Others are written to where they are.
mkdir "$dir/elsewhere"
ln -s elsewhere/there "$dir/link"
to "$dir/link"
good "$dir/elsewhere/there"
to "$dir/link"
[[ -L $dir/link ]] || fail "the link was replaced"
ln "$dir/elsewhere/there" "$dir/name"
to "$dir/name"
[[ $dir/name -ef $dir/elsewhere/there ]] || fail "a file of two names is two files now"
mkfifo "$dir/fifo"
cat "$dir/fifo" >"$dir/read" &
to "$dir/fifo"
wait
[[ -p $dir/fifo ]] || fail "the FIFO was replaced"
good "$dir/read"
exec 3>"$dir/third"
to /proc/self/fd/3
exec 3>&-
good "$dir/third"
if [[ ${prog##*/} == sl-perf ]]; then
	"$prog" export --format csv --out "$dir/link" "$dir/file" >"$dir/out" 2>&1 || fail "export"
	[[ -L $dir/link ]] || fail "export replaced the link"
	grep -q '^time,git' "$dir/elsewhere/there" || fail "export wrote elsewhere"
fi
if [[ $(id -u) == 0 ]]; then
	touch "$dir/below" "$dir/mount"
	if mount --bind "$dir/below" "$dir/mount" 2>/dev/null; then
		mounted=$dir/mount
		to "$dir/mount"
		good "$dir/below"
	fi
fi

# Nobody reads: it waits, and a signal ends it.
rm "$dir/fifo"
mkfifo "$dir/fifo"
"$prog" "${run[@]}" "$option" "$dir/fifo" >"$dir/out" 2>&1 &
pid=$!
# Once it says that it waits. A signal that came before would end the run instead.
while kill -0 $pid 2>/dev/null && ! grep -qs "$waits" "$dir/out"; do sleep 0.05; done
kill -INT $pid 2>/dev/null || fail "a FIFO that nobody reads: it ended by itself"
for ((i = 1; i < 600; i++)); do
	kill -0 $pid 2>/dev/null || break
	sleep 0.1
done
((i < 600)) || { kill -KILL $pid && fail "a FIFO that nobody reads: it does not end"; }
wait $pid 2>/dev/null
rc=$?
((rc == bad)) || fail "a FIFO that nobody reads: exit code $rc"

# Ended at any moment: a result that is there is whole, and without one it is no success, and said.
if [[ ${prog##*/} == sl-peers ]]; then
	# takes_signals: SIGINT is caught.
	takes_signals() {
		local caught
		caught=$(sed -n 's/^SigCgt:[[:space:]]*/0x/p' "/proc/$pid/status" 2>/dev/null)
		((${caught:-0} & 2))
	}
	for pause in 0 0.02 0.1; do
		rm -f "$dir/early"
		"$prog" "${run[@]}" "$option" "$dir/early" >"$dir/out" 2>&1 &
		pid=$!
		while kill -0 $pid 2>/dev/null && ! takes_signals; do sleep 0.002; done
		sleep $pause
		kill -INT $pid 2>/dev/null
		rc=0
		wait $pid 2>/dev/null || rc=$?
		if ((rc == 0)); then
			good "$dir/early"
		elif ((rc != bad)) || [[ -e $dir/early ]] || ! grep -q 'nothing was measured' "$dir/out"; then
			fail "ended $pause s after its start: exit code $rc"
		fi
	done
fi

# What cannot be written is an error, and found before the measuring where it can be.
# refused FILE WORD...: at once, with nothing measured.
refused() {
	local rc=0
	timeout -k 5 60 "$prog" "${@:2}" >"$dir/out" 2>&1 || rc=$?
	((rc == bad)) || fail "${*:2}: exit code $rc"
	grep -q "$1'\? cannot be written" "$dir/out" || fail "${*:2}: not said"
	! grep -q "$measures" "$dir/out" || fail "${*:2}: it measured first"
}
refused /no/r.json "${run[@]}" "$option" "$dir/no/r.json"
refused elsewhere "${run[@]}" "$option" "$dir/elsewhere"
if [[ ${prog##*/} == sl-perf ]]; then
	refused /no/c.json compare --against HEAD --json "$dir/no/c.json" -- --suite cycles
	refused /no/k-base.json compare --against HEAD --keep "$dir/no/k" -- --suite cycles
	refused /no/c.json compare "$dir/file" "$dir/file" --json "$dir/no/c.json"
	refused /no/r.html report "$dir/file" --out "$dir/no/r.html"
	refused /no/e export --format csv --out "$dir/no/e" "$dir/file"
fi
rc=0
"$prog" "${run[@]}" "$option" /dev/full >"$dir/out" 2>&1 || rc=$?
((rc == bad)) || fail "a full disk: exit code $rc"
grep -q 'No space left' "$dir/out" || fail "a full disk: not said"
exit $failed
