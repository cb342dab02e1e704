#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
#
# cases.sh BUILD BOOT
#
# The cases of the VM bench, run in the guest: the groups cases/NN-*.sh in order,
# each in a shell of its own. One line per case on standard output: "PASS name",
# "FAIL name: reason" or "SKIP name: reason". Groups named NN-noiommu-*.sh belong
# to BOOT "noiommu", all others to BOOT "iommu".

set -u
build=$1
top=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
for group in "$top"/cases/[0-9]*.sh; do
	case $2:${group##*/} in
	noiommu:??-noiommu-*) ;;
	noiommu:* | iommu:??-noiommu-*) continue ;;
	esac
	(
		# shellcheck source=tests/vm/cases/common.sh
		source "$top/cases/common.sh"
		# shellcheck disable=SC1090 # the groups are many
		source "$group"
	)
done
echo END
