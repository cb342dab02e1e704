#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
#
# The revision of this source tree, "-dirty" with changes of its own. Exit status 1 when git does
# not know it: files unpacked without a repository, or into somebody else's.
set -u
unset CDPATH "${!GIT_@}"
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P) || exit 1
[[ $(git -C "$top" rev-parse --show-toplevel 2>/dev/null) == "$top" ]] || exit 1
exec git -C "$top" --no-optional-locks describe --always --dirty --abbrev=12
