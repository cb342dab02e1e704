# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
# shellcheck disable=SC2034,SC2154 # shared with common.sh
#
# Linux's ixgbe on an 82599 of a backplane and one with an SFP+ module.

model=82599
# shellcheck source=tests/vm/cases/linux_model.sh
source "$top/cases/linux_model.sh"
