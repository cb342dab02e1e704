#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
#
# checkout.sh TOP: the front script wherever its folder is: called by a link, with CDPATH,
# from another folder; moved, copied, not to be written. Meson, Ninja and the programs are
# stand-ins that say where they work, so nothing is built.
# shellcheck disable=SC2016 # the inner shell's
set -u

top=$1
work=$(realpath "$(mktemp -d)")
mounted=
# shellcheck disable=SC2317 # the trap runs it
end() {
	if [[ -n $mounted ]]; then umount "$mounted"; fi
	chmod -R u+w "$work"
	rm -rf "$work"
}
trap end EXIT
failed=0
export SL_NO_HUGE=1 SL_TEST_LOG=$work/log PATH=$work/bin:$PATH
unset SL_VERBOSE SL_DOCTOR_ROOT

# stand_in FILE: a program of the lines that come in.
stand_in() {
	mkdir -p "$(dirname "$1")"
	{ echo '#!/usr/bin/env bash' && cat; } >"$1"
	chmod +x "$1"
}

stand_in "$work/bin/meson" <<'END'
if [[ $1 == configure ]]; then
	grep -qF "\"build\": \"$PWD/$2\"" "$2/meson-info/meson-info.json" && exit
	echo "Traceback: of another place" && exit 1
fi
echo "setup $PWD/$2 ${*:3}" >>"$SL_TEST_LOG"
mkdir -p "$2/meson-info"
echo "{\"directories\": {\"source\": \"$PWD\", \"build\": \"$PWD/$2\"}}" >"$2/meson-info/meson-info.json"
touch "$2/build.ninja"
END
# As the real one, it builds what was set up.
stand_in "$work/bin/ninja" <<'END'
source=$(sed 's/.*"source": "\([^"]*\)".*/\1/' "$2/meson-info/meson-info.json")
echo "ninja $source" >>"$SL_TEST_LOG"
mkdir -p "$source/$2/apps/perf" "$source/$2/apps/peers" "$source/$2/apps/report"
for program in apps/perf/sl-perf apps/peers/sl-peers apps/report/sl-report; do
	printf '%s\n' '#!/usr/bin/env bash' 'echo "$0 in $PWD: $*"' >"$source/$2/$program"
	chmod +x "$source/$2/$program"
done
END
# Nothing is missing.
stand_in "$work/bin/dpkg-query" <<'END'
case "$*" in
*source:Version*) echo 1 ;;
*) printf 'installed %s\n' "${@:3}" ;;
esac
END

# says PATTERN COMMAND...: it succeeds and prints such a line.
says() {
	local pattern=$1 rc=0
	shift
	"$@" >"$work/out" 2>&1 </dev/null || rc=$?
	if ((rc)) || ! grep -Eq -- "$pattern" "$work/out"; then
		printf 'FAILED: %s: status %d; pattern %s\n' "$*" "$rc" "$pattern"
		cat "$work/out"
		failed=1
	fi
}

# logged TEXT: that is all that Meson and Ninja did since.
logged() {
	if [[ $(cat "$SL_TEST_LOG" 2>/dev/null) != "$1" ]]; then
		printf 'FAILED: Meson and Ninja did:\n%s\nexpected:\n%s\n' "$(cat "$SL_TEST_LOG")" "$1"
		failed=1
	fi
	rm -f "$SL_TEST_LOG"
}

here="$work/a folder's"
mkdir -p "$here/.cache/dpdk-headers-1" "$work/else/where"
touch "$here/.cache/dpdk-headers-1/.complete"
cp -a "$top/syncline" "$top/tools" "$top/lib" "$here/"
mkdir "$here/tests"
cp -a "$top/tests/vm" "$here/tests/"
headers=-Ddpdk_driver_headers=$here/.cache/dpdk-headers-1
# Nobody's own headers: those of the cache.
stand_in "$work/bin/gcc" <<<'exit 1'
program="$here/build/apps/perf/sl-perf"
cd "$work/else/where" || exit 1

# Without DPDK and a build, results are read all the same.
mkdir "$work/hidden"
stand_in "$work/hidden/pkg-config" <<<'exit 1'
reader="$here/build-report/apps/report/sl-report"
hidden="$work/hidden:$PATH"
says "^$reader in $work/else/where: report r.json --out r.html$" env PATH="$hidden" "$here/syncline" perf report r.json --out r.html
logged "setup $here/build-report -Dreport_only=true -Dtests=false
ninja $here"
says "^$reader in $work/else/where: compare a.json b.json$" env PATH="$hidden" "$here/syncline" perf compare a.json b.json
rm -f "$SL_TEST_LOG"

says "^$program in $work/else/where: run --out r.json$" "$here/syncline" perf run --out r.json
logged "setup $here/build $headers
ninja $here"
ln -s "$here/syncline" "$work/link"
ln -s ../link "$work/bin/sl"
says "^$program in $work/else/where: report r.json --out r.html$" sl perf report r.json --out r.html
says "^$program in $work/else/where: compare --source $here --against HEAD$" "$work/link" perf compare --against HEAD
says "sl-peers in $work/else/where: --json p.json$" "$work/link" perf peers --json p.json
mkdir -p "$work/cdpath/a folder's"
cd "$work" || exit 1
says "^$program in $work: run$" env CDPATH="$work/cdpath" bash "a folder's/syncline" perf run
cd "$work/else/where" || exit 1
says "no driver file $work/else/where/none.so " bash -c '"$0" doctor --plugin none.so || true' "$here/syncline"
rm -f "$SL_TEST_LOG"

# Moved: set up anew, and said. Then all is as usual.
mv "$here" "$work/moved"
headers=-Ddpdk_driver_headers=$work/moved/.cache/dpdk-headers-1
says "build was set up for another place .* moved or copied" "$work/moved/syncline" build
logged "setup $work/moved/build $headers
ninja $work/moved"
says "^==> build is built" "$work/moved/syncline" build
logged "ninja $work/moved"
# A copy builds itself, and not what it was copied from.
cp -a "$work/moved" "$work/copy"
says "build was set up for another place" "$work/copy/syncline" build
logged "setup $work/copy/build ${headers/moved/copy}
ninja $work/copy"

# Not to be written: what is built is used.
if [[ $(id -u) != 0 ]]; then
	chmod -R a-w "$work/copy"
elif mount --bind "$work/copy" "$work/copy" 2>/dev/null && mounted=$work/copy &&
	mount -o remount,bind,ro "$work/copy" 2>/dev/null; then
	:
else
	echo "not tried read-only: mounts may not be made here"
	exit $failed
fi
says "^$work/copy/build/apps/perf/sl-perf in $work/else/where: run$" "$work/copy/syncline" perf run
grep -q 'build is used as it is: it cannot be written' "$work/out" || { echo "FAILED: not said"; failed=1; }
says "no driver file $work/copy/build/pmd" bash -c '"$0" doctor || true' "$work/copy/syncline"
logged ""
exit $failed
