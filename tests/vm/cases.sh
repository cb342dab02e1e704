#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
#
# cases.sh BUILD BOOT
#
# The cases of the VM bench, run in the guest: the groups cases/NN-*.sh in order,
# each in a shell of its own. One line per case on standard output: "PASS name",
# "FAIL name: reason" or "SKIP name: reason"; before those of a group "GROUP group";
# at the end "END". Groups named NN-noiommu-*.sh belong to BOOT "noiommu",
# NN-onegroup-*.sh to BOOT "onegroup", all others to BOOT "iommu", or half of them
# each to "iommu-1" and "iommu-2", which can run side by side. Groups named NN-linux-MODEL.sh belong
# to BOOT "linux-MODEL", whose two ports are that. BOOT "hw" is no guest but a machine with two real
# ports (SL_VM_NICS), and runs what needs no more than these.
#
# SL_VM_CASES chooses: a group ("link"), a pattern of case names ("*ping*"), or
# both ("link/*down*").

set -u
build=$1
# Groups of which some cases at least use two ports of ours and change nothing else.
on_real_ports=" traffic window wild intr checked kill perf "
# The half of the first of two boots, of about the same time as the rest.
first_half=" traffic linux tcp stats wild doctor hw user "
# Figures for people, only when named.
only_named=" peers "
top=$(CDPATH='' cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/vm/cases/common.sh
(source "$top/cases/common.sh" && few_plugins)
for group in "$top"/cases/[0-9]*.sh; do
	case $2:${group##*/} in
	linux-*:??-"$2".sh) ;;
	linux-*:* | *:??-linux-*) continue ;;
	noiommu:??-noiommu-* | onegroup:??-onegroup-*) ;;
	noiommu:* | onegroup:* | *:??-noiommu-* | *:??-onegroup-*) continue ;;
	esac
	name=${group##*/??-}
	name=${name%.sh}
	name=${name#noiommu-}
	name=${name#onegroup-}
	# shellcheck disable=SC2053 # a pattern is wanted
	case ${SL_VM_CASES-} in
	"$name") cases= ;;
	*/*)
		[[ $name == ${SL_VM_CASES%%/*} ]] || continue
		cases=${SL_VM_CASES#*/}
		;;
	*) cases=${SL_VM_CASES-} ;;
	esac
	if [[ $only_named == *" $name "* && ${SL_VM_CASES-} != "$name"* ]]; then continue; fi
	case $2 in
	iommu-1) [[ $first_half == *" $name "* ]] || continue ;;
	iommu-2) [[ $first_half != *" $name "* ]] || continue ;;
	esac
	if [[ $2 == hw && $on_real_ports != *" $name "* ]]; then
		echo "SKIP $name: needs a guest, whose drivers, cables or memory it may change"
		continue
	fi
	echo "GROUP $name"
	(
		SL_VM_CASES=$cases
		# shellcheck source=tests/vm/cases/common.sh
		source "$top/cases/common.sh"
		# shellcheck disable=SC1090 # the groups are many
		source "$group"
	)
done
echo END
