/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * diagnose.c's search for what keeps a program from a port, on machines made
 * of files.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <rte_common.h>

#include "diagnose.h"

#define NIC "0000:01:00.0"
#define HUGE_2M "/sys/kernel/mm/hugepages/hugepages-2048kB"
#define MODE "/sys/module/vfio/parameters/enable_unsafe_noiommu_mode"

static char root[64];
static char why[DIAGNOSE_LEN];

/** A path of the machine; its folders are made. */
static char *
in_root(const char *path)
{
	static char full[PATH_MAX];

	snprintf(full, sizeof(full), "%s%s", root, path);
	for (char *p = full + strlen(root) + 1; *p != '\0'; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		mkdir(full, 0755);
		*p = '/';
	}
	return full;
}

static void
put(const char *path, const char *text)
{
	FILE *f = fopen(in_root(path), "w");

	assert_non_null(f);
	fprintf(f, "%s\n", text);
	fclose(f);
}

static void
point(const char *path, const char *target)
{
	const char *full = in_root(path);

	unlink(full);
	assert_int_equal(symlink(target, full), 0);
}

static void
gone(const char *path)
{
	char command[PATH_MAX + 16];

	snprintf(command, sizeof(command), "rm -rf '%s'", in_root(path));
	assert_int_equal(system(command), 0);
}

/** A machine with a NIC, on which nothing is wrong. */
static int
machine(void **state)
{
	RTE_SET_USED(state);
	strcpy(root, "diagnose.XXXXXX");
	if (mkdtemp(root) == NULL)
		return -1;
	put(HUGE_2M "/nr_hugepages", "512");
	put(HUGE_2M "/free_hugepages", "300");
	put("/proc/mounts", "huge /dev/hugepages hugetlbfs rw 0 0");
	put("/dev/hugepages/file", "");
	put("/proc/self/status", "CapEff:\t000001ffffffffff");
	put(MODE, "N");
	put("/sys/kernel/iommu_groups/7/type", "DMA");
	put("/sys/bus/pci/drivers/vfio-pci/bind", "");
	put("/sys/bus/pci/devices/" NIC "/class", "0x020000");
	point("/sys/bus/pci/drivers/vfio-pci/" NIC, "../../devices/" NIC);
	point("/sys/bus/pci/devices/" NIC "/driver", "../../drivers/vfio-pci");
	point("/sys/bus/pci/devices/" NIC "/iommu_group", "../../../../kernel/iommu_groups/7");
	put("/dev/vfio/7", "");
	return 0;
}

static int
remove_machine(void **state)
{
	RTE_SET_USED(state);
	gone("/");
	return 0;
}

/** What is looked at, with these words behind the program's name. */
static const struct diagnose *
given(const char *words)
{
	static struct diagnose d;
	static char text[PATH_MAX + 16], *argv[16];

	snprintf(text, sizeof(text), "sl-testpmd %s", words);
	d = (struct diagnose){.root = root, .argv = argv};
	for (char *w = strtok(text, " "); w != NULL; w = strtok(NULL, " "))
		argv[d.argc++] = w;
	return &d;
}

static void
says(const char *text)
{
	if (strstr(why, text) == NULL)
		fail_msg("'%s' does not say '%s'", why, text);
}

static void
start_says(const char *words, int err, const char *text)
{
	why[0] = '\0';
	diagnose_start(given(words), err, why, sizeof(why));
	says(text);
}

static void
device_says(const char *text)
{
	why[0] = '\0';
	diagnose_device(given("-a " NIC), NIC, why, sizeof(why));
	says(text);
}

static void
test_hugepages(void **state)
{
	RTE_SET_USED(state);
	start_says("-m 1024 --in-memory", ENOMEM, "600 MiB are free, -m asks for 1024 MiB");
	says("Mend: echo 1024 > " HUGE_2M "/nr_hugepages");
	start_says("-m1024 --no-huge", ENOMEM, "EAL's own words");
	start_says("-m 512", ENOMEM, "EAL's own words");
	put(HUGE_2M "/resv_hugepages", "290");
	start_says("-m 512", ENOMEM, "hugepages: 20 MiB are free, -m asks for 512 MiB");
	start_says("-l 0 --no-huge -m 64 --in-memory", EINVAL,
		"EAL takes --no-huge and --in-memory not together. Mend: leave one");
	put(HUGE_2M "/free_hugepages", "0");
	start_says("-l 0 -- -m 1", ENOMEM, "hugepages: 0 MiB are free; 512 pages");
	put("/sys/kernel/mm/hugepages/hugepages-1048576kB/free_hugepages", "1");
	start_says("-l 0", ENOMEM, "EAL's own words");
}

static void
test_hugetlbfs(void **state)
{
	RTE_SET_USED(state);
	start_says("-l 0", EACCES, "EAL's own words");
	put("/proc/mounts", "proc /proc proc rw 0 0");
	start_says("-l 0", EACCES, "no hugetlbfs is mounted. Mend: mount -t hugetlbfs");
	start_says("-l 0 --in-memory", EACCES, "EAL's own words");
}

/** Looks at this machine's files, whatever the root: EAL does. */
static void
test_plugins(void **state)
{
	char words[PATH_MAX];

	RTE_SET_USED(state);
	put("/open/driver.so", "");
	assert_int_equal(chmod(in_root("/open"), 0777), 0);
	snprintf(words, sizeof(words), "-d %s/open/driver.so", root);
	start_says(words, EINVAL, "everybody may write to");
	says("/open', on the way to");
	snprintf(words, sizeof(words), "-d%s/open/none.so", root);
	start_says(words, EINVAL, "none.so': No such file or directory");
	start_says("-d none.so", EINVAL, "EAL's own words");
}

static void
test_driver(void **state)
{
	RTE_SET_USED(state);
	device_says("its own words are above");
	point("/sys/bus/pci/devices/" NIC "/driver", "../../drivers/igb");
	device_says(NIC " is bound to the kernel's driver igb; DPDK needs vfio-pci."
			" Mend: dpdk-devbind.py -b vfio-pci " NIC);
	gone("/sys/bus/pci/devices/" NIC "/driver");
	device_says(NIC " has no driver; DPDK needs vfio-pci");
	gone("/sys/bus/pci/drivers/vfio-pci");
	device_says("vfio-pci is not loaded. Mend: modprobe vfio-pci");
	gone("/sys/bus/pci/devices/" NIC);
	device_says("there is no PCI device " NIC);
}

static void
test_no_iommu(void **state)
{
	RTE_SET_USED(state);
	gone("/sys/bus/pci/devices/" NIC "/driver");
	gone("/sys/kernel/iommu_groups/7");
	device_says("needs an IOMMU, and none is in use. Mend: switch it on in the firmware");
	says("echo 1 > " MODE);
	put("/sys/kernel/security/lockdown", "none [integrity] confidentiality");
	device_says("none is in use; kernel lockdown is integrity");
	put(MODE, "Y");
	device_says("DPDK needs vfio-pci. Mend: dpdk-devbind.py");
	/* A group of vfio's own is no IOMMU. */
	put(MODE, "N");
	put("/sys/kernel/iommu_groups/0/name", "vfio-noiommu");
	device_says("needs an IOMMU, and none is in use");
	says("echo 1 > " MODE);
	/* A kernel whose vfio has no such mode. */
	gone(MODE);
	device_says("needs an IOMMU, and none is in use");
	says("NIC's DMA: modprobe uio_pci_generic && dpdk-devbind.py -b uio_pci_generic " NIC);
	point("/sys/bus/pci/devices/" NIC "/driver", "../../drivers/uio_pci_generic");
	device_says("bound to uio_pci_generic, which kernel lockdown (integrity");
	gone("/sys/kernel/security/lockdown");
	device_says(geteuid() == 0 ? "its own words are above" :
				     "bound to uio_pci_generic, which is for root alone");
}

static void
test_group(void **state)
{
	RTE_SET_USED(state);
	put("/proc/4711/comm", "testpmd");
	point("/proc/4711/fd/8", "/dev/vfio/7");
	device_says(NIC " is in use by another process, testpmd (4711)");
	gone("/proc/4711");
	device_says("its own words are above");
	gone("/dev/vfio/7");
	device_says("/dev/vfio/7, the IOMMU group of " NIC ": No such file");
	put("/sys/kernel/iommu_groups/7/name", "vfio-noiommu");
	put("/dev/vfio/noiommu-7", "");
	device_says("its own words are above");
	if (geteuid() == 0)
		return;
	assert_int_equal(chmod(in_root("/dev/vfio/noiommu-7"), 0), 0);
	device_says("may not open /dev/vfio/noiommu-7, the IOMMU group of " NIC ". Mend: chown");
}

static void
test_memlock(void **state)
{
	struct rlimit old, low;

	RTE_SET_USED(state);
	put("/proc/self/status", "CapEff:\t0000000000000000");
	assert_int_equal(getrlimit(RLIMIT_MEMLOCK, &old), 0);
	low = old;
	low.rlim_cur = 1 << 20;
	assert_int_equal(setrlimit(RLIMIT_MEMLOCK, &low), 0);
	device_says("may lock only 1024 KiB of memory for DMA");
	says("Mend: prlimit --pid");
	why[0] = '\0';
	assert_true(diagnose_memlock(given(""), why, sizeof(why)));
	says("may lock only 1024 KiB of memory for DMA");
	put("/proc/self/status", "CapEff:\t0000000000004000");
	device_says("its own words are above");
	assert_false(diagnose_memlock(given(""), why, sizeof(why)));
	assert_int_equal(setrlimit(RLIMIT_MEMLOCK, &old), 0);
}

/** rte_errno, which tells at what step EAL failed, decides what is checked first. */
static void
test_order(void **state)
{
	RTE_SET_USED(state);
	gone("/sys/bus/pci/devices/" NIC "/driver");
	put("/proc/mounts", "");
	start_says("-a " NIC, ENOTSUP, "has no driver");
	start_says("-a " NIC, EACCES, "no hugetlbfs");
	start_says("-a " NIC, EINVAL, "has no driver");
	/* Devices that nobody named: those of vfio-pci. */
	start_says("-l 0", ENOTSUP, "has no driver");
	start_says("-l 99", EINVAL, "Invalid argument; EAL's own words");
}

static void
test_no_port(void **state)
{
	RTE_SET_USED(state);
	diagnose_no_port(given("--no-pci"), why, sizeof(why));
	says("--vdev net_syncline_soft0");
	diagnose_no_port(given("--vdev=net_syncline_soft0,wire=x"), why, sizeof(why));
	says("no device given with --vdev is one");
	diagnose_no_port(given("-l 0"), why, sizeof(why));
	says("give one as EAL option: -a");
	put("/proc/4711/comm", "testpmd");
	point("/proc/4711/fd/8", "/dev/vfio/7");
	diagnose_no_port(given("-l 0"), why, sizeof(why));
	says("in use by another process, testpmd (4711)");
}

static void
test_allowed(void **state)
{
	const struct diagnose *d = given("-a 02:00.1,coherency=explicit --allow=0001:03:00.0 "
					 "-anet_null0 --allow pci:0000:04:00.0 -- -a 05:00.0");
	char bdf[DIAGNOSE_BDF_LEN];

	RTE_SET_USED(state);
	assert_int_equal(diagnose_allowed(d, 0, bdf), 0);
	assert_string_equal(bdf, "0000:02:00.1");
	assert_int_equal(diagnose_allowed(d, 1, bdf), 0);
	assert_string_equal(bdf, "0001:03:00.0");
	assert_int_equal(diagnose_allowed(d, 2, bdf), 0);
	assert_string_equal(bdf, "0000:04:00.0");
	assert_int_equal(diagnose_allowed(d, 3, bdf), -1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, machine, remove_machine)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_hugepages),
		TEST(test_hugetlbfs),
		TEST(test_plugins),
		TEST(test_driver),
		TEST(test_no_iommu),
		TEST(test_group),
		TEST(test_memlock),
		TEST(test_order),
		TEST(test_no_port),
		TEST(test_allowed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
