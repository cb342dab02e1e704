# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
# shellcheck disable=SC2034,SC2154 # shared with common.sh
#
# Linux's igb on two ports that are i210.

model=i210
# shellcheck source=tests/vm/cases/linux_model.sh
source "$top/cases/linux_model.sh"
