# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
#
# "syncline doctor": looks, changes nothing. Everything it looks at below /sys,
# /proc and /dev is looked up below SL_DOCTOR_ROOT, so that a test can give it a
# machine made of files.

doctor_help() {
	cat <<-'TEXT'
	Usage: ./syncline doctor [--json] [--plugin FILE] [BDF]
	       ./syncline doctor --for eal|port|memlock [--errno N] [--pid N] [BDF] [-- EAL-OPTION...]

	Says what stands between this machine and a working set-up, each finding with
	the command that mends it (for root). Changes nothing. Three verdicts:
	  ok    fine
	  note  something is not possible here (a real NIC, say); the rest works
	  fix   will not work, or work less well, before this is mended

	  BDF            one NIC in depth, 0000:03:00.0 say: what keeps it from the driver is
	                 a "fix" then. Without, that is a note while no NIC is on vfio-pci
	  --plugin FILE  the driver's file that -d is to load (build/pmd/librte_net_syncline.so)
	  --json         the same findings for machines, on standard output:
	                 {"schema", "device", "findings": [{"id", "verdict", "device",
	                 "text", "mend": [command, ...], "or": [...]}, ...], "ok", "note", "fix"}

	All lines "mend" of a finding together mend it; a line "or" is another way.

	--for is how a program asks, sl-testpmd say: only what is to mend is printed, in one line.
	  eal            EAL did not start with these options; --errno N: and gave this error
	  port           the NIC is no port; without BDF: there is none at all
	  memlock        memory could not be locked for DMA
	  --pid N        the program itself, which may have its NIC open

	Exit status: 0 nothing to fix; 1 something to fix; 2 the words given are not understood.
	TEXT
}

# shellcheck source=tools/vm.sh
source "$SL_TOP/tools/vm.sh"

# The machine looked at; "" is this one.
SL_ROOT=${SL_DOCTOR_ROOT-}
SL_FORM=lines     # of the findings: lines, json, or a sentence for a program
SL_FOR=           # what that program could not do
SL_ERRNO=0        # with which error
SL_PID=self       # itself
SL_EAL_WORDS=" "  # EAL's options without values, as it got them, and those with one that matter
SL_EAL_DRIVERS=() # its -d
SL_EAL_DEVICES=() # its -a
SL_DEVICE=        # the NIC asked about
SL_ABOUT=         # the NIC that findings are about just now
SL_IDS=           # device ids that the driver takes
SL_PLUGIN_FILE=
SL_REAL=note      # verdict on what only a real NIC needs
SL_MOUNT=note     # verdict on a hugetlbfs that is not there
SL_FINDINGS=()    # JSON objects
SL_SENTENCE=      # or all that is to fix
declare -A SL_COUNT=([ok]=0 [note]=0 [fix]=0)

# A lone user wants the figures of his own limits; tests give others.
SL_MEMLOCK_LEAST=65536 # KiB; what sl-testpmd's defaults map for DMA, with room
# A program that asks needs others, and has other ways out.
SL_HUGE_NEED=$SL_HUGE_LEAST
SL_HUGE_FOR=
SL_NO_HUGE_WAY=()
SL_IN_MEMORY_WAY=()

json_text() {
	local s=$1
	s=${s//\\/\\\\}
	s=${s//\"/\\\"}
	s=${s//$'\t'/\\t}
	s=${s//$'\n'/\\n}
	# Names from sysfs are printable; whatever else there is, is left out.
	printf '"%s"' "${s//[[:cntrl:]]/}"
}

json_list() {
	local each between=""
	for each; do
		printf '%s' "$between"
		json_text "$each"
		between=", "
	done
}

# finding ID VERDICT WHAT [MENDING-COMMAND...] [-- OTHER-WAY...]
finding() {
	local id=$1 verdict=$2 what=$3 key=mend command mend=() or=()
	shift 3
	SL_COUNT[$verdict]=$((SL_COUNT[$verdict] + 1))
	for command; do
		case $key$command in
		mend--) key=or ;;
		mend*) mend+=("$command") ;;
		*) or+=("$command") ;;
		esac
	done
	"finding_$SL_FORM"
}

# Each form has finding()'s words.
finding_lines() {
	printf '%-5s %s\n' "$verdict" "$what"
	if ((${#mend[@]})); then printf '        mend: %s\n' "${mend[@]}"; fi
	if ((${#or[@]})); then printf '          or: %s\n' "${or[@]}"; fi
}

finding_json() {
	local about=null
	if [[ -n $SL_ABOUT ]]; then about=$(json_text "$SL_ABOUT"); fi
	SL_FINDINGS+=("{\"id\": $(json_text "$id"), \"verdict\": \"$verdict\", \"device\": $about, \
\"text\": $(json_text "$what"), \"mend\": [$(json_list "${mend[@]}")], \"or\": [$(json_list "${or[@]}")]}")
}

finding_sentence() {
	local ways=("${mend[@]/#/; }" "${or[@]/#/; or }")
	printf -v ways %s "${ways[@]}"
	if [[ $verdict == fix ]]; then SL_SENTENCE+="${SL_SENTENCE:+. Also: }$what${ways:+. Mend:${ways#;}}"; fi
}

print_json() {
	local i device=null
	if [[ -n $SL_DEVICE ]]; then device=$(json_text "$SL_DEVICE"); fi
	printf '{"schema": 1, "device": %s, "findings": [\n' "$device"
	for ((i = 0; i < ${#SL_FINDINGS[@]}; i++)); do
		printf '  %s%s\n' "${SL_FINDINGS[i]}" "$( ((i + 1 < ${#SL_FINDINGS[@]})) && printf ,)"
	done
	printf '], "ok": %d, "note": %d, "fix": %d}\n' "${SL_COUNT[ok]}" "${SL_COUNT[note]}" "${SL_COUNT[fix]}"
}

# REPLY: first line of a file of the machine looked at; nothing when there is none.
# Results come in REPLY: a machine that is emulated feels every fork.
look() {
	REPLY=
	if [[ -r $SL_ROOT$1 ]]; then { IFS= read -r REPLY <"$SL_ROOT$1"; } 2>/dev/null; fi
}

# REPLY: what stands behind such a word in a file of "WORD: VALUE" lines.
look_for() {
	local word value
	REPLY=
	while read -r word value; do
		if [[ $word == "$2" ]]; then REPLY=$value; fi
	done 2>/dev/null <"$SL_ROOT$1"
}

# May this user read and write that file?
usable() {
	[[ -r $SL_ROOT$1 && -w $SL_ROOT$1 ]]
}

# capable BIT: has this process that capability, or the program that asks?
capable() {
	look_for "/proc/$SL_PID/status" CapEff:
	(((16#${REPLY:-0} >> $1) & 1))
}

readonly CAP_IPC_LOCK=14 CAP_SYS_RAWIO=17

# The machine's PCI devices and IOMMU groups, looked up once.
SL_NICS=()        # all that net_syncline drives
declare -A SL_NAMES=() # of the NIC behind each device id
SL_GROUPS=0       # of a real IOMMU; vfio makes others of its own in no-IOMMU mode

doctor_survey() {
	local dev id name group
	# The ids that net_syncline drives, and the device behind each, from where the driver has them: each family's list.
	while read -r id name; do
		SL_NAMES[$id]=$name
		SL_IDS+=${SL_IDS:+ }$id
	done < <(sed -n 's/^SL_DEVICE([A-Z0-9_]*, \([a-z0-9]*\), [a-z]*, 0x\([0-9A-F]*\))/\L\2 \U\1/p' \
		"$SL_TOP"/lib/hw/*/devices.def)
	for dev in "$SL_ROOT"/sys/bus/pci/devices/*; do
		dev=${dev#"$SL_ROOT"}
		look "$dev/vendor"
		[[ $REPLY == 0x8086 ]] || continue
		look "$dev/device"
		if [[ " $SL_IDS " == *" ${REPLY#0x} "* ]]; then SL_NICS+=("${dev##*/}"); fi
	done
	for group in "$SL_ROOT"/sys/kernel/iommu_groups/[0-9]*; do
		[[ -d $group ]] || continue
		look "${group#"$SL_ROOT"}/name"
		if [[ $REPLY != vfio-noiommu ]]; then SL_GROUPS=$((SL_GROUPS + 1)); fi
	done
}

doctor_packages() {
	local missing versions
	if ! have dpkg-query; then
		finding packages note "no Debian packages here: what Meson does not find, install by hand"
		return
	fi
	missing=$(packages_missing "$SL_PACKAGES_BUILD" | cut -d: -f1 | tr '\n' ' ')
	if [[ -n $missing ]]; then
		finding packages fix "packages missing for build and demo: $missing" "apt-get install -y $missing"
	else
		finding packages ok "packages for build and demo"
	fi
	missing=$(packages_missing "$SL_PACKAGES_TEST
$SL_PACKAGES_VM" | cut -d: -f1 | tr '\n' ' ')
	if [[ -n $missing ]]; then
		finding packages-test note "packages missing for test: $missing" "apt-get install -y $missing"
	else
		finding packages-test ok "packages for test"
	fi
	missing=$(dpkg-query -W -f='${db:Status-Status} ${Package}\n' 2>/dev/null |
		awk '$1 ~ /^(unpacked|half-)/ { printf "%s ", $2 }')
	if [[ -n $missing ]]; then
		finding packages-state fix "packages that are not set up to the end: $missing" "dpkg --configure -a"
	fi
	# shellcheck disable=SC2016 # the braces are dpkg-query's
	versions=$(dpkg-query -W -f='${db:Status-Status} ${source:Version}\n' libdpdk-dev dpdk dpdk-dev \
		librte-eal23 2>/dev/null | sed -n 's/^installed //p' | sort -u | tr '\n' ' ')
	if [[ $versions == *" "?* ]]; then
		finding packages-dpdk fix "DPDK's packages are of several releases: $versions" \
			"apt-get update && apt-get install -y libdpdk-dev dpdk dpdk-dev"
	fi
}

doctor_dpdk() {
	local version source
	version=$(pkg-config --modversion libdpdk 2>/dev/null) || {
		finding dpdk fix "DPDK is not installed" "apt-get install -y libdpdk-dev"
		return
	}
	source=$(dpkg-query -W -f='${source:Version}' libdpdk-dev 2>/dev/null || true)
	if driver_headers_installed; then
		finding dpdk ok "DPDK $version, with driver headers"
	elif [[ -e $SL_CACHE/dpdk-headers-$source/.complete ]]; then
		finding dpdk ok "DPDK $version, driver headers of $source in .cache/"
	else
		finding dpdk fix "DPDK $version is installed without driver headers (enable_driver_sdk)" \
			"./syncline build"
	fi
}

# Who has hugepages in use: "sl-testpmd (123)".
hugepage_users() {
	awk '$1 == "Name:" { name = $2 } $1 == "Pid:" { pid = $2 }
		$1 == "HugetlbPages:" && $2 > 0 { printf "%s (%d) ", name, pid }' "$SL_ROOT"/proc/[0-9]*/status 2>/dev/null
}

# REPLY: hugepages of 2 MiB in EAL's files whose lock nobody holds: a program that was killed left
# them, and EAL's next start removes them. SL_LEFT_IN: the folders that have some.
hugepages_left() {
	local dir files pages=0
	SL_LEFT_IN=()
	hugetlbfs_mounts
	for dir in "${SL_MOUNTS[@]}"; do
		files=$(find "$SL_ROOT$dir" -maxdepth 1 -type f -name '*map_*' \
			-exec flock -n -x {} stat -c %b {} \; 2>/dev/null)
		[[ -n $files ]] || continue
		SL_LEFT_IN+=("$dir")
		pages=$((pages + (${files//$'\n'/ + }) / 4096))
	done
	REPLY=$pages
}

# REPLY: the file that limits this process's hugepages of 2 MiB to fewer than are needed, and the
# limit; nothing when there is none. A control group's limit holds for all below it.
hugetlb_limit() {
	local id controllers group dir mount type options name value
	while IFS=: read -r id controllers group; do
		while read -r _ mount type options _; do
			if [[ $id == 0 && $type == cgroup2 ]]; then
				name=hugetlb.2MB.max
			elif [[ ,$controllers, == *,hugetlb,* && $type == cgroup && ,$options, == *,hugetlb,* ]]; then
				name=hugetlb.2MB.limit_in_bytes
			else
				continue
			fi
			dir=$mount${group%/}
			while :; do
				look "$dir/$name"
				value=$REPLY
				if [[ -n $value && $value != max ]] && ((value < SL_HUGE_NEED << 21)); then
					REPLY="$dir/$name $value"
					return
				fi
				[[ $dir != "$mount" ]] || break
				dir=${dir%/*}
			done
		done <"$SL_ROOT/proc/mounts"
	done 2>/dev/null <"$SL_ROOT/proc/self/cgroup"
	REPLY=
}

# Free hugepages are enough; are they to be had? Says so and fails when not.
hugepages_to_be_had() {
	local file limit
	hugetlb_limit
	read -r file limit <<<"$REPLY"
	if [[ -n $file ]]; then
		finding hugepages fix "hugepages of 2 MiB: $1, but $file allows this process's control group $((limit >> 21)); \
$SL_HUGE_NEED are needed$SL_HUGE_FOR" "echo $((SL_HUGE_NEED << 21)) > $file" "${SL_NO_HUGE_WAY[@]}"
		return 1
	fi
	# Only this machine's can be tried.
	if [[ -n $SL_ROOT ]] || huge_can_be_had "$SL_HUGE_NEED"; then return 0; fi
	finding hugepages fix "hugepages of 2 MiB: $1, but this process cannot have $SL_HUGE_NEED of them$SL_HUGE_FOR: the limit of a \
control group outside this container (hugetlb.2MB.max), or of address space (ulimit -v)" "ulimit -v unlimited" \
		"${SL_NO_HUGE_WAY[@]}"
	return 1
}

# Too few are free: $1 of $2, $3 in words.
hugepages_too_few() {
	local free=$1 total=$2 users want avail left dir mend=() said=""
	# Never more than half of what is free now.
	look_for /proc/meminfo MemAvailable:
	avail=${REPLY%% *}
	want=$SL_HUGEPAGES
	if ((want > ${avail:-0} / 4096)); then want=$((${avail:-0} / 4096)); fi
	if ((want < SL_HUGE_NEED - free)); then want=$((SL_HUGE_NEED - free)); fi
	users=$(hugepage_users)
	hugepages_left
	left=$REPLY
	if ((left)); then
		said="; $left are in files that a program which was killed left in ${SL_LEFT_IN[*]}"
		for dir in "${SL_LEFT_IN[@]}"; do
			mend+=("find $dir -maxdepth 1 -type f -name '*map_*' -exec flock -n -x {} rm {} \\;")
		done
	fi
	if ((free + left >= SL_HUGE_NEED)); then
		finding hugepages note "hugepages of 2 MiB: $3$said: EAL's next start takes them back" "${mend[@]}"
	else
		finding hugepages fix "hugepages of 2 MiB: $3; $SL_HUGE_NEED are needed$SL_HUGE_FOR${users:+; \
in use by ${users% }}$said" "${mend[@]}" "echo $((total + want)) > $SL_HUGE_SYS/nr_hugepages" "${SL_NO_HUGE_WAY[@]}"
	fi
}

doctor_hugepages() {
	local total free gib_total gib_free resv counted gib=${SL_HUGE_SYS/2048kB/1048576kB}
	look "$SL_HUGE_SYS/nr_hugepages"; total=$REPLY
	look "$SL_HUGE_SYS/free_hugepages"; free=$REPLY
	look "$SL_HUGE_SYS/resv_hugepages"; resv=${REPLY:-0}
	look "$gib/nr_hugepages"; gib_total=$REPLY
	look "$gib/free_hugepages"; gib_free=${REPLY:-0}
	if [[ -z $total ]]; then
		finding hugepages note "no 2 MiB hugepages in this kernel: 4 KiB pages will do, more slowly (--no-huge)"
		return
	fi
	if [[ ${gib_total:-0} != 0 ]]; then
		finding hugepages-1g ok "hugepages of 1 GiB: $gib_free free of $gib_total"
	fi
	counted="$free free of $total"
	if ((resv > 0)); then
		counted+=", $resv of them promised to programs that have not touched them yet"
		free=$((free > resv ? free - resv : 0))
	fi
	if ((free >= SL_HUGE_NEED)); then
		if hugepages_to_be_had "$counted"; then finding hugepages ok "hugepages of 2 MiB: $counted"; fi
	elif ((free + gib_free * 512 >= SL_HUGE_NEED)); then
		finding hugepages ok "hugepages of 2 MiB: $counted, those of 1 GiB will do"
	else
		hugepages_too_few "$free" "$total" "$counted"
	fi
	hugepages_by_node
}

hugepages_by_node() {
	local nodes=("$SL_ROOT"/sys/devices/system/node/node[0-9]*) node each=""
	((${#nodes[@]} > 1)) || return 0
	for node in "${nodes[@]#"$SL_ROOT"}"; do
		look "$node/hugepages/hugepages-2048kB/free_hugepages"
		each+=" ${node##*/} ${REPLY:-0} free of"
		look "$node/hugepages/hugepages-2048kB/nr_hugepages"
		each+=" ${REPLY:-0};"
	done
	finding hugepages-node ok "hugepages of 2 MiB by NUMA node:$each"
}

# SL_MOUNTS: each hugetlbfs of 2 MiB pages, in the order in which EAL finds them.
hugetlbfs_mounts() {
	local dir type options size
	SL_MOUNTS=()
	look_for /proc/meminfo Hugepagesize:
	size=${REPLY%% *}
	while read -r _ dir type options _; do
		[[ $type == hugetlbfs ]] || continue
		case $options in
		*pagesize=2M*) SL_MOUNTS+=("$dir") ;;
		*pagesize=*) ;;
		*) if [[ $size == 2048 ]]; then SL_MOUNTS+=("$dir"); fi ;;
		esac
	done <"$SL_ROOT/proc/mounts"
}

doctor_hugetlbfs() {
	local first dir own=""
	hugetlbfs_mounts
	first=${SL_MOUNTS[0]-}
	if [[ -z $first ]]; then
		finding hugetlbfs "$SL_MOUNT" "no hugetlbfs of 2 MiB pages is mounted: EAL needs one unless it is run with --in-memory" \
			"mkdir -p /dev/hugepages && mount -t hugetlbfs hugetlbfs /dev/hugepages" "${SL_IN_MEMORY_WAY[@]}"
		return
	fi
	if [[ ! -r $SL_ROOT$first || ! -x $SL_ROOT$first ]]; then
		finding hugetlbfs fix "hugetlbfs on $first may not be read by user $EUID: EAL does not start" "chmod a+rx $first"
		return
	fi
	for dir in "${SL_MOUNTS[@]}"; do
		if [[ -z $own ]] && usable "$dir"; then own=$dir; fi
	done
	if [[ -z $own ]]; then
		finding hugetlbfs "$SL_MOUNT" "hugetlbfs on $first may not be written by user $EUID: EAL works with --in-memory only, \
or with a mount of this user's own and --huge-dir" "mkdir -p /run/hugepages-$EUID && mount -t hugetlbfs -o \
uid=$EUID,gid=$(id -g),mode=0700 hugetlbfs /run/hugepages-$EUID" "${SL_IN_MEMORY_WAY[@]}"
	elif [[ $own == "$first" ]]; then
		finding hugetlbfs ok "hugetlbfs on $own, user $EUID may write there"
	else
		finding hugetlbfs ok "hugetlbfs on $own, user $EUID may write there: --huge-dir $own"
	fi
}

# What the kernel lets an ordinary user pin for DMA.
doctor_memlock() {
	local limit login=$PPID
	if [[ $SL_PID != self ]]; then
		look_for "/proc/$SL_PID/status" PPid:
		login=${REPLY:-$SL_PID}
	fi
	if capable "$CAP_IPC_LOCK"; then return 0; fi
	limit=$(ulimit -l)
	if [[ $limit == unlimited ]] || ((limit >= SL_MEMLOCK_LEAST)); then
		finding memlock ok "memory that user $EUID may lock for DMA: $limit (KiB)"
		return
	fi
	finding memlock "$SL_REAL" "user $EUID may lock only $limit KiB of memory for DMA (ulimit -l); \
$SL_MEMLOCK_LEAST KiB are needed. The second command is for good, from the next login on" \
		"prlimit --pid $login --memlock=unlimited:unlimited" -- \
		"echo '${USER:-$EUID} - memlock unlimited' > /etc/security/limits.d/90-dpdk.conf"
}

doctor_cpus() {
	local n isolated
	n=$(cpus_allowed | wc -l)
	look /sys/devices/system/cpu/isolated
	isolated=$REPLY
	if ((n >= 2)); then
		finding cpus ok "CPUs to use: $n${isolated:+; isolated from the scheduler: $isolated}"
	else
		finding cpus note "1 CPU: driver and software NIC take turns on it; rates say little"
	fi
	if ((n >= 4)) && [[ -z $isolated ]]; then
		finding isolcpus note "no CPU is isolated (isolcpus=): other work may interrupt forwarding; only figures need that"
	fi
}

doctor_root() {
	if is_root; then
		finding root ok "root"
	else
		finding root note "not root: what is to mend is root's work, namespaces too; the rest works with the permissions below" \
			"sudo ./syncline doctor"
	fi
}

doctor_tap() {
	if [[ ! -c /dev/net/tun ]]; then
		finding tap note "no /dev/net/tun: tap wires are not possible" \
			"modprobe tun" -- "mkdir -p /dev/net && mknod /dev/net/tun c 10 200"
	elif ! { : <>/dev/net/tun; } 2>/dev/null; then
		finding tap note "/dev/net/tun may not be opened: tap wires are not possible" \
			"chmod 666 /dev/net/tun"
	elif ! unshare --net true 2>/dev/null; then
		finding tap note "network namespaces may not be made: no tap tests, no demo part with real traffic"
	else
		finding tap ok "tap devices and network namespaces"
	fi
}

# EAL refuses the driver's file (-d) when it or a folder on its way is writable by everybody.
doctor_plugin() {
	local file mode path bad=0
	file=$(realpath -m "$SL_ROOT${SL_PLUGIN_FILE:-$SL_TOP/build/pmd/librte_net_syncline.so}")
	file=${file#"$SL_ROOT"}
	if [[ ! -e $SL_ROOT$file ]]; then
		finding plugin-file "$([[ -n $SL_PLUGIN_FILE ]] && printf fix || printf note)" \
			"no driver file $file for -d" "./syncline build"
	fi
	while read -r mode path; do
		bad=1
		# Folders such as /tmp are for everybody, and have to stay so.
		if [[ $mode == *[tT] ]]; then
			finding plugin fix "EAL will not load the driver (-d) from below $path: everybody may write there. Copy it, and give \
the copy to -d" "install -D -m 755 $file /usr/local/lib/syncline/${file##*/}"
		else
			finding plugin fix "EAL will not load the driver (-d): everybody may write to $path" "chmod o-w $path"
		fi
	done < <(open_to_all "$file")
	((bad)) || finding plugin ok "the driver's file and the folders above it are writable for their owners only (EAL's rule for -d)"
	doctor_plugin_folder
}

# "MODE PATH" of each, from FILE up to the root, that everybody may write to.
open_to_all() {
	local path=$1 paths=() mode
	while [[ -n $path ]]; do
		paths+=("$SL_ROOT$path")
		path=${path%/*}
	done
	stat -c '%A %n' "${paths[@]}" "$SL_ROOT/" 2>/dev/null | while read -r mode path; do
		if [[ ${mode:8:1} == w ]]; then printf '%s %s\n' "$mode" "${path#"$SL_ROOT"}"; fi
	done
}

# DPDK's own folder of drivers, which every DPDK program loads.
doctor_plugin_folder() {
	local dir path files
	for dir in "$(pkg-config --variable=libdir libdpdk 2>/dev/null)"/dpdk/pmds-*; do
		[[ -d $dir ]] || continue
		read -r _ path < <(SL_ROOT="" open_to_all "$(realpath "$dir")")
		files=("$dir"/librte_*.so)
		if [[ -n $path ]]; then
			finding plugin-folder fix "EAL will load no driver at all from $dir: everybody may write to $path" "chmod o-w $path"
		elif [[ -e $dir/librte_net_syncline.so ]]; then
			finding plugin-folder note "an installed driver lies in DPDK's folder $dir too; what -d names is loaded first" \
				"rm $dir/librte_net_syncline.so"
		else
			finding plugin-folder ok "DPDK's own drivers: $dir, ${#files[@]} files; -d comes before them"
		fi
	done
}

readonly SL_NOIOMMU=/sys/module/vfio/parameters/enable_unsafe_noiommu_mode

doctor_iommu() {
	local table=none arg="intel_iommu=on" word said="" how
	look /proc/cmdline
	for word in $REPLY; do
		case $word in intel_iommu=* | amd_iommu=* | iommu=* | iommu.passthrough=* | arm-smmu*) said+=" $word" ;; esac
	done
	if ((SL_GROUPS)); then
		finding iommu ok "IOMMU: $SL_GROUPS groups; kernel arguments:${said:- none about it}"
		finding window ok "a NIC on vfio-pci reaches its rings and mempools alone (window=own), mbuf headers of ordinary mempools \
among them; with sl_pktmbuf_pool_create() and window=strict it can write to rings and packet data alone"
		if [[ " $said " == *" iommu=pt "* || " $said " == *" iommu.passthrough=1 "* ]]; then
			finding iommu-passthrough ok "the host's own drivers bypass the IOMMU (passthrough); a NIC on vfio-pci does not"
		fi
		return
	fi
	for word in DMAR IVRS IORT; do
		if [[ -e $SL_ROOT/sys/firmware/acpi/tables/$word ]]; then table=$word; fi
	done
	case $table in
	DMAR) how="the machine has VT-d; boot with intel_iommu=on" ;;
	IVRS) how="the machine has AMD-Vi; boot without amd_iommu=off" arg="amd_iommu=on" ;;
	IORT) how="the machine may have an SMMU; boot without arm-smmu.disable_bypass" arg="iommu.passthrough=0" ;;
	*) how="firmware shows none: switch VT-d or AMD-Vi on there, and on Intel boot with intel_iommu=on" ;;
	esac
	look "$SL_NOIOMMU"
	if [[ $REPLY == [Y1] ]]; then
		finding iommu note "no IOMMU in use (kernel arguments:${said:- none about it}), vfio's no-IOMMU mode is on: a NIC works, \
as root only, and nothing keeps its DMA from any memory. $how" "$(grub_command "$arg")"
	elif [[ -d $SL_ROOT/sys/module/vfio && ! -e $SL_ROOT$SL_NOIOMMU ]]; then
		# Debian's kernels are built so.
		finding iommu "$SL_REAL" "no IOMMU in use (kernel arguments:${said:- none about it}): $how. This kernel's vfio has no \
no-IOMMU mode; with no protection from the NIC's DMA, uio_pci_generic is left" "$(grub_command "$arg")" -- \
			"modprobe uio_pci_generic && dpdk-devbind.py -b uio_pci_generic ${SL_DEVICE:-${SL_NICS[0]-0000:03:00.0}}"
	else
		finding iommu "$SL_REAL" "no IOMMU in use (kernel arguments:${said:- none about it}): $how. Or, with no protection \
from the NIC's DMA, vfio's no-IOMMU mode" "$(grub_command "$arg")" -- "modprobe vfio && echo 1 > $SL_NOIOMMU"
	fi
}

grub_command() {
	printf "sed -i '/^GRUB_CMDLINE_LINUX=/s/\"\$/ %s\"/' /etc/default/grub && update-grub && reboot" "$1"
}

doctor_vfio() {
	if [[ ! -d $SL_ROOT/sys/bus/pci/drivers/vfio-pci ]]; then
		if [[ -z $SL_ROOT ]] && have modprobe && ! modprobe -n -q vfio-pci; then
			finding vfio "$SL_REAL" "this kernel has no module vfio-pci, which a real NIC needs: boot a kernel of the distribution"
		else
			finding vfio "$SL_REAL" "vfio-pci is not loaded; a real NIC needs it" "modprobe vfio-pci"
		fi
		return
	fi
	if ((SL_GROUPS)) && [[ ! -d $SL_ROOT/sys/module/vfio_iommu_type1 ]]; then
		finding vfio-type1 "$SL_REAL" "vfio_iommu_type1 is not loaded: vfio cannot map memory for DMA" \
			"modprobe vfio_iommu_type1"
	fi
	if [[ ! -e $SL_ROOT/dev/vfio/vfio ]]; then
		finding vfio "$SL_REAL" "vfio-pci is loaded, but there is no /dev/vfio/vfio" \
			"mkdir -p /dev/vfio && mknod -m 666 /dev/vfio/vfio c 10 196"
	elif ! usable /dev/vfio/vfio; then
		finding vfio "$SL_REAL" "user $EUID may not use /dev/vfio/vfio" "chmod 666 /dev/vfio/vfio"
	else
		finding vfio ok "vfio-pci is loaded"
	fi
	look "$SL_NOIOMMU"
	if ((SL_GROUPS)) && [[ $REPLY == [Y1] ]]; then
		finding noiommu note "vfio's no-IOMMU mode is on although there is an IOMMU: nobody needs it here" \
			"echo 0 > $SL_NOIOMMU"
	fi
}

# REPLY: the kernel's word for its lockdown, by which Secure Boot refuses what reaches hardware around it.
lockdown_state() {
	look /sys/kernel/security/lockdown
	REPLY=${REPLY#*[}
	REPLY=${REPLY%]*}
	if [[ $REPLY == none ]]; then REPLY=; fi
}

doctor_lockdown() {
	lockdown_state
	if [[ -z $REPLY ]]; then return 0; fi
	if ((SL_GROUPS)); then
		finding lockdown ok "kernel lockdown '$REPLY' (Secure Boot): uio drivers are refused, vfio-pci behind the IOMMU is not"
	else
		finding lockdown "$SL_REAL" "kernel lockdown '$REPLY' (Secure Boot) refuses uio drivers and unsigned modules: \
a NIC needs vfio-pci and an IOMMU (above), or Secure Boot switched off in the firmware" "mokutil --disable-validation"
	fi
}

# Are the NIC's reads and writes of memory in step with the CPU's caches?
doctor_coherence() {
	local arch dir
	look /proc/sys/kernel/arch
	arch=${REPLY:-$(uname -m)}
	case $arch in
	x86_64 | i?86 | ppc64* | s390x)
		finding coherence ok "DMA is coherent with the CPU's caches ($arch): coherency=coherent"
		return
		;;
	esac
	# In a device tree the host bridge says it.
	dir=$(realpath "$SL_ROOT/sys/bus/pci/devices/${1-none}" 2>/dev/null || true)
	while [[ -n $dir && $dir != / ]]; do
		if [[ -e $dir/of_node/dma-coherent ]]; then
			finding coherence ok "DMA of ${1-} is coherent (device tree, dma-coherent): coherency=coherent"
			return
		elif [[ -e $dir/of_node/dma-noncoherent || ($arch == a* && -e $dir/of_node/compatible) ]]; then
			finding coherence note "DMA of ${1-} is not coherent with the CPU's caches (device tree): the driver works with \
coherency=explicit; vfio refuses such a device, so only uio_pci_generic or no-IOMMU mode is left" \
				"modprobe uio_pci_generic"
			return
		fi
		dir=$(dirname "$dir")
	done
	finding coherence note "whether DMA is coherent with the CPU's caches is not known here ($arch): coherency=explicit is right either way"
}

# REPLY: the driver of a PCI device.
driver_of() {
	local link=$SL_ROOT/sys/bus/pci/devices/$1/driver
	REPLY=none
	if [[ -L $link ]]; then
		REPLY=$(readlink "$link")
		REPLY=${REPLY##*/}
	fi
}

# What binds a device to vfio-pci.
bind_command() {
	local dev=/sys/bus/pci/devices/$1
	if have dpdk-devbind.py && have lspci; then
		printf 'dpdk-devbind.py -b vfio-pci %s' "$1"
	else
		printf 'echo vfio-pci > %s/driver_override && ' "$dev"
		if [[ -e $SL_ROOT$dev/driver ]]; then printf 'echo %s > %s/driver/unbind && ' "$1" "$dev"; fi
		printf 'echo %s > /sys/bus/pci/drivers_probe' "$1"
	fi
}

# An interface of the kernel's that is up would be cut; its traffic may be this login.
nic_interface() {
	local bdf=$1 verdict=$2 net name
	for net in "$SL_ROOT/sys/bus/pci/devices/$bdf/net"/*; do
		[[ -d $net ]] || continue
		name=${net##*/}
		look "${net#"$SL_ROOT"}/flags"
		if ((${REPLY:-0} & 1)); then
			finding nic-interface "$verdict" "$bdf is the kernel's interface $name, which is up: its connections are cut when the \
driver is changed. Be sure that you are not logged in through it" "ip link set dev $name down"
		fi
	done
}

# Is its driver one that DPDK can work with?
nic_driver() {
	local bdf=$1 verdict=$2 driver
	driver_of "$bdf"
	driver=$REPLY
	lockdown_state
	case $driver in
	vfio-pci)
		finding nic-driver ok "$bdf is bound to vfio-pci"
		;;
	uio_pci_generic | igb_uio)
		if [[ -n $REPLY ]]; then
			finding nic-driver "$verdict" "$bdf is bound to $driver, which kernel lockdown '$REPLY' (Secure Boot) keeps from its \
registers; vfio-pci with an IOMMU it lets be" "$(bind_command "$bdf")"
		elif ! is_root; then
			finding nic-driver "$verdict" "$bdf is bound to $driver, which is for root alone, not for user $EUID; vfio-pci with an \
IOMMU is for all" "$(bind_command "$bdf")"
		else
			finding nic-driver note "$bdf is bound to $driver: works, as root, with no protection from its DMA; vfio-pci is better" \
				"$(bind_command "$bdf")"
		fi
		;;
	none)
		finding nic-driver "$verdict" "$bdf has no driver; DPDK needs vfio-pci" "$(bind_command "$bdf")"
		;;
	*)
		nic_interface "$bdf" "$verdict"
		finding nic-driver "$verdict" "$bdf is bound to the driver $driver; DPDK needs vfio-pci" "$(bind_command "$bdf")"
		;;
	esac
}

# vfio hands a group out whole: every device in it must be with vfio or have no driver.
nic_group() {
	local bdf=$1 group=$2 member bad=() commands=()
	for member in "$SL_ROOT/sys/kernel/iommu_groups/$group/devices"/*; do
		member=${member##*/}
		[[ $member != "$bdf" && $member != '*' ]] || continue
		# Bridges stay with the kernel.
		look "/sys/bus/pci/devices/$member/class"
		[[ $REPLY != 0x0604* ]] || continue
		driver_of "$member"
		case $REPLY in vfio-pci | pci-stub | none) continue ;; esac
		bad+=("$member ($REPLY)")
		commands+=("$(bind_command "$member")")
	done
	if ((${#bad[@]})); then
		finding nic-group fix "IOMMU group $group of $bdf holds devices of the kernel's drivers: ${bad[*]}; \
vfio hands out a group only as a whole" "${commands[@]}"
	fi
}

# Those who have a file open, but for the program that asks; this user sees his own, root all.
holders_of() {
	find "$SL_ROOT"/proc/[0-9]*/fd -mindepth 1 -lname "$1" 2>/dev/null |
		sed "s|^$SL_ROOT/proc/\([0-9]*\)/.*|\1|" | grep -vx "$SL_PID" | sort -nu
}

nic_node() {
	local bdf=$1 group=$2 node=$3 pids who="" pid said
	if [[ ! -e $SL_ROOT$node ]]; then
		finding nic-node fix "$bdf is bound to vfio-pci, but there is no $node" "udevadm trigger --subsystem-match=vfio"
		return
	fi
	if ! usable "$node"; then
		finding nic-node fix "user $EUID may not use $node, the IOMMU group of $bdf" "chown $EUID:$(id -g) $node"
		return
	fi
	if [[ $node == */noiommu-* ]] && ! capable "$CAP_SYS_RAWIO"; then
		finding nic-node fix "$node (no IOMMU) is for root alone, whoever owns it" "sudo ./syncline doctor $bdf"
		return
	fi
	pids=$(holders_of "$node")
	said=$(export LC_ALL=C && { : <>"$SL_ROOT$node"; } 2>&1) || true
	# Busy with none seen: the program that asks most likely has it itself.
	if [[ -z $pids && ($said != *busy* || -n $SL_FOR) ]]; then
		finding nic-node ok "$node, the IOMMU group of $bdf, is free and user $EUID may use it"
		return
	fi
	for pid in $pids; do
		look "/proc/$pid/comm"
		who+="$REPLY ($pid) "
	done
	if [[ -n $who ]]; then
		finding nic-node "$([[ -n $SL_DEVICE ]] && printf fix || printf note)" "$bdf is in use by another process: ${who% }" \
			"kill ${pids//$'\n'/ }"
	else
		finding nic-node fix "$bdf is in use by a process of another user" "sudo ./syncline doctor $bdf"
	fi
}

# The NIC's own NUMA node should have memory to offer.
nic_numa() {
	local bdf=$1 node free dir
	look "/sys/bus/pci/devices/$bdf/numa_node"
	node=$REPLY
	dir=/sys/devices/system/node/node$node/hugepages/hugepages-2048kB
	[[ -n $node && $node -ge 0 && -d $SL_ROOT$dir ]] || return 0
	look "$dir/free_hugepages"
	free=$REPLY
	if ((free >= SL_HUGE_LEAST)); then
		finding nic-numa ok "$bdf is on NUMA node $node, which has $free free hugepages of 2 MiB"
	else
		look "$dir/nr_hugepages"
		finding nic-numa note "$bdf is on NUMA node $node, which has $free free hugepages of 2 MiB: memory of another node is slower" \
			"echo $((REPLY + SL_HUGEPAGES)) > $dir/nr_hugepages"
	fi
}

nic_answers() {
	local bdf=$1 id
	id=$(od -An -tx1 -N2 "$SL_ROOT/sys/bus/pci/devices/$bdf/config" 2>/dev/null | tr -d ' ')
	if [[ $id == ffff ]]; then
		finding nic-answer fix "$bdf does not answer (its configuration reads all ones): pulled out or without power" \
			"echo 1 > /sys/bus/pci/devices/$bdf/remove; echo 1 > /sys/bus/pci/rescan"
	fi
}

# One NIC; VERDICT for a driver that is not DPDK's.
doctor_nic() {
	local bdf=$1 verdict=$2 group
	SL_ABOUT=$bdf
	nic_answers "$bdf"
	nic_driver "$bdf" "$verdict"
	driver_of "$bdf"
	if [[ $REPLY == vfio-pci ]]; then
		group=$(readlink "$SL_ROOT/sys/bus/pci/devices/$bdf/iommu_group")
		group=${group##*/}
		look "/sys/kernel/iommu_groups/$group/name"
		if [[ $REPLY == vfio-noiommu ]]; then
			nic_node "$bdf" "$group" "/dev/vfio/noiommu-$group"
		else
			nic_group "$bdf" "$group"
			nic_node "$bdf" "$group" "/dev/vfio/$group"
		fi
	fi
	nic_numa "$bdf"
	SL_ABOUT=
}

# "Intel I350 (8086:1521)"
nic_name() {
	look "/sys/bus/pci/devices/$1/device"
	printf 'Intel %s (8086:%s)' "${SL_NAMES[${REPLY#0x}]}" "${REPLY#0x}"
}

doctor_nics() {
	local bdf
	for bdf in "${SL_NICS[@]}"; do
		SL_ABOUT=$bdf
		finding nic ok "$bdf is an $(nic_name "$bdf")"
		doctor_nic "$bdf" note
	done
	((${#SL_NICS[@]})) ||
		finding nic note "no NIC that net_syncline drives is in this machine: the software NIC stands in"
}

# The NIC asked about: is it there, is it one of ours?
doctor_device() {
	local dev=/sys/bus/pci/devices/$SL_DEVICE id
	SL_ABOUT=$SL_DEVICE
	look "$dev/vendor"
	id=$REPLY
	look "$dev/device"
	id+=:$REPLY
	if [[ ! -d $SL_ROOT$dev ]]; then
		finding nic fix "no PCI device $SL_DEVICE; NICs of net_syncline's here: ${SL_NICS[*]:-none}" "echo 1 > /sys/bus/pci/rescan"
	elif [[ " ${SL_NICS[*]} " != *" $SL_DEVICE "* ]]; then
		# DPDK may have another driver for it.
		if [[ -n $SL_FOR ]]; then doctor_nic "$SL_DEVICE" fix; fi
		finding nic "$([[ -n $SL_FOR ]] && ((SL_COUNT[fix])) && printf note || printf fix)" "$SL_DEVICE is $id, which net_syncline does not drive; it drives 0x8086 with $SL_IDS; \
NICs of net_syncline's here: ${SL_NICS[*]:-none}"
	else
		finding nic ok "$SL_DEVICE is an $(nic_name "$SL_DEVICE")"
		doctor_nic "$SL_DEVICE" fix
	fi
	SL_ABOUT=
}

doctor_usage() {
	printf 'syncline: doctor: %s See ./syncline doctor --help.\n' "$*" >&2
	exit 2
}

doctor_words() {
	while (($#)); do
		case "$1" in
		--help | -h) doctor_help && exit ;;
		--json) SL_FORM=json ;;
		--plugin | --for | --errno | --pid)
			(($# >= 2)) || doctor_usage "$1 needs a value."
			doctor_value "$1" "$2"
			shift
			;;
		--)
			eal_words "${@:2}"
			break
			;;
		*) doctor_bdf "$1" ;;
		esac
		shift
	done
}

doctor_value() {
	case $1$2 in
	--plugin*)
		# Of a machine made of files, it is one of those.
		if [[ -z $SL_ROOT ]]; then callers "$2"; else REPLY=$2; fi
		SL_PLUGIN_FILE=$REPLY
		;;
	--foreal | --forport | --formemlock) SL_FOR=$2 SL_FORM=sentence ;;
	--for*) doctor_usage "--for: '$2' is none of eal, port, memlock." ;;
	*)
		[[ $2 =~ ^[0-9]{1,9}$ ]] || doctor_usage "$1: '$2' is no number."
		if [[ $1 == --pid ]]; then SL_PID=$2; else SL_ERRNO=$2; fi
		;;
	esac
}

# REPLY: a PCI address in full; fails when it is none.
bdf_of() {
	REPLY=${1,,}
	[[ $REPLY =~ ^([0-9a-f]{4,8}:)?[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$ ]] || return 1
	if [[ $REPLY == ??:* ]]; then REPLY=0000:$REPLY; fi
}

doctor_bdf() {
	bdf_of "$1" || doctor_usage "unknown word '$1'. Allowed: --json, --plugin FILE, or a PCI address such as 0000:03:00.0."
	[[ -z $SL_DEVICE ]] || doctor_usage "two PCI addresses, $SL_DEVICE and $1; one at a time."
	SL_DEVICE=$REPLY
}

# What EAL was given: "-x V", "-xV", "--long V", "--long=V", or a word without a value.
eal_words() {
	local word value
	while (($#)); do
		word=$1 value=
		shift
		case $word in
		--*=*) value=${word#*=} word=${word%%=*} ;;
		-[adm] | --allow | --huge-dir | --vdev) value=${1-} && shift ;;
		-[adm]*) value=${word:2} word=${word:0:2} ;;
		esac
		eal_word "$word" "$value"
	done
}

eal_word() {
	SL_EAL_WORDS+="$1 "
	case $1 in
	-a | --allow)
		# Names of virtual devices may be allowed too: they do not count.
		REPLY=${2#pci:}
		if bdf_of "${REPLY%%,*}"; then SL_EAL_DEVICES+=("$REPLY"); fi
		;;
	-d) SL_EAL_DRIVERS+=("$2") ;;
	-m) if [[ $2 =~ ^[1-9][0-9]{0,8}$ ]]; then SL_HUGE_NEED=$((($2 + 1) / 2)) SL_HUGE_FOR=" for -m $2"; fi ;;
	esac
}

# Does that NIC, which somebody asks for, need vfio-pci? One that is not there needs nothing, and uio is another way.
needs_vfio() {
	driver_of "$1"
	[[ -d $SL_ROOT/sys/bus/pci/devices/$1 && $REPLY != @(uio_pci_generic|igb_uio) ]]
}

# Somebody who gave a NIC to vfio-pci, or asks for one, wants it to work.
doctor_wants_nic() {
	local bdf
	if [[ -n $SL_DEVICE ]]; then
		needs_vfio "$SL_DEVICE"
		return
	fi
	for bdf in "${SL_NICS[@]}"; do
		driver_of "$bdf"
		if [[ $REPLY == vfio-pci ]]; then return 0; fi
	done
	return 1
}

# What keeps these devices from being ports.
for_devices() {
	(($#)) || return 0
	for SL_DEVICE; do
		if needs_vfio "$SL_DEVICE"; then SL_REAL=fix; fi
	done
	doctor_iommu
	doctor_lockdown
	doctor_vfio
	for SL_DEVICE; do doctor_device; done
	doctor_memlock
}

# Devices that nobody named: EAL tries all that vfio-pci has.
for_bound() {
	local bound=("$SL_ROOT"/sys/bus/pci/drivers/vfio-pci/*:*:*.*)
	if [[ -e ${bound[0]} && $SL_EAL_WORDS != *" --no-pci "* ]]; then for_devices "${bound[@]##*/}"; fi
}

for_memory() {
	if [[ $SL_EAL_WORDS == *" --no-huge "* ]]; then return 0; fi
	SL_NO_HUGE_WAY=(-- "give EAL --no-huge, without --in-memory")
	SL_IN_MEMORY_WAY=(-- "give EAL --in-memory")
	if [[ $SL_EAL_WORDS != *" --in-memory "* && $SL_EAL_WORDS != *" --huge-dir "* ]]; then SL_MOUNT=fix; fi
	if [[ -z $SL_HUGE_FOR ]]; then SL_HUGE_NEED=1; fi
	doctor_hugepages
	doctor_hugetlbfs
}

for_words() {
	local file
	if [[ $SL_EAL_WORDS == *" --no-huge "* && $SL_EAL_WORDS == *" --in-memory "* ]]; then
		finding eal-words fix "EAL takes --no-huge and --in-memory not together" \
			"leave one of them out; with --no-huge, --no-shconf lets several programs run at a time"
	fi
	for file in "${SL_EAL_DRIVERS[@]}"; do
		# A bare name is looked up as libraries are.
		[[ $file == */* ]] || continue
		doctor_value --plugin "$file"
		doctor_plugin
	done
	for_devices "${SL_EAL_DEVICES[@]}"
}

# The errno tells at which step EAL gave up: 12 and 13 are ENOMEM and EACCES, 22 is EINVAL.
for_eal() {
	case $SL_ERRNO in
	12 | 13) for_memory ;;
	22) for_words ;;
	*)
		for_devices "${SL_EAL_DEVICES[@]}"
		((SL_COUNT[fix])) || for_bound
		((SL_COUNT[fix])) || for_memory
		;;
	esac
}

for_port() {
	if [[ -n $SL_DEVICE ]]; then
		for_devices "$SL_DEVICE"
	elif [[ $SL_EAL_WORDS == *" --vdev "* ]]; then
		finding port fix "no device given with --vdev is one"
	else
		for_bound
		((SL_COUNT[fix])) || finding port fix "give one as EAL option: -a 0000:01:00.0 for a NIC bound to vfio-pci, or \
--vdev net_syncline_soft0"
	fi
}

for_memlock() {
	SL_REAL=fix
	doctor_memlock
}

doctor_all() {
	if doctor_wants_nic; then SL_REAL=fix; fi
	doctor_root
	if [[ -z $SL_DEVICE ]]; then
		doctor_packages
		doctor_dpdk
		doctor_cpus
		doctor_tap
	fi
	doctor_hugepages
	doctor_hugetlbfs
	doctor_plugin
	doctor_memlock
	doctor_iommu
	doctor_lockdown
	doctor_vfio
	if [[ -n $SL_DEVICE ]]; then doctor_device; else doctor_nics; fi
	doctor_coherence "${SL_DEVICE:-${SL_NICS[0]-}}"
}

cmd_doctor() {
	# A machine where something is amiss is the business here: a look that fails ends nothing.
	set +eo pipefail
	doctor_words "$@"
	doctor_survey
	if [[ -n $SL_FOR ]]; then "for_$SL_FOR"; else doctor_all; fi
	case $SL_FORM in
	json) print_json ;;
	sentence) printf '%s\n' "$SL_SENTENCE" ;;
	*)
		[[ -s $SL_CHANGES ]] && printf 'changed outside this folder by syncline so far:\n' &&
			sed 's/^/      /' "$SL_CHANGES"
		;;
	esac
	((SL_COUNT[fix] == 0))
}
