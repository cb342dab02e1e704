/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * DMA window of real NICs: the IOVAs that the kernel allows, mapping by VFIO in a separate
 * container or in EAL's, and messages if that fails.
 */

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/vfio.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <rte_memory.h>
#include <rte_memzone.h>
#include <rte_string_fns.h>
#include <rte_vfio.h>

#include <bus_pci_driver.h>

#include "sl_iommu.h"
#include "sl_log.h"
#include "sl_pci_args.h"
#include "sl_port.h"
#include "sl_vfio.h"

#define PATH_LEN 256u
#define INFO_LEN 4096u

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23 /* Linux 5.14 */
#endif

/** A container and its users. It is in a memzone whose name contains the group's number. */
struct sl_vfio {
	const struct rte_memzone *mz;
	unsigned int refs; /* number of devices */
	int container;
	int group;
	pthread_mutex_t lock; /* guards iommu */
	struct sl_iommu iommu;
};

/* --- sysfs --- */

/* First line of a file in the device's sysfs directory; @text is unchanged if there is none. */
static void
read_attr(const struct rte_pci_device *pci, const char *attr, char *text, size_t len)
{
	char path[PATH_LEN];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s/%s", rte_pci_get_sysfs_path(), pci->name, attr);
	f = fopen(path, "r");
	if (f == NULL)
		return;
	if (fgets(text, (int)len, f) != NULL)
		text[strcspn(text, "\n")] = '\0';
	fclose(f);
}

/* Last part of the target of a link in the device's sysfs directory; "" if there is none. */
static void
read_link(const struct rte_pci_device *pci, const char *attr, char *text, size_t len)
{
	char path[PATH_LEN], target[PATH_LEN];
	ssize_t n;

	snprintf(path, sizeof(path), "%s/%s/%s", rte_pci_get_sysfs_path(), pci->name, attr);
	n = readlink(path, target, sizeof(target) - 1);
	target[n < 0 ? 0 : n] = '\0';
	strlcpy(text, n < 0 ? "" : basename(target), len);
}

/* IOMMU group; -1: none. */
static int
group_of(const struct rte_pci_device *pci)
{
	int group;

	return rte_vfio_get_group_num(rte_pci_get_sysfs_path(), pci->name, &group) == 1 ? group :
											  -1;
}

/* True if the device has an IOMMU. Without one, vfio creates a group with a special name. */
static bool
has_iommu(const struct rte_pci_device *pci)
{
	char name[32] = "";

	read_attr(pci, "iommu_group/name", name, sizeof(name));
	return strcmp(name, "vfio-noiommu") != 0;
}

/* --- mapping --- */

/*
 * List the IOVA ranges that the IOMMU can translate, for a message; @text is unchanged if it does
 * not report them. Capabilities need not be aligned: the previous one may be 12 bytes long.
 */
static void
list_ranges(const struct sl_vfio *v, char *text, size_t len)
{
	uint8_t buf[INFO_LEN] __rte_aligned(8) = {0};
	struct vfio_iommu_type1_info *info = (void *)buf;
	struct vfio_iommu_type1_info_cap_iova_range ranges;
	struct vfio_info_cap_header cap;
	struct vfio_iova_range range;
	uint32_t off, i;
	size_t n = 0;

	info->argsz = sizeof(buf);
	if (ioctl(v->container, VFIO_IOMMU_GET_INFO, info) != 0 ||
		(info->flags & VFIO_IOMMU_INFO_CAPS) == 0)
		return;
	for (off = info->cap_offset; off != 0 && off < sizeof(buf) - sizeof(cap); off = cap.next) {
		memcpy(&cap, buf + off, sizeof(cap));
		if (cap.id == VFIO_IOMMU_TYPE1_INFO_CAP_IOVA_RANGE)
			break;
	}
	if (off == 0 || off >= sizeof(buf) - sizeof(ranges))
		return;
	memcpy(&ranges, buf + off, sizeof(ranges));
	off += sizeof(ranges);
	for (i = 0; i < ranges.nr_iovas && n < len && off + sizeof(range) <= sizeof(buf); i++) {
		memcpy(&range, buf + off, sizeof(range));
		off += sizeof(range);
		n += (size_t)snprintf(text + n, len - n, "%s0x%" PRIx64 " to 0x%" PRIx64,
			i == 0 ? "" : ", ", (uint64_t)range.start, (uint64_t)range.end);
	}
}

static void
explain_map(const struct sl_vfio *v, uint64_t iova, uint64_t len, int err)
{
	const char *limit_file = "/sys/module/vfio_iommu_type1/parameters/dma_entry_limit";
	struct rlimit limit = {0};
	struct sl_window_usage usage;
	char text[512] = "";
	FILE *f;

	sl_iommu_usage(&v->iommu, &usage);
	switch (err) {
	case ENOMEM:
		getrlimit(RLIMIT_MEMLOCK, &limit);
		SL_LOG(ERR,
			"VFIO may lock no more memory: RLIMIT_MEMLOCK is %" PRIu64
			" bytes, the DMA "
			"window has %zu and %" PRIu64
			" are to come; each port counts anew what it maps. "
			"Raise it: ulimit -l, LimitMEMLOCK= of the service, or "
			"/etc/security/limits.d",
			(uint64_t)limit.rlim_cur, usage.bytes, len);
		break;
	case ENOSPC:
		f = fopen(limit_file, "r");
		if (f != NULL && fgets(text, sizeof(text), f) != NULL)
			text[strcspn(text, "\n")] = '\0';
		if (f != NULL)
			fclose(f);
		SL_LOG(ERR,
			"VFIO takes no more mappings: the DMA window has %zu, dma_entry_limit is %s. "
			"Use fewer and larger buffers, or: echo NUMBER > %s, before the start",
			usage.maps, text[0] == '\0' ? "not known" : text, limit_file);
		break;
	case EINVAL:
		list_ranges(v, text, sizeof(text));
		SL_LOG(ERR,
			"VFIO refuses IOVA 0x%" PRIx64 " of %" PRIu64
			" bytes; the IOMMU translates %s. "
			"--base-virtaddr places EAL's memory elsewhere, and hugepages spare the "
			"pages that the system places",
			iova, len, text[0] == '\0' ? "what it does not tell" : text);
		break;
	default:
		SL_LOG(ERR, "VFIO cannot map IOVA 0x%" PRIx64 " of %" PRIu64 " bytes: %s", iova,
			len, strerror(err));
	}
}

/*
 * A private page that was never written and is pinned only for reading would be replaced at the
 * first write to it, and the NIC would continue to read the old page. So each page is first made
 * the process's own.
 */
static bool
is_own(void *va, uint64_t len)
{
	return madvise(va, len, MADV_POPULATE_WRITE) == 0 || errno == EFAULT;
}

static int
io_map(void *ctx, void *va, uint64_t iova, uint64_t len, enum sl_dma_dir dir)
{
	const struct sl_vfio *v = ctx;
	struct vfio_iommu_type1_dma_map map = {
		.argsz = sizeof(map),
		.vaddr = (uintptr_t)va,
		.iova = iova,
		.size = len,
	};
	int err;

	if ((dir & SL_DMA_TO_DEVICE) != 0)
		map.flags |= VFIO_DMA_MAP_FLAG_READ;
	/*
	 * If the kernel cannot do that, the page is pinned for writing: then the NIC is allowed
	 * more than it needs. This is not done with window=strict.
	 */
	if ((dir & SL_DMA_FROM_DEVICE) != 0 || !is_own(va, len))
		map.flags |= VFIO_DMA_MAP_FLAG_WRITE;
	if (v->iommu.strict && (dir & SL_DMA_FROM_DEVICE) == 0 &&
		(map.flags & VFIO_DMA_MAP_FLAG_WRITE) != 0) {
		SL_LOG(ERR,
			"window=strict: this kernel cannot let the NIC read %" PRIu64
			" bytes at %p without writing: take Linux 5.14 or later, or window=own",
			len, va);
		return -EOPNOTSUPP;
	}
	if (ioctl(v->container, VFIO_IOMMU_MAP_DMA, &map) == 0)
		return 0;
	err = errno;
	explain_map(v, iova, len, err);
	return -err;
}

static int
io_unmap(void *ctx, uint64_t iova, uint64_t len)
{
	const struct sl_vfio *v = ctx;
	struct vfio_iommu_type1_dma_unmap unmap = {
		.argsz = sizeof(unmap), .iova = iova, .size = len};

	if (ioctl(v->container, VFIO_IOMMU_UNMAP_DMA, &unmap) != 0)
		return -errno;
	/* The kernel returns the size that it has unmapped. */
	return unmap.size == len ? 0 : -EIO;
}

static const struct sl_iommu_io vfio_io = {.map = io_map, .unmap = io_unmap};

/* --- hooks of the adapter --- */

static int
own_map(void *ctx, void *va, uint64_t iova, size_t len, enum sl_dma_dir dir)
{
	struct sl_vfio *v = ctx;
	int ret;

	pthread_mutex_lock(&v->lock);
	ret = sl_iommu_map(&v->iommu, va, iova, len, dir);
	pthread_mutex_unlock(&v->lock);
	if (((iova - (uintptr_t)va) & (v->iommu.page - 1)) != 0)
		SL_LOG(ERR, "address %p and IOVA 0x%" PRIx64 " must lie alike in pages of %" PRIu64,
			va, iova, v->iommu.page);
	if (ret == -EEXIST)
		SL_LOG(ERR,
			"IOVA 0x%" PRIx64 ": a page of %" PRIu64 " there is other memory's already",
			iova, v->iommu.page);
	if (ret == -EBUSY)
		SL_LOG(ERR,
			"IOVA 0x%" PRIx64
			" is mapped for the NIC to read alone, by another port of "
			"IOMMU group %d: set up receive queues of all its ports before any is started",
			iova, v->group);
	return ret;
}

static int
own_unmap(void *ctx, void *va, uint64_t iova, size_t len)
{
	struct sl_vfio *v = ctx;
	int ret;

	RTE_SET_USED(va);
	pthread_mutex_lock(&v->lock);
	ret = sl_iommu_unmap(&v->iommu, iova, len);
	pthread_mutex_unlock(&v->lock);
	return ret;
}

static void
own_usage(void *ctx, struct sl_window_usage *out)
{
	struct sl_vfio *v = ctx;

	pthread_mutex_lock(&v->lock);
	sl_iommu_usage(&v->iommu, out);
	pthread_mutex_unlock(&v->lock);
}

/* Hook for EAL's container, where EAL maps all of its memory, and for no IOMMU. */
static int
no_map(void *ctx, void *va, uint64_t iova, size_t len, enum sl_dma_dir dir)
{
	RTE_SET_USED(ctx);
	RTE_SET_USED(va);
	RTE_SET_USED(iova);
	RTE_SET_USED(len);
	RTE_SET_USED(dir);
	return 0;
}

static int
no_unmap(void *ctx, void *va, uint64_t iova, size_t len)
{
	RTE_SET_USED(ctx);
	RTE_SET_USED(va);
	RTE_SET_USED(iova);
	RTE_SET_USED(len);
	return 0;
}

static int
add_segment(const struct rte_memseg_list *msl, const struct rte_memseg *ms, void *arg)
{
	struct sl_window_usage *usage = arg;

	/* The application's external memory is mapped when the application requests it. */
	if (msl->external && !msl->heap)
		return 0;
	usage->bytes += ms->len;
	usage->maps++;
	return 0;
}

static void
all_usage(void *ctx, struct sl_window_usage *out)
{
	RTE_SET_USED(ctx);
	*out = (struct sl_window_usage){0};
	rte_memseg_walk(add_segment, out);
}

static void
none_usage(void *ctx, struct sl_window_usage *out)
{
	RTE_SET_USED(ctx);
	*out = (struct sl_window_usage){
		.bytes = (size_t)sysconf(_SC_PHYS_PAGES) * (size_t)sysconf(_SC_PAGESIZE)};
}

static const struct sl_window_ops window_ops[] = {
	[SL_VFIO_OWN] = {"own", own_map, own_unmap, own_usage},
	[SL_VFIO_ALL] = {"all", no_map, no_unmap, all_usage},
	[SL_VFIO_NONE] = {"none", no_map, no_unmap, none_usage},
};

uint64_t
sl_vfio_page(const struct sl_vfio_link *link)
{
	return link->vfio == NULL ? (uint64_t)sysconf(_SC_PAGESIZE) : link->vfio->iommu.page;
}

void
sl_vfio_window(const struct sl_vfio_link *link, struct sl_adapter_params *params)
{
	params->window = &window_ops[link->kind];
	params->window_ctx = link->vfio;
	params->window_granule = link->vfio == NULL ? 0 : link->vfio->iommu.page;
}

/* --- groups and containers --- */

/* Check that the group can be opened; EAL's own messages do not contain the reason. */
static int
group_check(const struct rte_pci_device *pci, int group)
{
	struct vfio_group_status status = {.argsz = sizeof(status)};
	char path[32];
	int fd, err;

	snprintf(path, sizeof(path), "/dev/vfio/%d", group);
	fd = open(path, O_RDWR | O_CLOEXEC);
	err = errno;
	if (fd < 0 && err == EBUSY)
		SL_LOG(ERR,
			"%s: IOMMU group %d is in use: by another process (fuser -v %s), or by this one "
			"through another driver or a port with window=all. End the process, or give "
			"all ports of the group the same window=",
			pci->name, group, path);
	else if (fd < 0 && (err == EACCES || err == EPERM))
		SL_LOG(ERR, "%s: user %u may not open %s. As root: chown %u %s", pci->name,
			(unsigned int)geteuid(), path, (unsigned int)geteuid(), path);
	else if (fd < 0)
		SL_LOG(ERR, "%s: cannot open %s: %s", pci->name, path, strerror(err));
	if (fd < 0)
		return -err;
	err = 0;
	if (ioctl(fd, VFIO_GROUP_GET_STATUS, &status) == 0 &&
		(status.flags & VFIO_GROUP_FLAGS_VIABLE) == 0) {
		SL_LOG(ERR,
			"%s: other devices of IOMMU group %d are with drivers of the kernel: bind them "
			"to vfio-pci or to none; they are in %s/%s/iommu_group/devices",
			pci->name, group, rte_pci_get_sysfs_path(), pci->name);
		err = EPERM;
	}
	close(fd);
	return -err;
}

static void
mz_name(int group, char name[RTE_MEMZONE_NAMESIZE])
{
	snprintf(name, RTE_MEMZONE_NAMESIZE, "sl_vfio_%d", group);
}

static struct sl_vfio *
vfio_find(int group)
{
	char name[RTE_MEMZONE_NAMESIZE];
	const struct rte_memzone *mz;

	mz_name(group, name);
	mz = rte_memzone_lookup(name);
	return mz == NULL ? NULL : mz->addr;
}

static void
vfio_destroy(struct sl_vfio *v)
{
	if (v->iommu.nb_claims > 0) {
		SL_LOG(ERR, "IOMMU group %d: %u ranges are still in the DMA window", v->group,
			v->iommu.nb_claims);
		return;
	}
	/* Unbinds groups that are still bound, and unmaps memory that is still mapped. */
	rte_vfio_container_destroy(v->container);
	pthread_mutex_destroy(&v->lock);
	sl_iommu_fini(&v->iommu);
	rte_memzone_free(v->mz);
}

/* Create a container and bind the group to it. EAL sets its IOMMU type with the first device. */
static int
vfio_create(const struct rte_pci_device *pci, int group, bool strict, struct sl_vfio **out)
{
	char name[RTE_MEMZONE_NAMESIZE];
	const struct rte_memzone *mz;
	struct sl_vfio *v;
	int ret;

	ret = group_check(pci, group);
	if (ret != 0)
		return ret;
	mz_name(group, name);
	mz = rte_memzone_reserve(name, sizeof(*v), SOCKET_ID_ANY, 0);
	if (mz == NULL)
		return -ENOMEM;
	v = memset(mz->addr, 0, sizeof(*v));
	v->mz = mz;
	v->group = group;
	v->iommu.io = &vfio_io;
	v->iommu.ctx = v;
	v->iommu.strict = strict;
	v->container = rte_vfio_container_create();
	if (v->container < 0 || rte_vfio_container_group_bind(v->container, group) < 0) {
		SL_LOG(ERR,
			"%s: no VFIO container of its own: EAL has room for %d; window=all shares EAL's",
			pci->name, RTE_MAX_VFIO_CONTAINERS);
		if (v->container >= 0)
			rte_vfio_container_destroy(v->container);
		rte_memzone_free(mz);
		return -ENODEV;
	}
	pthread_mutex_init(&v->lock, NULL);
	*out = v;
	return 0;
}

/*
 * Get the smallest page that can be mapped: the IOMMU's, and at least the kernel's, which VFIO
 * pins.
 */
static int
vfio_page(struct sl_vfio *v)
{
	struct vfio_iommu_type1_info info = {.argsz = sizeof(info)};
	const uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);

	if (ioctl(v->container, VFIO_IOMMU_GET_INFO, &info) != 0)
		return -errno;
	v->iommu.page = page;
	if ((info.flags & VFIO_IOMMU_INFO_PGSIZES) != 0 && info.iova_pgsizes != 0)
		v->iommu.page = RTE_MAX(page, info.iova_pgsizes & -info.iova_pgsizes);
	return 0;
}

/* --- devices --- */

/* Not bound to a driver for DPDK: log it if the user named the device. */
static int
not_bound(const struct rte_pci_device *pci)
{
	char driver[64], wanted[64] = "";

	read_link(pci, "driver", driver, sizeof(driver));
	read_attr(pci, "driver_override", wanted, sizeof(wanted));
	if (pci->device.devargs == NULL)
		return 1;
	if (driver[0] != '\0')
		SL_LOG(NOTICE, "%s is with the kernel's driver %s: dpdk-devbind.py -b vfio-pci %s",
			pci->name, driver, pci->name);
	else if (strcmp(wanted, "vfio-pci") == 0)
		SL_LOG(NOTICE,
			"%s: vfio-pci has not taken it (dmesg tells): there is no IOMMU, or the "
			"platform's DMA is not coherent, which vfio refuses. uio_pci_generic and "
			"vfio's no-IOMMU mode remain, with coherency=explicit where DMA is not coherent",
			pci->name);
	else
		SL_LOG(NOTICE, "%s has no kernel driver: dpdk-devbind.py -b vfio-pci %s", pci->name,
			pci->name);
	return 1;
}

static int
map_device(struct rte_pci_device *pci)
{
	int ret = rte_pci_map_device(pci);

	if (ret != 0)
		SL_LOG(ERR, "%s: EAL cannot take the device: see above", pci->name);
	return ret < 0 ? -ENODEV : ret;
}

static int
attach_none(struct rte_pci_device *pci, bool strict)
{
	if (strict) {
		SL_LOG(ERR,
			"%s: window=strict, but no IOMMU stands between the NIC and memory: with one "
			"(firmware; intel_iommu=on, amd_iommu=on) and vfio-pci, or window=own",
			pci->name);
		return -EINVAL;
	}
	SL_LOG(NOTICE,
		"%s: no IOMMU stands between the NIC and memory: its DMA reaches all of it, and a wild "
		"descriptor is not stopped. With an IOMMU (firmware; intel_iommu=on, amd_iommu=on) "
		"and vfio-pci it would reach its own rings and buffers alone",
		pci->name);
	return map_device(pci);
}

static int
attach_own(struct rte_pci_device *pci, int group, bool strict, struct sl_vfio **out)
{
	struct sl_vfio *v = vfio_find(group);
	int ret = 0;

	if (v != NULL && v->iommu.strict != strict) {
		SL_LOG(ERR,
			"%s: window=%s, but another port of IOMMU group %d has window=%s: give all "
			"ports of the group the same",
			pci->name, strict ? "strict" : "own", group, strict ? "own" : "strict");
		return -EINVAL;
	}
	if (v == NULL)
		ret = vfio_create(pci, group, strict, &v);
	if (ret != 0)
		return ret;
	ret = map_device(pci);
	if (ret == 0 && v->refs == 0) {
		ret = vfio_page(v);
		if (ret != 0) {
			SL_LOG(ERR, "%s: VFIO tells nothing of the IOMMU: %s", pci->name,
				strerror(-ret));
			rte_pci_unmap_device(pci);
		}
	}
	if (ret != 0) {
		if (v->refs == 0)
			vfio_destroy(v);
		return ret;
	}
	v->refs++;
	*out = v;
	return 0;
}

int
sl_vfio_attach(struct rte_pci_device *pci, const struct sl_pci_args *args, struct sl_vfio_link *out)
{
	int group;

	*out = (struct sl_vfio_link){.kind = SL_VFIO_NONE};
	if (pci->kdrv == RTE_PCI_KDRV_IGB_UIO || pci->kdrv == RTE_PCI_KDRV_UIO_GENERIC)
		return attach_none(pci, args->shared.window_strict);
	if (pci->kdrv != RTE_PCI_KDRV_VFIO)
		return not_bound(pci);
	if (!has_iommu(pci))
		return attach_none(pci, args->shared.window_strict);
	group = group_of(pci);
	if (group < 0) {
		SL_LOG(ERR, "%s: is with vfio-pci, but has no IOMMU group", pci->name);
		return -ENODEV;
	}
	if (!args->window_all) {
		out->kind = SL_VFIO_OWN;
		return attach_own(pci, group, args->shared.window_strict, &out->vfio);
	}
	/*
	 * EAL would put the device into the container of its group, where EAL's memory is not
	 * mapped.
	 */
	if (vfio_find(group) != NULL) {
		SL_LOG(ERR,
			"%s: window=all, but another port of IOMMU group %d has window=own: "
			"give all ports of the group the same",
			pci->name, group);
		return -EINVAL;
	}
	out->kind = SL_VFIO_ALL;
	return map_device(pci);
}

void
sl_vfio_detach(struct rte_pci_device *pci)
{
	const int group = pci->kdrv == RTE_PCI_KDRV_VFIO ? group_of(pci) : -1;
	struct sl_vfio *v = group < 0 ? NULL : vfio_find(group);

	rte_pci_unmap_device(pci);
	if (v != NULL && --v->refs == 0)
		vfio_destroy(v);
}
