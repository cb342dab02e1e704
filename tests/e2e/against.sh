#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
#
# against.sh PROGRAM: "sl-perf compare --against" and the user's repository, which is only read:
# with changes, from a git hook, in odd places. Meson, Ninja and what they would build are
# stand-ins, so that a comparison takes no time. However it is ended, its processes end too.
# shellcheck disable=SC2317 # the trap runs it, or within_20s
set -u
unset "${!GIT_@}"

prog=$(realpath "$1")
dir=$(realpath "$(mktemp -d)")
end() {
	chmod -R u+rwX "$dir"
	rm -rf "$dir"
}
trap end EXIT
failed=0
export HOME=$dir PATH=$dir/bin:$PATH SL_TEST=$dir
git config --global user.name tester
git config --global user.email tester@localhost
git config --global init.defaultBranch main

fail() {
	printf 'FAILED: %s\n' "$*"
	cat "$dir/out"
	failed=1
}

# expect CODE PATTERN WORD...: that exit code, and a line like that.
expect() {
	local code=$1 pattern=$2 rc=0
	shift 2
	"$@" >"$dir/out" 2>&1 </dev/null || rc=$?
	((rc == code)) || fail "$*: exit code $rc, expected $code"
	grep -Eq -- "$pattern" "$dir/out" || fail "$*: nothing like '$pattern' was printed"
}

# stand_in NAME: a program of the lines that come in.
stand_in() {
	mkdir -p "$dir/bin"
	{ echo '#!/usr/bin/env bash' && cat; } >"$dir/bin/$1"
	chmod +x "$dir/bin/$1"
}

stand_in meson <<'END'
mkdir -p "$2/meson-info"
printf '{"directories": {"source": "%s", "build": "%s"}}' "$3" "$2" >"$2/meson-info/meson-info.json"
echo "build.ninja of $3" >"$2/build.ninja"
END
# Notes what was checked out there.
stand_in ninja <<'END'
source=$(sed 's/build.ninja of //' "$2/build.ninja")
mkdir -p "$2/apps/perf"
cp "$SL_TEST/bin/measure" "$2/apps/perf/sl-perf"
cat "$source"/lib/*.c >"$SL_TEST/$(basename "$2").saw"
END
# "run ... --out FILE"
stand_in measure <<'END'
while (($#)); do
	if [[ $1 == --out ]]; then cp "$SL_TEST/result" "$2"; fi
	shift
done
END
SL_NO_HUGE=1 "$prog" run --suite cycles --sizes 64 --coherency coherent --processes 1 --trial 0.02 --out "$dir/result" \
	>"$dir/out" 2>&1 || fail "no result to copy"

# repository FOLDER: two commits of something like Syncline, a change of each kind on top.
repository() {
	git init -q "$1"
	mkdir -p "$1/apps/perf" "$1/lib"
	touch "$1/apps/perf/meson.build"
	echo .cache >"$1/.gitignore"
	for word in first second; do
		echo "$word" >"$1/lib/a.c"
		git -C "$1" add .
		git -C "$1" commit -qm "$word"
	done
	echo staged >"$1/lib/b.c"
	git -C "$1" add lib/b.c
	echo changed >"$1/lib/a.c"
}

# state FOLDER: all that must stay.
state() {
	(cd "$1" && git status --porcelain=v2 --branch && git worktree list && git for-each-ref && git stash list &&
		cat .git/HEAD && git ls-files --stage && sha256sum .git/index lib/* && git config --local --list)
}

# saw BASE WORK: what was built of each.
saw() {
	[[ $(cat "$dir/base-build.saw") == "$1" && $(cat "$dir/work-build.saw") == "$2" ]] ||
		fail "built: $(cat "$dir/base-build.saw"), $(cat "$dir/work-build.saw"); expected $1, $2"
	rm -f "$dir"/*.saw
}

against=("$prog" compare --rounds 5 --against)
repo="$dir/a user's repository"
repository "$repo"
before=$(state "$repo")
expect 0 '0 regression, 0 progression, 3 same' "${against[@]}" HEAD --source "$repo"
saw second $'changed\nstaged'
expect 0 '0 regression' "${against[@]}" HEAD~1 --source "$repo/lib"
saw first $'changed\nstaged'
[[ $(state "$repo") == "$before" ]] || fail "it changed: $(diff <(state "$repo") - <<<"$before")"
expect 1 "'no-such' is no revision here" "${against[@]}" no-such --source "$repo"
expect 1 "'--all' is no revision here" "${against[@]}" --all --source "$repo"

# From a hook: its variables name another repository, or this one with an index for one commit.
repository "$dir/other"
before_other=$(state "$dir/other")
expect 0 '0 regression' env GIT_DIR="$dir/other/.git" GIT_WORK_TREE="$dir/other" GIT_INDEX_FILE="$dir/other/.git/index" \
	GIT_PREFIX=lib/ "${against[@]}" HEAD~1 --source "$repo"
saw first $'changed\nstaged'
[[ $(state "$repo") == "$before" ]] || fail "with GIT_DIR, it changed: $(state "$repo")"
[[ $(state "$dir/other") == "$before_other" ]] || fail "with GIT_DIR, the other changed: $(state "$dir/other")"
printf '#!/bin/sh\n"%s" compare --rounds 5 --against HEAD\n' "$prog" >"$dir/other/.git/hooks/pre-commit"
chmod +x "$dir/other/.git/hooks/pre-commit"
expect 0 '0 regression' git -C "$dir/other" commit -qm third lib/a.c
[[ $(git -C "$dir/other" log --format=%s | paste -sd ' ') == "third second first" &&
	$(git -C "$dir/other" status --porcelain) == "A  lib/b.c" ]] ||
	fail "the commit of the hook went wrong: $(git -C "$dir/other" log --oneline; git -C "$dir/other" status)"

# A copy is measured with its own; the other stays.
cp -a "$dir/other" "$dir/copy"
rm "$dir/copy/.git/hooks/pre-commit"
echo copied >"$dir/copy/lib/a.c"
mv "$dir/other/.git" "$dir/other/.gone"
expect 0 '0 regression' "${against[@]}" HEAD --source "$dir/copy"
saw $'changed' $'copied\nstaged'
mv "$dir/other/.gone" "$dir/other/.git"

# gone PID: it has ended; whoever is its parent now may not have asked for it yet.
gone() {
	[[ ! -e /proc/$1 || $(sed 's/.*) \(.\).*/\1/' "/proc/$1/stat" 2>/dev/null) == [ZX] ]]
}

# within_20s COMMAND...
within_20s() {
	for ((try = 0; try < 200; try++)); do
		"$@" && return
		sleep 0.1
	done
	return 1
}

pids_are_there() {
	[[ $(wc -l <"$dir/pids") == 2 ]]
}

all_gone() {
	local pid
	for pid in "$parent" $(<"$dir/pids"); do gone "$pid" || return; done
}

# Ended in whatever way while its two processes measure, one of them stopped: nothing stays.
cp "$dir/bin/measure" "$dir/bin/short"
stand_in measure <<'END'
echo $$ >>"$SL_TEST/pids"
while :; do sleep 0.05; done
END
ended() {
	: >"$dir/pids"
	# Under nohup a hang-up is ignored, which is right, and not what is tried.
	env --default-signal=HUP "${against[@]}" HEAD --source "$repo" >"$dir/out" 2>&1 </dev/null &
	parent=$!
	within_20s pids_are_there || fail "$1: nothing measures"
	kill "-$1" "$parent"
	if ! within_20s all_gone; then
		fail "SIG$1 left processes: $(paste -sd ' ' "$dir/pids")"
		xargs kill -KILL "$parent" <"$dir/pids" 2>/dev/null
	fi
	wait "$parent" 2>/dev/null
}
for signal in KILL HUP TERM INT; do ended "$signal"; done
mv "$dir/bin/short" "$dir/bin/measure"

# Where it cannot be, and which it is.
mkdir "$dir/none"
expect 1 "/none is in none. Mend: a clone" "${against[@]}" HEAD --source "$dir/none"
expect 1 "/nowhere cannot be entered" "${against[@]}" HEAD --source "$dir/nowhere"
git init -q "$dir/others"
mkdir "$dir/others/syncline"
expect 1 "is not Syncline's: its work tree is .*/others. Mend: a clone" "${against[@]}" HEAD --source "$dir/others/syncline"
exec 9<"$repo/.cache/perf/lock"
flock -n 9
expect 2 "another sl-perf builds or measures in" "${against[@]}" HEAD --source "$repo"
exec 9<&-
if [[ $(id -u) == 0 ]]; then
	chown 65534 "$dir/copy" "$dir/copy/.git"
	expect 2 "belongs to another user \(dubious ownership\). Mend: git config --global --add safe.directory" \
		"${against[@]}" HEAD --source "$dir/copy"
	expect 0 '0 regression' env GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0="$dir/copy" \
		"${against[@]}" HEAD --source "$dir/copy"
fi
exit $failed
