#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
#
# What "syncline vm" and "syncline test hw" refuse, and how. vm_options.sh TOP.
set -u

cd "$1" || exit 1
failed=0

# refused STATUS PATTERN WORD...: status, and a pattern in what is said.
refused() {
	local status=$1 pattern=$2 out rc=0
	shift 2
	out=$(timeout 20 ./syncline "$@" 2>&1 </dev/null) || rc=$?
	if ((rc != status)) || ! grep -Eq -- "$pattern" <<<"$out"; then
		printf 'FAILED: syncline %s: status %d, expected %d; pattern %s\n%s\n' "$*" "$rc" "$status" "$pattern" "$out"
		failed=1
	fi
}

refused 1 "--nics: '9' is not allowed; allowed: a number from 0 to 8" vm --nics 9 -- true
refused 1 "--nics: '2x' is not allowed" vm --nics 2x -- true
refused 1 '--nics needs a value' vm --nics
refused 1 "--nics: 0 is not allowed without --device" vm --nics 0 -- true
refused 1 '--device needs a value' vm --device
refused 1 "--device: 'i350,' is not allowed; allowed: names joined by commas" vm --device i350, -- true
refused 1 "--device: 'e1000' is no device of the software NIC; allowed: 82576 82580 i350" vm --device i350,e1000 -- true
refused 1 '--device: 9 ports, 8 of them by --nics, are not allowed; allowed: 8 in all' vm --nics 8 --device i210 -- true
refused 1 '--wire: it is for the last of an odd number of --device ports; there are 2' \
	vm --device i210,i210 --wire loop -- true
refused 1 'port 2 is not there; with --nics 0 and 2 of' vm --device i210,i350 --linux 2 -- true
refused 1 '--wire: it is for .* there are 0' vm --wire loop -- true
refused 1 "--wire: 'tape' is not allowed; allowed: tap:NAME" vm --device i210 --wire tape -- true
refused 1 'port 3 is not there; with --nics 1 and 2 of --device there are 0 to 2' \
	vm --nics 1 --device i210,i350 --linux 3 -- true
refused 1 "--linux: '1,a' is not allowed; allowed: port numbers joined by commas" vm --linux 1,a -- true
refused 1 'port 2 is not there; with --nics 2 there are 0 to 1' vm --linux 0,2 -- true
refused 1 "--memory: '100' is not allowed; allowed: a number from 512" vm --memory 100 -- true
refused 1 "--guests: '3' is not allowed; allowed: a number from 1 to 2" vm --guests 3 -- true
refused 1 '--guests needs a value' vm --guests
refused 1 '--shell: it is not allowed with two guests' vm --guests 2 --shell
refused 1 '--wire: it is not allowed with two guests' vm --guests 2 --device i350 --wire loop -- true
refused 1 "--time: '0' is not allowed" vm --time 0 -- true
refused 1 "'--foo' is no option; allowed: --nics" vm --foo
refused 1 'no command' vm
refused 1 'no command behind --' vm --
refused 1 "unknown word 'ls'" vm ls
refused 1 '--shell needs a terminal' vm --shell
refused 1 "--shell takes no command, but there is '-- ls'" vm --shell -- ls
refused 2 'the two ports must be named' test hw
refused 2 'the two ports must be named' test hw --allow
refused 2 'two PCI addresses joined by a comma' test hw --allow 0000:01:00.0
refused 2 "'1:0' is no PCI address; allowed: as 0000:01:00.0" test hw --allow 1:0,1:1
refused 2 'there is no device at fffe:01:00.0' test hw --allow fffe:01:00.0,fffe:01:00.1

exit "$failed"
