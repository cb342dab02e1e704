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
#
# SL_VM_CASES chooses: a group ("link"), a pattern of case names ("*ping*"), or
# both ("link/*down*").

set -u
build=$1
top=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
for group in "$top"/cases/[0-9]*.sh; do
	case $2:${group##*/} in
	noiommu:??-noiommu-*) ;;
	noiommu:* | iommu:??-noiommu-*) continue ;;
	esac
	name=${group##*/??-}
	name=${name%.sh}
	name=${name#noiommu-}
	# shellcheck disable=SC2053 # a pattern is wanted
	case ${SL_VM_CASES-} in
	"$name") cases= ;;
	*/*)
		[[ $name == ${SL_VM_CASES%%/*} ]] || continue
		cases=${SL_VM_CASES#*/}
		;;
	*) cases=${SL_VM_CASES-} ;;
	esac
	(
		SL_VM_CASES=$cases
		# shellcheck source=tests/vm/cases/common.sh
		source "$top/cases/common.sh"
		# shellcheck disable=SC1090 # the groups are many
		source "$group"
	)
done
echo END
