/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Loads a driver's library again, from a copy of the file. To this copy, the processor has no
 * MOVDIRI.
 */

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include <rte_cpuflags.h>

#include <bus_pci_driver.h>

#include "stock.h"
#include "twin.h"

typedef int (*flag_fn)(enum rte_cpu_flag_t feature);

/*
 * Base address of the copy's library. EAL's function has no argument for it. One copy is
 * sufficient.
 */
static const void *twin_base;

/* Base address of the library that contains an address, or NULL. */
static const void *
base_of(const void *at)
{
	Dl_info info;

	return dladdr(at, &info) != 0 ? info.dli_fbase : NULL;
}

#ifdef RTE_ARCH_X86

/*
 * Takes precedence over EAL's function, also in drivers that EAL loads, as rte_pci_register() in
 * stock.c does.
 */
int
rte_cpu_get_flag_enabled(enum rte_cpu_flag_t feature)
{
	const void *real = dlsym(RTLD_NEXT, "rte_cpu_get_flag_enabled");
	flag_fn ask;

	if (feature == RTE_CPUFLAG_MOVDIRI && twin_base != NULL &&
		base_of(__builtin_return_address(0)) == twin_base)
		return 0;
	memcpy(&ask, &real, sizeof(ask));
	return real != NULL ? ask(feature) : -ENOENT;
}

bool
twin_matters(void)
{
	return rte_cpu_get_flag_enabled(RTE_CPUFLAG_MOVDIRI) > 0;
}

#else

bool
twin_matters(void)
{
	return false;
}

#endif

/* A file in memory with the content of another file. The loader treats it as another library. */
static int
copy_file(const char *path)
{
	const int from = open(path, O_RDONLY | O_CLOEXEC), to = memfd_create("twin", MFD_CLOEXEC);
	struct stat st;
	off_t at = 0;
	int ret = from < 0 || to < 0 || fstat(from, &st) != 0 ? -errno : 0;

	while (ret == 0 && at < st.st_size) {
		const ssize_t n = sendfile(to, from, &at, (size_t)(st.st_size - at));

		if (n <= 0)
			ret = n < 0 ? -errno : -EIO;
	}
	if (from >= 0)
		close(from);
	if (ret != 0 && to >= 0)
		close(to);
	return ret != 0 ? ret : to;
}

/* Load a copy of the library that contains @p drv. Its constructors register the driver. */
static int
load(const struct rte_pci_driver *drv)
{
	char path[64];
	Dl_info info;
	void *lib;
	int fd;

	if (dladdr(drv, &info) == 0)
		return -ENODEV;
	fd = copy_file(info.dli_fname);
	if (fd < 0)
		return fd;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	lib = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	close(fd);
	if (lib == NULL)
		fprintf(stderr, "%s\n", dlerror());
	return lib != NULL ? 0 : -ELIBBAD;
}

int
twin_load(const char *driver, const char *name)
{
	struct rte_pci_driver *drv = stock_driver(driver), *twin;
	int ret = drv != NULL ? 0 : -ENODEV;

	if (stock_driver(name) != NULL)
		return 0;
	if (ret == 0) {
		/*
		 * The copy registers with the same name, so stock_driver() finds it: it was loaded
		 * last.
		 */
		ret = load(drv);
		twin = stock_driver(driver);
		if (ret == 0 && twin == drv)
			ret = -ENOENT;
		if (ret == 0) {
			twin->driver.name = name;
			twin_base = base_of(twin);
		}
	}
	if (ret != 0)
		fprintf(stderr, "%s cannot be loaded a second time: %s\n", driver, strerror(-ret));
	return ret;
}
