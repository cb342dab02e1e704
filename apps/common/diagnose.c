/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Finds the first cause why EAL did not start or has no port, and says how to
 * mend it: memory, plugins, drivers and IOMMU of the devices that were asked
 * for. It reads /proc and /sys and changes nothing.
 */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <rte_common.h>
#include <rte_errno.h>
#include <rte_pci.h>

#include "diagnose.h"
#include "huge.h"

/** Locked memory that the default run of sl-testpmd needs, with some room. */
#define MEMLOCK_LEAST (64u << 20)
#define NOIOMMU_MODE "/sys/module/vfio/parameters/enable_unsafe_noiommu_mode"
#define CAP_BIT_IPC_LOCK 14

/** Where the sentence goes. */
struct why {
	char *text;
	size_t len;
};

/** Write the sentence. @return true, so that a check can end with this call. */
static bool __rte_format_printf(2, 3) because(const struct why *why, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why->text, why->len, fmt, ap);
	va_end(ap);
	return true;
}

/** The value of an option at argv[*i]: "-x V", "-xV", "--long V" or "--long=V"; or NULL. */
static const char *
option_value(const struct diagnose *d, int *i, char brief, const char *name)
{
	const char *arg = d->argv[*i];
	size_t n = strlen(name);

	if (strcmp(arg, name) == 0 || (arg[0] == '-' && arg[1] == brief && arg[2] == '\0'))
		return *i + 1 < d->argc ? d->argv[++*i] : NULL;
	if (strncmp(arg, name, n) == 0 && arg[n] == '=')
		return arg + n + 1;
	return arg[0] == '-' && arg[1] == brief ? arg + 2 : NULL;
}

#define NO_BRIEF '\n'

/** The value of EAL's option the n-th time it is given, or NULL. */
static const char *
eal_option(const struct diagnose *d, char brief, const char *name, unsigned int n)
{
	for (int i = 1; i < d->argc && strcmp(d->argv[i], "--") != 0; i++) {
		const char *value = option_value(d, &i, brief, name);

		if (value != NULL && n-- == 0)
			return value;
	}
	return NULL;
}

static bool
eal_flag(const struct diagnose *d, const char *name)
{
	for (int i = 1; i < d->argc && strcmp(d->argv[i], "--") != 0; i++) {
		if (strcmp(d->argv[i], name) == 0)
			return true;
	}
	return false;
}

int
diagnose_allowed(const struct diagnose *d, unsigned int i, char bdf[DIAGNOSE_BDF_LEN])
{
	const char *value;

	/* Names of virtual devices may be allowed too: they do not count. */
	for (unsigned int n = 0; (value = eal_option(d, 'a', "--allow", n)) != NULL; n++) {
		char text[32];
		struct rte_pci_addr addr;

		if (strncmp(value, "pci:", 4) == 0)
			value += 4;
		snprintf(text, sizeof(text), "%.*s", (int)strcspn(value, ","), value);
		if (rte_pci_addr_parse(text, &addr) != 0 || i-- != 0)
			continue;
		rte_pci_device_name(&addr, bdf, DIAGNOSE_BDF_LEN);
		return 0;
	}
	return -1;
}

static void __rte_format_printf(3, 4)
	path_of(const struct diagnose *d, char path[PATH_MAX], const char *fmt, ...)
{
	int n = snprintf(path, PATH_MAX, "%s", d->root);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(path + n, PATH_MAX - n, fmt, ap);
	va_end(ap);
}

static bool
exists(const struct diagnose *d, const char *path)
{
	char full[PATH_MAX];

	path_of(d, full, "%s", path);
	return access(full, F_OK) == 0;
}

/** First line of a file; "" when there is none. */
static void
first_line(const struct diagnose *d, const char *path, char *out, size_t len)
{
	char full[PATH_MAX];
	FILE *f;

	out[0] = '\0';
	path_of(d, full, "%s", path);
	f = fopen(full, "r");
	if (f == NULL)
		return;
	if (fgets(out, (int)len, f) == NULL)
		out[0] = '\0';
	out[strcspn(out, "\n")] = '\0';
	fclose(f);
}

static unsigned long
number_in(const struct diagnose *d, const char *path)
{
	char line[64];

	first_line(d, path, line, sizeof(line));
	return strtoul(line, NULL, 10);
}

/** Last part of what a link points to; "" when there is none. */
static void
link_end(const struct diagnose *d, const char *path, char *out, size_t len)
{
	char full[PATH_MAX], target[PATH_MAX];
	ssize_t n;

	path_of(d, full, "%s", path);
	n = readlink(full, target, sizeof(target) - 1);
	target[RTE_MAX(n, 0)] = '\0';
	snprintf(out, len, "%s", n > 0 ? basename(target) : "");
}

/* Memory. */

static unsigned long
hugepages_in(const struct diagnose *d, const char *folder, const char *file)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", folder, file);
	return number_in(d, path);
}

/** Free hugepages, without those that are reserved by a process that has not touched them yet. */
static unsigned long
hugepages_unpromised(const struct diagnose *d, const char *folder)
{
	const unsigned long n = hugepages_in(d, folder, "free_hugepages");
	const unsigned long promised = hugepages_in(d, folder, "resv_hugepages");

	return n > promised ? n - promised : 0;
}

static bool
check_flags(const struct diagnose *d, const struct why *why)
{
	return eal_flag(d, "--no-huge") && eal_flag(d, "--in-memory") &&
		because(why,
			"EAL takes --no-huge and --in-memory not together."
			" Mend: leave one of them out; with --no-huge, --no-shconf lets"
			" several programs run at a time");
}

static bool
check_hugepages(const struct diagnose *d, const struct why *why)
{
	const char *two = "/sys/kernel/mm/hugepages/hugepages-2048kB";
	const char *gib = "/sys/kernel/mm/hugepages/hugepages-1048576kB";
	const char *given = eal_option(d, 'm', "-m", 0);
	unsigned long asked = given != NULL ? strtoul(given, NULL, 10) : 0;
	unsigned long total, mib, gib_mib;

	if (eal_flag(d, "--no-huge"))
		return false;
	total = hugepages_in(d, two, "nr_hugepages");
	mib = 2 * hugepages_unpromised(d, two);
	gib_mib = 1024 * hugepages_unpromised(d, gib);
	if (mib + gib_mib != 0 && mib + gib_mib >= asked)
		return gib_mib == 0 && d->root[0] == '\0' &&
			!huge_can_be_had((unsigned int)RTE_MAX(asked, 2ul)) &&
			because(why,
				"hugepages: %lu MiB are counted as free, and this process cannot have"
				" %lu MiB of them: the limit of its control group, most likely. Mend:"
				" ./syncline doctor names the limit; or give EAL --no-huge, without"
				" --in-memory",
				mib, RTE_MAX(asked, 2ul));
	mib += gib_mib;
	return because(why,
		"hugepages: %lu MiB are free%s%s%s; %lu pages of 2 MiB are reserved. Mend: echo %lu > "
		"%s/nr_hugepages, or end who uses them, or give EAL --no-huge, without --in-memory",
		mib, asked != 0 ? ", -m asks for " : "", asked != 0 ? given : "",
		asked != 0 ? " MiB" : "", total, total + RTE_MAX(asked / 2, 256ul), two);
}

static bool
check_hugetlbfs(const struct diagnose *d, const struct why *why)
{
	char path[PATH_MAX], line[512], dir[256], type[64];
	bool found = false;
	FILE *f;

	if (eal_flag(d, "--no-huge"))
		return false;
	path_of(d, path, "/proc/mounts");
	f = fopen(path, "r");
	while (f != NULL && !found && fgets(line, sizeof(line), f) != NULL)
		found = sscanf(line, "%*s %255s %63s", dir, type) == 2 &&
			strcmp(type, "hugetlbfs") == 0;
	if (f != NULL)
		fclose(f);
	if (!found)
		return !eal_flag(d, "--in-memory") &&
			because(why,
				"no hugetlbfs is mounted. Mend: mount -t hugetlbfs hugetlbfs "
				"/dev/hugepages, or give EAL --in-memory");
	path_of(d, path, "%s", dir);
	if (access(path, R_OK | X_OK) != 0)
		return because(why, "user %u may not read hugetlbfs on %s. Mend: chmod a+rx %s",
			geteuid(), dir, dir);
	if (access(path, W_OK) != 0 && !eal_flag(d, "--in-memory") &&
		eal_option(d, NO_BRIEF, "--huge-dir", 0) == NULL)
		return because(why,
			"user %u may not write to hugetlbfs on %s. Mend: give EAL --in-memory",
			geteuid(), dir);
	return false;
}

/* Plugins. */

/** EAL refuses a plugin when everybody may write to its file or to a folder on its path. */
static bool
check_plugin(const struct diagnose *d, const char *file, const struct why *why)
{
	char path[PATH_MAX];
	struct stat st;

	if (realpath(file, path) == NULL) {
		/* A bare name is looked up as libraries are. */
		return strchr(file, '/') != NULL &&
			because(why, "-d: '%s': %s", file, strerror(errno));
	}
	RTE_SET_USED(d);
	for (;;) {
		if (stat(path, &st) == 0 && (st.st_mode & S_IWOTH) != 0)
			return because(why,
				"-d: EAL loads no driver that everybody may write to, and so it is"
				" with '%s', on the way to '%s'. Mend: %s",
				path, file,
				(st.st_mode & S_ISVTX) != 0 ?
					"copy it elsewhere, to /usr/local/lib say" :
					"chmod o-w that folder");
		if (strcmp(path, "/") == 0)
			return false;
		memmove(path, dirname(path), strlen(path) + 1);
	}
}

static bool
check_plugins(const struct diagnose *d, const struct why *why)
{
	const char *file;

	for (unsigned int n = 0; (file = eal_option(d, 'd', "-d", n)) != NULL; n++) {
		if (check_plugin(d, file, why))
			return true;
	}
	return false;
}

/* Devices. */

static bool
has_iommu(const struct diagnose *d)
{
	char path[PATH_MAX];
	const struct dirent *e;
	bool found = false;
	DIR *dir;

	path_of(d, path, "/sys/kernel/iommu_groups");
	dir = opendir(path);
	while (dir != NULL && !found && (e = readdir(dir)) != NULL) {
		char name[PATH_MAX], kind[32];

		snprintf(name, sizeof(name), "/sys/kernel/iommu_groups/%s/name", e->d_name);
		first_line(d, name, kind, sizeof(kind));
		found = e->d_name[0] != '.' && strcmp(kind, "vfio-noiommu") != 0;
	}
	if (dir != NULL)
		closedir(dir);
	return found;
}

/** The kernel's word in brackets: "integrity", "confidentiality"; "" when it is "none". */
static void
lockdown(const struct diagnose *d, char *out, size_t len)
{
	char line[128];
	char *word, *end;

	out[0] = '\0';
	first_line(d, "/sys/kernel/security/lockdown", line, sizeof(line));
	word = strchr(line, '[');
	end = word != NULL ? strchr(word, ']') : NULL;
	if (end == NULL)
		return;
	*end = '\0';
	if (strcmp(word + 1, "none") != 0)
		snprintf(out, len, "%s", word + 1);
}

/** vfio-pci cannot take a NIC: the module, the IOMMU. */
static bool
check_vfio(const struct diagnose *d, const char *bdf, const char *state, const struct why *why)
{
	char mode[8], locked[32];

	if (!exists(d, "/sys/bus/pci/drivers/vfio-pci"))
		return because(why,
			"%s %s, and vfio-pci is not loaded. Mend: modprobe vfio-pci &&"
			" dpdk-devbind.py -b vfio-pci %s",
			bdf, state, bdf);
	first_line(d, NOIOMMU_MODE, mode, sizeof(mode));
	if (has_iommu(d) || mode[0] == 'Y' || mode[0] == '1')
		return because(why,
			"%s %s; DPDK needs vfio-pci. Mend: dpdk-devbind.py -b vfio-pci %s", bdf,
			state, bdf);
	lockdown(d, locked, sizeof(locked));
	/* Kernels may be built without vfio's no-IOMMU mode; Debian's are. */
	return because(why,
		"%s %s; DPDK needs vfio-pci, which needs an IOMMU, and none is in use%s%s. Mend: switch"
		" it on in the firmware and boot with intel_iommu=on; or, with no protection from"
		" the NIC's DMA: %s %s",
		bdf, state, locked[0] != '\0' ? "; kernel lockdown is " : "", locked,
		exists(d, NOIOMMU_MODE) ?
			"echo 1 > " NOIOMMU_MODE " && dpdk-devbind.py -b vfio-pci" :
			"modprobe uio_pci_generic && dpdk-devbind.py -b uio_pci_generic",
		bdf);
}

/** "NAME (PID)" of another process that has a file open; false when none is seen. */
static bool
holder_of(const struct diagnose *d, const char *file, char *out, size_t len)
{
	char path[PATH_MAX], name[PATH_MAX];
	const struct dirent *p, *e;
	bool found = false;
	DIR *proc, *fds;

	path_of(d, path, "/proc");
	proc = opendir(path);
	while (proc != NULL && !found && (p = readdir(proc)) != NULL) {
		long pid = strtol(p->d_name, NULL, 10);

		if (pid <= 0 || pid == getpid())
			continue;
		path_of(d, path, "/proc/%ld/fd", pid);
		fds = opendir(path);
		while (fds != NULL && !found && (e = readdir(fds)) != NULL) {
			ssize_t n = readlinkat(dirfd(fds), e->d_name, name, sizeof(name) - 1);

			name[RTE_MAX(n, 0)] = '\0';
			found = strcmp(name, file) == 0;
		}
		if (fds != NULL)
			closedir(fds);
		snprintf(name, sizeof(name), "/proc/%ld/comm", pid);
		first_line(d, name, path, sizeof(path));
		if (found)
			snprintf(out, len, "%.32s (%ld)", path, pid);
	}
	if (proc != NULL)
		closedir(proc);
	return found;
}

/** The file that vfio gives a group: may this user open it, has another process got it? */
static bool
check_node(const struct diagnose *d, const char *bdf, const struct why *why)
{
	char path[PATH_MAX], group[32], kind[32], node[64], who[64];
	int fd, err;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/iommu_group", bdf);
	link_end(d, path, group, sizeof(group));
	snprintf(path, sizeof(path), "/sys/kernel/iommu_groups/%s/name", group);
	first_line(d, path, kind, sizeof(kind));
	snprintf(node, sizeof(node), "/dev/vfio/%s%s",
		strcmp(kind, "vfio-noiommu") == 0 ? "noiommu-" : "", group);
	if (holder_of(d, node, who, sizeof(who)))
		return because(
			why, "%s is in use by another process, %s. Mend: end that one", bdf, who);
	path_of(d, path, "%s", node);
	fd = open(path, O_RDWR | O_CLOEXEC);
	err = errno;
	if (fd >= 0)
		close(fd);
	if (fd >= 0)
		return false;
	if (err == EPERM)
		return because(why, "%s (no IOMMU) may be opened by root alone, not by user %u",
			node, geteuid());
	if (err == EACCES)
		return because(why,
			"user %u may not open %s, the IOMMU group of %s. Mend: chown %u %s",
			geteuid(), node, bdf, geteuid(), node);
	/* A busy group that no other process holds is most likely held by this process. */
	return err != EBUSY &&
		because(why, "%s, the IOMMU group of %s: %s", node, bdf, strerror(err));
}

/** An ordinary user pins memory up to a limit only. */
static bool
check_memlock(const struct diagnose *d, const struct why *why)
{
	unsigned long long caps = 0;
	char path[PATH_MAX], line[256];
	struct rlimit lim;
	FILE *f;

	path_of(d, path, "/proc/self/status");
	f = fopen(path, "r");
	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		if (sscanf(line, "CapEff: %llx", &caps) == 1)
			break;
	}
	if (f != NULL)
		fclose(f);
	getrlimit(RLIMIT_MEMLOCK, &lim);
	if (((caps >> CAP_BIT_IPC_LOCK) & 1) != 0 || lim.rlim_cur >= MEMLOCK_LEAST)
		return false;
	return because(why,
		"user %u may lock only %llu KiB of memory for DMA (ulimit -l), %u KiB are needed."
		" Mend: prlimit --pid %d --memlock=unlimited:unlimited, by root",
		geteuid(), (unsigned long long)lim.rlim_cur >> 10, MEMLOCK_LEAST >> 10, getppid());
}

/** Drivers that hand out registers and interrupt alone: the NIC is given physical addresses. */
static bool
check_uio(const char *bdf, const char *driver, const char *locked, const struct why *why)
{
	if (locked[0] != '\0')
		return because(why,
			"%s is bound to %s, which kernel lockdown (%s, Secure Boot) keeps from its"
			" registers. Mend: dpdk-devbind.py -b vfio-pci %s, with an IOMMU",
			bdf, driver, locked, bdf);
	return geteuid() != 0 &&
		because(why,
			"%s is bound to %s, which is for root alone, not for user %u. Mend: run it by"
			" root, or dpdk-devbind.py -b vfio-pci %s, with an IOMMU",
			bdf, driver, geteuid(), bdf);
}

static bool
check_device(const struct diagnose *d, const char *bdf, const struct why *why)
{
	char path[PATH_MAX], driver[64], locked[32], state[128];

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s", bdf);
	if (!exists(d, path))
		return because(why, "there is no PCI device %s", bdf);
	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/driver", bdf);
	link_end(d, path, driver, sizeof(driver));
	lockdown(d, locked, sizeof(locked));
	if (strcmp(driver, "uio_pci_generic") == 0 || strcmp(driver, "igb_uio") == 0)
		return check_uio(bdf, driver, locked, why);
	if (driver[0] == '\0')
		return check_vfio(d, bdf, "has no driver", why);
	snprintf(state, sizeof(state), "is bound to the kernel's driver %s", driver);
	if (strcmp(driver, "vfio-pci") != 0)
		return check_vfio(d, bdf, state, why);
	return check_node(d, bdf, why) || check_memlock(d, why);
}

static bool
check_devices(const struct diagnose *d, const struct why *why)
{
	char bdf[DIAGNOSE_BDF_LEN];

	for (unsigned int i = 0; diagnose_allowed(d, i, bdf) == 0; i++) {
		if (check_device(d, bdf, why))
			return true;
	}
	return false;
}

/** No PCI device was asked for, so EAL tried all that vfio-pci has: what is wrong with them? */
static bool
check_bound(const struct diagnose *d, const struct why *why)
{
	char path[PATH_MAX];
	const struct dirent *e;
	bool said = false;
	DIR *dir;

	path_of(d, path, "/sys/bus/pci/drivers/vfio-pci");
	dir = opendir(path);
	while (dir != NULL && !said && (e = readdir(dir)) != NULL) {
		struct rte_pci_addr addr;

		said = rte_pci_addr_parse(e->d_name, &addr) == 0 && check_device(d, e->d_name, why);
	}
	if (dir != NULL)
		closedir(dir);
	return said;
}

void
diagnose_start(const struct diagnose *d, int err, char *why, size_t len)
{
	const struct why w = {.text = why, .len = len};
	bool said = false;

	/* rte_errno tells at which step EAL gave up. */
	if (err == EACCES || err == ENOMEM)
		said = check_hugepages(d, &w) || check_hugetlbfs(d, &w);
	else if (err == EINVAL)
		said = check_flags(d, &w) || check_plugins(d, &w) || check_devices(d, &w);
	else
		said = check_devices(d, &w) || check_bound(d, &w) || check_hugepages(d, &w);
	if (!said)
		because(&w, "%s; EAL's own words are above", rte_strerror(err));
}

bool
diagnose_memlock(const struct diagnose *d, char *why, size_t len)
{
	return check_memlock(d, &(struct why){.text = why, .len = len});
}

void
diagnose_device(const struct diagnose *d, const char *bdf, char *why, size_t len)
{
	const struct why w = {.text = why, .len = len};

	if (!check_device(d, bdf, &w))
		because(&w, "no driver took %s, or it refused it; its own words are above", bdf);
}

void
diagnose_no_port(const struct diagnose *d, char *why, size_t len)
{
	const struct why w = {.text = why, .len = len};

	if (eal_option(d, NO_BRIEF, "--vdev", 0) != NULL)
		because(&w, "no device given with --vdev is one");
	else if (eal_flag(d, "--no-pci") || !check_bound(d, &w))
		because(&w,
			"give one as EAL option: -a 0000:01:00.0 for a NIC bound to vfio-pci, or"
			" --vdev net_syncline_soft0");
}
