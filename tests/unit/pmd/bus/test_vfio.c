/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * A NIC's VFIO container with a simulated kernel. The driver's library finds this program's
 * ioctl(), open() and so on before the real ones. The fake kernel is as strict as the real one:
 * whole pages, no overlap, and only complete mappings can be unmapped.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/vfio.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <rte_devargs.h>
#include <rte_eal.h>
#include <rte_log.h>
#include <rte_malloc.h>
#include <rte_memory.h>
#include <rte_memzone.h>
#include <rte_vfio.h>

#include <bus_pci_driver.h>

#include "sl_pci_args.h"
#include "sl_vfio.h"
#include "shm_util.h"

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

#define PAGE 4096u
#define GROUP 7
#define MAX_MAPS 256u
#define CONTAINERS 4u
/* Descriptors of the fake kernel. No open file has such a number. */
#define CONTAINER_FD 100000
#define LIMIT_FILE "/sys/module/vfio_iommu_type1/parameters/dma_entry_limit"

struct container {
	bool live;
	int group; /* -1: no group is attached */
	struct {
		uint64_t iova, len, va;
		uint32_t flags;
	} map[MAX_MAPS];
	unsigned int nb_maps;
};

static struct kernel {
	struct container container[CONTAINERS];
	/* Errors of the kernel. */
	bool no_container, no_bind, no_group;
	int open_errno, info_errno, map_device_ret;
	bool not_viable, status_fails;
	int populate_errno;
	int fail_map, map_errno; /* index of the next map call that fails; -1: none */
	unsigned int fail_unmaps, short_unmaps; /* number of calls that fail */
	/* Information that it returns. */
	uint32_t info_flags;
	uint64_t pgsizes;
	uint8_t caps[512]; /* starts at offset cap_offset */
	uint32_t cap_offset;
	const char *limit; /* NULL: the file does not exist */
	/* Requests that it received. */
	int group_fd, groups_opened;
	void *populated;
	size_t populated_len;
	unsigned int mapped_devices;
} kernel;

static char sysfs[64];
static struct shm_log told; /* log of the driver */

/* --- functions of the kernel and EAL that the driver calls --- */

const char *
rte_pci_get_sysfs_path(void)
{
	return sysfs;
}

int
rte_pci_map_device(struct rte_pci_device *pci)
{
	(void)pci;
	if (kernel.map_device_ret == 0)
		kernel.mapped_devices++;
	return kernel.map_device_ret;
}

void
rte_pci_unmap_device(struct rte_pci_device *pci)
{
	(void)pci;
	assert_true(kernel.mapped_devices > 0);
	kernel.mapped_devices--;
}

/* Fills the memory, because EAL does not promise that a memzone is zeroed. */
const struct rte_memzone *
rte_memzone_reserve(const char *name, size_t len, int node, unsigned int flags)
{
	const struct rte_memzone *mz = rte_memzone_reserve_aligned(name, len, node, flags, 64);

	if (mz != NULL)
		memset(mz->addr, 0xa5, mz->len);
	return mz;
}

int
rte_vfio_get_group_num(const char *base, const char *dev, int *group)
{
	assert_string_equal(base, sysfs);
	assert_string_equal(dev, "0000:01:00.0");
	if (kernel.no_group)
		return 0;
	*group = GROUP;
	return 1;
}

int
rte_vfio_container_create(void)
{
	int i = 0;

	if (kernel.no_container)
		return -1;
	while (kernel.container[i].live)
		i++;
	assert_in_range(i, 0, CONTAINERS - 1);
	kernel.container[i] = (struct container){.live = true, .group = -1};
	return CONTAINER_FD + i;
}

static struct container *
container_of_fd(int fd)
{
	assert_in_range(fd, CONTAINER_FD, CONTAINER_FD + CONTAINERS - 1);
	assert_true(kernel.container[fd - CONTAINER_FD].live);
	return &kernel.container[fd - CONTAINER_FD];
}

int
rte_vfio_container_group_bind(int fd, int group)
{
	struct container *c = container_of_fd(fd);

	if (kernel.no_bind)
		return -1;
	assert_int_equal(group, GROUP);
	c->group = group;
	return CONTAINER_FD + 100;
}

int
rte_vfio_container_destroy(int fd)
{
	struct container *c = container_of_fd(fd);

	assert_int_equal(c->nb_maps, 0);
	c->live = false;
	return 0;
}

static int
refuse(int err)
{
	errno = err;
	return -1;
}

static int
tell_info(struct vfio_iommu_type1_info *info)
{
	const uint32_t size = info->argsz;

	assert_true(size >= offsetof(struct vfio_iommu_type1_info, cap_offset));
	if (kernel.info_errno != 0)
		return refuse(kernel.info_errno);
	info->flags = kernel.info_flags;
	info->iova_pgsizes = kernel.pgsizes;
	if (size >= kernel.cap_offset + sizeof(kernel.caps)) {
		info->cap_offset = kernel.cap_offset;
		memcpy((uint8_t *)info + kernel.cap_offset, kernel.caps, sizeof(kernel.caps));
	}
	return 0;
}

static int
map_dma(struct container *c, const struct vfio_iommu_type1_dma_map *m)
{
	unsigned int i;

	assert_int_equal(m->argsz, sizeof(*m));
	assert_int_equal((m->vaddr | m->iova | m->size) % PAGE, 0);
	assert_true(m->size > 0);
	assert_in_range(m->flags, 1, VFIO_DMA_MAP_FLAG_READ | VFIO_DMA_MAP_FLAG_WRITE);
	/* A page that was never written must not be pinned for reading only. */
	if (m->flags == VFIO_DMA_MAP_FLAG_READ) {
		assert_int_equal((uintptr_t)kernel.populated, m->vaddr);
		assert_int_equal(kernel.populated_len, m->size);
	}
	if (kernel.fail_map-- == 0)
		return refuse(kernel.map_errno);
	for (i = 0; i < c->nb_maps; i++)
		assert_true(c->map[i].iova + c->map[i].len <= m->iova ||
			m->iova + m->size <= c->map[i].iova);
	assert_true(c->nb_maps < MAX_MAPS);
	c->map[c->nb_maps].iova = m->iova;
	c->map[c->nb_maps].len = m->size;
	c->map[c->nb_maps].va = m->vaddr;
	c->map[c->nb_maps++].flags = m->flags;
	return 0;
}

static int
unmap_dma(struct container *c, struct vfio_iommu_type1_dma_unmap *u)
{
	unsigned int i;

	assert_int_equal(u->argsz, sizeof(*u));
	assert_int_equal(u->flags, 0);
	if (kernel.fail_unmaps > 0) {
		kernel.fail_unmaps--;
		return refuse(EBUSY);
	}
	if (kernel.short_unmaps > 0) {
		kernel.short_unmaps--;
		u->size = 0;
		return 0;
	}
	for (i = 0; i < c->nb_maps && c->map[i].iova != u->iova; i++)
		;
	assert_true(i < c->nb_maps);
	assert_int_equal(c->map[i].len, u->size);
	c->map[i] = c->map[--c->nb_maps];
	return 0;
}

int
ioctl(int fd, unsigned long request, ...)
{
	va_list ap;
	void *arg;

	va_start(ap, request);
	arg = va_arg(ap, void *);
	va_end(ap);
	if (request == VFIO_GROUP_GET_STATUS) {
		struct vfio_group_status *status = arg;

		assert_int_equal(fd, kernel.group_fd);
		assert_int_equal(status->argsz, sizeof(*status));
		status->flags = kernel.not_viable ? 0 : VFIO_GROUP_FLAGS_VIABLE;
		return kernel.status_fails ? refuse(ENOTTY) : 0;
	}
	if (fd < CONTAINER_FD)
		return (int)syscall(SYS_ioctl, fd, request, arg);
	if (request == VFIO_IOMMU_GET_INFO)
		return tell_info(arg);
	return request == VFIO_IOMMU_MAP_DMA ? map_dma(container_of_fd(fd), arg) :
					       unmap_dma(container_of_fd(fd), arg);
}

int
open(const char *path, int flags, ...)
{
	va_list ap;
	mode_t mode;

	va_start(ap, flags);
	mode = (flags & O_CREAT) != 0 ? va_arg(ap, mode_t) : 0;
	va_end(ap);
	if (strncmp(path, "/dev/vfio/", 10) != 0)
		return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
	assert_string_equal(path, "/dev/vfio/7");
	if (kernel.open_errno != 0)
		return refuse(kernel.open_errno);
	kernel.groups_opened++;
	kernel.group_fd = (int)syscall(SYS_openat, AT_FDCWD, "/dev/null", O_RDWR | O_CLOEXEC, 0);
	return kernel.group_fd;
}

FILE *
fopen(const char *path, const char *mode)
{
	static FILE *(*next)(const char *, const char *);

	if (strcmp(path, LIMIT_FILE) == 0)
		return kernel.limit == NULL ?
			NULL :
			fmemopen((void *)(uintptr_t)kernel.limit, strlen(kernel.limit), "r");
	if (next == NULL)
		*(void **)&next = dlsym(RTLD_NEXT, "fopen");
	return next(path, mode);
}

int
madvise(void *va, size_t len, int advice)
{
	if (advice != MADV_POPULATE_WRITE)
		return (int)syscall(SYS_madvise, va, len, advice);
	kernel.populated = va;
	kernel.populated_len = len;
	return kernel.populate_errno == 0 ? 0 : refuse(kernel.populate_errno);
}

/* --- the rig --- */

static struct rte_pci_device pci;
static struct sl_pci_args args;

static void
put(const char *file, const char *text)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s/%s", sysfs, pci.name, file);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void
gone(const char *file)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s/%s", sysfs, pci.name, file);
	unlink(path);
}

static int
setup(void **state)
{
	static struct rte_devargs devargs;

	(void)state;
	kernel = (struct kernel){.fail_map = -1,
		.group_fd = -1,
		.info_flags = VFIO_IOMMU_INFO_PGSIZES,
		.pgsizes = PAGE};
	pci = (struct rte_pci_device){
		.kdrv = RTE_PCI_KDRV_VFIO, .name = "0000:01:00.0", .device.devargs = &devargs};
	pci.device.name = pci.name;
	args = (struct sl_pci_args){0};
	told.text[0] = '\0';
	put("iommu_group/name", "\n");
	return 0;
}

/* Whatever the test did, no container, mapping, memzone or file is left. */
static int
teardown(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 0; i < CONTAINERS; i++)
		assert_false(kernel.container[i].live);
	assert_int_equal(kernel.mapped_devices, 0);
	assert_null(rte_memzone_lookup("sl_vfio_7"));
	if (kernel.group_fd >= 0)
		assert_int_equal(fcntl(kernel.group_fd, F_GETFD), -1);
	gone("driver");
	gone("driver_override");
	return 0;
}

static int
attach(struct sl_vfio_link *link)
{
	memset(link, 0xa5, sizeof(*link));
	return sl_vfio_attach(&pci, &args, link);
}

/* A device in a separate container. @return parameters with the hook for its adapter. */
static struct sl_adapter_params
attached(struct sl_vfio_link *link)
{
	struct sl_adapter_params p = {0};

	assert_int_equal(attach(link), 0);
	assert_int_equal(link->kind, SL_VFIO_OWN);
	assert_non_null(link->vfio);
	sl_vfio_window(link, &p);
	assert_ptr_equal(p.window_ctx, link->vfio);
	assert_string_equal(p.window->name, "own");
	return p;
}

static int
map(const struct sl_adapter_params *p, uint64_t at, size_t len, enum sl_dma_dir dir)
{
	return p->window->map(p->window_ctx, (void *)(uintptr_t)at, at, len, dir);
}

static int
unmap(const struct sl_adapter_params *p, uint64_t at, size_t len)
{
	return p->window->unmap(p->window_ctx, (void *)(uintptr_t)at, at, len);
}

#define BASE UINT64_C(0x100000000)

/* --- devices --- */

static void
test_drivers(void **state)
{
	static const struct {
		enum rte_pci_kernel_driver kdrv;
		const char *group; /* name of the IOMMU group; NULL: there is none */
		bool all, strict;
		int ret;
		enum sl_vfio_bound kind;
		const char *words;
	} cases[] = {
		{RTE_PCI_KDRV_IGB_UIO, "", false, false, 0, SL_VFIO_NONE, "no IOMMU stands"},
		{RTE_PCI_KDRV_UIO_GENERIC, "", true, false, 0, SL_VFIO_NONE, "no IOMMU stands"},
		{RTE_PCI_KDRV_UIO_GENERIC, "", false, true, -EINVAL, SL_VFIO_NONE,
			"window=strict, but no IOMMU"},
		{RTE_PCI_KDRV_VFIO, "vfio-noiommu\n", false, false, 0, SL_VFIO_NONE,
			"no IOMMU stands"},
		{RTE_PCI_KDRV_VFIO, "vfio-noiommu\n", false, true, -EINVAL, SL_VFIO_NONE,
			"window=strict, but no IOMMU"},
		{RTE_PCI_KDRV_VFIO, NULL, false, true, 0, SL_VFIO_OWN, ""},
		{RTE_PCI_KDRV_VFIO, "vfio-noiommu\n", false, false, 0, SL_VFIO_NONE,
			"no IOMMU stands"},
		{RTE_PCI_KDRV_VFIO, "", false, true, 0, SL_VFIO_OWN, ""},
		{RTE_PCI_KDRV_VFIO, "other\n", true, false, 0, SL_VFIO_ALL, ""},
		{RTE_PCI_KDRV_VFIO, "\n", false, false, 0, SL_VFIO_OWN, ""},
		{RTE_PCI_KDRV_UNKNOWN, "", false, false, 1, SL_VFIO_NONE,
			"has no kernel driver: dpdk-devbind.py -b vfio-pci 0000:01:00.0"},
	};
	struct sl_vfio_link link;
	unsigned int i;

	(void)state;
	for (i = 0; i < RTE_DIM(cases); i++) {
		pci.kdrv = cases[i].kdrv;
		args.window_all = cases[i].all;
		args.shared.window_strict = cases[i].strict;
		gone("iommu_group/name");
		if (cases[i].group != NULL)
			put("iommu_group/name", cases[i].group);
		assert_int_equal(attach(&link), cases[i].ret);
		assert_int_equal(link.kind, cases[i].kind);
		assert_int_equal(link.vfio != NULL, cases[i].kind == SL_VFIO_OWN);
		assert_int_equal(kernel.mapped_devices, cases[i].ret == 0);
		shm_log_has(&told, cases[i].words);
		if (cases[i].ret == 0)
			sl_vfio_detach(&pci);
	}
	/* EAL refuses the device. */
	kernel.map_device_ret = -1;
	for (i = 0; i < RTE_DIM(cases); i++) {
		if (cases[i].ret != 0 || cases[i].group == NULL)
			continue;
		pci.kdrv = cases[i].kdrv;
		args.window_all = cases[i].all;
		args.shared.window_strict = false;
		put("iommu_group/name", cases[i].group);
		assert_int_equal(attach(&link), -ENODEV);
		shm_log_has(&told, "EAL cannot take the device");
	}
	/* EAL reports that the device is not managed by VFIO. */
	kernel.map_device_ret = 1;
	assert_int_equal(attach(&link), 1);
}

static void
test_not_bound(void **state)
{
	struct sl_vfio_link link;
	char path[128];

	(void)state;
	pci.kdrv = RTE_PCI_KDRV_NONE;
	put("driver_override", "vfio-pci\n");
	assert_int_equal(attach(&link), 1);
	shm_log_has(&told, "vfio-pci has not taken it");
	snprintf(path, sizeof(path), "%s/%s/driver", sysfs, pci.name);
	assert_int_equal(symlink("../../bus/pci/drivers/igb", path), 0);
	assert_int_equal(attach(&link), 1);
	shm_log_has(&told, "is with the kernel's driver igb: dpdk-devbind.py");
	/* The device was not named in the arguments: no message. */
	pci.device.devargs = NULL;
	assert_int_equal(attach(&link), 1);
	assert_string_equal(told.text, "");
	pci.kdrv = RTE_PCI_KDRV_VFIO;
	kernel.no_group = true;
	assert_int_equal(attach(&link), -ENODEV);
	shm_log_has(&told, "has no IOMMU group");
}

static void
test_group(void **state)
{
	static const struct {
		int err;
		const char *words;
	} cases[] = {
		{EBUSY, "IOMMU group 7 is in use"},
		{EACCES, "may not open /dev/vfio/7. As root: chown"},
		{EPERM, "may not open /dev/vfio/7"},
		{ENOENT, "cannot open /dev/vfio/7: No such file"},
	};
	struct sl_vfio_link link;
	unsigned int i;

	(void)state;
	for (i = 0; i < RTE_DIM(cases); i++) {
		kernel.open_errno = cases[i].err;
		assert_int_equal(attach(&link), -cases[i].err);
		shm_log_has(&told, cases[i].words);
	}
	kernel.open_errno = 0;
	kernel.not_viable = true;
	assert_int_equal(attach(&link), -EPERM);
	shm_log_has(&told, "other devices of IOMMU group 7 are with drivers of the kernel");
	assert_int_equal(fcntl(kernel.group_fd, F_GETFD), -1);
	/* The kernel does not report the status of the group: EAL checks it. */
	kernel.status_fails = true;
	assert_int_equal(attach(&link), 0);
	assert_int_equal(fcntl(kernel.group_fd, F_GETFD), -1);
	assert_string_equal(told.text, "");
	sl_vfio_detach(&pci);
}

/* Each step fails once. The next attempt succeeds. */
static void
test_refused(void **state)
{
	struct sl_vfio_link link;
	unsigned int i;

	(void)state;
	for (i = 0; i < 3; i++) {
		kernel.no_container = i == 0;
		kernel.no_bind = i == 1;
		kernel.info_errno = i == 2 ? ENOTTY : 0;
		assert_int_equal(attach(&link), i < 2 ? -ENODEV : -ENOTTY);
		shm_log_has(&told,
			i < 2 ? "no VFIO container of its own" : "VFIO tells nothing of the IOMMU");
		assert_int_equal(teardown(NULL), 0);
	}
	kernel.info_errno = 0;
	attached(&link);
	/*
	 * The second device of a group shares the container. Its refusal does not affect the first.
	 */
	kernel.map_device_ret = -1;
	assert_int_equal(attach(&link), -ENODEV);
	kernel.map_device_ret = 0;
	assert_true(kernel.container[0].live);
	attached(&link);
	assert_false(kernel.container[1].live);
	assert_int_equal(kernel.groups_opened, 4);
	sl_vfio_detach(&pci);
	assert_true(kernel.container[0].live);
	sl_vfio_detach(&pci);
}

/* All ports of a group must have the same window=. */
static void
test_unlike(void **state)
{
	struct sl_vfio_link link, other;

	(void)state;
	attached(&link);
	args.shared.window_strict = true;
	assert_int_equal(attach(&other), -EINVAL);
	shm_log_has(&told, "window=strict, but another port of IOMMU group 7 has window=own");
	args.shared.window_strict = false;
	args.window_all = true;
	assert_int_equal(attach(&other), -EINVAL);
	shm_log_has(&told, "window=all, but another port of IOMMU group 7 has window=own");
	assert_int_equal(kernel.mapped_devices, 1);
	sl_vfio_detach(&pci);
	args.window_all = false;
	args.shared.window_strict = true;
	attached(&link);
	args.shared.window_strict = false;
	assert_int_equal(attach(&other), -EINVAL);
	shm_log_has(&told, "window=own, but another port of IOMMU group 7 has window=strict");
	sl_vfio_detach(&pci);
}

/* The smallest mapping is one page of the IOMMU and of the kernel. */
static void
test_pages(void **state)
{
	static const struct {
		uint32_t flags;
		uint64_t sizes, page;
	} cases[] = {
		{VFIO_IOMMU_INFO_PGSIZES, PAGE | 1u << 21, PAGE},
		{VFIO_IOMMU_INFO_PGSIZES, 1u << 16 | 1u << 21, 1u << 16},
		{VFIO_IOMMU_INFO_PGSIZES, 512, PAGE},
		{VFIO_IOMMU_INFO_PGSIZES, 0, PAGE},
		{0, 1u << 16, PAGE},
	};
	struct sl_adapter_params p;
	struct sl_vfio_link link;
	unsigned int i;

	(void)state;
	for (i = 0; i < RTE_DIM(cases); i++) {
		kernel.info_flags = cases[i].flags;
		kernel.pgsizes = cases[i].sizes;
		p = attached(&link);
		assert_int_equal(p.window_granule, cases[i].page);
		assert_int_equal(sl_vfio_page(&link), cases[i].page);
		sl_vfio_detach(&pci);
	}
	/* Without a container, it is the system's page. */
	link = (struct sl_vfio_link){.kind = SL_VFIO_ALL};
	assert_int_equal(sl_vfio_page(&link), sysconf(_SC_PAGESIZE));
	p.window_granule = 1;
	sl_vfio_window(&link, &p);
	assert_int_equal(p.window_granule, 0);
	assert_null(p.window_ctx);
	assert_string_equal(p.window->name, "all");
}

/* --- mappings --- */

/* VFIO flags of the page at an offset, or 0. */
static uint32_t
may(const struct container *c, uint64_t iova)
{
	unsigned int i;

	for (i = 0; i < c->nb_maps; i++)
		if (iova - c->map[i].iova < c->map[i].len) {
			assert_int_equal(c->map[i].va, c->map[i].iova);
			return c->map[i].flags;
		}
	return 0;
}

static void
test_flags(void **state)
{
	struct container *c = &kernel.container[0];
	struct sl_vfio_link link;
	struct sl_adapter_params p = attached(&link);
	struct sl_window_usage u;

	(void)state;
	assert_int_equal(map(&p, BASE, PAGE, SL_DMA_TO_DEVICE), 0);
	assert_int_equal(map(&p, BASE + PAGE, 2 * PAGE, SL_DMA_FROM_DEVICE), 0);
	assert_int_equal(map(&p, BASE + 3 * PAGE, PAGE, SL_DMA_BIDIRECTIONAL), 0);
	/* If memory cannot be populated, it is mapped for writing too, except device memory. */
	kernel.populate_errno = EINVAL;
	assert_int_equal(map(&p, BASE + 4 * PAGE, PAGE, SL_DMA_TO_DEVICE), 0);
	kernel.populate_errno = EFAULT;
	assert_int_equal(map(&p, BASE + 5 * PAGE, PAGE, SL_DMA_TO_DEVICE), 0);
	assert_int_equal(may(c, BASE), VFIO_DMA_MAP_FLAG_READ);
	assert_int_equal(may(c, BASE + 2 * PAGE), VFIO_DMA_MAP_FLAG_WRITE);
	assert_int_equal(may(c, BASE + 3 * PAGE), VFIO_DMA_MAP_FLAG_READ | VFIO_DMA_MAP_FLAG_WRITE);
	assert_int_equal(may(c, BASE + 4 * PAGE), VFIO_DMA_MAP_FLAG_READ | VFIO_DMA_MAP_FLAG_WRITE);
	assert_int_equal(may(c, BASE + 5 * PAGE), VFIO_DMA_MAP_FLAG_READ);
	p.window->usage(p.window_ctx, &u);
	assert_int_equal(u.maps, 5);
	assert_int_equal(u.bytes, 6 * PAGE);
	assert_int_equal(unmap(&p, BASE, PAGE), 0);
	assert_int_equal(unmap(&p, BASE + PAGE, 2 * PAGE), 0);
	assert_int_equal(unmap(&p, BASE + 3 * PAGE, PAGE), 0);
	assert_int_equal(unmap(&p, BASE + 4 * PAGE, PAGE), 0);
	assert_int_equal(unmap(&p, BASE + 5 * PAGE, PAGE), 0);
	sl_vfio_detach(&pci);
}

/* With window=strict, no mapping is larger than requested. */
static void
test_strict(void **state)
{
	struct sl_vfio_link link;
	struct sl_adapter_params p;

	(void)state;
	args.shared.window_strict = true;
	p = attached(&link);
	kernel.populate_errno = EINVAL;
	assert_int_equal(map(&p, BASE, PAGE, SL_DMA_TO_DEVICE), -EOPNOTSUPP);
	shm_log_has(&told, "take Linux 5.14 or later, or window=own");
	assert_int_equal(kernel.container[0].nb_maps, 0);
	assert_int_equal(map(&p, BASE + 100, PAGE, SL_DMA_FROM_DEVICE), -EPERM);
	assert_int_equal(map(&p, BASE, PAGE, SL_DMA_FROM_DEVICE), 0);
	assert_int_equal(may(&kernel.container[0], BASE), VFIO_DMA_MAP_FLAG_WRITE);
	kernel.populate_errno = 0;
	assert_int_equal(map(&p, BASE + PAGE + 100, 10, SL_DMA_TO_DEVICE), 0);
	assert_int_equal(may(&kernel.container[0], BASE + PAGE), VFIO_DMA_MAP_FLAG_READ);
	assert_int_equal(unmap(&p, BASE, PAGE), 0);
	assert_int_equal(unmap(&p, BASE + PAGE + 100, 10), 0);
	sl_vfio_detach(&pci);
}

/* Set the IOVA ranges that the kernel reports, after @before other capabilities. */
static void
set_ranges(unsigned int before, const struct vfio_iova_range *range, uint32_t n)
{
	struct vfio_iommu_type1_info_cap_iova_range *cap;
	uint32_t at = 0;

	memset(kernel.caps, 0, sizeof(kernel.caps));
	kernel.cap_offset = sizeof(struct vfio_iommu_type1_info) + 4;
	for (; before > 0; before--) {
		struct vfio_info_cap_header *other = (void *)(kernel.caps + at);

		other->id = VFIO_IOMMU_TYPE1_INFO_CAP_MIGRATION;
		at += 32;
		other->next = kernel.cap_offset + at;
	}
	cap = (void *)(kernel.caps + at);
	cap->header.id = VFIO_IOMMU_TYPE1_INFO_CAP_IOVA_RANGE;
	cap->nr_iovas = n;
	memcpy(cap->iova_ranges, range, n * sizeof(*range));
}

/* Messages for errors of the kernel name a solution. */
static void
test_explained(void **state)
{
	static const struct vfio_iova_range range[] = {
		{0, 0xfedfffff}, {0xfef00000, UINT64_C(0xffffffffffff)}};
	struct rlimit limit;
	struct sl_vfio_link link;
	struct sl_adapter_params p = attached(&link);
	char words[128];
	unsigned int i;
	size_t used;

	(void)state;
	assert_int_equal(map(&p, BASE + 8 * PAGE, PAGE, SL_DMA_TO_DEVICE), 0);
	getrlimit(RLIMIT_MEMLOCK, &limit);
	snprintf(words, sizeof(words),
		"RLIMIT_MEMLOCK is %llu bytes, the DMA window has 4096 and 8192 are to come",
		(unsigned long long)limit.rlim_cur);
	kernel.fail_map = 0;
	kernel.map_errno = ENOMEM;
	assert_int_equal(map(&p, BASE, 2 * PAGE, SL_DMA_TO_DEVICE), -ENOMEM);
	shm_log_has(&told, words);

	kernel.map_errno = ENOSPC;
	kernel.fail_map = 0;
	assert_int_equal(map(&p, BASE, PAGE, SL_DMA_TO_DEVICE), -ENOSPC);
	shm_log_has(&told, "the DMA window has 1, dma_entry_limit is not known. ");
	kernel.limit = "65535\n";
	kernel.fail_map = 0;
	assert_int_equal(map(&p, BASE, PAGE, SL_DMA_TO_DEVICE), -ENOSPC);
	shm_log_has(&told, "the DMA window has 1, dma_entry_limit is 65535. ");

	/* A hundred refusals leak no memory. */
	used = mallinfo2().uordblks;
	for (i = 0; i < 100; i++) {
		kernel.fail_map = 0;
		assert_int_equal(map(&p, BASE, PAGE, SL_DMA_TO_DEVICE), -ENOSPC);
	}
	assert_true(mallinfo2().uordblks < used + 100 * sizeof(FILE));

	kernel.map_errno = EINVAL;
	kernel.fail_map = 0;
	assert_int_equal(map(&p, BASE, PAGE, SL_DMA_TO_DEVICE), -EINVAL);
	shm_log_has(&told,
		"IOVA 0x100000000 of 4096 bytes; the IOMMU translates what it does not tell. ");
	kernel.info_flags |= VFIO_IOMMU_INFO_CAPS;
	set_ranges(0, range, 2);
	kernel.fail_map = 0;
	assert_int_equal(map(&p, BASE, PAGE, SL_DMA_TO_DEVICE), -EINVAL);
	shm_log_has(&told, "translates 0x0 to 0xfedfffff, 0xfef00000 to 0xffffffffffff. ");
	set_ranges(3, range, 1);
	kernel.fail_map = 0;
	assert_int_equal(map(&p, BASE, PAGE, SL_DMA_TO_DEVICE), -EINVAL);
	shm_log_has(&told, "translates 0x0 to 0xfedfffff. ");
	/* The capability is missing. */
	set_ranges(2, range, 1);
	((struct vfio_info_cap_header *)(void *)(kernel.caps + 32))->next = 0;
	kernel.fail_map = 0;
	assert_int_equal(map(&p, BASE, PAGE, SL_DMA_TO_DEVICE), -EINVAL);
	shm_log_has(&told, "translates what it does not tell. ");

	kernel.map_errno = EIO;
	kernel.fail_map = 0;
	assert_int_equal(map(&p, BASE, PAGE, SL_DMA_TO_DEVICE), -EIO);
	shm_log_has(&told, "VFIO cannot map IOVA 0x100000000 of 4096 bytes: Input/output error");
	assert_int_equal(kernel.container[0].nb_maps, 1);
	assert_int_equal(unmap(&p, BASE + 8 * PAGE, PAGE), 0);
	sl_vfio_detach(&pci);
}

/* Refusals by the driver. */
static void
test_refused_ranges(void **state)
{
	struct sl_vfio_link link;
	struct sl_adapter_params p = attached(&link);

	(void)state;
	assert_int_equal(p.window->map(p.window_ctx, (void *)(uintptr_t)BASE, BASE + 8, 16,
				 SL_DMA_TO_DEVICE),
		-EINVAL);
	shm_log_has(&told, "must lie alike in pages of 4096");
	assert_int_equal(map(&p, BASE, PAGE, SL_DMA_TO_DEVICE), 0);
	assert_int_equal(p.window->map(p.window_ctx, (void *)(uintptr_t)(BASE + PAGE), BASE, PAGE,
				 SL_DMA_TO_DEVICE),
		-EEXIST);
	shm_log_has(&told, "a page of 4096 there is other memory's already");
	assert_int_equal(map(&p, BASE, PAGE, SL_DMA_BIDIRECTIONAL), -EBUSY);
	shm_log_has(&told, "by another port of IOMMU group 7");
	assert_int_equal(unmap(&p, BASE, PAGE), 0);
	assert_int_equal(kernel.container[0].nb_maps, 0);
	sl_vfio_detach(&pci);
}

/* A mapping that is left keeps the container, also for the next device of the group. */
static void
test_left_mapped(void **state)
{
	struct sl_vfio_link link;
	struct sl_adapter_params p = attached(&link);

	(void)state;
	assert_int_equal(map(&p, BASE + 100, 2 * PAGE, SL_DMA_TO_DEVICE), 0);
	kernel.fail_unmaps = 1;
	assert_int_equal(unmap(&p, BASE + 100, 2 * PAGE), -EBUSY);
	kernel.short_unmaps = 1;
	assert_int_equal(unmap(&p, BASE + 100, 2 * PAGE), -EIO);
	assert_int_equal(unmap(&p, BASE + 100, 2 * PAGE), 0);
	assert_int_equal(map(&p, BASE, PAGE, SL_DMA_TO_DEVICE), 0);
	sl_vfio_detach(&pci);
	shm_log_has(&told, "IOMMU group 7: 1 ranges are still in the DMA window");
	assert_true(kernel.container[0].live);
	p = attached(&link);
	assert_int_equal(may(&kernel.container[0], BASE), VFIO_DMA_MAP_FLAG_READ);
	assert_int_equal(unmap(&p, BASE, PAGE), 0);
	sl_vfio_detach(&pci);
}

/* Containers that are opened and closed repeatedly leak no memory. */
static void
test_again(void **state)
{
	struct sl_vfio_link link;
	struct sl_adapter_params p;
	size_t used = 0;
	unsigned int i;

	(void)state;
	for (i = 0; i < 20; i++) {
		p = attached(&link);
		assert_int_equal(map(&p, BASE + 100, 2 * PAGE, SL_DMA_TO_DEVICE), 0);
		assert_int_equal(unmap(&p, BASE + 100, 2 * PAGE), 0);
		sl_vfio_detach(&pci);
		if (i == 10)
			used = mallinfo2().uordblks;
	}
	assert_true(mallinfo2().uordblks <= used);
}

/*
 * If EAL maps memory, or there is no IOMMU, map calls have no effect. The usage is EAL's memory, or
 * that of the system.
 */
static void
test_others(void **state)
{
	struct sl_vfio_link link = {.kind = SL_VFIO_ALL};
	struct sl_adapter_params p = {0};
	struct rte_malloc_socket_stats heap;
	struct sl_window_usage u;
	void *outside =
		mmap(NULL, 2u << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)state;
	rte_malloc_get_socket_stats(0, &heap);
	/* Memory that is only registered is not in EAL's heap. */
	assert_int_equal(rte_extmem_register(outside, 2u << 20, NULL, 0, PAGE), 0);
	sl_vfio_window(&link, &p);
	assert_int_equal(map(&p, BASE, PAGE, SL_DMA_TO_DEVICE), 0);
	assert_int_equal(unmap(&p, BASE, PAGE), 0);
	memset(&u, 0xa5, sizeof(u));
	p.window->usage(p.window_ctx, &u);
	assert_int_equal(u.bytes, heap.heap_totalsz_bytes);
	assert_true(u.maps > 0 && u.bytes % u.maps == 0);
	assert_int_equal(rte_extmem_unregister(outside, 2u << 20), 0);
	munmap(outside, 2u << 20);
	link.kind = SL_VFIO_NONE;
	sl_vfio_window(&link, &p);
	assert_int_equal(map(&p, BASE, PAGE, SL_DMA_TO_DEVICE), 0);
	assert_int_equal(unmap(&p, BASE, PAGE), 0);
	p.window->usage(p.window_ctx, &u);
	assert_int_equal(u.bytes, sysconf(_SC_PHYS_PAGES) * sysconf(_SC_PAGESIZE));
	assert_int_equal(u.maps, 0);
}

/*
 * Random ranges of two ports of one group are mapped and unmapped, with map and unmap calls that
 * fail, and compared with a model that counts bytes. A page is reachable exactly if a range has a
 * byte on it. Its access rights are those of its ranges, except at edges.
 */
#define SLOTS 16u
#define PAGES 64u

struct range {
	uint64_t at;
	size_t len; /* 0: unused */
	enum sl_dma_dir dir;
};

static bool
has_room(const struct range *r, uint64_t at, size_t len)
{
	unsigned int k;

	for (k = 0; k < SLOTS; k++)
		if (r[k].len != 0 && r[k].at < at + len && at < r[k].at + r[k].len)
			return false;
	return at + len <= BASE + PAGES * PAGE;
}

static uint32_t
flags_of(const struct range *r, uint64_t page)
{
	const uint32_t both = VFIO_DMA_MAP_FLAG_READ | VFIO_DMA_MAP_FLAG_WRITE;
	uint32_t flags = 0;
	unsigned int k;

	for (k = 0; k < SLOTS; k++) {
		if (r[k].len == 0 || r[k].at >= page + PAGE || r[k].at + r[k].len <= page)
			continue;
		/* The bits of VFIO are those of enum sl_dma_dir. */
		if (r[k].at <= page && r[k].at + r[k].len >= page + PAGE)
			flags |= (uint32_t)r[k].dir;
		else
			flags = both;
	}
	return flags;
}
_Static_assert(VFIO_DMA_MAP_FLAG_READ == (int)SL_DMA_TO_DEVICE &&
		VFIO_DMA_MAP_FLAG_WRITE == (int)SL_DMA_FROM_DEVICE,
	"read is to the device");

static void
take_out(const struct sl_adapter_params *p, struct range *r, uint64_t *rng)
{
	kernel.fail_unmaps = rng_next(rng) % 8 == 0;
	kernel.short_unmaps = rng_next(rng) % 8 == 0;
	/* The page at its edge may belong to another range too. Then there is nothing to unmap. */
	while (unmap(p, r->at, r->len) != 0)
		;
	kernel.fail_unmaps = kernel.short_unmaps = 0;
	r->len = 0;
}

static void
bring_in(const struct sl_adapter_params *p, const struct range *all, struct range *r, uint64_t *rng)
{
	static const int errs[] = {ENOMEM, ENOSPC, EINVAL, EIO};
	uint64_t at = BASE + rng_next(rng) % (PAGES * PAGE);
	size_t len = 1 + rng_next(rng) % (5 * PAGE);
	int ret;

	if (rng_next(rng) % 4 == 0)
		at = RTE_ALIGN_FLOOR(at, PAGE);
	if (!has_room(all, at, len))
		return;
	r->dir = (enum sl_dma_dir)(1 + rng_next(rng) % 3);
	kernel.map_errno = errs[rng_next(rng) % RTE_DIM(errs)];
	kernel.fail_map = rng_next(rng) % 6 == 0 ? (int)(rng_next(rng) % 3) : -1;
	kernel.fail_unmaps = rng_next(rng) % 4 == 0;
	ret = map(p, at, len, r->dir);
	/* The rollback failed too, so unmap the rest. */
	if (ret == -ENOTRECOVERABLE) {
		kernel.fail_unmaps = 0;
		assert_int_equal(unmap(p, at, len), 0);
	} else if (ret == 0) {
		r->at = at;
		r->len = len;
	} else {
		assert_int_equal(ret, -kernel.map_errno);
	}
	kernel.fail_map = -1;
	kernel.fail_unmaps = 0;
}

static void
test_random(void **state)
{
	const struct container *c = &kernel.container[0];
	uint64_t rng = rng_seed(0);
	struct range r[SLOTS] = {{0}};
	struct sl_vfio_link link;
	struct sl_adapter_params p = attached(&link);
	struct sl_window_usage u;
	unsigned int i, k, pages;

	(void)state;
	attached(&link); /* second device of the group */
	for (i = 0; i < 5000; i++) {
		k = rng_next(&rng) % SLOTS;
		told.text[0] = '\0';
		if (r[k].len != 0)
			take_out(&p, &r[k], &rng);
		else
			bring_in(&p, r, &r[k], &rng);
		for (k = 0, pages = 0; k < PAGES; k++) {
			assert_int_equal(may(c, BASE + k * PAGE), flags_of(r, BASE + k * PAGE));
			pages += flags_of(r, BASE + k * PAGE) != 0;
		}
		p.window->usage(p.window_ctx, &u);
		assert_int_equal(u.bytes, pages * PAGE);
		assert_int_equal(u.maps, c->nb_maps);
	}
	for (k = 0; k < SLOTS; k++)
		if (r[k].len != 0)
			assert_int_equal(unmap(&p, r[k].at, r[k].len), 0);
	assert_int_equal(c->nb_maps, 0);
	sl_vfio_detach(&pci);
	sl_vfio_detach(&pci);
}

#define WITH_KERNEL(t) cmocka_unit_test_setup_teardown(t, setup, teardown)

static int
make_sysfs(void **state)
{
	char path[128];

	(void)state;
	snprintf(sysfs, sizeof(sysfs), "/tmp/sl-test-vfio.XXXXXX");
	assert_non_null(mkdtemp(sysfs));
	snprintf(path, sizeof(path), "%s/0000:01:00.0", sysfs);
	assert_int_equal(mkdir(path, 0755), 0);
	strcat(path, "/iommu_group");
	return mkdir(path, 0755);
}

static int
remove_sysfs(void **state)
{
	char path[128];

	(void)state;
	snprintf(path, sizeof(path), "%s/0000:01:00.0/iommu_group", sysfs);
	gone("iommu_group/name");
	rmdir(path);
	*strrchr(path, '/') = '\0';
	rmdir(path);
	return rmdir(sysfs);
}

int
main(void)
{
	static char line[] = "vfio --no-huge --no-pci --no-shconf --no-telemetry -m 64 -l 0 "
			     "--iova-mode=va --log-level=lib.eal:4";
	const struct CMUnitTest tests[] = {
		WITH_KERNEL(test_drivers),
		WITH_KERNEL(test_not_bound),
		WITH_KERNEL(test_group),
		WITH_KERNEL(test_refused),
		WITH_KERNEL(test_unlike),
		WITH_KERNEL(test_pages),
		WITH_KERNEL(test_flags),
		WITH_KERNEL(test_strict),
		WITH_KERNEL(test_explained),
		WITH_KERNEL(test_refused_ranges),
		WITH_KERNEL(test_left_mapped),
		WITH_KERNEL(test_again),
		WITH_KERNEL(test_others),
		WITH_KERNEL(test_random),
	};
	char *argv[16], *word, *rest = line;
	FILE *log;
	int argc = 0, failed;

	while ((word = strtok_r(rest, " ", &rest)) != NULL)
		argv[argc++] = word;
	assert_true(rte_eal_init(argc, argv) >= 0);
	log = shm_log_open(&told);
	assert_non_null(log);
	setvbuf(log, NULL, _IOLBF, 1024);
	rte_openlog_stream(log);
	failed = cmocka_run_group_tests(tests, make_sysfs, remove_sysfs);
	rte_openlog_stream(NULL);
	fclose(log);
	return failed;
}
